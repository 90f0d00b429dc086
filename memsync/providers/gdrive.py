"""Google Drive for desktop: always a My Drive, never the account folder above it or a bare drive.

What is written beside a My Drive is in no drive at all. Its name is in the language of the account.
Sources: the places, cryptomator GoogleDriveMacLocationPresetsProvider.java, lra/mackup#1152 and
support.google.com/drive/answer/12178485; Linux, astrada/google-drive-ocamlfuse
doc/Configuration.md. ~/Google Drive itself, as the old Backup and Sync had it, is an account folder
today: left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from memsync.providers.base import Miss, Place, Provider, Spot, from_area, matches, real, through
from memsync.providers.looking.areas import Area, areas
from memsync.providers.looking.drivefs import mirrored, mount_points
from memsync.providers.looking.google_names import MY_DRIVE, NOT_MINE
from memsync.providers.looking.mounts import GVFS, mounts
from memsync.system.machine import Machine

ACCOUNTS = "~/Library/CloudStorage/GoogleDrive-*"
OLD = ("* (*)",)  # left over from an account that was removed: macOS adds a date in brackets
APPS = (
    "/Applications/Google Drive.app",
    "~/Applications/Google Drive.app",
    "{local}/Google/DriveFS",
)
SIGNS = (*APPS, "{config}/Insync")
ACCOUNT_FOLDER = "an account folder of Google Drive: what is written beside My Drive is in no drive"
BESIDE = (
    "it lies beside My Drive: a shared drive, which others can read, or another computer's folder"
)
NO_GVFS = "GNOME's gvfs, refused: it renames files to ids"
OTHERS = {name.casefold() for name in NOT_MINE}
GUESSED = (
    "taken to be My Drive because it is the only folder of the account that is not known as another"
)


class GoogleDriveProvider(Provider):
    """Google Drive."""

    name = "gdrive"
    title = "Google Drive"
    mount_kinds = ("fuse.google-drive-ocamlfuse",)
    remotes = ("gdrive", "google")
    words = (("<My Drive>", MY_DRIVE),)
    places = (
        Place(
            ("mac",),
            ACCOUNTS + "/<My Drive>",
            "folder in ~/Library/CloudStorage",
            but=OLD,
            signs=APPS,
        ),
        Place(("windows",), "{drive}/<My Drive>", "folder on a drive"),
        Place(("mac",), "/Volumes/GoogleDrive/<My Drive>", "folder in /Volumes/GoogleDrive"),
        Place(("mac",), "~/Google Drive File Stream/<My Drive>", "folder in the home", signs=APPS),
        Place(
            ("mac", "linux", "windows"),
            "~/Google Drive/<My Drive>",
            "folder in the home",
            signs=SIGNS,
        ),
        Place(("mac", "linux", "windows"), "~/<My Drive>", "folder in the home", signs=SIGNS),
        Place(("mac", "linux", "windows"), "~/<My Drive> (*)", "folder in the home", signs=SIGNS),
    )

    def spots(self, machine: Machine) -> Iterator[Spot | Miss]:
        yield from self.mounted(machine)
        yield from _gvfs(machine)
        for area in areas(machine):
            yield from self._told(area, machine)
        yield from self.table(machine)
        for area in areas(machine):
            yield from self._only_child(area, machine)

    def _told(self, area: Area, machine: Machine) -> Iterator[Spot | Miss]:
        """What the client wrote down, itself the best source: its mount points and mirrored
        folders.
        """
        if area.system == "windows" and not area.wsl:
            for point in mount_points(machine, area):
                here = area._replace(bases={"": (point,)})
                found, _ = matches("/<My Drive>", here, machine, self.words)
                yield from (Spot(path, "registry: PerAccountPreferences") for path, _ in found)
                if not found:
                    yield Miss(f"registry: {point}/<My Drive>", "absent")
        for path in mirrored(machine, area):
            yield Spot(path, from_area("mirrored by Google Drive", area), "", through(area))

    def _only_child(self, area: Area, machine: Machine) -> Iterator[Spot | Miss]:
        """A My Drive in a language not in the list: the account's one folder that is nothing
        else.
        """
        if area.system != "mac":
            return
        for account, email in matches(ACCOUNTS, area, machine)[0]:
            names = {
                unicodedata.normalize("NFC", name): account / name
                for name in machine.names(account)
            }
            left = [path for name, path in names.items() if name not in NOT_MINE and name[0] != "."]
            left = [path for path in left if machine.look(path) != "absent"]
            if len(left) == 1 and " (" not in email and not names.keys() & set(MY_DRIVE):
                yield Spot(left[0], "folder in ~/Library/CloudStorage", email, (GUESSED,))


def beside_my_drive(path: Path, machine: Machine) -> str:
    """Why a folder in Google Drive is nobody's My Drive: it is the account folder, or in another
    drive; or "".
    """
    for where in (ACCOUNTS, "/Volumes/GoogleDrive", "{drive}"):
        for account in (
            one for area in areas(machine) for one, _ in matches(where, area, machine)[0]
        ):
            if not path.is_relative_to(real(account)):
                continue
            names = path.relative_to(real(account)).parts
            drives = {unicodedata.normalize("NFC", name) for name in machine.names(account)}
            if where == "{drive}" and drives.isdisjoint(MY_DRIVE):
                continue  # any other disk
            if not names:
                return ACCOUNT_FOLDER
            return BESIDE if unicodedata.normalize("NFC", names[0]).casefold() in OTHERS else ""
    return ""


def _gvfs(machine: Machine) -> Iterator[Miss]:
    """GNOME's own mount is refused: its names are ids, and a replaced file is lost
    (keepassxc#6591).
    """
    for mount in mounts(machine):
        if mount.kind == GVFS:
            for name in machine.names(mount.path):
                if name.startswith("google-drive:"):
                    yield Miss(f"{mount.path / name} ({NO_GVFS})", "unreadable")

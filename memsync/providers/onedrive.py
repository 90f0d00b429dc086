"""OneDrive: personal, business, several accounts; never a shared library of SharePoint.

Sources: the registry, files-community/Files CloudDrivesDetector.cs and cryptomator
OneDriveWindowsLocationPresetsProvider.java; CloudStorage, cryptomator
OneDriveMacLocationPresetsProvider.java; the signs of an account, cristianbuse/VBA-FileTools
LibFileTools.bas; Linux, abraunegg/onedrive docs/application-config-options.md and jstaf/onedriver.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from memsync.providers.base import (
    NO_CLIENT,
    CloudFolder,
    Miss,
    Place,
    Provider,
    Spot,
    look_at,
    matches,
    read,
    real,
    sign_there,
)
from memsync.providers.looking.areas import own, variable
from memsync.providers.looking.mounts import mounts
from memsync.system.errors import FolderError
from memsync.system.machine import Machine

OVERRIDE = "MEMSYNC_ONEDRIVE"
REGISTRY = r"Software\Microsoft\OneDrive"
APPS = ("/Applications/OneDrive.app", "~/Applications/OneDrive.app")
SETTINGS = "{local}/Microsoft/OneDrive/settings"
ABRAUNEGG = ("{config}/onedrive/config", "{config}/onedrive-*/config", "/etc/onedrive/config")
SIGNED_OUT = "its account is signed out"
SHARED_LIBRARY = "a shared library: others can read what is in it"
SHARED = ("SharedLibraries", "SharedLibraries-*")
IN_CLOUD = "folder in ~/Library/CloudStorage"
IN_HOME = "folder in the home"
OLD = ("* (*)",)  # left over from an account that was removed: macOS adds a date in brackets


class OneDriveProvider(Provider):
    """Microsoft OneDrive."""

    name = "onedrive"
    title = "OneDrive"
    mount_kinds = ("fuse.onedriver",)
    remotes = ("onedrive",)
    # "linux" stands beside "mac" for CloudStorage because the prototype looked there on both.
    places = (
        Place(
            ("mac", "linux"),
            "~/Library/CloudStorage/OneDrive-Personal",
            IN_CLOUD,
            account="Personal",
            signs=APPS,
        ),
        Place(
            ("mac", "linux"),
            "~/Library/CloudStorage/OneDrive-*",
            IN_CLOUD,
            but=SHARED + OLD,
            signs=APPS,
        ),
        Place(("mac", "linux"), "~/Library/CloudStorage/OneDrive", IN_CLOUD, signs=APPS),
        Place(("mac",), "~/OneDrive", IN_HOME, account="Personal", signs=APPS),
        Place(("mac",), "~/OneDrive - *", IN_HOME, signs=APPS),
        Place(
            ("windows",),
            "~/OneDrive",
            IN_HOME,
            account="Personal",
            signs=(SETTINGS + "/Personal/global.ini",),
        ),
        Place(("windows",), "~/OneDrive - *", IN_HOME, signs=(SETTINGS + "/Business*/global.ini",)),
        Place(("linux",), "~/OneDrive", IN_HOME, signs=("{config}/onedrive", "{config}/Insync")),
    )

    def spots(self, machine: Machine) -> Iterator[Spot | Miss]:
        yield from _overridden(machine)
        if machine.system == "windows":
            yield from _registry(machine)
            yield from _environment(machine)
        if machine.system == "linux":
            yield from self.mounted(machine)
            yield from _abraunegg(machine)
        shared = [real(path) for path in _shared_dirs(machine)]
        for spot in self.table(machine):
            if not isinstance(spot, Spot) or real(spot.path) not in shared:
                yield spot


def override(machine: Machine) -> CloudFolder | None:
    """The folder that MEMSYNC_ONEDRIVE names, None when it is not set.

    Raises FolderError when it is set to something that is no folder: falling through to another
    account would put the memory where nobody asked for it.
    """
    path = _override_path(machine)
    if path is None:
        return None
    found = look_at(OneDriveProvider.name, [_override_spot(path, machine)], machine).folders
    hint = f"set {OVERRIDE} to your OneDrive folder, or unset it and run: memsync providers"
    if not found:
        raise FolderError(f"{OVERRIDE} is set to {path}, which is not a folder", hint)
    if found[0].state == "unreadable":
        raise FolderError(
            f"{OVERRIDE} is set to {path}, which cannot be read: {found[0].warnings[0]}", hint
        )
    return found[0]


def is_shared_library(path: Path, machine: Machine) -> bool:
    """Whether a path lies in a synced library of SharePoint, which a whole team can read."""
    if any(part.casefold().startswith("onedrive-sharedlibraries") for part in path.parts):
        return True
    return any(path.is_relative_to(real(root)) for root in _shared_dirs(machine))


def _shared_dirs(machine: Machine) -> list[Path]:
    """The folders of libraries that a whole team can read, as the clients' settings and the mounts
    name them.
    """
    found = [path for _, _, path, shared in _abraunegg_accounts(machine) if path and shared]
    found += [
        one.path
        for one in mounts(machine)
        if one.kind == "fuse.rclone" and "share" in one.remote.casefold()
    ]
    accounts = machine.registry(REGISTRY + r"\Accounts") if machine.system == "windows" else {}
    folders = (own(machine).path(values.get("UserFolder", "")) for values in accounts.values())
    mine = {real(path) for path in folders if path}
    for key in filter(None, accounts):
        cache = machine.registry(rf"{REGISTRY}\Accounts\{key}\ScopeIdToMountPointPathCache").get(
            "", {}
        )
        points = (own(machine).path(text) for text in cache.values())
        found += [path for path in points if path and real(path) not in mine]
    return found


def _override_path(machine: Machine) -> Path | None:
    text = variable(machine, OVERRIDE)
    return Path(os.path.abspath(machine.expand(text))) if text and "\0" not in text else None


def _overridden(machine: Machine) -> Iterator[Spot | Miss]:
    """A folder is a spot, the first; anything else is only a row: `override` says what is wrong."""
    path = _override_path(machine)
    if path is None:
        return
    spot = _override_spot(path, machine)
    row = look_at(OneDriveProvider.name, [spot], machine).looked[0]
    yield spot if row[1] == "folder" else Miss(f"{OVERRIDE}={path}", row[1])


def _override_spot(path: Path, machine: Machine) -> Spot:
    return Spot(
        path,
        OVERRIDE,
        _label(path),
        (SHARED_LIBRARY,) if is_shared_library(real(path), machine) else (),
    )


def _label(path: Path) -> str:
    """The account in the name of a default folder: "OneDrive - Contoso", "OneDrive-Personal"."""
    found = re.fullmatch(r"OneDrive(?:-| - )(.+)", path.name)
    return found[1] if found else ""


def _registry(machine: Machine) -> Iterator[Spot | Miss]:
    """The accounts that are signed in; one without UserFolder is signed out."""
    accounts = {k: v for k, v in machine.registry(REGISTRY + r"\Accounts").items() if k}
    for key in sorted(
        accounts, key=lambda name: (not name.startswith("Personal"), len(name), name)
    ):
        values = accounts[key]
        path = own(machine).path(values.get("UserFolder", ""))
        if path is None:
            yield Miss(f"registry: {key} (signed out)", "absent")
            continue
        label = values.get("DisplayName") or _label(path) or values.get("UserEmail") or key
        yield Spot(path, f"registry: {key}", "Personal" if key.startswith("Personal") else label)
    if not accounts:
        path = own(machine).path(machine.registry(REGISTRY).get("", {}).get("UserFolder", ""))
        if path:
            yield Spot(path, "registry: UserFolder", _label(path))


def _environment(machine: Machine) -> Iterator[Spot | Miss]:
    """OneDrive itself is whichever account won, so the two that say which come first.

    What only they name is left over from an account that is signed out, unless a client's settings
    say otherwise.
    """
    area = own(machine)
    accounts = [values for key, values in machine.registry(REGISTRY + r"\Accounts").items() if key]
    signed_out = bool(accounts) and not any(
        area.path(values.get("UserFolder", "")) for values in accounts
    )
    for name, account in (
        ("OneDriveConsumer", "Personal"),
        ("OneDriveCommercial", "Business"),
        ("OneDrive", ""),
    ):
        path = area.path(variable(machine, name))
        if path:
            sure = not signed_out and sign_there(SETTINGS + "/*/global.ini", path, area, machine)
            named = _label(path) or account or "Personal" * (path.name == "OneDrive")
            warnings = () if sure else (SIGNED_OUT, NO_CLIENT) if signed_out else (NO_CLIENT,)
            yield Spot(path, f"%{name}%", "Personal" if account == "Personal" else named, warnings)


def _abraunegg(machine: Machine) -> Iterator[Spot | Miss]:
    """`sync_dir` of abraunegg's client, one settings folder an account; one with `drive_id` is a
    library.
    """
    for found, account, path, shared in _abraunegg_accounts(machine):
        if isinstance(found, Miss):
            yield found
        elif shared:
            yield Miss(f"{found} (a shared library)", "absent")
        elif path:
            yield Spot(path, f"sync_dir in {found}", account, _nomount(path, machine))


def _abraunegg_accounts(machine: Machine) -> Iterator[tuple[Path | Miss, str, Path | None, bool]]:
    """Each settings file, or that it may not be read; account, folder (~/OneDrive by default),
    whether it is shared.
    """
    area = own(machine)
    for where in ABRAUNEGG if machine.system == "linux" else ():
        for file, account in matches(where, area, machine)[0]:
            text, look = read(file, machine)
            if look != "folder":
                yield Miss(str(file), look), account, None, False
                continue
            settings = dict(
                re.findall(r'^\s*(sync_dir|drive_id)\s*=\s*"([^"\n]*)"', text, re.MULTILINE)
            )
            path = area.path(settings.get("sync_dir", "") or "~/OneDrive")
            yield file, account, path, bool(settings.get("drive_id"))


def _nomount(path: Path, machine: Machine) -> tuple[str, ...]:
    """abraunegg's own mark for a disk that is not mounted: a file .nosync in the empty folder."""
    return (
        ("it holds .nosync: its disk may not be mounted",)
        if ".nosync" in machine.names(path)
        else ()
    )

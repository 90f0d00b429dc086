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

from memsync.errors import FolderError
from memsync.machine import Machine
from memsync.providers._areas import own, variable
from memsync.providers.base import Candidate, Miss, Place, Provider, Spot, look_at, matches, read, real

OVERRIDE = "MEMSYNC_ONEDRIVE"
REGISTRY = r"Software\Microsoft\OneDrive"
APPS = ("/Applications/OneDrive.app", "~/Applications/OneDrive.app")
SETTINGS = "{local}/Microsoft/OneDrive/settings"
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
        Place(("mac", "linux"), "~/Library/CloudStorage/OneDrive-*", IN_CLOUD, but=SHARED + OLD, signs=APPS),
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
        yield from self.table(machine)


def override(machine: Machine) -> Candidate | None:
    """The folder that MEMSYNC_ONEDRIVE names, None when it is not set.

    Raises FolderError when it is set to something that is no folder: falling through to another
    account would put the memory where nobody asked for it.
    """
    path = _override_path(machine)
    if path is None:
        return None
    found = look_at(OneDriveProvider.name, [_override_spot(path, machine)], machine).candidates
    hint = f"set {OVERRIDE} to your OneDrive folder, or unset it and run: memsync providers"
    if not found:
        raise FolderError(f"{OVERRIDE} is set to {path}, which is not a folder", hint)
    if found[0].state == "unreadable":
        raise FolderError(f"{OVERRIDE} is set to {path}, which cannot be read: {found[0].warnings[0]}", hint)
    return found[0]


def is_shared_library(path: Path, machine: Machine) -> bool:
    """Whether a path lies in a synced library of SharePoint, which a whole team can read."""
    if any(part.startswith("OneDrive-SharedLibraries") for part in path.parts):
        return True
    accounts = machine.registry(REGISTRY + r"\Accounts") if machine.system == "windows" else {}
    own_roots = {values.get("UserFolder", "") for values in accounts.values()}
    for key in filter(None, accounts):
        cache = machine.registry(rf"{REGISTRY}\Accounts\{key}\ScopeIdToMountPointPathCache").get("", {})
        roots = [own(machine).path(text) for text in cache.values() if text not in own_roots]
        if any(root and path.is_relative_to(real(root)) for root in roots):
            return True
    return False


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
        path, OVERRIDE, _label(path), (SHARED_LIBRARY,) if is_shared_library(real(path), machine) else ()
    )


def _label(path: Path) -> str:
    """The account in the name of a default folder: "OneDrive - Contoso", "OneDrive-Personal"."""
    found = re.fullmatch(r"OneDrive(?:-| - )(.+)", path.name)
    return found[1] if found else ""


def _registry(machine: Machine) -> Iterator[Spot | Miss]:
    """The accounts that are signed in; one without UserFolder is signed out."""
    accounts = {k: v for k, v in machine.registry(REGISTRY + r"\Accounts").items() if k}
    for key in sorted(accounts, key=lambda name: (not name.startswith("Personal"), len(name), name)):
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
    """OneDrive itself is whichever account won, so the two that say which come first."""
    for name, account in (("OneDriveConsumer", "Personal"), ("OneDriveCommercial", ""), ("OneDrive", "")):
        path = own(machine).path(variable(machine, name))
        if path:
            yield Spot(path, f"%{name}%", account or _label(path) or "Personal" * (path.name == "OneDrive"))


def _abraunegg(machine: Machine) -> Iterator[Spot | Miss]:
    """`sync_dir` of abraunegg's client, one settings folder an account; ~/OneDrive by default."""
    area = own(machine)
    for where in ("{config}/onedrive/config", "{config}/onedrive-*/config", "/etc/onedrive/config"):
        for file, account in matches(where, area, machine)[0]:
            text, look = read(file, machine)
            if look != "folder":
                yield Miss(str(file), look)
                continue
            settings = dict(re.findall(r'^\s*(sync_dir|drive_id)\s*=\s*"([^"\n]*)"', text, re.MULTILINE))
            path = area.path(settings.get("sync_dir", "") or "~/OneDrive")
            if settings.get("drive_id"):
                yield Miss(f"{file} (a shared library)", "absent")
            elif path:
                yield Spot(path, f"sync_dir in {file}", account, _nomount(path, machine))


def _nomount(path: Path, machine: Machine) -> tuple[str, ...]:
    """abraunegg's own mark for a disk that is not mounted: a file .nosync in the empty folder."""
    return ("it holds .nosync: its disk may not be mounted",) if ".nosync" in machine.names(path) else ()

"""Dropbox: its info.json says where the folders are; Maestral and plain folders come after it.

Sources: info.json, files-community/Files DropBoxCloudDetector.cs; host.db, lra/mackup
src/mackup/utils.py; CloudStorage and "Dropbox (Team)", cryptomator
DropboxMacLocationPresetsProvider.java and DropboxLinuxLocationPresetsProvider.java; the marks in
the folder, samschott/maestral constants.py.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator

from memsync.providers.base import Miss, Place, Provider, Spot, from_area, matches, read, through
from memsync.providers.looking.areas import Area, areas
from memsync.system.machine import Machine, System

Files = tuple[tuple[tuple[System, ...], str], ...]
INFO: Files = (
    (("mac", "linux"), "~/.dropbox/info.json"),
    (("windows",), "{roaming}/Dropbox/info.json"),
    (("windows",), "{local}/Dropbox/info.json"),
    (("windows",), "{local}/Packages/DropboxInc.Dropbox_*/LocalCache/Local/Dropbox/info.json"),
)
HOST: Files = (
    (("mac", "linux"), "~/.dropbox/host.db"),
    (("windows",), "{roaming}/Dropbox/host.db"),
    (("windows",), "{local}/Dropbox/host.db"),
)
MAESTRAL: Files = (
    (("linux",), "{config}/maestral/*.ini"),
    (("mac",), "~/Library/Application Support/maestral/*.ini"),
)
TEAM = "a team's Dropbox: use the folder in it that is yours alone"
SIGNS = (
    "./.dropbox",
    "./.dropbox.cache",
    "/Applications/Dropbox.app",
    "~/.dropbox",
    "~/.dropbox-dist",
    "{config}/maestral",
    "{roaming}/Dropbox",
    "{local}/Dropbox",
)


class DropboxProvider(Provider):
    """Dropbox."""

    name = "dropbox"
    title = "Dropbox"
    remotes = ("dropbox",)
    places = (
        Place(
            ("mac",),
            "~/Library/CloudStorage/Dropbox-Personal",
            "folder in ~/Library/CloudStorage",
            account="Personal",
            signs=SIGNS,
        ),
        Place(
            ("mac",),
            "~/Library/CloudStorage/Dropbox",
            "folder in ~/Library/CloudStorage",
            signs=SIGNS,
        ),
        Place(
            ("mac",),
            "~/Library/CloudStorage/Dropbox-*",
            "folder in ~/Library/CloudStorage",
            but=("* (*)",),
            signs=SIGNS,
        ),
        Place(("mac", "linux", "windows"), "~/Dropbox", "folder in the home", signs=SIGNS),
        Place(("mac", "linux", "windows"), "~/Dropbox (*)", "folder in the home", signs=SIGNS),
    )

    def spots(self, machine: Machine) -> Iterator[Spot | Miss]:
        yield from self.mounted(machine)
        for area in areas(machine):
            told = list(_info(area, machine))
            yield from told
            if not any(isinstance(one, Spot) for one in told):
                yield from _host(area, machine)
            yield from _maestral(area, machine)
        yield from self.table(machine)


def _files(table: Files, area: Area, machine: Machine) -> Iterator[tuple[str, str]]:
    """(text, name for people) of each settings file that is there."""
    for systems, where in table:
        if area.system in systems:
            for path, _ in matches(where, area, machine)[0]:
                text, look = read(path, machine)
                if look != "absent":
                    yield text, str(path)


def _info(area: Area, machine: Machine) -> Iterator[Spot | Miss]:
    for text, name in _files(INFO, area, machine):
        try:
            info = json.loads(text)
        except (ValueError, RecursionError):
            info = None
        if not isinstance(info, dict):
            yield Miss(name, "unreadable")
            continue
        for key, account, warnings in (
            ("personal", "Personal", ()),
            ("business", "Business", (TEAM,)),
        ):
            entry = info.get(key)
            told = entry.get("path") if isinstance(entry, dict) else None
            path = area.path(told) if isinstance(told, str) else None
            if path:
                yield Spot(path, from_area(name, area), account, (*warnings, *through(area)))


def _host(area: Area, machine: Machine) -> Iterator[Spot | Miss]:
    """The old client's: the second line is the path in base64."""
    for text, name in _files(HOST, area, machine):
        try:
            told = base64.b64decode(text.splitlines()[1], validate=True).decode()
        except (IndexError, binascii.Error, UnicodeDecodeError, ValueError):
            yield Miss(name, "unreadable")
            continue
        path = area.path(told)
        if path:
            yield Spot(path, from_area(name, area), "", through(area))


def _maestral(area: Area, machine: Machine) -> Iterator[Spot | Miss]:
    for text, name in _files(MAESTRAL, area, machine):
        found = re.search(r"^path\s*=\s*(\S.*)$", text, re.MULTILINE)
        path = area.path(found[1]) if found else None
        if path:
            yield Spot(path, name, "", through(area))

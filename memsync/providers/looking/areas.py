"""Whose folders there are to look through: this system's own, and through WSL the Windows user's.

May not know: any service. Sources: MicrosoftDocs/WSL wsl-config.md ([automount] root, [interop]),
twpayne/chezmoi user-guide/machines/windows.md (osrelease holds "microsoft"),
canonical/ubuntu-pro-for-wsl (cmd.exe /U /C echo.%UserProfile%), microsoft/WSL#9828
(WSLENV=USERPROFILE/up).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from memsync.system.machine import Machine, System

NOT_PEOPLE = frozenset(
    ("all users", "default", "default user", "defaultuser0", "public", "wsiaccount")
)


class Area(NamedTuple):
    """One person's folders on one system. `bases` are what a pattern in a table may begin with."""

    system: System
    home: Path
    root: Path
    bases: Mapping[str, tuple[Path, ...]]
    letters: Mapping[str, Path] = {}
    wsl: bool = False

    def path(self, text: str) -> Path | None:
        """The path that another program wrote into its settings, or None when it is no absolute
        path.
        """
        text = text.strip().strip('"').removeprefix("\\\\?\\")
        if not text or "\0" in text or not is_name(text):
            return None
        if text == "~" or text.startswith(("~/", "~\\")):
            return self.home / text[2:]
        if self.wsl:
            return self._through_drives(text)
        path = Path(text)
        if not path.is_absolute():
            return None
        return path if self.system == "windows" else rooted(self.root, path)

    def _through_drives(self, text: str) -> Path | None:
        letter, colon, rest = text.partition(":")
        drive = self.letters.get(letter.lower()) if colon and rest[:1] in ("", "\\", "/") else None
        return drive.joinpath(*re.split(r"[\\/]+", rest.strip("\\/"))) if drive else None


def is_name(text: str) -> bool:
    """Whether a file may have this name at all: JSON and the registry may hold half a character."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def rooted(root: Path, path: Path) -> Path:
    """An absolute system path below the root this machine was given (which is `/`, but for
    tests).
    """
    return path if path.is_relative_to(root) else root.joinpath(*path.parts[1:])


def variable(machine: Machine, name: str) -> str:
    """An environment variable, or "".

    Windows does not mind the case of its name, and neither may we.
    """
    if machine.system == "windows":
        return next((v for k, v in machine.env.items() if k.upper() == name.upper()), "")
    return machine.env.get(name, "")


def own(machine: Machine) -> Area:
    """The folders of whoever runs memsync."""
    if machine.system == "windows":
        local = Path(variable(machine, "LOCALAPPDATA") or machine.home / "AppData" / "Local")
        roaming = Path(variable(machine, "APPDATA") or machine.home / "AppData" / "Roaming")
        bases = {"{local}": (local,), "{roaming}": (roaming,), "{drive}": machine.drives}
    else:
        config = Path(machine.env.get("XDG_CONFIG_HOME") or machine.home / ".config")
        bases = {"": (machine.root,), "{config}": (config,)}
    bases["~"] = (machine.home,)
    return Area(machine.system, machine.home, machine.root, bases)


def areas(machine: Machine) -> list[Area]:
    """This system's own folders first; on WSL then those of the Windows user, when they can be
    told.
    """
    mine = own(machine)
    if machine.system != "linux" or not _is_wsl(machine):
        return [mine]
    letters = _letters(machine)
    home = _windows_home(
        machine, Area("windows", machine.home, machine.root, {}, letters, wsl=True)
    )
    if home is None:
        return [mine]
    appdata = home / "AppData"
    bases = {
        "~": (home,),
        "{local}": (appdata / "Local",),
        "{roaming}": (appdata / "Roaming",),
        "{drive}": tuple(path for letter, path in sorted(letters.items()) if letter > "b"),
    }
    return [mine, Area("windows", home, machine.root, bases, letters, wsl=True)]


def _is_wsl(machine: Machine) -> bool:
    release = machine.text(machine.root / "proc/sys/kernel/osrelease") or ""
    return "microsoft" in release.lower()


def _letters(machine: Machine) -> dict[str, Path]:
    """The Windows drives that WSL mounted: one-letter folders under [automount] root, /mnt by
    default.
    """
    text = machine.text(machine.root / "etc/wsl.conf") or ""
    root = "/mnt"
    section = ""
    for line in text.splitlines():
        section = line.strip().lower() if line.strip().startswith("[") else section
        found = re.match(r"\s*root\s*=\s*[\"']?(/[^\"'#\0]*)", line, re.IGNORECASE)
        if found and section == "[automount]":
            root = found[1].strip()
    top = rooted(machine.root, Path(root))
    return {
        name.lower(): top / name for name in machine.names(top) if len(name) == 1 and name.isalpha()
    }


def _windows_home(machine: Machine, windows: Area) -> Path | None:
    """The Windows user's home: from WSLENV, else from cmd.exe, else the only person's in Users."""
    given = machine.env.get("USERPROFILE", "").strip()
    home = rooted(machine.root, Path(given)) if given.startswith("/") else windows.path(given)
    if home and machine.look(home) != "absent":
        return home
    drives = [
        path
        for _, path in sorted(windows.letters.items())
        if machine.look(path / "Users") != "absent"
    ]
    for drive in drives:
        home = windows.path(_user_profile(machine.run, str(drive / "Windows/System32/cmd.exe")))
        if home and machine.look(home) != "absent":
            return home
    people = [
        drive / "Users" / name
        for drive in drives
        for name in machine.names(drive / "Users")
        if name.lower() not in NOT_PEOPLE and machine.look(drive / "Users" / name) == "folder"
    ]
    return people[0] if len(people) == 1 else None


@lru_cache(maxsize=8)
def _user_profile(run: Callable[[list[str]], str | None], cmd: str) -> str:
    """Asked once: cmd.exe takes a quarter of a second through WSL. /U makes it answer in UTF-16."""
    lines = (run([cmd, "/U", "/C", "echo.%UserProfile%"]) or "").strip().splitlines()
    return lines[-1] if lines else ""

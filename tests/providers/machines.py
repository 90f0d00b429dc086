"""Machines of every kind, built of real folders below a temporary one. Nothing is patched."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from memsync.providers.registry import Provider, by_name, given
from memsync.system.machine import Look, Machine, RegistryKeys, System

KINDS = ("mac", "windows", "linux", "wsl")
HOMES = {"mac": "Users/jo", "windows": "C/Users/jo", "linux": "home/jo", "wsl": "home/jo"}
WINDOWS_HOME = "mnt/c/Users/jo"


def build(
    tmp: Path,
    kind: str,
    *,
    env: Mapping[str, str] | None = None,
    registry: Mapping[str, RegistryKeys] | None = None,
    run: Callable[[list[str]], str | None] = lambda argv: None,
    blind: Callable[[Path], bool] = lambda path: False,
) -> Machine:
    """A machine with an empty home.

    `blind` says which folders may not be listed (tests run as root).
    """

    class Shy(Machine):
        __slots__ = ()

        def look(self, path: Path) -> Look:
            return "unreadable" if blind(path) and path.exists() else super().look(path)

        def names(self, path: Path) -> list[str]:
            return [] if blind(path) else super().names(path)

    root = tmp / "root"
    home = root / HOMES[kind]
    home.mkdir(parents=True, exist_ok=True)
    if kind == "wsl":
        write(root / "proc/sys/kernel/osrelease", "5.15.153.1-microsoft-standard-WSL2\n")
        (root / WINDOWS_HOME).mkdir(parents=True, exist_ok=True)
    keys = registry or {}
    system: System = "linux" if kind in ("linux", "wsl") else "mac" if kind == "mac" else "windows"
    drives = tuple(root / letter for letter in "CDG") if kind == "windows" else ()
    return Shy(
        system=system,
        home=home,
        env=dict(env or {}),
        config_dir=home / "config",
        state_dir=home / "state",
        root=root,
        drives=drives,
        registry=lambda key: keys.get(key, {}),
        run=run,
    )


def folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def write(path: Path, text: str) -> Path:
    folder(path.parent)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def tree(top: Path) -> dict[str, bytes | None]:
    """Everything below a folder: the bytes of files, None for folders and links."""
    found: dict[str, bytes | None] = {}
    for here, folders, files in os.walk(top):
        for name in folders:
            found[os.path.join(here, name)] = None
        for name in files:
            found[os.path.join(here, name)] = Path(here, name).read_bytes()
    return found


def provider_of(path: Path, machine: Machine) -> tuple[Provider, str]:
    """The provider and account that a folder a person named is taken for."""
    found = given(path, machine)
    return by_name(found.provider), found.account

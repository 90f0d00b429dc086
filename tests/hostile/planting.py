"""What can be planted, and where."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from tests.e2e.world import World

ZERO = os.makedev(1, 5) if hasattr(os, "makedev") else 0  # it never ends


def _link(place: Path, private: Path) -> None:
    place.symlink_to(private / "key")


def _dangling(place: Path, private: Path) -> None:
    place.symlink_to(private / "not-there-yet")


def _folder_link(place: Path, private: Path) -> None:
    place.symlink_to(private / "folder", target_is_directory=True)


def _pipe(place: Path, private: Path) -> None:
    os.mkfifo(place)


def _device(place: Path, private: Path) -> None:
    os.mknod(place, stat.S_IFCHR | 0o666, ZERO)


def _socket(place: Path, private: Path) -> None:
    here = os.open(place.parent, os.O_RDONLY)  # a socket's path may have 107 bytes at most
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{place.name}")
    finally:
        os.close(here)


KINDS: dict[str, Callable[[Path, Path], None]] = {
    "link": _link,
    "dangling link": _dangling,
    "folder link": _folder_link,
    "pipe": _pipe,
    "device": _device,
    "socket": _socket,
}

PLACES: dict[str, Callable[[World], Path]] = {
    "memory": lambda world: world.memory,
    "memory folder": lambda world: world.folder,
    "backups": lambda world: world.folder / "backups",
    "conflicts": lambda world: world.folder / "conflicts",
    "sessions": lambda world: world.folder / "sessions",
    "bundles": lambda world: world.folder / "bundles",
    "day": lambda world: world.folder / "sessions" / "2026-11-22",
    "today": lambda world: max((world.folder / "sessions").iterdir()),
    "note": lambda world: world.folder / "sessions" / "2026-11-22" / "101112-0123456789ab.md",
    "backup": lambda world: max((world.folder / "backups").iterdir()),
    "new backup": lambda world: (
        world.folder / "backups" / "GLOBAL_MEMORY_20991231_235959_0123456789ab.md"
    ),
    "conflict copy": lambda world: world.folder / "GLOBAL_MEMORY-LAPTOP.md",
    "bundle": lambda world: world.folder / "bundles" / "0123456789ab.ids",
}


def plant(world: World, place: str, kind: str, private: Path) -> Path:
    """Put this there, in the place of what stands there; where it is."""
    path = PLACES[place](world)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    KINDS[kind](path, private)
    return path


def sparse(path: Path, size: int = 6 << 30) -> Path:
    """A file of 6 GiB that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path

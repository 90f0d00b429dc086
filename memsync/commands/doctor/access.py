"""Modes, owners, free space and leftovers, as the operating system tells them. Writes only in
`narrow`.

May not know: notes, versions, the memory's text.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from memsync.system.disk import STALE_TEMP_SECONDS, TEMP_NAME
from memsync.system.disk import narrow as take_bits
from memsync.system.machine import Machine

LEAST_FREE: Final = 1024 * 1024
OTHERS: Final = 0o077
MODELESS: Final = re.compile(r"fuse\..*|9p|drvfs|cifs|smb3?|vfat|exfat|ntfs3?|fuseblk|msdos")


def inside(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Every file and folder below, links not followed; what may not be listed is passed by."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:
        return
    for entry in entries:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from inside(Path(entry.path))


def keeps_modes(machine: Machine, folder: Path) -> bool:
    """Whether the file system of a folder keeps modes at all.

    Windows' own and most mounts do not.
    """
    if machine.system == "windows":
        return False
    best, kind = -1, ""
    for line in (machine.text(machine.root / "proc/mounts") or "").splitlines():
        fields = line.split(" ")
        if len(fields) > 2:
            at = Path(fields[1].replace("\\040", " "))
            if len(at.parts) > best and folder.is_relative_to(at):
                best, kind = len(at.parts), fields[2]
    return MODELESS.fullmatch(kind) is None


def is_wide(path: Path) -> bool:
    """Whether others than the owner may do anything with a file or folder."""
    try:
        return bool(stat.S_IMODE(os.stat(path).st_mode) & OTHERS)
    except OSError:
        return False


def of_others(folder: Path, user: int | None) -> list[str]:
    """What in a folder, itself included, belongs to another user."""
    if user is None:
        return []
    found: list[str] = []
    with contextlib.suppress(OSError):
        if os.lstat(folder).st_uid != user:
            found.append(str(folder))
    for entry in inside(folder):
        with contextlib.suppress(OSError):
            if entry.stat(follow_symlinks=False).st_uid != user:
                found.append(entry.path)
    return found


def this_user() -> int | None:
    """The number of this user; None where there are none."""
    return os.getuid() if hasattr(os, "getuid") else None


def unwritable(path: Path) -> Path | None:
    """The folder that keeps a file at or below `path` from being written.

    None when nothing does.
    """
    there = path
    while not os.path.exists(there) and there != there.parent:
        there = there.parent
    if not os.path.isdir(there):
        return None  # which `is_no_folder` tells
    return None if os.access(there, os.R_OK | os.W_OK | os.X_OK) else there


def is_no_folder(path: Path) -> bool:
    """Whether something else stands where a folder belongs."""
    return os.path.lexists(path) and not os.path.isdir(path)


def is_full(folder: Path) -> bool:
    """Whether next to nothing is free. Mounts that do not know say 0 of 0; of one that is read-only
    `unwritable` tells.
    """
    with contextlib.suppress(OSError):
        usage = shutil.disk_usage(folder)
        return usage.total > 0 and usage.free < LEAST_FREE and not _is_read_only(folder)
    return False


def _is_read_only(folder: Path) -> bool:
    if not hasattr(os, "statvfs"):
        return False
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def leftovers(folders: Iterable[Path], now: float) -> list[str]:
    """memsync's temp files of writes that died more than an hour ago."""
    found = []
    for folder in folders:
        for entry in inside(folder):
            with contextlib.suppress(OSError):
                age = now - entry.stat(follow_symlinks=False).st_mtime
                if TEMP_NAME.fullmatch(entry.name) and age > STALE_TEMP_SECONDS:
                    found.append(entry.path)
    return found


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    total = 0
    for entry in inside(folder):
        with contextlib.suppress(OSError):
            total += (
                entry.stat(follow_symlinks=False).st_size
                if entry.is_file(follow_symlinks=False)
                else 0
            )
    return total


def narrow(folder: Path) -> int:
    """Make a folder and all in it the owner's alone; how many modes changed.

    Links are left alone.
    """
    return take_bits(str(folder), OTHERS)

"""The folders and files themselves: rights, sizes, locks, leftovers. Writes nothing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from memsync.commands.doctor import access
from memsync.commands.doctor.findings import FIX, REFRESH, Finding, info, problem, warning
from memsync.config import KEY_FILE, Config
from memsync.memory import bounds
from memsync.memory.versions import BACKUPS
from memsync.providers.resolve import Place
from memsync.steps.workspace import LOCK, open_place
from memsync.system.counted import counted
from memsync.system.disk import too_large
from memsync.system.lock import keeps_locks
from memsync.system.machine import quoted

MANY_BACKUPS: Final = 500
LARGE_FOOTER: Final = 16 * 1024  # twice what memsync lets it grow to


def is_shut(folder: Path) -> bool:
    """Whether it, or the folder above it, may not even be read."""
    stuck = access.unwritable(folder)
    return stuck is not None and not os.access(stuck, os.R_OK | os.X_OK)


def no_folder(path: Path, status: int) -> Finding:
    """Something else stands in the place of a folder."""
    return problem(f"{path} is not a folder", f"mv {quoted(path)} {quoted(f'{path}.old')}", status)


def own_folders(config: Config, place: Place) -> list[Path]:
    """The folders that are memsync's own, those that are there."""
    machine = config.machine
    folders = [place.folder, machine.config_dir, machine.state_dir]
    return [one for one in folders if one is not None and os.path.isdir(one)]


def rights(config: Config, place: Place) -> Iterator[Finding]:
    """Who may read and write what, locks, and temp files that were left behind."""
    machine = config.machine
    folders = [
        one for one in (machine.state_dir, place.state, machine.claude_dir) if one is not None
    ]
    yield from (no_folder(path, 1) for path in folders if access.is_no_folder(path))
    for stuck in dict.fromkeys(access.unwritable(path) for path in folders):
        if stuck is not None:
            cannot = "read" if is_shut(stuck) else "written"
            yield problem(f"{stuck} cannot be {cannot}", f"chmod u+rwx {quoted(stuck)}")
    lock = place.state / LOCK if place.state is not None else None
    if lock is not None and os.path.isdir(lock):
        yield problem(
            f"{lock} is a folder, so no command can take the lock", f"rmdir {quoted(lock)}"
        )
    if place.state is not None and not keeps_locks(str(place.state)):
        what = f"the file system of {place.state} keeps no locks; a lock file stands in for them"
        yield info(what, "nothing; but do not run memsync on two machines with this home at once")
    for folder in own_folders(config, place):
        if access.is_wide(folder) and access.keeps_modes(machine, folder):
            yield warning(f"{folder} is open to other users of this machine", FIX)
        strangers = access.of_others(folder, access.this_user())
        if strangers:
            many = counted(len(strangers), "file belongs", "files belong")
            what = f"{many} to another user, for one {strangers[0]}"
            yield warning(what, f"sudo chown -R {access.this_user()} {quoted(folder)}")
    left = access.leftovers(
        [*own_folders(config, place), machine.claude_dir], machine.now().timestamp()
    )
    if left:
        yield info(f"{counted(len(left), 'leftover temp file')}, for one {left[0]}", FIX)


def sizes(config: Config, place: Place) -> Iterator[Finding]:
    """How much the backups and the footer take."""
    if place.folder is None:
        return
    work = open_place(config, place)
    memory = work.store.memory()
    footer = (
        len(memory.raw) - len(memory.body.encode("utf-8"))
        if memory is not None and memory.footer
        else 0
    )
    if footer > LARGE_FOOTER:
        yield warning(
            f"the memory's footer has {footer} bytes, which Claude Code does not read", REFRESH
        )
    count = len(work.store.versions.all())
    backups = counted(count, "backup takes", "backups take")
    kilobytes = (access.size(place.folder / BACKUPS) + 1023) // 1024
    words = f"{backups} {kilobytes} KiB; the footer takes {footer} bytes"
    if count > MANY_BACKUPS:
        yield warning(words, "memsync prune")
    elif count:
        yield info(words, "memsync prune   (removes old ones)")


def large_files(folder: Path) -> Iterator[Finding]:
    """Files in the memory folder that no command reads, because of their size."""
    for entry in access.inside(folder):
        name = Path(entry.path).relative_to(folder).as_posix()
        bound = bounds.in_memory_folder(name)
        with contextlib.suppress(OSError):
            size = entry.stat(follow_symlinks=False).st_size
            if size > max(bound.most, bound.larger) and entry.path not in too_large:
                what = f"{entry.path} is larger than memsync reads ({size} bytes)"
                yield warning(what, f"ls -l {quoted(entry.path)}")


def large_key(config: Config) -> Iterator[Finding]:
    """A key file that is never read, also where the key comes from elsewhere today."""
    path = config.machine.config_dir / KEY_FILE
    most = bounds.of_settings(KEY_FILE).most
    with contextlib.suppress(OSError):
        size = path.lstat().st_size
        if size > most and str(path) not in too_large:
            what = f"{path} is larger than {most >> 20} MiB ({size} bytes), so it is not read"
            yield warning(what, f"ls -l {quoted(path)}")

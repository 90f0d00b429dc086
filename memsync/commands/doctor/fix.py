"""`doctor --fix`: what can be fixed without a person's judgement. The caller holds the lock.

A file that is replaced lies in `conflicts/` first, as it is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memsync import sync
from memsync.commands.doctor import access
from memsync.steps.job import Job
from memsync.steps.workspace import Workspace
from memsync.steps.writes import Fix
from memsync.system import terminal
from memsync.system.counted import counted
from memsync.system.disk import RealDisk
from memsync.system.errors import MemsyncError

NOT_FIXED: Final = "not fixed: "


def fix(work: Workspace, job: Job, folders: Sequence[Path]) -> list[str]:
    """Fix what is safe; what was done and what could not be, a line each.

    `folders` are memsync's own ones whose modes count: the memory folder, the settings', the
    state's.
    """
    said = _narrow(folders)
    said += _sweep(
        work, [*folders, Path(work.store.disk.where()), Path(work.target.claude.where())]
    )
    before, notes = work.target.standing(), len(work.store.sessions.listed())
    try:
        said += _write_again(job)
    except MemsyncError as error:
        said.append(f"{NOT_FIXED}{error.what}")
    if (came := len(work.store.sessions.listed()) - notes) > 0:
        said.append(
            f"{counted(came, 'note')} came into the memory folder; memsync refresh merges what is "
            "pending"
        )
    if before != (after := work.target.standing()):
        said.append(f"{work.target.path} shows the memory again ({after})")
    return said


def _narrow(folders: Sequence[Path]) -> list[str]:
    count = sum(access.narrow(folder) for folder in folders)
    return [f"{counted(count, 'path is', 'paths are')} this user's alone now"] if count else []


def _sweep(work: Workspace, folders: Sequence[Path]) -> list[str]:
    now = work.store.now().timestamp()
    left = access.leftovers(folders, now)
    for folder in sorted({os.path.dirname(path) for path in left}):
        RealDisk(Path(folder)).sweep("", now)
    return [f"{counted(len(set(left)), 'leftover temp file')} removed"] if left else []


def _write_again(job: Job) -> tuple[str, ...]:
    """Take in what others did, write the memory again where that is needed, a lost footer with it,
    and link.
    """
    run = sync.run(job, Fix())
    if run.failure is not None:
        raise run.failure
    told = {line for line in run.said if line in run.brought or line.startswith("constraint ")}
    for line in run.said:
        if line in told:  # what others did is told as it is: nothing was fixed by it
            terminal.err(line)
    return tuple(line for line in run.said if line not in told)

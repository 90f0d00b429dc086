"""What the commands that only show share: how a time is told, and a word on what the next refresh
would capture.
"""

from __future__ import annotations

import contextlib
from datetime import datetime

from memsync.memory import conflicts
from memsync.steps.workspace import Workspace
from memsync.system import terminal
from memsync.system.errors import MemsyncError


def moment(time: datetime, plain: str) -> str:
    """A time for a list: on a terminal that of this machine with its zone, elsewhere as it is in
    `plain`, so that scripts go on reading it. `time` is aware.
    """
    if not terminal.out_is_terminal():
        return plain
    from memsync.system.localtime import local

    return local(time)


def tell_outside(work: Workspace) -> list[str]:
    """Say on stderr what the next refresh would capture."""
    lines = outside_lines(work)
    for line in lines:
        terminal.err(line)
    return lines


def outside_lines(work: Workspace) -> list[str]:
    """A line for each change from outside that the next refresh would keep as a note. Writes
    nothing; a memory that cannot be read says so elsewhere.
    """
    with contextlib.suppress(MemsyncError):
        if not is_as_last_seen(work):
            # Only where something changed: what decides is slow to import
            from memsync.steps.telling import told_of

            return told_of(work)
    return []


def is_as_last_seen(work: Workspace) -> bool:
    """Whether the memory and what Claude Code reads are as this machine saw them last, with no
    second copy beside them.
    """
    memory, last = work.store.memory(), work.store.last_seen()
    if memory is None:
        return True
    if last is None or last.raw != memory.raw or last.edited or work.siblings():
        return False
    if conflicts.names(work.store.disk):
        return False
    standing = work.target.standing()
    return standing in ("absent", "link", "dangling", "folder") or work.target.text() == memory.raw

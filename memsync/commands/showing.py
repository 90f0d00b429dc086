"""What the commands that only show share: a word on what the next refresh would capture."""

from __future__ import annotations

import contextlib

from memsync.memory import conflicts
from memsync.steps.gather import View, gather
from memsync.steps.job import Job, Nobody, no_claude
from memsync.steps.workspace import Workspace
from memsync.system import terminal
from memsync.system.errors import MemsyncError


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
    job = Job(work.store, work.outbox, work.target, no_claude, Nobody(), siblings=work.siblings())
    view = gather(job)
    with contextlib.suppress(MemsyncError):
        if not is_as_last_seen(view):
            # Only where something changed: the alignment of lines is slow to import
            from memsync.steps.telling import told

            return told(view)
    return []


def is_as_last_seen(view: View) -> bool:
    """Whether the memory and what Claude Code reads are as this machine saw them last, with no
    second copy beside them.
    """
    memory, last = view.store.memory(), view.store.last_seen()
    if memory is None:
        return True
    if last is None or last.raw != memory.raw or last.edited or view.siblings:
        return False
    if conflicts.names(view.store.disk) or view.target is None:
        return False
    standing = view.target.standing()
    return standing in ("absent", "link", "dangling", "folder") or view.target.text() == memory.raw

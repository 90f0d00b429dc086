"""What the commands that only show share: how a time is told, and a word on what the next refresh
would capture.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from memsync.memory import conflicts, noticed
from memsync.steps.workspace import Workspace
from memsync.system import terminal
from memsync.system.errors import MemsyncError

if TYPE_CHECKING:
    from memsync.memory.text.notes import Note
    from memsync.memory.text.warnings import Warning
    from memsync.steps.telling import Coming

MOST_READ: Final = 1000  # more notes than that are counted by their names


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
            return lines_of(_found(work))
    return []


def coming(work: Workspace, pending: Sequence[Note] | None = None) -> Coming | None:
    """What the next refresh would find; None where nothing changed since this machine looked.

    `pending`: the notes that wait, where the caller knows them: ten years of days take a while.
    """
    with contextlib.suppress(MemsyncError):
        if not is_as_last_seen(work) or _edits_wait(_pending(work) if pending is None else pending):
            return _found(work)
    return None


def _found(work: Workspace) -> Coming:
    from memsync.steps import telling  # only where something changed: it is slow to import

    return telling.coming(work)


def lines_of(found: Coming | None) -> list[str]:
    """A line for each change from outside."""
    if found is None:
        return []
    from memsync.steps.telling import told

    with contextlib.suppress(MemsyncError):
        return told(found)
    return []


def look_at(
    work: Workspace, found: Coming | None, now: datetime, pending: Sequence[Note] | None = None
) -> list[Warning]:
    """What to look at: in what this machine has not seen before, also in what the next refresh
    takes in by code; and what still stands of what came lately. `pending`: as for `coming`.
    """
    memory, last = work.store.memory(), work.store.last_seen()
    body = memory.body if memory is not None else ""
    new: list[Warning] = []
    if found is not None:
        from memsync.memory.text.warnings import warnings
        from memsync.steps.telling import body_after

        after = None
        with contextlib.suppress(MemsyncError):
            wait = _edits_wait(_pending(work) if pending is None else pending)
            after = body_after(found, edits_wait=wait)
        here = set(body.split("\n"))
        came = warnings(last.body if last is not None else "", body if after is None else after)
        new = [one if one.text in here else one._replace(line=0) for one in came]
    return list(dict.fromkeys([*new, *noticed.standing(work.store.state, body, now)]))


def _pending(work: Workspace) -> Sequence[Note]:
    memory = work.store.memory()
    return work.store.sessions.pending(memory.merged, most=MOST_READ) if memory is not None else ()


def _edits_wait(pending: Sequence[Note]) -> bool:
    return any(note.kind in ("edit", "restore") for note in pending)


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

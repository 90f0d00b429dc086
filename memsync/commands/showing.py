"""What the commands that only show share: how a time is told, and a word on what the next refresh
would capture.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Final

from memsync.config import Config
from memsync.memory import conflicts, noticed
from memsync.memory.text.document import Memory
from memsync.providers.resolve import Place
from memsync.steps.workspace import Workspace, open_place
from memsync.system import terminal
from memsync.system.errors import MemsyncError

if TYPE_CHECKING:
    from memsync.memory.text.warnings import Warning

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
            # Only where something changed: what decides is slow to import
            from memsync.steps.telling import told_of

            return told_of(work)
    return []


def look_at(config: Config, place: Place, work: Workspace, *, waits: bool) -> list[Warning]:
    """What to look at: in what this machine has not seen before, also in what the next refresh
    takes in by code; and what still stands of what came lately.
    """
    last, now = work.store.last_seen(), config.machine.now()
    memory = work.store.memory()
    body = memory.body if memory is not None else ""
    after = body
    if memory is not None and (waits or _edits_wait(work, memory)):
        after = _after_refresh(config, place, body)
    here, found = set(body.split("\n")), list[Warning]()
    if last is None or last.body != after:
        from memsync.memory.text.warnings import warnings

        new = warnings(last.body if last is not None else "", after)
        found = [one if one.text in here else one._replace(line=0) for one in new]
    return list(dict.fromkeys([*found, *noticed.standing(work.store.state, body, now)]))


def _after_refresh(config: Config, place: Place, body: str) -> str:
    """The body that the next refresh makes before it asks Claude; found out on dry disks."""
    from memsync import sync
    from memsync.steps.job import Job, no_claude
    from memsync.steps.writes import Refresh
    from memsync.system.questions import Nobody

    dry = open_place(config, place, dry=True)
    job = Job(dry.store, dry.outbox, dry.target, no_claude, Nobody(), siblings=dry.siblings())
    with contextlib.suppress(MemsyncError):
        sync.run(job, Refresh())
    after = dry.store.memory()
    return after.body if after is not None else body


def _edits_wait(work: Workspace, memory: Memory) -> bool:
    with contextlib.suppress(MemsyncError):
        pending = work.store.sessions.pending(memory.merged, most=MOST_READ)
        return any(note.kind in ("edit", "restore") for note in pending)
    return False


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

"""What is told of a body that somebody else made, whichever door it came in by, and what of that
stays on record. Pure.

May not know: the terminal, the network, how anything is written.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, NamedTuple

from memsync.memory.text.document import NAME, Memory, is_starter
from memsync.memory.text.edits import DISOWNED, REMOVED
from memsync.steps.job import NOTHING_NEW, Noticed

if TYPE_CHECKING:  # a machine alone seldom needs it
    from memsync.memory.text.warnings import Warning


class Step(NamedTuple):
    """An edit that code put into the body: its note, and the bodies before and after."""

    note_id: str
    before: str
    after: str


def of_version(before: Memory | None, memory: Memory | None) -> Noticed:
    """What another machine's version brought, line by line."""
    if before is None or memory is None or before.body == memory.body:
        return NOTHING_NEW
    rest = f"memsync diff {before.rev}"
    return _told(before.body, memory.body, f"version {memory.rev}", rest)


def of_first(memory: Memory) -> Noticed:
    """What to look at in a memory of which this machine has seen nothing yet."""
    return NOTHING_NEW if is_starter(memory.body) else _looked("", memory.body, NAME)


def of_hand(before: str, after: str) -> Noticed:
    """What to look at in an edit of the memory file: its lines are the person's own, if nobody
    else's. The constraints that went are told with it in any case.
    """
    return _looked(before, after, f"an edit of {NAME}")


def _looked(before: str, after: str, source: str) -> Noticed:
    if before == after:
        return NOTHING_NEW
    from memsync.memory.text.warnings import few_of_each, warnings

    found = warnings(before, after)
    shown, more = few_of_each([one for one in found if one.line])
    words = (*(one.words for one in shown), *more)
    return Noticed(tuple(f"from {source}: {each}" for each in words), found)


def of_steps(steps: Sequence[Step], said: Container[str]) -> Noticed:
    """What each edit brought that code put into the memory: out of a conflict copy, CLAUDE.md, a
    second folder, or another machine's note. `said`: what this command has told already, as of the
    constraints that an edit it captured takes away.
    """
    rows: list[str] = []
    found: list[Warning] = []
    for step in steps:
        rest = f"memsync notes {step.note_id}"
        told = _told(step.before, step.after, f"note {step.note_id}", rest)
        gone = [f": {one.words}" for one in told.found if not one.line and _is_told(one, said)]
        rows += [row for row in told.rows if not row.endswith(tuple(gone))]
        found += told.found
    return Noticed(tuple(rows), tuple(found))


def _is_told(gone: Warning, said: Container[str]) -> bool:
    """Whether this constraint that went is told as taken away by hand."""
    return any(words.format(gone.text.strip()) in said for words in (REMOVED, DISOWNED))


def _told(before: str, after: str, source: str, rest: str) -> Noticed:
    from memsync.memory.text.warnings import told_with, warnings

    found = warnings(before, after)
    return Noticed(tuple(told_with(found, before, after, source, rest)), found)

"""A change from outside as an edit: one function for hand edits, conflict copies, second folders,
the target, and a CLAUDE.md that was there before. Pure.
"""

from __future__ import annotations

from typing import NamedTuple

from memsync.memory.text import edits
from memsync.memory.text.document import Memory, short_hash
from memsync.memory.text.notes import render_edit
from memsync.memory.text.purged import lines_of, spelled
from memsync.steps.job import Fresh


class Captured(NamedTuple):
    """An edit: its note's text, the whole texts before and after, and what to tell of the
    constraints that it takes away.
    """

    edit: edits.Edit
    fresh: Fresh
    removed: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text of the note."""
        return edits.write(self.edit)

    @property
    def id(self) -> str:
        """The id of the note: the same edit is the same note on every machine."""
        return short_hash(render_edit(self.text))


def captured(
    text: str, base: Memory | None, against: str, *, adds_only: bool = False
) -> Captured | None:
    """What a text changes of the version that it was made on, or None when nothing.

    Where that version is not known (`base` None) the text is measured `against` another body; then,
    and with `adds_only`, what it lacks does not count as removed: it may be cut, or another file.
    """
    before = against if base is None else base.body
    rev = edits.NO_BASE if base is None else base.rev
    only = adds_only or base is None
    edit = edits.difference(rev, before, text, additions_only=only)
    if edit is None:
        return None
    seen = edit
    edit = _without_purged(edit, against)
    if base is not None and adds_only:
        # Appended: the version is known, though nothing counts as removed
        edit = edit._replace(base=base.rev)
    if edit.base == edits.NO_BASE:
        return Captured(edit, Fresh(before, edits.with_additions(before, text, edit)), ())
    fresh = Fresh(before, text, as_it_is=not adds_only and edit == seen)
    return Captured(edit, fresh, edits.out_of_force(before, text))


def _without_purged(edit: edits.Edit, body: str) -> edits.Edit:
    """The edit of a text that is older than a purge: old lines are spelled as they are now."""
    purged = lines_of(body)
    if not purged:
        return edit
    here = set(body.split("\n"))
    return edit._replace(
        ops=tuple(
            op if op.sign == "+" or op.line in here else op._replace(line=spelled(op.line, purged))
            for op in edit.ops
        )
    )

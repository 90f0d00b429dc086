"""What somebody wrote into CLAUDE.md, where that is a copy of the memory or another file. Writes
nothing; reads through the frozen view alone.
"""

from __future__ import annotations

from memsync.memory.store import Store
from memsync.memory.text import edits
from memsync.memory.text.document import FOOTER_MARK, Memory, is_starter, parse, whole_lines
from memsync.memory.text.encodings import in_utf8
from memsync.steps.captured import captured
from memsync.steps.copies import Taken, is_past, is_taken_in, put_addition, put_edit
from memsync.steps.gather import View


def of_target(view: View, memory: Memory, body: str, merged: frozenset[str]) -> Taken:
    """The edit of a copy at the target, or of a file or link that was put in the place of our
    link.
    """
    target = view.target
    if target is None or target.standing() not in ("copy", "foreign", "foreign link"):
        return Taken()
    given = target.text()
    if given is None:
        return Taken()
    raw = in_utf8(given)
    shown = parse(raw)
    if not shown.body or (shown.footer is not None and shown.body == body):
        return Taken()
    whole = shown.footer is not None and not shown.edited
    if whole and is_past(view.store, shown, memory):
        return Taken()
    text = shown.body
    if shown.footer is None:
        text = whole_lines(shown._replace(raw=raw + b"\n"))
    base = None if whole else base_of(view.store, shown)
    if base is None and (is_starter(text) or is_taken_in(view.store, given, target)):
        return Taken()
    edit = captured(text, base, body, adds_only=shown.footer is None)
    if edit is None:
        return _in_new_dress(body, base, shown)
    if edit.edit.base == edits.NO_BASE:
        note = put_addition(view, edit, body, memory, "target")
    else:
        note = put_edit(view, edit, "target")
    if view.store.sessions.may_hold(merged, note.id):
        return Taken()
    said = f"{target.path} was edited; the edit is kept as note {note.id}"
    return Taken(note.writes, {note.id: edit.fresh}, (said, *edit.removed))


def _in_new_dress(body: str, base: Memory | None, shown: Memory) -> Taken:
    """A formatter's work on the copy at the target is taken as it is."""
    if base is None or shown.footer is None or not shown.body.strip():
        return Taken()
    dressed = shown.body
    if body != base.body:
        dressed = edits.in_new_dress(body, base.body, shown.body)
    if dressed == body:
        return Taken()
    return Taken(body=dressed, said=edits.out_of_force(body, dressed))


def base_of(store: Store, shown: Memory) -> Memory | None:
    """The version that an edited file was made on: by its footer, or by its body where only the
    footer suffered.
    """
    if FOOTER_MARK not in shown.raw:
        return None  # a person's own file: that a version has the same lines says nothing
    return store.version(shown.footer.rev) if shown.footer is not None else store.known(shown.body)

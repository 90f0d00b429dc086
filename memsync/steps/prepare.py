"""What a merge starts from and what comes of it: edits by code, parts for Claude, the bytes of the
new memory.

Reads notes and versions. May not know: the network, the terminal, how the memory is replaced.
"""

from __future__ import annotations

from memsync.memory.store import Store
from memsync.memory.text import edits
from memsync.memory.text.document import compose, revision
from memsync.merge import prompt as merge
from memsync.steps.job import Work
from memsync.steps.observe import Seen


def prepare(
    store: Store, seen: Seen, again: frozenset[str] = frozenset(), *, wait: bool = True
) -> Work:
    """Put the edits whose place is clear into the body; the rest, and the notes in `again`, is for
    Claude.

    With `wait`, an edit that removes what only an older note of this merge can bring comes behind
    that note.
    """
    body, ids, parts, early = seen.body, set(seen.merged), [], False
    for note in store.pending(seen.merged, again, learn=True):
        if note.kind in ("note", "harvest"):
            parts.append(merge.part(note))
            continue
        edit = edits.read(note.text)
        captured = note.id not in seen.fresh or edit.base != edits.NO_BASE
        if wait and captured and _lacks(body, edit) and any(_may_bring(one, edit) for one in parts):
            early = True
            continue
        if note.id in seen.fresh:
            fresh = seen.fresh[note.id]
            applied = edits.apply_text(body, fresh.base, fresh.edited, edit)
        else:
            base = store.version(edit.base)
            applied = edits.apply(body, edit, base.body if base else None)
        body = applied.body
        if applied.unplaced:
            parts.append(merge.part(note, applied))
        else:
            ids.add(note.id)
    return Work(seen, body, frozenset(ids), tuple(parts), early)


def _may_bring(part: merge.Part, edit: edits.Edit) -> bool:
    """Whether Claude may bring a line that the edit removes: out of a note, or of an edit that adds
    it.
    """
    added = {op.line for op in part.ops if op.sign == "+"}
    return not part.ops or any(op.sign == "-" and op.line in added for op in edit.ops)


def _lacks(body: str, edit: edits.Edit) -> bool:
    """Whether an edit removes a line that is not in the body."""
    here = set(body.split("\n"))
    return any(op.sign == "-" and op.line not in here for op in edit.ops)


def new_bytes(seen: Seen, body: str, ids: frozenset[str]) -> bytes:
    """The file that replaces the one seen: its line ends and its unknown footer lines are kept.

    A version whose footer got lost gets that very footer again, and what is made of it comes from
    that version.
    """
    version = seen.lost or seen.memory
    extra, origin = version.footer.extra if version.footer else (), version.rev
    if (
        seen.lost is not None
        and seen.lost.footer is not None
        and revision(body, ids) == seen.lost.rev
    ):
        origin = seen.lost.footer.origin
    return compose(body, ids, origin, extra=extra, crlf=seen.memory.crlf)

"""Second copies of the memory: what somebody wrote into one becomes a note, and nothing of them is
lost. Writes nothing; reads through the frozen view alone.

Conflict copies of a sync client, second memory folders, the outbox, a restore that was killed, an
adopted memory that no note stands for yet, a memory that was saved as UTF-16. May not know: the
target, the network, how anything is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from memsync.memory import conflicts, sessions
from memsync.memory.store import Store
from memsync.memory.target import Target, is_set_aside
from memsync.memory.text import notes
from memsync.memory.text.document import STARTER, Memory, is_starter, parse, short_hash
from memsync.memory.text.encodings import in_utf8
from memsync.steps.captured import Captured, captured
from memsync.steps.gather import View
from memsync.steps.job import EMPTY, Fresh, Run
from memsync.steps.writes import Deliver, Origin, PutNote, PutRestore, Record, SetAside, Write
from memsync.system.counted import counted
from memsync.system.errors import NotDownloadedError

# The state file: which memories of second memory folders were looked at
SIBLINGS: Final = "siblings"
MOST_SIBLINGS: Final = 100


class Noted(NamedTuple):
    """The note of an edit: its id, and what is to be written, nothing when it is here already."""

    id: str
    writes: tuple[PutNote, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The id as a set, empty for no note."""
        return frozenset([self.id]) if self.id else frozenset()


class Taken(NamedTuple):
    """What was found in second copies: what to write, the edits by their notes, what to tell."""

    writes: tuple[Write, ...] = ()
    fresh: Mapping[str, Fresh] = EMPTY
    said: tuple[str, ...] = ()
    body: str | None = None  # the body in the dress that a formatter gave it
    looked: bytes = b""  # the memory of a second folder that was looked at, as `SIBLINGS` has it


NOTHING: Final = Noted("", ())


def put_edit(view: View, edit: Captured, origin: Origin) -> Noted:
    """The note of an edit."""
    here = view.store.sessions.has(edit.id)
    return Noted(edit.id, () if here else (PutNote(edit.text, origin),))


def put_addition(view: View, edit: Captured, body: str, memory: Memory, origin: Origin) -> Noted:
    """The note of lines without a base.

    Where that very note was merged and the lines left since, they came anew: then they are a note
    of their own, named by the version they came to.
    """
    here = set(body.split("\n"))
    anew = any(line not in here for line in edit.edit.lines("+"))
    if anew and view.store.sessions.may_hold(memory.merged, edit.id):
        edit = edit._replace(edit=edit.edit._replace(base=memory.rev))
    return put_edit(view, edit, origin)


def delivered(view: View) -> list[Deliver]:
    """The notes that wait in the outbox, those that are whole."""
    found = []
    for listed in sessions.waiting(view.outbox):
        data = view.outbox.read(listed.name)
        if data is not None and notes.parse(data, listed.id) is not None:
            name = f"{notes.FOLDER}/{listed.name}"
            found.append(Deliver(name, data, waits=listed.name))
    return found


def restored(store: Store, memory: Memory) -> list[PutRestore]:
    """The notes of undos and restores whose command was killed behind the memory: it holds them, or
    held them when this machine saw it last. What else waits has not happened.
    """
    ids = store.sessions.restoring()
    if not ids or memory.footer is None:
        return []
    last = store.last_seen()
    before = last.merged if last is not None else frozenset[str]()
    holds = store.sessions.may_hold  # a bundle that is not here must not stop what else is seen
    return [PutRestore(one) for one in ids if holds(memory.merged, one) or holds(before, one)]


def taken_in(view: View, copies: Mapping[str, Memory]) -> Taken:
    """Of each second memory folder its notes and its edit; of each conflict copy its edit, and then
    it moves to `conflicts/`.
    """
    found = [_of_folder(view, sibling) for sibling in view.siblings]
    for name, copy in copies.items():
        edit = _of_copy(view, copy, view.store, "copy")
        told = "".join(f"; the edit in it is kept as note {note_id}" for note_id in edit.fresh)
        told = told or ("" if edit.writes else "; nothing in it is new")
        found.append(edit._replace(writes=(*edit.writes, SetAside(name, copy.raw, told))))
    writes = [write for taken in found for write in taken.writes]
    if marks := [taken.looked for taken in found if taken.looked]:
        before = view.store.state.read(SIBLINGS)
        known = (before or b"").split()[-MOST_SIBLINGS:]
        writes.append(Record(SIBLINGS, b"\n".join([*known, *marks]), before))
    fresh = {note_id: fresh for taken in found for note_id, fresh in taken.fresh.items()}
    return Taken(tuple(writes), fresh, tuple(line for taken in found for line in taken.said))


def _of_copy(view: View, copy: Memory, home: Store, origin: Origin) -> Taken:
    """The edit of an edited copy; a whole copy holds nothing new. `home`: where it lies."""
    writes = adopted(view, copy)
    if copy.footer is None or not copy.edited:
        return Taken(writes)
    base = view.store.version(copy.footer.rev) or home.version(copy.footer.rev)
    last = view.store.last_seen()
    if base is None and is_taken_in(view.store, copy.raw):
        return Taken(writes)
    edit = captured(copy.body, base, last.body if last is not None else "")
    if edit is None:
        return Taken(writes)
    note = put_edit(view, edit, origin)
    return Taken((*writes, *note.writes), {note.id: edit.fresh}, edit.removed)


def saved_anew(view: View, memory: Memory) -> tuple[PutNote, ...]:
    """What was edited in a memory that an editor saved as UTF-16: a note, before the version seen
    last takes its place.
    """
    shown = parse(in_utf8(memory.raw))
    base = view.store.version(shown.footer.rev) if shown.footer is not None else None
    edit = captured(shown.body, base, base.body) if base is not None else None
    return put_edit(view, edit, "copy").writes if edit is not None else ()


def of_adopted(view: View, memory: Memory, run: Run) -> tuple[PutNote, ...]:
    """The text of an adopted memory as a note, before another machine's memory may win over it.

    Not by the command that adopts it, unless notes are merged at once: its footer has an empty set.
    """
    if memory.raw == run.adopted and not view.store.sessions.pending(memory.merged):
        return ()
    return adopted(view, memory)


def adopted(view: View, memory: Memory) -> tuple[PutNote, ...]:
    """The text of an adopted memory is in no note until it is merged."""
    footer = memory.footer
    if footer is None or memory.edited or footer.merged or not footer.origin.startswith("x"):
        return ()
    replaced = view.store.version(footer.origin)
    # An edit without a line of its own: not adopted
    if replaced is not None and replaced.footer is not None:
        return ()
    edit = captured(memory.body, None, STARTER)
    return put_edit(view, edit, "adopted").writes if edit is not None else ()


def _of_folder(view: View, sibling: Store) -> Taken:
    """A second copy of the memory folder: its notes and edits are taken over, it is left where it
    is. A note that is merged and not here was taken out of here, by a purge or by a person.
    """
    here = {listed.id for listed in view.store.sessions.listed()} | _merged(view.store)
    writes: list[Write] = []
    for listed in sibling.sessions.listed():
        note = None if listed.id in here else sibling.sessions.read(listed)
        data = sibling.disk.read(listed.name) if note is not None else None
        if data is not None:
            writes.append(Deliver(listed.name, data))
    taken = _of_siblings_memory(view, sibling)
    if not writes and not taken.fresh:
        return taken
    edit = "".join(f"; the edit in it is kept as note {note_id}" for note_id in taken.fresh)
    said = (
        f"{sibling.disk.where()} is a second memory folder; "
        f"{counted(len(writes), 'note was', 'notes were')} taken over from it{edit}"
    )
    return taken._replace(writes=(*writes, *taken.writes), said=(said, *taken.said))


def _merged(store: Store) -> set[str]:
    memory = store.memory()
    with contextlib.suppress(NotDownloadedError):  # a bundle is missing: nobody can tell
        return set() if memory is None else store.sessions.expand(memory.merged)
    return set()


def _of_siblings_memory(view: View, sibling: Store) -> Taken:
    """Its edit, once: it stays where it is, and what it lacks or has would be told anew against
    each later memory.
    """
    copy = sibling.memory()
    known = (view.store.state.read(SIBLINGS) or b"").split()
    if copy is None or (mark := short_hash(copy.raw).encode("ascii")) in known:
        return Taken()
    return _of_copy(view, copy, sibling, "folder")._replace(looked=mark)


def is_taken_in(store: Store, raw: bytes, target: Target | None = None) -> bool:
    """Whether these bytes were taken in or set aside before, so that they hold nothing new.

    They lie in `conflicts/`, in `backups/`, or as the CLAUDE.md that was there before memsync.
    """
    if store.versions.has(parse(raw).rev) or conflicts.holds(store.disk, raw):
        return True
    return target is not None and is_set_aside(target, raw)


def is_past(store: Store, version: Memory, memory: Memory | None) -> bool:
    """Whether a whole version is an earlier state of the memory: what was merged into it is merged,
    or a note here.
    """
    try:
        ids = store.sessions.expand(version.merged)
        merged = store.sessions.expand(memory.merged) if memory is not None else set[str]()
    except NotDownloadedError:  # a bundle is missing: nobody can tell
        return store.versions.has(version.rev)
    if not ids:
        return store.versions.has(version.rev) or is_starter(version.body)
    return ids <= merged or ids <= merged.union(listed.id for listed in store.sessions.listed())

"""Second copies of the memory: what somebody wrote into one becomes a note, and nothing of them is
lost.

Conflict copies of a sync client, second memory folders, an adopted memory that no note stands for
yet. Writes notes and `conflicts/`, and the memory only where it is missing. May not know: the
target, the network, the terminal.
"""

from __future__ import annotations

import contextlib
from typing import Final, NamedTuple

from memsync.memory.store import Store
from memsync.memory.target import Target, is_set_aside
from memsync.memory.text import edits
from memsync.memory.text.document import (
    FOOTER_MARK,
    NAME,
    STARTER,
    Memory,
    is_starter,
    parse,
    short_hash,
)
from memsync.memory.text.edits import Edit
from memsync.system.disk import Changed, Disk
from memsync.system.errors import NotDownloadedError

# The state file: which memories of second memory folders were looked at
SIBLINGS: Final = "siblings"
MOST_SIBLINGS: Final = 100


class Fresh(NamedTuple):
    """The whole texts before and after an edit that was captured just now and that the body does
    not hold yet.
    """

    base: str
    edited: str


class Taken(NamedTuple):
    """What was captured from a second copy: the edit by its id, and the constraints it removes, a
    line each.
    """

    fresh: dict[str, Fresh]
    said: tuple[str, ...] = ()


def fresh_of(edit: Edit, base: str, edited: str) -> Fresh:
    """Without a base (another file, or a text that may be cut) what the text lacks is not
    removed.
    """
    return Fresh(
        base, edits.with_additions(base, edited, edit) if edit.base == edits.NO_BASE else edited
    )


def stand_in(store: Store) -> Memory | None:
    """rclone renames both sides, so that the canonical name disappears: the fullest copy gets it
    back.
    """
    found = sorted(store.conflict_copies().values(), key=lambda one: (len(one.merged), one.rev))
    if not found:
        return None
    with contextlib.suppress(Changed):  # the canonical name came back just now
        store.disk.replace(NAME, found[-1].raw, None)
    return store.memory()


def take_in(store: Store) -> Taken:
    """Each conflict copy: what was edited in it becomes a note, then it moves to `conflicts/`."""
    found: dict[str, Fresh] = {}
    said: list[str] = []
    for name, copy in store.conflict_copies().items():
        taken = _capture_copy(store, copy, store)
        where = store.move_to_conflicts(name, copy.raw)
        found.update(taken.fresh)
        edit = "".join(f"; the edit in it is kept as note {note_id}" for note_id in taken.fresh)
        said += [f"the conflict copy {name} now lies in {where}{edit}", *taken.said]
    return Taken(found, tuple(said))


def _capture_copy(store: Store, copy: Memory, home: Store) -> Taken:
    """The edit of an edited copy as a note; a whole copy holds nothing new.

    `home`: the folder that it lies in.
    """
    keep_adopted(store, copy)
    if copy.footer is None or not copy.edited:
        return Taken({})
    base = store.version(copy.footer.rev) or home.version(copy.footer.rev)
    if base is not None:
        reference = base.body
        edit = edits.difference(copy.footer.rev, reference, copy.body)
    elif is_taken_in(store, copy.raw):
        return Taken({})
    else:
        last = store.last_seen()
        reference = last.body if last else ""
        edit = edits.difference("-", reference, copy.body, additions_only=True)
    if edit is None:
        return Taken({})
    note_id = store.put_edit(edits.write(edit)).id
    lost = edits.out_of_force(base.body, copy.body) if base is not None else ()
    return Taken({note_id: fresh_of(edit, reference, copy.body)}, lost)


def keep_adopted(store: Store, memory: Memory) -> None:
    """The text of an adopted memory is in no note until it is merged, and another machine's memory
    may win over it.
    """
    footer = memory.footer
    if footer is None or memory.edited or footer.merged or not footer.origin.startswith("x"):
        return
    replaced = store.version(footer.origin)
    # An edit without a line of its own: not adopted
    if replaced is not None and replaced.footer is not None:
        return
    edit = edits.difference(edits.NO_BASE, STARTER, memory.body, additions_only=True)
    if edit is not None:
        store.put_edit(edits.write(edit))


def take_over(store: Store, sibling: Disk) -> Taken:
    """A second copy of the memory folder: its notes and edits are taken over, it is left where it
    is.
    """
    other = Store(sibling, store.state, store.now)
    have = {one.id for one in store.listed()}
    count = 0
    for one in other.listed():
        note = None if one.id in have else other.note(one)
        data = sibling.read(one.name) if note is not None else None
        if data is not None and store.disk.create(one.name, data):
            count += 1
    taken = _of_siblings_memory(store, other)
    if not count and not taken.fresh:
        return taken
    edit = "".join(f"; the edit in it is kept as note {note_id}" for note_id in taken.fresh)
    said = (
        f"{sibling.where()} is a second memory folder; {count} note(s) were taken over from "
        f"it{edit}"
    )
    return taken._replace(said=(said, *taken.said))


def _of_siblings_memory(store: Store, other: Store) -> Taken:
    """Its edit, once: it stays where it is, and what it lacks or has would be told anew against
    each later memory.
    """
    copy = other.memory()
    before = store.state.read(SIBLINGS)
    known = (before or b"").split()
    if copy is None or (mark := short_hash(copy.raw).encode("ascii")) in known:
        return Taken({})
    taken = _capture_copy(store, copy, other)
    store.state.replace(SIBLINGS, b"\n".join([*known[-MOST_SIBLINGS:], mark]), before)
    return taken


def is_past(store: Store, version: Memory, memory: Memory | None) -> bool:
    """Whether a whole version is an earlier state of the memory: what was merged into it is merged,
    or a note here.
    """
    try:
        ids = store.expand(version.merged)
        merged = store.expand(memory.merged) if memory is not None else set[str]()
    except NotDownloadedError:  # a bundle is missing: nobody can tell
        return store.holds(version.rev)
    if not ids:
        return store.holds(version.rev) or is_starter(version.body)
    return ids <= merged or ids <= merged.union(one.id for one in store.listed())


def base_of(store: Store, found: Memory) -> Memory | None:
    """The version that an edited file was made on: by its footer, or by its body where only the
    footer suffered.
    """
    if FOOTER_MARK not in found.raw:
        return None  # a person's own file: that a version has the same lines says nothing
    return store.version(found.footer.rev) if found.footer is not None else store.known(found.body)


def is_taken_in(store: Store, raw: bytes, target: Target | None = None) -> bool:
    """Whether these bytes were taken in or set aside before, so that they hold nothing new.

    They lie in `conflicts/`, in `backups/`, or as the CLAUDE.md that was there before memsync.
    """
    if store.holds(parse(raw).rev) or store.in_conflicts(raw):
        return True
    return target is not None and is_set_aside(target, raw)


def put_addition(store: Store, edit: Edit, body: str, memory: Memory) -> str:
    """The note of lines without a base; where that very note was merged and the lines left since,
    they came anew.

    Then they are a note of their own, named by the version they came to.
    """
    note_id = store.put_edit(edits.write(edit)).id
    here = set(body.split("\n"))
    if note_id in store.expand(memory.merged) and any(line not in here for line in edit.lines("+")):
        note_id = store.put_edit(edits.write(edit._replace(base=memory.rev))).id
    return note_id

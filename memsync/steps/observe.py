"""Looking at the memory before a command changes it: every change from outside becomes a note
first.

design.md section 2, promises 5 and 6. Writes notes, backups and this machine's record; never the
memory itself. May not know: the network, the terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from memsync.memory import bundles
from memsync.memory import target as link
from memsync.memory.capture import flush
from memsync.memory.store import BACKUPS, CONFLICTS, MOST_MEMORY_BYTES, Store, missing
from memsync.memory.text import edits
from memsync.memory.text.document import (
    NAME,
    STARTER,
    Memory,
    half_line,
    is_starter,
    parse,
    unix,
    whole_lines,
)
from memsync.memory.text.notes import FOLDER
from memsync.steps import copies
from memsync.steps.copies import Fresh, fresh_of
from memsync.system.disk import Disk
from memsync.system.errors import NotReplaceableError

STILL: Final = "no_footer"  # the state file: which footerless bytes were seen when
STILL_SECONDS: Final = 600


class NeedsAgreementError(NotReplaceableError):
    """The memory may be written again once a person says so."""


class Seen(NamedTuple):
    """What a merge starts from. `merged` holds the edits that `body` holds already.

    `unwritten`: body or set differ from the file, so it is written again even when nothing is
    pending.
    `lost`: the version that the file was before its footer got lost.
    """

    memory: Memory
    body: str
    merged: frozenset[str]
    fresh: dict[str, Fresh]
    said: tuple[str, ...] = ()
    unwritten: bool = False
    lost: Memory | None = None


def observe(
    store: Store,
    outbox: Disk,
    target: link.Target | None,
    siblings: Sequence[Disk] = (),
    *,
    agreed: bool = False,
) -> Seen:
    """Capture what changed from outside, and say what a merge may start from.

    Raises `FolderError` (status 4) when the memory is not there, or must not be replaced as it
    lies;
    `NeedsAgreementError` when it could be with `agreed`.
    """
    _sweep(store, target)
    flush(outbox, store.disk)
    memory = store.memory() or copies.stand_in(store)
    if memory is None:
        raise missing(store)
    found = [*(copies.take_over(store, sibling) for sibling in siblings), copies.take_in(store)]
    seen = _of_memory(store, memory, agreed)
    said = [line for taken in found for line in taken.said]
    fresh = {note_id: one for taken in found for note_id, one in taken.fresh.items()}
    seen = seen._replace(said=(*said, *seen.said), fresh={**fresh, **seen.fresh})
    return seen if target is None else _of_target(store, target, seen)


def _sweep(store: Store, target: link.Target | None) -> None:
    """Remove what writes that died long ago left where this machine writes now."""
    now = store.now()
    for folder in ("", BACKUPS, CONFLICTS, bundles.FOLDER, f"{FOLDER}/{now:%Y-%m-%d}"):
        store.disk.sweep(folder, now.timestamp())
    for disk in (store.state, target.claude if target is not None else None):
        if disk is not None:
            disk.sweep("", now.timestamp())


def _of_memory(store: Store, memory: Memory, agreed: bool) -> Seen:
    if len(memory.raw) > MOST_MEMORY_BYTES:
        raise NotReplaceableError(
            (
                f"{store.disk.where(NAME)} is larger than 4 MiB: Claude Code skips it, and it is "
                "not merged"
            ),
            (
                "take out what does not belong there; or bring the last version back: memsync "
                "restore -1"
            ),
        )
    if memory.footer is None:
        return _without_footer(store, memory, agreed)
    if not memory.edited:
        seen = Seen(memory, memory.body, memory.footer.merged, {})
        before = store.last_seen()
        if before is None or before.raw != memory.raw:
            if before is not None and not copies.is_past(store, before, memory):
                # A note before the record, its last holder, forgets it
                seen = _with_lines_of(store, before, seen)
            store.backup(memory.raw)
            store.remember(memory.raw)
        return seen
    return _edited(store, memory)


def _with_lines_of(store: Store, lost: Memory, seen: Seen) -> Seen:
    """What this machine saw last is no earlier state of the memory: the folder lost it, or another
    memory came.
    """
    edit = edits.difference("-", seen.body, lost.body, additions_only=True)
    if edit is None or is_starter(lost.body):
        return seen
    note_id = copies.put_addition(store, edit, seen.body, seen.memory)
    said = (
        f"{NAME} does not hold what this machine saw last; what is new in that is kept as note "
        f"{note_id}"
    )
    return seen._replace(fresh={note_id: fresh_of(edit, seen.body, lost.body)}, said=(said,))


def _edited(store: Store, memory: Memory) -> Seen:
    """Somebody edited the memory; where the version it was made on is not here, what was seen last
    stands in for it.
    """
    assert memory.footer is not None
    base, last = store.version(memory.footer.rev), store.last_seen()
    before = base or last
    text = before.body if before is not None else ""
    edit = edits.difference(
        memory.footer.rev if base else "-", text, memory.body, additions_only=base is None
    )
    note_id = store.put_edit(edits.write(edit)).id if edit else ""
    store.backup(memory.raw)
    another = edits.is_another_file(text, memory.body, base_known=base is not None)
    if before is None or before.footer is None or not another:
        merged = (
            memory.footer.merged if base or last is None else _merged_in_both(store, memory, last)
        )
        merged |= {note_id} if note_id else set()
        return Seen(
            memory,
            memory.body,
            merged,
            {},
            edits.out_of_force(base.body, memory.body) if base else (),
            True,
        )
    if edit is None:
        said = (
            f"{NAME} lost most of its lines; the last version is used, the short one is in "
            f"{BACKUPS}/"
        )
        return Seen(memory, text, before.footer.merged, {}, (said,), True)
    said = (
        f"{NAME} was replaced by another text; what is new in it is kept as a note, nothing "
        "counts as removed"
    )
    return Seen(
        memory,
        text,
        before.footer.merged,
        {note_id: fresh_of(edit, text, memory.body)},
        (said,),
        True,
    )


def _merged_in_both(store: Store, memory: Memory, last: Memory) -> frozenset[str]:
    """What is merged in an edited memory whose own version is not here: nobody can tell an edit
    from another file then.

    What else its footer names may have been edited out with it, so those notes are pending again.
    Going back was a person's will: restore notes stay merged.
    """
    theirs, ours = store.expand(memory.merged), store.expand(last.merged)
    notes = (store.note(one) for one in store.listed() if one.id in theirs - ours)
    return frozenset(
        theirs & ours | {note.id for note in notes if note is not None and note.kind == "restore"}
    )


def _without_footer(store: Store, memory: Memory, agreed: bool) -> Seen:
    """A memory without a valid footer: never replaced until it is known to be whole (promise 6)."""
    where = store.disk.where(NAME)
    if memory.newer:
        raise NotReplaceableError(
            f"{where}: {memory.trouble}", "update memsync: pip install --upgrade memsync"
        )
    last = store.last_whole()
    if last is None:
        return _adopt(store, memory, agreed)
    if not memory.body:
        raise NotReplaceableError(
            f"{where}: {memory.trouble}, so it is not replaced", "memsync doctor --fix"
        )
    known = store.known(memory.body)
    if known is not None:
        return _of_known(store, memory, known, agreed)
    return _additions(store, memory, last, agreed)


def _of_known(store: Store, memory: Memory, known: Memory, agreed: bool) -> Seen:
    """The body of a known version gets its footer again; what was appended behind the footer is an
    edit.

    A last line there that does not end may be on its way still; it counts once it lay there for ten
    minutes.
    """
    assert known.footer is not None
    store.backup(memory.raw)
    whole = whole_lines(memory)
    if half := half_line(memory):
        _wait_for_it(store, memory, agreed)
        whole += f"{half}\n"
    edit = edits.difference(known.footer.rev, known.body, whole, additions_only=True)
    if edit is None:
        return Seen(memory, known.body, known.footer.merged, {}, (), True, known)
    note_id = store.put_edit(edits.write(edit._replace(base=known.footer.rev))).id
    body = edits.with_additions(known.body, whole, edit)
    return Seen(memory, body, known.footer.merged | {note_id}, {}, (), True, known)


def _additions(store: Store, memory: Memory, last: Memory, agreed: bool) -> Seen:
    assert last.footer is not None
    whole, behind = whole_lines(memory), half_line(memory)
    fresh = _addition(store, last, whole)
    store.backup(memory.raw)
    _wait_for_it(store, memory, agreed)
    if behind:
        fresh |= _addition(store, last, f"{whole}{behind}\n")
    said = (
        f"{NAME} had no valid footer; what is new in it is kept as a note, nothing counts as "
        "removed"
    )
    half = unix(memory.raw.decode("utf-8", "replace")).rpartition("\n")[2].strip()
    if half and not behind:
        said += f" (left out, since it does not end: {half!r}; it lies in {BACKUPS}/)"
    return Seen(memory, last.body, last.footer.merged, fresh, (said,), True, last)


def _addition(store: Store, last: Memory, text: str) -> dict[str, Fresh]:
    """What a text adds to the version seen last, as a note by its id."""
    edit = edits.difference("-", last.body, text, additions_only=True)
    return (
        {copies.put_addition(store, edit, last.body, last): fresh_of(edit, last.body, text)}
        if edit
        else {}
    )


def _wait_for_it(store: Store, memory: Memory, agreed: bool) -> None:
    """A file that may be on its way still is not replaced: it has to lie still, or a person says
    so.
    """
    if not agreed and not _lay_still(store, memory):
        raise NeedsAgreementError(
            (
                f"{store.disk.where(NAME)}: {memory.trouble}; it may not have arrived whole, so it "
                "is not replaced"
            ),
            "wait ten minutes and run memsync refresh, or now: memsync refresh --yes",
        )


def _lay_still(store: Store, memory: Memory) -> bool:
    """Whether these very bytes have lain there for ten minutes, by this machine's clock."""
    mark, now = memory.rev, store.now().timestamp()
    before = store.state.read(STILL)
    name, _, since = (before or b"").decode("ascii", "replace").partition(" ")
    if name == mark and since.replace(".", "", 1).isdigit() and 0 <= now - float(since):
        return now - float(since) >= STILL_SECONDS
    store.state.replace(STILL, f"{mark} {now:.0f}".encode(), before)
    return False


def _adopt(store: Store, memory: Memory, agreed: bool) -> Seen:
    """A folder of the prototype, or a person's own file: it has never had a footer."""
    where = store.disk.where(NAME)
    empty = not memory.raw.strip()
    if not memory.body and not empty:
        raise NotReplaceableError(f"{where}: {memory.trouble}", "memsync doctor")
    if not agreed:
        raise NeedsAgreementError(
            f"{where} was not written by this memsync: {memory.trouble}",
            "memsync init takes it over (it is backed up as it is), or memsync refresh --yes",
        )
    store.backup(memory.raw)
    return Seen(memory, STARTER if empty else memory.body, frozenset(), {}, (), True)


def late_edit(store: Store, target: link.Target, raw: bytes) -> tuple[str, ...]:
    """What somebody wrote into the target while a command ran: a note for the next one, before it
    is replaced.
    """
    memory = parse(raw)
    return _of_target(store, target, Seen(memory, memory.body, memory.merged, {})).said


def _in_new_dress(seen: Seen, base: Memory | None, found: Memory) -> Seen:
    """A formatter's work on the copy at the target is taken as it is."""
    if base is None or found.footer is None:
        return seen
    body = edits.in_new_dress(seen.body, base.body, found.body)
    return seen if body == seen.body else seen._replace(body=body, unwritten=True)


def _of_target(store: Store, target: link.Target, seen: Seen) -> Seen:
    """What somebody wrote into a copy at the target, or into a file or link that was put in the
    place of our link.
    """
    found = target.shown() if target.standing() in ("copy", "foreign", "foreign link") else None
    if (
        found is None
        or not found.body
        or (found.footer is not None and found.body in (seen.body, ""))
    ):
        return seen
    whole = found.footer is not None and not found.edited
    if whole and copies.is_past(store, found, seen.memory):
        return seen
    base = None if whole else copies.base_of(store, found)
    edited = (
        found.body
        if found.footer is not None
        else whole_lines(found._replace(raw=found.raw + b"\n"))
    )
    edit: edits.Edit | None
    if base is not None:
        reference = base.body
        edit = edits.difference(base.rev, reference, edited, additions_only=found.footer is None)
        # appended: the version is known, though nothing was removed
        if edit is not None and found.footer is None:
            edit = edit._replace(base=base.rev)
    elif is_starter(edited) or copies.is_taken_in(store, found.raw, target):
        return seen
    else:
        reference = seen.body
        edit = edits.difference("-", reference, edited, additions_only=True)
    if edit is None:
        return _in_new_dress(seen, base, found)
    if edit.base == edits.NO_BASE:
        note_id = copies.put_addition(store, edit, seen.body, seen.memory)
    else:
        note_id = store.put_edit(edits.write(edit)).id
    if note_id in store.expand(seen.merged) or note_id in seen.fresh:
        return seen
    said = f"{target.path} was edited; the edit is kept as note {note_id}"
    lost = edits.out_of_force(base.body, found.body) if base is not None else ()
    fresh = {**seen.fresh, note_id: fresh_of(edit, reference, edited)}
    return seen._replace(fresh=fresh, said=(*seen.said, said, *lost))

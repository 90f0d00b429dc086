"""What others did since: every change from outside as a note to write, and what a merge may start
from. Pure.

design.md section 2, promises 5 and 6. Says what is to be written before anything is decided on it;
once nothing is left to write, what it returns to start from is whole. May not know: the network,
the terminal, how anything is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from memsync.memory import conflicts
from memsync.memory.conflicts import MOST_MEMORY_BYTES
from memsync.memory.store import missing
from memsync.memory.text import edits
from memsync.memory.text.document import (
    NAME,
    STARTER,
    Memory,
    half_line,
    is_starter,
    unix,
    whole_lines,
)
from memsync.memory.versions import BACKUPS
from memsync.steps import copies as second_copies
from memsync.steps.captured import captured
from memsync.steps.copies import NOTHING, Taken, is_past, put_addition, put_edit
from memsync.steps.gather import View
from memsync.steps.job import EMPTY, NOTHING_NEW, Fresh, Noticed, Run
from memsync.steps.noticing import of_first, of_hand, of_version
from memsync.steps.shown import of_target
from memsync.steps.writes import Backup, Origin, Record, Remember, StandIn, Write
from memsync.system.errors import (
    MemsyncError,
    NeedsAgreementError,
    NotDownloadedError,
    NotReplaceableError,
)

STILL: Final = "no_footer"  # the state file: which footerless bytes were seen when
STILL_SECONDS: Final = 600
NO_KINDS: Final[Mapping[Origin, edits.Kind]] = MappingProxyType({})


class Start(NamedTuple):
    """What a merge starts from. `merged` holds the edits that `body` holds already.

    `unwritten`: body or set differ from the file, so it is written again even when nothing is
    pending. `lost`: the version that the file was before its footer got lost.
    """

    memory: Memory
    body: str
    merged: frozenset[str]
    unwritten: bool = False
    lost: Memory | None = None


class Stop(NamedTuple):
    """Why nothing may be made of what is there."""

    error: MemsyncError


class Outside(NamedTuple):
    """What is to be written first, what a merge then starts from, and what to tell.

    `kinds`: where it is no ordinary edit. `brought`: what of `said` tells what somebody else wrote.
    """

    writes: tuple[Write, ...]
    then: Start | Stop
    fresh: Mapping[str, Fresh]
    said: tuple[str, ...]
    kinds: Mapping[Origin, edits.Kind] = NO_KINDS
    brought: Noticed = NOTHING_NEW


class _Came(NamedTuple):
    """The same of the memory's own file."""

    writes: list[Write]
    then: Start | Stop
    fresh: Mapping[str, Fresh] = EMPTY
    said: tuple[str, ...] = ()
    kind: edits.Kind = "edit"
    brought: Noticed = NOTHING_NEW  # told before `said`


def outside(view: View, run: Run) -> Outside:
    """Everything that changed from outside. Never raises: what stops a merge is in `then`."""
    writes: list[Write] = []
    try:
        writes += second_copies.delivered(view)
        memory = view.store.memory()
        copies = conflicts.copies(view.store.disk)
        if memory is None:
            return _missing(view, writes, copies)
        writes += second_copies.restored(view.store, memory)
        taken = second_copies.taken_in(view, copies)
        writes += taken.writes
        came = _of_memory(view, memory, agreed=view.yes or NAME in run.agreed)
        writes += came.writes
        said, fresh = (*taken.said, *came.brought.rows, *came.said), {**taken.fresh, **came.fresh}
        kinds: dict[Origin, edits.Kind] = {"memory": came.kind}
        if isinstance(came.then, Start):
            at_target = of_target(view, memory, came.then.body, came.then.merged)
            writes += at_target.writes
            said, fresh = (*said, *at_target.said), {**fresh, **at_target.fresh}
            if at_target.body is not None:
                then = came.then._replace(body=at_target.body, unwritten=True)
                came = came._replace(then=then)
                kinds["target"] = "dress"
        else:
            alone = _of_target_alone(view)
            writes += alone.writes
            said = (*said, *alone.said)
        return Outside(tuple(writes), came.then, fresh, said, kinds, came.brought)
    except MemsyncError as error:
        alone = _of_target_alone(view) if isinstance(error, NotDownloadedError) else Taken()
        return Outside((*writes, *alone.writes), Stop(error), {}, alone.said)


def _of_target_alone(view: View) -> Taken:
    """What somebody wrote there, measured against the memory seen last while this one may not be
    replaced, or is not here: who knows what becomes of that file until it is.
    """
    with contextlib.suppress(MemsyncError):
        last = view.store.last_seen() or view.store.last_whole()
        if last is not None:
            return of_target(view, last, last.body, last.merged)
    return Taken()


def _missing(view: View, writes: list[Write], copies: Mapping[str, Memory]) -> Outside:
    """rclone renames both sides, so that the canonical name disappears: the fullest copy gets it
    back.
    """
    fullest = conflicts.fullest(copies.values())
    writes += [StandIn(copy.raw) for copy in fullest]
    alone = _of_target_alone(view) if not fullest else Taken()
    return Outside((*writes, *alone.writes), Stop(missing(view.store)), {}, alone.said)


def _of_memory(view: View, memory: Memory, *, agreed: bool) -> _Came:
    if len(memory.raw) > MOST_MEMORY_BYTES:
        what = (
            f"{view.store.disk.where(NAME)} is larger than 4 MiB: Claude Code skips it, and it is "
            "not merged"
        )
        hint = (
            "take out what does not belong there; or bring the last version back: memsync "
            "restore -1"
        )
        return _Came([], Stop(NotReplaceableError(what, hint)))
    if memory.footer is None:
        return _without_footer(view, memory, agreed)
    return _edited(view, memory) if memory.edited else _whole(view, memory)


def _whole(view: View, memory: Memory) -> _Came:
    """A version as memsync wrote it. Where it is not the one seen last, that may be a last copy."""
    start = Start(memory, memory.body, memory.merged)
    before = view.store.last_seen()
    if before is not None and before.raw == memory.raw:
        return _Came([], start)
    writes: list[Write] = [*_backup(view, memory.raw), Remember(memory.raw)]
    if before is None or is_starter(before.body):
        return _Came(writes, start, brought=of_first(memory))
    brought = of_version(before, memory)
    if is_past(view.store, before, memory):
        return _Came(writes, start, brought=brought)
    # No earlier state of the memory: the folder lost it, or another memory came
    lost = captured(before.body, None, memory.body)
    if lost is None:
        return _Came(writes, start, brought=brought)
    note = put_addition(view, lost, memory.body, memory, "last seen")
    said = (
        f"{NAME} does not hold what this machine saw last; what is new in that is kept as note "
        f"{note.id}"
    )
    # A note before the record, its last holder, forgets it
    return _Came([*note.writes, *writes], start, {note.id: lost.fresh}, (said,), brought=brought)


def _edited(view: View, memory: Memory) -> _Came:
    """Somebody edited the memory; where the version it was made on is not here, what was seen last
    stands in for it.
    """
    assert memory.footer is not None
    base, last = view.store.version(memory.footer.rev), view.store.last_seen()
    before = base or last
    text = before.body if before is not None else ""
    edit = captured(memory.body, base, text)
    note = put_edit(view, edit, "memory") if edit is not None else NOTHING
    writes: list[Write] = [*note.writes, *_backup(view, memory.raw)]
    another = edits.is_another_file(text, memory.body, base_known=base is not None)
    if before is None or before.footer is None or not another:
        known = base is not None or last is None
        try:
            merged = memory.merged if known or last is None else _merged_in_both(view, memory, last)
        except NotDownloadedError as error:  # a bundle: the edit is a note all the same
            return _Came(writes, Stop(error))
        start = Start(memory, memory.body, merged | note.ids, unwritten=True)
        said = edits.of_constraints(text, memory.body) if before else ()
        brought = of_version(last, base) + of_hand(text, memory.body)
        return _Came(writes, start, {}, said, "dress" if edit is None else "edit", brought)
    start = Start(memory, text, before.merged, unwritten=True)
    if edit is None:
        what = (
            f"{NAME} lost most of its lines; the last version is used, the short one is in "
            f"{BACKUPS}/"
        )
        return _Came(writes, start, {}, (what,), "another file")
    what = (
        f"{NAME} was replaced by another text; what is new in it is kept as a note, nothing "
        "counts as removed"
    )
    return _Came(writes, start, {note.id: edit.fresh}, (what,), "another file")


def _merged_in_both(view: View, memory: Memory, last: Memory) -> frozenset[str]:
    """What is merged in an edited memory whose own version is not here: nobody can tell an edit
    from another file then.

    What else its footer names may have been edited out with it, so those notes are pending again.
    Going back was a person's will: restore notes stay merged.
    """
    sessions = view.store.sessions
    theirs, ours = sessions.expand(memory.merged), sessions.expand(last.merged)
    back = {note.id for note in sessions.find(theirs - ours) if note.kind == "restore"}
    return frozenset(theirs & ours | back)


def _without_footer(view: View, memory: Memory, agreed: bool) -> _Came:
    """A memory without a valid footer: never replaced until it is known to be whole (promise 6)."""
    where = view.store.disk.where(NAME)
    if memory.newer:
        what, hint = f"{where}: {memory.trouble}", "update memsync: pip install --upgrade memsync"
        return _Came([], Stop(NotReplaceableError(what, hint)))
    last = view.store.last_whole()
    if last is None:
        return _adopted(view, memory, agreed)
    if not memory.body:
        what = f"{where}: {memory.trouble}, so it is not replaced"
        return _Came([], Stop(NotReplaceableError(what, "memsync doctor --fix")))
    known = view.store.known(memory.body)
    if known is not None:
        return _of_known(view, memory, known, agreed)
    return _additions(view, memory, last, agreed)


def _of_known(view: View, memory: Memory, known: Memory, agreed: bool) -> _Came:
    """The body of a known version gets its footer again; what was appended behind the footer is an
    edit.

    A last line there that does not end may be on its way still; it counts once it lay there for ten
    minutes.
    """
    writes: list[Write] = list(_backup(view, memory.raw))
    whole = whole_lines(memory)
    if half := half_line(memory):
        waits = _wait_for_it(view, memory, agreed)
        if isinstance(waits.then, Stop):
            return waits._replace(writes=[*writes, *waits.writes])
        whole += f"{half}\n"
    edit = captured(whole, known, known.body, adds_only=True)
    if edit is None:
        return _Came(writes, Start(memory, known.body, known.merged, unwritten=True, lost=known))
    note = put_edit(view, edit, "behind")
    body = edits.with_additions(known.body, whole, edit.edit)
    start = Start(memory, body, known.merged | note.ids, unwritten=True, lost=known)
    return _Came([*writes, *note.writes], start)


def _additions(view: View, memory: Memory, last: Memory, agreed: bool) -> _Came:
    """What the footerless file has and the version seen last lacks; a half line only once it is
    known to have arrived.
    """
    whole, behind = whole_lines(memory), half_line(memory)
    added = _addition(view, last, whole)
    waits = _wait_for_it(view, memory, agreed)
    writes = [*added.writes, *_backup(view, memory.raw), *waits.writes]
    if isinstance(waits.then, Stop):
        return _Came(writes, waits.then)
    half = _addition(view, last, f"{whole}{behind}\n") if behind else Taken()
    said = (
        f"{NAME} had no valid footer; what is new in it is kept as a note, nothing counts as "
        "removed"
    )
    left = unix(memory.raw.decode("utf-8", "replace")).rpartition("\n")[2].strip()
    if left and not behind:
        said += f" (left out, since it does not end: {left!r}; it lies in {BACKUPS}/)"
    start = Start(memory, last.body, last.merged, unwritten=True, lost=last)
    return _Came([*writes, *half.writes], start, {**added.fresh, **half.fresh}, (said,))


def _addition(view: View, last: Memory, text: str) -> Taken:
    """What a text adds to the version seen last."""
    edit = captured(text, None, last.body)
    if edit is None:
        return Taken()
    note = put_addition(view, edit, last.body, last, "footer")
    return Taken(note.writes, {note.id: edit.fresh})


def _wait_for_it(view: View, memory: Memory, agreed: bool) -> _Came:
    """A file that may be on its way still is not replaced: it has to lie still, or a person says
    so.
    """
    go = _Came([], Start(memory, memory.body, memory.merged))
    if agreed:
        return go
    mark, now = memory.rev, view.moment.timestamp()
    before = view.store.state.read(STILL)
    name, _, since = (before or b"").decode("ascii", "replace").partition(" ")
    seen = name == mark and since.replace(".", "", 1).isdigit() and 0 <= now - float(since)
    if seen and now - float(since) >= STILL_SECONDS:
        return go
    error = NeedsAgreementError(
        f"{view.store.disk.where(NAME)}: {memory.trouble}; it may not have arrived whole, so it "
        "is not replaced",
        "wait ten minutes and run memsync refresh, or now: memsync refresh --yes",
    )
    marks = [] if seen else [Record(STILL, f"{mark} {int(now)}".encode(), before)]
    return _Came([*marks], Stop(error))


def _adopted(view: View, memory: Memory, agreed: bool) -> _Came:
    """A folder of the prototype, or a person's own file: it has never had a footer."""
    where = view.store.disk.where(NAME)
    empty = not memory.raw.strip()
    if not memory.body and not empty:
        error = NotReplaceableError(f"{where}: {memory.trouble}", "memsync doctor")
        return _Came([], Stop(error))
    if not agreed:
        what = f"{where} was not written by this memsync: {memory.trouble}"
        hint = "memsync init takes it over (it is backed up as it is), or memsync refresh --yes"
        return _Came([], Stop(NeedsAgreementError(what, hint)))
    body = STARTER if empty else memory.body
    return _Came([*_backup(view, memory.raw)], Start(memory, body, frozenset(), unwritten=True))


def _backup(view: View, raw: bytes) -> list[Backup]:
    return [] if view.store.versions.of(raw) is not None else [Backup(raw)]

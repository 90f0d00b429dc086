"""Versions: naming one, going back to one, and which of them may be pruned.

May not know: the terminal, the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from memsync import edits, kept
from memsync.changes import changes
from memsync.disk import Changed
from memsync.errors import InputError, MemsyncError, MissingError, NotDownloadedError, NotReplaceableError, ReplyError
from memsync.job import Job, Outcome, Work
from memsync.memory import NAME, Memory, compose, parse
from memsync.notes import Listed
from memsync.observe import Seen
from memsync.prepare import prepare
from memsync.store import BACKUPS, Store, Version
from memsync.sync import commit, judge_reply, look, write_edits

MOST_STEPS: Final = 1000
FEWEST_DIGITS: Final = 4


class Named(NamedTuple):
    """A version that was asked for, by the name it is shown under."""

    name: str
    memory: Memory


def find(store: Store, wanted: str) -> Named:
    """The version a person named: a revision or its first digits, a backup's file name, or `-N`.

    Raises `InputError` when there is none, or several begin with these digits.
    """
    if re.fullmatch(r"-\d+", wanted):
        return _steps_back(store, int(wanted[1:]))
    names = [version for version in store.versions() if version.name == wanted]
    rows = names or _beginning(store, wanted)
    for version in rows:
        found = store.read_version(version)
        if found is not None:
            return Named(version.rev or version.name, found)
    if rows:
        raise _not_whole(rows[0])
    current = store.memory()
    if current is not None and len(wanted) >= FEWEST_DIGITS and current.rev.startswith(wanted):
        return Named(current.rev, current)
    raise InputError(f"there is no version {wanted!r}", "memsync history")


def _not_whole(version: Version) -> NotDownloadedError:
    return NotDownloadedError(f"the backup {version.name} has not arrived whole", "wait for the sync client")


def _beginning(store: Store, wanted: str) -> list[Version]:
    if len(wanted) < FEWEST_DIGITS:
        return []
    rows = [version for version in store.versions() if version.rev and version.rev.startswith(wanted)]
    revs = {version.rev for version in rows}
    if len(revs) > 1:
        raise InputError(f"several versions begin with {wanted!r}: {', '.join(sorted(revs))}", "memsync history")
    return rows


def _steps_back(store: Store, steps: int) -> Named:
    rows = list(others(store))
    last = store.last_seen()
    if steps == 1 and store.memory() is None and last is not None and all(row.rev != last.rev for row in rows):
        return Named(last.rev, last)  # the memory is gone, and its newest backup with it
    if not 1 <= steps <= len(rows):
        raise InputError(f"there is no version -{steps}; there are {len(rows)} before this one", "memsync history")
    version = rows[steps - 1]
    found = store.read_version(version)
    if found is None:
        raise _not_whole(version)
    return Named(version.rev or version.name, found)


def others(store: Store) -> Iterator[Version]:
    """The versions that are not the current memory, the newest first, each revision once."""
    try:
        current = store.memory()
    except MemsyncError:
        current = None
    seen = {current.rev} if current is not None else set()
    for version in store.versions():
        if version.rev and version.rev in seen:
            continue
        seen.add(version.rev)
        yield version


def undo(job: Job, outcome: Outcome) -> Named:
    """Go to the version that the memory came from; again: to the one before. Raises `InputError`."""
    seen = _whole(job, outcome, look(job, outcome))
    target = _before(job.store, seen)
    restore(job, outcome, target, seen)
    return target


def _whole(job: Job, outcome: Outcome, seen: Seen) -> Seen:
    """A version that lost its footer is first written whole, with what was appended: going back starts from there."""
    if seen.lost is None:
        return seen
    work = write_edits(job, Work(seen, seen.body, seen.merged, ()), outcome)
    outcome.before = outcome.after = work.body
    return work.seen


def _before(store: Store, seen: Seen) -> Named:
    """The version to go back to. A restored version came from where the version it restored came from."""
    start = _logical(store, seen.memory)
    if start.footer is None:
        raise InputError("nothing is known of a version before this one", "memsync history")
    found = came_from(store, start)
    if found is None:
        raise InputError(
            "there is no version before this one"
            if start.footer.origin == "-"
            else f"the version before this one ({start.footer.origin}) is not in {BACKUPS}/",
            "memsync history",
        )
    return Named(found.rev, found)


def parent(store: Store, memory: Memory) -> Memory | None:
    """The version whose footer an edited memory still carries, else the one that this version replaced."""
    if memory.footer is None:
        return None
    return store.version(memory.footer.rev if memory.edited else memory.footer.origin)


def came_from(store: Store, memory: Memory) -> Memory | None:
    """The nearest version before this one that has another body: what a hand edit replaced, not the edited file."""
    found = parent(store, memory)
    for _ in range(MOST_STEPS):
        if found is None or found.body != memory.body:
            return found
        found = parent(store, found)
    return None


def _logical(store: Store, memory: Memory) -> Memory:
    """The version whose body a chain of undos has arrived at."""
    here = memory
    for _ in range(MOST_STEPS):
        source = _restored(store, here)
        if source is not None:
            memory = here = source
            continue
        before = parent(store, here)  # a merge that changed nothing, a note given up: the same body still
        if before is None or before.edited or before.body != memory.body:
            return memory
        here = before
    return memory


def _restored(store: Store, memory: Memory) -> Memory | None:
    """Of which ancestor this version is a restoration; None when it is none."""
    if memory.footer is None or memory.edited:
        return None
    found = parent(store, memory)
    if found is None or not _brought_restore(store, memory, found):
        return None
    for _ in range(MOST_STEPS):
        found = parent(store, found) if found is not None else None
        if found is None or (found.body == memory.body and not found.edited):
            return found
    return None


def _brought_restore(store: Store, memory: Memory, replaced: Memory) -> bool:
    before = replaced.footer.merged if replaced.footer else frozenset()
    new = (memory.footer.merged if memory.footer else frozenset()) - before
    notes = (store.note(one) for one in store.listed() if one.id in new)
    return any(note is not None and note.kind == "restore" for note in notes)


def restore(job: Job, outcome: Outcome, target: Named, seen: Seen | None = None) -> None:
    """Write a version's body again, with the merged set as it is, and a restore note.

    A memory that cannot be replaced otherwise is first copied to `conflicts/` as it is.
    """
    seen = seen or _seen_or_cured(job, outcome, target)
    body = target.memory.body
    edit = edits.difference(seen.memory.rev, seen.body, body, meant=True)
    work = Work(seen, seen.body, seen.merged, ())
    if edit is None:
        commit(job, work, body, seen.merged, outcome)
        return
    there = {one.id for one in job.store.listed()}
    note = job.store.put_edit(edits.write(edit), "restore")
    try:
        commit(job, work, body, seen.merged | {note.id}, outcome)
    except MemsyncError:
        if note.id not in there:  # else the next refresh would go back, which nobody asks for then
            job.store.give_up(note.id)
        raise


def _seen_or_cured(job: Job, outcome: Outcome, target: Named) -> Seen:
    """What is there; a memory that is missing or not replaceable is cured, for a person named the version to have."""
    try:
        return _whole(job, outcome, look(job, outcome, ask=False))
    except Changed:
        raise
    except MissingError:
        return _put_back(job, outcome, target.memory)
    except NotReplaceableError:
        there = job.store.memory()
        if there is None or there.newer:
            raise
        memory = there
        outcome.said.append(f"the file as it was is kept in {job.store.keep_conflict(memory.raw)}")
        outcome.before = memory.body
    last = job.store.last_whole()
    merged = target.memory.merged | memory.merged | (last.merged if last else frozenset())  # what was merged stays so
    return Seen(memory, memory.body, merged, {}, (), True, last)


def _put_back(job: Job, outcome: Outcome, version: Memory) -> Seen:
    """Write a version where the memory is missing. Its own set counts: what came after it is pending again."""
    last = job.store.last_seen()
    raw = version.raw
    if version.footer is None or version.edited:
        raw = compose(version.body, last.merged if last else (), version.rev, crlf=version.crlf)
    job.store.disk.replace(NAME, raw, None)
    job.store.backup(raw)
    memory = parse(raw)
    outcome.before = last.body if last is not None and last.body != memory.body else ""
    outcome.after = memory.body
    return Seen(memory, memory.body, memory.merged, {})


def apply_kept(job: Job, outcome: Outcome) -> None:
    """Use the kept reply: on the memory it was made for, or three-way on a newer one.

    Raises `InputError` when none waits, `ReplyError` when the guard refuses it.
    """
    waiting = kept.foremost(kept.waiting(job.store.state))
    if waiting is None:
        raise InputError("no reply is waiting", "memsync refresh")
    work = prepare(job.store, look(job, outcome), frozenset(waiting.again))
    parts = [one for one in work.parts if one.id in waiting.ids]
    if len(parts) != len(waiting.ids):
        which, way_on = ("some of its notes are", "memsync apply --discard, then ") if parts else ("its notes are", "")
        if not parts:
            kept.drop(job.store.state, waiting.base, waiting.ids)
        raise InputError(f"the reply is of no use: {which} no longer pending", f"{way_on}memsync refresh")
    verdict = judge_reply(work._replace(body=waiting.body), parts, waiting.text)
    if verdict.kind == "reject":
        raise ReplyError(f"the reply was refused: {verdict.reasons[0]}", "memsync apply --discard")
    body = verdict.body
    if work.body != waiting.body:
        edit = edits.difference("-", waiting.body, body) or edits.Edit("-", ())
        applied = edits.apply_text(work.body, waiting.body, body, edit)
        if applied.unplaced:
            raise InputError(
                "the memory has changed too much since this reply was made",
                "memsync apply --discard, then memsync refresh",
            )
        body = applied.body
    commit(job, work, body, work.ids | {one.id for one in parts}, outcome)
    outcome.merged += [one.id for one in parts]
    outcome.repairs += verdict.repairs
    kept.drop(job.store.state, waiting.base, waiting.ids)


def left_behind(store: Store, outcome: Outcome) -> str:
    """The name of the version that a restore replaced, or "" when nothing was replaced."""
    name = outcome.backup.replace("\\", "/").rpartition("/")[2]
    rev = next((version.rev for version in store.versions() if version.name == name), "")
    return rev or name


class Forgotten(NamedTuple):
    """A note that was given up."""

    id: str
    text: str
    path: str


def forget(job: Job, outcome: Outcome, wanted: str, *, delete: bool) -> Forgotten:
    """Put a pending note's id into the merged set without merging it. Raises `InputError`.

    This is the one way into the set without a merge: a person said so (design.md section 4).
    """
    seen = look(job, outcome)
    rows = [one for one in job.store.pending(seen.merged) if len(wanted) >= FEWEST_DIGITS and one.id.startswith(wanted)]
    if len(rows) != 1:
        which = f"several notes begin with {wanted!r}" if rows else f"no pending note {wanted!r}"
        raise InputError(which, "memsync status")
    note = rows[0]
    name = next(one.name for one in job.store.listed() if one.id == note.id)
    commit(job, Work(seen, seen.body, seen.merged, ()), seen.body, seen.merged | {note.id}, outcome)
    found = kept.refusals(job.store.state)
    found.pop(note.id, None)
    kept.save_refusals(job.store.state, found)
    kept.drop_merged(job.store.state, job.store.expand(seen.merged | {note.id}))
    if delete:
        job.store.give_up(note.id)
    return Forgotten(note.id, note.text, job.store.disk.where(name))


class Row(NamedTuple):
    """A line of the history. `hosts`: whose notes this version brought in."""

    steps: int
    time: str
    rev: str
    name: str
    added: int
    removed: int
    hosts: tuple[str, ...]
    current: bool


def rows(store: Store, most: int) -> list[Row]:
    """The newest versions, the current one first, each compared with the one it came from."""
    memory = store.memory()
    notes = {one.id: one for one in store.listed()}
    found: list[Row] = []
    if memory is not None:
        found.append(_row(store, memory, 0, _time_of(store, memory.rev), NAME, notes))
    for steps, version in enumerate(others(store), 1):
        if len(found) >= most:
            break
        there = store.read_version(version)
        if there is not None:
            found.append(_row(store, there, steps, version.time, version.name, notes))
    return found


def _time_of(store: Store, rev: str) -> str:
    return next((version.time for version in store.versions() if version.rev == rev), "")


def _row(store: Store, memory: Memory, steps: int, time: str, name: str, notes: Mapping[str, Listed]) -> Row:
    footer = memory.footer
    before = parent(store, memory)
    if before is not None and before.edited and before.body == memory.body:  # a hand edit, merged: what it changed
        before = parent(store, before)
    change = changes(before.body if before else "", memory.body)
    merged_before = before.footer.merged if before and before.footer else frozenset[str]()
    new = (footer.merged if footer else frozenset[str]()) - merged_before
    here = (store.note(notes[one]) for one in new if one in notes)
    hosts = {note.host or note.kind for note in here if note is not None}
    added, removed = change.added + len(change.reworded), len(change.gone) + len(change.reworded)
    return Row(steps, time, memory.rev, name, added, removed, tuple(sorted(hosts)), steps == 0)

"""What a person does to versions and notes: undo, restore, apply a kept reply, forget a note.

May not know: the terminal, the network.
"""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from memsync.memory.lineage import FEWEST_DIGITS, MOST_STEPS, Named, came_from, parent
from memsync.memory.store import BACKUPS, Store
from memsync.memory.text import edits
from memsync.memory.text.document import NAME, Memory, compose, parse
from memsync.merge import kept
from memsync.steps.job import Job, Outcome, Work
from memsync.steps.observe import Seen
from memsync.steps.prepare import prepare
from memsync.sync import commit, judge_reply, look, write_edits
from memsync.system.disk import Changed
from memsync.system.errors import (
    InputError,
    MemsyncError,
    MissingError,
    NotReplaceableError,
    ReplyError,
)


def undo(job: Job, outcome: Outcome) -> Named:
    """Go to the version that the memory came from; again: to the one before.

    Raises `InputError`.
    """
    seen = _whole(job, outcome, look(job, outcome))
    target = _before(job.store, seen)
    restore(job, outcome, target, seen)
    return target


def _whole(job: Job, outcome: Outcome, seen: Seen) -> Seen:
    """A version that lost its footer is first written whole, with what was appended: going back
    starts from there.
    """
    if seen.lost is None:
        return seen
    work = write_edits(job, Work(seen, seen.body, seen.merged, ()), outcome)
    outcome.before = outcome.after = work.body
    return work.seen


def _before(store: Store, seen: Seen) -> Named:
    """The version to go back to.

    A restored version came from where the version it restored came from.
    """
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


def _logical(store: Store, memory: Memory) -> Memory:
    """The version whose body a chain of undos has arrived at."""
    here = memory
    for _ in range(MOST_STEPS):
        source = _restored(store, here)
        if source is not None:
            memory = here = source
            continue
        # A merge that changed nothing, a note given up: the same body still
        before = parent(store, here)
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
        with contextlib.suppress(MemsyncError):
            memory = job.store.memory()
            if note.id not in there and memory is not None and note.id not in memory.merged:
                # Else the next refresh would go back, which nobody asks for then
                job.store.give_up(note.id)
        raise


def _seen_or_cured(job: Job, outcome: Outcome, target: Named) -> Seen:
    """What is there; a memory that is missing or not replaceable is cured, for a person named the
    version to have.
    """
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
    # What was merged stays so
    merged = target.memory.merged | memory.merged | (last.merged if last else frozenset())
    return Seen(memory, memory.body, merged, {}, (), True, last)


def _put_back(job: Job, outcome: Outcome, version: Memory) -> Seen:
    """Write a version where the memory is missing.

    Its own set counts: what came after it is pending again.
    """
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
        which, way_on = (
            ("some of its notes are", "memsync apply --discard, then ")
            if parts
            else ("its notes are", "")
        )
        if not parts:
            kept.drop(job.store.state, waiting.base, waiting.ids)
        raise InputError(
            f"the reply is of no use: {which} no longer pending", f"{way_on}memsync refresh"
        )
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
    rows = [
        one
        for one in job.store.pending(seen.merged)
        if len(wanted) >= FEWEST_DIGITS and one.id.startswith(wanted)
    ]
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

"""What a person does to versions and notes, as wishes to the same loop: undo, restore, apply a kept
reply, forget a note, and `doctor --fix`. Writes nothing; reads through the frozen view alone.

May not know: the terminal, the network, how anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from memsync.memory import bundles, conflicts, lineage
from memsync.memory.lineage import FEWEST_DIGITS, MOST_STEPS, Named, came_from, parent
from memsync.memory.sessions import RESTORING
from memsync.memory.store import Store
from memsync.memory.text import edits
from memsync.memory.text.document import NAME, Memory, compose, parse, short_hash
from memsync.memory.text.notes import render_edit
from memsync.memory.versions import BACKUPS
from memsync.merge import kept
from memsync.merge.guard.verdict import Verdict
from memsync.merge.prompt import Part
from memsync.steps.copies import saved_anew
from memsync.steps.gather import View
from memsync.steps.job import Account, Forgotten, Run
from memsync.steps.noticing import of_steps
from memsync.steps.outside import Start
from memsync.steps.placing import fitted, judged, left_pending, new_bytes, onto, placed, told_parts
from memsync.steps.shown import of_target
from memsync.steps.writes import (
    LOOK_AGAIN,
    DeleteNote,
    DropMerged,
    DropReply,
    Fix,
    GiveUp,
    GoTo,
    KeepAsItWas,
    Plan,
    PutBundle,
    PutRestore,
    Record,
    SaveRefusals,
    TakeIn,
    Undo,
    UseReply,
    Wish,
    Write,
)
from memsync.system.disk import ANYTHING
from memsync.system.errors import (
    InputError,
    MemsyncError,
    MissingError,
    NotReplaceableError,
    ReplyError,
)


def written(run: Run, start: Start, body: str, ids: frozenset[str]) -> Plan:
    """The memory with this body and set, and then the wish is done."""
    raw = new_bytes(start, body, ids)
    if parse(raw).rev == start.memory.rev:  # the very same version: no version comes from itself
        return Plan(run, shown=start.memory.raw)
    return Plan(run, memory=raw, over=start.memory.raw, shown=raw)


def is_too_late(view: View, wish: Wish, run: Run) -> bool:
    """Whether another version came before what a person wished for was written. They have not seen
    it, so nothing is done to it; that somebody went on editing is no hindrance.
    """
    if run.changed is None or not isinstance(wish, Undo | GoTo | UseReply | GiveUp):
        return False
    now, then = view.store.memory(), parse(run.aim) if run.aim is not None else None
    if now is None or then is None or now.footer is None or then.footer is None:
        return True
    return now.footer.rev != then.footer.rev


# -- undo and restore ------------------------------------------------------------------------------


def undone(view: View, run: Run, start: Start) -> Plan:
    """Back to the version that the memory came from; again: to the one before.

    Raises `InputError` when nothing is known of one.
    """
    if start.lost is not None:
        return _whole_first(run, start)
    before = view.store.version(run.goal) if run.changed is not None else None
    goal = Named(run.goal, before) if before is not None else _before(view.store, start.memory)
    return _back_to(run, start, goal)


def gone_back(run: Run, start: Start, version: Named) -> Plan:
    """A version's body again, with the merged set as it is, and a restore note."""
    if start.lost is not None:
        return _whole_first(run, start)
    return _back_to(run, start, version)


def _back_to(run: Run, start: Start, version: Named) -> Plan:
    body = version.memory.body
    if run.aim is not None and start.lost is None:  # somebody went on editing meanwhile
        body = onto(body, parse(run.aim).body, start.body) or body
    back = edits.out_of_force(body, start.body)  # told as gone, and here again
    run = run._replace(goal=version.name, said=tuple(one for one in run.said if one not in back))
    edit = edits.difference((start.lost or start.memory).rev, start.body, body, meant=True)
    if edit is None:
        return written(run, start, body, start.merged)
    note = render_edit(edits.write(edit), "restore")
    note_id = short_hash(note)
    plan = written(run, start, body, start.merged | {note_id})
    # A sync client carries off at once what lies in the memory folder, and this may fail still
    waits = Record(f"{RESTORING}{note_id}", note, ANYTHING)
    return plan._replace(writes=(waits,), records=(PutRestore(note_id),))


def _whole_first(run: Run, start: Start) -> Plan:
    """A version that lost its footer is first written whole, with what was appended: going back
    starts from there.
    """
    plan = written(run._replace(before=start.body), start, start.body, start.merged)
    return plan._replace(then=LOOK_AGAIN)


def _before(store: Store, memory: Memory) -> Named:
    """The version to go back to.

    A restored version came from where the version it restored came from.
    """
    start = _logical(store, memory)
    if start.footer is None:
        raise InputError("nothing is known of a version before this one", "memsync history")
    found = came_from(store, start)
    if found is None:
        what = f"the version before this one ({start.footer.origin}) is not in {BACKUPS}/"
        if start.footer.origin == "-":
            what = "there is no version before this one"
        raise InputError(what, "memsync history")
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
    ids = {one for one in memory.merged - replaced.merged if not one.startswith("b-")}
    notes = store.sessions.find(ids)  # one that has not arrived yet may be it
    return len(notes) < len(ids) or any(note.kind == "restore" for note in notes)


# -- what nothing else may replace -----------------------------------------------------------------


def cured(view: View, wish: Wish, run: Run, error: MemsyncError) -> Plan | None:
    """A memory that is missing or not replaceable is cured where a person named the version to
    have, or asked for it by `doctor --fix`. None where it is not.
    """
    memory = view.store.memory() if isinstance(error, NotReplaceableError) else None
    if isinstance(wish, Fix) and memory is not None and memory.footer is None:
        last = view.store.last_whole()
        wish = GoTo(Named(last.rev, last)) if last is not None else wish
    if not isinstance(wish, GoTo):
        return None
    if isinstance(error, MissingError):
        return _with_target(view, _put_back(view, run, wish.version))
    if memory is None or memory.newer:
        return None
    last = view.store.last_whole()
    # What was merged stays so; a damaged file says nothing of lines: one goes back from the last
    merged = wish.version.memory.merged | memory.merged | (last.merged if last else frozenset())
    start = Start(memory, (last or memory).body, merged, unwritten=True, lost=last)
    plan = _back_to(run._replace(before=memory.body, raw=memory.raw), start, wish.version)
    return _with_target(view, plan._replace(writes=(*_as_it_was(view, memory), *plan.writes)))


def _with_target(view: View, plan: Plan) -> Plan:
    """What somebody wrote into the target was not measured against a memory that cannot be read: a
    note of it, before the version that comes back replaces it there.
    """
    memory = parse(plan.memory or plan.shown or b"")
    taken = of_target(view, memory, memory.body, memory.merged)
    run = plan.run.telling(*taken.said)
    return plan._replace(run=run, writes=(*plan.writes, *taken.writes))


def _as_it_was(view: View, memory: Memory) -> tuple[KeepAsItWas, ...]:
    return () if conflicts.holds(view.store.disk, memory.raw) else (KeepAsItWas(memory.raw),)


def _put_back(view: View, run: Run, version: Named) -> Plan:
    """A version where the memory is missing.

    Its own set counts: what came after it is pending again.
    """
    last, memory = view.store.last_seen(), version.memory
    raw = memory.raw
    if memory.footer is None or memory.edited:
        raw = compose(memory.body, last.merged if last else (), memory.rev, crlf=memory.crlf)
    before = last.body if last is not None and last.body != memory.body else ""
    run = run._replace(before=before, goal=version.name)
    return Plan(run, memory=raw, over=None, shown=raw)


def before_fixing(view: View, run: Run) -> Plan | None:
    """`doctor --fix` first makes lost bundles again, and keeps a file without a footer as it is;
    None when there is nothing to do first.
    """
    store = view.store
    memory = store.memory()
    gone = sorted(memory.merged) if memory is not None else []
    writes: list[Write] = []
    for bundle in gone:
        if bundle.startswith("b-") and not bundles.is_here(store.disk, bundle):
            ids = lineage.lost_bundle(store, bundle)
            told = f"the lost bundle {bundle} was made again from the backups"
            writes += [PutBundle(tuple(sorted(ids)), told)] if ids is not None else []
    if memory is not None and memory.footer is None:
        if memory.newer or store.last_whole() is None:
            return Plan(run)  # a later memsync's, or one to adopt: `memsync init` asks
        writes += (*_as_it_was(view, memory), *saved_anew(view, memory))
    return Plan(run, tuple(writes), then=LOOK_AGAIN) if writes else None


def fixed(view: View, run: Run, start: Start) -> Plan:
    """The memory is written again where that is needed, a lost footer with it."""
    work = placed(view, start, run)
    if not work.is_unwritten:
        return Plan(run, shown=start.memory.raw)
    run = run.telling(f"{view.store.disk.where(NAME)} was written again")
    run = run.bringing(of_steps(work.steps, run.said))
    return written(run, start, work.body, work.ids)


def taken_in(run: Run, start: Start, wish: TakeIn) -> Plan:
    """What others did is in the memory, and nothing else."""
    if not start.unwritten:
        return Plan(run, shown=start.memory.raw if wish.shows else None)
    plan = written(run, start, start.body, start.merged)
    return plan if wish.shows else plan._replace(shown=None)


# -- replies and notes -----------------------------------------------------------------------------


def reply_used(view: View, run: Run, start: Start) -> Plan:
    """The kept reply is used: on the memory it was made for, or three-way on a newer one.

    Raises `InputError` when none waits, or when it is of no use any more.
    """
    waiting = kept.foremost(kept.waiting(view.store.state))
    if waiting is None:
        raise InputError("no reply is waiting", "memsync refresh")
    work = placed(view, start, run)
    parts = [part for part in work.parts if part.id in waiting.ids]
    drop = DropReply(waiting.base, waiting.ids)
    if waiting.ids and not parts:
        error = InputError(
            "the reply is of no use: its notes are no longer pending", "memsync refresh"
        )
        return Plan(run, (drop,), then=error)
    if len(parts) != len(waiting.ids):
        raise InputError(
            "the reply is of no use: some of its notes are no longer pending",
            "memsync apply --discard, then memsync refresh",
        )
    verdict = judged(waiting.body, parts, waiting.text, view.constraint_headings)
    if verdict.kind == "reject":
        raise ReplyError(f"the reply was refused: {verdict.reasons[0]}", "memsync apply --discard")
    body = fitted(work.body, waiting.body, verdict.body)
    if body is None:
        raise InputError(
            "the memory has changed too much since this reply was made",
            "memsync apply --discard, then memsync refresh",
        )
    run = _told_of(run, parts, verdict)
    run = run.bringing(of_steps(work.steps, run.said))
    plan = written(run, start, body, work.ids.union(run.merged))
    return plan._replace(records=(drop,))


def _told_of(run: Run, parts: Sequence[Part], verdict: Verdict) -> Run:
    """What is told of a kept reply: which notes it merged, and which it leaves pending."""
    left = left_pending(parts, verdict)
    names = tuple(part.id for part in told_parts(parts))
    run = run._replace(
        merged=tuple(part.id for part in parts if part.id not in left),
        repairs=verdict.repairs,
        accounts=(Account(verdict.account, names),),
    )
    return run.telling(
        *(f"the reply leaves out note {note_id}, which stays pending" for note_id in left)
    )


def given_up(view: View, wish: GiveUp, run: Run, start: Start) -> Plan:
    """A pending note's id in the merged set without a merge: the one way into it without one,
    because a person said so (design.md section 4). Raises `InputError`.
    """
    sessions = view.store.sessions
    rows = [note for note in sessions.pending(start.merged) if note.id.startswith(wish.id)]
    if len(rows) != 1 or len(wish.id) < FEWEST_DIGITS:
        several = len(rows) > 1 and len(wish.id) >= FEWEST_DIGITS
        what = (
            f"several notes begin with {wish.id!r}" if several else f"no pending note {wish.id!r}"
        )
        raise InputError(what, "memsync notes --pending   (or: memsync status)")
    note = rows[0]
    name = next(listed.name for listed in sessions.listed() if listed.id == note.id)
    merged = start.merged | {note.id}
    refused = {
        note_id: refusal
        for note_id, refusal in kept.refusals(view.store.state).items()
        if note_id != note.id
    }
    run = run._replace(forgotten=Forgotten(note.id, note.text, view.store.disk.where(name)))
    plan = written(run, start, start.body, merged)
    records: list[Write] = [
        SaveRefusals(refused),
        DropMerged(frozenset(sessions.expand(merged))),
        *([DeleteNote(note.id)] if wish.delete else []),
    ]
    return plan._replace(records=tuple(records))

"""Decide: what to write, and what to ask next. Pure; rests on one view, and changes nothing.

Each step decides anew from what is there, so that nothing has to be remembered but what was paid
for. May not know: the network, the terminal, how anything is written.
"""

from __future__ import annotations

from typing import Final

from memsync.memory import bundles
from memsync.memory.settling import FILE as SETTLED
from memsync.memory.text.document import NAME
from memsync.merge import kept
from memsync.steps import restore
from memsync.steps.batches import (
    allowed_where_declined,
    next_batch,
    passed_by,
    with_refused,
)
from memsync.steps.copies import of_adopted
from memsync.steps.gather import View
from memsync.steps.job import Run
from memsync.steps.noticing import of_steps
from memsync.steps.outside import Start, Stop, outside
from memsync.steps.placing import Work, new_bytes, placed
from memsync.steps.replies import asked, replaced, with_reply
from memsync.steps.writes import (
    LOOK_AGAIN,
    Compact,
    DropMerged,
    Fix,
    GiveUp,
    GoTo,
    Plan,
    PutBundle,
    Record,
    Refresh,
    SaveRefusals,
    TakeIn,
    Undo,
    UseReply,
    Wish,
    Write,
)
from memsync.system.disk import ANYTHING
from memsync.system.errors import (
    NeedsAgreementError,
    NotReplaceableError,
)
from memsync.system.questions import Question

ROUNDS: Final = 3  # the holder of the lock merges what came meanwhile, at most this often
MOST_TRIES: Final = 3  # the memory was replaced by another version meanwhile


def decide(view: View, wish: Wish, run: Run) -> Plan:
    """What to do next for a wish. First what others did becomes notes; nothing is decided on
    anything before that is durable.
    """
    if run.changes >= MOST_TRIES:
        return Plan(run, then=_keeps_changing(view))
    if isinstance(wish, Fix) and (first := restore.before_fixing(view, run)) is not None:
        return first
    came = outside(view, run)
    run = run.telling(*came.said)._replace(fresh={**run.fresh, **came.fresh})
    run = run.bringing(came.brought)
    if isinstance(came.then, Start):
        run = _seen(run, came.then)
    writes = came.writes
    if isinstance(came.then, Start) and not isinstance(wish, TakeIn):
        writes = (*writes, *of_adopted(view, came.then.memory, run))
    if writes:
        return Plan(run, writes, then=LOOK_AGAIN)
    if restore.is_too_late(view, wish, run) and run.changed is not None:
        return Plan(run, then=run.changed)
    if isinstance(came.then, Stop):
        return _stopped(view, wish, run, came.then)
    return _decided(view, wish, run, came.then)


def _decided(view: View, wish: Wish, run: Run, start: Start) -> Plan:
    match wish:
        case Refresh():
            return _merged(view, run, start)
        case Compact():
            return _compacted(view, run, start)
        case TakeIn():
            return restore.taken_in(run, start, wish)
        case Fix():
            return restore.fixed(view, run, start)
        case Undo():
            return restore.undone(view, run, start)
        case GoTo(version):
            return restore.gone_back(run, start, version)
        case UseReply():
            return restore.reply_used(view, run, start)
        case GiveUp():
            return restore.given_up(view, wish, run, start)


def _seen(run: Run, start: Start) -> Run:
    """The memory was looked at."""
    memory = start.memory
    first = run.before is None
    return run._replace(
        before=memory.body if first else run.before,
        after=memory.body,
        raw=memory.raw,
    )


def _stopped(view: View, wish: Wish, run: Run, stop: Stop) -> Plan:
    if (cure := restore.cured(view, wish, run, stop.error)) is not None:
        return cure
    if isinstance(stop.error, NeedsAgreementError):
        answers = ("it is written again, and lies in backups as it is now", "it is left as it is")
        question = Question(NAME, f"{stop.error.what}. Go on?", stop.error, answers=answers)
        return Plan(run, then=question)
    return Plan(run, then=stop.error)


def _keeps_changing(view: View) -> NotReplaceableError:
    return NotReplaceableError(
        f"{view.store.disk.where()} keeps changing while the merge is made",
        "memsync refresh, once it is quiet",
    )


# -- a merge ---------------------------------------------------------------------------------------


def _merged(view: View, run: Run, start: Start) -> Plan:
    """Edits by code, then batch after batch, then what is left to tidy."""
    if run.declined:
        return _declined(view, run, start)
    work = placed(view, start, run)
    if work.is_unwritten:
        return _with_edits(run, work)
    if run.answered is not None:
        plan = with_reply(view, run, work, run.answered)
        if plan is not None:
            return plan
        # The memory is another one by now: the merge is made again
        run = run._replace(answered=None, overtaken=run.overtaken + 1)
        if run.overtaken >= MOST_TRIES:
            return Plan(run, shown=start.memory.raw, then=_keeps_changing(view))
    batch = next_batch(view, work, run)
    run = batch.run
    if run.known.isdisjoint(part.id for part in batch.parts):
        # All of these came meanwhile; those that come for ever are the next refresh's
        known = frozenset(part.id for part in work.parts)
        run = run._replace(rounds=run.rounds + 1, known=known)
    if not batch.parts or run.rounds > ROUNDS:
        return _finished(view, run, work)
    return asked(view, run, work, batch.parts)


def _compacted(view: View, run: Run, start: Start) -> Plan:
    """One call without notes. What is pending stays so: the difference is the compaction alone."""
    work = placed(view, start, run)
    if work.is_unwritten:
        return _with_edits(run, work)
    if run.answered is not None:
        plan = with_reply(view, run, work, run.answered)
        if plan is not None:
            return plan
        return Plan(run, shown=start.memory.raw, then=_keeps_changing(view))
    if not run.asks or run.refused is not None:
        # An edit that waits for a note goes on waiting: the next refresh merges both
        return _finished(view, run, work._replace(early=False))
    return asked(view, run, work, ())


def _with_edits(run: Run, work: Work) -> Plan:
    """What code placed is written before any call: an edit that waited for a call that fails would
    be made twice.
    """
    start = work.start
    raw = new_bytes(start, work.body, work.ids)
    if start.memory.footer is None and start.lost is None:
        run = run._replace(adopted=raw)
    return replaced(run.bringing(of_steps(work.steps, run.said)), start, raw)


def _declined(view: View, run: Run, start: Start) -> Plan:
    """Claude declined a batch: written down, and next its older half is tried. One note alone is
    not sent again in this run.
    """
    assert run.refused is not None
    work = placed(view, start, run)
    ids = run.declined
    alone = len(ids) == 1
    return Plan(
        run._replace(
            declined=(),
            suspects=() if alone else ids,
            set_aside=run.set_aside.union(ids if alone else ()),
            allowed=max(run.allowed, allowed_where_declined(len(ids))),
            asks=run.asks and bool(ids),
        ),
        (SaveRefusals(with_refused(view, ids, run.refused, work.base)),),
        then=LOOK_AGAIN,
    )


# -- the end ---------------------------------------------------------------------------------------


def _finished(view: View, run: Run, work: Work) -> Plan:
    """Nothing is left to ask. Edits that waited for a note are placed without it; a long footer
    gets its old ids out of the way.
    """
    start = work.start
    if work.early:
        late = placed(view, start, run, wait=False)
        if late.is_unwritten:
            return _with_edits(run, late)
    records: list[Write] = [SaveRefusals(passed_by(view, work, run))]
    if kept.waiting(view.store.state):
        records.append(DropMerged(frozenset(view.store.sessions.expand(start.merged))))
    if (learned := view.store.sessions.learned()) is not None:
        records.append(Record(SETTLED, learned, ANYTHING, must=False))
    plan = Plan(run, records=tuple(records), shown=start.memory.raw)
    old = tuple(view.store.sessions.to_bundle(start.merged))
    if not old:
        return plan
    shorter = start.merged - set(old) | {bundles.name_of(old)}
    raw = new_bytes(start, start.body, shorter)
    return plan._replace(
        writes=(PutBundle(old),), memory=raw, over=start.memory.raw, shown=raw, tidies=True
    )

"""Decide: what to write, and what to ask next. Pure; rests on one view, and changes nothing.

Each step decides anew from what is there, so that nothing has to be remembered but what was paid
for. May not know: the network, the terminal, how anything is written.
"""

from __future__ import annotations

from typing import Final

from memsync.memory import bundles
from memsync.memory.settling import FILE as SETTLED
from memsync.memory.text.document import NAME, parse
from memsync.merge import kept, prompt
from memsync.merge.guard.judge import Verdict
from memsync.merge.kept import Kept
from memsync.merge.prompt import Part
from memsync.merge.reply import Reply, Turn, correction
from memsync.steps import restore
from memsync.steps.batches import (
    allowed_where_declined,
    asks_first,
    next_batch,
    passed_by,
    with_refused,
)
from memsync.steps.gather import View
from memsync.steps.job import Answered, Call, Question, Run
from memsync.steps.outside import Start, Stop, outside
from memsync.steps.placing import Work, judged, new_bytes, onto, placed
from memsync.steps.writes import (
    LOOK_AGAIN,
    Compact,
    DropMerged,
    DropReply,
    GiveUp,
    GoTo,
    KeepReply,
    Mend,
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
    NeedsYesError,
    NotReplaceableError,
    ReplyError,
)

ROUNDS: Final = 3  # the holder of the lock merges what came meanwhile, at most this often
MOST_TRIES: Final = 3  # the memory was replaced by another version meanwhile
DRY_HINT: Final = "the same command without --dry-run"


def decide(view: View, wish: Wish, run: Run) -> Plan:
    """What to do next for a wish. First what others did becomes notes; nothing is decided on
    anything before that is durable.
    """
    if run.changes >= MOST_TRIES:
        return Plan(run, then=_keeps_changing(view))
    if isinstance(wish, Mend) and (first := restore.before_mending(view, run)) is not None:
        return first
    came = outside(view, run)
    run = run.telling(*came.said)._replace(fresh={**run.fresh, **came.fresh})
    if isinstance(came.then, Start):
        run = _seen(view, run, came.then)
    if came.writes:
        return Plan(run, came.writes, then=LOOK_AGAIN)
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
            return restore.taken_in(run, start)
        case Mend():
            return restore.mended(view, run, start)
        case Undo():
            return restore.undone(view, run, start)
        case GoTo(version):
            return restore.gone_back(run, start, version)
        case UseReply():
            return restore.reply_used(view, run, start)
        case GiveUp():
            return restore.given_up(view, wish, run, start)


def _seen(view: View, run: Run, start: Start) -> Run:
    """The memory was looked at, and what stands at the target measured against it."""
    memory = start.memory
    first = run.before is None
    return run._replace(
        before=memory.body if first else run.before,
        after=memory.body,
        raw=memory.raw,
        captured=view.target.text() if view.target is not None else None,
    )


def _stopped(view: View, wish: Wish, run: Run, stop: Stop) -> Plan:
    if (cure := restore.cured(view, wish, run, stop.error)) is not None:
        return cure
    if isinstance(stop.error, NeedsAgreementError):
        return Plan(run, then=Question(NAME, f"{stop.error.what}. Go on?", stop.error))
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
        plan = _with_reply(view, run, work, run.answered)
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
    return _asked(view, run, work, batch.parts)


def _compacted(view: View, run: Run, start: Start) -> Plan:
    """One call without notes. What is pending stays so: the difference is the compaction alone."""
    work = placed(view, start, run)
    if work.is_unwritten:
        return _with_edits(run, work)
    if run.answered is not None:
        plan = _with_reply(view, run, work, run.answered)
        if plan is not None:
            return plan
        return Plan(run, shown=start.memory.raw, then=_keeps_changing(view))
    if not run.asks or run.refused is not None:
        return _finished(view, run, work)
    return _asked(view, run, work, ())


def _with_edits(run: Run, work: Work) -> Plan:
    """What code placed is written before any call: an edit that waited for a call that fails would
    be made twice.
    """
    start = work.start
    raw = new_bytes(start, work.body, work.ids)
    if start.memory.footer is None and start.lost is None:
        run = run._replace(adopted=raw)
    return _replaced(run, start, raw)


def _replaced(run: Run, start: Start, raw: bytes) -> Plan:
    """The memory is replaced by these bytes; where they are the very same version, by nothing: no
    version comes from itself.
    """
    if parse(raw).rev == start.memory.rev:
        return Plan(run, shown=start.memory.raw, then=LOOK_AGAIN)
    return Plan(run, memory=raw, over=start.memory.raw, shown=raw, then=LOOK_AGAIN)


# -- a reply ---------------------------------------------------------------------------------------


def _asked(view: View, run: Run, work: Work, parts: tuple[Part, ...]) -> Plan:
    """Claude is asked, unless a reply for this very memory and these notes is kept."""
    user = prompt.user_message(work.body, parts)
    call = Call(
        prompt.system(view.max_lines), (Turn("user", user),), parts, work.body, work.ids, work.base
    )
    found = kept.find(view.store.state, work.base, _ids(call))
    if found is not None and _is_of_use(view, found):
        reply = Reply(found.text, found.model)
        if found.verdict == "reject":
            return _refused(view, run, call, reply, _judged(call, found.text))
        plan = _with_reply(view, run, work, Answered(call, reply))
        if plan is not None:
            return plan
    if (question := asks_first(view, work, run)) is not None:
        return Plan(run, shown=work.start.memory.raw, then=question)
    return Plan(run, shown=work.start.memory.raw, then=call)


def _is_of_use(view: View, found: Kept) -> bool:
    """A refused reply stands for its model, until a person says that the notes are sent again."""
    if found.verdict != "reject":
        return True
    return found.asked in ("", view.model) and not view.send_held


def _ids(call: Call) -> tuple[str, ...]:
    return tuple(part.id for part in call.parts)


def _with_reply(view: View, run: Run, work: Work, answered: Answered) -> Plan | None:
    """What becomes of a reply; None when it is of no use for the memory as it is now."""
    call, reply = answered
    here = {part.id for part in work.parts}
    if not here.issuperset(_ids(call)) or not _only_edited(view, call, work):
        return None
    verdict = _judged(call, reply.text)
    if verdict.kind == "reject":
        return _answer_back(view, run, work, answered, verdict)
    body = onto(work.body, call.body, verdict.body)
    if body is None:
        return None
    key = f"{call.base} {' '.join(_ids(call))}"
    if verdict.kind == "ask" and not view.yes and key not in run.agreed:
        return _in_question(view, run, work, answered, verdict)._replace(
            then=_question(view, key, call, verdict)
        )
    plan = _replaced(_merging(run, call, verdict), work.start, _bytes(work, call, body))
    return plan._replace(records=(DropReply(call.base, _ids(call)),))


def _bytes(work: Work, call: Call, body: str) -> bytes:
    return new_bytes(work.start, body, work.ids | set(_ids(call)))


def _merging(run: Run, call: Call, verdict: Verdict) -> Run:
    ids = _ids(call)
    return run._replace(
        answered=None,
        merged=(*run.merged, *ids),
        repairs=(*run.repairs, *verdict.repairs),
        suspects=tuple(note_id for note_id in run.suspects if note_id not in ids),
        asks=run.asks and bool(ids),  # a shorter memory takes one call
    )


def _only_edited(view: View, call: Call, work: Work) -> bool:
    """Whether the memory is as the call had it, but for edits that code has placed since. Anything
    else merged meanwhile has a text of its own, and Claude has not seen it.
    """
    if work.base == call.base:
        return True
    sessions = view.store.sessions
    before, now = sessions.expand(call.ids), sessions.expand(work.ids)
    since = now - before
    edited = {note.id for note in sessions.find(since) if note.kind == "edit"}
    return before <= now and since == edited


def _judged(call: Call, text: str) -> Verdict:
    """The guard's verdict on a reply."""
    verdict = judged(call.body, call.parts, text)
    if not call.parts and verdict.kind == "accept":  # shorter means lines are gone: always shown
        return verdict._replace(kind="ask", reasons=("a shorter memory is always shown first",))
    return verdict


def _kept(view: View, call: Call, reply: Reply, verdict: str, why: tuple[str, ...]) -> KeepReply:
    time = f"{view.moment:%Y-%m-%dT%H:%M:%SZ}"
    return KeepReply(
        Kept(
            call.base,
            _ids(call),
            call.body,
            reply.text,
            verdict,
            why,
            time,
            reply.model,
            view.model,
        ),
        view.moment,
    )


def _in_question(view: View, run: Run, work: Work, answered: Answered, verdict: Verdict) -> Plan:
    """A reply that a person has to agree to is kept, so that it can be applied later."""
    call, reply = answered
    keep = _kept(view, call, reply, "ask", verdict.reasons)
    found = kept.find(view.store.state, call.base, _ids(call))
    writes = (keep,) if found is None or found.verdict != "ask" else ()
    run = run._replace(answered=answered)
    return Plan(run, writes, shown=work.start.memory.raw)


def _question(view: View, key: str, call: Call, verdict: Verdict) -> Question:
    hint = "to use it: memsync apply   to drop it: memsync apply --discard"
    error = NeedsYesError(
        f"Claude's reply needs a yes: {'; '.join(verdict.reasons)}",
        DRY_HINT if view.dry else hint,
        reply=verdict.body,
    )
    return Question(key, "Use this reply?", error, call.body, verdict.body, verdict.reasons)


def _answer_back(view: View, run: Run, work: Work, answered: Answered, verdict: Verdict) -> Plan:
    """A reply that the guard refuses is answered once, in the same conversation."""
    call, reply = answered
    if len(call.turns) > 1 or asks_first(view, work, run._replace(calls=run.calls)) is not None:
        return _refused(view, run, call, reply, verdict)
    turns = (*call.turns, *correction(reply.text, verdict.reasons))
    run = run._replace(answered=None)
    return Plan(run, shown=work.start.memory.raw, then=call._replace(turns=turns))


def _refused(view: View, run: Run, call: Call, reply: Reply, verdict: Verdict) -> Plan:
    """Refused for good: the reply is kept, the notes stay pending, and nothing more is paid."""
    keep = _kept(view, call, reply, "reject", verdict.reasons)
    place = view.store.state.where(f"{kept.FOLDER}/{kept.name_of(keep.kept, view.moment)}")
    where = "" if view.dry else f" (the reply is kept in {place})"
    error = ReplyError(
        f"Claude's reply was refused: {(*verdict.reasons, 'it cannot be used')[0]}{where}",
        _way_on(view, _ids(call)),
        reply=reply.text,
    )
    refusals = with_refused(view, _ids(call), error, call.base)
    run = run._replace(
        answered=None,
        refused=error,
        asks=False,
        set_aside=run.set_aside.union(_ids(call)),
    )
    return Plan(run, (keep, SaveRefusals(refusals)), then=LOOK_AGAIN)


def _way_on(view: View, ids: tuple[str, ...]) -> str:
    """How to go on; giving a note up comes last."""
    if view.dry:
        return DRY_HINT
    again = "memsync refresh --held, or with another model: memsync refresh --model ID"
    if len(ids) == 1:
        return f"{again}   (the note is kept; to give it up: memsync forget {ids[0]})"
    return f"{again}   (the notes are kept: memsync status)"


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

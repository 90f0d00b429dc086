"""What becomes of a reply: used, asked about, answered, refused. Pure.

May not know: which notes go into the next call, the network, how anything is written.
"""

from __future__ import annotations

from typing import Final

from memsync.memory.text.document import parse
from memsync.memory.text.words import shown
from memsync.merge import kept, prompt
from memsync.merge.faults import too_large
from memsync.merge.guard.verdict import Verdict
from memsync.merge.kept import Kept
from memsync.merge.prompt import Part
from memsync.merge.reply import Reply, Turn, correction
from memsync.steps.batches import asks_first, with_refused
from memsync.steps.gather import View
from memsync.steps.job import Account, Answered, Call, Run
from memsync.steps.outside import Start
from memsync.steps.placing import Work, fitted, judged, left_pending, new_bytes, told_parts
from memsync.steps.writes import LOOK_AGAIN, DropReply, KeepReply, Plan, SaveRefusals, Write
from memsync.system.counted import counted
from memsync.system.errors import NeedsYesError, ReplyError
from memsync.system.questions import Question

MOST_TOLD: Final = 10  # sentences of notes that did not come into the memory
DRY_HINT: Final = "the same command without --dry-run"


def replaced(run: Run, start: Start, raw: bytes) -> Plan:
    """The memory is replaced by these bytes; where they are the very same version, by nothing: no
    version comes from itself.
    """
    if parse(raw).rev == start.memory.rev:
        return Plan(run, shown=start.memory.raw, then=LOOK_AGAIN)
    return Plan(run, memory=raw, over=start.memory.raw, shown=raw, then=LOOK_AGAIN)


def asked(view: View, run: Run, work: Work, parts: tuple[Part, ...]) -> Plan:
    """Claude is asked, unless a reply for this very memory and these notes is kept."""
    user = prompt.user_message(work.body, parts)
    call = Call(
        prompt.system(view.max_lines), (Turn("user", user),), parts, work.body, work.ids, work.base
    )
    found = kept.find(view.store.state, work.base, _ids(call))
    if found is not None and _is_of_use(view, found):
        reply = Reply(found.text, found.model)
        if found.verdict == "reject":
            return _refused(view, run, call, reply, _judged(view, call, found.text))
        plan = with_reply(view, run, work, Answered(call, reply))
        if plan is not None:
            return plan
    if parts and (error := too_large(work.body)) is not None:
        return Plan(run._replace(refused=error, asks=False), then=LOOK_AGAIN)
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


def with_reply(view: View, run: Run, work: Work, answered: Answered) -> Plan | None:
    """What becomes of a reply; None when it is of no use for the memory as it is now."""
    call, reply = answered
    here = {part.id for part in work.parts}
    if not here.issuperset(_ids(call)) or not _only_edited(view, call, work):
        return None
    verdict = _judged(view, call, reply.text)
    if verdict.kind == "reject":
        return _answer_back(view, run, work, answered, verdict)
    body = fitted(work.body, call.body, verdict.body)
    if body is None:
        return None
    key = f"{call.base} {' '.join(_ids(call))}"
    if verdict.kind == "ask" and not _agreed_to(view, verdict) and key not in run.agreed:
        return _in_question(view, run, work, answered, verdict)._replace(
            then=_question(view, key, call, verdict)
        )
    left = left_pending(call.parts, verdict)
    merged = tuple(note_id for note_id in _ids(call) if note_id not in left)
    raw = new_bytes(work.start, body, work.ids | set(merged))
    plan = replaced(_merging(run, call, verdict, merged), work.start, raw)
    records: tuple[Write, ...] = (DropReply(call.base, _ids(call)),)
    if left:
        error = _leaves_out(view, left)
        plan = plan._replace(run=plan.run._replace(refused=error))
        records += (SaveRefusals(with_refused(view, left, error, call.base)),)
    return plan._replace(records=records)


def _agreed_to(view: View, verdict: Verdict) -> bool:
    """`--yes` agrees to losses; what nobody said needs `--yes-to-all`, or a person."""
    return view.yes_to_all or (view.yes and not verdict.unsaid)


def _leaves_out(view: View, left: tuple[str, ...]) -> ReplyError:
    """A note of which nothing came into the memory is not merged, whatever a person agreed to."""
    which = f"note {left[0]}" if len(left) == 1 else f"notes {', '.join(left)}"
    stays = "it stays" if len(left) == 1 else "they stay"
    return ReplyError(
        f"Claude's reply leaves out what {which} says, so {stays} pending", _way_on(view, left)
    )


def _merging(run: Run, call: Call, verdict: Verdict, merged: tuple[str, ...]) -> Run:
    ids = _ids(call)
    names = tuple(part.id for part in told_parts(call.parts))
    return run._replace(
        answered=None,
        accounts=(*run.accounts, Account(verdict.account, names)),
        merged=(*run.merged, *merged),
        set_aside=run.set_aside.union(ids) - set(merged),
        repairs=(*run.repairs, *verdict.repairs, *_not_taken(verdict)),
        suspects=tuple(note_id for note_id in run.suspects if note_id not in ids),
        asks=run.asks and bool(ids),  # a shorter memory takes one call
    )


def _not_taken(verdict: Verdict) -> list[str]:
    """What notes say that did not come into the memory: chatter most often, but a person sees."""
    told = [f"not in the memory: {shown(text)}" for text in verdict.left_out[:MOST_TOLD]]
    more = len(verdict.left_out) - len(told)
    told += [f"not in the memory: {counted(more, 'more sentence')}"] if more > 0 else []
    return [*told, *(f"still there: {shown(text)}" for text in verdict.still_there[:MOST_TOLD])]


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


def _judged(view: View, call: Call, text: str) -> Verdict:
    """The guard's verdict on a reply."""
    verdict = judged(call.body, call.parts, text, view.constraint_headings)
    if verdict.kind == "unchanged" and verdict.leaves_pending:  # once repaired, nothing is left
        reasons = ("it changes other lines and brings nothing of the notes", *verdict.repairs)
        return verdict._replace(kind="reject", reasons=reasons)
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
    asked = verdict.question
    return Question(
        key,
        "Use this reply?",
        error,
        call.body,
        verdict.body,
        verdict.reasons,
        (asked.yes, asked.no) if asked is not None else ("", ""),
    )


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

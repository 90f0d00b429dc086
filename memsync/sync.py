"""The story of a merge: observe, ask Claude, judge, replace, link. Each step is one call.

Gets everything handed in: the store, the target, how to ask Claude, how to ask the person. May not
know: argv, printing, the SDK.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Final

from memsync.memory import target as link
from memsync.memory.store import Store
from memsync.memory.text import edits
from memsync.memory.text.document import Memory, parse
from memsync.merge import kept
from memsync.merge import prompt as merge
from memsync.merge.guard.judge import Verdict, judge
from memsync.merge.kept import Kept, Refusal
from memsync.merge.prompt import Part
from memsync.steps.copies import keep_adopted
from memsync.steps.job import Job, Outcome, Usage, Work
from memsync.steps.observe import NeedsAgreementError, Seen, late_edit, observe
from memsync.steps.prepare import new_bytes, prepare
from memsync.system.disk import Changed
from memsync.system.errors import (
    DeclinedError,
    LocalError,
    MemsyncError,
    NeedsYesError,
    NotReplaceableError,
    ReplyError,
)

ROUNDS: Final = 3  # the holder of the lock merges what came meanwhile, at most this often
MOST_CALLS: Final = 40  # a run away from this is a bug, never a merge
MANY_NOTES: Final = 200
DRY_HINT: Final = "the same command without --dry-run"
MOST_TRIES: Final = 3  # the memory was replaced by another version during the call


def refresh(job: Job) -> Outcome:
    """Merge all that is pending, and link. The caller holds the lock.

    Raises `MemsyncError`; what was merged before stays merged. `Outcome.refused` is the failure of
    a note that others were merged without.
    """
    outcome = Outcome()
    try:
        for _ in range(ROUNDS):
            if not _round(job, outcome):
                break
        _bundle(job, outcome)
    except MemsyncError:
        if outcome.raw is not None:
            _link(job, outcome)
        raise
    _link(job, outcome)
    return outcome


def _round(job: Job, outcome: Outcome) -> bool:
    """Merge what is pending now; False when there was nothing to do."""
    again = job.again - set(outcome.merged)
    work = prepare(job.store, look(job, outcome), again)
    outcome.raw = outcome.raw or work.seen.memory.raw
    if (written := write_edits(job, work, outcome)) is not work:
        work = prepare(job.store, written.seen, again)
    if job.compact:
        _attempt(job, work, [], outcome)
        return False
    before = len(outcome.merged)
    if len(work.parts) > MANY_NOTES and not job.yes and not outcome.calls:
        _ask_about_many(job, len(work.parts))
    while batch := _next_batch(job, work, outcome):
        if outcome.calls >= MOST_CALLS:
            break
        work = _attempt(job, work, batch, outcome)
    if work.early:
        work = prepare(job.store, work.seen, again, wait=False)
    work = write_edits(job, work, outcome)
    _pass_by(job, work, outcome)
    return len(outcome.merged) > before


def _ask_about_many(job: Job, count: int) -> None:
    """A memory that lost its set makes every note pending again: nobody pays for that unasked."""
    what = f"{count} notes are pending, which takes several calls"
    if not job.person.agrees(f"{what}. Merge them now?", "", "", ()):
        raise NeedsYesError(what, "memsync refresh --yes")


def write_edits(job: Job, work: Work, outcome: Outcome) -> Work:
    """Write what code placed, before any call: an edit that waited for a call that fails would be
    made twice.
    """
    if work.seen.unwritten or work.ids != work.seen.merged or work.body != work.seen.body:
        work = _settle(job, work, work.body, work.ids, outcome)
        # Else the next refresh does it, and an adopted memory has an empty set until then
        if work.parts:
            keep_adopted(job.store, work.seen.memory)
    return work


def look(job: Job, outcome: Outcome, *, ask: bool = True) -> Seen:
    """Observe; where a person has to agree to a replacement, ask."""
    shown = job.target.text() if job.target is not None else None
    # Else it was captured already
    target = job.target if shown is None or shown != outcome.shown else None
    try:
        seen = observe(job.store, job.outbox, target, job.siblings, agreed=job.yes)
    except NeedsAgreementError as error:
        if not ask or not job.person.agrees(f"{error.what}. Go on?", "", "", ()):
            raise
        seen = observe(job.store, job.outbox, target, job.siblings, agreed=True)
    outcome.shown = shown
    outcome.fresh |= seen.fresh
    seen = seen._replace(fresh=outcome.fresh)
    keep_adopted(job.store, seen.memory)
    outcome.said += [line for line in seen.said if line not in outcome.said]
    if outcome.before is None:
        outcome.before = outcome.after = seen.memory.body
    return seen


def _next_batch(job: Job, work: Work, outcome: Outcome) -> list[Part]:
    """What goes into the next call: never a held note, one that was refused alone, or one that
    waits for a yes.
    """
    refused = _refusals(job)
    left = [one for one in work.parts if one.id not in outcome.refused_alone]
    sendable = [one for one in left if job.send_held or not _set_aside(refused.get(one.id))]
    if outcome.suspects:
        among = [one for one in sendable if one.id in outcome.suspects]
        return merge.first_batch(among[: max(1, len(among) // 2)])
    waiting = {
        note_id
        for one in kept.waiting(job.store.state)
        if one.verdict == "ask"
        for note_id in one.ids
    }
    others = [one for one in sendable if one.id not in waiting]
    if others:
        return merge.first_batch(others)
    if sendable and not outcome.merged and outcome.refused is None:
        return merge.first_batch(sendable)
    return _alone_again(job, work, refused, outcome)


def _refusals(job: Job) -> dict[str, Refusal]:
    """The notes that were refused, those aside that only other models refused."""
    found = kept.refusals(job.store.state)
    return {
        one: refusal
        for one, refusal in found.items()
        if job.model in refusal.models or not refusal.models
    }


def _set_aside(refusal: Refusal | None) -> bool:
    return refusal is not None and refusal.alone


def _alone_again(job: Job, work: Work, refused: dict[str, Refusal], outcome: Outcome) -> list[Part]:
    """Nothing else is left: a note refused alone once gets its second try when the memory has
    changed.
    """
    if outcome.merged or outcome.refused is not None:
        return []
    for one in work.parts:
        refusal = refused.get(one.id)
        if refusal is None or refusal.held:
            continue
        if refusal.base != work.base:
            return [one]
        outcome.refused = _error_of(refusal)
    return []


def _error_of(refusal: Refusal) -> MemsyncError:
    kind = DeclinedError if refusal.status == DeclinedError.status else ReplyError
    return kind(refusal.what, refusal.hint)


def _attempt(job: Job, work: Work, batch: list[Part], outcome: Outcome) -> Work:
    """Merge one batch, or find out which of its notes cannot be merged."""
    try:
        verdict = _decide(job, work, batch, outcome)
    except NeedsYesError:
        raise
    except (DeclinedError, ReplyError) as error:
        _refused(job, work, batch, outcome, error)
        return work
    ids, base, overtaken = {one.id for one in batch}, work.base, outcome.overtaken
    outcome.suspects = [one for one in outcome.suspects if one not in ids]
    work = _settle(job, work, verdict.body, work.ids | ids, outcome)
    if outcome.overtaken == overtaken:
        outcome.merged += [one.id for one in batch]
        outcome.repairs += verdict.repairs
        kept.drop(job.store.state, base, ids)
        # Also where nothing changed
        work = work._replace(parts=tuple(one for one in work.parts if one.id not in ids))
    return work


def _decide(job: Job, work: Work, batch: list[Part], outcome: Outcome) -> Verdict:
    """The reply for a batch, kept or new, and what the guard and the person say of it."""
    ids = [one.id for one in batch]
    found = kept.find(job.store.state, work.base, ids)
    if found is None or (found.verdict == "reject" and found.asked not in ("", job.model)):
        outcome.calls += 1
        answer = job.ask(merge.system(job.max_lines), merge.user_message(work.body, batch))
        outcome.usage.append(Usage(answer.model, answer.input_tokens, answer.output_tokens))
        text, model = answer.text, answer.model
    else:
        text, model = found.text, found.model
    verdict = judge_reply(work, batch, text)
    if job.compact and verdict.kind == "accept":  # shorter means lines are gone: always shown
        verdict = verdict._replace(kind="ask", reasons=("a shorter memory is always shown first",))
    now = job.store.now()
    time, again = f"{now:%Y-%m-%dT%H:%M:%SZ}", tuple(sorted(job.again.intersection(ids)))
    this = Kept(
        work.base,
        tuple(ids),
        work.body,
        text,
        "write",
        verdict.reasons,
        time,
        model,
        again,
        job.model,
    )
    if verdict.kind == "reject":
        path = kept.keep(job.store.state, this._replace(verdict="reject"), now)
        where = "" if job.dry else f" (the reply is kept in {path})"
        what = f"Claude's reply was refused: {verdict.reasons[0]}{where}"
        raise ReplyError(what, _way_on(job, batch), reply=text)
    if verdict.kind == "ask" and not job.yes:
        kept.keep(job.store.state, this._replace(verdict="ask"), now)
        answer_of_person = job.person.agrees(
            "Use this reply?", work.body, verdict.body, verdict.reasons
        )
        if not answer_of_person:
            raise NeedsYesError(
                f"Claude's reply needs a yes: {'; '.join(verdict.reasons)}",
                DRY_HINT
                if job.dry
                else "to use it: memsync apply   to drop it: memsync apply --discard",
                reply=verdict.body,
            )
    # Until it is written, it is paid for and kept; it is written all the same
    with contextlib.suppress(LocalError):
        kept.keep(job.store.state, this, now)
    return verdict


def judge_reply(work: Work, batch: Sequence[Part], text: str) -> Verdict:
    """The guard's verdict on a reply for these parts."""
    ops = [op for one in batch for op in one.ops]
    return judge(
        work.body,
        text,
        [one.text for one in batch if not one.ops],
        added=[op.line for op in ops if op.sign == "+"],
        removed=[op.line for op in ops if op.sign == "-"],
    )


def _way_on(job: Job, batch: Sequence[Part]) -> str:
    if job.dry:
        return DRY_HINT
    if len(batch) == 1:
        return f"the note is kept; to give it up: memsync forget {batch[0].id}"
    return "the notes are kept: memsync status"


def _refused(
    job: Job, work: Work, batch: list[Part], outcome: Outcome, error: MemsyncError
) -> None:
    """Write down who was refused; next, the oldest half of a refused batch is tried."""
    found = kept.refusals(job.store.state)
    alone = len(batch) == 1
    for one in batch:
        before = found.get(one.id)
        times, models = (before.times, before.models) if before is not None else (0, ())
        models = tuple(dict.fromkeys((*models, job.model)))
        found[one.id] = Refusal(
            times + 1, alone, work.base, error.what, error.hint, error.status, models
        )
    kept.save_refusals(job.store.state, found)
    if alone:
        outcome.refused_alone.add(batch[0].id)
    outcome.refused = error
    outcome.suspects = [] if alone else [one.id for one in batch]


def _bundle(job: Job, outcome: Outcome) -> None:
    """Once the footer is long, its old ids go into a bundle: same body, same set, a shorter
    footer.
    """
    memory = job.store.memory()
    if memory is None or memory.footer is None or memory.edited:
        return
    shorter = job.store.bundled(memory.footer.merged)
    if shorter == memory.footer.merged:
        return
    raw = new_bytes(Seen(memory, memory.body, shorter, {}), memory.body, shorter)
    with contextlib.suppress(Changed):  # somebody was faster: the next refresh does it
        job.store.replace(memory.raw, raw)
        outcome.raw = raw


def _pass_by(job: Job, work: Work, outcome: Outcome) -> None:
    """A note refused alone that others are now merged without counts as refused once more."""
    found = kept.refusals(job.store.state)
    left = {one.id for one in work.parts}
    now = {one: refusal for one, refusal in found.items() if one in left}
    if outcome.merged:
        for one, refusal in now.items():
            if refusal.alone and refusal.base != work.base:
                now[one] = refusal._replace(times=max(refusal.times, 2))
    kept.save_refusals(job.store.state, now)
    kept.drop_merged(job.store.state, job.store.expand(work.ids))


def _settle(job: Job, work: Work, body: str, ids: frozenset[str], outcome: Outcome) -> Work:
    """Replace the memory.

    Hand edits that came meanwhile go into the result; another version starts again.
    """
    for _ in range(MOST_TRIES):
        raw = new_bytes(work.seen, body, ids)
        if parse(raw).rev == work.seen.memory.rev:
            return work  # the very same version: nothing to write, and no version comes from itself
        try:
            job.store.replace(work.seen.memory.raw, raw)
        except Changed:
            now = look(job, outcome)
            if not _only_edited(job.store, work.seen.memory, now.memory):
                outcome.overtaken += 1
                outcome.raw, outcome.after = now.memory.raw, now.memory.body
                if outcome.overtaken >= MOST_TRIES:
                    break
                # These notes are still pending: they are merged again
                return prepare(job.store, now)
            body, ids = _with_edits(work, now, body, ids)
            work = work._replace(seen=now)
            continue
        outcome.raw, outcome.after = raw, body
        outcome.backup = job.store.disk.where("backups/" + job.store.backup(work.seen.memory.raw))
        written = parse(raw)
        assert written.footer is not None
        return prepare(job.store, Seen(written, written.body, written.footer.merged, {}))
    raise NotReplaceableError(
        f"{job.store.disk.where()} keeps changing while the merge is made",
        "memsync refresh, once it is quiet",
    )


def _only_edited(store: Store, before: Memory, now: Memory) -> bool:
    """Whether somebody only went on editing: another edit of the same version, from another
    machine, is not that.
    """
    if before.footer is None or now.footer is None or before.footer.rev != now.footer.rev:
        return False
    base = store.version(now.footer.rev) if before.edited else before
    return base is not None and edits.is_kept(base.body, before.body, now.body)


def _with_edits(
    work: Work, now: Seen, body: str, ids: frozenset[str]
) -> tuple[str, frozenset[str]]:
    """The result with the hand edits of the meantime; an edit that finds no place stays pending."""
    came = now.merged - work.seen.merged
    edit = edits.difference("-", work.seen.body, now.body) or edits.Edit("-", ())
    applied = edits.apply_text(body, work.seen.body, now.body, edit)
    return applied.body, ids | (now.merged if not applied.unplaced else now.merged - came)


def commit(job: Job, work: Work, body: str, ids: frozenset[str], outcome: Outcome) -> None:
    """Replace the memory by a body and its set, and link.

    Raises when another version came meanwhile.
    """
    before = work.seen.memory.raw
    done = _settle(job, work, body, ids, outcome)
    if not done.seen.merged >= ids:
        raise NotReplaceableError(
            "the memory was replaced meanwhile; nothing was changed", "run the command again"
        )
    outcome.raw = outcome.raw or before
    _link(job, outcome)


def _link(job: Job, outcome: Outcome) -> None:
    if job.target is None or outcome.raw is None:
        return
    try:
        # Else it was seen, and captured, when the command began
        if job.target.text() != outcome.shown:
            outcome.said += late_edit(job.store, job.target, outcome.raw)
        outcome.said += link.ensure(job.target, outcome.raw, job.store.disk).said
    except LocalError as error:
        outcome.refused = outcome.refused or error

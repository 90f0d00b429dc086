"""Which notes go into the next call, what was refused so far, and what may be paid for. Writes
nothing; reads through the frozen view alone.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from memsync.merge import kept, models, prompt
from memsync.merge.kept import Refusal
from memsync.merge.prompt import Part
from memsync.steps.gather import View
from memsync.steps.job import Run
from memsync.steps.placing import Work
from memsync.system.counted import counted
from memsync.system.errors import DeclinedError, MemsyncError, NeedsYesError, ReplyError
from memsync.system.questions import Question

FREE_CALLS: Final = 4  # that nobody is asked about
MOST_CALLS: Final = 40  # a run away from this is a bug, never a merge
MANY_NOTES: Final = 200  # a memory that lost its set makes every note pending again
COST: Final = "cost"
BYTES_A_TOKEN: Final = 3


class Next(NamedTuple):
    """The notes of the next call, none when nothing is left to ask."""

    parts: tuple[Part, ...]
    run: Run


def next_batch(view: View, work: Work, run: Run) -> Next:
    """The notes of the next call: never a held one, one that was refused, or one that waits for a
    yes, while others are there.
    """
    if not run.asks or run.calls >= MOST_CALLS:
        return Next((), run)
    refused = refusals(view)
    left = [part for part in work.parts if part.id not in run.set_aside]
    fresh = [part for part in left if not _is_set_aside(refused.get(part.id))]
    if run.suspects:
        # Halved, the older half first, until the note that Claude declines is found
        among = [part for part in left if part.id in run.suspects]
        return Next(_one_call(among[: max(1, len(among) // 2)]), run)
    replies = kept.waiting(view.store.state)
    waiting = {note_id for reply in replies if reply.verdict == "ask" for note_id in reply.ids}
    others = [part for part in fresh if part.id not in waiting]
    if others:
        return Next(_one_call(others), run)
    again = [part for part in left if part not in fresh]
    if view.send_held and again:
        # One that was refused in a batch is sent alone now: else nobody learns which one it is
        return Next((again[0],), run._replace(tried=run.tried | {again[0].id}))
    if fresh and not run.merged and run.refused is None:
        return Next(_one_call(fresh), run)  # the kept reply is shown again
    return _alone_again(work, refused, run)


def _one_call(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(prompt.first_batch(parts))


def refusals(view: View) -> dict[str, Refusal]:
    """The notes that were refused, those aside that only other models refused."""
    return {
        note_id: refusal
        for note_id, refusal in kept.refusals(view.store.state).items()
        if view.model in refusal.models or not refusal.models
    }


def _is_set_aside(refusal: Refusal | None) -> bool:
    """Others are merged without a note that was refused alone, and without a batch of which the
    guard refused two replies: it may be any of its notes.
    """
    return refusal is not None and (refusal.alone or refusal.status == ReplyError.status)


def _alone_again(work: Work, refused: dict[str, Refusal], run: Run) -> Next:
    """Nothing else is left: a note that was refused once gets its second try, alone, when the
    memory has changed.
    """
    if run.refused is not None or not run.tried.issuperset(run.merged):
        return Next((), run)
    for part in work.parts:
        refusal = refused.get(part.id)
        if refusal is None or refusal.held or part.id in run.set_aside:
            continue
        if refusal.base != work.base:
            return Next((part,), run._replace(tried=run.tried | {part.id}))
        run = run._replace(refused=_error_of(refusal))
    return Next((), run)


def _error_of(refusal: Refusal) -> MemsyncError:
    kind = DeclinedError if refusal.status == DeclinedError.status else ReplyError
    return kind(refusal.what, refusal.hint)


def with_refused(
    view: View, ids: tuple[str, ...], error: MemsyncError, base: str
) -> dict[str, Refusal]:
    """The record of refused notes with these: alone where it is one."""
    found = kept.refusals(view.store.state)
    for note_id in ids:
        before = found.get(note_id)
        times, models_before = (before.times, before.models) if before is not None else (0, ())
        asked = tuple(dict.fromkeys((*models_before, view.model)))
        found[note_id] = Refusal(
            times + 1, len(ids) == 1, base, error.what, error.hint, error.status, asked
        )
    return found


def passed_by(view: View, work: Work, run: Run) -> dict[str, Refusal]:
    """The record at the end: a note refused alone that others are now merged without counts as
    refused once more.
    """
    left = {part.id for part in work.parts}
    found = kept.refusals(view.store.state)
    now = {note_id: refusal for note_id, refusal in found.items() if note_id in left}
    for note_id, refusal in now.items():
        if run.merged and refusal.alone and refusal.base != work.base:
            now[note_id] = refusal._replace(times=max(refusal.times, 2))
    return now


def allowed_where_declined(notes: int) -> int:
    """How many calls may find the note that Claude declines, unasked."""
    return 2 + 2 * math.ceil(math.log2(max(1, notes)))


def asks_first(view: View, work: Work, run: Run) -> Question | None:
    """The question that comes before more calls than anybody expects, with their price."""
    if view.yes or COST in run.agreed:
        return None
    ahead, size = _calls_for(work.parts), sum(len(part.text) for part in work.parts)
    expected = run.calls < max(FREE_CALLS, run.allowed)
    if expected and (run.calls or (ahead <= FREE_CALLS and len(work.parts) <= MANY_NOTES)):
        return None
    tokens = len(work.body) * ahead // BYTES_A_TOKEN
    dollars = models.price(view.model, tokens + size // BYTES_A_TOKEN, tokens)
    price = f", about ${dollars:.2f}" if dollars is not None else ""
    more = f"after {run.calls} calls, " if run.calls else ""
    notes = counted(len(work.parts), "note is pending", "notes are pending")
    what = f"{more}{notes}, which takes {counted(ahead, 'call')} of Claude's{price}"
    error = NeedsYesError(what, "memsync refresh --yes")
    answers = ("they are sent to Claude now", "nothing is sent; the notes stay pending")
    return Question(COST, f"{what}. Merge them now?", error, answers=answers)


def _calls_for(parts: tuple[Part, ...]) -> int:
    left, count = list(parts), 0
    while left:
        left = left[len(prompt.first_batch(left)) :]
        count += 1
    return max(1, count)

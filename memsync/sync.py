"""The story of a command that writes: gather, decide, carry out, ask; again until nothing is left.

Gets everything handed in: the disks, how to ask Claude, how to ask the person. May not know: argv,
printing, the SDK, what is decided and how it is written.
"""

from __future__ import annotations

from typing import Final

from memsync.memory.text.edits import as_it_stands
from memsync.steps.carry import carry_out, keep_paid
from memsync.steps.gather import gather
from memsync.steps.job import Call, Job, Run
from memsync.steps.plan import decide
from memsync.steps.writes import Plan, Refresh, TakeIn, Wish
from memsync.system.disk import Changed
from memsync.system.errors import DeclinedError, MemsyncError, NotReplaceableError
from memsync.system.questions import Question

MOST_STEPS: Final = 400  # no wish takes nearly as many; more means that it goes round for ever


def run(job: Job, wish: Wish) -> Run:
    """Carry a wish out. The caller holds the lock.

    Raises `MemsyncError`; what was merged before stays merged. `Run.failure` is what did not come
    about though the rest did.
    """
    done = Run()
    for _ in range(MOST_STEPS):
        view = gather(job)
        plan = decide(view, wish, done)
        try:
            done = carry_out(plan, job, seen=view.target)
        except Changed as error:  # somebody was faster: what they did is looked at first
            done = _overtaken(done, plan, error)
            continue
        match plan.then:
            case MemsyncError() as failure:
                raise failure.behind(done.said)
            case Question() | Call() as asks:
                done = _answered(job, asks, done)
            case "done" if done.target_changed:  # and nobody has looked at it since
                wish = wish if isinstance(wish, Refresh) else TakeIn()
            case "done":
                return done._replace(said=as_it_stands(done.said, done.after))
            case "look again":
                pass
    raise NotReplaceableError(
        f"{job.store.disk.where()} keeps changing", "memsync refresh, once it is quiet"
    )


def _answered(job: Job, asks: Question | Call, done: Run) -> Run:
    """What comes of asking the person, or Claude."""
    try:
        if isinstance(asks, Question):
            return done.agreeing(asks, job.person)
        return _asked(job, asks, done)
    except MemsyncError as error:
        error.behind(done.said)
        raise


def _asked(job: Job, call: Call, done: Run) -> Run:
    """Ask Claude. A paid reply is kept before anybody looks at it."""
    try:
        reply = job.ask(call.system, call.turns)
    except DeclinedError as error:
        return done.declined_by(call, error)
    keep_paid(call, reply, job)
    return done.replied(call, reply)


def _overtaken(done: Run, plan: Plan, error: Changed) -> Run:
    """Somebody changed what a plan was made for. Where it would have replaced the memory, a wish
    for a certain version (its `goal`) may no longer hold.
    """
    if plan.memory is None:
        return done.once_more()
    return done.too_late_for(plan.over, plan.run.goal, error)

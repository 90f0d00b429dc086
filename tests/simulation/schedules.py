"""Schedules: what happens in a world, drawn from a seed; running one, and making a failing one
shorter.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from memsync.memory import sessions, settling
from tests.simulation.cloud import CONFLICT_NAMES
from tests.simulation.faults import FAULTS
from tests.simulation.people import EDITS
from tests.simulation.rest import settle, violations
from tests.simulation.texts import BEGINNINGS
from tests.simulation.world import Start, Step, World

STEPS: Final = 50
ORDINARY: Final = (
    ("note", 16),
    ("refresh", 20),
    ("refresh:odd", 5),
    ("edit", 12),
    ("edit copy", 4),
    ("sync", 22),
    ("sync all", 4),
    ("undo", 2),
    ("restore", 1),
    ("forget", 1),
    ("wait", 2),
    ("return", 2),
)


class Schedule(NamedTuple):
    """A world and what happens in it."""

    start: Start
    steps: tuple[Step, ...]


class Result(NamedTuple):
    """What came of a schedule. `notes`: acknowledged ones."""

    violations: list[str]
    notes: int
    log: list[str]


def schedule(seed: int) -> Schedule:
    """The schedule of a seed. One in five has no faults at all."""
    choice = random.Random(seed)
    start = Start(
        seed,
        choice.choice([2, 2, 3, 3, 4]),
        choice.choice(BEGINNINGS),
        choice.choice(sorted(CONFLICT_NAMES)),
        choice.random() < 0.3,
        choice.random() < 0.3,
    )
    faulty = 0 if choice.random() < 0.2 else choice.choice([5, 15, 30])
    back = choice.random() < 0.4  # where nothing is ever undone, everything has to be there
    ordinary = [
        (name, weight)
        for name, weight in ORDINARY
        if back or name not in ("undo", "restore", "forget")
    ]
    names = [name for name, _ in ordinary] + ["fault"]
    weights = [weight for _, weight in ordinary] + [faulty]
    steps = []
    for name in choice.choices(names, weights, k=choice.choice([15, STEPS, STEPS])):
        if name == "fault":
            name = f"fault:{choice.choice(FAULTS)}"
        elif name in ("edit", "edit copy"):
            name = f"{name}:{choice.choice(EDITS)}"
        steps.append(Step(name, choice.randrange(5), choice.getrandbits(32)))
    return Schedule(start, tuple(steps))


def run(one: Schedule) -> Result:
    """Let it happen, let the world come to rest, and look."""
    with long_life(one.start.old):
        world = World(one.start)
        for step in one.steps:
            world.do(step)
        world.log.append("faults stop")
        found = [] if settle(world) else ["the world does not come to rest"]
        return Result(found + violations(world), len(world.ledger.notes), world.log)


@contextlib.contextmanager
def long_life(old: bool) -> Iterator[None]:
    """What years bring: bundles of ids, and a cache of settled days.

    Here after a few notes, not after hundreds.
    """
    with pytest.MonkeyPatch.context() as patch:
        if old:
            patch.setattr(sessions, "MOST_FOOTER_BYTES", 60)
            patch.setattr(sessions, "FRESH_IDS", 2)
            patch.setattr(settling, "FEWEST_DAYS", 1)
        yield


def shorter(one: Schedule) -> Schedule:
    """A failing schedule without the steps that it does not need."""
    steps = list(one.steps)
    size = len(steps) // 2
    while size:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            if _fails(one._replace(steps=tuple(fewer))):
                steps = fewer
            else:
                at += size
        size //= 2
    return one._replace(steps=tuple(steps))


def _fails(one: Schedule) -> bool:
    try:
        return bool(run(one).violations)
    except Exception:  # noqa: BLE001 - a crash of the program is a failure that shrinks, too
        return True


def report(seed: int, one: Schedule) -> str:
    """A failing schedule for people: what happened, step by step, and what is wrong."""
    least = shorter(one)
    result = run(least)
    steps = [f"    {step!r}," for step in least.steps]
    return "\n".join([f"seed {seed}: {least.start!r}", *steps, *result.log, *result.violations])

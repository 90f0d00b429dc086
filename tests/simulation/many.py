"""Many schedules at once, on all cores, for a given time or number."""

from __future__ import annotations

import multiprocessing
import os
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

from tests.simulation.schedules import report, run, schedule

SHOWN: Final = 3


class Seen(NamedTuple):
    """What came of one seed. `wrong`: what is violated, or the last lines of a traceback."""

    seed: int
    wrong: tuple[str, ...]
    notes: int


class Found(NamedTuple):
    """What came of many."""

    schedules: int
    notes: int
    failed: tuple[Seen, ...]


def one(seed: int) -> Seen:
    """Run the schedule of a seed. A crash of the program is a failure like another."""
    try:
        result = run(schedule(seed))
    except Exception:  # noqa: BLE001
        return Seen(seed, tuple(traceback.format_exc().splitlines()[-3:]), 0)
    return Seen(seed, tuple(result.violations), result.notes)


def run_many(seeds: Iterable[int], seconds: float = 86_400, *, fewest: int = 0, failures: int = 20) -> Found:
    """Run these schedules until the time is over (but `fewest` in any case), or so many have failed."""
    until = time.monotonic() + seconds
    count = notes = 0
    failed: list[Seen] = []
    with multiprocessing.get_context("spawn").Pool(os.cpu_count() or 1) as pool:
        for seen in chain.from_iterable(pool.imap_unordered(one, batch) for batch in _batches(seeds)):
            count, notes = count + 1, notes + seen.notes
            if seen.wrong:
                failed.append(seen)
            if (time.monotonic() > until and count >= fewest) or len(failed) >= failures:
                break
    return Found(count, notes, tuple(failed))


def _batches(seeds: Iterable[int]) -> Iterator[list[int]]:
    """A pool draws all that it is given at once: so it gets an endless row piece by piece."""
    left = iter(seeds)
    while batch := list(islice(left, 64)):
        yield batch


def told(found: Found, seconds: float) -> str:
    """The figures, and the first failing schedules, made as short as they can be."""
    kinds = Counter(" ".join(text.split(":")[0].split()[:6]) for seen in found.failed for text in set(seen.wrong))
    lines = [report(seen.seed, schedule(seen.seed)) for seen in sorted(found.failed)[:SHOWN]]
    figures = f"{found.schedules} schedules, {found.notes} notes, {len(found.failed)} failed, {seconds:.0f} s"
    return "\n".join([*lines, figures, *(f"  {times} x {kind}" for kind, times in kinds.most_common()), ""])

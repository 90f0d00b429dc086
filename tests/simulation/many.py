"""Many schedules at once, on all cores."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections import Counter
from typing import Final, NamedTuple

from tests.simulation.schedules import report, run, schedule
from tests.uncounted import counting_nothing

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


class Share(NamedTuple):
    """What one core does: so many seeds, every `step`th from `first` on."""

    first: int
    step: int
    runs: int


def one(seed: int) -> Seen:
    """Run the schedule of a seed. A crash of the program is a failure like another."""
    try:
        result = run(schedule(seed))
    except Exception:  # noqa: BLE001
        return Seen(seed, tuple(traceback.format_exc().splitlines()[-3:]), 0)
    return Seen(seed, tuple(result.violations), result.notes)


def run_share(share: Share) -> Found:
    """Run the schedules of one core; ten failures are enough."""
    count = notes = 0
    failed: list[Seen] = []
    while len(failed) < 10 and count < share.runs:
        seen = one(share.first + count * share.step)
        count, notes = count + 1, notes + seen.notes
        if seen.wrong:
            failed.append(seen)
    return Found(count, notes, tuple(failed))


def run_many(first: int, runs: int) -> Found:
    """Run the schedules from `first` on, on all cores."""
    cores = os.cpu_count() or 1
    shares = [Share(first + n, cores, -(-(runs - n) // cores)) for n in range(cores)]
    with counting_nothing(), multiprocessing.get_context("spawn").Pool(cores) as pool:
        parts = pool.map(run_share, shares, chunksize=1)
    failed = sorted(seen for part in parts for seen in part.failed)
    return Found(
        sum(part.schedules for part in parts), sum(part.notes for part in parts), tuple(failed)
    )


def told(found: Found, seconds: float) -> str:
    """The figures, and the first failing schedules, made as short as they can be."""
    kinds = Counter(
        " ".join(text.split(":")[0].split()[:6])
        for seen in found.failed
        for text in set(seen.wrong)
    )
    lines = [report(seen.seed, schedule(seen.seed)) for seen in found.failed[:SHOWN]]
    if seeds := ", ".join(str(seen.seed) for seen in found.failed[SHOWN:]):
        lines.append(f"and the seeds {seeds}")
    figures = (
        f"{found.schedules} schedules, {found.notes} notes, {len(found.failed)} failed, "
        f"{seconds:.0f} s"
    )
    return "\n".join(
        [*lines, figures, *(f"  {times} x {kind}" for kind, times in kinds.most_common()), ""]
    )

"""No reply is hard to judge for what it leaves open: four times as much of it takes about four
times as long. A refresh beside a conflict copy of 1 MiB of `<!--` took more than ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.bombs import again, seconds
from memsync.memory.text.markdown import outline
from memsync.merge.guard.marks import unheard_of
from memsync.merge.guard.source import Source

SIZE = 8 * 1024
TIMES = 4
MOST = 10  # with the square of its size the time would grow sixteen times
TRIES = 3  # what grows too fast does so each time; a neighbour on the machine comes and goes
FLOOR = 0.05  # seconds; below, a busy machine decides

OPEN: dict[str, Callable[[int], str]] = {
    "comments": again("<!--\n"),
    "pictures": lambda size: again("![\n\n")(size) + "]\n",
}


def looked_through(text: str) -> Callable[[], object]:
    source, view = Source(text, ["Never deploy on Fridays."], (), ()), outline(text)
    return lambda: list(unheard_of(view, view, source))


@pytest.mark.parametrize("name", OPEN)
def test_what_a_reply_leaves_open_is_looked_through_once(name: str) -> None:
    small, large = (looked_through(OPEN[name](size)) for size in (SIZE, TIMES * SIZE))
    factors: list[float] = []
    while not factors or (factors[-1] >= MOST and len(factors) < TRIES):
        before = max(FLOOR, seconds(small))
        factors.append(seconds(large) / before)
    assert min(factors) < MOST, factors

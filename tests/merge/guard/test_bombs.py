"""No reply is hard to judge: more of it takes longer, and no more than that. A refresh beside a
conflict copy of 1 MiB of `<!--` took more than ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.bombs import again, numbered, seconds
from benchmarks.commands import ABOVE, TEXTS
from memsync.memory.text.markdown import outline
from memsync.merge.guard.dress import restored
from memsync.merge.guard.marks import unheard_of
from memsync.merge.guard.source import Source
from memsync.merge.guard.verdict import judge
from tests.e2e.world import MEMORY

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


LARGE = 256 * 1024  # the square of a list that the processor goes through at once shows only here
LARGER = 8
MOST_OF_LARGE = 16  # where the time grows as the text does, 8
RULE = "- Never push to main\n"
REPLIES: dict[str, Callable[[str], str]] = {
    "one line more": lambda old: old.replace(RULE, f"{RULE}- Never deploy on Fridays\n", 1),
    "every line changed": lambda old: "\n".join(
        line.upper() + " X" * bool(line) for line in old.split("\n")
    ),
    "pairs of lines changed over": lambda old: "\n".join(
        line
        for upper, lower in zip(*[iter(old.split("\n"))] * 2, strict=False)
        for line in (lower, upper)
    ),
    "one line of all": lambda old: old.replace("\n", " "),
}


def judged(text: str, reply: str) -> Callable[[], object]:
    old = MEMORY.replace(ABOVE, f"{text}\n\n{ABOVE}", 1)
    return lambda: judge(old, REPLIES[reply](old), ["Never deploy on Fridays."])


def grown(small: Callable[[], object], large: Callable[[], object]) -> list[float]:
    """How many times as long the large one takes, in one try after the other."""
    factors: list[float] = []
    while not factors or (factors[-1] >= MOST_OF_LARGE and len(factors) < TRIES):
        before = max(FLOOR, seconds(small))
        factors.append(seconds(large) / before)
    return factors


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize("name", TEXTS)
def test_the_time_of_a_verdict_grows_with_the_memory(name: str, reply: str) -> None:
    small, large = (judged(TEXTS[name](size), reply) for size in (LARGE // LARGER, LARGE))
    factors = grown(small, large)
    assert min(factors) < MOST_OF_LARGE, factors


def test_a_list_of_numbers_is_compared_with_another_one_once() -> None:
    def dressed(size: int) -> Callable[[], object]:
        old, new = (outline(again("1. a\n")(size) + last) for last in ("", "1. b\n"))
        return lambda: restored(old, new, Source("", []))

    factors = grown(dressed(LARGE // LARGER), dressed(LARGE))
    assert min(factors) < MOST_OF_LARGE, factors


NOTES: dict[str, Callable[[int], str]] = {
    "distinct lines": TEXTS["distinct lines"],
    "equal lines": TEXTS["equal lines"],
    "one line": TEXTS["one line"],
    "code spans in one line": numbered("`make {0}` "),
    "a paragraph that goes on": numbered(
        "word{0} and more words of a long paragraph that goes on and on without an end\n"
    ),
}
WITH_NOTE: dict[str, Callable[[str], str]] = {
    "one line more": lambda note: MEMORY.replace(RULE, f"{RULE}- Never deploy on Fridays\n", 1),
    "all of it": lambda note: MEMORY.replace(ABOVE, f"{note}\n\n{ABOVE}", 1),
    "a list of it": lambda note: MEMORY.replace(
        ABOVE, "".join(f"- {line}\n" for line in note.split("\n") if line) + f"\n{ABOVE}", 1
    ),
}


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("distinct lines", "one line more"),
        ("equal lines", "all of it"),
        ("one line", "all of it"),
        ("code spans in one line", "all of it"),
        ("a paragraph that goes on", "a list of it"),
    ],
)
def test_the_time_of_a_verdict_grows_with_the_notes(name: str, reply: str) -> None:
    def verdict_on(size: int) -> Callable[[], object]:
        note = NOTES[name](size)
        notes = [note, "Never deploy on Fridays."]
        return lambda: judge(MEMORY, WITH_NOTE[reply](note), notes)

    factors = grown(verdict_on(LARGE // LARGER), verdict_on(LARGE))
    assert min(factors) < MOST_OF_LARGE, factors

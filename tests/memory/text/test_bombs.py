"""No text is hard to read: twice as much of it takes about twice the time (benchmarks/bombs.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from benchmarks.bombs import BOMBS, decisions, seconds
from memsync.memory.text.dressing import in_dress_of
from memsync.memory.text.lines import align
from memsync.memory.text.markdown import _outline, outline
from memsync.memory.text.three_way import three_way

SIZE = 4 * 1024
TIMES = 4
# For four times the text: with the square of its size the time would grow sixteen times
MOST = 10
TRIES = 3  # what grows too fast does so each time; a neighbour on the machine comes and goes
FLOOR = 0.05  # seconds; below, a busy machine decides


@pytest.mark.parametrize("name", BOMBS)
def test_the_time_grows_with_the_text(name: str) -> None:
    assert factor(decisions(BOMBS[name](SIZE)), decisions(BOMBS[name](TIMES * SIZE))) < MOST


def test_the_time_grows_with_the_number_of_constraints_sections() -> None:
    """What goes through them in C shows in a large text only."""
    texts = [BOMBS["constraints"](size) for size in (32 * SIZE, 32 * TIMES * SIZE)]
    small, large = ({"outline": partial(_outline.__wrapped__, text, ())} for text in texts)
    assert factor(small, large) < MOST


def factor(
    small: Mapping[str, Callable[[], object]], large: Mapping[str, Callable[[], object]]
) -> float:
    """How many times longer the large one takes."""
    factors: list[float] = []
    while not factors or (factors[-1] >= MOST and len(factors) < TRIES):
        before = max(FLOOR, sum(seconds(work) for work in small.values()))
        factors.append(sum(seconds(work) for work in large.values()) / before)
    return min(factors)


@pytest.mark.parametrize("name", BOMBS)
def test_a_text_that_is_hard_to_read_keeps_its_lines_and_sections(name: str) -> None:
    text = BOMBS[name](TIMES * SIZE)
    view = outline(text)
    assert "\n".join(view.lines) == text
    for section in view.sections:
        assert view.headings[section.heading].line == section.start < section.end
    ends = [0, *(part for block in view.constraints for part in (block.start, block.end))]
    assert ends == sorted(ends), "no two constraints share a line"


def test_twenty_two_thousand_equal_lines_are_no_work() -> None:
    """They took a minute."""
    lines = ["- the same line"] * 22_000
    assert seconds(lambda: align(lines, [*lines, "- new"])) < 2
    assert align(lines, ["- new", *lines])[:2] == [1, 2]


def test_a_formatters_work_on_a_large_text_is_told_in_linear_time() -> None:
    text = BOMBS["different lines"](SIZE)
    other = text.replace("- ", "* ")
    assert in_dress_of(other, text).text == text


def test_a_paragraph_of_many_lines_that_one_side_takes_away_is_no_work() -> None:
    """With the square of its lines it took half a minute."""
    lines = "\n".join(f"word{number}" for number in range(30_000))
    edited = "# M\n\n- tea\n\n- bread\n"
    base = edited.replace("- bread", f"{lines}\n\n- bread")
    body = base.replace("- tea", "- milk")
    assert seconds(lambda: three_way(base, edited, body)) < 2
    assert three_way(base, edited, body)[0].split() == edited.replace("tea", "milk").split()

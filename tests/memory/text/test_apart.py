"""Where two texts differ: around the stretches nothing differs, in lines and in units."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memsync.memory.text import edits
from memsync.memory.text.apart import LARGE, apart, hunks
from memsync.memory.text.dress import Span, spans

ROWS = st.sampled_from(
    "- a,* a,-,1. c,words,# H,,```,```sh,~~~,  more,> q,---,| a | b |,|---|---|,a | b,- | -,===,"
    "<!-- x,-->,__H__,\tcode".split(",")
)
TEXT = st.lists(ROWS, max_size=12)
Rows = list[str]


def within(found: list[Span], start: int, end: int) -> list[Span]:
    inside = [span for span in found if start <= span.start and span.end <= end]
    return [Span(span.start - start, span.end - start, span.kind) for span in inside]


@given(TEXT, TEXT, TEXT, TEXT)
@example(["```"], ["- a"], ["~~~", "```"], ["words", "# H"])
@example(["words"], [], ["more"], ["end"])
@example(["a | b"], ["|---|---|"], [], ["a | b"])
def test_the_units_of_the_stretches_hang_on_nothing_else(
    head: Rows, middle: Rows, other: Rows, tail: Rows
) -> None:
    one, two = [*head, *middle, *tail], [*head, *other, *tail]
    top, end, other_end, fence = apart(one, two)
    assert one[:top] == two[:top]
    assert one[end:] == two[other_end:]
    for lines, last in ((one, end), (two, other_end)):
        every = spans(lines)
        parts = [(0, top), (top, last), (last, len(lines))]
        assert len(every) == sum(len(within(every, *part)) for part in parts)
        assert spans(lines[top:last], fence) == within(every, top, last)
    assert within(spans(one), 0, top) == within(spans(two), 0, top)
    assert within(spans(one), end, len(one)) == within(spans(two), other_end, len(two))


def test_little_is_looked_at_of_what_changed_little() -> None:
    lines = [f"- line {number}" for number in range(9)]
    assert apart(lines, [*lines[:4], "- new", *lines[4:]]) == (4, 4, 5, "")
    assert apart(lines, [*lines[:4], *lines[5:]]) == (4, 5, 4, "")
    parted = [*lines[:4], "", *lines[4:]]
    assert apart(parted, [*parted[:5], "words", *parted[5:]]) == (5, 5, 6, "")
    code = ["```", *lines]
    assert apart(code, [*code[:5], "x", *code[5:]]) == (5, 5, 6, "```")


@given(TEXT, TEXT, TEXT, TEXT, TEXT, st.integers(1, 4))
@example(["a"], ["b"], ["c"], ["d"], ["e"], 3)
def test_outside_of_the_hunks_two_texts_are_the_same(
    head: Rows, middle: Rows, other: Rows, tail: Rows, end: Rows, most: int
) -> None:
    same, alike = [f"- same {n}" for n in range(40)], ["- a"] * 40
    one = [*head, *same, *middle, *alike, *tail]
    two = [*other, *same, *middle, "- b", *alike, *end]
    found = hunks(one, two, most)
    assert len(found) <= most
    rest = other_rest = 0
    for start, last, at, to in found:
        assert one[rest:start] == two[other_rest:at]
        rest, other_rest = last, to
    assert one[rest:] == two[other_rest:]


def test_a_large_text_that_changed_in_three_places_differs_in_three_hunks() -> None:
    lines = [f"- line {n % 7}" for n in range(900)]
    other = ["- first", *lines[1:300], *lines[302:600], "- more", "- and more", *lines[600:]]
    assert hunks(lines, other, 9) == [(0, 1, 0, 1), (300, 302, 300, 300), (600, 600, 598, 600)]
    assert hunks(lines, other, 2) == [(0, 1, 0, 1), (300, 600, 300, 600)]


OLD = """# M

## Notes

- one
- two
  goes on
- never y

## Constraints

- never x
- never y
"""
EDITS = [
    ("goes on", "goes off"),
    ("- never x\n", ""),
    ("- two", "- two\n- three"),
    ("- one\n", "1. one\n"),
    ("## Constraints", "## Wishes"),
    ("## Constraints", "## Wishes\n\n- never z\n"),
    ("- never y\n\n## Constraints", "\n## Wishes"),
    ("## Notes\n", "## Notes\n\n```\n"),
]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("place", ["# M\n", "## Constraints\n", "- never x\n"])
def test_an_edit_of_a_large_memory_is_what_it_is_of_a_small_one(
    edit: tuple[str, str], place: str
) -> None:
    found = []
    for many in (3, LARGE // 10):
        rest = "".join(f"- fact {number}\n" for number in range(many))
        old = OLD.replace(place, f"{place}\n### L\n\n{rest}- last\n\n")
        found.append(edits.difference("0" * 12, old, old.replace(*edit)))
    assert found[0] == found[1]
    assert (found[0] is None) == (edit[1] in ("1. one\n", "## Wishes"))

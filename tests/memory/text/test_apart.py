"""Where two texts differ: around the stretches nothing differs, in lines and in units."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memsync.memory.text import edits
from memsync.memory.text.apart import LARGE, apart
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
    assert apart(lines, [*lines[:4], "- new", *lines[4:]]) == (3, 4, 5, "")
    assert apart(lines, [*lines[:4], *lines[5:]]) == (3, 5, 4, "")
    parted = [*lines[:4], "", *lines[4:]]
    assert apart(parted, [*parted[:5], "words", *parted[5:]]) == (5, 5, 6, "")
    code = ["```", *lines]
    assert apart(code, [*code[:5], "x", *code[5:]]) == (5, 5, 6, "```")


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

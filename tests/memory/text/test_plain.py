"""A large text is read line by line: what it says of ordinary Markdown is what markdown-it says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memsync.memory.text import markdown, plain

BLOCKS = st.sampled_from(
    [
        "# One",
        "## Two ##",
        "## Hard constraints",
        "Three\n=====",
        "- a\n- b\n  goes on\n  - nested\n    deeper",
        "- a\n\n  more of it\n\n- b",
        "1. a\n2) b",
        "* a\nlazy",
        "- a\n  ```\n  # code\n\n  - code\n  ```\n- b",
        "```\n# code\n- code\n```",
        "~~~py\ncode\n~~~",
        "<!-- a -->",
        "<!--\n# a\n- b\n-->",
        "> quoted\n> - text\nlazy",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "| a | b |\n|---|---|\n## Constraints\n\n- never c",
        "a | b\n- | -\n1 | 2\n- never d",
        "| a | b |\n|---|---|\n| 1 | 2 |\n## Hard constraints\n- c",
        "text\nthat goes on",
        "text\n| a | b |\n|---|---|",
        "- a\n- ```\n- 1. <!-- b -->\n- c",
        "- a\n<div>\ntext\n</div>",
        "| a |\n|---|\n    code",
        "    code\n\n    more code",
        "***",
        "<div>\ntext\n</div>",
    ]
)

MARKS = (
    "- ",
    "1. ",
    "- a\n  - ",
    "- a\n  goes on\n  1. ",
    "> ",
    "> a\n> > ",
    "- - ",
    "- > ",
    "> 1) ",
)
OPENED = ("```", "~~~", "````sh", "<!--", "<!-- c -->")
CLOSED = {"`": "```", "~": "~~~", "<": "-->"}


def opened(marks: str, opens: str, text: str, closed: bool, below: str) -> str:
    """What begins with code or a comment on the line of an item or a quote."""
    ended = [CLOSED[opens[0]]] * closed if "-->" not in opens else []
    inside = "".join(sign if sign == ">" else " " for sign in marks.rpartition("\n")[2])
    lines = [f"{inside}{line}".rstrip() for line in (*text.split("\n"), *ended)]
    return "\n".join([f"{marks}{opens}", *lines, *([below] if below else [])])


TEXTS = st.sampled_from(["x", "- x", "", "# x", "  x\n> x", "``", "    ```", "- ```\n  x"])
BELOW = st.sampled_from(["", "", "text", "- b", "## Two", "> said", "  - c", "***"])
CONTAINED = st.builds(
    opened, st.sampled_from(MARKS), st.sampled_from(OPENED), TEXTS, st.booleans(), BELOW
)


@given(st.lists(BLOCKS | CONTAINED, max_size=8).map("\n\n".join))
@settings(max_examples=500, deadline=None)
def test_both_ways_of_reading_agree_on_ordinary_markdown(text: str) -> None:
    small, large = markdown.outline(text), markdown.outline(text, plainly=True)
    assert large.headings == small.headings
    assert large.constraints == small.constraints
    assert large.comments == small.comments
    assert large.unclosed == small.unclosed
    filled = {number for number, line in enumerate(small.lines) if line.strip()}
    assert large.code & filled == small.code & filled


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("opens", ["```", "~~~", "<!--"])
def test_code_that_begins_with_an_item_ends_with_it(marks: str, opens: str) -> None:
    text = opened(marks, opens, "# x", True, "- b")
    view = markdown.outline(f"## Constraints\n\n{text}\n\n## Two", plainly=True)
    assert view.unclosed is None
    assert [heading.title for heading in view.headings] == ["Constraints", "Two"]
    assert view.constraints[-1].text == "- b"


def test_a_heading_right_below_a_table_is_one() -> None:
    lines = ["| a |", "|---|", "| 1 |", "## Constraints", "- never c"]
    found = [piece for piece in plain.read_plainly(lines, 0) if piece.kind == "heading"]
    assert [piece.text for piece in found] == ["Constraints"]


def test_a_blank_line_below_an_item_is_no_line_of_its_text() -> None:
    lines = ["- a", "  b", "", "- c", "", "# H"]
    found = [piece for piece in plain.read_plainly(lines, 0) if piece.kind == "unit"]
    assert [(piece.start, piece.end) for piece in found] == [(0, 2), (3, 4)]


@pytest.mark.parametrize("marks", ["- - - - - ", "> > > > > ", "1. 2. 3. "])
def test_what_nests_deep_counts_as_large_long_before_its_lines_do(marks: str) -> None:
    assert not plain.is_large([f"{marks}a"] * 100)
    assert plain.is_large([f"{marks}a"] * 3000)
    assert not plain.is_large(["- a"] * 3000)


def test_a_wide_table_counts_its_cells() -> None:
    assert plain.is_large(["|a" * 900, "|-" * 900, *["|"] * 100])
    assert not plain.is_large(["| a | b |", "|---|---|", *["| 1 | 2 |"] * 400])


def test_constraints_of_a_large_text_are_guarded() -> None:
    text = "# M\n\n## Notes\n\n" + "- note\n" * 10_000 + "\n## Hard constraints\n\n- never\n"
    assert [block.text for block in markdown.outline(text).constraints] == ["- never"]


def test_what_an_item_goes_on_in_below_a_blank_line_is_no_code() -> None:
    for below in ("    more", "  more", "\tmore"):
        assert markdown.outline(f"- a\n\n\n{below}\n- b", plainly=True).code == frozenset()
    assert markdown.outline("words\n\n    code\n", plainly=True).code == {2}

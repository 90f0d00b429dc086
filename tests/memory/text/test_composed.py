"""A text with stretches of other texts in it: its outline is that of its lines, read anew."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memsync.memory.text.composed import (
    MANY,
    Place,
    beginnings,
    behind_large,
    composed,
    is_parted,
    table_at,
)
from memsync.memory.text.markdown import Outline, outline

ROWS = st.lists(
    st.sampled_from(
        "# H,## H,### H,- a,- b,  more,words,,,```,~~~,<!--,-->,<!-- x -->,> q,===,---,<pre>,"
        "</pre>,<div>,| a |,| b |,|---|,## Constraints,- never x,**Constraints**,**Bold**,    code,"
        "- ```,  ```,1. c,2. d,\tx,<?,(words),* * *,-".split(",")
    ),
    max_size=14,
)
PICK = st.integers(0, 1000)


def read(lines: list[str]) -> Outline:
    return outline("\n".join(lines), plainly=True)


def facts(view: Outline) -> tuple[object, ...]:
    return (
        view.headings,
        view.heading_ends,
        view.sections,
        view.constraints,
        view.unclosed,
        view.code,
        view.comments,
        view.prose,
        view.units,
        view.placeholders,
    )


TABLE = ["| a |", "|---|", "| b |", "| b |", "| b |"]


@given(ROWS, st.lists(st.tuples(ROWS, PICK, PICK), min_size=1, max_size=3))
@example(TABLE, [(["| c |", "| d |"], 1, 1)])
@example(["## Constraints", "", *TABLE], [(["| c | d |"], 1, 1)])
@example([*TABLE, "", "words"], [(["| c |", "", "more"], 0, 1)])
@example(["- a", "- b", "- a", "- b"], [(["- c", "- d"], 2, 1)])
@example(["words", "- a", "---"], [(["- c"], 1, 0)])
@example(["words", "- a"], [(["==="], 1, 0)])
@settings(max_examples=400, deadline=None)
def test_what_is_composed_is_what_reading_it_gives(
    old: list[str], changes: list[tuple[list[str], int, int]]
) -> None:
    old = ["# M", *old, "# End", ""]
    view = read(old)
    cuts = sorted(beginnings(view) - {0})
    lines, places, done = list[str](), list[Place](), 0
    for rows, from_cut, many in changes:
        later = [cut for cut in cuts if cut >= done]
        if not later:
            break
        start = later[from_cut % len(later)]
        end = later[min(later.index(start) + many % 4, len(later) - 1)]
        table = table_at(view, start)
        above = old[table : table + 2] if table is not None else []
        rows = [old[start], *rows] if many % 2 else [*rows]
        other = read([*above, *rows, old[end], ""])
        first, last = len(above), len(above) + len(rows)
        if not (is_parted(view, start, other, first) and is_parted(view, end, other, last)):
            continue
        places.append(Place(start, end, other, first, last))
        lines += [*old[done:start], *rows]
        done = end
    lines += old[done:]
    if places and view.runs_on is None:
        assert facts(composed(view, places)) == facts(read(lines))
        assert composed(view, places).lines == tuple(lines)


LARGE_PIECES = {
    "paragraph": ["words"] * (MANY + 1),
    "quote": ["> q"] * (MANY + 1),
    "table": TABLE + ["| b |"] * MANY,
    "code": ["```", *["words"] * MANY, "```"],
    "html": ["<a>"] * (MANY + 1),
}


@pytest.mark.parametrize("piece", LARGE_PIECES)
@given(ROWS, ROWS)
@example(["", "words"], ["- a", "", "words"])
@example(["", "words"], ["words"])
@example([], ["# Constraints", "- a"])
@example(["  more", "|---|"], ["  more"])
@settings(max_examples=60, deadline=None)
def test_what_stands_behind_a_very_long_piece_may_change(
    piece: str, below: list[str], rows: list[str]
) -> None:
    old = ["# M", *LARGE_PIECES[piece], *below, "# End", ""]
    view = read(old)
    end = old.index("# End")
    for start in sorted(behind_large(view)) if end in beginnings(view) else []:
        other = read([*rows, *old[end:]])
        if is_parted(view, start, other, 0) and is_parted(view, end, other, len(rows)):
            found = composed(view, [Place(start, end, other, 0, len(rows))])
            assert facts(found) == facts(read([*old[:start], *rows, *old[end:]]))


def test_a_new_item_may_stand_right_behind_a_very_long_piece() -> None:
    rows = ["- a", "", "# End", ""]
    for name, lines in LARGE_PIECES.items():
        view = read(["# M", *lines, "", "# End", ""])
        assert behind_large(view) == {len(lines) + 1: name == "html"}
        assert is_parted(view, len(lines) + 1, read(rows), 0) == (name != "html")
        assert is_parted(view, len(lines) + 1, read(["", *rows]), 0)


def test_a_table_and_a_list_can_be_parted_between_their_lines() -> None:
    view = read(["# M", "- a", "- b", "- c", "", *TABLE])
    assert beginnings(view) >= {2, 3, 7, 8, 9}
    assert not beginnings(view) & {4, 5, 6}
    assert [table_at(view, n) for n in (3, 5, 6, 7, 9)] == [None, None, None, 5, 5]

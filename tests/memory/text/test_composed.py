"""A text with stretches of other texts in it: its outline is that of its lines, read anew."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from memsync.memory.text.composed import Place, beginnings, composed, table_at
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
@example(["- a", "- b", "- a", "- b"], [(["- c", "- d"], 2, 0)])
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
        rows = [old[start], *rows]
        other = read([*above, *rows, old[end], ""])
        first, last = len(above), len(above) + len(rows)
        ends_alike = (table_at(other, last) is None) == (table_at(view, end) is None)
        begins_alike = (table_at(other, first) is None) == (table is None)
        begins_alike &= other.lines[first] == old[start]
        if not ({first, last} <= beginnings(other) and ends_alike and begins_alike):
            continue
        places.append(Place(start, end, other, first, last))
        lines += [*old[done:start], *rows]
        done = end
    lines += old[done:]
    if places and view.runs_on is None:
        assert facts(composed(view, places)) == facts(read(lines))
        assert composed(view, places).lines == tuple(lines)


def test_a_table_and_a_list_can_be_parted_between_their_lines() -> None:
    view = read(["# M", "- a", "- b", "- c", "", *TABLE])
    assert beginnings(view) >= {2, 3, 7, 8, 9}
    assert not beginnings(view) & {4, 5, 6}
    assert [table_at(view, n) for n in (3, 5, 6, 7, 9)] == [None, None, None, 5, 5]

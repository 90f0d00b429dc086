"""A wrapped list item goes, comes and stays as one, as a line does: what two sides make of it, it
is never put together of two, and never cut.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memsync.memory.text import edits
from memsync.memory.text.markdown import constraint_lines
from memsync.memory.text.pieces import pieces

WRAPPED = """\
# M

## Notes

- tea in the morning,
  with milk
- jam on bread,
  with milk

## Hard constraints

- never push
  to the main branch
- never delete
  to the main branch
"""


def items_of(body: str) -> list[str]:
    return [piece for piece in pieces(body) if piece.startswith("- ")]


def done(ours: str, edited: str, base: str = WRAPPED) -> list[edits.Applied]:
    """An edit of the base in another body, with the edited text at hand and without."""
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    return [edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)]


def test_an_item_that_two_sides_reworded_stands_there_in_both_wordings() -> None:
    """Their first lines are the same (seed 9310120)."""
    base = WRAPPED.replace("- tea in the morning,\n  with milk\n", "- tea in the morning\n")
    ours, edited = (
        base.replace("- tea in the morning\n", f"- tea in the morning,\n  {rest}\n")
        for rest in ("and coffee\n  at noon", "and juice\n  at night")
    )
    for applied in done(ours, edited, base):
        assert applied.unplaced == ()
        assert set(items_of(ours)) | set(items_of(edited)) == set(items_of(applied.body))


def test_an_item_that_one_side_reworded_is_whole_where_the_other_rewrote_the_file() -> None:
    """Not the end of it alone, which would hang on what stands there now."""
    base = "# M\n\n- tea\n- jam on bread,\n  with milk\n"
    for applied in done("# M\n\n- tea\n- cake\n", base.replace("milk", "honey"), base):
        assert applied.unplaced == ()
        assert set(items_of(applied.body)) == {"- tea", "- cake", "- jam on bread,\n  with honey"}


def test_an_item_without_a_place_is_for_claude_with_its_first_line() -> None:
    base = WRAPPED.replace("- jam", "- bread\n- jam")
    edited = base.replace("- bread\n", "- bread\n- tea in the morning,\n  with lemon\n")
    now = WRAPPED.replace("## Notes", "## Facts").replace("- jam on bread,\n  with milk\n", "")
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    lines = [op.line for op in edits.apply(now, edit, None).unplaced]
    assert lines == ["- tea in the morning,", "  with lemon"]


def test_of_two_items_with_a_line_in_common_the_one_goes_that_was_removed() -> None:
    for item in items_of(WRAPPED):
        for applied in done(f"{WRAPPED}\n## New\n\n- cake\n", WRAPPED.replace(f"{item}\n", "")):
            assert items_of(applied.body) == [
                *(other for other in items_of(WRAPPED) if other != item),
                "- cake",
            ]


def test_wrapped_constraints_keep_their_lines_where_an_edit_takes_their_heading() -> None:
    ours = WRAPPED.replace("- never delete", "- never merge\n  to the main branch\n- never delete")
    edited = WRAPPED.replace("- tea", "- cake\n- tea").replace("## Hard constraints\n\n", "")
    for applied in done(ours, edited):
        assert sorted(items_of(applied.body)) == sorted(["- cake", *items_of(ours)])
        lines = applied.body.split("\n")
        assert lines.index("- never merge") in constraint_lines(applied.body)


def test_what_a_text_without_a_base_adds_is_whole_though_a_line_of_it_is_there() -> None:
    text = "# M\n\n- tea in the morning,\n  with lemon\n- cake,\n  with milk\n"
    edit = edits.difference("-", WRAPPED, text, additions_only=True)
    assert edit is not None
    added = ["- tea in the morning,\n  with lemon", "- cake,\n  with milk"]
    for body in (
        edits.with_additions(WRAPPED, text, edit),
        edits.apply(WRAPPED, edit, None).body,
    ):
        assert set(items_of(body)) == {*items_of(WRAPPED), *added}


def test_a_paragraph_of_an_item_that_both_sides_added_stands_there_once() -> None:
    more = WRAPPED.replace("- jam", "- cake\n\n  It is sweet.\n- jam")
    for applied in done(f"{more}\n- new\n", more):
        assert applied == edits.Applied(f"{more}\n- new\n")


def test_the_line_above_an_addition_may_be_one_that_an_item_goes_on_in() -> None:
    """It is no paragraph, and none of the same words is it in another dress."""
    base = "# M\n\n- tea,\n  with milk\n- bread\n"
    edit = edits.difference("1b1ce3deedd5", base, base.replace("- bread", "- cake\n- bread"))
    assert edit is not None
    now = "# M\n\n- jam\n- with milk\n- tea\n"
    assert items_of(edits.apply(now, edit, None).body)[:3] == ["- jam", "- with milk", "- tea"]
    applied = edits.apply("# M\n\nwith milk\n\n- jam\n", edit, None)
    assert [op.line for op in applied.unplaced] == ["- cake"]


def test_plain_lines_below_an_item_are_lines_of_their_own() -> None:
    """Markdown takes them for a part of it; those who write so do not."""
    base = "# M\n\n- drinks\ntea\njam\n"
    edited = base.replace("tea", "milk\ntea")
    for applied in done(f"{base}bread\n", edited, base):
        lines = [line for line in applied.body.split("\n") if line]
        assert lines == ["# M", "- drinks", "milk", "tea", "jam", "bread"]


FEW = st.sampled_from(["ash oak", "elm fir", "yew box"])
ITEMS = st.lists(FEW, min_size=1, max_size=3).map(lambda lines: "- " + "\n  ".join(lines))
LISTS = st.lists(st.lists(ITEMS, max_size=3), min_size=3, max_size=3).map(
    lambda parts: "\n".join(
        f"## {title}\n\n" + "".join(f"{item}\n" for item in part)
        for title, part in zip(("Notes", "Hard constraints", "Likes"), parts, strict=True)
    )
)


@given(LISTS, LISTS, LISTS)
@example(
    "## Notes\n\n## Hard constraints\n\n## Likes\n\n- elm fir\n  ash oak\n- ash oak\n",
    "## Notes\n\n## Hard constraints\n\n## Likes\n\n- elm fir\n  ash oak\n",
    "## Notes\n\n## Hard constraints\n\n## Likes\n\n- ash oak\n- elm fir\n",
)
@settings(max_examples=300, deadline=None)
def test_no_item_is_put_together_of_two(base: str, ours: str, theirs: str) -> None:
    edit = edits.difference("1b1ce3deedd5", base, theirs, meant=True)
    if edit is None:
        return
    old, now, new = (set(items_of(text)) for text in (base, ours, theirs))
    for applied in (
        edits.apply_text(ours, base, theirs, edit),
        edits.apply(ours, edit, base),
        edits.apply(ours, edit, None),
    ):
        there = set(items_of(applied.body))
        left = set(items_of("\n".join(op.line for op in applied.unplaced if op.sign == "+")))
        assert there <= old | now | new
        assert (now | new) - old <= there | left


MORNING = """\
# M

## Me

- tea in the morning
  with milk
- a dog

## Hard constraints

- Never push
  without review
- Ask
"""
PARTS = {
    "-   with milk\n+   with lemon": ("  with milk", "  with lemon"),
    "+   and lemon": ("- tea in the morning", "- tea in the morning\n  and lemon"),
    "+ - cake": ("  with milk", "  with milk\n- cake"),
    "- - tea in the morning\n+ - tea at noon": ("- tea in the morning", "- tea at noon"),
}


@pytest.mark.parametrize("above", ["= - tea in the morning\n", ""])
@pytest.mark.parametrize("ops", PARTS)
def test_a_note_may_name_only_the_lines_of_an_item_that_changed(ops: str, above: str) -> None:
    if not above and ops.startswith("+"):
        above = "= - tea in the morning\n"
    edit = edits.read(f"base: 0123456789ab\n{above}{ops}\n")
    for extra in ("", "- a cat\n"):
        body = MORNING.replace("- a dog\n", f"- a dog\n{extra}")
        applied = edits.apply(body, edit, MORNING)
        assert applied == edits.Applied(body.replace(*PARTS[ops], 1))


@pytest.mark.parametrize(
    ("above", "line"),
    [("- Never push", "+C   at night"), ("- tea in the morning", "+   and lemon")],
)
def test_a_line_of_an_item_without_a_base_is_put_into_no_other_item(above: str, line: str) -> None:
    edit = edits.read(f"base: -\n= {above}\n{line}\n")
    more = line.partition(" ")[2]
    applied = edits.apply(MORNING, edit, None)
    assert applied == edits.Applied(MORNING.replace(above, f"{above}\n{more}"))


def test_what_an_edit_without_a_base_adds_is_not_taken_away_by_it() -> None:
    edit = edits.difference("1b1ce3deedd5", "- ash\n    ash\n", "    ash\n", meant=True)
    assert edit is not None
    applied = edits.apply("\n", edit, None)
    assert "ash" in " ".join([applied.body, *(op.line for op in applied.unplaced)])

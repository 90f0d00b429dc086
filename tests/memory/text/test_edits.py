"""Hand edits as notes: what a person did is kept, what a formatter did is no change, and an
addition has its place on every machine.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memsync.memory.text import edits
from memsync.memory.text.document import normal
from memsync.memory.text.dress import units
from memsync.memory.text.dressing import in_dress_of
from memsync.memory.text.markdown import constraint_lines
from memsync.memory.text.ops import Op

BASE = """\
# Memory

## Notes

- one
- two
- three

## Hard constraints

- never four
- never five

## Likes

Tea in the morning, and nothing that is
sweet before noon; coffee
never.

| drink | when |
|---|---|
| tea | morning |
"""

FORMATTED = """\
Memory
======

## Notes ##

* one
* two
* **three**

## Hard constraints

1. never four
2. never five

## Likes

Tea in the morning, and nothing
that is sweet before
noon; coffee never.

| drink | when    |
| ----- | :------ |
| tea   | morning |
"""


def edit_of(old: str, new: str) -> edits.Edit:
    edit = edits.difference("1b1ce3deedd5", old, new)
    assert edit is not None
    return edit


def test_a_note_names_the_unchanged_line_above_each_run_of_changes() -> None:
    new = BASE.replace("- one\n", "- zero\n- one\n").replace("- three\n", "- 3\n- more\n")
    new = new.replace("- never five\n", "")
    assert edits.write(edit_of(BASE, new)) == (
        "base: 1b1ce3deedd5\n= ## Notes\n+ - zero\n= - two\n- - three\n+ - 3\n+ - more\n"
        "= - never four\n-C - never five\n"
    )


def test_changes_at_the_top_of_the_file_stand_below_nothing() -> None:
    edit = edit_of("- one\n", "- zero\n- one\n")
    assert edits.write(edit) == "base: 1b1ce3deedd5\n=\n+ - zero\n"
    assert edits.read(edits.write(edit)) == edit
    assert edits.apply("- one\n- two\n", edit, None).body == "- zero\n- one\n- two\n"


def test_a_note_reads_back_as_it_was_written() -> None:
    edit = edit_of(BASE, BASE.replace("- two\n", "- 2\n").replace("coffee\n", "cocoa\n"))
    assert edits.read(edits.write(edit)) == edit


def test_a_note_of_the_first_edition_is_still_read_and_applied() -> None:
    text = "base: 1b1ce3deedd5\n- - two\n+ - 2\n-C - never five\n+C - never 5\n"
    applied = edits.apply(BASE, edits.read(text), BASE)
    assert applied.unplaced == ()
    assert applied.body == BASE.replace("- two\n", "- 2\n").replace("five", "5")


@pytest.mark.parametrize("known", [True, False])
def test_an_addition_finds_its_place_where_everything_else_changed(known: bool) -> None:
    """No call is needed where the line above it stands once."""
    edit = edit_of(BASE, BASE.replace("- two\n", "- two\n- two and a half\n"))
    now = BASE.replace("- one\n", "").replace("- three\n", "- 3\n").replace("Notes", "Facts")
    applied = edits.apply(now, edit, BASE if known else None)
    assert applied.unplaced == ()
    assert applied.body == now.replace("- two\n", "- two\n- two and a half\n")


def test_an_addition_below_a_heading_stands_below_its_blank_line() -> None:
    edit = edit_of(BASE, BASE.replace("- one\n", "- zero\n- one\n"))
    now = BASE.replace("- one\n", "- 1\n")
    assert edits.apply(now, edit, None).body == now.replace("- 1\n", "- zero\n- 1\n")


def test_an_addition_whose_line_stands_twice_or_not_at_all_has_no_clear_place() -> None:
    edit = edit_of(BASE, BASE.replace("- two\n", "- two\n- more\n"))
    for now in (BASE.replace("- three\n", "- two\n"), BASE.replace("- two\n", "")):
        applied = edits.apply(now, edit, None)
        assert applied.body == now
        assert [op.line for op in applied.unplaced] == ["- more"]


def test_a_line_that_is_no_constraint_does_not_become_one_by_its_place() -> None:
    new = BASE.replace("- never five\n", "- never five\n\n## New\n\n- plain\n")
    edit = edit_of(BASE, new)
    applied = edits.apply(BASE.replace("- one\n", "- 1\n"), edit, None)
    lines = applied.body.split("\n")
    assert {lines[n] for n in constraint_lines(applied.body)} == {"- never four", "- never five"}
    assert [op.line for op in applied.unplaced] == ["- plain"]


@pytest.mark.parametrize(
    "block",
    [
        "* wrapped\n  in three\n  lines",
        "- item\n  - nested",
        "```\nls\ncd\n```",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "> said\nlazily",
    ],
)
def test_what_stands_together_is_not_torn_apart(block: str) -> None:
    """Each added line could take the place of a removed one."""
    old = "- a\n\n## H\n\n- b\n\n## I\n\n- c\n\n## J\n\n- d\n"
    edit = edit_of(old, f"{block}\n")
    assert f"{block}\n" in edits.apply(f"- top\n{old}", edit, old).body


# -- dress ----------------------------------------------------------------------------------------


def test_what_a_formatter_does_is_no_change() -> None:
    assert edits.difference("1b1ce3deedd5", BASE, FORMATTED) is None
    assert edits.difference("-", BASE, FORMATTED, additions_only=True) is None
    assert edits.difference("0123456789ab", BASE, FORMATTED) is None
    assert not edits.is_another_file(BASE, FORMATTED)
    assert edits.out_of_force(BASE, FORMATTED) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Never delete *.md files\n", "- Never delete .md files\n"),
        ("- Lisbon\n", "- lisbon\n"),
        ("- snake_case_name\n", "- snakecasename\n"),
        ("- use `a_b_c`\n", "- use `abc`\n"),
        ("- It's 5\n", "- It's 6\n"),
        ("- [ ] done\n", "- [x] done\n"),
        ("**Constraints**\n", "Constraints\n"),
        ("```\na *b*\n```\n", "```\na b\n```\n"),
        ("| a | b |\n|--|--|\n| 1 | 2 |\n", "| a | b |\n|--|--|\n| 12 |  |\n"),
    ],
)
def test_what_says_something_else_is_a_change(old: str, new: str) -> None:
    assert edits.difference("1b1ce3deedd5", old, new, meant=True) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- a b\n", "+   a  b\n"),
        ("1. a\n2. b\n", "1) a\n1) b\n"),
        ("- *a* and **b**\n", "- _a_ and __b__\n"),
        ("- a * b and c_d\n", "- a \\* b and c\\_d\n"),
        ("- a\n  b c\n", "- a b\n  c\n"),
        ("> a\n> b c\n", "> a b\n> c\n"),
        ("a | b\n--|--\n1 | 2\n", "| a   | b   |\n| --- | --- |\n| 1   | 2   |\n"),
        ("***\n\na\n", "---\n\na\n"),
        ("- a\n    - b\n", "- a\n  - b\n"),
    ],
)
def test_another_dress_is_no_change(old: str, new: str) -> None:
    assert edits.difference("1b1ce3deedd5", old, new, meant=True) is None
    assert in_dress_of(new, old).text == old


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- a\n\n---\n\n- b\n", "- a\n\nnew words\n***\n\n- b\n"),
        ("- a\n\n-\n", "- a\n\nnew words\n*\n"),
        ("-\na b\n", "x\n\nnew words\n|---|---|\na b\n"),
    ],
)
@pytest.mark.parametrize("base", ["1b1ce3deedd5", edits.NO_BASE])
def test_no_dress_makes_a_heading_of_the_line_above_it(base: str, old: str, new: str) -> None:
    """As a heading the new words would be no change, so that no note would have them."""
    edit = edits.difference(base, old, new, additions_only=base == edits.NO_BASE)
    assert edit is not None
    assert "new words" in edit.lines("+")


def test_an_edit_of_the_old_dress_is_applied_to_the_new_one_and_leaves_it() -> None:
    edit = edit_of(BASE, BASE.replace("- two\n", "- two\n- more\n").replace("- never five\n", ""))
    applied = edits.apply(FORMATTED, edit, BASE)
    assert applied.unplaced == ()
    wanted = FORMATTED.replace("* two\n", "* two\n- more\n").replace("2. never five\n", "")
    assert applied.body == wanted


def test_a_formatted_text_with_a_new_line_is_taken_as_it_is() -> None:
    formatted = FORMATTED.replace("* two\n", "* two\n* more\n")
    edit = edit_of(BASE, formatted)
    assert edits.write(edit) == "base: 1b1ce3deedd5\n= - two\n+ * more\n"
    assert edits.apply_text(BASE, BASE, formatted, edit).body.count("more") == 1
    other = BASE.replace("- one\n", "- 1\n")
    applied = edits.apply_text(other, BASE, formatted, edit)
    assert applied.body.split("\n")[:8] == [
        "Memory",
        "======",
        "",
        "## Notes ##",
        "",
        "- 1",
        "* two",
        "* more",
    ]
    assert applied.unplaced == ()


def test_a_line_that_both_sides_added_in_another_dress_stands_there_once() -> None:
    edit = edit_of(BASE, BASE.replace("- two\n", "- two\n- more\n"))
    now = BASE.replace("- three\n", "- three\n* more\n")
    for base in (BASE, None):
        applied = edits.apply(now, edit, base)
        assert (applied.body, applied.unplaced) == (now, ())


def test_a_new_constraint_that_another_edit_put_outside_its_section_moves_into_it() -> None:
    edit = edit_of(BASE, BASE.replace("- never four\n", "- never four\n- never six\n"))
    by_another = BASE.replace("- one\n", "- one\n- never six\n")
    for base in (BASE, None):
        moved = edits.apply(by_another, edit, base).body
        assert said(moved) == said(edits.apply(BASE, edit, BASE).body)
        assert moved.split("\n").index("- never six") in constraint_lines(moved)
    # Where it stood outside when the edit was made, the person has it twice
    twice = edits.apply(by_another, edit, by_another).body
    assert twice.count("- never six\n") == 2


def test_additions_of_two_edits_that_differ_in_dress_alone_are_written_alike() -> None:
    """Claude is asked for each of them, and files what reads the same once."""
    one = edits.read("base: 0123456789ab\n+ - one rather long line\n- - gone\n").ops
    other = edits.read("base: 0123456789ab\n+ * one rather\n+   long line\n+ - two\n- - gone\n").ops
    assert edits.in_dress_of_ops(other, one) == (
        edits.Op("+", "- one rather long line"),
        edits.Op("+", "- two"),
        edits.Op("-", "- gone"),
    )
    assert edits.in_dress_of_ops(other, ()) == other


@pytest.mark.parametrize("end", ["  end of a paragraph", "end of a paragraph"])
def test_what_stands_below_an_addition_is_no_part_of_it(end: str) -> None:
    """An edit of an unknown file: the line above the second change goes on in its third line."""
    ops = f"base: -\n= # T\n+ - one rather\n+   long line\n= {end}\n+ - two\n"
    now = "# T\n\n- one rather long line\n\n## Notes\n"
    assert edits.apply(now, edits.read(ops), None).body == now


# -- big cuts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
def test_a_constraint_that_stood_there_three_times_stays_as_often_as_it_was_left(
    known: bool,
) -> None:
    rule = "- never four\n"
    old = BASE.replace(rule, rule * 3)
    edit = edits.difference("1b1ce3deedd5", old, BASE, meant=True)
    assert edit is not None
    assert edits.apply_text(old, old, BASE, edit).body == BASE
    assert edits.apply(old, edit, old if known else None).body == BASE


def test_what_two_sides_tidied_alike_is_tidied_once() -> None:
    rule = "- never four\n"
    old = BASE.replace(rule, rule * 2)
    edit = edits.difference("1b1ce3deedd5", old, BASE, meant=True)
    assert edit is not None
    assert edits.apply_text(BASE, old, BASE, edit).body == BASE
    assert edits.apply(BASE, edit, old).body == BASE


def test_a_constraint_that_was_removed_with_its_heading_goes_wherever_it_stands_now() -> None:
    rules = "## Hard constraints\n\n- never four\n- never five\n"
    edited = BASE.replace(f"{rules}\n", "")
    edit = edit_of(BASE, edited)
    now = BASE.replace("- never four\n- never five\n", "- never five\n- never four\n")
    for applied in (edits.apply_text(now, BASE, edited, edit), edits.apply(now, edit, BASE)):
        assert "never" not in applied.body.replace("coffee\nnever", "")


def test_fewer_than_half_of_the_lines_are_another_file_where_nobody_knows_the_version() -> None:
    cut = "# Memory\n\n- new\n"
    assert edits.is_another_file(BASE, cut)
    edit = edits.difference("-", BASE, cut)
    assert edit is not None
    assert (edit.base, edit.lines("-"), edit.lines("+")) == ("-", [], ["- new"])
    known = edit_of(BASE, cut)
    assert not edits.is_another_file(BASE, cut, base_known=True)
    assert "- one" in known.lines("-")
    assert edits.apply(BASE, known, BASE).unplaced == ()
    assert edits.is_another_file(BASE, cut)
    assert not edits.is_another_file(BASE, cut, base_known=True)


# -- properties -----------------------------------------------------------------------------------

WORDS = st.sampled_from(["ash", "birch", "*cedar*", "`d_e`", "elm_f", "fir\\_g", "2", "| h"])
LINES = st.one_of(
    st.builds(
        "{}{}".format,
        st.sampled_from(["- ", "* ", "  - ", "1. ", "", "> ", "    "]),
        st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
    ),
    st.sampled_from(
        ["", "", "## Hard constraints", "## Notes", "# T", "```", "<!--", "-->", "---"]
    ),
)
BODIES = st.lists(LINES, max_size=12).map(lambda lines: normal("\n".join(lines)))


def bare(line: str) -> str:
    """What a line says by itself."""
    return "".join(unit.key.lstrip("\0> ") for unit in units([line.strip()])).strip()


def said(text: str) -> list[str]:
    return sorted(line for line in text.split("\n") if line.strip())


@given(BODIES, BODIES)
@example("## Hard constraints\n- ash\n```\n```\n- ash\n- ash\n", "- ash\n- ash\n```\n")
@example(
    "- ash\n## Hard constraints\n- ash\n- ash\n```\n- ash\n## Notes\n",
    "- ash\n## Notes\n- ash\n- ash\n",
)
@example(
    "- ash\n## Hard constraints\n-->\n## Notes\n-->\n- ash\n",
    "## Hard constraints\n- ash ash\n-->\n",
)
@example("- ash\n## Hard constraints\n```\n", "```\n- ash\n    ash\n")
@settings(max_examples=300, deadline=None)
def test_an_edit_of_a_body_applied_to_that_body_is_the_edited_one(old: str, new: str) -> None:
    edit = edits.difference("1b1ce3deedd5", old, new, meant=True)
    if edit is None:
        return
    applied = edits.apply_text(old, old, new, edit)
    assert applied.unplaced == ()
    if constraint_lines(old) or constraint_lines(new):
        # Those that the edit does not touch stay in force, whatever it does around them
        assert {bare(line) for line in said(new)} <= {bare(line) for line in said(applied.body)}
    else:
        assert applied.body == new


TWICE = "- yew\n## Hard constraints\n- oak\n## Notes\n- oak\n- yew\n"


@pytest.mark.parametrize(
    ("edited", "removed"),
    [
        ("## Hard constraints\n- elm\n- oak\n## Notes\n- yew\n", Op("-", "- oak", False)),
        ("## Hard constraints\n- elm\n- oak\n", Op("-", "- oak", False)),
        ("- yew\n## Hard constraints\n## Notes\n- oak\n- yew\n", Op("-", "- oak", True)),
        ("## Hard constraints\n- elm\n\n## Notes\n- oak\n", Op("-", "- oak", True)),
    ],
)
def test_of_a_line_that_is_a_constraint_and_stands_elsewhere_the_one_goes_that_was_removed(
    edited: str, removed: Op
) -> None:
    edit = edits.difference("1b1ce3deedd5", TWICE, edited, meant=True)
    assert edit is not None
    assert [op for op in edit.ops if op.line == "- oak" and op.sign == "-"] == [removed]
    assert edits.apply_text(TWICE, TWICE, edited, edit).body == edited
    there = edits.apply(TWICE, edit, TWICE).body
    rules = {there.split("\n")[number] for number in constraint_lines(there)}
    assert ("- oak" in rules) is not removed.constraint


@given(BODIES, BODIES, BODIES)
@settings(max_examples=300, deadline=None)
def test_no_added_line_is_lost_between_two_sides(base: str, ours: str, theirs: str) -> None:
    edit = edits.difference("1b1ce3deedd5", base, theirs, meant=True)
    if edit is None:
        return
    for applied in (
        edits.apply_text(ours, base, theirs, edit),
        edits.apply(ours, edit, base),
        edits.apply(ours, edit, None),
    ):
        lines = [*applied.body.split("\n"), *(op.line for op in applied.unplaced)]
        here = " ".join(bare(line) for line in lines)
        assert [line for line in edit.lines("+") if bare(line) not in here] == []


@given(BODIES, BODIES)
@settings(max_examples=300, deadline=None)
def test_a_note_is_a_function_of_what_was_seen_and_reads_back(old: str, new: str) -> None:
    edit = edits.difference("1b1ce3deedd5", old, new, meant=True)
    assert edit == edits.difference("1b1ce3deedd5", old, new, meant=True)
    if edit is not None:
        assert edits.read(edits.write(edit)) == edit


@pytest.mark.parametrize("base", ["-", ""])
def test_a_note_without_a_base_removes_nothing(base: str) -> None:
    forged = edits.read(f"base: {base}\n-C - never four\n- - one\n+ - seven\n")
    assert forged.lines("+") == ["- seven"]
    assert forged.lines("-") == []


def test_a_constraint_that_stands_elsewhere_is_no_addition_where_nothing_counts_as_removed() -> (
    None
):
    likes = "## Likes\n\n- tea\n- bread\n- jam\n"
    old = f"{likes}\n## Hard constraints\n\n- Never push\n- Never push\n- Ask first\n"
    new = "- Never push\n- tea\n- bread\n- jam\n- cake\n"
    edit = edits.difference("-", old, new, additions_only=True)
    assert edit is not None
    assert edit.lines("+") == ["- cake"]
    third = edits.difference("-", old, f"{new}- Never push\n- Never push\n", additions_only=True)
    assert third is not None
    assert sorted(third.lines("+")) == ["- Never push", "- cake"]


@pytest.mark.parametrize("left", ["", "- one\n- two\n"])
def test_a_line_that_was_removed_and_is_a_constraint_elsewhere_by_now_stands_once(
    left: str,
) -> None:
    base = "# M\n\n## Notes\n\n- one\n- two\n- six\n\n## Hard constraints\n\n- never four\n"
    ours = f"# M\n\n{left}- seven\n\n## Hard constraints\n\n- never five\n- one\n- two\n"
    edited = "# M\n\n- six\n- eight\n"
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    for done in (edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)):
        lines = done.body.split("\n")
        assert [lines.count(line) for line in ("- one", "- two", "- never five")] == [1, 1, 1]
        assert {"- one", "- two", "- never five"} <= {lines[n] for n in constraint_lines(done.body)}


def test_a_line_that_a_merge_made_a_constraint_stands_once_where_another_edit_left_it() -> None:
    """The file was rewritten on one machine; on another the line had become a constraint."""
    base = "# M\n\n## Notes\n\n- one\n- two\n\n## Hard constraints\n\n- never four\n"
    ours = "# M\n\n## Notes\n\n- two\n- six\n\n## Hard constraints\n\n- never four\n- one\n- five\n"
    edited = "# M\n\n- one\n- eight\n"
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    for done in (edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)):
        lines = done.body.split("\n")
        assert [lines.count(line) for line in ("- one", "- five", "- six", "- eight")] == [1] * 4
        assert {"- one", "- five"} <= {lines[n] for n in constraint_lines(done.body)}


def test_a_line_that_both_sides_left_outside_the_constraints_stays_beside_the_constraint() -> None:
    base = "# M\n\n## Notes\n\n- one\n- two\n\n## Hard constraints\n\n- never four\n"
    ours = base.replace("- never four\n", "- never four\n- one\n")
    edited = "# M\n\n## Notes\n\n- one\n- eight\n"
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    for done in (edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)):
        lines = done.body.split("\n")
        rules = [lines[n] for n in sorted(constraint_lines(done.body))]
        assert (lines.count("- one"), rules.count("- one")) == (2, 1)


def test_what_a_text_without_a_base_has_as_a_constraint_is_one_on_every_machine() -> None:
    """Where the text itself is at hand, and where only its note is."""
    here = "# M\n\n## Notes\n\n- one\n- two\n\n## Hard constraints\n\n- never four\n"
    text = "# M\n\n## Hard constraints\n\n- never four\n- one\n- two\n- never five\n"
    edit = edits.difference(edits.NO_BASE, here, text, additions_only=True)
    assert edit is not None
    whole = edits.with_additions(here, text, edit)
    for done in (edits.apply_text(here, here, whole, edit), edits.apply(here, edit, None)):
        lines = done.body.split("\n")
        rules = {lines[n] for n in constraint_lines(done.body)}
        assert [lines.count(line) for line in ("- one", "- two", "- never five")] == [1, 1, 1]
        assert {"- one", "- two", "- never five"} <= rules


def test_what_a_text_without_a_base_has_as_a_constraint_is_one_where_its_heading_is_gone() -> None:
    base = "# M\n\n- one\n- two\n\n## Hard constraints\n\n- (Rules)\n"
    here = "# M\n\n- one\n- (Rules)\n"
    text = base.replace("- (Rules)\n", "- (Rules)\n- one\n- never five\n")
    edit = edits.difference(edits.NO_BASE, base, text, additions_only=True)
    assert edit is not None
    for done in (edits.apply_text(here, base, text, edit), edits.apply(here, edit, base)):
        lines = done.body.split("\n")
        assert [lines.count(line) for line in ("- one", "- never five")] == [1, 1]
        assert {"- one", "- never five"} <= {lines[n] for n in constraint_lines(done.body)}


def test_a_line_that_both_sides_made_a_constraint_is_one() -> None:
    base = "# M\n\n## Notes\n\n- one\n- two\n\n## Hard constraints\n\n- never four\n"
    ours = "# M\n\n- one and more\n\n## Notes\n\n\n## Hard constraints\n- one\n- never five\n"
    edited = base + "- one\n- never five\n"
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    for done in (edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)):
        lines = done.body.split("\n")
        rules = [lines[n] for n in sorted(constraint_lines(done.body))]
        assert [rules.count(line) for line in ("- one", "- never five")] == [1, 1]


def test_a_line_of_code_among_constraints_takes_no_heading_away() -> None:
    here = "# M\n\n# setup\n\n- one\n\n## Hard constraints\n\n- never four\n"
    text = f"{here}\n```\n# setup\n```\n"
    edit = edits.difference(edits.NO_BASE, here, text, additions_only=True)
    assert edit is not None
    whole = edits.with_additions(here, text, edit)
    for done in (edits.apply_text(here, here, whole, edit), edits.apply(here, edit, None)):
        assert done.body.startswith("# M\n\n# setup\n\n- one\n")


def filled(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("mark", ["- ", ""])
@pytest.mark.parametrize("more", [", and\n  cocoa at night", "\n  and cocoa at night"])
def test_a_wrapped_item_that_one_side_changed_is_not_taken_apart_by_the_other(
    mark: str, more: str
) -> None:
    """As one line that was changed stays where another machine deletes what it was."""
    item = f"{mark}tea in the morning,\n  coffee at noon"
    base = f"# M\n\n- milk in the fridge\n\n{item}\n\n- bread in the box\n- jam\n"
    ours, edited = base.replace(item, item + more), base.replace(f"{item}\n\n", "")
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    for done in (edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)):
        assert filled(done.body) == filled(ours)
    for done in (edits.apply_text(base, base, edited, edit), edits.apply(base, edit, base)):
        assert filled(done.body) == filled(edited)


@pytest.mark.parametrize("mark", ["- ", ""])
def test_what_stands_there_in_another_dress_is_not_added_in_pieces(mark: str) -> None:
    """A formatter went over one copy, and the line that it wraps was reworded in both."""
    base = f"# M\n\n{mark}tea in the\n  morning, coffee\n  at noon\n\n* bread\n"
    edited = base.replace("* ", "- ").replace("  at noon", "  at noon, cocoa\n  at night")
    now = f"# M\n\n{mark}tea in the morning, coffee at noon, cocoa at night\n\n- bread\n- jam\n"
    edit = edits.difference("0123456789ab", base, edited)
    assert edit is not None
    assert edits.apply_text(now, base, edited, edit).body == now


def test_a_note_names_the_constraint_that_went_not_the_equal_line_elsewhere() -> None:
    """Where the line above it stands there twice, too."""
    base = "# M\n\n- jam\n- tea\n\n## Hard constraints\n\n- jam\n- tea\n- never five\n"
    ours = base.replace("- tea\n- never five", "- tea, always\n- never five")
    edited = base.replace("- tea\n- never five", "- never five")
    edit = edit_of(base, edited)
    for done in (edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)):
        assert done.body.split("\n")[2:4] == ["- jam", "- tea"]


def test_a_list_made_of_paragraphs_is_not_run_together_by_an_edit_of_another() -> None:
    base = "# M\n\n- milk\n\ntea\n\n- jam\n\n## Hard constraints\n\nNever push\n\nAsk\n"
    ours = "# M\n\n- milk\n- tea\n- jam\n\n## Hard constraints\n\n- Never push\n- Ask\n"
    edited = base.replace("- jam\n", "- jam\n- bread\n")
    edit = edit_of(base, edited)
    for done in (edits.apply_text(ours, base, edited, edit), edits.apply(ours, edit, base)):
        assert done.body == ours.replace("- jam\n", "- jam\n- bread\n")
    edit = edit_of(base, ours)
    for done in (edits.apply_text(edited, base, ours, edit), edits.apply(edited, edit, base)):
        assert filled(done.body) == filled(ours.replace("- jam\n", "- jam\n- bread\n"))
    assert edits.out_of_force(base, ours) == ()


@pytest.mark.parametrize("was", ["- tea\n- milk\n- a dog\n", "tea\n\nmilk\n\na dog\n"])
def test_another_file_that_has_a_list_as_paragraphs_adds_only_what_is_new(was: str) -> None:
    other = "tea\n\nmilk\n\na dog\n" if was.startswith("-") else "- tea\n- milk\n- a dog\n"
    old, new = f"# M\n\n## Me\n\n{was}", f"# N\n\n## Me\n\n{other}\n- a cat\n"
    edit = edits.difference("-", old, new, additions_only=True)
    assert edit is not None
    assert edit.lines("+") == ["- a cat"]
    assert edits.with_additions(old, new, edit) == f"{old}- a cat\n"

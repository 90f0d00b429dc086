"""Which lines are headings, constraints, code and comments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from memsync.memory.text.constraints import is_constraint_title
from memsync.memory.text.markdown import constraint_lines, outline


def constraints(text: str) -> list[str]:
    return [block.text for block in outline(text).constraints]


@pytest.mark.parametrize(
    "title",
    [
        "Hard constraints",
        "hard CONSTRAINTS",
        "Constraints",
        "Constraints: data",
        "Hard constraints (never remove)",
        "Hard  constraints",
        "Hard\u00a0constraints",
        "**Hard constraints**",
        "_Constraints_",
        "`Constraints`",
        "constraints, all of them",
    ],
)
def test_titles_of_constraints(title: str) -> None:
    assert is_constraint_title(title)


@pytest.mark.parametrize(
    "title", ["Soft constraints", "Constraint", "My constraints", "Hard rules", "Hard", "", "Har"]
)
def test_other_titles(title: str) -> None:
    assert not is_constraint_title(title)


@pytest.mark.parametrize(
    "heading",
    [
        "# Constraints",
        "###### Constraints",
        "## Hard constraints ##",
        "##   Hard constraints:",
        "  ## Constraints",
        "Constraints\n===",
        "Hard constraints\n---",
        "Hard\nconstraints\n---",
        "**Constraints**",
        "__Hard constraints:__",
        "## ⛔ Hard constraints",
        "## 5. Constraints",
    ],
)
def test_forms_of_headings(heading: str) -> None:
    assert constraints(f"intro\n\n{heading}\n\n- one\n- two\n") == ["- one", "- two"]


@pytest.mark.parametrize(
    "heading",
    [
        "#Constraints",
        "####### Constraints",
        "    ## Constraints",
        "- # Constraints",
        "> ## Constraints",
        "```\n# Constraints\n```",
        "<!--\n# Constraints\n-->",
        "<div>\n# Constraints\n</div>",
        "Constraints",
        "\\# Constraints",
    ],
)
def test_what_is_no_heading(heading: str) -> None:
    assert constraints(f"intro\n\n{heading}\n\n- one\n") == []


def test_a_section_ends_at_a_heading_of_its_level_or_above() -> None:
    text = "## Constraints\n- a\n### Sub\n- b\n#### Deeper\n- c\n"
    text += "## Next\n- d\n# Constraints\n- e\n## Sub\n- f\n# End\n- g\n"
    assert constraints(text) == ["- a", "- b", "- c", "- e", "- f"]


def test_a_constraints_heading_inside_a_constraints_section_is_a_heading_of_it() -> None:
    view = outline("# Constraints\n- a\n## Hard constraints\n- b\n# End\n")
    assert len(view.sections) == 1
    assert [block.text for block in view.constraints] == ["- a", "- b"]


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("- a\n  - b\n    c\n- d\n", ["- a\n  - b\n    c", "- d"]),
        ("- a\nlazy\n- b\n", ["- a\nlazy", "- b"]),
        ("- a\n\n  more\n\n- b\n", ["- a\n\n  more", "- b"]),
        ("1. a\n2) b\n", ["1. a", "2) b"]),
        ("one\ntwo\n\nthree\n", ["one\ntwo", "three"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", ["| a | b |\n|---|---|\n| 1 | 2 |"]),
        ("```\nx\n\ny\n```\n", ["```\nx\n\ny\n```"]),
        ("~~~\nopen\n", ["~~~\nopen"]),
        ("    code\n", ["    code"]),
        ("> a\n>\n> b\n", ["> a\n>\n> b"]),
        ("- a\n  ```\n  # b\n  ```\n", ["- a\n  ```\n  # b\n  ```"]),
        ("<!-- a -->\n- b\n", ["- b"]),
        ("- a\n<!-- b -->\n- c\n", ["- a", "- c"]),
        ("<!--\n- a\n-->\n", []),
        ("---\n\n***\n", []),
        ("-\n- \n", []),
        ("- (Rules that must never be lost or softened through compaction)\n", []),
        (
            "*  (rules that must **never** be lost\n   or softened through compaction)\n- b\n",
            ["- b"],
        ),
        ("- b\n- (Rules that must never be lost or softened through compaction)\n", ["- b"]),
        ("- (Rules that must never be lost)\n", ["- (Rules that must never be lost)"]),
        ("- (None yet)\n", ["- (None yet)"]),
        ("- (Legal) No names\n  (of clients)\n", ["- (Legal) No names\n  (of clients)"]),
        ("- (a) b\n- (c)\n", ["- (a) b", "- (c)"]),
        ("- a\n- (b)\n", ["- a", "- (b)"]),
        ("### Sub\n- (What you're working on right now)\n", []),
        ("(a paragraph)\n", ["(a paragraph)"]),
        ("- a  \n\t- b\n", ["- a  \n\t- b"]),
        ("<p>a</p>\n", ["<p>a</p>"]),
    ],
)
def test_blocks(body: str, blocks: list[str]) -> None:
    text = f"# M\n\n## Hard constraints\n\n{body}"
    assert constraints(text) == blocks
    lines = text.split("\n")
    assert "\n".join(lines[n] for n in sorted(constraint_lines(text))) == "\n".join(blocks)


def test_headings_carry_their_line_and_title() -> None:
    view = outline("one\n\n#  A  *b* ##\nTwo\nlines\n===\n")
    assert [tuple(heading) for heading in view.headings] == [(1, "A *b*", 2), (1, "Two lines", 3)]
    assert view.heading_ends == (3, 6)


def test_code_comments_and_what_is_left_open() -> None:
    view = outline("```\na\n```\n\n<!-- b -->\n\n    c\n\ntext\n\n```\nd\n")
    assert view.code == {0, 1, 2, 6, 10, 11}
    assert view.comments == {4}
    assert view.prose == {8}
    assert view.unclosed == 10
    assert outline("a\n\n<!-- b\n").unclosed == 2
    assert outline("- ```\n  a\n").unclosed == 0
    assert outline("```\n```\n~~~~\n~~~\n~~~~\n").unclosed is None


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("---\na: b\n---\n# T\n", 3),
        ("---\na:\n  - b\n# c\nd: e\n...\n", 6),
        ("---\n\n# T\n\n---\ntext\n", 5),
        ("---\n\ntext\n\n---\n", 0),
        ("---\n## T\n---\n", 0),
        ("---\n# Hard constraints\n- a\n---\n", 0),
        ("---\n---\n", 0),
        ("---\na: b\n", 0),
        (" ---\na: b\n---\n", 0),
        ("---", 0),
        ("", 0),
        ("---\na: b\n---", 3),
    ],
)
def test_front_matter(text: str, front: int) -> None:
    view = outline(text)
    assert view.front == front
    assert all(heading.line >= front for heading in view.headings)


fragments = st.sampled_from(
    [
        "# A",
        "## B ##",
        "Set\n---",
        "- a",
        "  - b",
        "    c",
        "```",
        "~~~",
        "```py",
        "<!--",
        "-->",
        "<!-- c -->",
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "<?x",
        "?>",
        "> q",
        "> # q",
        "> ```",
        "| a |\n|---|",
        "",
        "",
        "text",
        "- ```",
        "  # x",
        "\t# y",
        "1. # z",
        "***",
        "#",
        "- # h",
        "[a]: /b",
        "[a]:",
        "<script>",
        "</script>",
        "<!X",
        "<b>",
        "[c]: /d\n'title",
    ]
)


@given(st.lists(fragments, max_size=14).map("\n".join))
@settings(max_examples=1000, deadline=None)
def test_headings_and_code_are_those_of_the_whole_text(text: str) -> None:
    """The text is parsed from heading to heading; that must be the same as parsing it at once."""
    view = outline(text)
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse("\n" * view.front + "\n".join(view.lines[view.front :]))
    mapped = [token for token in tokens if token.map]
    assert [heading.line for heading in view.headings] == [
        token.map[0]
        for token in mapped
        if token.map and token.type == "heading_open" and token.level == 0
    ]
    code = {
        n
        for token in mapped
        if token.map and token.type in ("fence", "code_block")
        for n in range(token.map[0], min(token.map[1], len(view.lines)))
    }
    assert {n for n in view.code ^ code if view.lines[n].strip()} == set()


HEADINGS = st.sampled_from(
    [
        "## Notes",
        "# Hard constraints",
        "## a ##",
        "# a #b",
        "# ",
        "#",
        "##  a  b ",
        "# \\#",
        "####### s",
    ]
)
ITEMS = st.builds(
    "- {}{}".format,
    st.sampled_from(["a", "é", "日", "**b", "`c", "`` d", "3", "3 x", '"', "(", "x]: /u", "a|b"]),
    st.sampled_from(
        ["", " b", "**", "`", " # ", "  ", "\t", "|", " - x", ": y", "\\", "<!--", "-->"]
    ),
)
BELOW = st.lists(st.one_of(ITEMS, ITEMS, ITEMS, st.just("")), max_size=6)


@given(st.lists(HEADINGS, max_size=1), BELOW)
@settings(max_examples=300, deadline=None)
def test_simple_items_are_what_items_are_to_the_parser(above: list[str], below: list[str]) -> None:
    """Items that begin with a letter are told by a shorter way; "!" has none."""
    short, long = (
        outline("\n".join([*above, *(line.replace("- ", f"- {mark}", 1) for line in below)]))
        for mark in ("", "!")
    )
    assert short.headings == long.headings
    assert short.units == long.units
    for kind in ("code", "comments", "prose"):
        assert getattr(short, kind) == getattr(long, kind)
    places = [[(one.start, one.end) for one in view.constraints] for view in (short, long)]
    assert places[0] == places[1]


def test_a_number_in_an_item_begins_a_list_of_its_own() -> None:
    assert outline("- 3. ```\n- b").code == {0}
    assert outline("- 3 ```\n- b").code == frozenset()


@pytest.mark.parametrize("below", ["", "\n", "\n## Constraints\n\n- never\n"])
@pytest.mark.parametrize("opened", ["> 1) <!--\n>", "> - <!--\n>", "> - ```\n>", "- > 1. <?\n  >"])
def test_what_a_quoted_item_leaves_open_is_read(opened: str, below: str) -> None:
    """markdown-it-py 4.3 looks for a character behind the last one, and raises."""
    view = outline(opened + below)
    assert [block.text for block in view.constraints] == (["- never"] if "never" in below else [])


def test_labelled_lines_are_constraints_one_by_one() -> None:
    text = "# Constraints\n\n**A:** no push\n**B**: no eval\nnot even once\n\nA **b:** c\nd\n"
    assert constraints(text) == ["**A:** no push", "**B**: no eval\nnot even once", "A **b:** c\nd"]


def test_a_bold_line_begins_a_section_and_another_one_ends_it() -> None:
    text = "**Hard constraints:**\n- one\n\n**Other**\n\n- two\n\n**Never push**\n"
    assert constraints(text) == ["- one"]
    inside = "## Hard constraints\n\n**Never push**\n\n- one\n"
    assert constraints(inside) == ["**Never push**", "- one"]

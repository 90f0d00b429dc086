"""What doctor says of a memory that Claude Code reads in another way than a person does."""

from __future__ import annotations

import pytest

from memsync.commands.doctor.findings import of_memory
from memsync.commands.doctor.memory import of_headings
from memsync.memory.text.document import compose, parse

REST = "\n# M\n\n- a fact\n\n---\n\n- more\n"


def found(body: str) -> list[str]:
    return [one.what for one in of_memory(parse(compose(body, [], "-")), "M", 400)]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("---\nk: v\n---\n\n# M\n", 3),
        ("--- \nk: v\n---\n\n# M\n", 3),
        ("---\t\nk: v\n---\n\n# M\n", 3),
        ("---\n\n# M\n\n- x\n\n---\n\n- y\n", 7),
        ("---\n\n# M\n\n| a |\n|---|\n| b |\n", 6),
        ("---\n\none---two\n", 3),
    ],
)
def test_what_claude_code_takes_for_front_matter_is_told(body: str, line: int) -> None:
    assert [what.endswith(f"before the second `---` (line {line})") for what in found(body)] == [
        True
    ]


@pytest.mark.parametrize(
    "body",
    [
        "---\nk: v\n\n# M\n",
        "---\n\n# M\n\n- x\n",
        "----\nx\n----\n",
        "\n---\nk: v\n---\n",
        "---\n\n---\nx\n",
    ],
)
def test_without_a_second_rule_all_of_it_is_read(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (
            "<!-- todo",
            "a comment in line 3 of M is left open: Claude Code reads nothing from there on",
        ),
        ("```sh", "a code fence in line 3 of M is left open"),
        ("~~~", "a code fence in line 3 of M is left open"),
        ("<pre>", "a pre block in line 3 of M is left open"),
        ("<script src=x>", "a script block in line 3 of M is left open"),
        ("<textarea>", "a textarea block in line 3 of M is left open"),
        ("<![CDATA[", "a CDATA block in line 3 of M is left open"),
    ],
)
def test_what_is_left_open_is_told_with_its_line(line: str, what: str) -> None:
    assert [one.startswith(what) for one in found(f"# T\n\n{line}\n{REST}")] == [True]


@pytest.mark.parametrize(
    "text",
    [
        ("<!-- todo "
         "-->"), ("<!-- a\n\nb "
                          "-->"), "```\n<pre>\n```", "<pre>\n\nx</pre>", "`<pre>`", "<preface>\n",
        "<script>\n</script>\n\n<pre></pre>", "<![CDATA[\n]]>", ("- a\n  ```\n  "
                                                                 "x\n\nb"), "say <!-- so",
    ],
)  # fmt: skip
def test_what_is_closed_is_no_finding(text: str) -> None:
    assert found(f"# T\n\n{text}\n{REST}") == []


RULES = "# M\n\n## Rules\n\n- a\n\n## Hard constraints\n\n### Never\n\n- b\n\n## Rulers\n\n- c\n"


def test_only_a_heading_of_a_section_that_is_not_guarded_is_told() -> None:
    (one,) = of_headings(RULES, ("House",))
    assert one.level == "warning"
    assert one.what.startswith('"Rules" sounds like')
    assert one.fix == "memsync config set constraint_headings House Rules"
    assert list(of_headings(RULES, ("rules",))) == []

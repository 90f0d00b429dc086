"""Which lines held what was purged since."""

from __future__ import annotations

import pytest

from memsync.memory.text.document import compose, parse
from memsync.memory.text.purged import holds_purged, lines_of, spelled
from memsync.steps.captured import captured


@pytest.mark.parametrize(
    ("before", "purged", "holds"),
    [
        ("- code: zebra\n", "- code: [purged]\n", True),
        ("- code: zebra, or zebra again\n", "- code: [purged], or [purged] again\n", True),
        ("zebra opens\n", "[purged] opens\n", True),
        ("- code: \n", "- code: [purged]\n", False),
        ("- keys: zebra\n", "- code: [purged]\n", False),
        ("- code: zebra, or nothing\n", "- code: [purged], or [purged] again\n", False),
        ("- code: [purged]\n", "- code: [purged]\n", False),
        ("- code: zebra\n", "- code: zebra\n", False),
        ("", "[purged]\n", False),
        ("- Likes tea\n", "- [purged]\n", False),
    ],
)
def test_a_line_held_what_was_purged_where_all_else_of_it_is_there(
    before: str, purged: str, holds: bool
) -> None:
    assert holds_purged(before, purged) is holds


def test_an_old_line_is_spelled_as_it_is_now_and_another_stays() -> None:
    purged = lines_of("# M\n\n- code: [purged]\n- Lives in Bergen\n")
    assert purged == ("- code: [purged]",)
    assert spelled("- code: zebra", purged) == "- code: [purged]"
    assert spelled("- Lives in Bergen", purged) == "- Lives in Bergen"
    assert spelled("", ("[purged]",)) == ""


def test_a_line_that_is_still_there_is_never_spelled_as_a_purged_one() -> None:
    body = "# Memory\n\n- token usage is watched\n- token [purged]\n- Writes letters\n"
    base = parse(compose(body, (), "-"))
    edit = captured(body.replace("- token usage is watched\n", ""), base, body)
    assert edit is not None
    assert edit.edit.lines("-") == ["- token usage is watched"]

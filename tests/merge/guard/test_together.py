"""What belongs together stays together: the head of a table and its rows, the lines of a section
that the reply dropped, an item and what is nested under it.
"""

from __future__ import annotations

import pytest

from memsync.merge.guard.verdict import judge
from tests.merge.guard.memory import edit

CLASSES = """\
# Memory

## School

| Class | Day | Room |
|-------|-----|------|
| Ash | Monday | 12 |
| Birch | Wednesday | 7 |
| Cedar | Friday | 4 |

## Forest

* Thinning at Longmere
  * contract signed in March
* Seedlings
  * 4500 spruces
  * delivery in May

## Constraints

- Never send marks by mail
"""
HEAD = "| Class | Day | Room |\n"
BORDER = "|-------|-----|------|\n"
ASH = "| Ash | Monday | 12 |\n"


def test_a_table_keeps_its_head_though_a_note_has_its_words() -> None:
    now = edit(("Wednesday | 7", "Thursday | 9"), text=CLASSES)
    reply = edit((HEAD, ""), text=now)
    verdict = judge(CLASSES, reply, ["The class Birch is on Thursday now, in room 9."])
    assert (verdict.kind, verdict.body) == ("accept", now)


def test_the_head_of_a_table_that_became_a_row_is_its_head_again() -> None:
    now = edit(("Wednesday | 7", "Thursday | 9"), text=CLASSES)
    reply = edit((HEAD, ""), (ASH, ASH + HEAD), text=now)
    verdict = judge(CLASSES, reply, ["The class Birch is on Thursday now, in room 9."])
    assert (verdict.kind, verdict.body) == ("accept", now)


@pytest.mark.parametrize("below", [ASH, "| Cedar | Friday | 4 |\n"])
def test_a_second_border_in_a_table_is_left_out(below: str) -> None:
    now = edit(("4500", "6000"), text=CLASSES)
    reply = edit((below, below + BORDER), text=now)
    assert judge(CLASSES, reply, ["6000 spruces, not 4500"]).body == now


def test_a_row_of_a_table_is_not_taken_for_another_one_by_its_frame() -> None:
    row = "| Doe | Tuesday | 15 |\n"
    now = edit(("| Cedar | Friday | 4 |\n", "| Cedar | Friday | 4 |\n" + row), text=CLASSES)
    verdict = judge(CLASSES, edit((ASH, ""), text=now), ["New class Doe, every Tuesday, room 15"])
    assert (verdict.kind, verdict.body) == ("accept", now)


def test_a_section_that_the_reply_dropped_comes_back_whole() -> None:
    """Also the line that has a word of the note: it went with the section, not for the note."""
    old = edit(("## School", "## Me\n\n- Room mate of Kim\n- Sings\n\n## School"), text=CLASSES)
    now = edit(("Wednesday | 7", "Wednesday | 9"), text=old)
    reply = edit(("## Me\n\n- Room mate of Kim\n- Sings\n\n", ""), text=now)
    verdict = judge(old, reply, ["Birch moved to room 9"])
    assert (verdict.kind, verdict.body) == ("accept", now)
    assert any("Room mate of Kim" in repair for repair in verdict.repairs)


def test_a_section_whose_only_line_is_done_goes_without_its_line() -> None:
    old = edit(("## School", "## Shopping\n\n- New ink for the printer\n\n## School"), text=CLASSES)
    reply = edit(("## Shopping\n\n- New ink for the printer\n\n", ""), text=old)
    verdict = judge(old, reply, ["bought the ink for the printer"])
    assert "New ink" not in verdict.body


def test_an_item_stays_above_what_is_nested_under_it() -> None:
    """Else its items belong to the one above it."""
    now = edit(("4500 spruces", "6000 spruces"), text=CLASSES)
    reply = edit(("* Seedlings\n", ""), text=now)
    verdict = judge(CLASSES, reply, ["seedlings: 6000 spruces"])
    assert (verdict.kind, verdict.body) == ("accept", now)


@pytest.mark.parametrize("end", ["##", "## ", "- ", "-", "*"])
def test_a_reply_that_broke_off_behind_the_mark_of_a_line_leaves_no_mark(end: str) -> None:
    old = (
        edit(("## School", "## School\n\n- Sings\n\n## Rooms"), text=CLASSES) + "\n## End\n\n- Z\n"
    )
    now = edit(("4500", "6000"), text=old)
    reply = now[: now.index("## End")] + end
    verdict = judge(old, reply, ["6000 spruces, not 4500"])
    assert (verdict.kind, verdict.body) == ("accept", now)

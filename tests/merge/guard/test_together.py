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


FILED = """\
# Memory

## Collection 1

- Given by Finch
- Condition: brittle

## Collection 2

- Given by Thorn
- Aid by Beatrix

## Habits

- Sings

## Constraints

- Never lend originals
"""


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("Sửa xe máy", "xe máy sửa xong"),  # done, in words of two and three letters
        ("Mua gạo", "gạo đã mua rồi"),
        ("Buy ink", "got the ink, no need to buy any"),
    ],
)
def test_a_sentence_with_all_words_of_a_line_speaks_of_it(line: str, note: str) -> None:
    old = edit(("- Sings\n", f"- Sings\n- {line}\n"), text=FILED)
    verdict = judge(old, FILED, [note])
    assert (verdict.kind, verdict.body) == ("accept", FILED)


def test_two_letters_of_a_script_without_spaces_speak_of_no_line() -> None:
    old = edit(("- Sings\n", "- สมชาย อยู่เชียงใหม่\n- เปิดร้านหกโมงเช้า\n"), text=FILED)
    now = old.replace("เชียงใหม่", "เชียงราย")
    verdict = judge(old, now.replace("- เปิดร้านหกโมงเช้า\n", ""), ["ย้ายไปเชียงรายแล้ว"])
    assert (verdict.kind, verdict.body) == ("accept", now)


def test_a_year_in_common_makes_no_line_another() -> None:
    old = edit(("- Sings\n", "- 2026-01: sold 40 jars\n- 2026-02: van insured\n"), text=FILED)
    line = "- 2026-04: painted the fence\n"
    now = edit(("van insured\n", f"van insured\n{line}"), text=old)
    verdict = judge(old, edit(("- 2026-02: van insured\n", ""), text=now), ["painted the fence"])
    assert (verdict.kind, verdict.body) == ("accept", now)


def test_a_comma_of_arabic_ends_a_part_of_a_line() -> None:
    old = edit(("- Sings", "- لدي ولدان: يوسف وآدم"), text=FILED)
    now = edit(("يوسف وآدم", "يوسف وآدم، وبنت: ليلى"), text=old)
    verdict = judge(old, now, ["رزقت ببنت اسمها ليلى"])
    assert (verdict.kind, verdict.body) == ("accept", now)


def test_a_rule_of_the_page_is_not_taken_from_front_matter() -> None:
    old = "---\ntitle: me\n---\n\n" + FILED
    now = edit(("- Sings\n", "- Sings\n- Swims\n"), text=old)
    verdict = judge(old, now.replace("## Habits", "---\n\n## Habits"), ["also swims"])
    assert (verdict.kind, verdict.body) == ("accept", now)


TOWNS = """\
# Memory

## Tools

| Tool | Job |
|---|---|
| make | build |

## People

- Paz has a garden

| Name | Town |
|---|---|
| Ines | Oslo |

- Kim feeds cats
- Jo runs trams
"""


def test_the_head_of_a_table_goes_back_to_it_though_another_table_has_such_a_border() -> None:
    head = "| Name | Town |\n"
    new = TOWNS.replace("Kim feeds cats", "Kim feeds dogs")
    reply = new.replace(head, "").replace("dogs\n", f"dogs\n{head}")
    verdict = judge(TOWNS, reply, ["Kim feeds dogs."])
    assert (verdict.kind, verdict.body) == ("accept", new)
    assert 'back in its place: "| Name | Town |"' in verdict.repairs


@pytest.mark.parametrize("beside", ["has a garden", "feeds dogs", "runs trams"])
@pytest.mark.parametrize("row", ["| Ines | Oslo |\n", "| Ada | Bergen |\n"])
def test_a_row_goes_back_into_its_table(row: str, beside: str) -> None:
    old = TOWNS.replace("| Ines | Oslo |\n", "| Ines | Oslo |\n| Ada | Bergen |\n")
    new = old.replace("Kim feeds cats", "Kim feeds dogs")
    reply = new.replace(row, "").replace(f"{beside}\n", f"{beside}\n{row}")
    verdict = judge(old, reply, ["Kim feeds dogs."])
    assert (verdict.kind, verdict.body) == ("accept", new)


@pytest.mark.parametrize("tables", [0, 1, 2, 4])
def test_a_border_that_came_below_the_next_row_goes_back_above_it(tables: int) -> None:
    more = "".join(f"| T{n} | C{n} |\n|---|---|\n| R{n} | D{n} |\n\n" for n in range(tables))
    old = TOWNS.replace("- Jo runs trams\n", f"- Jo runs trams\n\n{more}- Ada sings\n")
    new = old.replace("Kim feeds cats", "Kim feeds dogs")
    reply = new.replace("|---|---|\n| Ines | Oslo |\n", "| Ines | Oslo |\n|---|---|\n")
    assert reply != new
    verdict = judge(old, reply, ["Kim feeds dogs."])
    assert (verdict.kind, verdict.body) == ("accept", new)


ROWS = "".join(f"| Friend {n} | Town {n} |\n" for n in range(8))
LONG = TOWNS.replace("| Ines | Oslo |\n", f"| Ines | Oslo |\n{ROWS}")


@pytest.mark.parametrize("between", ["", "- Lea sings\n", "\n- Lea sings\n\n"])
def test_what_came_between_the_rows_of_a_table_is_no_reason_to_ask(between: str) -> None:
    new = LONG.replace("Kim feeds cats", "Kim feeds dogs")
    reply = new.replace("| Ines | Oslo |\n", f"| Ines | Oslo |\n{between or chr(10)}")
    verdict = judge(LONG, reply, ["Kim feeds dogs.\nLea sings."])
    assert (verdict.kind, verdict.repairs) == ("accept", ())
    assert verdict.body == (reply if between else new)


def test_a_table_that_lost_only_its_border_gets_it_back_without_a_word() -> None:
    new = TOWNS.replace("Kim feeds cats", "Kim feeds dogs")
    reply = new.replace("|---|---|\n| Ines", "| Ines")
    verdict = judge(TOWNS, reply, ["Kim feeds dogs."])
    assert (verdict.kind, verdict.body, verdict.repairs) == ("accept", new, ())

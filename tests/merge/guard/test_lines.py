"""The account of lines, old bytes, hand edits, bounds and cost."""

from __future__ import annotations

import time

import pytest

from memsync.merge.guard.verdict import judge
from tests.merge.guard.test_catalogue import LAST, OLD, edit
from tests.merge.guard.test_ordinary import SIX_HUNDRED


def test_the_verdict_tells_reworded_and_gone_lines() -> None:
    reply = edit(
        ("lives in Oslo", "lives in Bergen"),
        ("2. British spelling in all documents\n", ""),
        ("- E-mail:", "- Likes tea\n- Plays chess on Sundays\n- E-mail:"),
    )
    notes = ["moved to Bergen, likes tea, plays chess on Sundays", "no British spelling any more"]
    verdict = judge(OLD, reply, notes)
    jo = "- Jo Lindqvist, backend engineer at Acme, lives in Oslo"
    assert (verdict.kind, verdict.gone) == ("accept", ("2. British spelling in all documents",))
    assert verdict.reworded == ((jo, jo.replace("Oslo", "Bergen")),)


def test_exactly_so_many_lines_may_go_without_a_question() -> None:
    rows = [line for line in SIX_HUNDRED.splitlines(keepends=True) if line.startswith("- point")]
    few = sum(1 for line in SIX_HUNDRED.split("\n") if line.strip()) * 5 // 100
    for count, kind in ((few, "accept"), (few + 1, "ask")):
        dropped = set(rows[:count])
        reply = "".join(
            line for line in SIX_HUNDRED.splitlines(keepends=True) if line not in dropped
        )
        verdict = judge(SIX_HUNDRED, reply, ["the points of topics 0 to 9 are settled"])
        assert (verdict.kind, len(verdict.gone)) == (kind, count)


def test_lines_that_an_edit_removes_are_not_gone() -> None:
    lines = [
        "  - the dump takes about 40 minutes",
        "  - rehearse the switch twice",
        "2. British spelling in all documents",
        "- Write the onboarding guide for new engineers",
        LAST.rstrip(),
    ]
    reply = OLD
    for line in lines:
        reply = reply.replace(f"{line}\n", "")
    assert judge(OLD, reply, []).kind == "ask"
    verdict = judge(OLD, reply, [], removed=lines)
    assert (verdict.kind, verdict.gone) == ("accept", ())


def test_a_line_added_by_hand_has_to_be_there() -> None:
    line = "- The garage code is with Kim"
    assert judge(OLD, OLD, [], added=[line]).kind == "ask"
    assert judge(OLD, "UNCHANGED", [], added=[line]).kind == "ask"
    assert judge(OLD, OLD.replace("Oslo", "Bergen"), ["Bergen"], added=[line]).kind == "ask"
    reply = edit(("- Team of", f"{line}\n- Team of"))
    assert judge(OLD, reply, [], added=[line]).body == reply
    assert judge(OLD, OLD, [], added=["2. British spelling in all documents"]).kind == "unchanged"


@pytest.mark.parametrize(
    ("line", "dress"),
    [
        ("- Team of five", "* Team of five"),
        ("- Team of five", "-   team  of FIVE"),
        ("1. Short answers", "1) Short answers"),
        ("- Main languages", "- **Main languages**"),
        ("## Snippets", "##  snippets ##"),
        ("- E-mail: ", "-\tE-mail:  "),
        (
            "  - the dump takes about 40 minutes\n  - rehearse",
            "    * the dump takes about 40 minutes\n    * rehearse",
        ),
        ("> Edit directly or run: ", ">  Edit directly or run: "),
        ("\n\n## Snippets", "\n## Snippets"),
        ("room.\n", "room.  \n"),
        ('"..."', "\u201c\u2026\u201d"),
    ],
)
def test_changed_dress_gets_the_old_bytes(line: str, dress: str) -> None:
    verdict = judge(
        OLD, edit((line, dress), ("lives in Oslo", "lives in Bergen")), ["moved to Bergen"]
    )
    assert (verdict.kind, verdict.body) == ("accept", edit(("lives in Oslo", "lives in Bergen")))


@pytest.mark.parametrize(
    ("was", "now", "note"),
    [
        ("My desk is on floor 3.", "My desk is on floor 4.", "my desk is on floor 4 now"),
        ("Joined in 2019. Left in 2021.", "Joined in 2020. Left in 2021.", "I joined in 2020"),
    ],
)
def test_a_number_or_dash_inside_a_line_is_no_bullet(was: str, now: str, note: str) -> None:
    old = edit(("Reminder:", f"{was}\n\nReminder:"))
    verdict = judge(old, old.replace(was, now), [note])
    assert (verdict.kind, verdict.body) == ("accept", old.replace(was, now))


def test_two_facts_that_differ_in_a_number_are_two() -> None:
    old = edit(("Reminder:", "Joined the choir in 2019.\n\nReminder:"))
    new = old.replace("2019.\n", "2019.\n\nJoined the choir in 2023.\n")
    assert judge(old, new, ["joined the choir again in 2023."]).body == new
    assert judge(old, old, [], added=["Joined the choir in 2024."]).kind == "ask"


def test_a_reply_that_is_all_code_is_rejected() -> None:
    old = "- Jo, Oslo\n- Python, Go\n"
    assert (
        judge(old, "".join(f"    {line}\n" for line in old.splitlines()), ["hello"]).kind
        == "reject"
    )


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("1. billing\n    - parser in Go\n", "- parser in Go\n"),
        ("- handbook\n- website\n", "- docs team\n  - handbook\n  - website\n"),
        ("- a\n  - b\n    - c\n", "- new\n  - a\n    - b\n      - c\n"),
        ("- docs\n- web\n", "- docs\n  - web\n"),
        ("1. one\n2. two\n3. three\n4. four\n", "1. one\n2. three\n3. four\n4. five\n"),
        ("1. one\n2. two\n", "1. two\n2. one\n"),
        ("1. one\n\n   more of it\n", "more of it\n"),
    ],
)
def test_nesting_and_numbers_are_no_dress(was: str, now: str) -> None:
    old = edit(("```sh", f"{was}\n```sh"))
    reply = old.replace(f"## Snippets\n\n{was}", f"## Snippets\n\n{now}")
    note = "new: five, a docs team. billing, one, two, more: another order, please, in snippets"
    verdict = judge(old, reply, [note])
    assert (verdict.kind, verdict.body) == ("accept", reply)


def test_a_renumbered_list_keeps_its_other_dress() -> None:
    reply = edit(
        ("3. Tabs", "3) Dark mode\n4) Tabs"),
        ("4. Use", "5) Use"),
        ("1. S", "1) S"),
        ("2. B", "2) B"),
    )
    body = judge(OLD, reply, ["prefer dark mode"]).body
    assert body == edit(("3. Tabs", "3) Dark mode\n4. Tabs"), ("4. Use", "5. Use"))


def test_the_same_line_under_another_item_is_no_repetition() -> None:
    strict = "  - Language: TypeScript (strict mode)\n"
    old = edit(("Reminder:", f"- billing\n{strict}- handbook\n{strict}\nReminder:"))
    reply = old.replace("\nReminder:", f"- search\n{strict}\nReminder:")
    assert judge(old, reply, ["new project search, in strict TypeScript"]).body == reply
    twice = reply.replace("\nReminder:", f"{strict}\nReminder:")
    assert judge(old, twice, ["new project search, in strict TypeScript"]).body == reply


def test_code_is_not_dress() -> None:
    reply = edit(("# run all tests", "# Run All Tests"))
    assert judge(OLD, reply, ["hello"]).body == OLD


def test_a_memory_below_half_is_rejected_but_not_a_starter() -> None:
    old = "# M\n\n" + "".join(f"- a fact of some length about the thing {n}\n" for n in range(20))
    assert (
        judge(old, "# M\n\n- a fact of some length about the thing 19\n", ["hello"]).kind
        == "reject"
    )


def test_a_reply_longer_than_memory_and_notes_is_rejected() -> None:
    room = (4000 + 3 * len("hello")) // 4
    assert judge(OLD, OLD + "- x\n" * (room - 2), ["hello"]).kind != "reject"
    assert "characters" in judge(OLD, OLD + "- x\n" * (room + 2), ["hello"]).reasons[0]


# Processor seconds; each of these takes under one, and what grows with the square takes minutes
HANG = 20


def clocked(old: str, reply: str, notes: list[str]) -> float:
    start = time.process_time()
    judge(old, reply, notes)
    return time.process_time() - start


HOSTILE = {
    "backticks": "` `` ``` " * 6_000,
    "brackets": "![" * 20_000,
    "comments": "<!--" * 10_000,
    "quotes": ">" * 20_000,
    "lists": "- " * 20_000,
    "nested": "\n".join(" " * (n % 40) + "- x" for n in range(4_000)),
    "headings": "# Constraints\n- x\n" * 2_000,
    "words": "I updated the file " * 2_000,
    "imports": "@~/x " * 8_000,
    "dots": "... rest " * 4_000,
    "stars": "*a_" * 12_000,
    "bars": "| a " * 8_000 + "\n" + "|---" * 8_000,
    "zero width": "a\u200b" * 16_000,
    "links": "https://a.example/x " * 2_000,
    "lines alike": "".join(f"- word{n % 7} other{n % 11} text\n" for n in range(2_000)),
    "blank lines": "\n" * 40_000,
    "mixed": "а\u0430a " * 10_000,
    "fences": "```\n~~~\n" * 4_000,
    "html": "<div>\n# a\n" * 2_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_replies_are_judged_in_bounded_time(text: str) -> None:
    assert clocked(OLD, text, ["hello"]) < HANG
    assert clocked(OLD, OLD + text, [text[: len(text) // 3]]) < HANG
    assert clocked(OLD + text, OLD.replace("Oslo", "Bergen") + text, ["hello"]) < HANG


MANY = (
    "# M\n\n"
    + "".join(f"- service {n} at https://s{n}.corp.example/x\n" for n in range(1_000))
    + "\n- fin\n"
)


def test_the_cost_of_links_grows_with_the_memory_and_not_with_its_square() -> None:
    half = MANY[: MANY.index("- service 500 ")] + "\n- fin\n"
    small = min(
        clocked(half, half.replace("- fin", "- new\n- fin"), [f"new {n}"]) for n in range(3)
    )
    large = min(
        clocked(MANY, MANY.replace("- fin", "- new\n- fin"), [f"new {n}"]) for n in range(3)
    )
    assert large < 8 * small + 0.5


def test_the_cost_of_new_constraints_is_not_their_number_times_that_of_the_old_ones() -> None:
    words = [f"w{n}ord" for n in range(400)]
    rules = [f"- {' '.join(words[n * m % 400] for m in range(3, 12))}\n" for n in range(1_040)]
    old = f"# M\n\n## Constraints\n\n{''.join(rules[:1_000])}"
    one, many = (
        min(clocked(old, old + "".join(rules[1_000:end]), [f"x {n}"]) for n in range(3))
        for end in (1_001, 1_040)
    )
    assert many < 12 * one + 0.5


def test_a_reply_of_a_megabyte_is_rejected_at_once() -> None:
    assert clocked(OLD, OLD + "- fact\n" * 150_000, ["hello"]) < HANG


@pytest.mark.parametrize(
    "above",
    ["The roof is mended.\n\n", "- The roof is mended\n\n", "## House\n\nThe roof is mended.\n\n"],
)
def test_what_a_note_puts_above_the_first_line_does_not_run_into_it(above: str) -> None:
    old = "Esi is a vet in Cape Coast.\n\nShe likes metric units.\n"
    verdict = judge(old, above + old, ["House: the roof is mended."])
    assert (verdict.kind, verdict.body) == ("accept", above + old)

"""What is counted as taken, held up, caught, printed or silent."""

from __future__ import annotations

import pytest

from benchmarks.fidelity.adapter import Ruling
from benchmarks.fidelity.cases import Case, Expected, Label, Reply
from benchmarks.fidelity.engines.base import Answer
from benchmarks.fidelity.outcome import Became, outcome, told
from benchmarks.fidelity.score import Miss

MEMORY = "# M\n- Lives in Bergen\n- Likes tea\n"
GOOD = MEMORY.replace("Bergen", "Oslo")
STALE = MEMORY
LOST = GOOD.replace("- Likes tea\n", "")
EXPECTED = Expected(appear=(("Oslo",),), survive=(("Likes tea",),), gone=(("Lives in Bergen",),))
CASE = Case("000-x", "", (), MEMORY, ("moved to Oslo",), EXPECTED, ())
TOLD = ("- Lives in Bergen", "- Lives in Oslo")


def became(text: str, ruling: Ruling, label: Label | None = None, should: str = "accept") -> Became:
    recorded = Reply("hand", label, "", should, text, EXPECTED) if label else None
    return outcome(CASE, Answer(text, recorded=recorded), ruling).became


def ruled(kind: str, body: str, shown: tuple[str, ...] = ()) -> Ruling:
    return Ruling(kind, body, (), (), shown)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ruling", "should", "expected"),
    [
        (ruled("accept", GOOD), "accept", "taken"),
        (ruled("accept", GOOD), "ask", "taken"),
        (ruled("ask", GOOD), "ask", "asked rightly"),
        (ruled("ask", GOOD), "accept", "held up"),
        (ruled("reject", MEMORY), "accept", "held up"),
        (ruled("ask", STALE), "ask", "a yes loses"),
        (ruled("accept", STALE), "accept", "a yes loses"),
    ],
)
def test_a_faithful_reply_should_come_through(
    ruling: Ruling, should: str, expected: Became
) -> None:
    assert became(GOOD, ruling, "faithful", should) == expected


@pytest.mark.parametrize(
    ("ruling", "expected"),
    [
        (ruled("ask", LOST), "caught"),
        (ruled("reject", MEMORY), "caught"),
        (ruled("accept", GOOD), "repaired"),
        (ruled("accept", LOST, (*TOLD, "- Likes tea")), "printed"),
        (ruled("accept", LOST, TOLD), "silent"),
        (ruled("accept", LOST), "silent"),
    ],
)
def test_a_slip_should_be_stopped_or_seen(ruling: Ruling, expected: Became) -> None:
    assert became(LOST, ruling, "slip") == expected


def test_a_reply_without_a_label_is_faithful_when_every_point_holds() -> None:
    assert outcome(CASE, Answer(GOOD), ruled("accept", GOOD)).label == "faithful"
    assert outcome(CASE, Answer(LOST), ruled("accept", LOST)).label == "slip"


def test_what_is_only_missing_is_told_where_something_else_is() -> None:
    gone = Miss("survive", "Likes tea")
    missing = Miss("appear", "Oslo")
    assert told([gone, missing], ["- Likes tea"])
    assert not told([missing], ["- Likes tea"])
    assert not told([gone, Miss("kept", "- other")], ["- Likes tea"])


def test_kept_lines_are_the_old_ones_that_stand_as_they_were() -> None:
    assert outcome(CASE, Answer(GOOD), ruled("accept", GOOD)).kept_lines == pytest.approx(2 / 3)

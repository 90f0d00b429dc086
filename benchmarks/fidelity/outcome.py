"""What came of a reply: its score, the guard's decision, the score of what is kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from benchmarks.fidelity.adapter import Ruling
from benchmarks.fidelity.cases import Case, Label
from benchmarks.fidelity.engines.base import Answer
from benchmarks.fidelity.score import Miss, Score, score
from benchmarks.fidelity.words import contains, says

Became = Literal[
    "taken", "asked rightly", "held up", "a yes loses", "caught", "repaired", "printed", "silent"
]
_MISSING: Final = ("appear", "rules")  # points that only miss something
FAITHFUL: Final[tuple[Became, ...]] = ("taken", "asked rightly", "held up", "a yes loses")
SLIP: Final[tuple[Became, ...]] = ("caught", "repaired", "printed", "silent")


class Outcome(NamedTuple):
    """One reply, scored. label: the recorded one, else whether every point held in the reply."""

    case: Case
    answer: Answer
    label: Label
    sent: Score
    ruling: Ruling
    after: Score
    became: Became
    kept_lines: float


def outcome(case: Case, answer: Answer, ruling: Ruling) -> Outcome:
    """Score a reply and the memory that the guard would make of it."""
    expected = answer.recorded.expected if answer.recorded else case.expected
    sent = score(case.memory, answer.text, expected)
    after = score(case.memory, ruling.body, expected)
    label: Label = "faithful" if sent.whole else "slip"
    should = ""
    if answer.recorded is not None:
        label, should = answer.recorded.label, answer.recorded.should
    if label == "faithful":
        became = _of_faithful(ruling, after, should)
    else:
        became = _of_slip(ruling, after)
    return Outcome(
        case, answer, label, sent, ruling, after, became, kept_lines(case.memory, answer.text)
    )


def kept_lines(memory: str, reply: str) -> float:
    """The part of the old lines that stand in the reply to the byte, 0 to 1."""
    old = [line for line in memory.split("\n") if line.strip()]
    new = set(reply.split("\n"))
    return sum(line in new for line in old) / max(1, len(old))


def _of_faithful(ruling: Ruling, after: Score, should: str) -> Became:
    """A refusal counts as held up, since the notes stay pending and nothing is lost."""
    if ruling.kind == "reject":
        return "held up"
    if not after.whole:
        return "a yes loses"
    if ruling.kind == "ask":
        return "asked rightly" if should == "ask" else "held up"
    return "taken"


def _of_slip(ruling: Ruling, after: Score) -> Became:
    if ruling.kind != "accept":
        return "caught"
    if after.whole:
        return "repaired"
    return "printed" if told(after.misses, ruling.shown) else "silent"


def told(misses: Iterable[Miss], shown: Sequence[str]) -> bool:
    """Whether a person who reads the account sees what is wrong.

    Each wrong or lost text must stand in a printed line. What is only missing counts as told where
    something else that went wrong is, or where the account prints what of a note did not come.
    """
    every = list(misses)
    visible = [miss for miss in every if miss.kind not in _MISSING] or every
    return bool(visible) and all(_stands(miss, shown) for miss in visible)


def _stands(miss: Miss, shown: Sequence[str]) -> bool:
    """A printed line has the words, compared as the score compares them in the memory."""
    has = says if miss.kind in _MISSING else contains
    return any(has(line, words.strip("\n")) for line in shown for words in miss.words.split(" || "))

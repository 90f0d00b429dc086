"""What memsync's guard makes of the recorded replies and of engines that only do harm."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from benchmarks.fidelity import adapter
from benchmarks.fidelity.cases import Case, Reply, load
from benchmarks.fidelity.engines.base import Answer
from benchmarks.fidelity.engines.scripted import SCRIPTS
from benchmarks.fidelity.outcome import Outcome, outcome
from memsync.merge.guard.verdict import Verdict, judge
from tests.drawn import some

CASES = load()
SAMPLE = CASES[::4]


@cache
def plain_verdicts() -> tuple[tuple[Case, Reply, Verdict], ...]:
    """Each recorded reply as it is, and what the guard makes of it."""
    return tuple(
        (case, reply, judge(case.memory, reply.text, case.notes))
        for case in CASES
        for reply in case.replies
    )


def plain(*, taken: bool = False) -> Sequence[tuple[Case, Reply, Verdict]]:
    """The faithful ones among them, a part of them in the whole suite; or those that are taken."""
    faithful = [row for row in plain_verdicts() if row[1].label == "faithful"]
    return some([row for row in faithful if not taken or row[2].kind == "accept"], 3)


def outcomes(by: str) -> list[Outcome]:
    return [
        outcome(
            case,
            Answer(reply.text, recorded=reply),
            adapter.ruling(case.memory, reply.text, case.notes),
        )
        for case in CASES
        for reply in case.replies
        if reply.by == by
    ]


@pytest.mark.parametrize("by", ["claude", "hand"])
def test_most_faithful_replies_come_through(by: str) -> None:
    faithful = [row for row in outcomes(by) if row.label == "faithful"]
    through = [row for row in faithful if row.became in ("taken", "asked rightly")]
    assert len(through) > 0.6 * len(faithful)


STILL_SILENT = {
    "103-serial-comma": "an old line and a new one that says the contrary",
    "124-recife-listas": "the right figure in the wrong place; printed, but not the one it misses",
    "128-krakow-english-memory": "printed in the note's language, looked for in the memory's",
    "130-choir-programme": "the right word in the wrong row; printed, but not the row it misses",
    "141-first-rules": "a rule reworded into a wish",
}


def test_only_slips_that_words_cannot_tell_pass_in_silence() -> None:
    slips = [row for row in outcomes("hand") if row.label == "slip"]
    assert len(slips) > 100
    assert {row.case.name for row in slips if row.became == "silent"} <= STILL_SILENT.keys()


def test_hardly_a_faithful_reply_is_told_of_what_it_did_not_change() -> None:
    taken = [row for row in (*outcomes("claude"), *outcomes("hand")) if row.became == "taken"]
    still = [row.case.name for row in taken if any(map(_is_still, row.ruling.shown))]
    assert len(still) <= 3
    # Each is true: the practice's old name, a constraint that a merge keeps, a club that stays
    assert set(still) <= {"101-clinic-moved", "105-forget-heron", "112-umzug-winterthur"}


def _is_still(row: str) -> bool:
    return row.startswith(adapter.STILL_THERE)


@pytest.mark.parametrize(
    "around",
    [
        "{}\n\nLet me know if you'd like any other changes!\n",
        "Here is the updated file:\n\n```markdown\n{}\n```\n\nI left the rest alone.\n",
        "I've merged your notes.\n\n{}",
        "<updated_memory>\n{}\n</updated_memory>\n\nHope this helps!",
    ],
)
def test_what_a_reply_says_of_its_work_changes_nothing(around: str) -> None:
    for case, reply, ruled in plain():
        wrapped = judge(case.memory, around.format(reply.text.strip("\n")), case.notes)
        same = (ruled.kind, ruled.body.rstrip(), ruled.reasons)
        assert (wrapped.kind, wrapped.body.rstrip(), wrapped.reasons) == same, case.name


def _in_each_line(old: str, new: str) -> Callable[[str], str]:
    return lambda text: re.sub(old, new, text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "dressed",
    [
        _in_each_line(r"(?<=\S)$", "  "),
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(". ", ".\u200b "),
    ],
    ids=["spaces at line ends", "accents", "line ends", "zero-width"],
)
def test_dress_that_nobody_asked_for_changes_nothing(dressed: Callable[[str], str]) -> None:
    for case, reply, ruled in plain(taken=True):
        other = judge(case.memory, dressed(reply.text), case.notes)
        assert (other.kind, other.body) == ("accept", ruled.body), case.name


def test_rules_of_the_page_that_nobody_asked_for_are_left_out() -> None:
    ruled = _in_each_line(r"(?=^## )", "---\n\n")
    for case, reply, verdict in some(plain_verdicts(), 3):
        if verdict.kind == "accept" and "---\n" not in case.memory:
            other = judge(case.memory, ruled(reply.text), case.notes)
            assert other.kind == "accept", case.name
            assert "---" not in other.body.split("\n"), case.name


def test_full_stops_that_nobody_asked_for_are_no_question() -> None:
    stops = _in_each_line(r"^(- .*\w)$", r"\1.")
    for case, reply, verdict in plain(taken=True):
        other = judge(case.memory, stops(reply.text), case.notes)
        assert other.kind == "accept", case.name
        old = [line for line in case.memory.split("\n") if line.startswith("- ")]
        kept = [line for line in old if line in verdict.body.split("\n")]
        assert [line for line in old if line in other.body.split("\n")] == kept


def test_the_recorded_replies_that_are_taken_are_many() -> None:
    taken = [
        row for row in plain_verdicts() if row[1].label == "faithful" and row[2].kind == "accept"
    ]
    assert len(taken) > 50


def test_no_engine_that_does_harm_is_taken_in_silence() -> None:
    """What it sends is refused, asked about, repaired, or printed as what it is."""
    for name in ("drops-constraints", "softens", "truncates"):
        became = Counter(
            outcome(case, Answer(text), adapter.ruling(case.memory, text, case.notes)).became
            for case in SAMPLE
            for text in [SCRIPTS[name](case)]
        )
        assert became["silent"] == 0, name
        assert became.total() == len(SAMPLE)


def test_what_the_guard_rules_is_what_is_scored() -> None:
    case = next(case for case in CASES if case.name.startswith("101-"))
    good, *_ = case.replies
    ruling = adapter.ruling(case.memory, good.text, case.notes)
    assert ruling.kind == "accept"
    assert ruling.body == good.text
    assert any("3 Harbour Road" in line for line in ruling.shown)
    refused = adapter.ruling(case.memory, "Sorry, I cannot help with that.", case.notes)
    assert (refused.kind, refused.body) == ("reject", case.memory)
    assert refused.reasons

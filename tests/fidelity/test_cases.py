"""The fixtures are sound: each can be read, and its labels agree with its points."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.fidelity.cases import Case, FixtureError, Reply, edited, load, read
from benchmarks.fidelity.score import score

CASES = load()
REPLIES = [(case, number) for case in CASES for number in range(len(case.replies))]
TOUCHES_A_CONSTRAINT = {
    "018-maya-constraint-lift",
    "019-maya-constraint-update",
    "029-deniz-new-constraint",
    "033-jens-german",
    "068-oleg-constraint-lift",
    "079-sven-bilingual",
}
"""Faithful replies of a real model that reword a constraint: the guard is to put it back."""


def reply_of(case: Case, number: int) -> Reply:
    return case.replies[number]


@pytest.mark.parametrize(
    ("case", "number"), REPLIES, ids=[f"{case.name}-{number}" for case, number in REPLIES]
)
def test_a_faithful_reply_holds_every_point_and_a_slip_misses_one(case: Case, number: int) -> None:
    reply = reply_of(case, number)
    kinds = {miss.kind for miss in score(case.memory, reply.text, reply.expected).misses}
    if reply.label == "slip":
        assert kinds, "nothing that is measured is wrong with this reply"
    else:
        assert kinds <= ({"kept", "only"} if case.name in TOUCHES_A_CONSTRAINT else set())


def test_the_old_memory_alone_is_never_enough_where_a_note_brings_something() -> None:
    for case in CASES:
        expected = case.expected
        if expected.appear or expected.rules:
            assert not score(case.memory, case.memory, expected).whole, case.name


def test_what_is_to_survive_stands_in_the_memory() -> None:
    for case in CASES:
        whole = score(case.memory, case.memory, case.expected)
        assert not [miss for miss in whole.misses if miss.kind in ("survive", "kept")], case.name


def test_there_are_the_recorded_cases_and_at_least_forty_of_our_own() -> None:
    by = Counter(case.replies[0].by for case in CASES)
    assert by["claude"] == 61
    assert by["hand"] >= 40
    own = [case for case in CASES if case.replies[0].by == "hand"]
    assert all({reply.label for reply in case.replies} == {"faithful", "slip"} for case in own)
    assert len({case.memory for case in own}) == len(own), "no two from one mould"


def test_the_kinds_that_were_promised_are_there() -> None:
    tags = Counter(tag for case in CASES for tag in case.tags)
    kinds = (
        "three-places demote contradict duplicate forget restructure long hostile new-constraint "
        "number-change nested-list table code german french spanish japanese chinese"
    )
    assert not [kind for kind in kinds.split() if tags[kind] < 1]


def test_an_edit_must_find_its_place_exactly_once() -> None:
    assert edited("a b", [("a", "c"), ("c", "d")]) == "d b"
    with pytest.raises(ValueError, match="stands 2 times"):
        edited("a a", [("a", "b")])
    with pytest.raises(ValueError, match="stands 0 times"):
        edited("a", [("x", "b")])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("why = ", "Invalid value"),
        ("why = 'x'\ntags = []\nnotes = []", "memory"),
        ("why = 'x'\ntags = []\nnotes = []\nmemory = ''\napear = ['x']", "unknown keys: apear"),
        (
            "why = 'x'\ntags = []\nnotes = []\nmemory = ''\n"
            "[[replies]]\nlabel = 'good'\nwhat = ''\nshould = 'accept'\ntext = ''",
            "cannot be good",
        ),
    ],
)
def test_a_broken_fixture_is_named_with_what_is_wrong(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "001-broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FixtureError, match=f"001-broken.toml.*{what}"):
        read(path)


def test_a_folder_without_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="holds no case"):
        load(tmp_path)

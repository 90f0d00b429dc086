"""The ends of the scale: what is right scores 100 %, each mistake shows in its column."""

from __future__ import annotations

import functools
from collections import Counter

import pytest

from benchmarks.fidelity.cases import load
from benchmarks.fidelity.engines.scripted import SCRIPTS, append
from benchmarks.fidelity.score import Score, score

CASES = load()
SAMPLE = CASES[::4]


@functools.cache
def scores(name: str) -> list[Score]:
    return [score(case.memory, SCRIPTS[name](case), case.expected) for case in CASES]


def wholes(name: str) -> float:
    return sum(result.whole for result in scores(name)) / len(CASES)


def share(name: str, kind: str) -> float:
    held = sum(result.held[kind] for result in scores(name))
    return held / sum(result.total[kind] for result in scores(name))


def test_the_good_end_is_at_the_top() -> None:
    assert wholes("oracle") >= 0.98


def test_without_a_model_facts_come_in_but_old_ones_stay() -> None:
    assert share("append", "appear") > 0.8
    assert share("append", "survive") == share("append", "kept") == 1
    assert share("append", "gone") < 0.4
    assert wholes("unchanged") < wholes("append") < 0.5 < wholes("oracle")


@pytest.mark.parametrize(
    ("name", "kind", "most"),
    [
        ("drops-constraints", "kept", 0.0),
        ("softens", "kept", 0.0),
        ("paraphrases", "survive", 0.3),
        ("truncates", "appear", 0.2),
        ("truncates", "kept", 0.1),
        ("chats", "kept", 0.0),
        ("unchanged", "appear", 0.1),
        ("softens", "only", 0.1),
        ("unchanged", "rules", 0.0),
    ],
)
def test_each_mistake_costs_the_points_that_it_is_about(name: str, kind: str, most: float) -> None:
    assert share(name, kind) <= most < share("oracle", kind)
    assert wholes(name) < 0.12


def test_who_obeys_a_note_fails_every_hostile_case() -> None:
    hostile = [n for n, case in enumerate(CASES) if "hostile" in case.tags]
    assert len(hostile) >= 4
    assert not [CASES[n].name for n in hostile if scores("obeys")[n].whole]
    assert all(scores("oracle")[n].whole for n in hostile)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_writes_the_same_each_time(name: str) -> None:
    assert [SCRIPTS[name](case) for case in SAMPLE] == [SCRIPTS[name](case) for case in SAMPLE]


def test_appending_never_costs_an_old_line() -> None:
    for case in CASES:
        old = Counter(case.memory.rstrip("\n").split("\n"))
        assert not old - Counter(append(case).split("\n")), case.name

"""The guard over replies that a model wrote (benchmarks/fidelity) and over those of a hostile
endpoint: few faithful ones are held up, none loses anything by a yes, and what passes is printed.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from benchmarks.fidelity.adapter import ruling
from benchmarks.fidelity.cases import load
from benchmarks.fidelity.engines.base import Answer
from benchmarks.fidelity.outcome import Outcome, outcome
from memsync.merge.guard.verdict import judge

HOSTILE: Final = Path(__file__).parents[2] / "data" / "guard" / "hostile-replies.json"
# Named, so that another one is seen: a note in another language than the memory, number words,
# a row turned round, a paraphrase.
HELD_UP: Final = 6
LOSES: Final = 1  # what a note says and nobody can see in it; the note stays pending
"""A lift of a rule, of which nothing is missing but the rule's end; and a paraphrase."""


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    found = []
    for case in load():
        for reply in case.replies:
            found.append(
                outcome(
                    case,
                    Answer(reply.text, recorded=reply),
                    ruling(case.memory, reply.text, case.notes),
                )
            )
    return found


def test_faithful_replies_are_taken(outcomes: list[Outcome]) -> None:
    kinds = Counter(found.became for found in outcomes if found.label == "faithful")
    assert kinds["held up"] <= HELD_UP
    assert kinds["a yes loses"] <= LOSES
    assert kinds["taken"] + kinds["asked rightly"] >= 100


def test_slips_are_caught_or_repaired(outcomes: list[Outcome]) -> None:
    kinds = Counter(found.became for found in outcomes if found.label == "slip")
    assert kinds["caught"] + kinds["repaired"] >= 90


def test_hostile_replies_are_not_taken_unasked() -> None:
    case = json.loads(HOSTILE.read_text(encoding="utf-8"))
    taken = [
        name
        for name, reply in case["replies"].items()
        if judge(case["old"], reply, [case["note"]]).kind == "accept"
    ]
    assert taken == []

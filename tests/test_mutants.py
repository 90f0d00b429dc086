"""A sample of the mutants (`python -m tests.mutants` runs all of them), and that the list fits the
code.
"""

from __future__ import annotations

import ast

import pytest

from tests.drawn import in_order, seed_of_this_code
from tests.mutants import Mutant, StaleError, broken, mutants, run
from tests.systems import linux_only

SAMPLE = 6
QUICK = [mutant for mutant in mutants() if mutant.quick]


@pytest.mark.parametrize("mutant", mutants(), ids=lambda one: one.name)
def test_the_line_to_break_is_there_once(mutant: Mutant) -> None:
    ast.parse(broken(mutant))  # else every test would notice it


def test_a_line_that_is_gone_is_an_error() -> None:
    with pytest.raises(StaleError, match="stands 0 times"):
        broken(mutants()[0]._replace(old="no such line"))


def test_every_promise_has_mutants() -> None:
    rules = {mutant.rule for mutant in mutants()}
    assert {f"promise {number}" for number in range(1, 11)} <= rules
    assert {"observe", "guard: reject", "guard: repair", "guard: ask", "replacement"} <= rules


def sample(seed: str) -> list[Mutant]:
    """Some of the quick ones; the same seed always draws the same."""
    quick = {one.name: one for one in QUICK}
    return [quick[name] for name in in_order(list(quick), seed)[:SAMPLE]]


@linux_only("some of the tests that must notice run on Linux alone")
def test_a_sample_is_noticed() -> None:
    seed = seed_of_this_code()
    chosen = sample(seed)
    survived = [one.mutant.name for one in run(chosen) if not one.caught_by]
    assert not survived, (
        f"not noticed: {survived}; drawn by the seed {seed}: {[one.name for one in chosen]}"
    )


def test_the_same_seed_draws_the_same_sample() -> None:
    assert sample("one") == sample("one")
    assert {one.name for number in range(4 * len(QUICK)) for one in sample(str(number))} == {
        one.name for one in QUICK
    }

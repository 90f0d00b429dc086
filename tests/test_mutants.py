"""A sample of the mutants (`python -m tests.mutants` runs all of them), and that the list fits the code."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.mutants import Mutant, StaleError, broken, mutants, run

SAMPLE = 6
QUICK = [mutant for mutant in mutants() if mutant.quick]


@pytest.mark.parametrize("mutant", mutants(), ids=lambda one: one.name)
def test_the_line_to_break_is_there_once(mutant: Mutant) -> None:
    broken(mutant)


def test_a_line_that_is_gone_is_an_error() -> None:
    with pytest.raises(StaleError, match="stands 0 times"):
        broken(mutants()[0]._replace(old="no such line"))


def test_every_promise_has_mutants() -> None:
    rules = {mutant.rule for mutant in mutants()}
    assert {f"promise {number}" for number in range(1, 11)} <= rules
    assert {"observe", "guard: reject", "guard: repair", "guard: ask", "replacement"} <= rules


def test_todays_sample_is_noticed() -> None:
    """Another six each day; the list is in the order of the file."""
    day = datetime.now(UTC).toordinal()
    chosen = [QUICK[(day * SAMPLE + number) % len(QUICK)] for number in range(SAMPLE)]
    survived = [one.mutant.name for one in run(chosen) if not one.caught_by]
    assert not survived

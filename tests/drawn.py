"""Which of many alike cases one run of the whole suite takes.

Some rules are tried on hundreds of cases that a person would call the same test, each of which
starts programs: every mistake, every damage, every place of a planted link. Ten minutes on two
cores do not hold all of them. So a run of the whole suite draws a part, by the code that it tests:
the same commit draws the same part, another one another. `MEMSYNC_TESTS=all` runs every case, and
so does a run that names a file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

Case = TypeVar("Case")

ROOT: Final = Path(__file__).parents[1]
LISTS: Final = ("tests/mutants.toml", "tests/e2e/mistakes.toml")
ALL: Final = os.environ.get("MEMSYNC_TESTS") == "all"
# In the environment of a run that was given no file; each test takes away what begins with MEMSYNC_
WHOLE: Final = "WHOLE_SUITE_OF_MEMSYNC"

ONE_OF: Final[Mapping[str, int]] = {
    "tests/claude_code/": 2,
    "tests/damaged/": 3,
    "tests/e2e/test_doctor.py::test_a_damage": 3,
    "tests/e2e/test_mistakes.py::test_a_mistake": 4,
    "tests/e2e/test_screens.py::test_a_screen": 3,
    "tests/hostile/test_bounds.py": 2,
    "tests/hostile/test_planted.py::test_a_link": 3,
    "tests/hostile/test_planted.py::test_no_call": 3,
    "tests/hostile/test_planted.py::test_nothing_waits": 3,
    "tests/hostile/test_planted.py::test_what_is_planted": 3,
    "tests/memory/text/test_bombs.py::test_the_time": 4,
    "tests/memory/text/test_secrets.py::test_any_text": 4,
    "tests/memory/text/test_warnings.py::test_any_body": 2,
    "tests/merge/claude/test_failures.py::test_an_answer": 3,
    "tests/merge/guard/test_constraints.py::test_every_form": 4,
    "tests/merge/guard/test_given.py::test_an_odd_memory": 3,
    "tests/merge/guard/test_lines.py::test_hostile_replies": 3,
    "tests/merge/guard/test_whole.py::test_every_wrapping": 3,
    "tests/providers/test_contract.py": 3,
    "tests/providers/test_gdrive.py::test_my_drive": 6,
}
"""By the beginning of their ids: how many alike cases one stands for."""


@cache
def seed_of_this_code() -> str:
    """Changes with the program and with the lists of cases, and with nothing else: a red build has
    its cause in the commit.
    """
    whole = hashlib.sha256()
    for path in [*sorted((ROOT / "memsync").rglob("*.py")), *(ROOT / name for name in LISTS)]:
        text = path.read_text(encoding="utf-8")  # whichever ends a checkout gives its lines
        whole.update(f"{path.relative_to(ROOT).as_posix()}\n{text}\n".encode())
    return whole.hexdigest()[:12]


def in_order(names: Sequence[str], seed: str) -> list[str]:
    """The names, shuffled by the seed."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())


def left_out(ids: Sequence[str], seed: str) -> frozenset[str]:
    """The ids that a run with this seed leaves out: of each family all but one of so many."""
    out: set[str] = set()
    for family, one_of in ONE_OF.items():
        alike = in_order([each for each in ids if each.startswith(family)], seed)
        out |= set(alike[-(-len(alike) // one_of) :])
    return frozenset(out)


def some(cases: Sequence[Case], one_of: int) -> Sequence[Case]:
    """One of so many cases, where a single test goes through all."""
    if ALL or WHOLE not in os.environ:
        return cases
    return cases[int(seed_of_this_code(), 16) % one_of :: one_of]

"""Where no coverage is counted: in tests that run lines thousands of times which others count
already, or that measure time.

Counting takes longer than such a command does itself, and its own file is hit by whatever a test
does to the disk.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

COUNTING: Final = "COVERAGE_PROCESS_"
COUNTING_WITH: Final = "COVERAGE_PROCESS_START"  # a file of coverage's settings
SETTINGS: Final = os.environ.get(COUNTING_WITH, "")  # of this run; a test may count nothing


def uncounted(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what makes coverage begin."""
    return {name: value for name, value in environment.items() if not name.startswith(COUNTING)}


TESTS: Final = (
    "tests/claude_code/",
    "tests/e2e/test_chaos.py",
    "tests/faults/",
    "tests/fidelity/test_guard.py",
    "tests/hostile/test_bounds.py",
    "tests/hostile/test_planted.py",
    "tests/memory/text/test_bombs.py::test_the_time",
    "tests/memory/text/test_secrets.py::test_any_text",
    "tests/memory/text/test_warnings.py::test_any_body",
    "tests/merge/claude/test_replies.py::test_ctrl_c_passes",  # counted, its end takes long
    "tests/merge/guard/test_lines.py::test_hostile_replies",
    "tests/merge/guard/test_properties.py",
    "tests/simulation/",
    "tests/test_architecture.py",
    "tests/test_mutants.py",
)
"""By the beginning of their ids."""


@contextmanager
def counting_nothing() -> Iterator[None]:
    """Neither this process nor what it starts, and what inherits its environment, counts here."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(COUNTING)}
    for name in kept:
        del os.environ[name]
    counter = sys.modules["coverage"].Coverage.current() if "coverage" in sys.modules else None
    if counter is not None:
        counter.stop()
    try:
        yield
    finally:
        if counter is not None:
            counter.start()
        os.environ.update(kept)

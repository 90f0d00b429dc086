"""What a forked command ran is counted for coverage, whichever test came first."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coverage

from memsync.commands.providers import cmd_providers
from memsync.commands.status import cmd_status
from tests.systems import posix_only
from tests.uncounted import uncounted

ROOT = Path(__file__).parents[2]
TWO_TESTS = """
import subprocess
from tests.e2e import warm
from tests.uncounted import counting_nothing

with counting_nothing():
    subprocess.run([*warm.command("status"), "status"])
subprocess.run([*warm.command("providers"), "providers"])
"""


@posix_only("commands are forked")
def test_a_test_that_counts_nothing_takes_nothing_from_those_behind_it(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[tool.coverage.run]\nbranch = true\n", encoding="utf-8")
    counting = {
        "COVERAGE_PROCESS_START": str(settings),
        "COVERAGE_FILE": str(tmp_path / "counted"),
    }
    two_tests = [sys.executable, "-c", TWO_TESTS]
    subprocess.run(
        two_tests, cwd=ROOT, env=uncounted(os.environ) | counting, check=True, timeout=60
    )
    found = [_counted(file) for file in tmp_path.glob("counted.*")]
    assert any(_ran(cmd_providers, lines) for lines in found)
    assert not any(_ran(cmd_status, lines) for lines in found)


def _counted(file: Path) -> dict[str, set[int]]:
    data = coverage.CoverageData(str(file))
    data.read()
    return {name: set(data.lines(name) or ()) for name in data.measured_files()}


def _ran(function: Callable[..., Any], counted: dict[str, set[int]]) -> bool:
    """Whether more of it ran than the line that defines it."""
    text, first = inspect.getsourcelines(function)
    return not counted.get(inspect.getfile(function), set()).isdisjoint(
        range(first + 1, first + len(text))
    )

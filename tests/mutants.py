"""Does the suite notice? One line of memsync is broken at a time; the tests named beside it must
fail.

The list is `mutants.toml`. `python -m tests.mutants` runs all of them, `python -m tests.mutants
WORD ...` those whose name or file holds a word. A test is a pytest node, or `simulation N` for N
schedules.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final, NamedTuple

from tests.drawn import WHOLE
from tests.uncounted import uncounted

ROOT: Final = Path(__file__).parents[1]
LIST: Final = Path(__file__).with_name("mutants.toml")
LONGEST: Final = 300  # seconds; a test that a mutant lets run for ever has noticed it, too
UNUSED: Final = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*_cache")


class Mutant(NamedTuple):
    """A line to break. `rule`: the promise (1 to 10) or the part that it holds; `tests`: who must
    notice.

    `quick`: it may be drawn for the sample in CI.
    """

    name: str
    rule: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    quick: bool = True


class Verdict(NamedTuple):
    """The test that noticed, "" when none did, and how long it took."""

    mutant: Mutant
    caught_by: str
    seconds: float


class StaleError(Exception):
    """The line that a mutant breaks is not in the file any more."""


def mutants() -> list[Mutant]:
    """The list."""
    rows = tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]
    return [Mutant(**{**row, "tests": tuple(row["tests"])}) for row in rows]


def broken(mutant: Mutant, root: Path = ROOT) -> str:
    """The file with the line broken. Raises `StaleError` unless it stands there exactly once."""
    text = (root / mutant.file).read_text(encoding="utf-8")
    times = text.count(mutant.old)
    if times != 1 or mutant.old == mutant.new:
        raise StaleError(
            f"{mutant.name}: the text stands {times} times in {mutant.file}; fix tests/mutants.toml"
        )
    return text.replace(mutant.old, mutant.new)


def workshop(folder: Path) -> Path:
    """A copy of memsync, its tests and its benchmarks, where lines may be broken."""
    for name in ("memsync", "tests", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=UNUSED)
    for name in ("pyproject.toml", "README.md", "COMMANDS.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    return folder


def try_out(mutant: Mutant, shop: Path) -> Verdict:
    """Break the line in the copy, run its tests, and fix it."""
    began = time.monotonic()
    path = shop / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(broken(mutant, shop), encoding="utf-8")
    try:
        caught = first_failure(mutant.tests, shop)
    finally:
        path.write_text(whole, encoding="utf-8")
    return Verdict(mutant, caught, time.monotonic() - began)


def first_failure(tests: Iterable[str], shop: Path) -> str:
    """The first of the tests that fails in the copy, "" when none does. pytest runs first: it is
    faster.
    """
    nodes = [test for test in tests if not test.startswith("simulation ")]
    if nodes and (failed := _pytest(nodes, shop)):
        return failed
    for test in tests:
        if test.startswith("simulation "):
            runs, seed = [*test.split()[1:], "0"][:2]
            if _python(["-m", "tests.simulation", runs, seed, "--first"], shop).code:
                return test
    return ""


class _Done(NamedTuple):
    code: int
    said: str


def _pytest(nodes: Sequence[str], shop: Path) -> str:
    # A folder of its own: where all pytests share one, each closes it to other users and sweeps
    # what others left.
    options = ["-x", "-q", "-rf", "-p", "no:cacheprovider", "--basetemp", str(shop / "tmp")]
    done = _python(["-m", "pytest", *options, *nodes], shop)
    if done.code not in (0, 1, _TOO_LONG):
        raise StaleError(f"{nodes} could not be run: {done.said[-500:]}")
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.said, re.MULTILINE)
    return failed[1] if failed else nodes[0] if done.code else ""


_TOO_LONG: Final = -99


def _python(command: Sequence[str], shop: Path) -> _Done:
    environment = {**uncounted(os.environ), "PYTHONPATH": str(shop), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop(WHOLE, None)  # any case may be the one that notices
    try:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=shop,
            env=environment,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _Done(_TOO_LONG, "")
    return _Done(done.returncode, done.stdout.decode(errors="replace"))


def run(chosen: Iterable[Mutant], workers: int = os.cpu_count() or 1) -> Iterator[Verdict]:
    """Try these mutants out, each worker in a copy of its own."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        shops: SimpleQueue[Path] = SimpleQueue()
        for number in range(workers):
            shops.put(workshop(Path(folder, str(number))))

        def one(mutant: Mutant) -> Verdict:
            shop = shops.get()
            try:
                return try_out(mutant, shop)
            finally:
                shops.put(shop)

        yield from pool.map(one, chosen)


def unsound(chosen: Iterable[Mutant]) -> str:
    """A test that fails although nothing is broken, and so would notice nothing; "" when there is
    none.
    """
    tests = {test for mutant in chosen for test in mutant.tests}
    simulations = sorted(
        (test for test in tests if test.startswith("simulation ")),
        key=lambda test: int(test.split()[1]),
    )
    # The longest holds the others
    wanted = [*sorted(tests.difference(simulations)), *simulations[-1:]]
    with tempfile.TemporaryDirectory() as folder:
        return first_failure(wanted, workshop(Path(folder, "shop")))


def main(words: Sequence[str]) -> int:
    """Run all, or those with these words in name, rule or file; 1 when one survives."""
    named = ((f"{one.name} {one.rule} {one.file}", one) for one in mutants())
    chosen = [one for name, one in named if not words or any(word in name for word in words)]
    if failed := unsound(chosen):
        sys.stdout.write(f"{failed} fails with nothing broken\n")
        return 1
    count = survived = 0
    for one in run(chosen):
        count, survived = count + 1, survived + (not one.caught_by)
        what = f"{one.mutant.rule}: {one.mutant.name}"
        sys.stdout.write(f"{one.seconds:5.1f} s  {what}  |  {one.caught_by or 'SURVIVED'}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{count} mutants, {survived} survived\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m benchmarks.fidelity`: score an engine over the cases and print the table.

Exit status: 0 when every case could be scored, however well; 1 when not; 2 for a wrong option.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.fidelity import adapter, table
from benchmarks.fidelity.cases import Case, FixtureError, load
from benchmarks.fidelity.engines.base import Answer, Engine, EngineError, Options
from benchmarks.fidelity.engines.registry import ENGINES
from benchmarks.fidelity.engines.replies import saved_as
from benchmarks.fidelity.outcome import Outcome, outcome
from benchmarks.fidelity.table import Failure

MOST_FAILURES: Final = 3
"""In a row: then the engine is taken to be out of order, and nothing more is paid."""


def main(words: Sequence[str] | None = None) -> int:
    """Run it. The report is on stdout; why it could not be made, or not whole, on stderr."""
    args = _parser().parse_args(words)
    try:
        cases = chosen(load(), args.case)
        engine = ENGINES[args.engine](Options(args.model, args.by, args.replies))
    except (FixtureError, EngineError) as error:
        print(f"fidelity: {error}", file=sys.stderr)
        return 1
    outcomes, failures = run(engine, cases, Path(args.save) if args.save else None)
    if args.json:
        found = {"engine": args.engine, "model": args.model or None}
        print(json.dumps(found | table.as_json(outcomes, failures), ensure_ascii=False, indent=1))
    else:
        details = ("none", "misses", "all")[min(args.verbose, 2)]
        print("\n".join(table.lines(outcomes, failures, details=details)))
    if failures or not outcomes:
        first = failures[0].why if failures else "no reply to score"
        print(f"fidelity: not everything could be scored: {first}", file=sys.stderr)
        return 1
    return 0


def run(
    engine: Engine, cases: Sequence[Case], save: Path | None = None
) -> tuple[list[Outcome], list[Failure]]:
    """Ask the engine for each case and score what it answers; a reply is saved first."""
    outcomes: list[Outcome] = []
    failures: list[Failure] = []
    in_a_row = 0
    for case in cases:
        try:
            for answer in engine(case):
                _save(case, answer, save)
                ruling = adapter.ruling(case.memory, answer.text, case.notes)
                outcomes.append(outcome(case, answer, ruling))
            in_a_row = 0
        except EngineError as error:
            failures.append(Failure(case.name, str(error)))
            in_a_row += 1
        if in_a_row == MOST_FAILURES:
            break
    return outcomes, failures


def _save(case: Case, answer: Answer, folder: Path | None) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        saved_as(case, folder).write_bytes(answer.text.encode("utf-8"))


def chosen(cases: Sequence[Case], patterns: Sequence[str]) -> list[Case]:
    """The cases whose name or one of whose tags fits a pattern; all without a pattern."""
    if not patterns:
        return list(cases)
    chosen = [case for case in cases if _fits(case, patterns)]
    if not chosen:
        raise FixtureError(f"no case fits {' '.join(patterns)}")
    return chosen


def _fits(case: Case, patterns: Sequence[str]) -> bool:
    names = (case.name, *case.tags)
    return any(fnmatch.fnmatch(name, pattern) for name in names for pattern in patterns)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fidelity", description=__doc__)
    parser.add_argument("--engine", required=True, choices=sorted(ENGINES), metavar="NAME")
    parser.add_argument("--model", default="", help="for api and claude-code: not the default")
    parser.add_argument("--by", default="", help="for replies: only those of claude, or by hand")
    parser.add_argument("--replies", default="", metavar="DIR", help="for replies: saved ones")
    parser.add_argument("--save", default="", metavar="DIR", help="keep each reply in DIR")
    parser.add_argument("--case", action="append", default=[], help="a name or tag, * allowed")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "-v", "--verbose", action="count", default=0, help="what went wrong; -vv: of every reply"
    )
    parser.epilog = f"engines: {', '.join(sorted(ENGINES))}"
    return parser


if __name__ == "__main__":
    sys.exit(main())

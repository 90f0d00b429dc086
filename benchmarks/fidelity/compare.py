"""The table of README.md: every engine that needs no model, and runs that were saved as JSON.

    python -m benchmarks.fidelity.compare [FILE.json ...] [--case PATTERN]

A file is what `--json` of the command printed. Output is Markdown.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.fidelity import table
from benchmarks.fidelity.__main__ import chosen, run
from benchmarks.fidelity.cases import Case, FixtureError, load
from benchmarks.fidelity.engines.base import Options
from benchmarks.fidelity.engines.registry import ENGINES
from benchmarks.fidelity.engines.scripted import SCRIPTS
from benchmarks.fidelity.outcome import FAITHFUL, SLIP
from benchmarks.fidelity.score import KINDS

_HEAD: Final = ("engine", "replies", "whole", *KINDS, "lines kept", "whole after", "kept after")


def main(words: Sequence[str] | None = None) -> int:
    """Print both tables. Exit status 1 when a file or a case cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fidelity.compare")
    parser.add_argument("files", nargs="*", metavar="FILE.json")
    parser.add_argument("--case", action="append", default=[])
    args = parser.parse_args(words)
    try:
        cases = chosen(load(), args.case)
        saved = {Path(name).stem: _saved(name) for name in args.files}
    except FixtureError as error:
        print(f"fidelity: {error}", file=sys.stderr)
        return 1
    recorded = {
        f"replies of {by}": _totals("replies", Options(by=by), cases) for by in ("claude", "hand")
    }
    scripted = {name: _totals(name, Options(), cases) for name in SCRIPTS}
    print("\n".join(_scores(saved | recorded | scripted)))
    print()
    print("\n".join(_decisions(saved | recorded | scripted)))
    return 0


def _saved(name: str) -> Mapping[str, Any]:
    try:
        totals: Mapping[str, Any] = json.loads(Path(name).read_text(encoding="utf-8"))["totals"]
    except (OSError, ValueError, KeyError) as error:
        raise FixtureError(f"{name} is not what --json prints: {error}") from error
    return totals


def _totals(name: str, options: Options, cases: Sequence[Case]) -> Mapping[str, Any]:
    outcomes, failures = run(ENGINES[name](options), cases)
    totals: Mapping[str, Any] = table.as_json(outcomes, failures)["totals"]
    return totals


def _scores(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = [_line(_HEAD), _line(["---", *("---:" for _ in _HEAD[1:])])]
    for name, totals in rows.items():
        count = totals["replies"]
        points = [_percent(*totals["points"][kind]) for kind in KINDS]
        lines.append(
            _line(
                [
                    name,
                    str(count),
                    _percent(totals["whole"], count),
                    *points,
                    _percent(totals["lines_kept"], 1),
                    _percent(totals["whole_after_guard"], count),
                    _percent(*totals["points_after_guard"]["kept"]),
                ]
            )
        )
    return lines


def _decisions(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    kinds = (*FAITHFUL, *SLIP)
    lines = [_line(("engine", *kinds)), _line(["---", *("---:" for _ in kinds)])]
    for name, totals in rows.items():
        lines.append(_line([name, *(str(totals["became"].get(kind, 0)) for kind in kinds)]))
    return lines


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())

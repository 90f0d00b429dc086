"""The report: a table for people, JSON for programs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from benchmarks.fidelity.outcome import FAITHFUL, SLIP, Outcome
from benchmarks.fidelity.score import KINDS, Score

_NAME: Final = 30
_COLUMN: Final = 8


class Failure(NamedTuple):
    """A case that could not be scored, and why."""

    case: str
    why: str


def lines(outcomes: Sequence[Outcome], failures: Sequence[Failure], *, details: str) -> list[str]:
    """The table, a line each. details: "none", "misses" (what is not plain) or "all"."""
    head = f"{'case':<{_NAME}} {'reply':<9}" + "".join(f"{kind:>{_COLUMN}}" for kind in KINDS)
    table = [f"{head}  {'guard':<8}{'came of it':<15}{'calls':>5}{'cost $':>9}"]
    for row in outcomes:
        table.append(_row(row))
        table += _details(row, details)
    table += [f"{failure.case:<{_NAME}} not scored: {failure.why}" for failure in failures]
    return [*table, "", *_summary(outcomes, failures)]


def as_json(outcomes: Sequence[Outcome], failures: Sequence[Failure]) -> dict[str, Any]:
    """The same as data; totals as in `lines`."""
    return {
        "cases": [_object(row) for row in outcomes],
        "not_scored": [failure._asdict() for failure in failures],
        "totals": {
            "replies": len(outcomes),
            "whole": _wholes(outcomes, "sent"),
            "whole_after_guard": _wholes(outcomes, "after"),
            "points": {kind: _points(outcomes, "sent", kind) for kind in KINDS},
            "points_after_guard": {kind: _points(outcomes, "after", kind) for kind in KINDS},
            "lines_kept": round(_lines_kept(outcomes), 4),
            "became": Counter(row.became for row in outcomes),
            "calls": _sum(outcomes, "calls"),
            "cost": _sum(outcomes, "cost"),
        },
    }


def _row(row: Outcome) -> str:
    cells = "".join(f"{_fraction(row.sent, kind):>{_COLUMN}}" for kind in KINDS)
    calls = "" if row.answer.calls is None else str(row.answer.calls)
    cost = "" if row.answer.cost is None else f"{row.answer.cost:.4f}"
    end = f"{row.ruling.kind:<8}{row.became:<15}{calls:>5}{cost:>9}"
    return f"{row.case.name[:_NAME]:<{_NAME}} {row.label:<9}{cells}  {end}".rstrip()


def _fraction(result: Score, kind: str) -> str:
    return f"{result.held[kind]}/{result.total[kind]}" if result.total[kind] else "-"


def _details(row: Outcome, details: str) -> Iterator[str]:
    plain = row.became in ("taken", "caught", "repaired", "asked rightly")
    if details == "none" or (details == "misses" and plain):
        return
    if row.answer.recorded is not None:
        yield f"    {row.answer.recorded.what} (should: {row.answer.recorded.should})"
    yield from (f"    sent: {miss.kind} {miss.words!r}" for miss in row.sent.misses)
    yield from (f"    after: {miss.kind} {miss.words!r}" for miss in row.after.misses)
    yield from (f"    guard asks: {reason}" for reason in row.ruling.reasons)
    yield from (f"    guard repaired: {repair}" for repair in row.ruling.repairs)


def _summary(outcomes: Sequence[Outcome], failures: Sequence[Failure]) -> Iterator[str]:
    count = len(outcomes)
    yield f"{count} replies scored" + (f", {len(failures)} not" if failures else "")
    for name, which in (("as sent", "sent"), ("after the guard", "after")):
        cells = [_cell(outcomes, which, kind) for kind in KINDS]
        whole = _percent(_wholes(outcomes, which), count)
        yield f"  {name:<16} every point {whole:>6}   " + "  ".join(cells)
    yield f"  old lines kept to the byte: {100 * _lines_kept(outcomes):.1f} %"
    for label, kinds in (("faithful", FAITHFUL), ("slip", SLIP)):
        rows = [row for row in outcomes if row.label == label]
        counts = Counter(row.became for row in rows)
        text = ", ".join(f"{kind} {counts[kind]}" for kind in kinds)
        yield f"  {label + ' ' + str(len(rows)):<16} {text}"
    calls, cost = _sum(outcomes, "calls"), _sum(outcomes, "cost")
    if calls is not None:
        yield f"  calls {calls:.0f}" + (f", cost ${cost:.2f}" if cost is not None else "")


def _cell(outcomes: Sequence[Outcome], which: str, kind: str) -> str:
    held, total = _points(outcomes, which, kind)
    return f"{kind} {held}/{total}"


def _points(outcomes: Sequence[Outcome], which: str, kind: str) -> tuple[int, int]:
    scores = [_score(row, which) for row in outcomes]
    return sum(s.held[kind] for s in scores), sum(s.total[kind] for s in scores)


def _wholes(outcomes: Sequence[Outcome], which: str) -> int:
    return sum(_score(row, which).whole for row in outcomes)


def _score(row: Outcome, which: str) -> Score:
    return row.sent if which == "sent" else row.after


def _lines_kept(outcomes: Sequence[Outcome]) -> float:
    return sum(row.kept_lines for row in outcomes) / max(1, len(outcomes))


def _sum(outcomes: Sequence[Outcome], what: str) -> float | None:
    """None where not one of the replies tells."""
    values = [getattr(row.answer, what) for row in outcomes]
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _object(row: Outcome) -> dict[str, Any]:
    recorded = row.answer.recorded
    return {
        "case": row.case.name,
        "tags": row.case.tags,
        "label": row.label,
        "what": recorded.what if recorded else None,
        "should": recorded.should if recorded else None,
        "by": recorded.by if recorded else None,
        "guard": row.ruling.kind,
        "became": row.became,
        "reasons": row.ruling.reasons,
        "repairs": row.ruling.repairs,
        "points": {kind: [row.sent.held[kind], row.sent.total[kind]] for kind in KINDS},
        "misses": [list(miss) for miss in row.sent.misses],
        "misses_after_guard": [list(miss) for miss in row.after.misses],
        "lines_kept": round(row.kept_lines, 4),
        "calls": row.answer.calls,
        "cost": row.answer.cost,
    }

"""The scorer: which points of a case hold in a memory. Pure; knows no engine and no guard."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from benchmarks.fidelity.cases import Expected, Point
from benchmarks.fidelity.words import contains, says

KINDS: Final = (*Expected._fields, "kept", "only")
"""The columns of the table: the four of `Expected`, and two that hold for every merge. kept: old
constraints that are still in force, a point each. only: no constraint that nobody told, one point.
"""


class Miss(NamedTuple):
    """A point that does not hold: its kind, and the words that should (or should not) be there."""

    kind: str
    words: str


class Score(NamedTuple):
    """How many points there are and how many hold, by kind, and those that do not."""

    total: Counter[str]
    held: Counter[str]
    misses: tuple[Miss, ...]

    @property
    def whole(self) -> bool:
        """Whether every point holds."""
        return not self.misses


def score(memory: str, body: str, expected: Expected) -> Score:
    """Score what `memory` became."""
    below = "\n".join(constraint_lines(body))
    holds: dict[str, Callable[[Point], bool]] = {
        "appear": lambda point: any(says(body, words) for words in point),
        "rules": lambda point: any(says(below, words) for words in point),
        "survive": lambda point: any(contains(body, words) for words in point),
        "gone": lambda point: not any(contains(body, words) for words in point),
    }
    total, misses = Counter[str](), []
    for kind, points in expected._asdict().items():
        total[kind] = len(points)
        failing = [point for point in points if not holds[kind](point)]
        misses += [Miss(kind, " || ".join(point)) for point in failing]
    old = Counter(constraint_lines(memory))
    total["kept"] = old.total()
    new = Counter(constraint_lines(body))
    misses += [Miss("kept", line) for line in (old - new).elements()]
    total["only"] = 1
    misses += [Miss("only", line) for line in (new - old) if not _told(line, expected)]
    missed = Counter(miss.kind for miss in misses)
    return Score(total, total - missed, tuple(misses))


def _told(line: str, expected: Expected) -> bool:
    """Whether a new constraint is one that the case asks for."""
    points = (*expected.appear, *expected.rules)
    return any(says(line, words) for point in points for words in point)


class _Heading(NamedTuple):
    level: int
    title: str


_ATX: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t#]*$")
_BOLD: Final = re.compile(r" {0,3}(?:\*\*|__)([^*_]+)(?:\*\*|__):?[ \t]*$")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE: Final = re.compile(r" {0,3}(```|~~~)")
_BELOW_ALL: Final = 7  # a line that is nothing but bold text is a heading below all others
_PLACEHOLDER: Final = re.compile(r"[-*+] \(.*\)$")  # the starter's: it says what belongs there
_TITLES: Final = ("hard constraints", "constraints")


def constraint_lines(body: str) -> list[str]:
    """The lines below a heading that begins with "Hard constraints" or "Constraints".

    Headings, rules, blank lines and the starter's placeholders are left out. Made anew here, so
    that a fault of memsync's own reading does not hide itself.
    """
    inside: int | None = None
    lines = []
    for line, heading in _read(body):
        if heading is None and inside is not None:
            lines.append(line.rstrip())
        elif heading is not None and (inside is None or heading.level <= inside):
            title = re.sub(r"^[\W\d_]+", "", heading.title).lower()
            inside = heading.level if title.startswith(_TITLES) else None
    return [line for line in lines if not _says_nothing(line.strip())]


def _says_nothing(line: str) -> bool:
    return not line or bool(_UNDERLINE.match(line) or _PLACEHOLDER.match(line))


def _read(body: str) -> Iterator[tuple[str, _Heading | None]]:
    """Each line, with the heading that it is; in a code block there is none."""
    fence = ""
    lines = body.split("\n")
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        mark = _FENCE.match(line)
        if mark is not None and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        yield line, None if fence else _heading(line, below)


def _heading(line: str, below: str) -> _Heading | None:
    atx = _ATX.match(line)
    if atx is not None:
        return _Heading(len(atx[1]), atx[2])
    underline = _UNDERLINE.match(below)
    if underline is not None and re.match(r" {0,3}[^\W\d_]", line):
        return _Heading(1 if underline[1][0] == "=" else 2, line.strip())
    bold = _BOLD.match(line)
    return None if bold is None else _Heading(_BELOW_ALL, bold[1])

"""Claude Code takes `@path` in a memory as: load that file, without asking. So a new one goes into backticks.

Knows: where Claude Code sees an import (facts/claude-code.md, section 2). Must not know: verdicts.
"""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from memsync.markdown import Outline, code_spans, outline

# Before it: the start, a space, or the end of markup, where Claude Code begins a new piece of text.
_IMPORT: Final = re.compile(
    r"(?:(?<=[\s\ufeff*~)\]>|`}])|(?<=[\s*~_]_)|(?<=^_)|^)@(?=[\w~./\\-])(?:\\.|[^\s`\\])+", re.MULTILINE
)
_AFTER: Final = ".,;:!?)]}*_~\"'|>"


def wrapped(text: str, old: Outline) -> tuple[str, list[str]]:
    """The text with each bare import that the old memory has not bare in backticks, and those imports."""
    known = {token for _, _, token in _imports(old)} if any("@" in line for line in old.lines) else set()
    view = outline(text)
    lines = list(view.lines)
    done: list[str] = []
    for (n, at), ticks, token in reversed(list(_imports(view))):
        if token not in known:
            before, after = lines[n][:at], lines[n][at + len(token) :]
            beside = before.endswith("`") or after.startswith("`")  # backticks would run together
            lines[n] = f"{before}\\{token}{after}" if beside else f"{before}{ticks}{token}{ticks}{after}"
            done.append(token)
    return "\n".join(lines), done[::-1]


def _imports(view: Outline) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Each bare import: its line and column, the backticks that are safe round it, and the token itself."""
    for first, last, cells in _stretches(view):
        text = "\n".join(view.lines[first:last])
        if "@" not in text:
            continue
        ends = list(accumulate(len(line) + 1 for line in view.lines[first:last]))
        for start, piece in _cells(text) if cells else [(0, text)]:
            spans, lonely = code_spans(piece)
            ticks = "`" * next(n for n in range(1, len(lonely) + 2) if n not in lonely)
            for match in _IMPORT.finditer(piece):
                token = match[0].rstrip(_AFTER)
                if len(token) > 1 and not any(low < match.start() < high for low, high in spans):
                    at = start + match.start()
                    row = bisect_right(ends, at)
                    yield (first + row, at - (ends[row - 1] if row else 0)), ticks, token


def _cells(row: str) -> Iterator[tuple[int, str]]:
    """The cells of a row of a table and where they begin: code spans do not reach from one to the next."""
    start = 0
    for bar in re.finditer(r"(?<!\\)\||\Z", row):
        yield start, row[start : bar.start()]
        start = bar.end()


def _stretches(view: Outline) -> Iterator[tuple[int, int, bool]]:
    """Lines whose code spans may pair, in order, and every other line outside of code by itself."""
    units = {unit.start: unit for unit in view.units}
    n = 0
    while n < len(view.lines):
        unit = units.get(n)
        end = unit.end if unit is not None else n + 1
        hidden = n in view.code or (n in view.comments and not re.search(r"-->\s*\S", view.lines[n]))
        if not hidden:
            yield n, end, unit is not None and unit.cells
        n = max(end, n + 1)

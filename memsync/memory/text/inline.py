"""What stands within the text of one paragraph: code spans, and emphasis, which is dress. Pure.

May not know: lines, blocks, what becomes of a text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

_RUN: Final = re.compile(r"\\.|\*{1,3}|_{1,3}", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def code_spans(text: str) -> tuple[list[tuple[int, int]], set[int]]:
    """Where the code spans of one paragraph are, and the lengths of the backtick runs that pair
    with none.
    """
    by_length: dict[int, list[int]] = {}
    for run in re.finditer(r"`+", text):
        by_length.setdefault(len(run[0]), []).append(run.start())
    spans: list[tuple[int, int]] = []
    lonely: set[int] = set()
    done = 0
    for run in re.finditer(r"\\.|`+", text, re.DOTALL):
        if run[0].startswith("\\") or run.start() < done:
            continue
        length = len(run[0])
        starts = by_length.get(length, [])
        n = bisect_left(starts, run.end())
        if n < len(starts):
            done = starts[n] + length
            spans.append((run.start(), done))
        else:
            lonely.add(length)
    return spans, lonely


def undressed(text: str) -> str:
    """A text with single spaces, without emphasis and without the backslashes of escapes."""
    if "*" in text or "_" in text:
        text = _without_emphasis(text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return " ".join(text.split())


def _without_emphasis(text: str) -> str:
    """Only pairs count, outside code: `*.md` is a pattern, and `snake_case` one word."""
    spans = code_spans(text)[0] if "`" in text else []
    opened: dict[str, re.Match[str]] = {}
    marks: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        inside = bisect_left(spans, (run.start() + 1,)) - 1
        if run[0][0] == "\\" or (inside >= 0 and run.start() < spans[inside][1]):
            continue
        before, behind = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        if run[0] in opened and before.strip() and not _is_word(behind):
            marks += [opened.pop(run[0]).span(), run.span()]
        elif behind.strip() and not _is_word(before):
            opened[run[0]] = run
    return _without(text, sorted(marks))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept: list[str] = []
    done = 0
    for start, end in spans:
        kept.append(text[done:start])
        done = end
    return "".join([*kept, text[done:]])

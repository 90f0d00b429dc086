"""Lines that fit a terminal; a word is never broken while it fits. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from memsync.system.visible import visible_line

LEAST_WIDTH: Final = 40
MOST_WIDTH: Final = 100
_PIECES: Final = re.compile(r"[^\s/\\]*[/\\]+|[^\s/\\]+")


def rows(pairs: Sequence[tuple[str, str]], width: int) -> list[str]:
    """`Label  value`, the value wrapped behind its own margin. Nothing is wider than `width`."""
    width = min(max(width, LEAST_WIDTH), MOST_WIDTH)
    margin = max((len(label) for label, _ in pairs), default=0) + 2
    lines = []
    for label, value in pairs:
        first, *more = wrapped(visible_line(value), width - margin) or [""]
        lines.append(f"{label:<{margin}}{first}".rstrip())
        lines += [f"{'':<{margin}}{line}" for line in more]
    return lines


def paragraph(text: str, width: int, margin: int = 0, *, first: int = 0) -> list[str]:
    """A line as lines of at most `width` characters, behind a margin; that of the first is
    `first`.
    """
    width = min(max(width, LEAST_WIDTH), MOST_WIDTH)
    begin, *more = wrapped(visible_line(text), width - max(margin, first)) or [""]
    return [f"{'':<{first}}{begin}", *(f"{'':<{margin}}{line}" for line in more)]


def wrapped(text: str, room: int) -> list[str]:
    """A text in lines of at most `room` cells, broken at spaces; a word that is longer is broken
    behind a slash, and only then anywhere.
    """
    lines = [""]
    for word in text.split(" "):
        glue = " " if lines[-1] else ""
        if cells(lines[-1] + glue + word) <= room:
            lines[-1] += glue + word
            continue
        if lines[-1]:
            lines.append("")
        for piece in _pieces(word, room):
            if cells(lines[-1] + piece) > room:
                lines.append("")
            lines[-1] += piece
    return [line for line in lines if line]


def _pieces(word: str, room: int) -> Iterator[str]:
    if cells(word) <= room:
        yield word
        return
    for piece in _PIECES.findall(word):
        if cells(piece) <= room:
            yield piece
        else:
            yield from piece  # each character where there is room for it


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: a Chinese character takes two."""
    return len(text) + sum(unicodedata.east_asian_width(one) in "WF" for one in text)


def shortened(text: str, home: str) -> str:
    """A text with `~` for the home at the beginning of each path in it; a shell would take one in
    quotes for a name.
    """
    if not home or home in ("/", "\\"):
        return text
    return re.sub(rf"(?<![\w./\\'\"-]){re.escape(home)}(?=[/\\]|\s|$|[,;:'\")])", "~", text)

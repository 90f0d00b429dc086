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
_WORDS: Final = r"set|get|api_key|claude-code|--?[\w-]+|[A-Z]+|[0-9a-f]{4,}|\"[^\"]*\""
# What is typed as it stands: a command of memsync's with its options
_COMMAND: Final = re.compile(rf"\bmemsync(?: [a-z]+)?(?: (?:{_WORDS})(?![\w]))*")
_GLUE: Final = "\0"
_GAP: Final = re.compile(r" {3,}")


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
    begin, *more = _in_rows(visible_line(text), width - max(margin, first)) or [""]
    return [f"{'':<{first}}{begin}", *(f"{'':<{margin}}{line}" for line in more)]


def fitted(text: str, width: int) -> list[str]:
    """A line in rows of at most `width` cells, behind its own margin; a command of memsync's stays
    in one row while it fits. What stands behind a gap of three spaces gets a row of its own.
    """
    line = visible_line(text)
    if cells(line) <= width:
        return [line]
    first = len(line) - len(line.lstrip(" "))
    room = max(width, LEAST_WIDTH) - first - 2
    out: list[str] = []
    for piece in _GAP.split(line.strip(" ")):
        out += _in_rows(piece, room)
    return [f"{'':<{first if n == 0 else first + 2}}{row}" for n, row in enumerate(out)]


def _in_rows(text: str, room: int) -> list[str]:
    glued = _COMMAND.sub(lambda match: _glued(match[0], room), text)
    return [row.replace(_GLUE, " ") for row in wrapped(glued, room)]


def _glued(command: str, room: int) -> str:
    return command.replace(" ", _GLUE) if cells(command) <= room else command


def typed(label: str, text: str, width: int, *, goes_on: bool = True) -> list[str]:
    """What is to be typed, behind a label that may be nothing but a margin, each command so that it
    can be copied: in one row, or where it is longer in several behind backslashes, which a shell
    reads as one (`goes_on`: that it does so).

    Several commands with words between them stay in one row, whatever its length. A remark behind a
    gap of three spaces gets rows of its own where the line is too long.
    """
    line = visible_line(text)
    if cells(label + line) <= width:
        return [f"{label}{line}"]
    first, *remarks = _GAP.split(line)
    margin = len(label) - len(label.lstrip(" "))
    out = [f"{label}{first}"]
    if goes_on and cells(out[0]) > width and not re.search(r"[,;:] ", first):
        begin, *more = _parted(first, width - len(label) - 4)
        out = [f"{label}{begin}", *(f"{'':<{len(label) + 2}}{row}" for row in more)]
        out[:-1] = [f"{row} \\" for row in out[:-1]]
    for remark in remarks:
        out += paragraph(remark, width, margin + 1, first=margin)
    return out


def _parted(command: str, room: int) -> list[str]:
    """The words of a command in rows, none of them broken, nor what stands in quotes."""
    out = [""]
    for word in re.findall(r"(?:[^\s\"']|\"[^\"]*\"|'[^']*')+", command):
        if out[-1] and cells(f"{out[-1]} {word}") > room:
            out.append("")
        out[-1] += f"{' ' if out[-1] else ''}{word}"
    return out


def table(head: Sequence[str], body: Sequence[Sequence[str]], width: int) -> list[str]:
    """Rows below a head, in columns; where they do not fit, each row as lines of its own: the first
    cell, and behind it the others, each with its head.
    """
    shown_cells = [[visible_line(cell) for cell in row] for row in body]
    widths = [max(map(cells, column)) for column in zip(head, *shown_cells, strict=True)]
    if sum(widths) + 2 * len(widths) <= width:
        return [_in_columns(row, widths) for row in (head, *shown_cells)]
    out: list[str] = []
    margin = widths[0] + 4
    for row in shown_cells:
        first = f"  {row[0]:<{widths[0]}}  "
        for label, cell in list(zip(head, row, strict=True))[1:]:
            for line in wrapped(f"{label}: {cell}", width - margin):
                out.append(f"{first}{line}")
                first = " " * margin
    return out


def _in_columns(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f"{cell}{'':<{most - cells(cell)}}" for cell, most in zip(row, widths, strict=True))
    return f"  {'  '.join(padded)}".rstrip()


def wrapped(text: str, room: int) -> list[str]:
    """A text in lines of at most `room` cells, broken at spaces; a word that is longer than a line
    is broken behind a slash, and only then anywhere.
    """
    lines = [""]
    for word in text.split(" "):
        glue = " " if lines[-1] else ""
        if cells(lines[-1] + glue + word) <= room:
            lines[-1] += glue + word
            continue
        first, *more = _pieces(word, room)
        if lines[-1] and (not more or cells(lines[-1] + glue + first) > room):
            lines.append("")
            glue = ""
        for piece in (glue + first, *more):
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

"""What the lines of a very large text are after stretches of it have changed, without reading all
of it again. Pure.

May not know: what a constraint is, why a stretch changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from memsync.memory.text.blocks import Piece
from memsync.memory.text.markdown import Outline
from memsync.memory.text.plain import starts_anew

MANY: Final = 1000  # lines of one thing

_RUNS: Final = ("items", "rows")  # pieces that can be parted between two lines


class Place(NamedTuple):
    """Lines [first, last) of another text, which come into the place of [start, end)."""

    start: int
    end: int
    view: Outline
    first: int
    last: int

    @property
    def longer(self) -> int:
        """How many more lines come than go."""
        return self.last - self.first - self.end + self.start


def beginnings(view: Outline) -> frozenset[int]:
    """Lines that mean the same whatever stands above them, if only that opens nothing that runs on:
    ATX headings, fences, and paragraphs below a blank line, in no list and no quote. Of a text that
    is read line by line, each line at which it is read anew, and the rows of tables (`table_at`).
    """
    lines = view.lines
    if view.plainly:
        return frozenset(_read_anew(view.read, lines))
    found = {h.line for h in view.headings if lines[h.line].startswith("#")}
    for piece in view.read:
        if piece.kind in ("prose", "paragraph"):
            if not piece.start or not lines[piece.start - 1].strip():
                found.add(piece.start)
        elif piece.kind == "code" and lines[piece.start].startswith(("```", "~~~")):
            found.add(piece.start)
    return frozenset(found)


def _read_anew(pieces: Iterable[Piece], lines: Sequence[str]) -> Iterator[int]:
    for piece in pieces:
        if piece.kind in ("heading", "paragraph", "block"):
            yield piece.start
        elif piece.kind == "items":
            yield from range(piece.start, piece.end + 1)  # the last one is no part of the run
        elif piece.kind == "rows":
            yield from range(piece.start + 2, piece.end)
        elif piece.kind == "comment" and lines[piece.start].startswith("<!--"):
            yield piece.start


def behind_large(view: Outline) -> dict[int, bool]:
    """The lines behind very long paragraphs, quotes, tables and blocks of code or HTML, of a text
    that is read line by line: what comes there is no part of them if it is blank, or starts anew,
    but for HTML, which a blank line ends. Each with whether it is behind HTML.
    """
    lines = view.lines
    large = (p for p in view.read if p.end - p.start > MANY and p.end < len(lines))
    found = {}
    for piece in large:
        begin, below = lines[piece.start], lines[piece.end]
        if piece.kind == "block" and begin.startswith("<"):
            if not below.strip():
                found[piece.end] = True
        elif _ends(piece, begin) and (not below.strip() or starts_anew(below)):
            found[piece.end] = False
    return found


def _ends(piece: Piece, begin: str) -> bool:
    """Whether what starts anew ends a piece, of which this is the first line."""
    if piece.kind == "code":
        return piece.closed and begin.startswith(("```", "~~~"))
    is_quote = piece.kind == "block" and begin.startswith(">")
    return is_quote or piece.kind in ("paragraph", "rows")


def is_parted(old: Outline, line: int, view: Outline, other: int) -> bool:
    """Whether what begins at the line `other` of a view may stand where the old text has `line`,
    at which it can be parted: it is read there as in the view, and what stands above as before.
    """
    if (table_at(view, other) is None) != (table_at(old, line) is None):
        return False
    text = view.lines[other]
    if other in beginnings(view):
        if text == old.lines[line]:
            return True
        return starts_anew(text) and not behind_large(old).get(line)
    return not text.strip() and line in behind_large(old)


def table_at(view: Outline, line: int) -> int | None:
    """The first line of the table, of a text that is read line by line, of which this line is a row
    below the border; None for any other line.
    """
    n = _from(view.read, line) - 1
    piece = view.read[n] if n >= 0 else None
    if piece is None or piece.kind != "rows" or not piece.start + 2 <= line < piece.end:
        return None
    return piece.start


def composed(old: Outline, places: Sequence[Place]) -> Outline:
    """What reading the text with all these places filled would give.

    It can be parted where they begin and end, and what comes there `is_parted`; or `runs_on` is
    above them, in both texts.
    """
    read, lines = list[Piece](), list[str]()
    done = 0
    for start, end, view, first, last in places:
        for text, at, to in ((old, done, start), (view, first, last)):
            read += _moved(_between(text.read, at, to), len(lines) - at)
            lines += text.lines[at:to]
        done = end
    read += _moved(_between(old.read, done, len(old.lines)), len(lines) - done)
    lines += old.lines[done:]
    opened = old.runs_on
    if opened is not None:  # it grows with what comes behind it
        at = opened + sum(place.longer for place in places if place.end <= opened)
        more = sum(place.longer for place in places if place.start > opened)
        read = [p._replace(end=p.end + more) if p.start == at else p for p in read]
    front = old.front if places[0].start else places[0].view.front
    return Outline(tuple(lines), _joined(read), front, old.titles, plainly=old.plainly)


def _from(pieces: Sequence[Piece], line: int) -> int:
    """The first piece from this line on, which is a beginning: nothing above it reaches over it,
    but for a run that can be parted.
    """
    return bisect_left(pieces, line, key=lambda piece: piece.start)


def _between(pieces: Sequence[Piece], start: int, end: int) -> list[Piece]:
    """The pieces of the lines [start, end), which are beginnings."""
    first = _from(pieces, start)
    found = list(pieces[first : _from(pieces, end)])
    if first and pieces[first - 1].kind in _RUNS and pieces[first - 1].end > start:
        found.insert(0, pieces[first - 1]._replace(start=start))
    if found and found[-1].kind in _RUNS and found[-1].end > end:
        found[-1] = found[-1]._replace(end=end)
    return [piece for piece in found if piece.start < piece.end]


def _moved(pieces: Sequence[Piece], by: int) -> Sequence[Piece]:
    if not by:
        return pieces
    return [p._replace(start=p.start + by, end=p.end + by) for p in pieces]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, with tables that were parted as one again."""
    found: list[Piece] = []
    for piece in pieces:
        above = found[-1] if found else piece
        if piece.kind == above.kind == "rows" and above.end == piece.start:
            found[-1] = above._replace(end=piece.end)
        else:
            found.append(piece)
    return found

"""What stretches of a Markdown text are, as both of its readers tell it. Pure.

May not know: how a text is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Kind = Literal[
    "heading", "block", "code", "comment", "prose", "unit", "row", "rows", "items", "paragraph"
]


class Piece(NamedTuple):
    """Lines [start, end) that are something. `level` and `text`: of a heading. `items`: each line
    is a unit and a block by itself. `rows`: a table, each line of which is a row; a block, too.
    `paragraph`: prose, a unit and a block in one.
    """

    kind: Kind
    start: int
    end: int
    level: int = 0
    text: str = ""
    closed: bool = True


def each_by_itself(pieces: Iterable[Piece], kind: Kind) -> Iterator[Piece]:
    """The pieces, with those of this kind, "block" or "unit", that make up a run or a paragraph."""
    for piece in pieces:
        if piece.kind == "paragraph":
            yield Piece(kind, piece.start, piece.end)
        elif piece.kind == "rows" and kind == "block":
            yield Piece("block", piece.start, piece.end)
        elif piece.kind in ("items", "rows"):
            each: Kind = "row" if piece.kind == "rows" else kind
            for number in range(piece.start, piece.end):
                yield Piece(each, number, number + 1)
        else:
            yield piece

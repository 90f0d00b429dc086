"""What lines are, told line by line: of a very large text, in time that grows with it, and of a
section of simple items. Pure.

markdown-it-py takes a tenth of a millisecond for a list item, twenty seconds for a text of 1 MiB
that is nothing else; a memory of that size is read here instead. Headings, fences, comments, HTML,
lists, quotes, tables and paragraphs are those of CommonMark at the top level; within a list item
only fences and comments are told apart. May not know: what a constraint is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple

MOST_WEIGHT: Final = 6_000  # lines, their markers and cells that markdown-it-py reads in a second
MOST_CHARACTERS: Final = 256 * 1024
MOST_MARKERS: Final = 20  # markdown-it-py looks no deeper into lists and quotes

_MARKERS: Final = re.compile(r"(?:[ \t]*(?:[-*+>]|\d{1,9}[.)])(?=[ \t>]|$))*+")
_ATX: Final = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE: Final = re.compile(r"\s*+(`{3,}+(?!.*`)|~{3,}+)")
_ITEM: Final = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_NESTED: Final = re.compile(r"\s*+(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_RULE: Final = re.compile(r" {0,3}(?:(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)$")
_UNDERLINE: Final = re.compile(r" {0,3}(=++|-++)[ \t]*+$")
_BORDER: Final = re.compile(r"[ \t]*+(?=[-:|])(?=[^-]*-)[-:|\t ]*+$")
_BAR: Final = re.compile(r"(?<!\\)\|")
# HTML that begins a block, and what ends it: a blank line where nothing else does
_HTML: Final = (
    (re.compile(r"<(?:script|pre|style|textarea)(?:\s|>|$)", re.IGNORECASE), "</"),
    (re.compile(r"<\?"), "?>"),
    (re.compile(r"<!\[CDATA\["), "]]>"),
    (re.compile(r"<![A-Za-z]"), ">"),
    (re.compile(r"</?[A-Za-z][\w-]*(?:\s|/?>|$)"), ""),
)

# Tags that begin HTML also where a paragraph would go on (CommonMark 0.31.2, section 4.6, kind 6)
_BLOCK_TAG: Final = re.compile(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|"
    r"details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|"
    r"head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|"
    r"p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)"
    r"(?:\s|/?>|$)",
    re.IGNORECASE,
)

# An item of one line for sure, where the next line begins something, too
SIMPLE_ITEM: Final = re.compile(r"(?:[-*+]|\d{1,9}[.)]) [^\s*_-]")

# Items that begin with what begins nothing else; no line of them goes on in the next one
_ONLY_ITEMS: Final = re.compile(
    r"(?:#{1,6} [^\n\r\0]*+(?:\n|\Z))?+"
    r"(?:\n|- (?:[^\W\d_]|\*\*[^\W\d_]|`[^`\n\r\0]|\d++(?![.)])|[\"'(„“«])[^\n\r\0]*+(?:\n|\Z))*+"
)

Kind = Literal["heading", "block", "code", "comment", "prose", "unit", "row", "items", "paragraph"]


class Piece(NamedTuple):
    """Lines [start, end) that are something. `level` and `text`: of a heading. `items`: each line
    is a unit and a block by itself. `paragraph`: prose, a unit and a block in one.
    """

    kind: Kind
    start: int
    end: int
    level: int = 0
    text: str = ""
    closed: bool = True


def is_large(lines: Sequence[str]) -> bool:
    """Whether markdown-it-py may take more than a second for these lines."""
    weight = len(lines)
    if weight > MOST_WEIGHT or sum(map(len, lines)) > MOST_CHARACTERS:
        return True
    for line in lines:
        markers = _MARKERS.match(line)
        weight += min(MOST_MARKERS, len(markers[0]) // 2) if markers is not None else 0
    widest = max(line.count("|") for line in lines)
    return weight + widest * len(lines) // 4 > MOST_WEIGHT


def read_plainly(lines: Sequence[str], start: int) -> list[Piece]:
    """The pieces of these lines from `start` on, in order."""
    found: list[Piece] = []
    number = start
    while number < len(lines):
        line = lines[number]
        first = line and line[:4].lstrip(" ")[:1]
        if not first or first in "\t\r\f\v":
            number = _indented(lines, number, found) if line.strip() else number + 1
        elif first == "#" and (marks := _ATX.match(line)) is not None:
            title = _title(line[marks.end() :])
            found.append(Piece("heading", number, number + 1, len(marks[1]), title))
            number += 1
        elif first in "`~" and (fence := _FENCE.match(line)) is not None:
            number = _fenced(lines, number, fence[1], found)
            found.append(Piece("block", found[-1].start, number))
        elif first == "<" and (end := _html(lines, number, found)):
            number = end
        elif first in "-*_" and _RULE.match(line):
            number += 1
        elif first in "-*+0123456789" and (marks := _ITEM.match(line)) is not None:
            end = _simple(lines, number)
            if end > number + 1:
                found.append(Piece("items", number, end - 1))
                number = end - 1  # with the last one something may go on
            else:
                number = _item(lines, number, marks, found)
        elif first == ">":
            number = _quote(lines, number, found)
        else:
            number = _paragraph(lines, number, found)
    return found


def simple_items(text: str) -> list[Piece] | None:
    """The pieces of a heading and items of one line each, as most sections are; None for what is
    more than that. markdown-it-py gives the same, in ten times the time.
    """
    if not _ONLY_ITEMS.fullmatch(text):
        return None
    lines = text.split("\n")
    found: list[Piece] = []
    if text.startswith("#"):
        level = len(lines[0]) - len(lines[0].lstrip("#"))
        found.append(Piece("heading", 0, 1, level, _title(lines[0][level:])))
        found.append(Piece("unit", 0, 1))
    items = [number for number, line in enumerate(lines) if line.startswith("-")]
    end = len(lines) - (not lines[-1])  # blank lines below an item are its own
    for number, behind in pairwise([*items, end]):
        found += [Piece("block", number, behind), Piece("unit", number, number + 1)]
    return found


def each_by_itself(pieces: Iterable[Piece], kind: Kind) -> Iterator[Piece]:
    """The pieces, with one of this kind for each line of a run of items, and for a paragraph."""
    for piece in pieces:
        if piece.kind == "paragraph":
            yield Piece(kind, piece.start, piece.end)
        elif piece.kind != "items":
            yield piece
        else:
            for number in range(piece.start, piece.end):
                yield Piece(kind, number, number + 1)


def _title(rest: str) -> str:
    """A heading's text, without the marks that may close it."""
    title = rest.strip()
    bare = title.rstrip("#")
    if not bare or bare[-1] in " \t":
        title = bare
    return " ".join(title.split())


def _indented(lines: Sequence[str], start: int, found: list[Piece]) -> int:
    """Code by its indentation, to the next line that has none."""
    end = last = start + 1
    while end < len(lines) and (lines[end][:4].isspace() or not lines[end].strip()):
        end += 1
        if lines[end - 1].strip():
            last = end
    found += [Piece("code", start, last), Piece("block", start, last)]
    return end


def _fenced(
    lines: Sequence[str], start: int, fence: str, found: list[Piece], depth: int = 0
) -> int:
    """Code between fences; within a list item, also to the end of the item."""
    end = start + 1
    closed = False
    while end < len(lines) and not closed:
        plain = lines[end].strip()
        if depth and plain and _indent(lines[end]) < depth:
            break
        closed = (
            plain.startswith(fence)
            and not plain.strip(fence[0])
            and _indent(lines[end]) < (depth + 4)
        )
        end += 1
    found.append(Piece("code", start, end, closed=closed))
    return end


def _html(lines: Sequence[str], start: int, found: list[Piece], depth: int = 0) -> int:
    """A comment, or a block of HTML, to what ends it; 0 where the line begins neither."""
    text = lines[start].lstrip()
    comment = text.startswith("<!--")
    closing = "-->" if comment else None
    if closing is None:
        closing = next((end for begins, end in _HTML if begins.match(text)), None)
    if closing is None:
        return 0
    end = start
    closed = False
    while end < len(lines) and not closed:
        if depth and end > start and lines[end].strip() and _indent(lines[end]) < depth:
            break
        closed = closing in lines[end] if closing else not lines[end].strip()
        end += 1
    end -= bool(closed and not closing)
    found.append(Piece("comment" if comment else "block", start, end, closed=closed or not comment))
    return end


def _indent(line: str) -> int:
    """The columns before the first character, a tab counted as four."""
    return len(line) - len(line.lstrip()) if line[:1] != "\t" else 4


def _simple(lines: Sequence[str], start: int) -> int:
    """Behind the last of the simple items that follow one another from this line on."""
    end = start
    is_simple = SIMPLE_ITEM.match
    while end < len(lines) and is_simple(lines[end]):
        end += 1
    return end


def _item(lines: Sequence[str], start: int, marks: re.Match[str], found: list[Piece]) -> int:
    """A list item with all that is indented below it, and the text that only goes on."""
    end = start + 1
    if end == len(lines) or (lines[end] and not lines[end][0].isspace() and _begins(lines[end])):
        found += [Piece("unit", start, end), Piece("block", start, end)]
        return end
    depth = _depth(lines[start], marks)
    unit, filled = start, end  # behind the last line that is not blank
    blank = False
    while end < len(lines):
        line = lines[end]
        plain = line.strip()
        if not plain:
            blank = True
            end += 1
            continue
        inside = _indent(line) >= depth
        if not inside and (blank or _begins(line)):
            break
        if blank or _NESTED.match(line):
            found.append(Piece("unit", unit, filled))
            unit = end
        blank = False
        fence = _FENCE.match(line) if inside and plain[0] in "`~" else None
        if fence is not None:
            end = filled = _fenced(lines, end, fence[1], found, depth)
            continue
        if inside and plain.startswith("<!--"):
            end = filled = _html(lines, end, found, depth)
            continue
        end = filled = end + 1
    found.append(Piece("unit", unit, filled))
    found.append(Piece("block", start, end))
    return end


def _depth(line: str, marks: re.Match[str]) -> int:
    """How far a line is indented that belongs to this item."""
    bare = len(marks[0].rstrip())
    return marks.end() if marks.end() < len(line) and marks.end() - bare <= 4 else bare + 1


@lru_cache(maxsize=4096)
def _begins(line: str) -> bool:
    """Whether a line begins something else than text, so that no paragraph goes on in it."""
    first = line[:4].lstrip(" ")[:1]
    if not first or first in "\t\r\f\v":
        return False
    if first == ">":
        return True
    if first == "#":
        return _ATX.match(line) is not None
    if first in "`~":
        return _FENCE.match(line) is not None
    if first == "<":
        return line.lstrip().startswith("<!--") or any(
            begins.match(line.lstrip()) for begins in (*(pair[0] for pair in _HTML[:4]), _BLOCK_TAG)
        )
    return first in "-*_+0123456789" and (
        _RULE.match(line) is not None or _ITEM.match(line) is not None
    )


def _quote(lines: Sequence[str], start: int, found: list[Piece]) -> int:
    end = start + 1
    while end < len(lines) and lines[end].strip():
        if lines[end][:4].lstrip(" ")[:1] != ">" and _begins(lines[end]):
            break
        end += 1
    found += [Piece("unit", start, end), Piece("block", start, end)]
    return end


def _is_border(line: str, above: str) -> bool:
    """The border of a table: as many cells as the row above it has."""
    if "|" not in line or _BORDER.match(line) is None:
        return False
    rows = (_BAR.split(row.strip().removeprefix("|").removesuffix("|")) for row in (line, above))
    return len(set(map(len, rows))) == 1


def _paragraph(lines: Sequence[str], start: int, found: list[Piece]) -> int:
    """Text to the next blank line; a heading where a line of signs is below it, or a table."""
    end = start + 1
    if end == len(lines) or not lines[end]:
        found.append(Piece("paragraph", start, end))
        return end
    table = False
    while end < len(lines) and lines[end].strip():
        under = _UNDERLINE.match(lines[end])
        if under is not None and not table:
            title = " ".join(" ".join(lines[start:end]).split())
            level = 1 if under[1][0] == "=" else 2
            found.append(Piece("heading", start, end + 1, level, title))
            return end + 1
        if _begins(lines[end]) or (table and _indent(lines[end]) >= 4):
            break
        if not table and _is_border(lines[end], lines[end - 1]):
            if end > start + 1:  # the text above the table's first row is none of it
                end -= 1
                break
            table = True
        end += 1
    if not table:
        found.append(Piece("paragraph", start, end))
        return end
    found += [Piece("row", number, number + 1) for number in range(start, end)]
    found.append(Piece("block", start, end))
    return end

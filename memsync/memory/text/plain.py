"""What lines are, told line by line: of a very large text, in time that grows with it, and of a
section of simple items. Pure.

markdown-it-py takes a tenth of a millisecond for a list item, twenty seconds for a text of 1 MiB
that is nothing else; a memory of that size is read here instead. Headings, fences, comments, HTML,
lists, quotes, tables and paragraphs are those of CommonMark at the top level; within lists and
quotes only code and comments are told apart. May not know: what a constraint is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from memsync.memory.text.blocks import Piece
from memsync.memory.text.containers import MOST_MARKERS, Containers, begun, spaced, within

MOST_WEIGHT: Final = 6_000  # lines, their markers and cells that markdown-it-py reads in a second
MOST_CHARACTERS: Final = 256 * 1024

_MARKERS: Final = re.compile(r"(?:[ \t]*(?:[-*+>]|\d{1,9}[.)])(?=[ \t>]|$))*+")
_ATX: Final = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE: Final = re.compile(r"\s*+(`{3,}+(?!.*`)|~{3,}+)")
_ITEM: Final = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_OPENING: Final = re.compile(r"[-*+>\d.) \t]*+(?:```|~~~|<!--)")  # within lists or quotes
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
SIMPLE_ITEM: Final = re.compile(
    r"(?:[-*+]|\d{1,9}[.)]) (?![-*+>\d.) \t]*+(?:```|~~~|<!--))[^\s*_-]"
)

# The same for any item, at a slower pace
_ITEM_ALONE: Final = re.compile(
    r"(?![-*+>\d.) \t]*+(?:```|~~~|<!--))(?!(?:(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+)$)"
    r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)"
)

_ANEW: Final = re.compile(r"#{1,6}(?=[ \t]|$)|(?:[-*+]|\d{1,9}[.)])[ \t]+\S")  # a heading, an item

# Items that begin with what begins nothing else; no line of them goes on in the next one
_ONLY_ITEMS: Final = re.compile(
    r"(?:#{1,6} [^\n\r\0]*+(?:\n|\Z))?+"
    r"(?:\n|- (?:[^\W\d_]|\*\*[^\W\d_]|`[^`\n\r\0]|\d++(?![.)])|[\"'(„“«])[^\n\r\0]*+(?:\n|\Z))*+"
)


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
        first = line[:1]
        first = first if first != " " else line[:4].lstrip(" ")[:1]
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
        elif first in "-*+0123456789" and _ITEM.match(line):
            end = _alone(lines, number)
            if end > number + 1:
                found.append(Piece("items", number, end - 1))
                number = end - 1  # with the last one something may go on
            else:
                number = _contained(lines, number, found)
        elif first == ">":
            number = _contained(lines, number, found)
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


def _title(rest: str) -> str:
    """A heading's text, without the marks that may close it."""
    if "#" in rest:
        title = rest.strip()
        bare = title.rstrip("#")
        rest = title if bare and bare[-1] not in " \t" else bare
    return " ".join(rest.split())


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
    lines: Sequence[str], start: int, fence: str, found: list[Piece], inside: Containers = ()
) -> int:
    """Code between fences; within lists and quotes, also to the end of those."""
    end = start + 1
    closed = False
    while end < len(lines) and not closed:
        kept, text = within(spaced(lines[end]), inside) if inside else (0, lines[end])
        if kept < len(inside):
            break
        plain = text.strip()
        closed = plain.startswith(fence) and not plain.strip(fence[0]) and _indent(text) < 4
        end += 1
    end = end if closed or not inside else _filled(lines, end)
    found.append(Piece("code", start, end, closed=closed))
    return end


def _filled(lines: Sequence[str], end: int) -> int:
    """The same end without the blank lines above it, which are not of what an item leaves open."""
    while not lines[end - 1].strip():
        end -= 1
    return end


def _html(lines: Sequence[str], start: int, found: list[Piece], inside: Containers = ()) -> int:
    """A comment, or a block of HTML, to what ends it; 0 where the line begins neither. Within lists
    and quotes, a comment.
    """
    text = lines[start].lstrip()
    comment = text.startswith("<!--") or bool(inside)
    closing = "-->" if comment else None
    if closing is None:
        closing = next((end for begins, end in _HTML if begins.match(text)), None)
    if closing is None:
        return 0
    end = start
    closed = False
    while end < len(lines) and not closed:
        if inside and end > start and within(spaced(lines[end]), inside)[0] < len(inside):
            break
        closed = closing in lines[end] if closing else not lines[end].strip()
        end += 1
    end -= bool(closed and not closing)
    end = end if closed or not inside else _filled(lines, end)
    found.append(Piece("comment" if comment else "block", start, end, closed=closed or not comment))
    return end


def _indent(line: str) -> int:
    """The columns before the first character, a tab counted as four."""
    return len(line) - len(line.lstrip()) if line[:1] != "\t" else 4


def _alone(lines: Sequence[str], start: int) -> int:
    """Behind the last of the items that follow one another from this line on, one in each."""
    is_alone = _ITEM_ALONE.match
    for end in range(start, len(lines)):
        if not is_alone(lines[end]):
            return end
    return len(lines)


def _contained(lines: Sequence[str], start: int, found: list[Piece]) -> int:
    """A list item or a quote with all that stands in it, and the text that only goes on."""
    end = start + 1
    if behind := _behind_one_line(lines, start):
        found += [Piece("unit", start, end), Piece("block", start, behind)]
        return behind
    inside: Containers = ()
    unit = end = filled = start  # filled: behind the last line that is not blank
    goes_on = False  # a paragraph, in the next line
    while end < len(lines):
        kept, text = within(spaced(lines[end]), inside)
        if end > start and not kept and not (goes_on and not _begins(text)):
            break
        if not text.strip():
            inside, goes_on = inside[:kept], False
            end = _behind_alike(lines, end)
            continue
        if not goes_on or _begins(text):
            found += [Piece("unit", unit, filled)] if unit < filled else []
            unit, goes_on = end, False
            more, text = begun(text)
            inside = (*inside[:kept], *more)
            if behind := _own_block(lines, end, text, inside, found):
                end = unit = filled = behind
                continue
            goes_on = text.strip() != "" and not _begins(text)
        end = filled = end + 1
    found += [Piece("unit", unit, filled)] if unit < filled else []
    # Blank lines below an item are its own, those below a quote are not
    found.append(Piece("block", start, _filled(lines, end) if _is_quote(lines[start]) else end))
    return end


def _is_quote(line: str) -> bool:
    return line[:4].lstrip(" ")[:1] == ">"


def _own_block(
    lines: Sequence[str], start: int, text: str, inside: Containers, found: list[Piece]
) -> int:
    """Behind the code or the comment that begins with this text of a line; 0 where none does."""
    if text[:4].isspace() and text.strip():
        found.append(Piece("code", start, start + 1))
        return start + 1
    if (fence := _FENCE.match(text)) is not None:
        return _fenced(lines, start, fence[1], found, inside)
    return _html(lines, start, found, inside) if text.lstrip().startswith("<!--") else 0


def _behind_one_line(lines: Sequence[str], start: int) -> int:
    """Behind an item of no more than this line, and the blank lines below it; else 0."""
    end = start + 1
    if end < len(lines) and not lines[end]:
        if SIMPLE_ITEM.match(lines[start]) is None:
            return 0
        end = _behind_alike(lines, end)
        return 0 if end < len(lines) and lines[end][0].isspace() else end
    below = lines[end] if end < len(lines) else "---"
    alone = not _is_quote(lines[start]) and _OPENING.match(lines[start]) is None
    return end if alone and not below[0].isspace() and _begins(below) else 0


def _behind_alike(lines: Sequence[str], start: int) -> int:
    """Behind the lines that are the same as this one, where they are empty; else behind it."""
    if lines[start]:
        return start + 1
    return next((n for n in range(start + 1, len(lines)) if lines[n]), len(lines))


def starts_anew(line: str) -> bool:
    """Whether a line begins something whatever stands above it, but in code, HTML and comments."""
    return _ANEW.match(line) is not None


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
    found.append(Piece("rows" if table else "paragraph", start, end))
    return end

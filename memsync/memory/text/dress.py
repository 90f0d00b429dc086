"""What the lines of a text say, without their dress. Pure.

The dress is what a formatter may change: bullet, spacing, emphasis, escapes, the padding of a
table, where a paragraph is wrapped. Case and words are no dress, and nothing in code is. May not
know: notes, versions, what becomes of a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from memsync.memory.text.inline import undressed
from memsync.memory.text.plain import SIMPLE_ITEM

_BULLET: Final = re.compile(r"(?:[-*+•]|\d{1,9}[.)])(?:\s+|$)")
_HEADING: Final = re.compile(r"(#{1,6})(?:\s|$)")
_FENCE: Final = re.compile(r"`{3,}(?!.*`)|~{3,}")
_RULE: Final = re.compile(r"(?:-\s*){3,}+$|(?:\*\s*){3,}+$|(?:_\s*){3,}+$")
_UNDERLINE: Final = re.compile(r"(?:=++|--++)$")
_BORDER: Final = re.compile(r"[|:\s-]*+$")
_BAR: Final = re.compile(r"(?<!\\)\|")
_BOLD_LINE: Final = re.compile(r"(\*\*|__)(?=\S)[^*_]+(?<=\S)\1$")

_BORDERS: Final = frozenset({"text", "row", "rule", "item"})  # what a table's border looks like
_WRAPPED: Final = frozenset({"text", "item", "quote"})  # kinds that go on in the next line
_GOES_ON: Final = frozenset({"text", "rule"})  # kinds in which they may

Kind = Literal["blank", "code", "heading", "item", "quote", "row", "rule", "html", "text"]


class Unit(NamedTuple):
    """Source lines [start, end) that say one thing. `key` is equal where only the dress differs."""

    start: int
    end: int
    key: str


class Span(NamedTuple):
    """Source lines [start, end) that are one unit, and of what kind."""

    start: int
    end: int
    kind: Kind


@lru_cache(maxsize=8)  # a command asks about the same few texts again and again
def units_of(text: str) -> tuple[Unit, ...]:
    """The units of a whole text."""
    return tuple(_with_keys(text.split("\n"), spans_of(text)))


def units(lines: Sequence[str]) -> list[Unit]:
    """What the lines of a text say, blank lines left out: one unit for a paragraph or a list item
    however it is wrapped, one for each heading, row of a table, line of code.
    """
    return _with_keys(lines, spans(lines))


def _with_keys(lines: Sequence[str], spans: Iterable[Span]) -> list[Unit]:
    keys: dict[str, str] = {}  # of lines that are a unit by themselves: many a line is one again
    return [Unit(span.start, span.end, key_of(lines, span, keys)) for span in spans]


def key_of(lines: Sequence[str], span: Span, keys: dict[str, str]) -> str:
    """What a unit says. `keys`: of lines that are one by themselves, kept from call to call."""
    start, end, kind = span
    if end > start + 1 or kind == "code":
        return _key(lines[start:end], kind)
    key = keys.get(lines[start])
    if key is None:
        key = keys[lines[start]] = _key([lines[start]], kind)
    return key


@lru_cache(maxsize=8)
def spans_of(text: str) -> tuple[Span, ...]:
    """The lines of the units of a whole text."""
    return tuple(spans(text.split("\n")))


def spans(lines: Sequence[str], fence: str = "") -> list[Span]:
    """The same of some lines. `fence`: what began the code in which they begin."""
    kinds = _kinds(lines, fence)
    found: list[Span] = []
    start, last = 0, len(lines) - 1
    while start < len(lines):
        kind = kinds[start]
        end = start + 1
        if kind == "blank":
            start = end
            continue
        if kind in _WRAPPED and start < last and (kinds[end] in _GOES_ON or kind == "quote"):
            end = _end(lines, kinds, start)
        found.append(Span(start, end, kind))
        start = end
    return found


def wrapped_items(lines: Sequence[str], fence: str = "") -> Iterator[Span]:
    """The units of `spans` that are list items of more than one line."""
    kinds = _kinds(lines, fence)
    pairs = enumerate(pairwise(kinds))
    goes_on = [n for n, (kind, below) in pairs if kind == "item" and below in _GOES_ON]
    for start in goes_on:
        end = _end(lines, kinds, start)
        if end > start + 1:
            yield Span(start, end, "item")


def _end(lines: Sequence[str], kinds: Sequence[Kind], start: int) -> int:
    """Behind the last line of the unit that begins here."""
    kind, end = kinds[start], start + 1
    while end < len(lines) and (kinds[end] == "text" or kinds[end] == kind == "quote"):
        if kinds[end] == "quote" and kind_of(lines[end].strip()[1:]) != "text":
            break
        end += 1
        if kind == "text" and _UNDERLINE.match(lines[end - 1].strip()):
            break
    if kind == "text" and kinds[end : end + 1] == ["rule"] and _is_underline(lines[end]):
        end += 1
    return end


def _is_underline(line: str) -> bool:
    return _UNDERLINE.match(line.strip()) is not None


def _kinds(lines: Sequence[str], fence: str) -> list[Kind]:
    kinds: list[Kind] = []
    known: dict[str, Kind] = {}
    is_simple, is_heading = SIMPLE_ITEM.match, _HEADING.match
    for line in lines:
        if not line:
            kinds.append("blank")
            continue
        if not fence and (line[0].isalpha() or is_simple(line)):
            kinds.append("text" if line[0].isalpha() else "item")
            continue
        if line[0] == "#" and not fence:
            kinds.append("heading" if is_heading(line) else "text")
            continue
        kind = known.get(line) if not fence else None
        if kind is None:
            plain = line.strip()
            opened, fence = fence, fence_behind(plain, fence) if plain else fence
            if opened or fence:
                kinds.append("code" if plain else "blank")
                continue
            kind = known[line] = kind_of(plain)
        kinds.append(kind)
    for number, line in enumerate(lines):
        if "|" in line and kinds[number] in _BORDERS and _is_border(line):
            _mark_table(lines, kinds, number)
    return kinds


def fence_behind(plain: str, fence: str) -> str:
    """What began the code that goes on behind a line, given without the spaces around it, and what
    began the code before it; "" for none.
    """
    if fence:
        return "" if plain.startswith(fence) and not plain.strip(fence[0]) else fence
    opening = _FENCE.match(plain) if plain[0] in "`~" else None
    return opening[0] if opening is not None else ""


def kind_of(line: str) -> Kind:
    """What a line is by itself, spaces around it left out."""
    plain = line.strip()
    if not plain:
        return "blank"
    first = plain[0]
    if first.isalpha():
        return "text"
    if first == "|":
        return "row"
    if first == ">":
        return "quote"
    if first == "<":
        return "html"
    if first in "`~" and _FENCE.match(plain):
        return "code"
    if first == "#" and _HEADING.match(plain):
        return "heading"
    if first in "-*_" and (_RULE.match(plain) or _is_underline(plain)):
        return "rule"
    return "item" if _BULLET.match(plain) else "text"


def _is_border(line: str) -> bool:
    return "|" in line and "-" in line and _BORDER.match(line) is not None


def _mark_table(lines: Sequence[str], kinds: list[Kind], border: int) -> None:
    """The lines around the border of a table are its rows, also where they begin without a bar."""
    kinds[border] = "row"
    if border and kinds[border - 1] == "text" and "|" in lines[border - 1]:
        kinds[border - 1] = "row"
    number = border + 1
    while number < len(lines) and kinds[number] == "text" and "|" in lines[number]:
        kinds[number] = "row"
        number += 1


def _key(lines: Sequence[str], kind: Kind) -> str:
    first = lines[0].strip()
    if kind == "item" and len(lines) == 1:
        return undressed(_BULLET.sub("", first, count=1))
    if kind == "code":
        return f"\0{lines[0].rstrip()}"
    if kind == "html":
        return first
    if kind == "rule":
        return "---"
    if kind == "heading":
        marks = _HEADING.match(first)
        level = len(marks[1]) if marks is not None else 1
        return _heading(first[level:].strip().rstrip("#"), level)
    if kind == "row":
        return _row(first)
    if kind == "quote":
        return "> " + undressed(" ".join(line.strip().lstrip(">") for line in lines))
    if kind == "text" and len(lines) > 1 and _is_underline(lines[-1]):
        return _heading(" ".join(lines[:-1]), 1 if "=" in lines[-1] else 2)
    if len(lines) == 1 and _BOLD_LINE.match(first):
        return f"**{undressed(first)}"  # it may be a heading, and is none without its stars
    text = _BULLET.sub("", first, count=1) if kind == "item" else first
    return undressed(" ".join([text, *lines[1:]]))


def _heading(title: str, level: int) -> str:
    return f"{'#' * level} {undressed(title)}"


def _row(line: str) -> str:
    cells = _BAR.split(line.strip().strip("|"))
    if _is_border(line):
        return f"\0border {len(cells)}"
    return " | ".join(undressed(cell) for cell in cells)


def in_one_line(lines: Sequence[str]) -> list[str]:
    """Each unit of these lines that is wrapped, in one line."""
    wrapped = [unit for unit in units(lines) if unit.end > unit.start + 1]
    return [" ".join(map(str.strip, lines[unit.start : unit.end])) for unit in wrapped]

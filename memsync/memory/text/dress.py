"""What the lines of a text say, without their dress. Pure.

The dress is what a formatter may change: bullet, spacing, emphasis, escapes, the padding of a
table, where a paragraph is wrapped. Case and words are no dress, and nothing in code is. May not
know: notes, versions, what becomes of a difference.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from memsync.memory.text.markdown import code_spans

_BULLET: Final = re.compile(r"(?:[-*+•]|\d{1,9}[.)])(?:\s+|$)")
_HEADING: Final = re.compile(r"(#{1,6})(?:\s|$)")
_FENCE: Final = re.compile(r"`{3,}(?!.*`)|~{3,}")
_RULE: Final = re.compile(r"(?:-\s*){3,}+$|(?:\*\s*){3,}+$|(?:_\s*){3,}+$")
_UNDERLINE: Final = re.compile(r"(?:=++|--++)$")
_BORDER: Final = re.compile(r"[|:\s-]*+$")
_BAR: Final = re.compile(r"(?<!\\)\|")
_RUN: Final = re.compile(r"\\.|\*{1,3}|_{1,3}", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_BOLD_LINE: Final = re.compile(r"(\*\*|__)(?=\S)[^*_]+(?<=\S)\1$")

_BORDERS: Final = frozenset({"text", "row", "rule", "item"})  # what a table's border looks like
_WRAPPED: Final = frozenset({"text", "item", "quote"})  # kinds that go on in the next line

Kind = Literal["blank", "code", "heading", "item", "quote", "row", "rule", "html", "text"]


class Unit(NamedTuple):
    """Source lines [start, end) that say one thing. `key` is equal where only the dress differs."""

    start: int
    end: int
    key: str


class Dressed(NamedTuple):
    """A text in another's dress.

    `swaps`: the other's source lines of a unit, and those that they took the place of.
    """

    text: str
    swaps: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=8)  # a command asks about the same few texts again and again
def units_of(text: str) -> tuple[Unit, ...]:
    """The units of a whole text."""
    return tuple(units(text.split("\n")))


def units(lines: Sequence[str]) -> list[Unit]:
    """What the lines of a text say, blank lines left out: one unit for a paragraph or a list item
    however it is wrapped, one for each heading, row of a table, line of code.
    """
    kinds = _kinds(lines)
    keys: dict[str, str] = {}  # of lines that are a unit by themselves: many a line is one again
    found: list[Unit] = []
    start = 0
    while start < len(lines):
        kind, line = kinds[start], lines[start]
        end = _end(lines, kinds, start) if kind in _WRAPPED else start + 1
        if end > start + 1 or kind == "code":
            found.append(Unit(start, end, _key(lines[start:end], kind)))
        elif kind != "blank":
            if line not in keys:
                keys[line] = _key([line], kind)
            found.append(Unit(start, end, keys[line]))
        start = end
    return found


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


def _kinds(lines: Sequence[str]) -> list[Kind]:
    kinds: list[Kind] = []
    known: dict[str, Kind] = {}
    fence = ""
    for line in lines:
        kind = known.get(line) if not fence else None
        if kind is None:
            plain = line.strip()
            if fence:
                if plain.startswith(fence) and not plain.strip(fence[0]):
                    fence = ""
                kinds.append("code" if plain else "blank")
                continue
            opening = _FENCE.match(plain)
            if opening is not None:
                fence = opening[0]
                kinds.append("code")
                continue
            kind = known[line] = kind_of(plain)
        kinds.append(kind)
    for number, line in enumerate(lines):
        if "|" in line and kinds[number] in _BORDERS and _is_border(line):
            _mark_table(lines, kinds, number)
    return kinds


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
        return "> " + _bare(" ".join(line.strip().lstrip(">") for line in lines))
    if kind == "text" and len(lines) > 1 and _is_underline(lines[-1]):
        return _heading(" ".join(lines[:-1]), 1 if "=" in lines[-1] else 2)
    if len(lines) == 1 and _BOLD_LINE.match(first):
        return f"**{_bare(first)}"  # it may be a heading, and is none without its stars
    text = _BULLET.sub("", first, count=1) if kind == "item" else first
    return _bare(" ".join([text, *lines[1:]]))


def _heading(title: str, level: int) -> str:
    return f"{'#' * level} {_bare(title)}"


def _row(line: str) -> str:
    cells = _BAR.split(line.strip().strip("|"))
    if _is_border(line):
        return f"\0border {len(cells)}"
    return " | ".join(_bare(cell) for cell in cells)


def _bare(text: str) -> str:
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


def in_one_line(lines: Sequence[str]) -> list[str]:
    """Each unit of these lines that is wrapped, in one line."""
    wrapped = [unit for unit in units(lines) if unit.end > unit.start + 1]
    return [" ".join(map(str.strip, lines[unit.start : unit.end])) for unit in wrapped]


@lru_cache(maxsize=8)
def in_dress_of(text: str, model: str) -> Dressed:
    """The text, with each unit that the model has in another dress as the model has it."""
    lines, model_lines = text.split("\n"), model.split("\n")
    if set(model_lines).issuperset(lines):
        return Dressed(text)
    left, queue = Counter[str](), defaultdict[str, deque[str]](deque)
    for unit in units_of(model):
        source = _source(model_lines, unit)
        left[source] += 1
        queue[unit.key].append(source)
    changed = []
    for unit in units_of(text):
        source = _source(lines, unit)
        if left[source]:
            left[source] -= 1
        elif unit.key in queue:
            changed.append(unit)
    instead = {}
    for unit in changed:
        unused = next(_unused(queue[unit.key], left), None)
        if unused is not None:
            instead[unit] = unused
    swaps = tuple((source, _source(lines, unit)) for unit, source in instead.items())
    return Dressed(_replaced(lines, instead), swaps)


def redressed(text: str, swaps: Iterable[tuple[str, str]]) -> str:
    """The text with the dress of another: what `in_dress_of` swapped is swapped back."""
    back = defaultdict[str, deque[str]](deque)
    for source, own in swaps:
        back[source].append(own)
    if not back:
        return text
    lines = text.split("\n")
    instead = {}
    for unit in units_of(text):
        waiting = back.get(_source(lines, unit))
        if waiting:
            instead[unit] = waiting.popleft()
    return _replaced(lines, instead)


def _unused(sources: deque[str], left: Counter[str]) -> Iterator[str]:
    """Those that are left of a unit's sources, in order; each is used up when it is taken."""
    while sources:
        source = sources.popleft()
        if left[source]:
            left[source] -= 1
            yield source


def _source(lines: Sequence[str], unit: Unit) -> str:
    if unit.end == unit.start + 1:
        return lines[unit.start]
    return "\n".join(lines[unit.start : unit.end])


def _replaced(lines: Sequence[str], instead: Mapping[Unit, str]) -> str:
    out: list[str] = []
    done = 0
    for unit, source in instead.items():
        out += [*lines[done : unit.start], source]
        done = unit.end
    return "\n".join([*out, *lines[done:]])

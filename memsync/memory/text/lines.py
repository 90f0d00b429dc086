"""Lines of two texts side by side: the one alignment, and lines compared without their dress. Pure.

The dress of a line is what a formatter may change: bullet, spacing, emphasis, escapes, the padding
of a table, where a paragraph is wrapped. Everything here takes time in n log n of what it is given.
May not know: notes, versions, what becomes of a difference.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from memsync.memory.text.markdown import code_spans

# Comparisons of one line with another that an exact alignment may take: as many as two texts of
# 500 lines without a line in common need, and a few for each line of larger ones.
EXACT_CELLS: Final = 250_000
CELLS_A_LINE: Final = 2
MOST_DEPTH: Final = 3  # how often a stretch between two anchors is searched for anchors of its own
NOWHERE: Final = -1


class Hunk(NamedTuple):
    """Lines [old_start, old_end) of the old text that are [new_start, new_end) in the new one."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


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


# -- the alignment --------------------------------------------------------------------------------


def hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """Where two sequences of lines differ, in order."""
    before, after = 0, 0
    for number, place in enumerate([*align(old, new), len(new)]):
        if place < 0:
            continue
        if before < number or after < place:
            yield Hunk(before, number, after, place)
        before, after = number + 1, place + 1


def align(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each line of the old text the equal line of the new one, -1 for none; both in order.

    Lines that stand once in both texts are the anchors; between two of them the longest common
    sequence counts, where it is found with few comparisons, else the first with the first.
    """
    place = [NOWHERE] * len(old)
    cells = EXACT_CELLS + CELLS_A_LINE * (len(old) + len(new))
    stretches = [(Hunk(0, len(old), 0, len(new)), 0)]
    while stretches:
        stretch, depth = stretches.pop()
        inner = _trimmed(old, new, stretch, place)
        size = (inner.old_end - inner.old_start) * (inner.new_end - inner.new_start)
        if not size:
            continue
        if size <= cells:
            cells -= size
            _longest(old, new, inner, place)
            continue
        anchors = _anchors(old, new, inner) if depth < MOST_DEPTH else []
        if anchors:
            stretches += [(between, depth + 1) for between in _between(inner, anchors)]
        for number, to in anchors or _first_with_first(old, new, inner):
            place[number] = to
    return place


def _trimmed(old: Sequence[str], new: Sequence[str], stretch: Hunk, place: list[int]) -> Hunk:
    """The stretch without the equal lines at its two ends, which get their places."""
    top, end, new_top, new_end = stretch
    while top < end and new_top < new_end and old[top] == new[new_top]:
        place[top] = new_top
        top, new_top = top + 1, new_top + 1
    while top < end and new_top < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
        place[end] = new_end
    return Hunk(top, end, new_top, new_end)


def _longest(old: Sequence[str], new: Sequence[str], stretch: Hunk, place: list[int]) -> None:
    """The longest common sequence of a stretch; its cost is the product of the two lengths."""
    before = old[stretch.old_start : stretch.old_end]
    after = new[stretch.new_start : stretch.new_end]
    if set(before).isdisjoint(after):
        return
    rows = [[0] * (len(after) + 1)]
    for line in reversed(before):
        below, row, right = rows[-1], [0] * (len(after) + 1), 0
        for m in range(len(after) - 1, -1, -1):
            if line == after[m]:
                right = below[m + 1] + 1
            elif below[m] > right:
                right = below[m]
            row[m] = right
        rows.append(row)
    rows.reverse()
    n = m = 0
    while n < len(before) and m < len(after):
        if before[n] == after[m]:
            place[stretch.old_start + n] = stretch.new_start + m
            n, m = n + 1, m + 1
        elif rows[n + 1][m] >= rows[n][m + 1]:
            n += 1
        else:
            m += 1


def _anchors(old: Sequence[str], new: Sequence[str], stretch: Hunk) -> list[tuple[int, int]]:
    """The lines that stand once in each half of the stretch, as far as their order agrees."""
    before = _once(old, stretch.old_start, stretch.old_end)
    after = _once(new, stretch.new_start, stretch.new_end)
    return _in_order([(n, after[line]) for line, n in before.items() if line in after])


def _once(lines: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Where each line stands that stands once in [start, end), in order."""
    there: dict[str, int] = {}
    again = set()
    for number in range(start, end):
        if there.setdefault(lines[number], number) != number:
            again.add(lines[number])
    for line in again:
        del there[line]
    return there


def _first_with_first(
    old: Sequence[str], new: Sequence[str], stretch: Hunk
) -> list[tuple[int, int]]:
    """Each line with the equal line that stands there as often before, as far as the order
    agrees.
    """
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for m in range(stretch.new_start, stretch.new_end):
        places[new[m]].append(m)
    pairs = []
    for n in range(stretch.old_start, stretch.old_end):
        waiting = places.get(old[n])
        if waiting:
            pairs.append((n, waiting.popleft()))
    return _in_order(pairs)


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs whose second numbers rise as their first ones do."""
    ends: list[int] = []  # for each length, the least number that such a chain ends with
    last: list[int] = []  # the pair that it ends with
    before: list[int] = []
    for number, (_, to) in enumerate(pairs):
        length = bisect_left(ends, to) if ends and to < ends[-1] else len(ends)
        before.append(last[length - 1] if length else NOWHERE)
        if length == len(ends):
            ends.append(to)
            last.append(number)
        else:
            ends[length], last[length] = to, number
    chain = []
    number = last[-1] if last else NOWHERE
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _between(stretch: Hunk, anchors: Sequence[tuple[int, int]]) -> Iterator[Hunk]:
    before, after = stretch.old_start, stretch.new_start
    for number, to in [*anchors, (stretch.old_end, stretch.new_end)]:
        if before < number and after < to:
            yield Hunk(before, number, after, to)
        before, after = number + 1, to + 1


# -- dress ----------------------------------------------------------------------------------------

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


def in_dress_of(text: str, model: str) -> Dressed:
    """The text, with each unit that the model has in another dress as the model has it."""
    lines, model_lines = text.split("\n"), model.split("\n")
    if set(model_lines).issuperset(lines):
        return Dressed(text)
    left, queue = Counter[str](), defaultdict[str, deque[str]](deque)
    for unit in units(model_lines):
        source = _source(model_lines, unit)
        left[source] += 1
        queue[unit.key].append(source)
    changed = []
    for unit in units(lines):
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
    for unit in units(lines):
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

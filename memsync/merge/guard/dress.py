"""The lines of a text, one by one, and the old bytes back where only their dress changed.

Knows: lines and their order. Must not know: constraints, notes beyond their spelling.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final, NamedTuple

from memsync.memory.text.constraints import labelled_parts
from memsync.memory.text.markdown import Heading, Outline
from memsync.memory.text.words import folded, key
from memsync.merge.guard.alignment import aligned
from memsync.merge.guard.source import Source

_ORDERED: Final = re.compile(r"\s*(\d{1,9})[.)](?:\s|$)")
_MARKER: Final = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}|")
_BULLET: Final = re.compile(r"(\s*)([-*+•])(?=\s)")
_BOX: Final = re.compile(r"(\s*(?:[-*+•]|\d{1,9}[.)])\s+\[)[ xX](?=\]\s)")
STOPS: Final = ".,;。；؛،۔।"  # at the end of a line they are dress
_WRAPPED: Final = 50  # characters of a line that the next one may go on with


class Item(NamedTuple):
    """A line that is not blank, a whole heading, or a paragraph that was wrapped into lines.

    start, end: its lines. head: how many headings stand before it, itself included. titles: the
    keys of the headings it stands below. path: the keys of the list items it is nested under.
    """

    text: str
    key: str
    gap: tuple[str, ...]
    start: int
    end: int
    head: int
    titles: tuple[str, ...]
    path: tuple[str, ...]
    kind: str  # heading, code, prose, item


def title_key(heading: Heading) -> str:
    """Equal for titles that differ only in case, spacing, emphasis or a colon at the end."""
    return folded(heading.title.replace("*", "")).strip("_ ").rstrip(":. ")


@lru_cache(maxsize=8)
def items(view: Outline) -> tuple[Item, ...]:
    """The items of a text, in order."""
    return tuple(_items(view))


def _items(view: Outline) -> Iterator[Item]:
    heads = {h.line: (h, end) for h, end in zip(view.headings, view.heading_ends, strict=True)}
    wrapped = _wrapped(view)
    gap: list[str] = []
    above: list[tuple[int, str]] = []
    below: list[tuple[int, str]] = []
    titles: tuple[str, ...] = ()
    n = head = 0
    while n < len(view.lines):
        line, end = view.lines[n], wrapped.get(n, n + 1)
        if not line.strip():
            gap.append(line)
            n = end
            continue
        text = "\n".join(view.lines[n:end])
        kind = "code" if n in view.code else "prose" if n in view.prose else "item"
        name = f"\0{line}" if kind == "code" else key(text).rstrip(STOPS) or line.strip()
        if n in heads and kind != "code":
            heading, end = heads[n]
            text, kind, head = "\n".join(view.lines[n:end]), "heading", head + 1
            title = title_key(heading)
            name = f"\1{heading.level} {title}"
            below = [each for each in below if each[0] < heading.level]
            below.append((heading.level, title))
            titles, above = tuple(title for _, title in below), []
        path = () if kind == "code" else _path(above, line, name)
        yield Item(text, name, tuple(gap), n, end, head, titles, path, kind)
        gap, n = [], end


def _wrapped(view: Outline) -> dict[int, int]:
    """The paragraphs whose every line but the last is long enough to have been wrapped."""
    return {
        unit.start: unit.end
        for unit in view.units
        if not unit.cells and _is_wrapped(view.lines[unit.start : unit.end])
    }


def _is_wrapped(lines: Sequence[str]) -> bool:
    if len(lines) < 2 or len(labelled_parts(lines, 0, len(lines))) > 1:
        return False
    return all(len(line) >= _WRAPPED and not line.endswith("  ") for line in lines[:-1])


def _path(above: list[tuple[int, str]], line: str, name: str) -> tuple[str, ...]:
    """The names of the items in `above` that the line is nested under; an item is put there
    itself.
    """
    plain = line.expandtabs(4)
    text = plain.lstrip()
    column = len(plain) - len(text)
    while above and column < above[-1][0]:
        above.pop()
    path = tuple(parent for _, parent in above[-8:]) if above else ()
    if marker := _MARKER.match(text):
        above += [(column + marker.end(), name)] if marker.end() else []
    return path


def ticked(was: str, now: str) -> bool:
    """One task in two states: nothing changed but the mark in its box."""
    return was != now and _BOX.sub(r"\1", was, count=1) == _BOX.sub(r"\1", now, count=1)


def parents(rows: Sequence[Item]) -> list[int]:
    """For each item the one that it is nested under; -1 where there is none."""
    last: dict[str, int] = {}
    above: list[int] = []
    for n, item in enumerate(rows):
        above.append(last.get(item.path[-1], -1) if item.path else -1)
        last[item.key] = n
    return above


def frame(view: Outline) -> list[tuple[str, tuple[str, ...]]]:
    """What each line is and what it is nested under, whatever its dress."""
    return [(item.key, item.path) for item in items(view)]


def restored(old: Outline, new: Outline, source: Source) -> tuple[str, int]:
    """The new text with the old bytes where only the dress of a line or a gap changed, and how many
    lines.
    """
    ours, theirs = items(old), items(new)
    pairs = aligned([item.key for item in ours], [item.key for item in theirs])
    numbers: dict[tuple[str, ...], int] = {}
    numbered_old, numbered_new = (_numbered(rows, numbers) for rows in (ours, theirs))
    bullets, indents = _bullets(ours, theirs, pairs), _indents(ours, theirs, pairs)
    taken = frozenset(pairs.values())
    known = pairs | _elsewhere(ours, theirs, pairs)
    out: list[str] = []
    changed = 0
    for n, item in enumerate(theirs):
        if n not in known:
            text = _rebulleted(item, bullets)
            if _is_listed(item):
                text = text.removeprefix(" " * indents.get(item.head, 0))
        else:
            former = ours[known[n]]
            meant = former.text != item.text and _meant(former, item, source)
            renumbered = numbered_old.get(former.head) != numbered_new.get(item.head)
            text = item.text if meant else _as_before(former, item, renumbered=renumbered)
        out.extend((*_gap(n, ours, theirs, pairs, taken), text))
        changed += text != item.text
    return "\n".join(out), changed


def with_front_matter(old: Outline, text: str, source: Source) -> str:
    """Front matter is not Claude's to change: Claude Code does not even read it. What a reply left
    of it makes way for all of it.
    """
    if not old.front:
        return text
    front, rows = old.lines[: old.front], text.split("\n")
    rest = takewhile(front.__contains__, rows)
    now = source.outline(text).front or sum(1 for _ in rest)
    return "\n".join((*front, *rows[now:]))


def _elsewhere(
    ours: Sequence[Item], theirs: Sequence[Item], pairs: dict[int, int]
) -> dict[int, int]:
    """The lines that stand once in the rest of each text: they went to another place."""
    taken = frozenset(pairs.values())
    rest = [o for o in range(len(ours)) if o not in taken]
    fresh = [n for n in range(len(theirs)) if n not in pairs]
    before, now = Counter(ours[o].key for o in rest), Counter(theirs[n].key for n in fresh)
    at = {ours[o].key: o for o in rest if before[ours[o].key] == 1}
    once = [n for n in fresh if now[theirs[n].key] == 1 and theirs[n].kind != "heading"]
    return {n: at[theirs[n].key] for n in once if theirs[n].key in at}


def _numbered(rows: Sequence[Item], numbers: dict[tuple[str, ...], int]) -> dict[int, int]:
    """For each heading the number of the list that its numbered lines are, in their order: a new
    one for a list that has none yet.
    """
    numbered: dict[int, list[str]] = {}
    for item in rows:
        if _ORDERED.match(item.text):
            numbered.setdefault(item.head, []).append(item.key)
    lists = ((head, tuple(keys)) for head, keys in numbered.items())
    return {head: numbers.setdefault(keys, len(numbers)) for head, keys in lists}


def _gap(
    n: int,
    ours: Sequence[Item],
    theirs: Sequence[Item],
    pairs: dict[int, int],
    taken: frozenset[int],
) -> tuple[str, ...]:
    """The blank lines above a line: the old ones below the same line, or in the place of a line
    that went.
    """
    above, here = pairs.get(n - 1, -1 if n == 0 else None), pairs.get(n)
    if here == 0 < n:  # what is new above the first line does not run into it
        return ours[here].gap or theirs[n].gap
    if here is not None:
        in_place = above == here - 1 or (above is None and here - 1 not in taken)
        return ours[here].gap if in_place else theirs[n].gap
    if above is not None and above + 1 < len(ours) and above + 1 not in taken:
        # Never closed up: a line may begin to continue another
        return ours[above + 1].gap or theirs[n].gap
    return theirs[n].gap


def _bullets(ours: Sequence[Item], theirs: Sequence[Item], pairs: dict[int, int]) -> dict[str, str]:
    """Which bullet the reply put for which, where it did so in every line."""
    seen: dict[str, set[str]] = {}
    for n, partner in pairs.items():
        was, now = _BULLET.match(ours[partner].text), _BULLET.match(theirs[n].text)
        if was and now and theirs[n].kind != "code":
            seen.setdefault(now[2], set()).add(was[2])
    return {now: was.pop() for now, was in seen.items() if len(was) == 1}


def _indents(ours: Sequence[Item], theirs: Sequence[Item], pairs: dict[int, int]) -> dict[int, int]:
    """For each part of the reply how many spaces it put before every line of its lists."""
    seen: dict[int, set[int]] = {}
    for n, partner in pairs.items():
        if _is_listed(ours[partner]) and _is_listed(theirs[n]):
            more = _spaces(theirs[n]) - _spaces(ours[partner])
            seen.setdefault(theirs[n].head, set()).add(more)
    return {head: more.pop() for head, more in seen.items() if len(more) == 1}


def _spaces(item: Item) -> int:
    return len(item.text) - len(item.text.lstrip(" "))


def _is_listed(item: Item) -> bool:
    """The line is a list's item, or nested under one."""
    if item.kind == "code":
        return False
    return bool(item.path or _BULLET.match(item.text) or _ORDERED.match(item.text))


def _rebulleted(item: Item, bullets: dict[str, str]) -> str:
    match = None if item.kind == "code" else _BULLET.match(item.text)
    if match is None:
        return item.text
    return f"{match[1]}{bullets.get(match[2], match[2])}{item.text[match.end(2) :]}"


def _as_before(former: Item, item: Item, *, renumbered: bool) -> str:
    """The old line, but nested as in the reply if it went elsewhere, and numbered so where the list
    is another.
    """
    text = former.text
    if renumbered and (was := _ORDERED.match(text)) and (now := _ORDERED.match(item.text)):
        text = f"{text[: was.start(1)]}{now[1]}{text[was.end(1) :]}"
    if former.path != item.path and "\n" not in text:
        text = item.text[: len(item.text) - len(item.text.lstrip())] + text.lstrip()
    return text


def _meant(former: Item, item: Item, source: Source) -> bool:
    """The change of dress is meant: a note spells the words so, or the same words with such
    signs.
    """
    spelled = frozenset(re.findall(r"\w+", item.text)) - frozenset(re.findall(r"\w+", former.text))
    if spelled:
        return spelled <= source.note_spellings
    was, now = former.text.rstrip(STOPS), item.text.rstrip(STOPS)
    signs = frozenset(now.split()) - frozenset(was.split())
    if not signs or not signs <= source.note_pieces:
        return False
    return item.text.split()[:1] == former.text.split()[:1]

"""Line by line: which old line is which new one, old bytes back, and an account of every old line.

Knows: lines. Must not know: constraints, what may be in a memory.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import briefs, rewordings
from memsync.memory.text.words import Source, key, words
from memsync.merge.guard.shape import title_key

_ORDERED: Final = re.compile(r"\s*(\d{1,9})[.)](?:\s|$)")
_MARKER: Final = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}|")
_BULLET: Final = re.compile(r"(\s*)([-*+•])(?=\s)")
_ASKED: Final = 20  # suspicious lines that are looked at closely


class Account(NamedTuple):
    """What became of the old lines that are no longer there as they were."""

    gone: tuple[str, ...]
    reworded: tuple[tuple[str, str], ...]
    brief: frozenset[str] = frozenset()  # of the reworded ones those that a short line stands for


class Item(NamedTuple):
    """A line that is not blank, or a whole heading.

    part: how many headings stand before it. path: the keys of the list items that it is nested
    under.
    """

    text: str
    key: str
    gap: tuple[str, ...]
    part: int
    path: tuple[str, ...]
    code: bool


def restored(old: Outline, new: Outline, source: Source) -> tuple[str, int]:
    """The new text with the old bytes where only the dress of a line or a gap changed, and how many
    lines.
    """
    ours, theirs = list(items(old)), list(items(new))
    pairs = _aligned([item.key for item in ours], [item.key for item in theirs])
    numbered_old, numbered_new = _numbered(ours), _numbered(theirs)
    bullets, indents = _bullets(ours, theirs, pairs), _indents(ours, theirs, pairs)
    taken = frozenset(pairs.values())
    out: list[str] = []
    changed = 0
    for n, item in enumerate(theirs):
        if n not in pairs:
            text = _rebulleted(item, bullets)
            if _is_listed(item):
                text = text.removeprefix(" " * indents.get(item.part, 0))
        else:
            former = ours[pairs[n]]
            meant = former.text != item.text and _meant(former, item, source)
            renumbered = numbered_old.get(former.part) != numbered_new.get(item.part)
            text = item.text if meant else _as_before(former, item, renumbered)
        out.extend((*_gap(n, ours, theirs, pairs, taken), text))
        changed += text != item.text
    return "\n".join(out), changed


def frame(view: Outline) -> list[tuple[str, tuple[str, ...]]]:
    """What each line is and what it is nested under, whatever its dress."""
    return [(item.key, item.path) for item in items(view)]


def account(old: Outline, new: Outline, source: Source, removed: frozenset[str]) -> Account:
    """Which old lines are gone, and which were reworded to what."""
    numbered = list(numbered_items(old))
    before, after = [item for _, item in numbered], list(items(new))
    old_keys, new_keys = _names(before), _names(after)
    fresh = [n for n, i in enumerate(after) if words(i.text) and old_keys.isdisjoint(_names([i]))]
    missing = [
        n
        for n, (line, i) in enumerate(numbered)
        if words(i.text)
        and line not in old.placeholders
        and key(i.text) not in removed
        and new_keys.isdisjoint(_names([i]))
    ]
    partners = rewordings([before[n].text for n in missing], [after[n].text for n in fresh])
    in_place = _replaced(before, after)
    for at, n in enumerate(missing):
        place = in_place.get(n)
        if (
            partners[at] is None
            and place in fresh
            and _brief(before[n].text, after[place].text, source)
        ):
            partners[at] = fresh.index(place)
    short = briefs(
        [before[n].text for n in missing], [after[n].text for n in fresh], partners, source
    )
    for at, n in enumerate(missing):
        if at not in short and partners[at] is None:  # what was nested below a line goes with it
            above = next(
                (m for m in range(at - 1, -1, -1) if before[missing[m]].key in before[n].path), None
            )
            short |= {at: short[above]} if above in short else {}
    partners = [short.get(at, partner) for at, partner in enumerate(partners)]
    became = [(before[n].text, partner) for n, partner in zip(missing, partners, strict=True)]
    gone = tuple(was for was, partner in became if partner is None)
    told = tuple((was, after[fresh[to]].text) for was, to in became if to is not None)
    return Account(gone, told, frozenset(before[missing[at]].text for at in short))


def _names(items: Sequence[Item]) -> set[str]:
    return {name for item in items for name in (item.key, key(item.text))}


def _replaced(before: Sequence[Item], after: Sequence[Item]) -> dict[int, int]:
    """For each old line that one other line stands in for, between the same neighbours, that
    line.
    """
    pairs = _aligned([i.key for i in before], [i.key for i in after])
    pairs |= {-1: -1, len(after): len(before)}
    return {
        pairs[n - 1] + 1: n
        for n in range(len(after))
        if n not in pairs and n - 1 in pairs and pairs.get(n + 1) == pairs[n - 1] + 2
    }


def _brief(was: str, now: str, source: Source) -> bool:
    """A fact of a word or two that a note changed: nothing of it is left, and yet it is not
    gone.
    """
    return len(words(was)) < 3 and len(words(now)) < 5 and source.told(now)


class Beside:
    """Which old lines went where a new line stands.

    Nothing is computed before the first question.
    """

    def __init__(self, old: Outline, new: Outline, removed: frozenset[str]) -> None:
        self.old, self._new, self._removed = old, new, removed
        self._asked = 0

    @cached_property
    def here(self) -> frozenset[str]:
        return frozenset(map(key, self._new.lines))

    @cached_property
    def _fresh(self) -> list[tuple[int, str]]:
        old_keys = frozenset(map(key, self.old.lines))
        return [
            (n, i.text)
            for n, i in numbered_items(self._new)
            if words(i.text) and key(i.text) not in old_keys
        ]

    @cached_property
    def _gone(self) -> dict[int, list[str]]:
        """For each new line that is no old one the old lines that are gone between the same
        neighbours.
        """
        ours, theirs = list(numbered_items(self.old)), list(numbered_items(self._new))
        pairs = _aligned([i.key for _, i in ours], [i.key for _, i in theirs])
        places: dict[int, list[str]] = {}
        low = -1, -1
        for n, o in (*sorted(pairs.items()), (len(theirs), len(ours))):
            gone = (
                [i.text for m, i in ours[low[1] + 1 : o] if self._counts(m, i)]
                if n - low[0] > 1
                else []
            )
            places |= {m: gone for m, _ in theirs[low[0] + 1 : n]}
            low = n, o
        return places

    def _counts(self, n: int, item: Item) -> bool:
        name = key(item.text)
        return not (
            n in self.old.placeholders
            or name in self.here
            or name in self._removed
            or not words(item.text)
        )

    def stands_for(self, n: int) -> bool:
        """Old lines went in the place of this line, and no other new line rewords them."""
        gone = self._gone.get(n)
        if not gone:
            return False
        self._asked += 1
        fresh = [text for m, text in self._fresh if m != n]
        return self._asked > _ASKED or None in rewordings(gone, fresh)


def items(view: Outline) -> Iterator[Item]:
    return (item for _, item in numbered_items(view))


def numbered_items(view: Outline) -> Iterator[tuple[int, Item]]:
    heads = {h.line: (h, end) for h, end in zip(view.headings, view.heading_ends, strict=True)}
    gap: list[str] = []
    above: list[tuple[int, str]] = []
    n = part = 0
    while n < len(view.lines):
        line, end = view.lines[n], n + 1
        if not line.strip():
            gap.append(line)
            n = end
            continue
        name = f"\0{line}" if n in view.code else key(line) or line.strip()
        if n in heads:
            heading, end = heads[n]
            name, part = f"\1{heading.level} {title_key(heading)}", part + 1
        path = () if n in view.code else _path(above, line, name)
        yield n, Item("\n".join(view.lines[n:end]), name, tuple(gap), part, path, n in view.code)
        gap, n = [], end


def _path(above: list[tuple[int, str]], line: str, name: str) -> tuple[str, ...]:
    """The names of the items in `above` that the line is nested under; an item is put there
    itself.
    """
    text = line.expandtabs(4).lstrip()
    column = len(line.expandtabs(4)) - len(text)
    while above and column < above[-1][0]:
        above.pop()
    path = tuple(parent for _, parent in above)
    if marker := _MARKER.match(text):
        above += [(column + marker.end(), name)] if marker.end() else []
    return path


def _numbered(items: Sequence[Item]) -> dict[int, list[str]]:
    """The numbered lines below each heading, in their order."""
    numbered: dict[int, list[str]] = {}
    for item in items:
        if _ORDERED.match(item.text):
            numbered.setdefault(item.part, []).append(item.key)
    return numbered


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
        if was and now and not theirs[n].code:
            seen.setdefault(now[2], set()).add(was[2])
    return {now: was.pop() for now, was in seen.items() if len(was) == 1}


def _indents(ours: Sequence[Item], theirs: Sequence[Item], pairs: dict[int, int]) -> dict[int, int]:
    """For each part of the reply how many spaces it put before every line of its lists."""
    seen: dict[int, set[int]] = {}
    for n, partner in pairs.items():
        if _is_listed(ours[partner]) and _is_listed(theirs[n]):
            seen.setdefault(theirs[n].part, set()).add(_spaces(theirs[n]) - _spaces(ours[partner]))
    return {part: more.pop() for part, more in seen.items() if len(more) == 1}


def _spaces(item: Item) -> int:
    return len(item.text) - len(item.text.lstrip(" "))


def _is_listed(item: Item) -> bool:
    """The line is a list's item, or nested under one."""
    return not item.code and bool(
        item.path or _BULLET.match(item.text) or _ORDERED.match(item.text)
    )


def _rebulleted(item: Item, bullets: dict[str, str]) -> str:
    match = None if item.code else _BULLET.match(item.text)
    return (
        f"{match[1]}{bullets.get(match[2], match[2])}{item.text[match.end(2) :]}"
        if match
        else item.text
    )


def _as_before(former: Item, item: Item, renumbered: bool) -> str:
    """The old line, but nested as in the reply if it went elsewhere, and numbered so where the list
    is another.
    """
    text = former.text
    if renumbered and (was := _ORDERED.match(text)) and (now := _ORDERED.match(item.text)):
        text = f"{text[: was.start(1)]}{now[1]}{text[was.end(1) :]}"
    if former.path != item.path:
        text = item.text[: len(item.text) - len(item.text.lstrip())] + text.lstrip()
    return text


def _meant(former: Item, item: Item, source: Source) -> bool:
    """The change of dress is meant: a note spells the words so, or the same words with such
    signs.
    """
    spelled = frozenset(re.findall(r"\w+", item.text)) - frozenset(re.findall(r"\w+", former.text))
    if spelled:
        return spelled <= source.note_spellings
    signs = frozenset(item.text.split()) - frozenset(former.text.split())
    return (
        bool(signs)
        and signs <= source.note_pieces
        and item.text.split()[:1] == former.text.split()[:1]
    )


def _aligned(old: list[str], new: list[str]) -> dict[int, int]:
    """For lines of `new` their lines of `old`, in the same order: unique lines first, then their
    neighbours.
    """
    counts_old, counts_new = Counter(old), Counter(new)
    where = {name: n for n, name in enumerate(old) if counts_old[name] == 1}
    anchors = _rising(
        [(n, where[name]) for n, name in enumerate(new) if counts_new[name] == 1 and name in where]
    )
    pairs = dict(anchors)
    low = -1, -1
    for high in [*anchors, (len(new), len(old))]:
        n, o = low[0] + 1, low[1] + 1
        while n < high[0] and o < high[1] and new[n] == old[o]:
            pairs[n] = o
            n, o = n + 1, o + 1
        m, p = high[0] - 1, high[1] - 1
        while m >= n and p >= o and new[m] == old[p]:
            pairs[m] = p
            m, p = m - 1, p - 1
        low = high
    return pairs


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs in which the second number rises (patience)."""
    tops: list[int] = []
    ends: list[int] = []
    back: list[int] = []
    for n, (_, value) in enumerate(pairs):
        pile = bisect_right(tops, value)
        back.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [value]
        ends[pile : pile + 1] = [n]
    run: list[tuple[int, int]] = []
    n = ends[-1] if ends else -1
    while n >= 0:
        run.append(pairs[n])
        n = back[n]
    return run[::-1]

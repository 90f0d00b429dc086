"""Line by line: which old line is which new one, old bytes back, and an account of every old line.

Knows: lines. Must not know: constraints, what may be in a memory.
"""
from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from memsync.guard.shape import title_key
from memsync.guard.words import Source, key, similar, words
from memsync.markdown import Outline

_ORDERED: Final = re.compile(r"\s*\d{1,9}[.)](?:\s|$)")
_BULLET: Final = re.compile(r"(\s*)([-*+•])(?=\s)")
_COMMON: Final = 40  # a word in more new lines than this tells nothing
_COMPARED: Final = 3000  # pairs of lines compared by characters, at most


class Account(NamedTuple):
    """What became of the old lines that are no longer there as they were."""

    gone: tuple[str, ...]
    changed: int
    added: int


class _Item(NamedTuple):
    """A line that is not blank, or a whole heading. part: how many headings stand before it."""

    text: str
    key: str
    gap: tuple[str, ...]
    part: int
    code: bool


def restored(old: Outline, new: Outline, source: Source) -> tuple[str, int]:
    """The new text with the old bytes where only the dress of a line or a gap changed, and how many lines."""
    ours, theirs = list(_items(old)), list(_items(new))
    pairs = _aligned([item.key for item in ours], [item.key for item in theirs])
    numbered_old, numbered_new = _numbered(ours), _numbered(theirs)
    bullets = _bullets(ours, theirs, pairs)
    taken = set(pairs.values())
    out: list[str] = []
    changed = 0
    for n, item in enumerate(theirs):
        partner, before = pairs.get(n), pairs.get(n - 1, -1 if n == 0 else None)
        text = _rebulleted(item, bullets)
        if partner is not None:
            former = ours[partner]
            renumbered = numbered_old[former.part] != numbered_new[item.part]
            text = item.text if _meant(former, item, renumbered, source) else former.text
        elif before is not None and before + 1 < len(ours) and before + 1 not in taken:
            partner = before + 1  # a line in the place of one that went
        in_place = partner is not None and (before == partner - 1 or (before is None and partner - 1 not in taken))
        out.extend((*(ours[partner].gap if partner is not None and in_place else item.gap), text))
        changed += text != item.text
    return "\n".join(out), changed


def account(old: Outline, new: Outline, removed: frozenset[str]) -> Account:
    """Which old lines are gone, how many were reworded, and how many new lines are neither."""
    before = [item for n, item in _numbered_items(old) if n not in old.placeholders]
    after = list(_items(new))
    old_keys = {item.key for item in _items(old)} | {key(item.text) for item in _items(old)}
    new_keys = {item.key for item in after} | {key(item.text) for item in after}
    fresh = [i for i in after if i.key not in old_keys and key(i.text) not in old_keys and words(i.text)]
    missing = [
        item for item in before
        if item.key not in new_keys and key(item.text) not in new_keys
        and key(item.text) not in removed and words(item.text)
    ]
    partners = _rewordings([i.text for i in missing], [i.text for i in fresh])
    gone = tuple(item.text for item, partner in zip(missing, partners, strict=True) if partner is None)
    used = {partner for partner in partners if partner is not None}
    return Account(gone, len(missing) - len(gone), len(fresh) - len(used))


def repeated(new: Outline, source: Source) -> str | None:
    """A line of some length that stands there more often than in the old memory and the notes."""
    counts = Counter(item.key for item in _items(new) if not item.code)
    for item in _items(new):
        times = counts[item.key]
        if times < 2 or item.code or not _telling(item.text):
            continue
        noted = max(source.note_keys[key(item.text)], int(source.noted(item.text)))
        if times > max(1, source.old_keys[key(item.text)] + noted):
            return item.text
    return None


def _telling(text: str) -> bool:
    return bool(words(text)) and (len(text.split()) > 3 or len(text.strip()) >= 20)


def _items(view: Outline) -> Iterator[_Item]:
    return (item for _, item in _numbered_items(view))


def _numbered_items(view: Outline) -> Iterator[tuple[int, _Item]]:
    heads = {h.line: (h, end) for h, end in zip(view.headings, view.heading_ends, strict=True)}
    gap: list[str] = []
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
        yield n, _Item("\n".join(view.lines[n:end]), name, tuple(gap), part, n in view.code)
        gap, n = [], end


def _numbered(items: Sequence[_Item]) -> Counter[int]:
    return Counter(item.part for item in items if _ORDERED.match(item.text))


def _bullets(ours: Sequence[_Item], theirs: Sequence[_Item], pairs: dict[int, int]) -> dict[str, str]:
    """Which bullet the reply put for which, where it did so in every line."""
    seen: dict[str, set[str]] = {}
    for n, partner in pairs.items():
        was, now = _BULLET.match(ours[partner].text), _BULLET.match(theirs[n].text)
        if was and now and not theirs[n].code:
            seen.setdefault(now[2], set()).add(was[2])
    return {now: was.pop() for now, was in seen.items() if len(was) == 1}


def _rebulleted(item: _Item, bullets: dict[str, str]) -> str:
    match = None if item.code else _BULLET.match(item.text)
    return f"{match[1]}{bullets.get(match[2], match[2])}{item.text[match.end(2) :]}" if match else item.text


def _meant(former: _Item, item: _Item, renumbered: bool, source: Source) -> bool:
    """The change of dress is meant: a note spells the words so, or a list was numbered anew round a new item."""
    if renumbered and _ORDERED.match(former.text) and _ORDERED.match(item.text):
        return True
    spelled = frozenset(re.findall(r"\w+", item.text)) - frozenset(re.findall(r"\w+", former.text))
    return bool(spelled) and spelled <= source.note_spellings


def _aligned(old: list[str], new: list[str]) -> dict[int, int]:
    """For lines of `new` their lines of `old`, in the same order: unique lines first, then their neighbours."""
    counts_old, counts_new = Counter(old), Counter(new)
    where = {name: n for n, name in enumerate(old) if counts_old[name] == 1}
    anchors = _rising([(n, where[name]) for n, name in enumerate(new) if counts_new[name] == 1 and name in where])
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


def _rewordings(missing: list[str], fresh: list[str]) -> list[int | None]:
    """For each missing line the new line that rewords it: half of its words, or most of its characters."""
    index: dict[str, list[int]] = {}
    for n, text in enumerate(fresh):
        for word in words(text):
            index.setdefault(word, []).append(n)
    left = _COMPARED
    found: list[int | None] = []
    for text in missing:
        wanted = words(text)
        shared = Counter(n for word in wanted if len(index.get(word, ())) <= _COMMON for n in index.get(word, ()))
        best = max(shared, key=lambda n: (shared[n], -n), default=None)
        if best is not None and 2 * len(words(fresh[best]) & wanted) < len(wanted):
            best = None
        if best is None:
            nearby = list(shared) or range(len(fresh))
            tried = [n for n in nearby][: max(0, min(60, left))]
            left -= len(tried)
            best = next((n for n in tried if similar(key(text), key(fresh[n]))), None)
        found.append(best)
    return found

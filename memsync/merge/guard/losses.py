"""What becomes of lines that no note speaks of, and of new lines that nobody said.

The old ones go back into their places, the new ones are cut off or asked about. Knows: who said a
line (provenance.py). Must not know: constraints, characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import rewordings, stems
from memsync.memory.text.words import key, shown, total, words
from memsync.merge.guard.dress import Item
from memsync.merge.guard.provenance import (
    ENOUGH,
    Compared,
    Voice,
    compare,
    doubts,
    named,
    spoken,
    voice,
)
from memsync.merge.guard.source import Source

FEW: Final = 3
SHARE: Final = 0.05
_SHORT_TITLE: Final = 4  # words of a heading or a label that only orders what stands below it
_PIECE: Final = re.compile(r"(?<=[.!?;。！？；])\s+|(?<=[。！？；])")
_MANY_WORDS: Final = 30
_SHARE_OF_WORDS: Final = 0.2


class Doubt(NamedTuple):
    """Something to ask a person. unsaid: nobody said it, so that a yes for losses is not enough."""

    text: str
    unsaid: bool


class Settled(NamedTuple):
    """The new text with the old lines back; repairs are told, doubts are asked. cut: the lines of
    the reply that were taken out, each with the old lines that it reworded.
    """

    text: str
    repairs: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    cut: tuple[tuple[str, tuple[str, ...]], ...]


class _Plan:
    """What is decided so far: for an item of the reply other text, or None to leave it out; behind
    an item the old ones that go back there.
    """

    def __init__(self) -> None:
        self.instead: dict[int, str | None] = {}
        self.back: set[int] = set()
        self.at: dict[int, int] = {}
        self.repairs: list[str] = []
        self.doubts: list[Doubt] = []
        self.cut: list[tuple[str, tuple[str, ...]]] = []
        self.concerned = 0

    def ask(self, text: str, *, unsaid: bool = True) -> None:
        self.doubts.append(Doubt(text, unsaid))


def settle(
    old: Outline,
    new: Outline,
    source: Source,
    removed: frozenset[str],
    *,
    compacts: bool = False,
) -> Settled:
    """Put back what no note speaks of, take out what nobody said, and say what is to be asked.

    `compacts`: the person asked for a shorter memory, so that nothing goes back.
    """
    found = compare(old, new, removed)
    limit = max(FEW, SHARE * sum(1 for line in old.lines if line.strip()))
    plan = _planned(old, new, found, source, revert=not compacts)
    if plan.concerned > limit and not compacts:
        count = plan.concerned
        plan = _planned(old, new, found, source, revert=False)
        plan.ask(f"{count} lines that no note speaks of are gone or changed", unsaid=False)
    text = _written(new, found, plan)
    if _broken(old, new, source.outline(text)):
        plan = _planned(old, new, found, source, revert=False)
        plan.ask("lines that no note speaks of are gone or changed", unsaid=False)
        text = _written(new, found, plan)
    return Settled(text, tuple(plan.repairs), tuple(plan.doubts), tuple(plan.cut))


def _planned(
    old: Outline, new: Outline, found: Compared, source: Source, *, revert: bool
) -> _Plan:
    plan = _Plan()
    _old_lines(plan, found, source, revert=revert)
    _moved_lines(plan, found, source, revert=revert)
    _new_lines(plan, old, new, found, source)
    _new_headings(plan, found, source)
    return plan


def _old_lines(plan: _Plan, found: Compared, source: Source, *, revert: bool) -> None:
    """Each old line that is not there as it was: it may go, or it comes back."""
    partners = found.partners
    voices = {
        n: voice(found.theirs[n].text, [found.ours[o].text for o in olds], source)
        for n, olds in partners.items()
    }
    gone_with: set[str] = set()
    came_back: set[int] = set()
    back: list[int] = []
    for o in found.went:
        item, n = found.ours[o], found.partner.get(o)
        if not words(item.text):
            if o - 1 in back and o - 1 >= 0:
                back.append(o)
            continue
        if n is None:
            with_parent = not gone_with.isdisjoint(item.path)
            if item.kind == "heading" or with_parent or spoken(item, source):
                _may_go(plan, item, source, gone_with)
                if item.kind == "heading" and not source.names(item.titles[-1]):
                    back.append(o)
            else:
                back.append(o)
            continue
        if _may_become(found, o, n, voices[n], source):
            gone_with.add(item.key)
            if revert:
                _patch(plan, found, o, n, source)
        else:
            back.append(o)
            came_back.add(n)
    plan.concerned = sum(1 for o in back if words(found.ours[o].text))
    if not revert:
        return
    for o in back:
        _put_back(plan, found, o)
    for n in came_back:
        if all(o in plan.back for o in partners[n]):
            olds = tuple(found.ours[o].text for o in partners[n])
            plan.cut.append((found.theirs[n].text, olds))
            plan.instead[n] = None
    for n, olds in partners.items():
        if len(olds) > 1 and n in came_back and plan.instead.get(n, "") is not None:
            plan.ask(f"a line holds what came back, too: {shown(found.theirs[n].text)}")


def _may_go(plan: _Plan, item: Item, source: Source, gone_with: set[str]) -> None:
    gone_with.add(item.key)


def _may_become(found: Compared, o: int, n: int, new: Voice, source: Source) -> bool:
    """A note speaks of the old line, or gave the new one its news; and then half of the new one is
    somebody's, and something in it is the note's.
    """
    item, now = found.ours[o], found.theirs[n]
    if not spoken(item, source) and not new.tells:
        return False
    if new.share < ENOUGH:
        return False
    elsewhere = item.titles != now.titles
    if new.news or elsewhere or named(item, source):
        return True
    lost = [word for word in source.telling(item.text) if word not in words(now.text)]
    return not new.added and any(map(source.says, lost))


def _put_back(plan: _Plan, found: Compared, o: int) -> None:
    plan.back.add(o)
    text = found.ours[o].text
    if words(text):
        plan.repairs.append(f"put back, as no note speaks of it: {shown(text)}")


def _moved_lines(plan: _Plan, found: Compared, source: Source, *, revert: bool) -> None:
    """A line that no note speaks of stays below its heading."""
    wrong = []
    for n, o in found.moved.items():
        item, now = found.ours[o], found.theirs[n]
        if item.kind == "heading" or item.titles == now.titles or item.titles[-1:] == now.titles[-1:]:
            continue
        asked = spoken(item, source) or any(map(source.names, now.titles[1:]))
        if not asked:
            wrong.append((n, o))
    plan.concerned += len(wrong)
    for n, o in wrong if revert else ():
        plan.instead[n] = None
        plan.back.add(o)
        plan.repairs.append(f"back in its section: {shown(found.ours[o].text)}")


def _new_lines(
    plan: _Plan, old: Outline, new: Outline, found: Compared, source: Source
) -> None:
    """Each line that is neither an old one nor in its dress: whose is it?"""
    partners = found.partners
    returned = [found.ours[o].text for o in sorted(plan.back)]
    last = max([*found.pairs, *found.moved, *found.partner.values()], default=-1)
    cut_below = False
    rooms = _rooms(found)
    index = _Index([found.ours[o].text for o in found.went])
    for n in found.fresh:
        item = found.theirs[n]
        if item.kind == "heading" or plan.instead.get(n, "") is None:
            cut_below = False if item.kind == "heading" else cut_below
            continue
        in_place = any(o in plan.back for o in rooms.get(n, ()))
        if not words(item.text):
            if in_place and item.kind != "code":
                _cut(plan, n, item)
            continue
        text = plan.instead.get(n) or item.text
        olds = [found.ours[o].text for o in partners.get(n, ())]
        mine = voice(text, olds, source)
        if not olds and mine.share < ENOUGH and not cut_below:
            mine = voice(text, index.best(text), source)
        if not olds and returned and not mine.news and _is_made_of(text, returned):
            _cut(plan, n, item)
            continue
        if mine.share >= ENOUGH and (mine.news or olds or mine.was):
            for token in dict.fromkeys(doubts(text, olds or index.best(text), source)):
                plan.ask(f"{shown(token, 60)}, which nobody said, in {shown(text)}")
            continue
        cut_below = _nobodys(plan, n, found, mine, source, behind=n > last, in_place=in_place) or cut_below


def _nobodys(
    plan: _Plan,
    n: int,
    found: Compared,
    mine: Voice,
    source: Source,
    *,
    behind: bool,
    in_place: bool,
) -> bool:
    """A new line that nobody said; True when it was cut off."""
    item = found.theirs[n]
    if _is_label(found, n):
        return False
    touches = mine.tells or source.speaks_of(item.text)
    prose = item.kind == "prose" and not _only_new_memory(found)
    if in_place or ((behind or prose) and not touches):
        _cut(plan, n, item)
        return True
    plan.ask(f"a line that nobody said: {shown(item.text)}")
    return False


def _only_new_memory(found: Compared) -> bool:
    return not found.ours


def _cut(plan: _Plan, n: int, item: Item) -> None:
    plan.instead[n] = None
    plan.cut.append((item.text, ()))
    plan.repairs.append(f"left out, as nobody said it: {shown(item.text)}")


def _is_label(found: Compared, n: int) -> bool:
    """A short line that only orders what is nested below it."""
    item = found.theirs[n]
    below = found.theirs[n + 1] if n + 1 < len(found.theirs) else None
    few = len(words(item.text)) <= _SHORT_TITLE and not any(c.isdigit() for c in item.text)
    return few and below is not None and item.key in below.path[-1:]


def _rooms(found: Compared) -> dict[int, list[int]]:
    """For each new item the old ones without a partner that went between the same neighbours."""
    went = [o for o in found.went if o not in found.partner]
    rooms: dict[int, list[int]] = {}
    ends = [(-1, -1), *sorted(found.pairs.items()), (len(found.theirs), len(found.ours))]
    at = 0
    for (n1, o1), (n2, o2) in pairwise(ends):
        while at < len(went) and went[at] <= o1:
            at += 1
        first = at
        while at < len(went) and went[at] < o2:
            at += 1
        if first < at:
            for n in range(n1 + 1, n2):
                rooms[n] = went[first:at]
    return rooms


def _is_made_of(text: str, olds: Sequence[str]) -> bool:
    known = {name for old in olds for name in stems(old)}
    found = stems(text)
    return total(found & known) >= ENOUGH * total(found)


class _Index:
    """The old line that shares most words with a new one."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at: dict[str, list[int]] = {}
        for n, line in enumerate(lines):
            for name in stems(line):
                self._at.setdefault(name, []).append(n)

    def best(self, line: str) -> list[str]:
        shared: dict[int, float] = {}
        for name in stems(line):
            places = self._at.get(name, [])
            for n in places if len(places) <= 40 else ():
                shared[n] = shared.get(n, 0.0) + total([name])
        if not shared:
            return []
        return [self._lines[max(shared, key=lambda n: (shared[n], -n))]]


def _new_headings(plan: _Plan, found: Compared, source: Source) -> None:
    """A heading that nobody said may order new and moved lines; it takes no old ones in."""
    for n in found.fresh:
        item = found.theirs[n]
        if item.kind != "heading" or source.has_line(item.text) or source.has_line(item.titles[-1]):
            continue
        if source.names(item.titles[-1]):
            continue
        below = _below(found, n)
        empty = all(plan.instead.get(m, "") is None for m in below)
        takes = any(m in found.pairs and found.theirs[m].kind != "heading" for m in below)
        if empty:
            plan.instead[n] = None
            plan.repairs.append(f"a heading over nothing left out: {shown(item.text)}")
        elif takes or len(words(item.text)) > 2 * _SHORT_TITLE:
            plan.ask(f"a heading that nobody said: {shown(item.text)}")


def _below(found: Compared, n: int) -> list[int]:
    """The items up to the next heading."""
    end = n + 1
    while end < len(found.theirs) and found.theirs[end].kind != "heading":
        end += 1
    return list(range(n + 1, end))


def _patch(plan: _Plan, found: Compared, o: int, n: int, source: Source) -> None:
    """In a line of several sentences those that no note speaks of come back, too."""
    item, now = found.ours[o], found.theirs[n]
    before = _PIECE.split(item.text)
    if len(before) < 2 or len(found.partners[n]) > 1 or named(item, source) or "\n" in item.text:
        return
    after = _PIECE.split(now.text)
    here = {key(piece.rstrip(".;")) for piece in after}
    missing = [piece for piece in before if words(piece) and key(piece.rstrip(".;")) not in here]
    known = {key(piece.rstrip(".;")) for piece in before}
    fresh = [piece for piece in after if key(piece.rstrip(".;")) not in known]
    became = rewordings(missing, fresh)
    for piece, at in zip(missing, became, strict=True):
        news = voice(fresh[at], [piece], source) if at is not None else None
        if source.speaks_of(piece) or (news is not None and news.tells):
            continue
        if news is None and _said_in(piece, fresh):
            continue
        after = _with_piece(before, after, piece, fresh[at] if at is not None else None)
        plan.instead[n] = " ".join(after)
        plan.repairs.append(f"put back, as no note speaks of it: {shown(piece)}")


def _said_in(piece: str, fresh: Sequence[str]) -> bool:
    """The new sentences hold the words of an old one between them."""
    known = {name for text in fresh for name in stems(text)}
    wanted = stems(piece)
    return total(wanted & known) >= 0.8 * total(wanted)


def _with_piece(
    before: Sequence[str], after: list[str], piece: str, instead: str | None
) -> list[str]:
    if instead is not None and instead in after:
        at = after.index(instead)
        end = instead[-1:] if instead[-1:] in ".;!?" and piece[-1:] not in ".;!?" else ""
        return [*after[:at], piece + end, *after[at + 1 :]]
    place = before.index(piece)
    keys = [key(other.rstrip(".;")) for other in after]
    at = 0
    for other in reversed(before[:place]):
        if key(other.rstrip(".;")) in keys:
            at = keys.index(key(other.rstrip(".;"))) + 1
            break
    joined = [*after[:at], piece, *after[at:]]
    if at and at == len(after) and joined[at - 1][-1:] not in ".;!?":
        joined[at - 1] += before[place - 1][-1:] if place else ";"
    return joined


def _written(new: Outline, found: Compared, plan: _Plan) -> str:
    """The reply's text as planned."""
    behind = _places(found, plan)
    out = [item for o in behind.get(-1, ()) for item in _lines_of(found.ours[o])]
    done = 0
    for n, item in enumerate(found.theirs):
        text = plan.instead.get(n, item.text)
        if text is not None:
            out += [*new.lines[done : item.start], *text.split("\n")]
        done = item.end
        for o in behind.get(n, ()):
            out += _lines_of(found.ours[o])
    return "\n".join([*out, *new.lines[done:]])


def _lines_of(item: Item) -> list[str]:
    return [*item.gap, *item.text.split("\n")]


def _places(found: Compared, plan: _Plan) -> dict[int, list[int]]:
    """Behind which item of the reply each old line goes back: behind the one it stood behind."""
    to_new = {o: n for n, o in found.pairs.items()}
    behind: dict[int, list[int]] = {}
    anchor = -1
    for o, item in enumerate(found.ours):
        n = to_new.get(o)
        partner = found.partner.get(o)
        if o in plan.back:
            at = anchor
            if partner is not None and plan.instead.get(partner, "") is None and partner > anchor:
                at = anchor = partner
            behind.setdefault(_past_nested(found, at, item), []).append(o)
        elif n is not None:
            anchor = n
        elif partner is not None and partner > anchor:
            if found.theirs[partner].titles == item.titles:
                anchor = partner
    return behind


def _past_nested(found: Compared, at: int, item: Item) -> int:
    """Past the new lines that are nested deeper than the one to go back."""
    indent = len(item.text) - len(item.text.lstrip())
    while at >= 0 and at + 1 < len(found.theirs) and at + 1 not in found.pairs:
        text = found.theirs[at + 1].text
        if len(text) - len(text.lstrip()) <= indent or found.theirs[at + 1].kind == "heading":
            break
        at += 1
    return at


def _broken(old: Outline, reply: Outline, repaired: Outline) -> bool:
    """The repaired text is no longer read as it was: a fence or a heading lost its partner."""
    if repaired.unclosed is not None and old.unclosed is None and reply.unclosed is None:
        return True
    titles = {(h.level, h.title) for h in (*old.headings, *reply.headings)}
    return any((h.level, h.title) not in titles for h in repaired.headings)


def thinned(old: Outline, gone: Sequence[str], reworded: Sequence[tuple[str, str]]) -> str | None:
    """Lines may be reworded, and yet too much of what they said may be gone."""
    before = [word for line in old.lines for word in words(line)]
    lost = [word for line in gone for word in words(line)]
    for was, now in reworded:
        here = stems(now)
        lost += [word for word in words(was) if not {word, word[:4], word[:5]} & here]
    if len(lost) <= max(_MANY_WORDS, _SHARE_OF_WORDS * len(before)):
        return None
    return f"{len(lost)} of {len(before)} words are gone"

"""New lines: whose are they? What nobody said is cut off, or asked about.

Knows: who said a line (provenance.py), where it stands. Must not know: constraints.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from memsync.memory.text.rewordings import stems
from memsync.memory.text.words import bare, key, says_all, shown, total, words
from memsync.merge.guard.dress import STOPS, Item
from memsync.merge.guard.near import Near
from memsync.merge.guard.plan import Plan
from memsync.merge.guard.provenance import ENOUGH, Compared, Voice, doubts, named, spoken, voice
from memsync.merge.guard.source import Source
from memsync.merge.guard.swapped import altered, cut_out, swapped
from memsync.merge.guard.together import is_border, is_head
from memsync.merge.prompt import NAMED_TITLES

_SHORT: Final = 4  # words of a label that only orders what is nested below it
_TITLE: Final = 8  # words of a heading
_LONG: Final = 2000  # characters of a line that nobody reads any more
_ECHOES: Final = 60  # new lines that may say what another one says
_FENCE: Final = re.compile(r"\s*(?:`{3,}|~{3,})[^\s`]*\s*$")
_RULE: Final = re.compile(r"[\s|:*_=-]+")  # of a page or of a table
_NOBODY: Final = "left out, as nobody said it"


class _Lines:
    """Old lines, to find the one that shares most words with a new one."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._near = Near(list(map(stems, lines)))

    def nearest(self, line: str) -> list[str]:
        shared = self._near.shared(stems(line))
        if not shared:
            return []
        return [self._lines[max(shared, key=lambda n: (shared[n], -n))]]

    def hold(self, line: str) -> bool:
        """The lines have half of the words between them."""
        found = stems(line)
        here = frozenset(filter(self._near.__contains__, found))
        return bool(self._lines) and total(here) >= ENOUGH * total(found)


def new_lines(plan: Plan, source: Source) -> None:
    """Each line that is neither an old one nor in its dress: whose is it?"""
    found, partners = plan.found, plan.found.partners
    last = max([*found.pairs, *found.moved, *found.partner.values()], default=-1)
    in_place = _in_place(plan)
    went = _Lines([found.ours[o].text for o in found.went])
    alone = _Lines([found.ours[o].text for o in found.went if o not in found.partner])
    returned = _Lines([found.ours[o].text for o in sorted(plan.back)])
    strangers: list[tuple[int, Voice]] = []
    somebodys: list[tuple[int, Voice]] = []
    used: set[int] = set()
    for n in _candidates(plan, in_place, source):
        text = plan.text(n) or ""
        olds = [found.ours[o].text for o in partners.get(n, ())]
        mine = voice(text, olds, source)
        if not olds and mine.share < ENOUGH:
            olds = (alone if n > last else went).nearest(text)
            mine = voice(text, olds, source)
        if n not in partners and not mine.news and returned.hold(text):
            plan.leave_out(n, _NOBODY)
        elif mine.share >= ENOUGH and (mine.news or mine.was):
            used |= {mine.sentence.at} if mine.sentence is not None else set()
            somebodys.append((n, mine))
            if olds or bare(text) not in source.own_lines:  # else it is said as it stands
                _doubted(plan, text, olds, mine, source)
                _swapped(plan, n, olds or went.nearest(text), source)
            for word in cut_out(bare(text), olds, mine.sentence, source):
                plan.ask(f"{shown(word)}, which a note says, is gone from {shown(text)}")
        else:
            strangers.append((n, mine))
    _echoes(plan, [n for n, _ in somebodys if n > last], somebodys, source)
    for n, mine in strangers:
        missed = mine.sentence is not None and mine.tells and mine.sentence.at not in used
        loose = n > last or (found.theirs[n].kind == "prose" and bool(found.ours))
        if n in in_place or (loose and not missed):
            plan.leave_out(n, _NOBODY)
        else:
            plan.ask(f"a line that nobody said: {shown(found.theirs[n].text)}")
    _bare_titles(plan, source)
    _bare_end(plan, last)


def _echoes(
    plan: Plan, behind: Sequence[int], somebodys: Sequence[tuple[int, Voice]], source: Source
) -> None:
    """What a reply says at its end of its own work is left out: prose whose words of a note stand
    in another new line, too. A sentence of a note is none.
    """
    theirs, news = plan.found.theirs, {n: mine for n, mine in somebodys[-_ECHOES:]}
    prose = [n for n in behind if theirs[n].kind == "prose" and n in news]
    own = {key(one.text).rstrip(STOPS) for one in source.sentences} if prose else set()
    for n in prose:
        mine = news[n]
        if mine.was or not mine.news:
            continue
        others = [m for m in news if m != n and plan.text(m) is not None]
        if theirs[n].key in own or not any(says_all(mine.news, theirs[m].text) for m in others):
            continue
        plan.leave_out(n)
        plan.repairs.append(f"left out, as it says again what is new: {shown(theirs[n].text)}")


def _bare_titles(plan: Plan, source: Source) -> None:
    """No title stays over nothing."""
    for n in plan.found.fresh:
        below = _below_title(plan.found, n, source)
        if below and all(plan.text(m) is None for m in below):
            plan.leave_out(n, _NOBODY)


def _bare_end(plan: Plan, last: int) -> None:
    """Nothing without words stays behind what was cut off at the end: a rule, the fences of code
    that went.
    """
    tail = range(len(plan.found.theirs) - 1, last, -1)
    if all(plan.text(n) is not None for n in tail):
        return
    fences: list[int] = []
    for n in tail:
        text = plan.text(n)
        if plan.found.theirs[n].kind == "code" and _FENCE.match(plan.found.theirs[n].text):
            fences.append(n)
        elif text is not None and words(text):
            break
        elif text is not None:
            plan.leave_out(n)
    for n in fences[: len(fences) // 2 * 2]:  # in pairs: code that stays keeps both of its own
        plan.leave_out(n)


def _candidates(plan: Plan, in_place: set[int], source: Source) -> list[int]:
    """The new lines that say something and are not left out yet. A copy of another is left out, and
    a line without words in the place of old ones that came back.
    """
    found, partners = plan.found, plan.found.partners
    seen = {_name(found.theirs[n]) for n in (*found.pairs, *found.moved)}
    candidates = []
    for n in found.fresh:
        item = found.theirs[n]
        if item.kind == "heading" or plan.text(n) is None or _orders(found, n, source):
            continue
        if not words(item.text) or (item.kind == "code" and _FENCE.match(item.text)):
            given = _has_place(found.theirs, n, source)
            if item.kind != "code" and (n in in_place or not given):
                plan.leave_out(n, "" if _RULE.fullmatch(item.text) else _NOBODY)
        elif _name(item) in seen and item.kind != "code" and len(words(item.text)) > 1:
            plan.leave_out(n)
            plan.put_back(o for o in partners.get(n, ()) if not spoken(found.ours[o], source))
            plan.repairs.append(f"second copy of a line left out: {shown(item.text)}")
        else:
            seen.add(_name(item))
            candidates.append(n)
    return candidates


def _has_place(rows: Sequence[Item], n: int, source: Source) -> bool:
    """A line without words that may be new: a row of a table, the border below its first one, or a
    rule of the page where memory or notes have such; what ends front matter is none.
    """
    if is_border(rows[n]):
        inside = n > 1 and not rows[n - 1].gap and "|" in rows[n - 2].text
        return n > 0 and is_head(rows, n - 1) and not rows[n].gap and not inside
    if "|" in rows[n].text:
        return True
    front = source.outline(source.old).front
    return rows[n].text.strip() in _wordless(source.old, front, source.note_text)


@lru_cache(maxsize=8)
def _wordless(old: str, front: int, notes: str) -> frozenset[str]:
    """The lines without words in a memory, behind its front matter, and in notes."""
    lines = (line.strip() for line in (*old.split("\n")[front:], *notes.split("\n")))
    return frozenset(line for line in lines if not words(line))


def _name(item: Item) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return item.key, item.titles, item.path


def _doubted(plan: Plan, text: str, olds: Sequence[str], mine: Voice, source: Source) -> None:
    """What is to be asked about a line that is somebody's."""
    if len(text) > _LONG + sum(map(len, olds)) and not source.has_line(text):
        plan.ask(f"a line of {len(text):,} characters: {shown(text)}")
    for doubt in dict.fromkeys(doubts(text, olds, mine, source)):
        plan.ask(f"{doubt} in {shown(text)}")


def _swapped(plan: Plan, n: int, olds: Sequence[str], source: Source) -> None:
    """What is to be asked about single words of such a line. olds: also the nearest one."""
    found, text = plan.found, plan.text(n) or ""
    for word in swapped(bare(text), olds, source):
        plan.ask(f"{shown(word, 60)}, which nobody said, in {shown(text)}")
    items = [found.ours[o] for o in found.partners.get(n, ())]
    if len(items) == 1 and not named(items[0], source):
        for part in altered(bare(text), bare(items[0].text), source):
            plan.ask(f"a change that no note explains: {shown(part)}")


def _orders(found: Compared, n: int, source: Source) -> bool:
    """The line says nothing by itself: it stands over others."""
    return _is_label(found, n) or bool(_below_title(found, n, source))


def _is_label(found: Compared, n: int) -> bool:
    """A short line that only orders what is nested below it."""
    item = found.theirs[n]
    below = found.theirs[n + 1] if n + 1 < len(found.theirs) else None
    few = 0 < len(words(item.text)) <= _SHORT and not any(c.isdigit() for c in item.text)
    return few and below is not None and item.key in below.path[-1:]


def _below_title(found: Compared, n: int, source: Source) -> range:
    """The items below a title that the request itself speaks of, in a memory whose titles are no
    headings but bold or plain lines; none where old lines would come to stand below it.
    """
    item = found.theirs[n]
    if item.kind != "prose" or not is_asked_for(item.text) or not found.plain_titles:
        return range(0)
    end = n + 2
    while end < len(found.theirs) and found.theirs[end].kind in ("item", "code"):
        end += 1
    below = range(n + 1, min(end, len(found.theirs)))
    return range(0) if _takes_in(found, below, source) else below


def is_asked_for(line: str) -> bool:
    """The line is a title that the request speaks of, in any dress."""
    return " ".join(words(line)) in NAMED_TITLES


def _in_place(plan: Plan) -> set[int]:
    """The new items between the same neighbours as an old one that comes back and that no new line
    rewords.
    """
    found = plan.found
    back = sorted(o for o in plan.back if o not in found.partner)
    places: set[int] = set()
    ends = [(-1, -1), *sorted(found.pairs.items()), (len(found.theirs), len(found.ours))]
    at = 0
    for (n1, o1), (n2, o2) in pairwise(ends):
        while at < len(back) and back[at] <= o1:
            at += 1
        if at < len(back) and back[at] < o2:
            places.update(range(n1 + 1, n2))
    return places


def new_headings(plan: Plan, source: Source) -> None:
    """A heading that nobody said may order new and moved lines; it takes no old ones in, and stands
    over something.
    """
    found, in_place = plan.found, _in_place(plan)
    gone = any(found.ours[o].kind == "heading" for o in plan.back)
    for n in found.fresh:
        item = found.theirs[n]
        if item.kind != "heading" or _is_given(item, source):
            continue
        below = _below(found, n)
        if gone and n in in_place:
            plan.leave_out(n, _NOBODY)
        elif all(plan.text(m) is None for m in below):
            plan.leave_out(n)
            plan.repairs.append(f"a heading over nothing left out: {shown(item.text)}")
        elif _takes_in(found, below, source) or len(words(item.text)) > _TITLE:
            plan.ask(f"a heading that nobody said: {shown(item.text)}")


def _is_given(item: Item, source: Source) -> bool:
    title = item.titles[-1]
    return (
        title in NAMED_TITLES
        or source.has_line(item.text)
        or source.has_line(title)
        or source.names(title)
    )


def _below(found: Compared, n: int) -> range:
    """The items up to the next heading."""
    end = n + 1
    while end < len(found.theirs) and found.theirs[end].kind != "heading":
        end += 1
    return range(n + 1, end)


def _takes_in(found: Compared, below: range, source: Source) -> bool:
    """An old line that no note speaks of has come to stand below the heading, in its own or in
    other words.
    """
    old = (m for m in below if m in found.pairs or m in found.partners)
    return any(not spoken(found.theirs[m], source) for m in old)

"""The part of a very large memory that a reply changed, without what it left alone at both ends.

A line that stays in its place byte for byte, and that no note speaks of, needs no verdict; a memory
of 1 MiB would have the processor look at a hundred thousand of them. Must not know: verdicts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from memsync.memory.text.apart import LARGE, alike
from memsync.memory.text.markdown import Outline
from memsync.memory.text.plain import is_large
from memsync.memory.text.words import key
from memsync.merge.guard.dress import title_key
from memsync.merge.guard.frame import headings_above
from memsync.merge.guard.mentions import lines_spoken_of
from memsync.merge.guard.source import Source

_ENDS_OF_COMMENTS: Final = re.compile(r"<!--|-->")


class Part(NamedTuple):
    """A stretch of the old memory, and what the reply made of it.

    head, tail: the lines before and behind, which both texts have. above: the headings of the head
    that the part stands below, and what opened the code or comment in which it begins; below: the
    line that follows. They stand in `before` and `reply`, too, so that both read as they do in the
    whole.
    """

    head: tuple[str, ...]
    above: tuple[str, ...]
    before: str
    reply: str
    below: str
    tail: tuple[str, ...]

    def whole(self, body: str) -> str | None:
        """The memory with this body for the part; None where it has other headings around."""
        above = "".join(f"{heading}\n" for heading in self.above)
        below = f"\n{self.below}\n" if self.below else "\n"
        if not (body.startswith(above) and body.endswith(below)):
            return None
        lines = body.removeprefix(above).removesuffix(below).split("\n")
        return "\n".join((*self.head, *lines, *(self.tail or ("",))))

    def whole_outline(self, old: Outline, part: Outline) -> Outline | None:
        """The outline of the whole with `part` in it; None where the ends are not in it what they
        were in the old memory, or the part not what it is by itself: it opens something that runs
        on, or a section of it takes in what follows. None, too, where the whole is read in another
        way than the old memory.
        """
        start, end, first, last = self._places(old, part)
        if old.runs_on is not None and old.runs_on < start:
            apart = part.runs_on == first - 1
        elif old.runs_on is not None and old.runs_on < end < len(old.lines):
            return None  # what is made of its beginning decides about all that follows
        else:
            apart = (not start or first in part.beginnings) and (
                not self.below or last in part.beginnings
            )
        if not apart:
            return None
        whole = old.with_part(start, end, part, first, last)
        if is_large(whole.lines) != old.plainly:
            return None
        opened = old.unclosed
        if opened is not None and opened >= end:
            opened += len(whole.lines) - len(old.lines)
        return whole if whole.unclosed == opened and self._is_same(old, part, whole) else None

    def _places(self, old: Outline, part: Outline) -> tuple[int, int, int, int]:
        """The lines of the part: from and to in the old memory, from and to in its own text."""
        first = sum(heading.count("\n") + 1 for heading in self.above)
        end = len(old.lines) - len(self.tail) + bool(old.lines[-1])
        return len(self.head), end, first, len(part.lines) - 2 * bool(self.below)

    def _is_same(self, old: Outline, part: Outline, whole: Outline) -> bool:
        """Whether headings and constraints of the whole are those of the ends and of the part."""
        start, end, first, last = self._places(old, part)
        return all(
            what(whole, 0, len(whole.lines))
            == [
                *what(old, 0, start),
                *what(part, first, last),
                *what(old, end, len(old.lines)),
            ]
            for what in (_titles, _rules, _above_rules)
        )


def changed_part(old: Outline, reply: str, source: Source) -> Part | None:
    """The part that a reply (LF, one newline at its end) changed or a note speaks of; None where
    that is most of the memory, or the memory is not large.

    None also where a line is new in it that stands at one of the ends, too: it may have come from
    there; and where a new line may be an import, or what begins or ends a comment came or went that
    has its other end elsewhere: both hang on the whole text.
    """
    if len(source.old) < LARGE:
        return None
    part = parted(old, reply, lines_spoken_of(old.lines, source))
    ours, theirs = part.before.split("\n"), part.reply.split("\n")
    if 2 * len(ours) > len(old.lines) or _hangs_on_the_rest(ours, theirs, source):
        return None
    return None if _parts_comments(part) else part


def parted(old: Outline, reply: str, said: Sequence[int] = ()) -> Part:
    """The stretch between two lines at which the memory can be parted in which it differs from the
    reply, and the lines `said` stand.
    """
    was, now = (*old.lines, *("",) * bool(old.lines[-1])), tuple(reply.split("\n"))
    top = alike(was, now)
    bottom = min(alike(was[::-1], now[::-1]), len(was) - top, len(now) - top)
    first, last = min([top, *said]), max([len(was) - bottom, *(n + 1 for n in said)])
    borders = _borders(old)
    at, behind = bisect_left(borders, first), bisect_left(borders, last)
    start = borders[at - 1] if at else 0
    end = borders[behind] if behind < len(borders) else len(was)
    ours, theirs = was[start:end], now[start : end + len(now) - len(was)]
    above, below = tuple(_above(old, start)), was[end] if end < len(was) else ""
    end_of_it = (below, "") if below else ()
    before, after = ("\n".join((*above, *lines, *end_of_it)) for lines in (ours, theirs))
    return Part(was[:start], above, before, after, below, was[end:])


def _borders(old: Outline) -> list[int]:
    """The lines at which the memory can be parted, and not within constraints."""
    inside = chain.from_iterable(range(s.start + 1, s.end) for s in old.sections)
    found = old.beginnings
    if old.runs_on is not None:  # behind it all is code or comment
        behind = range(old.runs_on + 1, len(old.lines))
        found = found.union(n for n in behind if old.lines[n].strip())
    return sorted(found.difference(inside))


def _hangs_on_the_rest(ours: Sequence[str], theirs: Sequence[str], source: Source) -> bool:
    before = Counter(map(key, ours))
    fresh = Counter(map(key, theirs)) - before
    return any("@" in name or (name and source.known.times(name) > before[name]) for name in fresh)


def _parts_comments(part: Part) -> bool:
    """What begins and ends comments is not the same in the reply, and more than whole comments."""
    before, after = (_ENDS_OF_COMMENTS.findall(text) for text in (part.before, part.reply))
    return before != after and not (_are_whole(before) and _are_whole(after))


def _are_whole(signs: Sequence[str]) -> bool:
    return signs[::2] == ["<!--"] * (len(signs) // 2) and signs[1::2] == ["-->"] * (len(signs) // 2)


def _above(old: Outline, start: int) -> Iterator[str]:
    """The headings that the line `start` stands below, and what opened the code or comment of which
    it is a part.
    """
    open_ones: list[int] = []
    for n, heading in enumerate(old.headings):
        if heading.line > start:
            break
        while open_ones and old.headings[open_ones[-1]].level >= heading.level:
            open_ones.pop()
        if heading.line < start:
            open_ones.append(n)
    for n in open_ones:
        yield "\n".join(old.lines[old.headings[n].line : old.heading_ends[n]])
    if old.runs_on is not None and old.runs_on < start:
        yield old.lines[old.runs_on]


def _titles(view: Outline, start: int, end: int) -> list[tuple[int, str]]:
    return [(h.level, h.title) for h in view.headings if start <= h.line < end]


def _rules(view: Outline, start: int, end: int) -> list[str]:
    return [block.text for block in view.constraints if start <= block.start < end]


def _above_rules(view: Outline, start: int, end: int) -> list[tuple[str, ...]]:
    """The headings that the constraints stand below: a new one may take in those behind it."""
    if not any(start <= s.start < end for s in view.sections):
        return []
    above = headings_above(view.headings)
    return [
        tuple(f"{view.headings[n].level} {title_key(view.headings[n])}" for n in above[s.heading])
        for s in view.sections
        if start <= s.start < end
    ]

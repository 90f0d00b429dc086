"""The part of a very large memory that a reply changed, without what it left alone at both ends.

A line that stays in its place byte for byte, and that no note speaks of, needs no verdict; a memory
of 1 MiB would have the processor look at a hundred thousand of them. Must not know: verdicts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from memsync.memory.text.apart import LARGE
from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import HALF
from memsync.memory.text.words import key, weight, words
from memsync.merge.guard.frame import paths_of
from memsync.merge.guard.source import Source


class Part(NamedTuple):
    """Whole sections of the old memory, and what the reply made of them.

    head, tail: the lines before and behind, which both texts have. above: the headings of the head
    that the part stands below; below: the one that follows. They stand in `before` and `reply`,
    too, so that both read as they do in the whole.
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

    def holds_together(self, old: Outline, part: Outline, whole: Outline) -> bool:
        """Whether the ends are in the whole what they were in the old memory, and the part what it
        is by itself: it opens nothing that runs on, and no section of it takes in what follows.
        """
        start, end = len(self.head), len(old.lines) - len(self.tail) + bool(old.lines[-1])
        first = sum(heading.count("\n") + 1 for heading in self.above)
        last = len(part.lines) - 1 - (self.below.count("\n") + 1 if self.below else 0)
        return whole.unclosed == old.unclosed and all(
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
    there; and where a new line may be an import, which hangs on the whole text.
    """
    if len(source.old) < LARGE:
        return None
    was, now = (*old.lines, *("",) * bool(old.lines[-1])), tuple(reply.split("\n"))
    top = _alike(was, now)
    bottom = min(_alike(was[::-1], now[::-1]), len(was) - top, len(now) - top)
    said = _said(was, source)
    first, last = min([top, *said]), max([len(was) - bottom, *(n + 1 for n in said)])
    borders = _borders(old)
    start = max((line for line in borders if line < first), default=0)
    end = min((line for line in borders if line >= last), default=len(was))
    if 2 * (end - start) > len(was):
        return None
    ours, theirs = was[start:end], now[start : end + len(now) - len(was)]
    if _hangs_on_the_rest(ours, theirs, source):
        return None
    above, below = tuple(_above(old, start)), was[end] if end < len(was) else ""
    end_of_it = (below, "") if below else ()
    before, after = ("\n".join((*above, *lines, *end_of_it)) for lines in (ours, theirs))
    return Part(was[:start], above, before, after, below, was[end:])


def _alike(lines: Sequence[str], others: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginning."""
    pairs = enumerate(zip(lines, others, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(lines), len(others)))


def _said(lines: Sequence[str], source: Source) -> list[int]:
    """The first and the last line with a word of a note that is no joint of a sentence and stands
    in few lines.
    """
    every = frozenset(words("\n".join(lines)))
    said = {word for word in every if weight(word) >= HALF and source.says(word)}
    shared = {word for word in said if source.is_telling(word)}
    if not shared:
        return []
    orders = (range(len(lines)), range(len(lines) - 1, -1, -1))
    found = (next((n for n in order if shared & set(words(lines[n]))), None) for order in orders)
    return [n for n in found if n is not None]


def _borders(old: Outline) -> list[int]:
    """The lines of headings that begin a stretch by themselves, and not within constraints."""
    inside = chain.from_iterable(range(s.start + 1, s.end) for s in old.sections)
    within = set(inside)
    return [
        heading.line
        for heading in old.headings
        if old.lines[heading.line].startswith("#") and heading.line not in within
    ]


def _hangs_on_the_rest(ours: Sequence[str], theirs: Sequence[str], source: Source) -> bool:
    before = Counter(map(key, ours))
    fresh = Counter(map(key, theirs)) - before
    return any("@" in name or (name and source.old_keys[name] > before[name]) for name in fresh)


def _above(old: Outline, start: int) -> Iterator[str]:
    """The headings that the line `start` stands below."""
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


def _titles(view: Outline, start: int, end: int) -> list[tuple[int, str]]:
    return [(h.level, h.title) for h in view.headings if start <= h.line < end]


def _rules(view: Outline, start: int, end: int) -> list[str]:
    return [block.text for block in view.constraints if start <= block.start < end]


def _above_rules(view: Outline, start: int, end: int) -> list[tuple[str, ...]]:
    """The headings that the constraints stand below: a new one may take in those behind it."""
    paths = paths_of(view)
    return [paths[s.heading][:-1] for s in view.sections if start <= s.start < end]

"""A stretch of a very large memory that a reply changed, and the memory with what came of it.

A line that stays in its place byte for byte, and that no note speaks of, needs no verdict; a memory
of 1 MiB would have the processor look at a hundred thousand of them. Must not know: verdicts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from memsync.memory.text.composed import MANY, Place, beginnings, composed, is_parted, table_at
from memsync.memory.text.markdown import BOLD_LEVEL, Outline
from memsync.memory.text.plain import is_large
from memsync.merge.guard.dress import title_key


class Part(NamedTuple):
    """Lines [start, end) of the old memory, between two at which it can be parted, and what the
    reply has there.

    above: the headings that they stand below, and what opened the code, comment or table in which
    they begin; below: the line that follows, "" for none. Both are read with the part, so that it
    is what it is in the whole. under_html: HTML is right above, which a blank line
    ends.
    """

    start: int
    end: int
    above: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    below: str
    under_html: bool = False

    def filled(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """The lines that come into its place, so that they are no part of what is above."""
        return ("", *lines) if self.under_html and lines and lines[0].strip() else lines

    def text(self, lines: Sequence[str]) -> str:
        """These lines in the place of the part, with what is read around them."""
        return "\n".join((*self.above, *lines, *((self.below, "") if self.below else ())))

    def place(self, old: Outline, view: Outline) -> Place | None:
        """Where the lines of a `text` of this part, of which `view` is the outline, come in the old
        memory; None where they are not what they are by themselves, or the rest not what it was:
        they open something that runs on.
        """
        start, end = self.start, self.end
        first = sum(heading.count("\n") + 1 for heading in self.above)
        last = len(view.lines) - 2 * bool(self.below)
        if old.runs_on is not None and old.runs_on < start:
            apart = view.runs_on == first - 1
        elif old.runs_on is not None and old.runs_on < end < len(old.lines):
            return None  # what is made of its beginning decides about all that follows
        else:
            apart = (not start or is_parted(old, start, view, first)) and (
                not self.below or is_parted(old, end, view, last)
            )
        return Place(start, end, view, first, last) if apart else None


def whole_outline(old: Outline, places: Sequence[Place]) -> Outline | None:
    """The outline of the old memory with these places filled; None where the headings and the
    constraints of the whole are not those of the parts: a section takes in what follows. None, too,
    where the whole is read in another way than the old memory.
    """
    whole = composed(old, places)
    if is_large(whole.lines) != old.plainly:
        return None
    opened = old.unclosed
    if opened is not None:
        opened += sum(place.longer for place in places if opened >= place.end)
    return whole if whole.unclosed == opened and _is_same(old, places, whole) else None


def _is_same(old: Outline, places: Sequence[Place], whole: Outline) -> bool:
    for what in (_titles, _rules, _above_rules):
        of_old, expected = what(old), list[object]()
        done = 0
        for place in places:
            expected += of_old.between(done, place.start)
            expected += what(place.view).between(place.first, place.last)
            done = place.end
        expected += of_old.between(done, len(old.lines))
        if what(whole).facts != expected:
            return False
    return True


def borders(old: Outline) -> list[int]:
    """The lines at which the memory can be parted, and not within constraints, if they are not more
    than anybody has.
    """
    sections = (range(s.start + 1, s.end) for s in old.sections)
    inside = chain.from_iterable(lines for lines in sections if len(lines) < MANY)
    found = beginnings(old)
    if old.runs_on is not None:  # behind it all is code or comment
        behind = range(old.runs_on + 1, len(old.lines))
        found = found.union(n for n in behind if old.lines[n].strip())
    return sorted(found.difference(inside))


def above(view: Outline, lines: Iterable[int]) -> Iterator[list[int]]:
    """For each of these lines the headings (indexes) that it stands below."""
    levels = bytes(heading.level for heading in view.headings)
    for line in lines:
        before = bisect_left(view.headings, line, key=lambda heading: heading.line)
        here = view.headings[before : before + 1]
        deepest = here[0].level if here and here[0].line == line else BOLD_LEVEL + 1
        found: list[int] = []
        for level in range(1, deepest):
            last = levels.rfind(level, found[-1] + 1 if found else 0, before)
            found += [last] if last >= 0 else []
        yield found


def text_above(old: Outline, headings: Iterable[int], start: int, since: int = 0) -> Iterator[str]:
    """Those headings as they are written, and what opened the code, comment or table in which the
    line `start` stands; headings, code and comment from the line `since` on.
    """
    for n in headings:
        if old.headings[n].line >= since:
            yield "\n".join(old.lines[old.headings[n].line : old.heading_ends[n]])
    table = table_at(old, start)
    if table is not None:
        yield from old.lines[table : table + 2]
    if old.runs_on is not None and since <= old.runs_on < start:
        yield old.lines[old.runs_on]


class _Facts(NamedTuple):
    """What is at these lines, which rise."""

    lines: list[int]
    facts: Sequence[object]

    def between(self, start: int, end: int) -> Sequence[object]:
        """What is at the lines [start, end)."""
        return self.facts[bisect_left(self.lines, start) : bisect_left(self.lines, end)]


def _titles(view: Outline) -> _Facts:
    found = view.headings
    return _Facts([h.line for h in found], [(h.level, h.title) for h in found])


def _rules(view: Outline) -> _Facts:
    """The constraints; of a table, which may be parted, each line."""
    lines, facts = list[int](), list[object]()
    for block in view.constraints:
        in_table = block.end > block.start + 2 and table_at(view, block.end - 1) is not None
        numbers = range(block.start, block.end) if in_table else (block.start,)
        lines += numbers
        facts += view.lines[block.start : block.end] if in_table else [block.text]
    return _Facts(lines, facts)


def _above_rules(view: Outline) -> _Facts:
    """The headings that the constraints stand below: a new one may take in those behind it."""
    lines = [section.start for section in view.sections]
    headings = view.headings
    return _Facts(
        lines,
        [
            tuple(f"{headings[n].level} {title_key(headings[n])}" for n in over)
            for over in above(view, lines)
        ],
    )

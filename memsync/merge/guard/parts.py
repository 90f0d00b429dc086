"""The parts of a very large memory that a reply changed, put together to one text to be judged.

A line that nobody wrote stands between two of them for what is left out. Must not know:
verdicts.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import count, pairwise
from typing import Final, NamedTuple

from memsync.memory.text.apart import LARGE, Hunk, hunks
from memsync.memory.text.composed import behind_large
from memsync.memory.text.markdown import BOLD_LEVEL, Outline
from memsync.memory.text.words import key
from memsync.merge.guard.account import Line
from memsync.merge.guard.mentions import lines_spoken_of
from memsync.merge.guard.part import Part, above, borders, text_above, whole_outline
from memsync.merge.guard.source import Source

_MOST: Final = 6  # parts
_MOST_HUNKS: Final = 60  # that are looked for
_LEAST: Final = 100  # lines that are left out between two parts
_NEAR: Final = 8  # lines of what follows a part that are shown with it
_ENDS_OF_COMMENTS: Final = re.compile(r"<!--|-->")


class Gap(NamedTuple):
    """What stands for the lines that are left out between two parts.

    mark: the line that is in no other place. above: blank or nothing. headings: those left out
    that the next part stands below.
    """

    above: tuple[str, ...]
    mark: str
    headings: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it."""
        rows = [row for heading in self.headings for row in heading.split("\n")]
        return (*self.above, self.mark, "", *rows)


class Parts(NamedTuple):
    """The parts in their order, and what stands between them.

    rows: the lines of the old memory, the last one blank. before, reply: the text that is judged,
    as it was and as the reply has it.
    """

    rows: tuple[str, ...]
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]

    @property
    def before(self) -> str:
        """The old text of the parts."""
        return self._text([part.ours for part in self.parts])

    @property
    def reply(self) -> str:
        """The reply's text of the parts."""
        return self._text([part.theirs for part in self.parts])

    def _text(self, each: Sequence[Sequence[str]]) -> str:
        rows = [*self.parts[0].above, *each[0]]
        for gap, lines in zip(self.gaps, each[1:], strict=True):
            rows += (*gap.lines, *lines)
        below = self.parts[-1].below
        return "\n".join((*rows, *((below, "") if below else ())))

    def taken_apart(self, body: str) -> list[tuple[str, ...]] | None:
        """What of such a text is in the place of each part; None where what stands around them is
        not in it as it was.
        """
        top = "".join(f"{heading}\n" for heading in self.parts[0].above)
        below = f"\n{self.parts[-1].below}\n" if self.parts[-1].below else ""
        if not (body.startswith(top) and body.endswith(below)):
            return None
        rest = tuple(body.removeprefix(top).removesuffix(below).split("\n"))
        found: list[tuple[str, ...]] = []
        for gap in self.gaps:
            if rest.count(gap.mark) != 1:
                return None
            start = rest.index(gap.mark) - len(gap.above)
            end = start + len(gap.lines)
            if start < 0 or rest[start:end] != gap.lines:
                return None
            found.append(rest[:start])
            rest = rest[end:]
        return [part.filled(lines) for part, lines in zip(self.parts, (*found, rest), strict=True)]

    def whole(self, each: Sequence[Sequence[str]]) -> str:
        """The memory with these lines for the parts."""
        rows: list[str] = []
        done = 0
        for part, lines in zip(self.parts, each, strict=True):
            rows += (*self.rows[done : part.start], *lines)
            done = part.end
        return "\n".join((*rows, *self.rows[done:]))

    def outline_of_whole(
        self, old: Outline, each: Sequence[Sequence[str]], read: Callable[[str], Outline]
    ) -> Outline | None:
        """Its outline; None where a part is not what it is by itself (Part.place), or the rest is
        not what it was (whole_outline). read: what gives a text's outline.
        """
        texts = (part.text(lines) for part, lines in zip(self.parts, each, strict=True))
        views = map(read, texts)
        found = [part.place(old, view) for part, view in zip(self.parts, views, strict=True)]
        places = [place for place in found if place is not None]
        return whole_outline(old, places) if len(places) == len(found) else None

    def account_of_whole(self, account: Sequence[Line], told: Iterable[str]) -> list[Line] | None:
        """An account of a text of the parts, with every line that was left out; None where what
        stands for them is not in it as it was, or speaks in what a person is `told`.
        """
        if any(gap.mark.strip("#* ") in text for text in told for gap in self.gaps):
            return None
        first, last = self.parts[0], self.parts[-1]
        lines = list(self._kept(0, first.start))
        done = len(first.above)
        for gap, (part, after) in zip(self.gaps, pairwise(self.parts), strict=True):
            at = next((n for n, line in enumerate(account) if line.text == gap.mark), done)
            behind = at + 1 + len(gap.headings)
            if account[at:behind] != tuple(Line("kept", row) for row in (gap.mark, *gap.headings)):
                return None
            lines += (*account[done:at], *self._kept(part.end, after.start))
            done = behind
        lines += account[done : len(account) - bool(last.below)]
        return [*lines, *self._kept(last.end, len(self.rows))]

    def _kept(self, start: int, end: int) -> Iterator[Line]:
        return (Line("kept", row) for row in self.rows[start:end] if row.strip())


def changed_parts(old: Outline, reply: str, source: Source) -> Parts | None:
    """The parts that a reply (LF, one newline at its end) changed or a note speaks of; None where
    they are most of the memory, or the memory is not large.

    None also where a line is new in them that stands outside of them, too: it may have come from
    there; and where a new line may be an import, or what begins or ends a comment came or went that
    has its other end elsewhere: both hang on the whole text.
    """
    if len(source.old) < LARGE:
        return None
    found = parted(old, reply, lines_spoken_of(old.lines, source))
    ours = [row for part in found.parts for row in part.ours]
    theirs = [row for part in found.parts for row in part.theirs]
    if 2 * len(ours) > len(old.lines) or _hangs_on_the_rest(ours, theirs, source):
        return None
    return None if _parts_comments(found.before, found.reply) else found


def parted(old: Outline, reply: str, said: Sequence[int] = ()) -> Parts:
    """The stretches, between lines at which the memory can be parted, in which it differs from the
    reply, and the lines `said` stand.
    """
    was, now = (*old.lines, *("",) * bool(old.lines[-1])), tuple(reply.split("\n"))
    apart = hunks(was, now, _MOST_HUNKS)
    places = [*((h.start, h.end) for h in apart), *((n, n + 1) for n in said)]
    opened = old.runs_on if old.runs_on is not None else len(was)
    large = behind_large(old)
    cuts = borders(old), sorted(large)
    stretches = _stretches(places or [(len(was), len(was))], *cuts, len(was), opened)
    headings = list(above(old, [start for start, _ in stretches]))
    parts: list[Part] = []
    for (start, end), below, at, to in zip(
        stretches, headings, *_in_the_other(stretches, apart), strict=True
    ):
        over = tuple(text_above(old, below, start))
        follows = was[end] if end < len(was) else ""
        html = large.get(start, False)
        parts.append(Part(start, end, over, was[start:end], now[at:to], follows, under_html=html))
    gaps = _gaps(old, was, parts, headings, _marks(old, reply))
    return Parts(was, tuple(parts), tuple(gaps))


def _stretches(
    places: Iterable[tuple[int, int]],
    cuts: Sequence[int],
    ends: Sequence[int],
    length: int,
    opened: int,
) -> list[tuple[int, int]]:
    """Stretches between cuts that hold all these places, with what stands next to them, but for
    the line that opens code or a comment to which all the rest belongs, and for what is very long:
    `ends` are the lines behind it.
    """
    found: list[tuple[int, int]] = []
    for first, last in sorted(places):
        at, behind = bisect_left(cuts, first), bisect_left(cuts, last)
        above = ends[: bisect_right(ends, first)][-1:]
        start = max([0, *cuts[:at][-1:], *above])
        end, follows = ((*cuts[behind : behind + 2], length, length))[:2]
        if follows - end <= _NEAR and not end <= opened < follows:
            end = follows
        if found and start - found[-1][1] < _LEAST:
            start, end = found[-1][0], max(end, found.pop()[1])
        found.append((start, end))
    widest = nlargest(_MOST - 1, range(1, len(found)), lambda n: found[n][0] - found[n - 1][1])
    joined = pairwise([0, *sorted(widest), len(found)])
    return [(found[first][0], found[behind - 1][1]) for first, behind in joined]


def _in_the_other(
    stretches: Sequence[tuple[int, int]], apart: Sequence[Hunk]
) -> tuple[list[int], list[int]]:
    """Where each stretch begins and ends in the other text."""
    begin, ends = list[int](), list[int]()
    longer = 0
    for start, end in stretches:
        begin.append(start + longer)
        longer += sum(h.to - h.at - h.end + h.start for h in apart if start <= h.start <= end)
        ends.append(end + longer)
    return begin, ends


def _gaps(
    old: Outline,
    was: Sequence[str],
    parts: Sequence[Part],
    headings: Sequence[Sequence[int]],
    marks: Iterator[str],
) -> Iterator[Gap]:
    for (part, after), below, mark in zip(pairwise(parts), headings[1:], marks, strict=False):
        n = bisect_left(old.headings, part.end, key=lambda heading: heading.line)
        heading = old.headings[n] if n < len(old.headings) else None
        # a heading stands for a heading: it ends a section
        level = heading.level if heading is not None and heading.line == part.end else 0
        line = f"**{mark}**" if level == BOLD_LEVEL else f"{'#' * level} {mark}".strip()
        blank = ("",) if part.ours[-1].strip() else ()
        yield Gap(blank, line, tuple(text_above(old, below, after.start, part.end)))


def _marks(old: Outline, reply: str) -> Iterator[str]:
    """Words that stand in neither text."""
    texts = f"{old.titles}\n{reply}\n" + "\n".join(old.lines)
    names = (f"leftout{n}" for n in count(1))
    return (name for name in names if name not in texts)


def _hangs_on_the_rest(ours: Sequence[str], theirs: Sequence[str], source: Source) -> bool:
    before = Counter(map(key, ours))
    fresh = Counter(map(key, theirs)) - before
    return any("@" in name or (name and source.known.times(name) > before[name]) for name in fresh)


def _parts_comments(ours: str, theirs: str) -> bool:
    """What begins and ends comments is not the same in the reply, and more than whole comments."""
    before, after = map(_ENDS_OF_COMMENTS.findall, (ours, theirs))
    return before != after and not (_are_whole(before) and _are_whole(after))


def _are_whole(signs: Sequence[str]) -> bool:
    return signs[::2] == ["<!--"] * (len(signs) // 2) and signs[1::2] == ["-->"] * (len(signs) // 2)

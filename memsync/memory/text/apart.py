"""Where two texts differ: a stretch of each, with whole units in it. Pure.

Of a very large memory that somebody edited, most lines are what they were; nothing has to ask what
they are. May not know: what becomes of a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from memsync.memory.text.dress import fence_behind, kind_of
from memsync.memory.text.lines import NOWHERE, alike, common_ends

LARGE: Final = 128 * 1024  # characters; of a smaller memory all may be looked at

_AGREE: Final = 32  # lines that are alike, so that two texts agree again
_REACH: Final = 200  # lines of both in which that is looked for
_FAR: Final = _REACH + _AGREE

_ALONE: Final = frozenset({"blank", "code", "heading", "html", "item"})  # no unit goes on in them


class Hunk(NamedTuple):
    """Lines [start, end) of one text that are [at, to) in the other; what lies between two hunks is
    the same in both.
    """

    start: int
    end: int
    at: int
    to: int


class Apart(NamedTuple):
    """Lines [top, end) of one text, and [top, other_end) of the other; all else is equal.

    fence: what began the code in which the line `top` stands, "" for none. No unit of either text
    reaches over an end of its stretch, and around the stretches both have the same units.
    """

    top: int
    end: int
    other_end: int
    fence: str = ""


def apart(lines: Sequence[str], others: Sequence[str]) -> Apart:
    """Where the lines of two texts differ."""
    top, bottom = common_ends(lines, others)
    top, fence = _above(lines, top, {*lines[top : top + 1], *others[top : top + 1]})
    below = _below(lines, others, Apart(top, len(lines) - bottom, len(others) - bottom, fence))
    return Apart(top, len(lines) - below, len(others) - below, fence)


def hunks(lines: Sequence[str], others: Sequence[str], most: int) -> list[Hunk]:
    """Where the lines of two texts differ, place for place, in a time that grows with their length:
    not the smallest hunks that there are, and at most this many. The last one is all the rest where
    the texts do not agree again soon.
    """
    start, bottom = common_ends(lines, others)
    at = start
    end, to = len(lines) - bottom, len(others) - bottom
    found: list[Hunk] = []
    while start < end or at < to:
        more, further = end - start, to - at
        if len(found) < most - 1:
            near = lines[start : min(end, start + _FAR)], others[at : min(to, at + _FAR)]
            more, further = _agreeing(*near) or (more, further)
        found.append(Hunk(start, start + more, at, at + further))
        start, at = start + more, at + further
        same = alike(lines[start:end], others[at:to])
        start, at = start + same, at + same
    return found


def _agreeing(lines: Sequence[str], others: Sequence[str]) -> tuple[int, int] | None:
    """How many lines further on in each text both are alike for a while."""
    for together in range(1, _REACH):
        for more in range(together + 1):
            there = others[together - more : together - more + _AGREE]
            if len(there) == _AGREE and lines[more : more + _AGREE] == there:
                return more, together - more
    return None


def _above(lines: Sequence[str], top: int, here: Iterable[str]) -> tuple[int, str]:
    """The last line up to `top` between whose unit and the one before both texts can be parted, and
    the fence of the code in which it stands. here: the lines `top` of the two texts.
    """
    fences = [(NOWHERE, "")]
    for number in _may_fence(lines, 0, top):
        fences.append((number, fence_behind(lines[number].strip(), fences[-1][1])))
    first = top
    while first:
        while fences[-1][0] >= first:
            fences.pop()
        if fences[-1][1] or not lines[first - 1].strip():
            break
        if all(map(_begins, here if first == top else lines[first : first + 1])):
            break
        first -= 1
    return first, fences[-1][1] if first else ""


def _below(lines: Sequence[str], others: Sequence[str], between: Apart) -> int:
    """How many lines behind the stretches are units of their own, the same in both texts."""
    top, end, other_end, fence = between
    behind = _fence_at(lines, top, end, fence)
    if behind != _fence_at(others, top, other_end, fence):
        return 0
    while end < len(lines) and not behind and not _begins(lines[end]):
        end += 1  # no fence: that would begin a unit
    return len(lines) - end


def _begins(line: str) -> bool:
    """Whether a line is no part of the unit above it, whatever that is; a bar may be a table's."""
    return "|" not in line and kind_of(line) in _ALONE


def _fence_at(lines: Sequence[str], start: int, end: int, fence: str) -> str:
    """The fence of the code in which the line `end` stands, "" for none."""
    for number in _may_fence(lines, start, end):
        fence = fence_behind(lines[number].strip(), fence)
    return fence


def _may_fence(lines: Sequence[str], start: int, end: int) -> list[int]:
    stretch = enumerate(lines[start:end], start)
    return [n for n, line in stretch if line and ("```" in line or "~~~" in line)]

"""Lines of two texts side by side: the one alignment. Pure.

It takes time in n log n of what it is given, whatever that is; difflib's takes its square. May not
know: what a line means, what becomes of a difference.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import compress, count
from operator import ne
from typing import Final, NamedTuple

# Comparisons of one line with another that an exact alignment may take: as many as two texts of
# 500 lines without a line in common need, and a few for each line of larger ones.
EXACT_CELLS: Final = 250_000
CELLS_A_LINE: Final = 2
MOST_DEPTH: Final = 3  # how often a stretch between two anchors is searched for anchors of its own
NOWHERE: Final = -1


class Hunk(NamedTuple):
    """Lines [old_start, old_end) of the old text that are [new_start, new_end) in the new one."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines two texts have in common at their beginning, and of the rest at their end."""
    top = alike(old, new)
    bottom = alike(old[::-1], new[::-1])
    return top, min(bottom, len(old) - top, len(new) - top)


def alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginning."""
    return next(compress(count(), map(ne, old, new)), min(len(old), len(new)))


def hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """Where two sequences of lines differ, in order."""
    top, bottom = common_ends(old, new)
    before = after = top
    places = align(old, new)[top : len(old) - bottom]
    for number, place in enumerate([*places, len(new) - bottom], top):
        if place < 0:
            continue
        if before < number or after < place:
            yield Hunk(before, number, after, place)
        before, after = number + 1, place + 1


def align(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each line of the old text the equal line of the new one, -1 for none; both in order.

    Lines that stand once in both texts are the anchors; between two of them the longest common
    sequence counts, where it is found with few comparisons, else the first with the first.
    """
    top, bottom = common_ends(old, new)
    end, new_end = len(old) - bottom, len(new) - bottom
    place = [*range(top), *[NOWHERE] * (end - top), *range(new_end, len(new))]
    cells = EXACT_CELLS + CELLS_A_LINE * (len(old) + len(new))
    stretches = [(Hunk(top, end, top, new_end), 0)]
    while stretches:
        stretch, depth = stretches.pop()
        inner = _trimmed(old, new, stretch, place)
        size = (inner.old_end - inner.old_start) * (inner.new_end - inner.new_start)
        if not size:
            continue
        if size <= cells:
            cells -= size
            _longest(old, new, inner, place)
            continue
        anchors = _anchors(old, new, inner) if depth < MOST_DEPTH else []
        if anchors:
            stretches += [(between, depth + 1) for between in _between(inner, anchors)]
        for number, to in anchors or _first_with_first(old, new, inner):
            place[number] = to
    return place


def _trimmed(old: Sequence[str], new: Sequence[str], stretch: Hunk, place: list[int]) -> Hunk:
    """The stretch without the equal lines at its two ends, which get their places."""
    top, end, new_top, new_end = stretch
    while top < end and new_top < new_end and old[top] == new[new_top]:
        place[top] = new_top
        top, new_top = top + 1, new_top + 1
    while top < end and new_top < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
        place[end] = new_end
    return Hunk(top, end, new_top, new_end)


def _longest(old: Sequence[str], new: Sequence[str], stretch: Hunk, place: list[int]) -> None:
    """The longest common sequence of a stretch; its cost is the product of the two lengths."""
    before = old[stretch.old_start : stretch.old_end]
    after = new[stretch.new_start : stretch.new_end]
    if set(before).isdisjoint(after):
        return
    rows = [[0] * (len(after) + 1)]
    for line in reversed(before):
        below, row, right = rows[-1], [0] * (len(after) + 1), 0
        for m in range(len(after) - 1, -1, -1):
            if line == after[m]:
                right = below[m + 1] + 1
            elif below[m] > right:
                right = below[m]
            row[m] = right
        rows.append(row)
    rows.reverse()
    n = m = 0
    while n < len(before) and m < len(after):
        if before[n] == after[m]:
            place[stretch.old_start + n] = stretch.new_start + m
            n, m = n + 1, m + 1
        elif rows[n + 1][m] >= rows[n][m + 1]:
            n += 1
        else:
            m += 1


def _anchors(old: Sequence[str], new: Sequence[str], stretch: Hunk) -> list[tuple[int, int]]:
    """The lines that stand once in each half of the stretch, as far as their order agrees."""
    before = _once(old, stretch.old_start, stretch.old_end)
    after = _once(new, stretch.new_start, stretch.new_end)
    return _in_order([(n, after[line]) for line, n in before.items() if line in after])


def _once(lines: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Where each line stands that stands once in [start, end), in order."""
    there: dict[str, int] = {}
    again = set()
    for number in range(start, end):
        if there.setdefault(lines[number], number) != number:
            again.add(lines[number])
    for line in again:
        del there[line]
    return there


def _first_with_first(
    old: Sequence[str], new: Sequence[str], stretch: Hunk
) -> list[tuple[int, int]]:
    """Each line with the equal line that stands there as often before, as far as the order
    agrees.
    """
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for m in range(stretch.new_start, stretch.new_end):
        places[new[m]].append(m)
    pairs = []
    for n in range(stretch.old_start, stretch.old_end):
        waiting = places.get(old[n])
        if waiting:
            pairs.append((n, waiting.popleft()))
    return _in_order(pairs)


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs whose second numbers rise as their first ones do."""
    ends: list[int] = []  # for each length, the least number that such a chain ends with
    last: list[int] = []  # the pair that it ends with
    before: list[int] = []
    for number, (_, to) in enumerate(pairs):
        length = bisect_left(ends, to) if ends and to < ends[-1] else len(ends)
        before.append(last[length - 1] if length else NOWHERE)
        if length == len(ends):
            ends.append(to)
            last.append(number)
        else:
            ends[length], last[length] = to, number
    chain = []
    number = last[-1] if last else NOWHERE
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _between(stretch: Hunk, anchors: Sequence[tuple[int, int]]) -> Iterator[Hunk]:
    before, after = stretch.old_start, stretch.new_start
    for number, to in [*anchors, (stretch.old_end, stretch.new_end)]:
        if before < number and after < to:
            yield Hunk(before, number, after, to)
        before, after = number + 1, to + 1

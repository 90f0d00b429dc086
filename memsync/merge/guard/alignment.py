"""Which line of a text is which old one, in the same order. Pure.

Knows: lines that are equal or not. Must not know: what a line is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_ROUNDS: Final = 8  # of pairing the lines that are unique in a stretch
_SHORT: Final = 1024  # pairs of lines in a stretch in which each is compared with each


class _Stretch(NamedTuple):
    """Lines of the new text, from `n` to `end`, and the old lines that they may be."""

    n: int
    o: int
    end: int
    stop: int


def aligned(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """For lines of `new` their lines of `old`, in the same order: unique lines first, then their
    neighbours, then the same in each stretch between, where other lines are unique. In a
    short stretch as many lines as can be have a partner in the end.
    """
    pairs: dict[int, int] = {}
    waiting = [_Stretch(0, 0, len(new), len(old))]
    before = -1
    for _ in range(_ROUNDS):
        if before < len(pairs):
            before = len(pairs)
            waiting = [rest for each in waiting for rest in _paired(each, old, new, pairs)]
    for rest in waiting:
        if (rest.end - rest.n) * (rest.stop - rest.o) <= _SHORT:
            pairs.update(_longest(rest, old, new))
    return pairs


def _longest(
    stretch: _Stretch, old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """As many pairs as there can be in the same order."""
    n, o, end, stop = stretch
    if set(new[n:end]).isdisjoint(old[o:stop]):
        return
    below = [0] * (stop - o + 1)  # how many pairs there can be from a line and an old one on
    most = [below]
    for name in reversed(new[n:end]):
        here = [0]
        for at, other in enumerate(reversed(old[o:stop])):
            here.append(below[at] + 1 if name == other else max(below[at + 1], here[at]))
        most.append(below := here)
    while n < end and o < stop:
        if new[n] == old[o]:
            yield n, o
            n, o = n + 1, o + 1
        elif most[end - n - 1][stop - o] >= most[end - n][stop - o - 1]:
            n += 1
        else:
            o += 1


def _paired(
    stretch: _Stretch, old: Sequence[str], new: Sequence[str], pairs: dict[int, int]
) -> Iterator[_Stretch]:
    """Pair the unique lines of a stretch and their neighbours; what is left between."""
    n, o, end, stop = stretch
    counts_old, counts_new = Counter(old[o:stop]), Counter(new[n:end])
    where = {old[at]: at for at in range(o, stop) if counts_old[old[at]] == 1}
    unique = [at for at in range(n, end) if counts_new[new[at]] == 1 and new[at] in where]
    anchors = rising([(at, where[new[at]]) for at in unique])
    pairs.update(anchors)
    for high in [*anchors, (end, stop)]:
        while n < high[0] and o < high[1] and new[n] == old[o]:
            pairs[n] = o
            n, o = n + 1, o + 1
        m, p = high
        while m > n and p > o and new[m - 1] == old[p - 1]:
            m, p = m - 1, p - 1
            pairs[m] = p
        if n < m and o < p and m - n + p - o > 2:  # a pair of lines was compared above
            yield _Stretch(n, o, m, p)
        n, o = high[0] + 1, high[1] + 1


def rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
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

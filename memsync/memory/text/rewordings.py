"""Which new line says what an old line said that is no longer there.

Knows: words of lines. Must not know: where a line stands, what a note says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from memsync.memory.text.words import REMEMBERED, key, similar, stem, total, weight, words

_COMMON: Final = 40  # a word in more new lines than this tells nothing
_COMPARED: Final = 400  # pairs of lines compared by characters, at most
_NEARBY: Final = 8  # lines tried by characters for one old line
_BRIEF: Final = 2.0  # weight of a line's own words in one that says it in brief
HALF: Final = 0.5


def rewordings(missing: Sequence[str], fresh: Sequence[str]) -> list[int | None]:
    """For each missing line the new line that rewords it: half of its words, or most of its
    characters.

    Where several have the same partner, it must hold half of what each of them alone says: else the
    words that they share would make any number of lines one vague line.
    """
    if not missing:
        return []
    index: dict[str, list[int]] = {}
    bags = [stems(text) for text in fresh]
    for n, bag in enumerate(bags):
        for word in bag:
            index.setdefault(word, []).append(n)
    left = _COMPARED
    partners: list[int | None] = []
    for text in missing:
        wanted = stems(text)
        shared = _shared(wanted, index)
        best = _best(shared, HALF * total(wanted), bags)
        if best is None:
            nearby = sorted(shared, key=lambda n: -shared[n]) or range(len(fresh))
            tried = nearby[: min(_NEARBY, left)]
            left -= len(tried)
            form = key if shared else _letters
            best = next((n for n in tried if similar(form(text), form(fresh[n]))), None)
        partners.append(best)
    wanted_bags = [stems(text) for text in missing]
    partners = _each_by_itself(wanted_bags, bags, partners)
    return _with_briefs(wanted_bags, bags, partners, index)


def _letters(line: str) -> str:
    """A line to be compared by characters alone: the bars of a table say nothing."""
    return " ".join(key(line).replace("|", " ").split())


@lru_cache(maxsize=REMEMBERED)
def stems(line: str) -> frozenset[str]:
    """The words of a line without their endings."""
    return frozenset(map(stem, words(line)))


def _shared(wanted: frozenset[str], index: dict[str, list[int]]) -> dict[int, float]:
    """For each new line the weight of the words that it shares; words in many lines are left out
    while there are others.
    """
    shared: dict[int, float] = {}
    for word in wanted:
        places = index.get(word, ())
        if len(places) <= _COMMON:
            told = weight(word)
            for n in places:
                shared[n] = shared.get(n, 0.0) + told
    return shared


def _best(shared: Mapping[int, float], least: float, bags: Sequence[frozenset[str]]) -> int | None:
    """The new line that shares most, at least so much; of several the one that says least else."""
    most = max(shared.values(), default=-1.0)
    if most < least:
        return None
    return min((n for n in shared if shared[n] == most), key=lambda n: (total(bags[n]), n))


def _with_briefs(
    missing: list[frozenset[str]],
    fresh: list[frozenset[str]],
    partners: list[int | None],
    index: dict[str, list[int]],
) -> list[int | None]:
    """Partners, too, for lines that a new one says in brief, as one does of what is done.

    It holds two words that this line alone has, and two thirds of it are words of its lines.
    """
    times = Counter(word for bag in missing for word in bag)
    candidates: dict[int, list[int]] = {}
    for at, bag in enumerate(missing):
        if partners[at] is not None:
            continue
        alone = frozenset(word for word in bag if times[word] == 1)
        shared = _shared(alone, index)
        most = max(shared.values(), default=0.0)
        if most >= _BRIEF:
            best = min(n for n in shared if shared[n] == most)
            candidates.setdefault(best, []).append(at)
    kept, groups = list(partners), _grouped(partners)
    for n, lines in candidates.items():
        known = frozenset(word for at in (*groups.get(n, ()), *lines) for word in missing[at])
        if 3 * total(known & fresh[n]) >= 2 * total(fresh[n]):
            for at in lines:
                kept[at] = n
    return kept


def _each_by_itself(
    missing: list[frozenset[str]], fresh: list[frozenset[str]], partners: list[int | None]
) -> list[int | None]:
    """The same partners, without those that hold only what their several old lines have in
    common.
    """
    kept = list(partners)
    for partner, group in _grouped(partners).items():
        if len(group) == 1:
            continue
        times = Counter(word for n in group for word in missing[n])
        for n in group:
            alone = frozenset(word for word in missing[n] if times[word] == 1)
            if total(alone & fresh[partner]) < HALF * total(alone):
                kept[n] = None
    return kept


def _grouped(partners: Sequence[int | None]) -> dict[int, list[int]]:
    """For each partner the lines that have it."""
    groups: dict[int, list[int]] = {}
    for at, partner in enumerate(partners):
        if partner is not None:
            groups.setdefault(partner, []).append(at)
    return groups

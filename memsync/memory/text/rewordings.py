"""Which new line says what an old line said that is no longer there.

Knows: words of lines. Must not know: where a line stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from memsync.memory.text.words import Source, key, similar, stems, words

_COMMON: Final = 40  # a word in more new lines than this tells nothing
_COMPARED: Final = 3000  # pairs of lines compared by characters, at most
_BRIEFS: Final = 100_000  # pairs of an old line and a new one that may say it in brief, at most


def rewordings(missing: Sequence[str], fresh: Sequence[str]) -> list[int | None]:
    """For each missing line the new line that rewords it: half of its words, or most of its
    characters.

    Where several have the same partner, it must hold half of what each of them alone says: else the
    words that they share would make any number of lines one vague line.
    """
    index: dict[str, list[int]] = {}
    for n, text in enumerate(fresh):
        for word in words(text):
            index.setdefault(word, []).append(n)
    left = _COMPARED
    found: list[int | None] = []
    for text in missing:
        wanted = words(text)
        shared = Counter(
            n for word in wanted if len(index.get(word, ())) <= _COMMON for n in index.get(word, ())
        )
        best = max(shared, key=lambda n: (shared[n], -n), default=None)
        if best is not None and 2 * len(words(fresh[best]) & wanted) < len(wanted):
            best = None
        if best is None:
            nearby = list(shared) or range(len(fresh))
            tried = [n for n in nearby][: max(0, min(60, left))]
            left -= len(tried)
            best = next((n for n in tried if similar(key(text), key(fresh[n]))), None)
        found.append(best)
    return _each_by_itself(missing, fresh, found)


def _each_by_itself(
    missing: Sequence[str], fresh: Sequence[str], found: list[int | None]
) -> list[int | None]:
    """The same partners, without those that hold only what their several old lines have in
    common.
    """
    groups: dict[int | None, list[int]] = {}
    for n, partner in enumerate(found):
        groups.setdefault(partner, []).append(n)
    kept = list(found)
    for partner, group in groups.items():
        if partner is None or len(group) == 1:
            continue
        times = Counter(word for n in group for word in words(missing[n]))
        for n in group:
            alone = {word for word in words(missing[n]) if times[word] == 1}
            if 2 * len(alone & words(fresh[partner])) < len(alone):
                kept[n] = None
    return kept


def briefs(
    missing: Sequence[str], fresh: Sequence[str], found: Sequence[int | None], source: Source
) -> dict[int, int]:
    """For each missing line without a partner the new line that says it in brief, as one does of
    what is done.

    Two thirds of the new line's words, and more than one, are the old line's, and a note has one
    that no other missing line has. A new line stands for one old line so.
    """
    if len(missing) * len(fresh) > _BRIEFS:
        return {}
    times = Counter(stem for text in missing for stem in stems(text))
    free = {n: stems(text) for n, text in enumerate(fresh) if n not in found}
    brief: dict[int, int] = {}
    for at, text in enumerate(missing):
        said = stems(text) if found[at] is None else frozenset[str]()
        own = {stem for stem in said if times[stem] == 1}
        for n, new in free.items():
            shared = len(said & new)
            if shared > 1 and 3 * shared >= 2 * len(new) and own & source.stems_of(fresh[n]):
                brief[at] = n
                del free[n]
                break
    return brief

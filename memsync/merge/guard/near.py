"""Texts by the words that they share: which of many is nearest to another one?

Knows: words. Must not know: what the texts are, who said them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from memsync.memory.text.words import total

_COMMON: Final = 40  # a word in more texts than this tells nothing
_LOOKED_AT: Final = 100  # texts of which each is looked at, whatever words it has


class Near:
    """Texts, each as the stems of its words."""

    def __init__(self, bags: Sequence[frozenset[str]]) -> None:
        self.bags = bags
        self._at: dict[str, list[int]] = {}
        for n, bag in enumerate(bags):
            for name in bag:
                self._at.setdefault(name, []).append(n)

    def __contains__(self, name: str) -> bool:
        return name in self._at

    def shared(self, wanted: frozenset[str]) -> dict[int, float]:
        """The weight of what texts share with some words, of those that few texts have."""
        shared: dict[int, float] = {}
        for name in wanted:
            places = self._at.get(name, [])
            for n in places if len(places) <= _COMMON else ():
                shared[n] = shared.get(n, 0.0) + total([name])
        return shared

    def nearest(self, wanted: frozenset[str]) -> list[int]:
        """Up to 100 texts, those that share most with some words first; of more texts those that
        have a word which few of them have.
        """
        looked_at = set(range(min(_LOOKED_AT, len(self.bags))))
        if len(self.bags) > _LOOKED_AT:
            looked_at |= self.shared(wanted).keys()
        share = {n: total(self.bags[n] & wanted) for n in looked_at}
        return list(islice(sorted(share, key=lambda n: (-share[n], n)), _LOOKED_AT))

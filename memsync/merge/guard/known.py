"""The lines of a text by what they say, whatever their dress, and by their words.

Of a very large text not every line is taken apart for a few questions. Knows: keys of lines. Must
not know: notes, verdicts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, filterfalse
from typing import Final

from memsync.memory.text.apart import LARGE
from memsync.memory.text.words import key, name_in, spelled, stem, words, words_of_each

_LARGE: Final = 2_000  # lines of which not every key is made for a few questions
_SEARCHED: Final = 16  # such questions
_LEAST: Final = 3  # letters of a word that is searched for
_SEARCHED_LINES: Final = 8  # one in so many lines may have a word that is searched for
_SIGN: Final = re.compile(r"[.:]")  # of a number, written in several ways
_WORD: Final = re.compile(r"[a-z0-9]+")  # no dress parts it


class Known:
    """Lines, and how often each stands there in any dress."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._found: dict[str, int] = {}

    def has(self, line: str) -> bool:
        """The line stands there."""
        return line in self._as_given or self.times(key(line)) > 0

    def lacks(self, lines: Sequence[str]) -> list[str]:
        """Those of some lines that do not stand there."""
        unlike = filterfalse(self._as_given.__contains__, lines)
        return [line for line in unlike if not self.times(key(line))]

    def times(self, name: str) -> int:
        """How many lines have this key."""
        word = max(_WORD.findall(name), key=len, default="")
        few = len(self._found) < _SEARCHED and "_keys" not in vars(self)
        if len(self._lines) < _LARGE or len(word) < _LEAST or not few:
            return self._keys[name]
        if name not in self._found:
            rows = enumerate(self._in_one_case)
            self._found[name] = sum(key(self._lines[n]) == name for n, row in rows if word in row)
        return self._found[name]

    @cached_property
    def _as_given(self) -> frozenset[str]:
        return frozenset(self._lines)

    @cached_property
    def _in_one_case(self) -> list[str]:
        return "\n".join(self._lines).casefold().split("\n")

    @cached_property
    def _keys(self) -> Counter[str]:
        return Counter(map(key, self._lines))


class Spread:
    """In how many lines of a text a word stands, up to its ending."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, int] = {}

    def times(self, name: str) -> int:
        """In how many lines there are words with this stem."""
        few = len(self._found) < _SEARCHED and "_all" not in vars(self)
        if len(self._text) < LARGE or not (few or name in self._found):
            return self._all[name]
        if name not in self._found:
            lines = self._lines_with(name)
            if lines is None:
                return self._all[name]
            bags = words_of_each([self._lines[n] for n in lines])
            self._found[name] = sum(name in map(stem, bag) for bag in bags)
        return self._found[name]

    def _lines_with(self, name: str) -> list[int] | None:
        """The lines that may have such a word; None where they are too many to be looked at."""
        text, starts = self._spelled
        if len(starts) != len(self._lines):
            return None
        pattern = re.compile(name_in(_SIGN.split(name)[0]))
        found: list[int] = []
        at = pattern.search(text)
        while at is not None:
            n = bisect_right(starts, at.start()) - 1
            found.append(n)
            if len(found) * _SEARCHED_LINES > len(starts):
                return None
            at = pattern.search(text, starts[n + 1]) if n + 1 < len(starts) else None
        return found

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    @cached_property
    def _spelled(self) -> tuple[str, list[int]]:
        """The text as it can be searched, and where each line begins in it."""
        text = spelled(self._text)
        return text, [0, *accumulate(len(row) + 1 for row in text.split("\n"))][:-1]

    @cached_property
    def _all(self) -> Counter[str]:
        # What is kept of each line helps where each is looked at again
        large = len(self._text) > LARGE
        found = words_of_each(self._lines) if large else map(words, self._lines)
        return Counter(name for bag in found for name in set(map(stem, bag)))

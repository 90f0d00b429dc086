"""The lines of a text by what they say, whatever their dress.

Knows: keys of lines. Must not know: notes, verdicts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from memsync.memory.text.words import key

_LARGE: Final = 2_000  # lines of which not every key is made for a few questions
_SEARCHED: Final = 16  # such questions
_LEAST: Final = 3  # letters of a word that is searched for
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
        unlike = [line for line in lines if line not in self._as_given]
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

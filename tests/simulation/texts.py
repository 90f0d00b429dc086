"""The lines of a simulated memory: each in words of its own, so that none looks like a rewording of
another.
"""

from __future__ import annotations

import random
from typing import Final

from memsync.memory.text.document import STARTER

_HEAD: Final = (
    "b",
    "d",
    "f",
    "g",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "br",
    "gr",
    "st",
    "tr",
)
_TAIL: Final = ("a", "e", "i", "o", "u", "an", "el", "ir", "os", "um")

BEGINNINGS: Final = ("plain", "constraints last", "starter")


class Words:
    """A well of lines that are not alike."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def line(self, first: str) -> str:
        """A new line of text; `first` says what it is to people."""
        self._count += 1
        word = self._random.choice
        rest = ["".join(word(_HEAD) + word(_TAIL) for _ in range(3)) for _ in range(4)]
        return f"{first}{self._count} {' '.join(rest)}"


def beginning(kind: str, words: Words) -> str:
    """The body that a world starts with."""
    if kind == "starter":
        return STARTER
    parts = {
        "Notes": [f"- {words.line('start')}" for _ in range(3)],
        "Hard constraints": [f"- {words.line('never')}" for _ in range(2)],
        "Standing preferences": [f"- {words.line('like')}" for _ in range(3)],
    }
    order = ["Notes", "Hard constraints", "Standing preferences"]
    if kind == "constraints last":
        order = ["Standing preferences", "Notes", "Hard constraints"]
    sections = ["\n".join([f"## {title}", "", *parts[title], ""]) for title in order]
    return "# Memory\n\n" + "\n".join(sections)


def own_lines(text: str) -> set[str]:
    """The lines of a text that somebody wrote: no headings, no blank lines, nothing of the starter
    or a footer.
    """
    body = text.replace("\r\n", "\n").split("\n<!-- memsync:")[0]
    return {
        line for line in body.split("\n") if line.startswith("- ") and line not in _STARTER_LINES
    }


_STARTER_LINES: Final = frozenset(STARTER.split("\n"))

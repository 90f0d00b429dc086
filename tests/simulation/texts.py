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
    """The lines of a text that somebody wrote, as they were written: no headings, no blank lines,
    nothing of the starter or a footer.
    """
    body = text.replace("\r\n", "\n").split("\n<!-- memsync:")[0]
    items = {line for line in unformatted(body) if line.startswith("- ")}
    return items - _STARTER_LINES


def formatted(body: str, bullet: str, words: int) -> str:
    """What a formatter makes of a body: another bullet, and no more than so many words a line."""
    lines = []
    for line in unformatted(body):
        if not line.startswith("- "):
            lines.append(line)
            continue
        rest = line[2:].split(" ")
        parts = [" ".join(rest[n : n + words]) for n in range(0, len(rest), words)]
        lines.append(f"{bullet} " + "\n  ".join(parts))
    return "\n".join(lines)


def unformatted(body: str) -> list[str]:
    """The lines of a body as people wrote them, whatever a formatter did."""
    lines: list[str] = []
    for line in body.split("\n"):
        if line.startswith("  ") and lines and lines[-1].startswith("- "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(f"- {line[2:]}" if line.startswith("* ") else line)
    return lines


_STARTER_LINES: Final = frozenset(STARTER.split("\n"))

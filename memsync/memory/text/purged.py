"""What `memsync purge` leaves in the place of a secret, and which lines held it before. Pure.

A machine that was off still has the lines as they were. They must not come back into the cloud
folder, and nothing of them may be lost: they stay on that machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

INSTEAD: Final = "[purged]"
_WORD: Final = re.compile(r"[^\W_]{3,}")
_MOST: Final = 200  # purged lines that are looked for
_LONGEST: Final = 4096  # characters of a line that is compared


def holds_purged(text: str, purged: str) -> bool:
    """Whether a text has a line that another text has with `INSTEAD` for a part of it."""
    lines = lines_of(purged)
    known = set(purged.split("\n")) if lines else set[str]()
    return bool(lines) and any(
        spelled(line, lines) != line for line in text.split("\n") if line not in known
    )


def spelled(line: str, purged: Sequence[str]) -> str:
    """The line as one of the purged lines spells it; as it is, where none of them does."""
    if not line or len(line) > _LONGEST:
        return line
    return next((one for one in purged if _fits(line, one.split(INSTEAD))), line)


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that had a secret, at most 200; those that say nothing else would fit any
    line.
    """
    if INSTEAD not in text:
        return ()
    lines = [line for line in text.split("\n") if INSTEAD in line]
    return tuple(line for line in lines if _WORD.search(line.replace(INSTEAD, " ")))[:_MOST]


def _fits(line: str, parts: Sequence[str]) -> bool:
    """Whether the line is these parts, in their order, with something between each two."""
    first, last = parts[0], parts[-1]
    if len(line) <= sum(map(len, parts)) or not line.startswith(first) or not line.endswith(last):
        return False
    at, end = len(first), len(line) - len(last)
    for part in parts[1:-1]:
        found = line.find(part, at + 1, end)
        if found < 0:
            return False
        at = found + len(part)
    return at < end

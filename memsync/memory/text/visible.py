"""Characters that nobody sees, in a text that a person gave: taken out before it is kept. Pure.

Which they are, and where one of them is part of ordinary text, stands in `system/visible.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from memsync.system.late import Late
from memsync.system.visible import hidden, replaced

_BREAKS: Final = frozenset("\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_LONE_RETURN: Final = Late(r"\r(?!\n)")
_BLANKS: Final = frozenset("\u2800\u3164\uffa0")
MOST_NAMED: Final = 4


class Seen(NamedTuple):
    """A text in which everything can be seen, and the characters that were taken out of it."""

    text: str
    taken: tuple[str, ...]


def seen(text: str) -> Seen:
    """The text without its invisible characters; what ended a line ends it still.

    Line ends of Windows stay. A character that looks like a space becomes one.
    """
    parts = text.split("\r\n")
    taken = tuple(character for part in parts for character in hidden(part))
    if not taken:
        return Seen(text, ())
    whole = "\r\n".join(replaced(_LONE_RETURN.sub("\n", part), _instead) for part in parts)
    return Seen(whole, taken)


def _instead(character: str) -> str:
    if character in _BREAKS:
        return "\n"
    return " " if character in _BLANKS else ""


def named(characters: Iterable[str]) -> str:
    """Characters by their numbers, for a person: `U+202E, U+E0072 and 3 more`."""
    every = list(dict.fromkeys(characters))
    shown = ", ".join(f"U+{ord(one):04X}" for one in every[:MOST_NAMED])
    return f"{shown} and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else shown

"""Which list items and quotes the text of a line stands in, as CommonMark has it. Pure.

May not know: what that text is.
"""

from __future__ import annotations

import re
from typing import Final

MOST_MARKERS: Final = 20  # markdown-it-py looks no deeper into lists and quotes
QUOTE: Final = 0

Containers = tuple[int, ...]  # from the outside: of an item how far its text is indented, or QUOTE

_QUOTED: Final = re.compile(r" {0,3}> ?")
_MARKER: Final = re.compile(r" {0,3}(?:(>) ?|(?:[-*+]|\d{1,9}[.)])(?: {1,4}(?=[^ ])|(?= |$)))")


def spaced(line: str) -> str:
    """The line with spaces for its tabs."""
    return line.expandtabs(4) if "\t" in line else line


def begun(text: str) -> tuple[Containers, str]:
    """The containers that a text begins, and what is left of it."""
    found: list[int] = []
    while len(found) < MOST_MARKERS and (marker := _MARKER.match(text)) is not None:
        width = marker.end()
        if not marker[1] and text[width - 1] != " ":  # what is indented further is code
            width += 1
        found.append(QUOTE if marker[1] else width)
        text = text[width:]
    return tuple(found), text


def within(text: str, containers: Containers) -> tuple[int, str]:
    """How many of the containers a line below goes on in, and what is left of it."""
    for n, width in enumerate(containers):
        if width == QUOTE:
            quoted = _QUOTED.match(text)
            if quoted is None:
                return n, text
            text = text[quoted.end() :]
        elif not text[:width].strip() and (len(text) > width or not text.strip()):
            text = text[width:]
        else:
            return n, text
    return len(containers), text

"""What counts as a constraints section, by its heading alone, and where one paragraph is several.

Knows: titles and labels. Must not know: Markdown blocks (markdown.py), verdicts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

TITLES: Final = ("hard constraints", "constraints")
_IN_TITLES: Final = "constraints"  # in each of them

# Signs, emoji and numbers in front of a title ("## ⛔ 5. Constraints") do not count.
_DECORATION: Final = re.compile(r"[\W\d_]+")
_BOLD_LINE: Final = re.compile(r" {0,3}(\*\*|__)(?=[^\s*_])([^*_\n]+)\1\s*:?\s*")
_LABEL: Final = re.compile(r" {0,3}(?:\*\*|__)[^*_\n]+(?::(?:\*\*|__)|(?:\*\*|__)\s*:)\s*\S")
# Only a hint for doctor; nothing is guarded or left unguarded by it.
_HINTS: Final = re.compile(r"\b(?:constraints?|never|rules?|must|do not|don['’]t)\b")


@lru_cache(maxsize=4096)
def plain_title(title: str) -> str:
    """A title in one case, without emphasis and without what stands before its first letter."""
    text = " ".join(unicodedata.normalize("NFKC", title).split())
    start = _DECORATION.match(text)
    return (text[start.end() :] if start else text).casefold()


def is_constraint_title(title: str, extra: Sequence[str] = ()) -> bool:
    """True for a heading that begins a constraints section.

    `extra`: the titles of the setting `constraint_headings`; such a heading begins with one.
    """
    # Most are ASCII, and have nothing of it; what stands before a letter may stay
    if not extra and title.isascii() and _IN_TITLES not in title.lower():
        return False
    more = tuple(name for name in map(plain_title, extra) if name)
    return plain_title(title).startswith((*TITLES, *more))


def bold_title(line: str) -> str | None:
    """The title that a line says which is nothing but bold text; None for any other line."""
    match = _BOLD_LINE.fullmatch(line)
    return match[2].strip(" :") if match else None


def sounds_like_constraints(title: str) -> bool:
    """Whether a person may take a title for one of constraints; for a warning, never for a rule."""
    return _HINTS.search(plain_title(title)) is not None


def labelled_parts(lines: Sequence[str], start: int, end: int) -> list[tuple[int, int]]:
    """The parts [start, end) of a paragraph that is a run of `**Label:** text` lines.

    A line without a label goes on with the one above. Any other paragraph is one part.
    """
    if not _LABEL.match(lines[start]):
        return [(start, end)]
    starts = [n for n in range(start, end) if _LABEL.match(lines[n])]
    return list(pairwise([*starts, end]))

"""The rows of a unified difference in colour, with the changed words marked, for rich. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from rich.text import Text


def coloured(rows: Sequence[str]) -> Iterator[Text]:
    """Each row in its colour; in a changed line the words that the other line has not stand out."""
    for row, partner in zip(rows, _partners(rows), strict=True):
        text = _in_words(row, partner) if partner else Text(row)
        text.stylize_before(_style(row))
        yield text


def _style(row: str) -> str:
    return {"-": "red", "+": "green"}.get(row[:1], "")


def _partners(rows: Sequence[str]) -> list[str]:
    """For each row of a difference the one that it became or was; "" where that is not clear."""
    found = [""] * len(rows)
    at = 2  # behind the two names
    while at < len(rows):
        gone = _alike(rows, at, "-")
        came = _alike(rows, at + gone, "+")
        for old in range(at, at + gone) if gone == came else ():
            found[old], found[old + gone] = rows[old + gone], rows[old]
        at += gone + came or 1
    return found


def _alike(rows: Sequence[str], begin: int, sign: str) -> int:
    """How many rows in a line have this sign."""
    end = begin
    while end < len(rows) and rows[end].startswith(sign):
        end += 1
    return end - begin


def _in_words(row: str, partner: str) -> Text:
    """A row of a changed line, with the words marked that its partner has not."""
    words, others = (re.findall(r"\s+|\S+", one[1:]) for one in (row, partner))
    text = Text(row[:1])
    for tag, i1, i2, _, _ in difflib.SequenceMatcher(
        None, words, others, autojunk=False
    ).get_opcodes():
        text.append("".join(words[i1:i2]), "" if tag == "equal" else "reverse")
    return text

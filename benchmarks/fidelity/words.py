"""Comparing words fairly: another dress, spacing or inflection is the same fact. Pure.

No list of words decides anything here, so it works alike in every language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

# Scripts that are written without spaces between words; a space beside such a sign is only layout.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\u3000-\u303f"
_BESIDE_UNSPACED: Final = re.compile(f"(?<=[{_UNSPACED}])[ ]|[ ](?=[{_UNSPACED}])")
_TOKEN: Final = re.compile(r"[^\W_]+(?:[.,:'’/-][^\W_]+)*")
_BULLET: Final = re.compile(r"^( *)[*+] ", re.MULTILINE)
_EMPHASIS: Final = re.compile(r"(?<!\s)\*+|\*+(?!\s)|(?<!`)`(?!`)")
_PIPE: Final = re.compile(r" ?\| ?")
_SAME: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "‑": "-", "\xa0": " "}
)
_STRUCTURE: Final = re.compile(r"[#|`\n]")
_SLACK: Final = 4  # words that may stand between those that are looked for
_ENDING: Final = 3  # letters in which two forms of a word may differ at their end


def fold(text: str) -> str:
    """The text without case, emphasis, runs of blanks, kind of bullet, quote and dash."""
    text = unicodedata.normalize("NFKC", text).translate(_SAME).lower()
    text = _EMPHASIS.sub("", _BULLET.sub(r"\1- ", text))
    text = re.sub(r"[ \t]+", " ", text)
    return _BESIDE_UNSPACED.sub("", _PIPE.sub("|", text))


def contains(text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text, word for word but for its dress.

    It may begin and end inside a word ("ackups"), never inside a number ("15 cm" in "115 cm").
    """
    wanted = re.escape(fold(phrase))
    before = r"(?<!\d)(?<!\d[.,])" if phrase[:1].isdigit() else ""
    after = r"(?!\d|[.,]\d)" if phrase[-1:].isdigit() else ""
    return re.search(before + wanted + after, fold(text)) is not None


def says(text: str, phrase: str) -> bool:
    """Whether the text says the phrase, perhaps with inflected words in another order in one line.

    Numbers must be the same. Between the words may stand a few others. A phrase with a sign of
    structure in it, such as a heading or a row of a table, is meant literally.
    """
    if contains(text, phrase):
        return True
    wanted = _TOKEN.findall(fold(phrase))
    return (
        bool(wanted)
        and not _STRUCTURE.search(phrase)
        and any(_close(_TOKEN.findall(line), wanted) for line in fold(text).split("\n"))
    )


def _close(tokens: Sequence[str], wanted: Sequence[str]) -> bool:
    width = len(wanted) + _SLACK
    starts = range(max(1, len(tokens) - width + 1))
    return any(_all_in(tokens[start : start + width], wanted) for start in starts)


def _all_in(window: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(any(akin(token, word) for token in window) for word in wanted)


def akin(one: str, other: str) -> bool:
    """Whether two words are forms of one: the same beginning, other letters at most at the end."""
    if one == other:
        return True
    if min(len(one), len(other)) < 4 or any(sign.isdigit() for sign in one + other):
        return False
    longer = max(len(one), len(other))
    common = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return common >= max(3, longer - _ENDING)

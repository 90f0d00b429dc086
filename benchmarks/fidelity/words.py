"""Comparing words fairly: another dress, spacing or inflection is the same fact. Pure.

No list of words decides anything here, so it works alike in every language.
"""

from __future__ import annotations

import functools
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
_DIGIT: Final = re.compile(r"\d")
_NUMBER_BEFORE: Final = re.compile(r"\d[.,]?$")
_NUMBER_BEHIND: Final = re.compile(r"[.,]?\d")
_PIPE: Final = re.compile(r" ?\| ?")
_SAME: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "‑": "-", "\xa0": " "}
)
_STRUCTURE: Final = re.compile(r"[#|`\n]")
_SLACK: Final = 4  # words that may stand between those that are looked for
_BEGINNING: Final = 3  # letters that two forms of a word have in common at least
_ENDING: Final = 3  # letters in which two forms of a word may differ at their end


@functools.lru_cache(maxsize=4096)
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
    whole, wanted = fold(text), fold(phrase)
    at = whole.find(wanted)
    while at >= 0 and _splits_a_number(whole, at, at + len(wanted)):
        at = whole.find(wanted, at + 1)
    return at >= 0


def _splits_a_number(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] begins or ends inside a number such as 1,150 or 0.5."""
    return bool(
        (_DIGIT.match(text, start) and _NUMBER_BEFORE.search(text[max(0, start - 2) : start]))
        or (_DIGIT.match(text, end - 1) and _NUMBER_BEHIND.match(text, end))
    )


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
    if not _all_in(tokens, wanted):
        return False
    width = len(wanted) + _SLACK
    starts = range(max(1, len(tokens) - width + 1))
    return any(_all_in(tokens[start : start + width], wanted) for start in starts)


def _all_in(window: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(any(akin(token, word) for token in window) for word in wanted)


def akin(one: str, other: str) -> bool:
    """Whether two words are forms of one: the same beginning, other letters at most at the end."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if one[:_BEGINNING] != other[:_BEGINNING] or len(shorter) <= _BEGINNING:
        return False
    if any(sign.isdigit() for sign in one + other):
        return False
    return shorter[: len(longer) - _ENDING] == longer[: len(longer) - _ENDING]

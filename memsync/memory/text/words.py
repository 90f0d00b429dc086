"""When two lines say the same: keys for comparing, and the words of a line in any script.

Knows: characters and words. Must not know: Markdown blocks, notes, verdicts. There is no list of
words here in any language: what counts as a word, and how much, follows from its characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile
from typing import Final

BULLET: Final = re.compile(r"^(?:[-*+•]|\d{1,9}[.)])(?:\s+|$)")

_EMPHASIS: Final = re.compile(r"(?<![\w\\])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_TYPOGRAPHY: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."}
)
_TOKEN: Final = re.compile(r"\w+|[<>=+/@#$%&~^|\[\]{}\\€£]")
# Scripts that write no spaces, or whose words carry their particles: Kana, Han, Thai, Lao,
# Myanmar, Khmer, Hangul. They are compared by pairs of characters.
UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
)
_BORDER: Final = re.compile(
    rf"(?<=[{UNSPACED}])(?=[^\W{UNSPACED}])|(?<=[^\W{UNSPACED}])(?=[{UNSPACED}])"
)
_RUN: Final = re.compile(rf"[{UNSPACED}]+")
_UNDERLINES: Final = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
# "60k" is 60000 and "430ms" is "430 ms"
_THOUSAND: Final = re.compile(r"(?<!\w)(\d+)k\b")
_UNIT: Final = re.compile(r"(?<!\w)(\d+)(?=[^\W\d_])")
# A time, a decimal number, and "don't" are one word; "l'incident" is two.
_WORD: Final = re.compile(r"\d+(?:[.:,]\d+)+|[^\W_]+(?:'[^\W_]{1,2}(?![^\W_]))?")
_SEPARATOR: Final = re.compile(r"[.:,]")
_THOUSANDS: Final = re.compile(r"(?<=\d)[.,'\u00a0\u202f ](?=\d{3}(?!\d))")
_REMEMBERED: Final = 1 << 16  # lines; a verdict looks at each several times
_MOST_OF_A_WORD: Final = 0.7
_END: Final = ".,;:!?。！？"
# Not behind a title ("Dr. Smit").
_SENTENCE: Final = re.compile(r"(?<=[.!?;])(?<!\b[A-Z][a-z]\.)\s+|(?<=[。！？；])|\s*\n\s*")


@lru_cache(maxsize=_REMEMBERED)
def key(line: str) -> str:
    """Equal for lines that differ only in dress: bullet, case, spacing, emphasis, kind of quote or
    dash.
    """
    plain = unicodedata.normalize("NFC", line).translate(_TYPOGRAPHY)
    plain = " ".join(plain.split())
    hashes = re.match(r"#{1,6} ", plain)
    if hashes:
        return plain.rstrip("# ").casefold()
    bare = BULLET.sub("", plain, count=1)
    return _EMPHASIS.sub("", bare).casefold().strip()


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """The words and the signs that carry meaning; bullets, quotes and sentence marks are left
    out.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).casefold()
    plain = _BORDER.sub(" ", _UNDERLINES.sub("", plain.replace("'", "")))
    lines = (BULLET.sub("", line.strip(), count=1) for line in plain.split("\n"))
    return tuple(_TOKEN.findall("\n".join(lines)))


@lru_cache(maxsize=_REMEMBERED)
def words(line: str) -> tuple[str, ...]:
    """The words of a text in their order, in one case; pairs of characters where a script has no
    spaces. Digits in groups of three are one number.
    """
    plain = unicodedata.normalize("NFKC", line).casefold().replace("’", "'")
    plain = _UNIT.sub(r"\1 ", _THOUSAND.sub(r"\g<1>000", _THOUSANDS.sub("", plain)))
    found: list[str] = []
    done = 0
    for run in _RUN.finditer(plain):
        found += _latin(plain[done : run.start()])
        done = run.end()
        chars = run[0]
        found += [chars[n : n + 2] for n in range(max(1, len(chars) - 1))]
    return tuple(found + _latin(plain[done:]))


def _latin(text: str) -> list[str]:
    """The words of a text in a script with spaces; a date in digits is as many words as it has
    parts.
    """
    found: list[str] = []
    for word in _WORD.findall(text):
        parts = _SEPARATOR.split(word)
        found += parts if len(parts) > 2 else [word.replace("'", "")]
    return found


def stem(word: str) -> str:
    """A word without its ending, as it is looked up among `stems_of`."""
    if len(word) < 4 or not word.isalpha():
        return word
    return word[:5] if len(word) > 5 else word[:4]


def stems_of(word: str) -> tuple[str, ...]:
    """What a word is found by: the stems of its other forms."""
    if len(word) < 4 or not word.isalpha():
        return (word,)
    return (word[:4], word[:5]) if len(word) > 4 else (word,)


def says_all(wanted: Iterable[str], line: str) -> bool:
    """Whether a line has each of these words, up to its ending."""
    here = {name for word in words(line) for name in stems_of(word)}
    return all(stem(word) in here for word in wanted)


def same_word(word: str, other: str) -> bool:
    """The words differ in their accents and endings alone: most of the longer one is common."""
    pairs = zip(_without_accents(word), _without_accents(other), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return same >= _MOST_OF_A_WORD * max(len(word), len(other))


def _without_accents(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    return "".join(char for char in parts if not unicodedata.combining(char))


def weight(word: str) -> float:
    """How much a word tells: short ones are the joints of a sentence in every spaced script."""
    if is_pair(word):
        return 0.5
    if word.isdigit() or len(word) > 3:
        return 1.0
    return 0.5 if len(word) == 3 else 0.25


def total(found: tuple[str, ...] | frozenset[str] | list[str]) -> float:
    """The weight of some words."""
    return sum(map(weight, found))


def is_pair(word: str) -> bool:
    """A pair of characters, or one, of a script without spaces."""
    return _RUN.fullmatch(word) is not None


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold a word: what stands between two ends of a sentence."""
    return [part for part in _SENTENCE.split(text) if part and words(part)]


def without_end(text: str) -> str:
    """The text without sentence marks at its end."""
    return text.rstrip().rstrip(_END).rstrip()


def similar(text: str, other: str, least: float = 0.6) -> bool:
    """True when most of the characters of two keys agree. The first 300 decide."""
    matcher = SequenceMatcher(None, text[:300], other[:300], autojunk=False)
    if matcher.real_quick_ratio() <= least or matcher.quick_ratio() <= least:
        return False
    return matcher.ratio() > least


def folded(text: str) -> str:
    """The text in one case, with single spaces, without the marks of code and emphasis."""
    plain = text.translate(_TYPOGRAPHY).casefold().replace("`", "").replace("**", "")
    return " ".join(plain.split())


def first_line(text: str) -> str:
    """The first line that is not blank."""
    return next((line for line in text.split("\n") if line.strip()), "")


def shown(text: str, limit: int = 100) -> str:
    """The text as a quotation of one line for a person, without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f'"{line if len(line) <= limit else line[: limit - 1] + "…"}"'

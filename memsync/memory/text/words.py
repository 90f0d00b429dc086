"""When two lines say the same: keys for comparing, and the words of a line in any script.

Knows: characters and words. Must not know: Markdown blocks, notes, verdicts. There is no list of
words here in any language: what counts as a word, and how much, follows from its characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile
from typing import Final

BULLET: Final = re.compile(r"^(?:[-*+•]|\d{1,9}[.)])(?:\s+|$)")

_HASHES: Final = re.compile(r"#{1,6} ")
_EMPHASIS: Final = re.compile(r"(?<![\w\\])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_TYPOGRAPHY: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."}
)
# Vowels and accents that are characters of their own: a word goes on behind them.
_MARKS: Final = "\u0300-\u036f\u0900-\u0963\u0971-\u0dff\u0f71-\u0f84\u0f90-\u0fbc"
# Those that Arabic and Hebrew writers leave out as they like.
_POINTS: Final = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+"
)
_TOKEN: Final = re.compile(rf"\w[\w{_MARKS}]*|[<>=+/@#$%&~^|\[\]{{}}\\€£]")
# Scripts that write no spaces, or whose words carry their particles: Kana, Han, Thai, Lao,
# Myanmar, Khmer, Hangul. They are compared by pairs of characters.
UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
)
_BORDER: Final = re.compile(
    rf"(?<=[{UNSPACED}])(?=[^\W{UNSPACED}])|(?<=[^\W{UNSPACED}])(?=[{UNSPACED}])"
)
_KANA: Final = re.compile(r"[\u3040-\u309f]+")
_RUN: Final = re.compile(rf"[{UNSPACED}]+")
_UNDERLINES: Final = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
# "60k" is 60000 and "430ms" is "430 ms"
_LETTER: Final = re.compile(r"[A-Za-z0-9]")  # what has one has a word
_NUMBER_AS_WRITTEN: Final = re.compile(r"\d(?:[^\W\d_]|[.,'\u00a0\u202f ]\d{3})")  # one of three
_THOUSAND: Final = re.compile(r"(?<!\w)(\d+)k\b")
_UNIT: Final = re.compile(r"(?<!\w)(\d+)(?=[^\W\d_])")
# A time, a decimal number, and "don't" are one word; "l'incident" is two.
_WORD: Final = re.compile(rf"\d+(?:[.:,]\d+)+|(?:[^\W_]+[{_MARKS}]*)+(?:'[^\W_]{{1,2}}(?![^\W_]))?")
_CASED: Final = re.compile(r"(?<![^\W_])[^\W\d_]{3,}")
_MAY_BE_LARGE: Final = re.compile(r"(?=[A-Z]|[^\x00-\x7f])(?<![^\W_])[^\W\d_]{3,}")
_BEFORE: Final = re.compile(r"[^\W_] |[,;(] ")  # inside of a sentence
_SEPARATOR: Final = re.compile(r"[.:,]")
_IN_PARTS: Final = re.compile(r"'|\d[.:,]\d")
_THOUSANDS: Final = re.compile(r"(?<=\d)[.,'\u00a0\u202f ](?=\d{3}(?!\d))")
REMEMBERED: Final = 1 << 18  # lines; a verdict looks at each several times
_LOOKED_AT: Final = 20  # times the characters of a quotation: more of a text would be spaces
_MOST_OF_A_WORD: Final = 0.7
_END: Final = ".,;:!?。！？؟؛،۔।"
# Not behind a title ("Dr. Smit").
_SENTENCE: Final = re.compile(r"(?<=[.!?;؟؛۔।])(?<!\b[A-Z][a-z]\.)\s+|(?<=[。！？；])|\s*\n\s*")


@lru_cache(maxsize=REMEMBERED)
def key(line: str) -> str:
    """Equal for lines that differ only in dress: bullet, case, spacing, emphasis, kind of quote or
    dash.
    """
    plain = line
    if not line.isascii():
        plain = unicodedata.normalize("NFC", line).translate(_TYPOGRAPHY)
    plain = " ".join(plain.split())
    if plain[:1] == "#" and _HASHES.match(plain):
        return plain.rstrip("# ").casefold()
    plain = bare(plain)
    if "*" in plain or "_" in plain:
        plain = _EMPHASIS.sub("", plain)
    return plain.casefold().strip()


@lru_cache(maxsize=REMEMBERED)
def tokens(text: str) -> tuple[str, ...]:
    """The words and the signs that carry meaning; bullets, quotes and sentence marks are left
    out.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).casefold()
    plain = _BORDER.sub(" ", _UNDERLINES.sub("", plain.replace("'", "")))
    return tuple(_TOKEN.findall("\n".join(map(bare, plain.split("\n")))))


@lru_cache(maxsize=REMEMBERED)
def words(line: str) -> tuple[str, ...]:
    """The words of a text in their order, in one case; pairs of characters where a script has no
    spaces. Digits in groups of three are one number.
    """
    if line.startswith("- ") and line[2:3] != "-":
        return words(line[2:])  # which is asked for, too
    plain = in_one_case(line)
    if plain.isascii():
        return tuple(_latin(plain))
    found: list[str] = []
    done = 0
    for run in _RUN.finditer(plain):
        found += _latin(plain[done : run.start()])
        done = run.end()
        chars = run[0]
        found += [chars[n : n + 2] for n in range(max(1, len(chars) - 1))]
    return tuple(found + _latin(plain[done:]))


def words_of_each(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """The `words` of each of many lines (no line ends in them), without a start for each."""
    rows = in_one_case("\n".join(lines)).split("\n")
    if len(rows) != len(lines):
        return list(map(words, lines))
    found = {row: tuple(_latin(row)) for row in set(rows) if row.isascii()}
    pairs = zip(lines, rows, strict=True)
    return [found[row] if row in found else words(line) for line, row in pairs]


def in_one_case(text: str) -> str:
    """A text as its words are read from it, line for line."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    if _NUMBER_AS_WRITTEN.search(plain):
        plain = _UNIT.sub(r"\1 ", _THOUSAND.sub(r"\g<1>000", _THOUSANDS.sub("", plain)))
    return plain if plain.isascii() else _POINTS.sub("", plain)


def spelled(text: str) -> str:
    """A text in which each of its `words` stands letter for letter, line for line; of a number with
    signs in it, what stands before the first one.
    """
    return in_one_case(text).replace("'", "")


def _latin(text: str) -> list[str]:
    """The words of a text in a script with spaces; a date in digits is as many words as it has
    parts.
    """
    if not _IN_PARTS.search(text):
        return _WORD.findall(text)
    found: list[str] = []
    for word in _WORD.findall(text):
        parts = _SEPARATOR.split(word) if word[0].isdigit() else ()
        found += parts if len(parts) > 2 else [_plain(word, parts)]
    return found


def _plain(word: str, parts: Sequence[str]) -> str:
    """The form in which a time, or a number with a fraction, is compared: "09:00" is "9"."""
    if len(parts) < 2:
        return word.replace("'", "")
    if ":" not in word:
        return ".".join(parts)
    hour = parts[0].lstrip("0") or "0"
    return hour if parts[1] == "00" else f"{hour}:{parts[1]}"


def name_in(stem_of_it: str) -> str:
    """A pattern that is found in a text in which each of the `words` is `spelled` wherever a word
    with this stem stands, and elsewhere.
    """
    goes_on = len(stem_of_it) == 5 and stem_of_it.isascii() and stem_of_it.isalpha()
    return re.escape(stem_of_it) + (rf"[\w{_MARKS}]" if goes_on else "")


def surely_in(text: str, name: str) -> Iterator[int]:
    """Where in a text `in_one_case` a word stands that has this stem, of ASCII letters; not every
    such place.
    """
    more = "" if len(name) < 4 else "[a-z]?" if len(name) < 5 else "[a-z]+"
    word = re.compile(rf"(?<![\w']){name}{more}(?![\w'{_MARKS}])")
    return (match.start() for match in word.finditer(text))


def is_spelled(word: str) -> bool:
    """The word is made of letters, and of their marks in scripts that have them."""
    return word.isalpha() or not (word.isascii() or any(map(str.isnumeric, word)))


@lru_cache(maxsize=REMEMBERED)
def stem(word: str) -> str:
    """A word without its ending, as it is looked up among `stems_of`."""
    if len(word) < 4 or not is_spelled(word):
        return word
    return word[:5] if len(word) > 5 else word[:4]


@lru_cache(maxsize=REMEMBERED)
def stems_of(word: str) -> tuple[str, ...]:
    """What a word is found by: the stems of its other forms."""
    if len(word) < 4 or not is_spelled(word):
        return (word,)
    return (word[:4], word[:5]) if len(word) > 4 else (word,)


@lru_cache(maxsize=REMEMBERED)
def forms(line: str) -> frozenset[str]:
    """What the words of a line are found by."""
    return forms_of(words(line))


def forms_of(found: Iterable[str]) -> frozenset[str]:
    """What some words are found by."""
    return frozenset(name for word in found for name in stems_of(word))


def written_large(text: str) -> frozenset[str]:
    """The words that a text writes with a capital wherever they stand, at least once inside of a
    sentence: names.
    """
    cased = set(_CASED.findall(text))
    small = {word.casefold() for word in cased if not word[0].isupper()}
    large = {word for word in cased if word[0].isupper() and word.casefold() not in small}
    inside: set[str] = set()
    for match in _MAY_BE_LARGE.finditer(text) if large else ():
        word = match[0]
        if word in large and _BEFORE.match(text, match.start() - 2):
            inside.add(word.casefold())
            large.remove(word)
    return frozenset(inside)


def says_all(wanted: Iterable[str], line: str) -> bool:
    """Whether a line has each of these words, up to its ending."""
    return all(stem(word) in forms(line) for word in wanted)


def same_word(word: str, other: str) -> bool:
    """The words differ in their accents and endings alone: most of the longer one is common."""
    pairs = zip(_without_accents(word), _without_accents(other), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return same >= _MOST_OF_A_WORD * max(len(word), len(other))


def _without_accents(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    return "".join(char for char in parts if not unicodedata.combining(char))


@lru_cache(maxsize=REMEMBERED)
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


def is_abbreviation(word: str) -> bool:
    """A short word spelled like a name or an abbreviation: AI, SQL, iOS."""
    return any(char.isupper() for char in word[1:])


def tells_lines(word: str, names: Collection[str] = ()) -> bool:
    """A word that may tell a line from others: a longer one, a number, one of these names."""
    if word.isdigit():
        return len(word) > 1
    if is_pair(word):
        return len(word) > 1 and _KANA.fullmatch(word) is None
    mixed = not is_spelled(word) and len(word) > 1
    return len(word) > 3 or mixed or word in names


def is_pair(word: str) -> bool:
    """A pair of characters, or one, of a script without spaces."""
    return not word.isascii() and _RUN.fullmatch(word) is not None


def is_pair_of_letters(word: str) -> bool:
    """A pair of characters of a script that writes letters, but no spaces: it is no word, and many
    words have it.
    """
    return "\u0e00" <= word[:1] <= "\u17ff" and is_pair(word)


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold a word: what stands between two ends of a sentence."""
    parts = _SENTENCE.split(text)
    return [part for part in parts if part and (_LETTER.search(part) or words(part))]


def bare(line: str) -> str:
    """A line without its bullet or its number in a list."""
    plain = line.strip()
    return plain if plain[:1].isalpha() else BULLET.sub("", plain, count=1)


def without_end(text: str) -> str:
    """The text without sentence marks at its end."""
    return text.rstrip().rstrip(_END).rstrip()


@lru_cache(maxsize=REMEMBERED)
def similar(text: str, other: str, least: float = 0.6) -> bool:
    """True when most of the characters of two keys agree, as difflib counts them. The first 300
    decide. It ends as soon as what is left to compare can no longer change the answer.
    """
    text, other = text[:300], other[:300]
    needed = least * (len(text) + len(other)) / 2
    same, possible = 0, _in_common(text, other)
    if text == other or possible <= needed:
        return text == other
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    rest = [(0, len(text), 0, len(other), possible)]
    while rest and same <= needed < possible:
        low, high, start, end, counted = rest.pop()
        at, where, size = matcher.find_longest_match(low, high, start, end)
        same, possible = same + size, possible + size - counted
        for a, b, c, d in ((low, at, start, where), (at + size, high, where + size, end)):
            more = _in_common(text[a:b], other[c:d]) if size else 0
            possible += more
            rest += [(a, b, c, d, more)] if more else []
    return same > needed


def _in_common(text: str, other: str) -> int:
    """How many characters two texts have in common, wherever they stand."""
    return sum(min(times, other.count(char)) for char, times in Counter(text).items())


def folded(text: str) -> str:
    """The text in one case, with single spaces, without the marks of code and emphasis."""
    plain = text.translate(_TYPOGRAPHY).casefold().replace("`", "").replace("**", "")
    return " ".join(plain.split())


def first_line(text: str) -> str:
    """The first line that is not blank."""
    return next((line for line in text.split("\n") if line.strip()), "")


def shown(text: str, limit: int = 100) -> str:
    """The text as a quotation of one line for a person, without control characters."""
    text = text if len(text) <= _LOOKED_AT * limit else text[: _LOOKED_AT * limit] + "…" * limit
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(text.split())
    return f'"{line if len(line) <= limit else line[: limit - 1] + "…"}"'

"""Which encoding bytes are in: UTF-8, UTF-16 with a mark, else a guess, which is always said. Pure.

UTF-8 that was cut inside its first or last character is still UTF-8.

A short text in an old encoding cannot be told for certain, so the guess weighs two things: what the
library `charset_normalizer` holds possible, and how common the characters would be. Nothing is ever
replaced: bytes that fit nowhere are no text.
"""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

from memsync.system.late import Late

MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class Decoded(NamedTuple):
    """The text of given bytes, and the encoding that was taken. `guessed`: it may be another."""

    text: str
    encoding: str
    guessed: bool = False


# The first byte of the characters that make up nearly all text (level 1 of each standard), those of
# punctuation with them; the names are those of Python. Korean first: its bytes are common ones in
# Chinese, too, but Chinese needs more than these.
_COMMON: Final = (
    ("cp949", Late(rb"[\xa1\xb0-\xc8][\xa1-\xfe]")),
    ("gb18030", Late(rb"[\xa1\xa3\xb0-\xd7][\x40-\xfe]")),
    ("big5", Late(rb"[\xa1-\xc6][\x40-\x7e\xa1-\xfe]")),
    ("cp932", Late(rb"[\x81-\x83\x88-\x97][\x40-\xfc]")),
    ("euc_jp", Late(rb"[\xa1\xa4\xa5\xb0-\xcf][\xa1-\xfe]")),
)
MOST_ARE_COMMON: Final = 0.9
_EASTERN: Final = ("big5", "gb", "shift", "euc", "cp932", "cp949", "johab", "iso2022", "hz")
LONGEST_ACCENTED: Final = 3  # "Größe"; a character of eastern Asia takes two
FEWEST_WHOLE: Final = 3  # characters that are no ASCII
_HIGH: Final = Late(rb"[\x80-\xff]+")
_HALF: Final = Late(rb"[\x80-\xbf]{1,3}")  # what can follow the first byte of a character in UTF-8
_WORD: Final = Late(rb"[A-Za-z\x80-\xff]+")
_EAST: Final = Late(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")


def decode(data: bytes) -> Decoded | None:
    """The text of bytes that a person gave; None when they are no text. Line ends stay as they
    are.
    """
    try:
        if data.startswith(MARKS):
            return Decoded(data.decode("utf-16"), "UTF-16")
        return Decoded(data.decode("utf-8-sig"), "UTF-8")
    except UnicodeDecodeError:
        return _guess(data)


def in_utf8(data: bytes) -> bytes:
    """Bytes with the mark of UTF-16 as UTF-8, as an editor may have saved a file anew; others stay
    as they are, for nothing is guessed.
    """
    try:
        return data.decode("utf-16").encode("utf-8") if data.startswith(MARKS) else data
    except UnicodeError:
        return data


def _guess(data: bytes) -> Decoded | None:
    if b"\x00" in data:
        return None
    if (rest := _cut(data)) is not None:
        return Decoded(rest, "UTF-8, cut inside a character", guessed=True)
    order = ["cp1252"] if _has_accents(data) else []
    order += _eastern(data) if not order else []
    order += ["cp1252"] if _is_half_plain(data) else _possible(data)
    for name in order:
        text = _strictly(data, name)
        if text is not None:
            return Decoded(text, name, guessed=True)
    return None


def _cut(data: bytes) -> str | None:
    """The text of UTF-8 whose first or last character is cut, without what is left of that.

    None where too few whole ones show that it is UTF-8: two bytes of another encoding may look so.
    """
    begin = _HALF.match(data)
    rest = data[begin.end() if begin else 0 :]
    try:
        text, whole = codecs.utf_8_decode(rest, "strict", False)
    except UnicodeDecodeError:
        return None
    both = begin is not None and whole < len(rest)
    few = sum(not character.isascii() for character in text) < FEWEST_WHOLE
    return None if both or few else text.removeprefix("\ufeff")


def _has_accents(data: bytes) -> bool:
    """Whether letters with an accent stand between plain ones: a language of western Europe, as it
    was written before UTF-8.
    """
    runs = [len(run) for run in _HIGH.findall(data)]
    few = sum(runs) * 3 <= len(b"".join(data.split()))
    return few and max(runs, default=0) <= LONGEST_ACCENTED and 1 in runs


def _is_half_plain(data: bytes) -> bool:
    """Whether every word with such letters has as many plain ones: too few bytes for statistics,
    which take "grüße" for Arabic one day and not the next.
    """
    words = [word for word in _WORD.findall(data) if _HIGH.search(word)]
    high = [sum(len(run) for run in _HIGH.findall(word)) for word in words]
    return all(2 * count <= len(word) for word, count in zip(words, high, strict=True))


def _eastern(data: bytes) -> list[str]:
    """The encodings of eastern Asia in which nearly every character would be a common one."""
    rows = []
    high = sum(len(run) for run in _HIGH.findall(data))
    for name, common in _COMMON:
        text = _strictly(data, name)
        if text is None or not _EAST.search(text):
            continue
        taken = sum(1 + (pair[1] >= 0x80) for pair in common.findall(data))
        if taken / high >= MOST_ARE_COMMON:
            rows.append((taken / high, name))
    return [name for _, name in sorted(rows, key=lambda row: -row[0])]


def _possible(data: bytes) -> list[str]:
    from charset_normalizer import from_bytes  # 20 ms, and seldom needed

    found = [match.encoding for match in from_bytes(data)]
    # Were it of eastern Asia, its characters would have been common ones
    return sorted(found, key=lambda name: name.startswith(_EASTERN))


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\ufffd" in text or any(0x80 <= ord(c) < 0xA0 for c in text) else text

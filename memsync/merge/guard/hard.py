"""Hard tokens: numbers, dates, code, commands, addresses. Nobody may coin one but a person.

Knows: what they look like, and in which forms the same one is written. Must not know: lines of a
memory, who said what.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import cache, cached_property
from typing import Final

from memsync.memory.text.words import UNSPACED, folded

_PIECE: Final = re.compile(r"[^\s\"“”„«»<>()\[\]{},;|`*!?。、，；：（）「」！？؟؛،۔।]+")
_SPAN: Final = re.compile(r"(`+)(?!`)(.{1,500}?)(?<!`)\1(?!`)")
_NUMBER: Final = re.compile(r"\d+(?:[.,:/'’\u00a0\u202f\u2009-]\d+)*")
_GROUPS: Final = re.compile(r"(?<=\d)[.,'’\u00a0\u202f\u2009 ](?=\d{3}(?!\d))")
_SPACED: Final = re.compile(r"(?<=\d)[,'’\u00a0\u202f\u2009 ](?=\d{3}(?!\d))")
_THOUSAND: Final = re.compile(r"(\d+)k\b", re.IGNORECASE)
_RUN: Final = re.compile(f"[{UNSPACED}]+")
_PARTS: Final = re.compile(r"\D+")
_EDGE: Final = ".,:'’-–—…/=+_~"
_CAMEL: Final = re.compile(r"[a-z][A-Z]")
_MARKED: Final = re.compile(
    r"\w[.@\\_:=~#$%&^]+\w|[/\\].*[/\\.]|^(?:~|\.{1,2})?/\w|^--?\w|^[@#$%]\w|://"
)
_PLAIN_PAIR: Final = re.compile(r"[^\W\d_]+(?:[/:][^\W\d_]+)+")
_PLAIN: Final = re.compile(r"[^\W_]+")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_DIGIT: Final = re.compile(r"\d")
_DAY: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th)?[ .]\s?[^\W\d_]{3,}|[^\W\d_]{3,}\.? (\d{1,2})(?!\d)"
)
_STAMP: Final = re.compile(r"(?<![\w-])\d{4}-\d{2}(?![\w-])")
_MOST_SPANS: Final = 200  # code spans of a reply that are looked for as a whole


class Hard:
    """The hard tokens of a text, each in the forms that another text may write it in.

    days: further dates, "2026-11-22"; only as a whole, no part of one is a number that stands here.
    """

    def __init__(self, text: str, days: Sequence[str] = ()) -> None:
        self._text = text
        self._given = frozenset(form for day in days for form in _spelled_day(day))
        self._spans = 0
        self.lacks = cache(self._lacks)  # a line is looked at in every round

    @cached_property
    def _folded(self) -> str:
        return folded(self._text)

    @cached_property
    def _numbers(self) -> frozenset[str]:
        thousands = {f"{digits}000" for digits in _THOUSAND.findall(self._text)}
        return frozenset(thousands.union(*map(_forms, set(numbers(self._text)))))

    @cached_property
    def _days(self) -> frozenset[str]:
        return frozenset(day.lstrip("0") for pair in _DAY.findall(self._text) for day in pair)

    @cached_property
    def _stamped(self) -> bool:
        """A line of what was done begins with its month; that of the next one is the note's own."""
        return _STAMP.search(self._text) is not None

    @cached_property
    def _pieces(self) -> frozenset[str]:
        plain = set(_PLAIN.findall(self._text.casefold()))
        is_plain = str.isalnum if self._text.isascii() else str.isalpha  # then it is one of these
        pieces = {piece for piece in _pieces(self._text) if not is_plain(piece)}
        return frozenset(plain.union(*map(_spellings, pieces)))

    @cached_property
    def _code(self) -> frozenset[str]:
        return frozenset(folded(span) for _, span in _SPAN.findall(self._text))

    def has_number(self, token: str) -> bool:
        """The number or date stands in the text, whatever its separators."""
        wholes = _whole(token)
        known = not self._numbers.isdisjoint(wholes) or not self._given.isdisjoint(wholes)
        return known or self._has_date(token)

    def _has_date(self, token: str) -> bool:
        """Each part of a date or of a time does; a month may be a word beside its day."""
        parts = _numeric_parts(token)
        if len(parts) == 2 and ":" in token:
            return parts[1] == "0" and parts[0] in self._numbers
        if _STAMP.fullmatch(token) and self._stamped and 0 < int(parts[1]) <= 12:
            return parts[0] in self._numbers
        if len(parts) != 3 and not any(len(part) == 4 for part in parts):
            return False
        missing = [part for part in parts if part not in self._numbers]
        if len(missing) != 1 or len(parts) != 3:
            return not missing
        return missing[0] == parts[1] and int(parts[1]) <= 12 and not self._days.isdisjoint(parts)

    def without_days(self, line: str) -> str:
        """The line without the further dates."""
        if not self._given:
            return line
        return _NUMBER.sub(
            lambda token: "" if not self._given.isdisjoint(_whole(token[0])) else token[0], line
        )

    def _lacks(self, line: str) -> tuple[str, ...]:
        return tuple(_unsaid(line, self))

    def has_piece(self, piece: str) -> bool:
        """The address, command or name stands in the text, whatever its case."""
        return not self._pieces.isdisjoint(_whole_piece(piece)) or _all_plain(piece, self._pieces)

    def has_span(self, span: str) -> bool:
        """The code stands in the text, as code or not."""
        if folded(span) in self._code or folded(span) in self._pieces:
            return True
        self._spans += 1
        return self._spans <= _MOST_SPANS and _bounded(folded(span), self._folded)


def numbers(text: str) -> list[str]:
    """The numbers, dates and times of a text, as written; those inside of names are parts."""
    if text.isascii() and not _DIGIT.search(text):
        return []
    plain = _GROUPS.sub("", unicodedata.normalize("NFKC", text))
    return _NUMBER.findall(plain)


def figures(text: str) -> list[str]:
    """The same, with thousands written out: "60k" is 60000."""
    return numbers(_THOUSAND.sub(r"\g<1>000", text))


def unsaid(line: str, known: Hard) -> Sequence[str]:
    """The hard tokens of a line that a text does not have."""
    return known.lacks(line)


def _unsaid(line: str, known: Hard) -> Iterator[str]:
    # A backslash before @ is memsync's own: it keeps Claude Code from reading the file
    plain = unicodedata.normalize("NFKC", line).replace("\\@", "@")
    for _, span in _SPAN.findall(plain):
        if any(map(_is_hard, span.split())) and not known.has_span(span):
            yield span
    bare = _SPACED.sub("", _SPAN.sub(" ", plain))
    for piece in _pieces(bare):
        if not _LETTERS.search(piece):
            yield from (token for token in numbers(piece) if not known.has_number(token))
        elif _is_hard(piece) and not known.has_piece(piece) and not _is_measure(piece, known):
            yield piece


def _pieces(text: str) -> Iterator[str]:
    for match in _PIECE.finditer(_RUN.sub(" ", text)):
        piece = (
            match[0].strip(_EDGE)
            if not match[0].startswith(("/", "~", "--", "."))
            else (match[0].rstrip(_EDGE))
        )
        if piece:
            yield piece


def _is_hard(piece: str) -> bool:
    """Whether a piece of text is no plain word: digits, an address, a path, an option, code."""
    if piece.isalpha():
        return _CAMEL.search(piece) is not None
    if _PLAIN_PAIR.fullmatch(piece):
        return False
    if any(char.isdigit() for char in piece):
        return True
    parts = [part for part in re.split(r"[.]", piece) if part]
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        return False  # an abbreviation
    return _CAMEL.search(piece) is not None or _MARKED.search(piece) is not None


def _is_measure(piece: str, known: Hard) -> bool:
    """A number with a unit or an ordinal behind it, or a sign in front: its number stands there."""
    match = re.fullmatch(
        r"[^\w]*(?:[^\W\d_]{1,4}[-.]?)?(\d[\d.,:/-]*)[-.]?[^\W\d_]{0,12}\W*", piece
    )
    return match is not None and known.has_number(match[1].strip(".,:/-"))


def _spellings(piece: str) -> Iterator[str]:
    """What a piece of the input is found by: itself, and the parts of a path or a pair."""
    yield from _whole_piece(piece)
    if "://" not in piece:
        parts = (part.strip(_EDGE) for part in re.split(r"[/\\:=–—]", piece.casefold()))
        yield from (part for part in parts if part)


def _whole_piece(piece: str) -> Iterator[str]:
    plain = piece.casefold().strip(_EDGE)
    yield plain
    _, scheme, rest = plain.partition("://")
    if scheme:
        yield rest
        yield rest.removeprefix("www.")
    elif "@" in plain:
        yield plain.removeprefix("mailto:")


def _all_plain(piece: str, known: frozenset[str]) -> bool:
    """A pair of known names with a stroke or a colon between them, which make no address."""
    if "." in piece or "@" in piece or "\\" in piece or "~" in piece:
        return False
    parts = [part for part in re.split(r"[/:]", piece.casefold()) if part]
    return len(parts) == 2 and all(part.strip(_EDGE) in known for part in parts)


def _forms(token: str) -> Collection[str]:
    if token.isdecimal():
        return (token.lstrip("0") or "0",)
    return _whole(token).union(_numeric_parts(token))


def _whole(token: str) -> frozenset[str]:
    plain = _GROUPS.sub("", token).replace("’", "'")
    parts = [part.lstrip("0") or "0" for part in _PARTS.split(plain) if part]
    forms = {".".join(parts)}
    if len(parts) == 2 and len(plain.rpartition(plain.strip("0123456789")[:1])[2]) != 3:
        forms.add(plain.replace(",", "."))
    return frozenset(forms)


def _spelled_day(day: str) -> Iterator[str]:
    """A day, and its month, with the year in front or behind, as `_whole` writes them."""
    parts = _numeric_parts(day)
    if len(parts) == 3:
        year, month, of_month = parts
        for order in ((year, month, of_month), (of_month, month, year), (month, of_month, year)):
            yield ".".join(order)
        yield from (f"{year}.{month}", f"{month}.{year}")


def _numeric_parts(token: str) -> list[str]:
    return [part.lstrip("0") or "0" for part in _PARTS.split(token) if part]


def _bounded(part: str, text: str) -> bool:
    at = text.find(part)
    while part and at >= 0:
        before, after = text[at - 1 : at], text[at + len(part) : at + len(part) + 1]
        if not (before.isalnum() or after.isalnum()):
            return True
        at = text.find(part, at + 1)
    return False

"""Where the secrets of a text stand. Pure; the time grows with the text and no faster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from memsync.memory.text.secrets.around import Found
from memsync.memory.text.secrets.examples import is_example
from memsync.memory.text.secrets.labelled import labelled
from memsync.memory.text.secrets.shapes import SHAPES, Shape
from memsync.system.late import Late

_PATTERNS: Final = tuple((shape, Late(shape.pattern, re.ASCII)) for shape in SHAPES)
_BEGIN: Final = Late(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:"
)
_END: Final = Late(
    r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: [0-9a-f]+"
)
# `\n` in JSON is two characters
_KEY_LINE: Final = Late(r"(?:\s|\\[nr]){0,4}(?:[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{1,15}={1,2})")
MOST_KEY: Final = 20_000  # characters of the longest private key that anybody has


def secrets(text: str) -> list[Found]:
    """Each secret of a text, in order; none overlaps another.

    Where two rules find the same place, the earlier row of the table, the more exact one, names it.
    """
    found = [*_private_keys(text)]
    for shape, pattern in _PATTERNS:
        if shape.literal in text:
            found += _of(shape, pattern.compiled, text)
    found += labelled(text)
    ranked = sorted(enumerate(found), key=lambda row: (row[1].begin, row[0]))
    kept: list[Found] = []
    for _, one in ranked:
        if not kept or one.begin >= kept[-1].end:
            kept.append(one)
        elif one.end > kept[-1].end:
            kept[-1] = kept[-1]._replace(end=one.end)
    return kept


def _of(shape: Shape, pattern: re.Pattern[str], text: str) -> Iterator[Found]:
    matches = pattern.finditer(text) if shape.anywhere else _at_each(shape.literal, pattern, text)
    for match in matches:
        group = "secret" if "secret" in pattern.groupindex else 0
        if not is_example(match[group], shape.literal):
            yield Found(shape.name, match.start(group), match.end(group))


def _at_each(literal: str, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The pattern at each place of its literal that no letter or digit stands before."""
    in_word = not literal[0].isalnum()
    at = text.find(literal)
    while at >= 0:
        match = pattern.match(text, at) if in_word or _begins(text, at) else None
        if match is not None:
            yield match
        at = text.find(literal, match.end() if match is not None else at + 1)


def _begins(text: str, at: int) -> bool:
    """Whether a word begins there; `%3D` of an encoded address is no part of one."""
    before = text[at - 1 : at]
    if not (before.isascii() and before.isalnum()):
        return True
    return at > 2 and text[at - 3] == "%"


def _private_keys(text: str) -> Iterator[Found]:
    """Blocks of PEM, OpenSSH, PGP and PuTTY; of one that nobody closed, the lines that look so."""
    if "PRIVATE KEY" not in text and "PuTTY-User-Key-File" not in text:
        return
    ends = list(_END.finditer(text))
    last, nth = 0, 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < last:
            continue
        while nth < len(ends) and ends[nth].start() < begin.end():
            nth += 1
        lines = _end_of_lines(text, begin.end())
        near = nth < len(ends) and ends[nth].start() - begin.end() <= MOST_KEY
        body = text[begin.end() : ends[nth].start()].strip() if near else text[begin.end() : lines]
        if not body.strip("\\nr. \n") or is_example(body):
            continue
        last = ends[nth].end() if near else lines
        yield Found("private key", begin.start(), last)


def _end_of_lines(text: str, at: int) -> int:
    while (line := _KEY_LINE.match(text, at)) is not None:
        at = line.end()
    return at

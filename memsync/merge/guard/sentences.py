"""The notes of a merge, sentence by sentence. Must not know: the memory, the reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from memsync.memory.text.words import bare, sentences

_NUMBERED: Final = re.compile(r"\d[.)]\s")
_WRAPPED: Final = 50  # characters of a line that the next one may go on with


class Sentence(NamedTuple):
    """One sentence of a note.

    note: its index. text: as given, without bullet; a list item has the line above the list, which
    ends with a colon, in front (`lead`). at: its number among all sentences.
    line: the line of the note that it begins in.
    """

    note: int
    text: str
    lead: str
    at: int
    line: int

    @property
    def whole(self) -> str:
        return f"{self.lead} {self.text}" if self.lead else self.text


def sentences_of(notes: Sequence[str]) -> tuple[Sentence, ...]:
    """All sentences of notes, in their order."""
    found: list[Sentence] = []
    parts = cache(_parts)  # a line that is there again says the same
    for n, note in enumerate(notes):
        lead = ""
        for number, line in _unwrapped(note):
            plain = line.strip()
            if not plain:
                continue
            told = bare(plain)
            listed = told != plain
            for part in parts(plain):
                found.append(Sentence(n, part, lead if listed else "", len(found), number))
            if not listed:
                lead = told if told.endswith((":", "：")) else ""
    return tuple(found)


def _parts(line: str) -> tuple[str, ...]:
    """The sentences of a line, bare."""
    return tuple(map(bare, sentences(_split_lists(line))))


def own_lines(notes: Sequence[str], ends: Sequence[int]) -> frozenset[str]:
    """The lines of notes, bare, that are no quotations, of each note those above its end."""
    above = zip(notes, ends, strict=True)
    lines = {line for note, end in above for line in note.split("\n")[:end]}
    return frozenset(bare(line) for line in lines if not line.lstrip().startswith(">"))


def _unwrapped(note: str) -> list[tuple[int, str]]:
    """The lines of a note with their numbers; one that only goes on with a sentence stands behind
    the one before.
    """
    lines: list[tuple[int, list[str]]] = []
    length, end = 0, ""  # of the last one: how long it is, and how it ends
    for number, line in enumerate(map(str.rstrip, note.split("\n"))):
        if length >= _WRAPPED and end not in ".!?:;" and line.strip()[:1].islower():
            lines[-1][1].append(line.strip())
            length += 1
        else:
            lines.append((number, [line]))
            length = 0
        length += len(line)
        end = line[-1:]
    return [(number, " ".join(parts)) for number, parts in lines]


def _split_lists(text: str) -> str:
    """A text in which each number of a list that runs on in one line begins a line."""
    if not _NUMBERED.search(text):
        return text
    lines = []
    for line in text.split("\n"):
        numbers = list(re.finditer(r"(?:^|\s)(\d{1,2})[.)]\s", line))
        if len(numbers) > 1 and [int(m[1]) for m in numbers] == list(range(1, len(numbers) + 1)):
            for number in reversed(numbers):
                line = f"{line[: number.start()]}\n{line[number.start() :].lstrip()}"
        lines.append(line)
    return "\n".join(lines)

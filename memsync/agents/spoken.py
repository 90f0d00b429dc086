"""Whether a note that Claude gives is in the person's own words. Pure.

The note must be whole statements that the person typed, one after the other. A part of a sentence
can mean the opposite of it ("push to main" of "never push to main"), and so can an item without
the line above its list; so neither counts. No word of any language is looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice, pairwise
from typing import Final

_STOP: Final = re.compile(r"(?<![.!?])[.!?]+\s+|[。！？]\s*")
_QUOTES: Final = frozenset('"`“”„«»「」『』()[]（）')
_LONG_WORD: Final = re.compile(r"[^\W\d_]{5}")  # no abbreviation is as long
_ITEM: Final = re.compile(r"\s*(?:[-*+•·]|\d{1,3}[.)])\s+")
_ASKS: Final = ("?", "？", "؟")
_LEADS: Final = (":", "：", ",", "，", ";", "；")
_EDGE: Final = " \t\"'“”‘’«»「」.!。！…"
MOST_STARTS: Final = 1000  # of a prompt that says the same thing over and over
_FEWEST: Final = 2  # letters: a note of one sign says nothing that could be compared


def in_own_words(note: str, prompts: Iterable[str]) -> bool:
    """Whether each statement of the note stands in one prompt, whole, and in this order."""
    wanted = statements(note)
    if not wanted or sum(c.isalnum() for c in note) < _FEWEST:
        return False
    return any(_holds(statements(prompt), wanted) for prompt in prompts)


def _holds(said: list[str], wanted: list[str]) -> bool:
    """Whether these statements stand there one after the other."""
    starts = (at for at in range(len(said) - len(wanted) + 1) if said[at] == wanted[0])
    return any(said[at : at + len(wanted)] == wanted for at in islice(starts, MOST_STARTS))


def statements(text: str) -> list[str]:
    """The statements of a text, in one spelling. A list belongs to the line above it, and what a
    line leads up to belongs to that line; a question is no statement, so it stands for itself.
    """
    return [_plain(part) for part in parts(text)]


def parts(text: str) -> list[str]:
    """The statements of a text, as they stand in it."""
    return [part for block in _blocks(text) for part in _sentences(block)]


def _blocks(text: str) -> list[str]:
    """Lines, each with the lines that only mean something below it."""
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        goes_on = bool(blocks) and (
            _ITEM.match(line) is not None or blocks[-1][-1].rstrip().endswith(_LEADS)
        )
        if goes_on:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return ["\n".join(block) for block in blocks]


def _sentences(block: str) -> list[str]:
    """The sentences of a block, split only where no reader would doubt it: else it stays whole."""
    if "\n" in block or _QUOTES.intersection(block):
        return [block]
    ends = [stop.end() for stop in _STOP.finditer(block) if _is_sure(block, stop)]
    cuts = [0, *ends, len(block)]
    parts = (block[begin:end] for begin, end in pairwise(cuts))
    return [part for part in parts if part.strip(_EDGE)]


def _is_sure(block: str, stop: re.Match[str]) -> bool:
    """Whether a sentence ends here. A full stop may be an abbreviation's: it counts behind a long
    word, where what follows does not begin small.
    """
    if "." not in stop[0]:
        return True
    after = block[stop.end() : stop.end() + 1]
    single = stop[0].rstrip() == "."
    word = block[max(0, stop.start() - 5) : stop.start()]
    return single and _LONG_WORD.fullmatch(word) is not None and not after.islower()


def _plain(part: str) -> str:
    """One spelling: case, spacing, quotes around and the full stop do not count; a question mark
    does.
    """
    text = unicodedata.normalize("NFC", " ".join(part.split())).casefold()
    text = _ITEM.sub("", text, count=1)
    asks = text.rstrip("\"'”’)] ").endswith(_ASKS)
    return text.strip(_EDGE) + ("?" if asks and not text.endswith("?") else "")

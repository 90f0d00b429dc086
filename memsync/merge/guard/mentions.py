"""Which lines of a very large memory the notes of a merge speak of, found by searching it: to take
every line apart would be most of the work.

Knows: words. Must not know: the reply, verdicts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Final

from memsync.memory.text.rewordings import HALF
from memsync.memory.text.words import (
    in_one_case,
    name_in,
    spelled,
    stem,
    surely_in,
    weight,
    words_of_each,
    written_large,
)
from memsync.merge.guard.source import Source

_SIGN: Final = re.compile(r"[.:]")  # of a number, written in several ways
_MOST_NAMES: Final = 400  # words that a text is searched for at once


def lines_spoken_of(lines: Sequence[str], source: Source) -> list[int]:
    """The lines (numbers, rising) with a word of a note that is no joint of a sentence and stands
    in few lines. lines: of the old memory.
    """
    text = "\n".join(lines)
    common = frozenset(_common(text, source))
    there = _candidates(text, common, source)
    bags = map(frozenset, words_of_each([lines[n] for n in there]))
    found = dict(zip(there, bags, strict=True))
    lines_of = Counter(name for bag in found.values() for name in set(map(stem, bag)))
    large = written_large("\n".join([*(lines[n] for n in found), source.note_text]))
    shared = {
        word
        for word in frozenset(chain.from_iterable(found.values()))
        if weight(word) >= HALF
        and source.says(word)
        and stem(word) not in common
        and (word in large or lines_of[stem(word)] <= source.rare)
    }
    return [n for n, bag in found.items() if not shared.isdisjoint(bag)]


def _candidates(text: str, common: Collection[str], source: Source) -> Sequence[int]:
    """The lines that may have such a word; no other line has one."""
    rows = spelled(text).split("\n")
    names = {_SIGN.split(name)[0] for name in source.said_stems if name not in common}
    if len(names) > _MOST_NAMES or len(rows) != text.count("\n") + 1:
        return range(text.count("\n") + 1)
    found = re.compile("|".join(map(name_in, names)) if names else r"(?!)").search
    return [n for n, row in enumerate(rows) if row and found(row)]


def _common(text: str, source: Source) -> Iterator[str]:
    """The stems of the notes' words that are joints of a sentence, and those of which more than few
    lines have words for sure, no name among them; of a note of many words, no others.
    """
    plain = [name for name in source.said_stems if name.isascii() and name.isalpha()]
    yield from (name for name in plain if len(name) < 3)
    if len(plain) <= _MOST_NAMES:
        below = in_one_case(text)
        often = (n for n in plain if len(n) >= 3 and below.count(n) > source.rare)
        yield from (name for name in often if _is_in_many(name, below, source))


def _is_in_many(name: str, text: str, source: Source) -> bool:
    times, done = 0, 0
    for at in surely_in(text, name):
        if at >= done:
            times += 1
            done = text.find("\n", at)
            if times > source.rare or done < 0:
                break
    forms = set(re.findall(rf"(?<![^\W_]){name}[^\W\d_]*", source.text, re.IGNORECASE))
    large = {form.casefold() for form in forms if form[0].isupper()}
    return times > source.rare and not large - forms

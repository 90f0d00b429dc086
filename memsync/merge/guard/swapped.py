"""A word in the place of another that nobody said, in a line whose other words somebody said.

A share of words does not tell of one month, unit or name among them. Knows: what stands between or
beside the same words. Must not know: what becomes of such a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from memsync.memory.text.rewordings import stems
from memsync.memory.text.words import (
    UNSPACED,
    bare,
    is_pair,
    is_spelled,
    stem,
    total,
    weight,
    words,
)
from memsync.merge.guard.alignment import aligned
from memsync.merge.guard.provenance import voice
from memsync.merge.guard.sentences import Sentence
from memsync.merge.guard.source import Source

_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_INSIDE: Final = re.compile(r"[\w.,:/+-]")  # of a date, a path, a name, where it stands before
_BEHIND: Final = re.compile(
    rf"\.?[ \u00a0]?([^\W\d_{UNSPACED}]+)(?:[ \u00a0]([^\W\d_{UNSPACED}]+))?"
)
_BEFORE: Final = re.compile(r"(?<=\S )([^\W\d_]+)[ \u00a0]$")
_WINDOW: Final = 60  # characters before a number
_JOINT: Final = 2  # letters of "de" and "kg"
_ALIKE: Final = 3  # letters that the words of two languages for one month share
_CLAUSE: Final = re.compile(r"[;:,](?=\s|$)|[()|（）：，；、،؛—]|\s[-–]\s|(?<=[.!?])\s")
_MOST_CLAUSES: Final = 60
_STOP: Final = re.compile(r"[.,;:!?](?=\s|$)|[()|（）：，；、،؛؟۔।。—]|\s[-–]\s")
_MOST_WORDS: Final = 200  # of a sentence
_COMMON: Final = 40  # a number with more neighbours tells nothing
_Words = tuple[str, ...]
_NONE: Final = frozenset[_Words]()


def swapped(line: str, olds: Sequence[str], source: Source) -> Iterator[str]:
    """The words of a line (bare) that nobody said, in the place of one of the old lines it comes
    from, or of what a note says of the same number.
    """
    here, known = stems(line), frozenset(name for old in olds for name in stems(old))

    def strange(was: str, word: str) -> bool:
        told = stem(word) in known or source.says(word) or _alike(was, word)
        return not told and stem(was) not in here

    if len(olds) == 1:
        for was, word in _between(bare(olds[0]), line):
            if strange(was, word) and not source.says(was):
                yield word
    old = "\n".join(map(bare, olds))
    yield from _beside(line, old, strange, source)
    yield from _signs(line, old, source)


def _between(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Each old word that alone stood behind a word that both lines have, and before the next one or
    the end, and the word there now. The first word of a line says what is to be done or was.
    """
    was, now = words(old), words(new)
    pairs = sorted(aligned(list(map(stem, was)), list(map(stem, now))).items())
    for (n, o), (m, p) in pairwise([*pairs, (len(now), len(was))]):
        if p - o == 2 and m - n > 1 and _tells(was[o + 1]) and _tells(now[n + 1]):
            yield was[o + 1], now[n + 1]


def _tells(word: str) -> bool:
    return is_spelled(word) and not is_pair(word) and weight(word) >= 1


def _beside(
    line: str, old: str, strange: Callable[[str, str], bool], source: Source
) -> Iterator[str]:
    """Numbers with a month or a unit beside them that stand elsewhere, each time, with another."""
    for number, beside in _numbers(line):
        if not beside:
            continue
        before = _known(old).get(number, _NONE) | _known(source.note_text).get(number, _NONE)
        if not before or () in before or len(before) > _COMMON:
            continue
        unit = beside[1:] in {other[1:] for other in before} or len(beside[-1]) <= _JOINT
        at = 0 if unit else -1
        elsewhere = {other[at] for other in _known(source.old).get(number, _NONE) if other}
        if beside[at] not in elsewhere and all(strange(was[at], beside[at]) for was in before):
            yield f"{number} {beside[at]}"


@lru_cache(maxsize=8)
def _known(text: str) -> Mapping[str, frozenset[_Words]]:
    """What stands beside each number of a text."""
    known: dict[str, set[_Words]] = {}
    for number, beside in _numbers(text):
        known.setdefault(number, set()).add(beside)
    return {number: frozenset(places) for number, places in known.items()}


def _numbers(text: str) -> Iterator[tuple[str, _Words]]:
    """The numbers of a text that stand by themselves, and the words of each: behind it one, or two
    where the first is short, or, where there is none, a name before it.
    """
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if (start and _INSIDE.match(text[start - 1])) or text[end : end + 1] in ("-", "/", "_"):
            continue
        behind = _BEHIND.match(text, end)
        beside: _Words = ()
        if behind is not None:
            more = behind[2] if len(behind[1]) <= _JOINT else None
            beside = tuple(word.casefold() for word in (behind[1], more) if word)
        else:
            before = _BEFORE.search(text[max(0, start - _WINDOW) : start])
            if before is not None and before[1][0].isupper():
                beside = (before[1].casefold(),)
        yield re.sub(r"\D", "", match[0]).lstrip("0"), beside


def _alike(word: str, other: str) -> bool:
    """One is short for the other, or a form of it, or in another script: a translation."""
    least = min(len(word), len(other), _ALIKE)
    return word[:least] == other[:least] or _script(word) != _script(other)


def _script(word: str) -> str:
    return unicodedata.name(word[0], "").partition(" ")[0]


def _signs(line: str, old: str, source: Source) -> Iterator[str]:
    """Signs of money in the place of others."""
    now, before = _money(line), _money(old) | _money(source.note_text)
    for sign in sorted(now - before) if before - now else ():
        names = unicodedata.name(sign, "").casefold().split()
        if not any(source.says(name) for name in names if name != "sign"):
            yield sign


@lru_cache(maxsize=8)
def _money(text: str) -> frozenset[str]:
    return frozenset(char for char in frozenset(text) if unicodedata.category(char) == "Sc")


def altered(line: str, old: str, source: Source) -> Iterator[str]:
    """The parts of a line that reword a part of the old line that no note speaks of, with words of
    their own or without one that stood inside: no share of words tells of "not".
    """
    was, now = _clauses(old), _clauses(line)
    if len(was) < 2 or len(was) + len(now) > _MOST_CLAUSES:
        return
    before, here = set(map(words, was)), set(map(words, now))
    fresh = [clause for clause in now if words(clause) not in before]
    for clause in was:
        if words(clause) in here or not fresh or _told(clause, source):
            continue
        wanted = stems(clause)
        became = max(fresh, key=lambda other: total(stems(other) & wanted))
        common = total(stems(became) & wanted)
        rewords = common >= 1 and 2 * common >= total(wanted)
        added = [name for name in stems(became) - stems(old) if is_spelled(name)]
        changed = rewords and (added or _cut_inside(clause, became))
        if changed and not voice(became, [clause], source).tells:
            yield became


def _cut_inside(clause: str, now: str) -> bool:
    """A word is gone from between two others that stay, as "not" may be."""
    was, kept = list(map(stem, words(clause))), list(map(stem, words(now)))
    stays = frozenset(kept)
    places = [n for n, name in enumerate(was) if name in stays]
    same = [was[n] for n in places] == kept
    return same and bool(places) and places[-1] - places[0] >= len(places)


def _clauses(text: str) -> list[str]:
    found = (clause.strip() for clause in _CLAUSE.split(text))
    return [clause for clause in found if words(clause) and "`" not in clause]


def _told(clause: str, source: Source) -> bool:
    found = words(clause)
    return source.speaks_of(clause) or any(weight(w) >= 1 and source.says(w) for w in found)


def cut_out(line: str, olds: Sequence[str], told: Sentence | None, source: Source) -> Iterator[str]:
    """The words that begin constraints of this memory, as its words for "never" do, and that a
    sentence has between two words which the line, that comes from it, has side by side.
    """
    found = source.all_words_of(told) if told is not None else ()
    if not 0 < len(found) <= _MOST_WORDS:
        return
    names = [stem(word) for word in found]
    here = stems(line)
    gone = [n for n, name in enumerate(names) if name not in here and name in source.begin_rules]
    beside = _side_by_side([line]) - _side_by_side(olds) if gone else set()
    for n in gone:
        for low, high in ((n - 1, n + 1), (n - 1, n + 2), (n - 2, n + 1)):
            between = names[max(low, 0) + 1 : high]
            inside = low >= 0 and high < len(names) and here.isdisjoint(between)
            if inside and (names[low], names[high]) in beside:
                yield found[n]
                break


def _side_by_side(lines: Sequence[str]) -> set[tuple[str, str]]:
    parts = (part for line in lines for part in _STOP.split(line))
    return {pair for part in parts for pair in pairwise(map(stem, words(part)))}

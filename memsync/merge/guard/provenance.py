"""Who said a line: the old memory, a sentence of a note, an old line together with one, or nobody.

Knows: words of lines and of notes. Must not know: what becomes of a line that nobody said
(losses.py), constraints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import rewordings, stems
from memsync.memory.text.words import BULLET, bare, is_pair, key, shown, stem, total, weight, words
from memsync.merge.guard.alignment import aligned
from memsync.merge.guard.dress import Item, items
from memsync.merge.guard.hard import Hard, numbers, unsaid
from memsync.merge.guard.sentences import Sentence
from memsync.merge.guard.source import Source

ENOUGH: Final = 0.5  # of the words of a line
_WORD: Final = 1.0  # weight of one that is no joint of a sentence
_VALUE: Final = 2.0  # weight of the words of a line that may be a value alone
_NEARLY_ALL: Final = 0.8  # where neighbouring sentences give the words
_RUN: Final = 4.0  # weight of words in a row that nobody said: a clause of its own
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?:-\d\d)?")
_WITHOUT_VOWELS: Final = re.compile("[\u0590-\u06ff]+")  # Hebrew and Arabic letters
_TERMS: Final = 20  # numbers that are added up with each other
_CLAUSE: Final = re.compile(r"[;:,()（）：，；、،؛—]|\s[-–]\s|(?<=[.!?])\s")


class Compared(NamedTuple):
    """Two texts, item by item (indexes of `ours` and `theirs`).

    pairs: items of the new text that stand in the old one, in the same order. moved: the others
    that stand there. went, fresh: what stands in one of them only, constraints left out.
    partner: for an item that went the one that rewords it; partners: for each new item the old ones
    that it rewords. outside: old items that a merge could lose: neither a constraint, which code
    puts back, nor a placeholder. plain_titles: some old line of text stands right above a
    list. strays: what went that the reply has in a place where it cannot stay.
    """

    ours: tuple[Item, ...]
    theirs: tuple[Item, ...]
    pairs: dict[int, int]
    moved: dict[int, int]
    went: list[int]
    fresh: list[int]
    partner: dict[int, int]
    partners: dict[int, list[int]]
    outside: frozenset[int]
    plain_titles: bool
    strays: frozenset[int] = frozenset()

    def keeping(self, strays: frozenset[str]) -> Compared:
        """The same, but nothing rewords these old lines, by their keys: the reply has them."""
        kept = frozenset(o for o in self.went if strays and key(self.ours[o].text) in strays)
        if not kept:
            return self
        partner = {o: n for o, n in self.partner.items() if o not in kept}
        return self._replace(partner=partner, partners=_by_new(partner), strays=kept)


def _by_new(partner: Mapping[int, int]) -> dict[int, list[int]]:
    partners: dict[int, list[int]] = {}
    for o, n in partner.items():
        partners.setdefault(n, []).append(o)
    return partners


class Voice(NamedTuple):
    """Who said a new or changed line.

    share: of the weight of its words. news: of its words, those that no old line has and the
    sentence has. sentence: the note's, which gave the news or speaks of the old line. was: whether
    an old line gave words to it. name: whether a name is among the news.
    """

    share: float
    news: frozenset[str]
    added: tuple[str, ...]
    sentence: Sentence | None
    was: bool
    name: bool

    @property
    def tells(self) -> bool:
        """A note gave it something that is more than a joint of a sentence."""
        return self.name or any(
            word.isdigit() or len(word) > _joints(word) or (is_pair(word) and len(word) > 1)
            for word in self.news
        )


def _joints(word: str) -> int:
    """How many letters the joints of a sentence have; a word that leaves its vowels out is
    shorter.
    """
    return 2 if _WITHOUT_VOWELS.fullmatch(word) else 3


@lru_cache(maxsize=8)
def compare(old: Outline, new: Outline, removed: frozenset[str]) -> Compared:
    """Which item became which; what a hand edit removed did not go."""
    ours, theirs = items(old), items(new)
    pairs = aligned([item.key for item in ours], [item.key for item in theirs])
    moved = _moved(ours, theirs, pairs)
    here = set(pairs.values()) | set(moved.values())
    rules, empty = old.section_lines, old.placeholders
    outside = frozenset(
        o
        for o, item in enumerate(ours)
        if item.start not in rules and item.start not in empty and key(item.text) not in removed
    )
    went = sorted(outside - here)
    known, inside = pairs.keys() | moved.keys(), new.section_lines
    fresh = [n for n, item in enumerate(theirs) if n not in known and item.start not in inside]
    partner = _partners(ours, theirs, went, fresh)
    titles = any(a.kind == "prose" and b.kind == "item" for a, b in pairwise(ours))
    return Compared(
        ours, theirs, pairs, moved, went, fresh, partner, _by_new(partner), outside, titles
    )


def _moved(ours: Sequence[Item], theirs: Sequence[Item], pairs: dict[int, int]) -> dict[int, int]:
    taken = set(pairs.values())
    free: dict[str, list[int]] = {}
    for o in reversed(range(len(ours))):
        if o not in taken:
            free.setdefault(ours[o].key, []).append(o)
    moved: dict[int, int] = {}
    for n, item in enumerate(theirs):
        places = free.get(item.key)
        if n not in pairs and places and words(item.text):
            moved[n] = places.pop()
    return moved


def _partners(
    ours: Sequence[Item], theirs: Sequence[Item], went: Sequence[int], fresh: Sequence[int]
) -> dict[int, int]:
    """Rewordings among the lines of one kind, then the line that alone stands where one stood."""
    partner: dict[int, int] = {}
    for code in (False, True):
        gone = [o for o in went if _comparable(ours[o], code=code)]
        come = [n for n in fresh if _comparable(theirs[n], code=code)]
        became = rewordings([ours[o].text for o in gone], [theirs[n].text for n in come])
        partner |= {o: come[at] for o, at in zip(gone, became, strict=True) if at is not None}
    pairs = aligned([item.key for item in ours], [item.key for item in theirs])
    pairs |= {-1: -1, len(theirs): len(ours)}
    free = set(fresh) - set(partner.values())
    for n in free:
        o = pairs.get(n - 1, -2) + 1
        alone = n - 1 in pairs and pairs.get(n + 1) == o + 1
        if not alone or o not in went or o in partner:
            continue
        if ours[o].kind == theirs[n].kind != "heading" and _akin(ours, o, theirs[n].text):
            partner[o] = n
    return partner


def _akin(ours: Sequence[Item], o: int, other: str) -> bool:
    """Two lines have a word in common that is no joint and no figure, which a year may be that many
    lines begin with; or the old one is a value alone ("Oslo"), and goes on in no other line.
    Else only the place says that one became the other: a line that the reply lost would pass for
    one that a note changed.
    """
    old = stems(ours[o].text)
    common = frozenset(word for word in old & stems(other) if not word.isdigit())
    return total(common) >= _WORD or (total(old) <= _VALUE and not _goes_on(ours, o))


def _goes_on(items: Sequence[Item], at: int) -> bool:
    """An item goes on in the next line, which is no item below it."""
    below = items[at + 1] if at + 1 < len(items) else None
    return (
        below is not None
        and below.path[-1:] == (items[at].key,)
        and not BULLET.match(below.text.lstrip())
    )


def _comparable(item: Item, *, code: bool) -> bool:
    return item.kind != "heading" and (item.kind == "code") == code and bool(words(item.text))


def voice(line: str, olds: Sequence[str], source: Source) -> Voice:
    """Whose words the line is made of: those of old lines, and of one sentence of a note."""
    asked = line, tuple(olds)
    if asked not in source.voices:
        source.voices[asked] = _voice(line, olds, source)
    return source.voices[asked]


def _voice(line: str, olds: Sequence[str], source: Source) -> Voice:
    known = {name for old in olds for name in stems(old)}
    found = words(line)
    added = tuple(word for word in found if stem(word) not in known)
    match = source.best(added if olds else found)
    news = frozenset(word for word in added if word in match.held)
    base = total([word for word in found if stem(word) in known])
    held = total([word for word in added if word in match.held])
    every = total(found) or 1.0
    share = (base + held) / every
    if share < ENOUGH:
        share = max(share, _by_clauses(line, known, source))
    if share < ENOUGH and match.sentence is not None:
        beside = source.beside(match.sentence)
        near = total([word for word in found if stem(word) in known or stem(word) in beside])
        share = near / every if near >= _NEARLY_ALL * every else share
    sentence = match.sentence if news else None
    if olds and sentence is None:  # perhaps one speaks of the old line
        sentence = source.best([word for old in olds for word in source.telling(old)]).sentence
    return Voice(share, news, added, sentence, base > 0, any(map(source.is_name, news)))


def _by_clauses(line: str, known: set[str], source: Source) -> float:
    """The share where each clause may come from another sentence; one counts only if half of it
    does.
    """
    said = every = 0.0
    for clause in _CLAUSE.split(line):
        found = words(clause)
        match = source.best(found)
        held = total([word for word in found if word in match.held or stem(word) in known])
        every += total(found)
        if held >= ENOUGH * total(found):
            said += held
    return said / every if every else 0.0


def spoken(item: Item, source: Source) -> bool:
    """A note speaks of the line, or names the section it stands in."""
    return source.speaks_of(item.text) or named(item, source)


def named(item: Item, source: Source) -> bool:
    """A note names a heading that the line stands below; the file's own title is none."""
    titles = item.titles if len(item.titles) < 2 or item.kind == "heading" else item.titles[1:]
    return any(map(source.names, titles))


def doubts(line: str, olds: Sequence[str], found: Voice, source: Source) -> Iterator[str]:
    """What in a line that is somebody's nobody said: a hard token, another number, a clause."""
    line, olds = bare(line), [*map(bare, olds)]  # the number of an item is nobody's figure
    lost = _lost_numbers(line, olds)
    sums = _sums(lost, found.sentence.text if found.sentence is not None else "")
    strange = [token for token in unsaid(line, source.hard) if _integer(token) not in sums]
    if lost:
        before = Hard("\n".join(olds))
        for token in numbers(line):
            known = before.has_number(token) or source.note_hard.has_number(token)
            if not (known or _integer(token) in sums or _is_year(token)):
                strange.append(token)
    for token in strange:
        yield f"{shown(token, 60)}, which nobody said,"
    for token in unsaid(line, source.own_hard) if source.own_hard is not source.hard else ():
        if token not in strange and _integer(token) not in sums:
            yield f"{shown(token, 60)}, which a note only quotes,"
    clause = _own_clause(source.hard.without_days(line), olds, source)
    if clause:
        yield f"{shown(clause, 60)}, which nobody said,"
    if found.sentence is not None and source.is_foreign(found.sentence):
        yield "what a note says behind a label of memsync's own request,"


def adds_up(line: str, olds: Sequence[str], found: Voice) -> bool:
    """All that is new in a line is a number that the sentence adds to the old one or takes away."""
    sums = _sums(_lost_numbers(line, olds), found.sentence.text if found.sentence else "")
    return bool(found.added) and all(_integer(word) in sums for word in found.added)


def _lost_numbers(line: str, olds: Sequence[str]) -> list[str]:
    now = Hard(line) if olds else None
    if now is None:
        return []
    return [token for token in numbers("\n".join(olds)) if not now.has_number(token)]


def _sums(lost: Sequence[str], sentence: str) -> set[int]:
    """A number in the place of another may be what a sentence adds to it or takes from it."""
    if not lost:
        return set()
    given = [_integer(token) for token in numbers(sentence) if token.isdigit()][:_TERMS]
    before = [_integer(token) for token in lost if token.isdigit()][:_TERMS]
    return {sign for a in before for b in given for sign in (a + b, abs(a - b))}


def _integer(token: str) -> int:
    return int(token) if token.isdigit() and len(token) < 16 else -1


def _is_year(token: str) -> bool:
    """A year, or the month that a line of what was done begins with: no note says them."""
    return _YEAR.fullmatch(token) is not None


def _own_clause(line: str, olds: Sequence[str], source: Source) -> str:
    """The first words in a row that are neither an old line's nor a note's, and enough for a
    clause.
    """
    known = {name for old in olds for name in stems(old)}
    run: list[str] = []
    for word in (*words(line), ""):
        if word and stem(word) not in known and not source.says(word):
            run.append(word)
            continue
        if sum(map(weight, run)) >= _RUN:
            return " ".join(run)
        run = []
    return ""

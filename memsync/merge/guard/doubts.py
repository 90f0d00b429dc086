"""What is to be asked about a repaired reply as a whole, and which notes it leaves pending."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from memsync.memory.text.document import is_placeholder
from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import HALF
from memsync.memory.text.words import (
    bare,
    forms,
    is_spelled,
    key,
    shown,
    stem,
    stems_of,
    total,
    weight,
    words,
)
from memsync.merge.guard.account import COME, Line
from memsync.merge.guard.frame import (
    NEW_HEADINGS,
    disowned,
    doubled,
    headings_added,
    headings_gone,
    match_headings,
    moved,
)
from memsync.merge.guard.losses import few_lines
from memsync.merge.guard.plan import Cut, Doubt
from memsync.merge.guard.provenance import voice
from memsync.merge.guard.sentences import Sentence
from memsync.merge.guard.source import Source
from memsync.merge.guard.strangers import is_asked_for

_MANY_WORDS: Final = 30
_SHARE_OF_WORDS: Final = 0.2
_THIRD: Final = 1 / 3  # of the words of a line: less is chat that happens to share one
_HEADING: Final = re.compile(r"\s*#|[^\n]+\n\s*(?:=+|-+)\s*$")


class Case(NamedTuple):
    """What a verdict is about: the old memory, what was given, what a hand edit took and added."""

    old: Outline
    source: Source
    removed: frozenset[str]
    added: tuple[str, ...]


def unheard(lines: Sequence[Line], source: Source, doubts: Sequence[Doubt]) -> list[Doubt]:
    """The last net: a line of which most words stand in neither the memory nor a note is asked
    about, however it came through. Headings are looked at as headings.
    """
    if any(doubt.unsaid for doubt in doubts):
        return []
    come = [line for line in lines if line.kind in COME and not _is_heading(line)]
    come = [line for line in come if not is_asked_for(line.text)]
    come = [line for line in come if bare(line.text) not in source.own_lines]
    # A line with an author was measured already, but a word that it repeats only once
    come = [line for line in come if line.unsaid or _repeats(words(line.text))]
    heard = {stem(word) for word in words(source.text)} if come else set()
    return [
        Doubt(f"nobody said {shown(line.text)}", True)
        for line in come
        if 2 * sum(stem(word) in heard for word in words(line.text)) < len(words(line.text))
    ]


def _is_heading(line: Line) -> bool:
    """No constraint is one, whatever it looks like: it may stand in a comment left open."""
    return line.kind != "constraint" and _HEADING.match(line.text) is not None


def _repeats(told: Sequence[str]) -> bool:
    return len(set(told)) < len(told)


def doubts_of_the_whole(
    case: Case, view: Outline, gone: Sequence[str], reworded: Sequence[tuple[str, str]]
) -> list[Doubt]:
    """What a person is asked about the whole: headings, their order, how much is gone."""
    old, source = case.old, case.source
    matched = match_headings(old, view, source)
    losses = [f"the heading {shown(h.title)} is gone" for h in headings_gone(old, matched)]
    losses += moved(old, view, matched, source)
    losses += [
        f"the heading {shown(heading.title)} stands there {times} times"
        for heading, times in doubled(old, view)
    ]
    fresh = headings_added(view, matched, source)
    if len(fresh) > NEW_HEADINGS and source.in_use:
        losses.append(f"{len(fresh)} new headings: {', '.join(shown(h.title, 40) for h in fresh)}")
    if len(gone) > few_lines(old):
        losses.append(f"{len(gone)} lines are gone")
    thin = _thinned(old, gone, reworded)
    losses += [thin] if thin else []
    found = [Doubt(loss, False) for loss in losses]
    found += [Doubt(text, True) for text in disowned(old, view, matched)]
    return found + [Doubt(text, False) for text in lost_edits(case, view)]


def _thinned(old: Outline, gone: Sequence[str], reworded: Sequence[tuple[str, str]]) -> str | None:
    """Lines may be reworded, and yet too much of what they said may be gone."""
    lost = sum(len(words(line)) for line in gone)
    for was, now in reworded:
        lost += sum(forms(now).isdisjoint(stems_of(word)) for word in words(was))
    if lost <= _MANY_WORDS:
        return None
    before = sum(len(words(line)) for line in old.lines)
    if lost <= _SHARE_OF_WORDS * before:
        return None
    return f"{lost} of {before} words are gone"


def left_pending(
    case: Case, cuts: Sequence[Cut], lines: Sequence[Line], left: Sequence[Sentence]
) -> set[int]:
    """The notes that a line taken out of the reply had its news from, and no line of the body; and
    those with a sentence that nothing came of and that such a line may have been about.
    """
    held = {line.note for line in lines}
    pending: set[int] = set()
    for text, olds in cuts:
        found = voice(text, olds, case.source)
        sentence = found.sentence
        if sentence is not None and found.tells and found.share >= _THIRD:
            pending |= {sentence.note} - held
        loose = _beginnings(found.added)
        pending |= {s.note for s in left if loose & _beginnings(words(s.text))}
    return {n for n in pending if n < case.source.given}


def untold(
    case: Case, lines: Sequence[Line], left: Sequence[Sentence], *, each: bool = False
) -> set[int]:
    """The notes of which nothing at all came into a body, and that say more than what went; or of
    which `each` sentence did not come, where the end of the memory did not come either.

    Asked where a person is asked anyhow, as a yes must not drop them, and where the reply broke off
    or dropped lines of the memory, as it may have dropped a note with them. Chatter among them
    costs a call.
    """
    nothing_came = {sentence.at for sentence in left}
    told = {one.note for one in case.source.sentences if one.at not in nothing_came}
    went = [line.text if line.kind == "gone" else line.was for line in lines]
    gone = {stem(word) for text in went for word in words(text)}
    found = set()
    for sentence in left:
        telling = [word for word in words(sentence.text) if weight(word) >= HALF]
        if (each or sentence.note not in told) and any(stem(word) not in gone for word in telling):
            found.add(sentence.note)
    return {note for note in found if note < case.source.given}


def _beginnings(found: Sequence[str]) -> frozenset[str]:
    """What words of one family share in most languages, and others share, too."""
    return frozenset(word[:4] for word in found if is_spelled(word) and len(word) > 4)


def lost_edits(case: Case, new: Outline) -> tuple[str, ...]:
    """Lines that the user added by hand and that are not in the result, nor reworded there."""
    if not case.added:
        return ()
    here = {key(line) for line in new.lines}
    old = {key(line) for line in case.old.lines}
    fresh = [frozenset(words(line)) for line in new.lines if key(line) not in old]
    lost = []
    for line in case.added:
        wanted = frozenset(words(line))
        if key(line) in here or not wanted or is_placeholder(line):
            continue
        if not any(total(wanted & other) >= 0.5 * total(wanted) for other in fresh):
            lost.append(f"a line that was added by hand is not in it: {shown(line)}")
    return tuple(lost)

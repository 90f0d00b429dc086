"""Whether a reply can be a whole memory: its size, its headings and their order.

Knows: headings. Must not know: what a line says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Heading, Outline
from memsync.memory.text.words import bare, key, shown, words
from memsync.merge.guard.alignment import rising
from memsync.merge.guard.dress import title_key
from memsync.merge.guard.provenance import compare, spoken
from memsync.merge.guard.source import Source

SLACK: Final = 4000  # characters that a reply may be longer than the old memory and 3 x the notes
NEW_HEADINGS: Final = 2
_MOST_NEW: Final = 2000  # new lines of a reply that a person can be asked about, at the very most
_Path = tuple[str, ...]


class Matched(NamedTuple):
    """Which heading of the reply is which heading of the old memory (indexes), and which have no
    partner.
    """

    pairs: dict[int, int]
    gone: tuple[int, ...]
    fresh: tuple[int, ...]


def match_headings(old: Outline, new: Outline, source: Source) -> Matched:
    """By the path of titles above a heading first, then, for one that moved, by its own title and
    level, then by its place, for one that a note renames.
    """
    old_paths, new_paths = paths_of(old), paths_of(new)
    pairs = _pair(old_paths, new_paths, {})
    taken = set(pairs.values())
    pairs = _pair(
        {n: path[-1:] for n, path in old_paths.items() if n not in pairs},
        {n: path[-1:] for n, path in new_paths.items() if n not in taken},
        pairs,
    )
    pairs |= _renamed(old, new, pairs, source)
    taken = set(pairs.values())
    return Matched(
        pairs,
        tuple(n for n in range(len(old.headings)) if n not in pairs),
        tuple(n for n in range(len(new.headings)) if n not in taken),
    )


def _renamed(old: Outline, new: Outline, pairs: dict[int, int], source: Source) -> dict[int, int]:
    """Headings between the same neighbours whose new words are all a note's."""
    known = pairs | {-1: -1, len(old.headings): len(new.headings)}
    taken, found = set(pairs.values()), dict[int, int]()
    for o, heading in enumerate(old.headings):
        n = known.get(o - 1, -2) + 1
        alone = o not in known and n not in taken and known.get(o + 1) == n + 1
        if not alone or n < 0 or new.headings[n].level != heading.level:
            continue
        added = frozenset(words(new.headings[n].title)) - frozenset(words(heading.title))
        if added and all(map(source.says, added)):
            known[o] = found[o] = n
    return found


def too_long(reply: str, source: Source) -> str | None:
    """Why the reply is longer than any merge of these notes can be."""
    limit = len(source.old) + 3 * len(source.note_text) + SLACK
    if len(reply) <= limit:
        return None
    return f"the reply has {len(reply):,} characters, more than the {limit:,} it could need"


def rewritten(old: Outline, new: Outline, source: Source, removed: frozenset[str]) -> str | None:
    """Why the reply is no merge: it has thousands of lines that are neither old nor a note's."""
    found = compare(old, new, removed)
    texts = [found.theirs[n].text for n in found.fresh] if len(found.fresh) > _MOST_NEW else []
    strange = sum(bare(text) not in source.own_lines for text in texts)
    if strange <= _MOST_NEW:
        return None
    return f"{strange:,} lines of the reply are neither in the memory nor in a note"


def misshapen(old: Outline, new: Outline, matched: Matched, source: Source) -> Iterator[str]:
    """The reasons to reject a reply for its headings."""
    yield from _gone_badly(old, new, matched, source)
    for heading, times in doubled(old, new):
        if not is_noted(heading, source):
            yield f"the heading {shown(heading.title)} stands there {times} times"


def halved(old: Outline, new: Outline, source: Source, removed: frozenset[str]) -> str | None:
    """Why too little is left of what no note speaks of."""
    found = compare(old, new, removed)
    went = {o for o in found.went if o not in found.partner}
    lost = sum(len(found.ours[o].text.encode()) for o in went if not spoken(found.ours[o], source))
    kept = 0
    for o in found.outside - went:
        if kept >= lost:
            return None
        if not spoken(found.ours[o], source):
            kept += len(found.ours[o].text.encode())
    if kept >= lost:
        return None
    return f"{lost:,} of {kept + lost:,} bytes that no note speaks of are gone"


def moved(old: Outline, new: Outline, matched: Matched, source: Source) -> Iterator[str]:
    """The headings that stand in another order, where no note names one of them or where it went
    to.
    """
    in_order = rising(sorted(matched.pairs.items()))
    still = {n for n, _ in in_order}
    for n in sorted(matched.pairs.keys() - still):
        if not source.names(old.headings[n].title):
            yield f"the section {shown(old.headings[n].title)} stands in another place"


def disowned(old: Outline, new: Outline, matched: Matched) -> Iterator[str]:
    """Constraints that no longer stand below the same headings."""
    before, now = headings_above(old.headings), headings_above(new.headings)
    for section in old.sections:
        at = matched.pairs.get(section.heading)
        above = [matched.pairs.get(n) for n in before[section.heading]]
        if at is not None and above != now[at]:
            title = shown(old.headings[section.heading].title)
            names = shown(" > ".join(new.headings[n].title for n in now[at]))
            yield f"the constraints {title} stand below other headings: {names}"


def headings_above(headings: tuple[Heading, ...]) -> list[list[int]]:
    """For each heading the numbers of those it stands under."""
    found: list[list[int]] = []
    open_ones: list[int] = []
    for n, heading in enumerate(headings):
        while open_ones and headings[open_ones[-1]].level >= heading.level:
            open_ones.pop()
        found.append(list(open_ones))
        open_ones.append(n)
    return found


def headings_gone(old: Outline, matched: Matched) -> list[Heading]:
    """Old headings that are not in the reply; those inside a constraints section are put back with
    it.
    """
    inside = _below_constraints(old)
    return [old.headings[n] for n in matched.gone if old.headings[n].line not in inside]


def headings_added(new: Outline, matched: Matched, source: Source) -> list[Heading]:
    """Headings that neither the old memory nor a note has."""
    inside = _below_constraints(new)
    fresh = [new.headings[n] for n in matched.fresh]
    outside = [h for h in fresh if h.line not in inside]
    return [h for h in outside if not is_noted(h, source) and not source.names(h.title)]


def doubled(old: Outline, new: Outline) -> Iterator[tuple[Heading, int]]:
    """Headings that stand more often below the same headings than in the old memory, and how
    often.
    """
    before, paths = Counter(paths_of(old).values()), paths_of(new)
    last = {path: n for n, path in paths.items()}
    for path, times in Counter(paths.values()).items():
        if times > max(1, before[path]):
            yield new.headings[last[path]], times


def is_noted(heading: Heading, source: Source) -> bool:
    """The heading's title is a line of a note."""
    return title_key(heading) in _titles_of(source.note_text)


@lru_cache(maxsize=4)
def _titles_of(notes: str) -> frozenset[str]:
    """The lines of the notes, as titles."""
    return frozenset(title_key(Heading(1, line.lstrip("# "), 0)) for line in notes.split("\n"))


@lru_cache(maxsize=8)
def paths_of(view: Outline) -> Mapping[int, _Path]:
    """For each heading its own level and title, and those of the headings it stands under."""
    own = [f"{heading.level} {title_key(heading)}" for heading in view.headings]
    return {
        n: tuple(own[m] for m in (*above, n))
        for n, above in enumerate(headings_above(view.headings))
    }


def _below_constraints(view: Outline) -> set[int]:
    return {n for section in view.sections for n in range(section.start + 1, section.end)}


def _pair(
    old: Mapping[int, _Path], new: Mapping[int, _Path], known: dict[int, int]
) -> dict[int, int]:
    free: dict[_Path, list[int]] = {}
    for n, path in reversed(list(new.items())):
        free.setdefault(path, []).append(n)
    pairs = dict(known)
    for n, path in old.items():
        if free.get(path):
            pairs[n] = free[path].pop()
    return pairs


def _gone_badly(old: Outline, new: Outline, matched: Matched, source: Source) -> Iterator[str]:
    """A heading that became a constraint's loss, code, or another level."""
    fresh = {title_key(new.headings[n]): new.headings[n] for n in matched.fresh}
    hidden = {key(new.lines[n]) for n in new.code | new.comments}
    sections = {section.heading for section in old.sections}
    for n in matched.gone:
        heading = old.headings[n]
        level = fresh[title_key(heading)].level if title_key(heading) in fresh else None
        if n in sections:
            yield f"the constraints heading {shown(heading.title)} is gone"
        elif level is not None and not source.names(heading.title):
            title = shown(heading.title)
            yield f"the heading {title} went from level {heading.level} to level {level}"
        elif key(old.lines[heading.line]) in hidden:
            yield f"the heading {shown(heading.title)} stands in code or in a comment"

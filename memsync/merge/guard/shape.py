"""The frame of a memory: its first line, its headings and their order, its size.

Knows: headings. Must not know: what a line says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Heading, Outline
from memsync.memory.text.words import Source, first_line, folded, key, rewords, shown, words

# Characters that a reply may be longer than the old memory and three times the notes
SLACK: Final = 4000
NEW_HEADINGS: Final = 2
_DONE: Final = ("complet", "done", "archiv", "finished", "history")

_Path = tuple[str, ...]


class Matched(NamedTuple):
    """Which heading of the reply is which heading of the old memory (indexes), and which have no
    partner.
    """

    pairs: dict[int, int]
    gone: tuple[int, ...]
    fresh: tuple[int, ...]


def title_key(heading: Heading) -> str:
    """Equal for titles that differ only in case, spacing, emphasis or a colon at the end."""
    return folded(heading.title.replace("*", "").replace("`", "")).strip("_ ").rstrip(":. ")


def match_headings(old: Outline, new: Outline) -> Matched:
    """By the path of titles above a heading first, then, for one that moved, by its own title and
    level.
    """
    old_paths, new_paths = paths_of(old.headings), paths_of(new.headings)
    pairs = _pair(old_paths, new_paths, {})
    taken = set(pairs.values())
    pairs = _pair(
        {n: _own(h) for n, h in enumerate(old.headings) if n not in pairs},
        {n: _own(h) for n, h in enumerate(new.headings) if n not in taken},
        pairs,
    )
    taken = set(pairs.values())
    return Matched(
        pairs,
        tuple(n for n in range(len(old.headings)) if n not in pairs),
        tuple(n for n in range(len(new.headings)) if n not in taken),
    )


def misshapen(old: Outline, new: Outline, matched: Matched, source: Source) -> Iterator[str]:
    """The reasons to reject a reply for its headings."""
    yield from _gone_badly(old, new, matched)
    noted = noted_titles(source)
    for heading, times in doubled(old, new):
        if title_key(heading) not in noted:
            yield f"the heading {shown(heading.title)} stands there {times} times"
    yield from _out_of_order(old, new, matched)


def wrong_start(old: str, new: str, source: Source, removed: frozenset[str]) -> str | None:
    """Why the first line is not that of the old memory.

    A title and front matter stay as they are. A first line of prose may be reworded with words of a
    note.
    """
    first, now = first_line(old), first_line(new)
    if not first or key(first) in removed:
        return None
    level = _is_indented(first) == _is_indented(now)  # or it became code
    if level and key(first) == key(now):
        return None
    prose = level and not first.lstrip().startswith(("#", "---", "<"))
    if prose and words(now) - words(first) <= source.note_words and rewords(first, now):
        return None
    return f"the first line was {shown(first)} and is {shown(now)}"


def too_long(old: str, new: str, source: Source) -> str | None:
    """Why the reply is longer than any merge of these notes can be."""
    limit = len(old) + 3 * len(source.note_text) + SLACK
    return (
        f"the reply has {len(new):,} characters, more than the {limit:,} it could need"
        if len(new) > limit
        else None
    )


def headings_gone(old: Outline, matched: Matched) -> list[Heading]:
    """Old headings that are not in the reply; those inside a constraints section are put back with
    it.
    """
    inside = _below_constraints(old)
    return [old.headings[n] for n in matched.gone if old.headings[n].line not in inside]


def headings_added(new: Outline, matched: Matched, source: Source) -> list[Heading]:
    """Headings that neither the old memory nor a note has."""
    noted, inside = noted_titles(source), _below_constraints(new)
    fresh = [new.headings[n] for n in matched.fresh]
    return [h for h in fresh if h.line not in inside and title_key(h) not in noted]


def doubled(old: Outline, new: Outline) -> Iterator[tuple[Heading, int]]:
    """Headings that stand more often below the same headings than in the old memory, and how
    often.
    """
    before, paths = Counter(paths_of(old.headings).values()), paths_of(new.headings)
    last = {path: n for n, path in paths.items()}
    for path, times in Counter(paths.values()).items():
        if times > max(1, before[path]):
            yield new.headings[last[path]], times


def noted_titles(source: Source) -> frozenset[str]:
    """The lines of the notes, as titles."""
    return frozenset(
        title_key(Heading(1, line.lstrip("# "), 0)) for line in source.note_text.split("\n")
    )


def paths_of(headings: tuple[Heading, ...]) -> dict[int, _Path]:
    """For each heading its own level and title, and those of the headings it stands under."""
    paths: dict[int, _Path] = {}
    above: list[tuple[int, str]] = []
    for n, heading in enumerate(headings):
        while above and above[-1][0] >= heading.level:
            above.pop()
        above.append((heading.level, title_key(heading)))
        paths[n] = tuple(f"{level} {title}" for level, title in above)
    return paths


def _below_constraints(view: Outline) -> set[int]:
    return {n for section in view.sections for n in range(section.start + 1, section.end)}


def _is_indented(line: str) -> bool:
    return line.startswith(("    ", "\t"))


def _own(heading: Heading) -> _Path:
    return str(heading.level), title_key(heading)


def _pair(old: dict[int, _Path], new: dict[int, _Path], known: dict[int, int]) -> dict[int, int]:
    free: dict[_Path, list[int]] = {}
    for n, path in reversed(new.items()):
        free.setdefault(path, []).append(n)
    pairs = dict(known)
    for n, path in old.items():
        if free.get(path):
            pairs[n] = free[path].pop()
    return pairs


def _gone_badly(old: Outline, new: Outline, matched: Matched) -> Iterator[str]:
    """A heading that became a constraint's loss, code, or another level."""
    fresh = {title_key(new.headings[n]): new.headings[n] for n in matched.fresh}
    hidden = {key(new.lines[n]) for n in new.code | new.comments}
    sections = {section.heading for section in old.sections}
    for n in matched.gone:
        heading = old.headings[n]
        if n in sections:
            yield f"the constraints heading {shown(heading.title)} is gone"
        elif title_key(heading) in fresh:
            level = fresh[title_key(heading)].level
            yield (
                f"the heading {shown(heading.title)} went from level {heading.level} to level "
                f"{level}"
            )
        elif key(old.lines[heading.line]) in hidden:
            yield f"the heading {shown(heading.title)} stands in code or in a comment"


def _out_of_order(old: Outline, new: Outline, matched: Matched) -> Iterator[str]:
    """Old headings keep their order; one that was demoted to a section for what is done may
    move.
    """
    last = -1
    new_paths = paths_of(new.headings)
    for n in sorted(matched.pairs):
        place = matched.pairs[n]
        above = " ".join(new_paths[place][:-1])
        if old.headings[n].level > 2 and any(word in above for word in _DONE):
            continue
        if place < last:
            yield f"the heading {shown(old.headings[n].title)} is out of order"
            return
        last = place

"""Constraints are code's, not Claude's: the old sections go back byte for byte, where they were.

Knows: constraints sections. Must not know: other lines, except copies of constraints.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Block, Outline, Section
from memsync.memory.text.words import BULLET, bare, key, shown, tokens, total, words
from memsync.merge.guard.constraints import Sorted, expected_blocks, put_back, sort_blocks
from memsync.merge.guard.former import Lost, block_key
from memsync.merge.guard.frame import Matched, is_noted
from memsync.merge.guard.plan import Cut, Doubt
from memsync.merge.guard.source import Source

_MOST_FRESH: Final = 200  # new lines that are compared with the constraints left out
_NUMBER: Final = re.compile(r"(\d{1,9})(?=[.)]\s)")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")


class Spliced(NamedTuple):
    """The reply with the old constraints in their places. expected: the old blocks that must be in
    it. lost: whether the reply left some out. strays: the keys of other lines of the memory that
    stood among them.
    """

    text: str
    expected: tuple[str, ...]
    told: tuple[str, ...]
    repairs: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    cuts: tuple[Cut, ...]
    lost: bool
    strays: frozenset[str]


class _Part(NamedTuple):
    """A stretch of a section from a heading on, and the last line in it that a new block may
    follow.
    """

    start: int
    end: int
    last: int


def splice(
    old: Outline, new: Outline, matched: Matched, source: Source, removed: frozenset[str]
) -> Spliced | None:
    """Put the old constraints back. None when the reply has no place for them."""
    places = _places(old, new, matched)
    if places is None:
        return None
    expected = expected_blocks(old, new, source, removed)
    found = sort_blocks(expected, new, old, source)
    ours, theirs = _by_section(old.sections, expected), _by_section(new.sections, new.constraints)
    heads, headless = _new_headings(new, matched, source, found)
    rebuilt: dict[int, tuple[int, list[str]]] = {}
    for place in new.sections:
        rebuilt[place.start] = place.end, _pruned(place, theirs[place], new, found.taken)
    for section, place in places.items():
        keep = any(place.start <= n < place.end for n in new.placeholders)
        anchors = _anchors(section, ours[section], theirs[place], old, found, heads)
        lines = list(_old_lines(section, ours[section], anchors, old, new, keep))
        rebuilt[place.start] = place.end, lines
    around, repairs = _outside(old, new, found, source)
    return Spliced(
        "\n".join(_joined(around, rebuilt)),
        tuple(block.text for block in expected if block.text),
        tuple(found.told),
        (*found.repairs, *repairs, *headless),
        tuple(found.doubts),
        tuple(found.cuts),
        bool(found.lost),
        frozenset(found.strays),
    )


def in_force(view: Outline, expected: tuple[str, ...]) -> bool:
    """Every expected block is a constraint of the text, as often and in the same order."""
    wanted = frozenset(expected)
    return [block.text for block in view.constraints if block.text in wanted] == list(expected)


def _places(old: Outline, new: Outline, matched: Matched) -> dict[Section, Section] | None:
    """For each old section that of the reply, if each has one that can hold it."""
    by_heading = {section.heading: section for section in new.sections}
    places: dict[Section, Section] = {}
    for section in old.sections:
        place = by_heading.get(matched.pairs.get(section.heading, -1))
        if place is None:
            return None
        places[section] = place
    return places


def _by_section(
    sections: tuple[Section, ...], blocks: Sequence[Block]
) -> dict[Section, Sequence[Block]]:
    starts = [block.start for block in blocks]
    return {s: blocks[bisect_left(starts, s.start) : bisect_left(starts, s.end)] for s in sections}


def _anchors(
    section: Section,
    ours: Sequence[Block],
    theirs: Sequence[Block],
    old: Outline,
    found: Sorted,
    heads: dict[int, str],
) -> dict[int, list[Block]]:
    """After which old line each new block, with a new heading above it, goes: at the end of the
    part it stands in.
    """
    taken = [block for block in theirs if block.start in found.taken]
    anchors: dict[int, list[Block]] = {}
    numbered = [int(m[0]) for b in ours if (m := _NUMBER.match(b.text.lstrip()))]
    last = max(numbered, default=0)
    parts = list(_parts(section, ours, old))
    kept = [block.start for block in theirs if block.start in found.kept]
    texts = [block.text for block in theirs if block.start in found.kept]
    places = {block_key(block.text): block.start for block in reversed(ours)}
    for block in taken:
        body = found.taken[block.start]
        if last and _NUMBER.match(body):
            last += 1
            body = _NUMBER.sub(str(last), body, count=1)
        at = bisect_left(kept, block.start)
        near = places.get(block_key(texts[at - 1]), section.start) if at else section.start
        part = next(part for part in parts if part.start <= near < part.end)
        text = f"{heads[block.start]}\n\n{body}" if block.start in heads else body
        anchors.setdefault(part.last, []).append(block._replace(text=text))
    return anchors


def _new_headings(
    new: Outline, matched: Matched, source: Source, found: Sorted
) -> tuple[dict[int, str], tuple[str, ...]]:
    """The headings of notes below the constraints, by the new block under each; and what to tell of
    the others.
    """
    starts = [block.start for block in new.constraints]
    kept: dict[int, str] = {}
    told: list[str] = []
    for n in matched.fresh:
        heading, end = new.headings[n], new.heading_ends[n]
        section = next((s for s in new.sections if s.start < heading.line < s.end), None)
        if section is None or section.heading in matched.fresh:
            continue
        at = bisect_left(starts, end)
        below = starts[at] if at < len(starts) and starts[at] < section.end else -1
        if below in found.taken and below not in kept and is_noted(heading, source):
            kept[below] = "\n".join(new.lines[heading.line : end])
        else:
            told.append(f"a new heading below the constraints left out: {shown(heading.title)}")
    return kept, tuple(told)


def _parts(section: Section, ours: Sequence[Block], old: Outline) -> Iterator[_Part]:
    first = bisect_left(old.headings, section.start, key=attrgetter("line"))
    last = bisect_left(old.headings, section.end, key=attrgetter("line"))
    starts = [heading.line for heading in old.headings[first:last]]
    for n, (start, end) in enumerate(pairwise([*starts, section.end]), start=first):
        ends = [block.end for block in ours if start <= block.start < end]
        ends += [line + 1 for line in old.placeholders if start <= line < end]
        yield _Part(start, end, max([*ends, old.heading_ends[n]]) - 1)


def _old_lines(
    section: Section,
    ours: Sequence[Block],
    anchors: dict[int, list[Block]],
    old: Outline,
    new: Outline,
    keep: bool,
) -> Iterator[str]:
    """The old section's lines, each new block behind its anchor; the first one may replace the
    placeholder.
    """
    blocks = {block.start: block for block in ours}
    above = ""
    n = section.start
    while n < section.end:
        if not old.lines[n] and n not in blocks and n not in anchors:
            yield ""
            above, n = "", n + 1
            continue
        end = blocks[n].end if n in blocks else n + 1
        text = blocks[n].text if n in blocks else old.lines[n]
        if (text or n not in blocks) and not (anchors and n in old.placeholders and not keep):
            yield from text.split("\n")
            above = text.rpartition("\n")[2]
        for block in anchors.get(end - 1, []):
            if above.strip() and _apart(above, block, new):
                yield ""
            yield from block.text.split("\n")
            above = block.text.rpartition("\n")[2]
        if end < section.end and end - 1 in anchors and old.lines[end].strip():
            yield ""
        n = end


def _apart(above: str, block: Block, new: Outline) -> bool:
    """A blank line belongs before a new block: not between items of a list, below a heading as in
    the reply.
    """
    if above.startswith("#"):
        return not new.lines[block.start - 1].strip()
    in_list = bool(BULLET.match(above.strip())) or above.startswith((" ", "\t"))
    return not (in_list and BULLET.match(block.text.lstrip()))


def _pruned(
    place: Section, blocks: Sequence[Block], new: Outline, taken: dict[int, str]
) -> list[str]:
    """A constraints section that the reply made: only the new blocks in it, and nothing where there
    are none.
    """
    drop = {n for b in blocks for n in range(b.start, b.end)}
    if blocks and all(b.start not in taken for b in blocks):
        return []
    lines: list[str] = []
    for n in range(place.start, place.end):
        if n in taken:
            lines += taken[n].split("\n")
        elif n not in drop:
            lines.append(new.lines[n])
    return lines


def _outside(
    old: Outline, new: Outline, found: Sorted, source: Source
) -> tuple[list[str | None], tuple[str, ...]]:
    """The reply's lines, None for copies of constraints outside of their sections."""
    lines: list[str | None] = list(new.lines)
    here = {key(line) for block in new.constraints for line in block.text.split("\n")}
    repairs = [
        put_back(block)
        for block in found.lost
        if not all(key(line) in here for line in block.text.split("\n"))
    ]
    for n in _disguised(new, found, source):
        text = shown(bare(new.lines[n]))
        repairs.append(f"a changed constraint left out of another section: {text}")
        lines[n] = None
    for n in sorted(_copies(old, new)):
        repairs.append(
            f"copy of a constraint taken away from another section: {shown(bare(new.lines[n]))}"
        )
        lines[n] = None
    return lines, tuple(repairs)


def _disguised(new: Outline, found: Sorted, source: Source) -> list[int]:
    """Lines elsewhere that reword a constraint that the reply left out, and that no note says."""
    if not found.lost:
        return []
    lines = [n for n, line in _beyond(new).items() if line.strip() and n not in new.code]
    fresh = [n for n in lines if not source.has_line(new.lines[n])][:_MOST_FRESH]
    lost = Lost(found.lost)
    return [
        n
        for n in fresh
        if lost.former_of(new.lines[n]) is not None
        and 2 * total(source.best(words(new.lines[n])).held) < total(words(new.lines[n]))
    ]


def _copies(old: Outline, new: Outline) -> set[int]:
    """Lines of constraints that stand outside of the sections more often than before: the misplaced
    ones.
    """
    before, after = _beyond(old), _beyond(new)
    heads, nested = _marks(old)
    allowed = Counter(key(line) for line in before.values())
    known = set(_with_line_above(before).values())
    places = {
        n: pair
        for n, pair in _with_line_above(after).items()
        if (pair[1] in heads or pair in nested) and n not in new.code
    }
    for n in sorted(places, key=lambda n: (places[n] not in known, n)):
        name = places[n][1]
        if allowed[name] > 0:
            allowed[name] -= 1
            del places[n]
    return set(places)


def _marks(old: Outline) -> tuple[set[str], set[tuple[str, str]]]:
    """What a copy of a constraint is known by: its lines, a nested one only below the line that it
    stands below.

    Frames of tables and tags say nothing by themselves.
    """
    heads: set[str] = set()
    nested: set[tuple[str, str]] = set()
    for block in old.constraints:
        lines = {n: old.lines[n] for n in range(block.start, block.end)}
        for n, (above, name) in _with_line_above(lines).items():
            frame = any({"-", "|"} <= set(lines.get(m, "")) <= set("-|: \t") for m in (n, n + 1))
            if n in old.code or frame or len(tokens(_TAG.sub("", lines[n]))) < 2:
                continue
            if lines[n].startswith((" ", "\t")):
                nested.add((above, name))
            else:
                heads.add(name)
    return heads, nested


def _with_line_above(lines: dict[int, str]) -> dict[int, tuple[str, str]]:
    above, pairs = "", {}
    for n, line in lines.items():
        if line.strip():
            pairs[n] = above, key(line)
            above = key(line)
    return pairs


def _beyond(view: Outline) -> dict[int, str]:
    """The lines outside of the constraints sections."""
    inside = view.section_lines
    return {n: line for n, line in enumerate(view.lines) if n not in inside}


def _joined(lines: list[str | None], sections: dict[int, tuple[int, list[str]]]) -> Iterator[str]:
    n = 0
    while n < len(lines):
        line = lines[n]
        if n in sections:
            n, rebuilt = sections[n]
            yield from rebuilt
            if n < len(lines) and rebuilt and rebuilt[-1].strip():
                yield ""
            continue
        if line is not None:
            yield line
        n += 1

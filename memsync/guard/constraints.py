"""Constraints are code's, not Claude's: the old sections go back byte for byte, new ones need a note.

Knows: constraints sections. Must not know: other lines, except copies of constraints.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from memsync.guard.shape import Matched
from memsync.guard.words import BULLET, Source, key, rewords, shown, similar, tokens, without_end, words
from memsync.markdown import Block, Outline, Section, outline


class Spliced(NamedTuple):
    """The reply with the old constraints in their places. expected: the old blocks that must be in it."""

    text: str
    expected: tuple[str, ...]
    repairs: tuple[str, ...]
    reasons: tuple[str, ...]


class _Sorted(NamedTuple):
    """What the blocks of the reply's constraints sections are."""

    taken: tuple[Block, ...]
    kept: frozenset[int]
    repairs: tuple[str, ...]
    reasons: tuple[str, ...]
    lost: tuple[Block, ...]


def splice(old: Outline, new: Outline, matched: Matched, source: Source, removed: frozenset[str]) -> Spliced | None:
    """Put the old constraints back. None when the reply has no place for them."""
    places: dict[int, Section] = {}
    for section in old.sections:
        place = next((s for s in new.sections if s.heading == matched.pairs.get(section.heading)), None)
        open_ended = old.unclosed is not None and section.start < old.unclosed < section.end
        if place is None or (open_ended and place.end < len(new.lines)):
            return None
        places[section.start] = place
    wishes = {b.start: _wish(b, new, removed) for b in old.constraints}
    expected = [Block(b.start, b.end, wishes[b.start]) for b in old.constraints]
    found = _sort(expected, old, new, source)
    sections: dict[int, tuple[int, list[str]]] = {}
    for section in old.sections:
        place = places[section.start]
        sections[place.start] = (place.end, _rebuilt(section, place, old, new, wishes, found))
    for place in new.sections:
        if place.start not in sections:
            sections[place.start] = (place.end, _pruned(place, new, found))
    lines, repairs, reasons = _outside(old, new, source, found)
    text = "\n".join(_joined(lines, sections))
    texts = tuple(block.text for block in expected if block.text)
    return Spliced(text, texts, found.repairs + repairs, found.reasons + reasons)


def in_force(text: str, expected: tuple[str, ...]) -> bool:
    """Every expected block is a constraint of the text, as often and in the same order."""
    blocks = [block.text for block in outline(text).constraints]
    counts, wanted = Counter(blocks), Counter(expected)
    if any(counts[block] != times for block, times in wanted.items()):
        return False
    return [block for block in blocks if block in wanted] == list(expected)


def block_key(text: str) -> str:
    """Equal for constraints in the same words; what is struck through is not the same."""
    if _is_fence(text):
        return text
    return " ".join(tokens(without_end(text)))


def _wish(block: Block, new: Outline, removed: frozenset[str]) -> str:
    """The block without the lines that an edit of this merge removes, where the reply did the same."""
    left = "\n".join(line for line in block.text.split("\n") if key(line) not in removed)
    if left == block.text:
        return block.text
    present = {block_key(other.text) for other in new.constraints}
    if block_key(block.text) in present or (left.strip() and block_key(left) not in present):
        return block.text
    return left if left.strip() else ""


def _sort(expected: list[Block], old: Outline, new: Outline, source: Source) -> _Sorted:
    """Tell the reply's blocks apart: old ones, copies, rewordings, and new ones with or without a note."""
    missing = Counter(block_key(b.text) for b in expected if b.text)
    spelled = Counter(b.text for b in expected)
    known = {key(line) for b in expected for line in b.text.split("\n")}
    unknown: list[Block] = []
    kept: set[int] = set()
    repairs: list[str] = []
    for block in new.constraints:
        name = block_key(block.text)
        if missing[name] > 0:
            missing[name] -= 1
            kept.add(block.start)
            if not spelled[block.text]:
                repairs.append(f"constraint spelled as before: {shown(_bare(block.text))}")
        elif name in missing:
            repairs.append(f"second copy of a constraint taken away: {shown(_bare(block.text))}")
        elif all(map(known.__contains__, _telling(block))):
            repairs.append(f"constraint in another form taken away: {shown(_bare(block.text))}")
        else:
            unknown.append(block)
    lost = [b for b in reversed(expected) if b.text and _count_down(missing, block_key(b.text))][::-1]
    taken: list[Block] = []
    reasons: list[str] = []
    for block in unknown:
        former = None if _noted(block, source) else _former(block, lost, expected, source)
        if former is not None:
            reasons.append(f"a constraint was reworded to {shown(_bare(block.text))}; it stays {shown(_bare(former.text))}")
            if former in lost:
                lost.remove(former)
                repairs.append(put_back(former))
            continue
        taken.append(block)
        if not _noted(block, source):
            reasons.append(f"a new constraint that no note holds in these words: {shown(_bare(block.text))}")
    return _Sorted(tuple(taken), frozenset(kept), tuple(repairs), tuple(reasons), tuple(lost))


def put_back(block: Block) -> str:
    """The line that tells the user of a constraint that the reply left out."""
    return f"constraint put back: {shown(block.text)} (to remove it, edit the memory)"


def _telling(block: Block) -> list[str]:
    """The keys of the lines that say something; of a block without such lines, of all."""
    lines = block.text.split("\n")
    return [key(line) for line in lines if words(line) and not _is_fence(line)] or [key(line) for line in lines]


def _is_fence(line: str) -> bool:
    return line.lstrip().startswith(("```", "~~~"))


def _count_down(counter: Counter[str], name: str) -> bool:
    if counter[name] <= 0:
        return False
    counter[name] -= 1
    return True


def _bare(text: str) -> str:
    return BULLET.sub("", text.strip(), count=1)


def _noted(block: Block, source: Source) -> bool:
    if source.noted(without_end(block.text)):
        return True
    lines = [line for line in block.text.split("\n") if tokens(line)]
    return len(lines) > 1 and all(source.noted(without_end(line)) for line in lines)


def _former(block: Block, lost: list[Block], expected: list[Block], source: Source) -> Block | None:
    """The old constraint that an unknown block rewords, if it does not rather come from a note."""
    told = source.told(block.text, 0.6)
    alike = next((b for b in lost if similar(block_key(b.text), block_key(block.text))), None)
    if alike is None and not told:
        alike = next((b for b in lost if rewords(b.text, block.text)), lost[0] if lost else None)
    if alike is not None:
        return alike
    for former in expected:
        if former.text and similar(block_key(former.text), block_key(block.text)):
            news = words(block.text) - words(former.text)
            if not news or not news <= source.note_words:
                return former
    return None


def _rebuilt(
    section: Section, place: Section, old: Outline, new: Outline, wishes: dict[int, str], found: _Sorted
) -> list[str]:
    """The old section's lines, with the new blocks that belong into it each at the end of its part."""
    taken = [block for block in found.taken if place.start <= block.start < place.end]
    anchors = _anchors(section, place, old, new, taken, found.kept)
    gone = _placeholders_gone(section, place, old, new) if taken else frozenset()
    blocks = {b.start: b for b in old.constraints}
    lines: list[str] = []
    n = section.start
    while n < section.end:
        last = n
        if n in blocks:
            last = blocks[n].end - 1
            lines.extend(wishes[n].split("\n") if wishes[n] else [])
        elif n not in gone:
            lines.append(old.lines[n])
        for block in anchors.get(last, []):
            _append(lines, block, old, new)
        n = last + 1
        if n < section.end and anchors.get(last) and old.lines[n].strip():
            lines.append("")
    return lines


def _anchors(
    section: Section, place: Section, old: Outline, new: Outline, taken: list[Block], kept: frozenset[int]
) -> dict[int, list[Block]]:
    """After which old line each new block goes: the last block of the part that it stands in."""
    heads = [h.line for h in old.headings if section.start <= h.line < section.end]
    anchors: dict[int, list[Block]] = {}
    for block in taken:
        before = [b for b in new.constraints if place.start <= b.start < block.start and b.start in kept]
        name = block_key(before[-1].text) if before else None
        near = next((b.start for b in old.constraints if b.start >= section.start and block_key(b.text) == name), None)
        head = max((h for h in heads if near is not None and h < near), default=section.start)
        end = min((h for h in heads if h > head), default=section.end)
        ends = [b.end - 1 for b in old.constraints if head <= b.start < end]
        ends += [n for n in old.placeholders if head <= n < end]
        heading_end = next(e for h, e in zip(old.headings, old.heading_ends, strict=True) if h.line == head)
        anchors.setdefault(max(ends, default=heading_end - 1), []).append(block)
    return anchors


def _placeholders_gone(section: Section, place: Section, old: Outline, new: Outline) -> frozenset[int]:
    """A placeholder that the reply replaced by a first constraint."""
    if any(place.start <= n < place.end for n in new.placeholders):
        return frozenset()
    return frozenset(n for n in old.placeholders if section.start <= n < section.end)


def _append(lines: list[str], block: Block, old: Outline, new: Outline) -> None:
    item = BULLET.match(block.text.lstrip())
    above = lines[-1].strip() if lines else ""
    heading = above.startswith("#") or not above
    after_item = bool(BULLET.match(above)) or (lines and lines[-1].startswith((" ", "\t")))
    spaced = not new.lines[block.start - 1].strip() if heading else not (item and after_item)
    if spaced and above:
        lines.append("")
    lines.extend(block.text.split("\n"))


def _pruned(place: Section, new: Outline, found: _Sorted) -> list[str]:
    """A constraints section that the reply made: only the new blocks in it, and nothing where there are none."""
    starts = {block.start for block in found.taken}
    blocks = {b.start: b for b in new.constraints if place.start <= b.start < place.end}
    if blocks and not starts & blocks.keys():
        return []
    drop = {n for b in blocks.values() if b.start not in starts for n in range(b.start, b.end)}
    return [new.lines[n] for n in range(place.start, place.end) if n not in drop]


def _outside(
    old: Outline, new: Outline, source: Source, found: _Sorted
) -> tuple[list[str | None], tuple[str, ...], tuple[str, ...]]:
    """The reply's lines, None for copies and rewordings of constraints outside of their sections."""
    allowed = Counter(key(line) for line in _beyond(old, old.sections).values())
    ours = {key(line) for b in old.constraints for line in b.text.split("\n") if len(tokens(line)) > 1}
    lines: list[str | None] = list(new.lines)
    lost = list(found.lost)
    repairs: list[str] = []
    reasons: list[str] = []
    for n, line in _beyond(new, new.sections).items():
        if n in new.code or not line.strip():
            continue
        if key(line) in ours and allowed[key(line)] <= 0:
            lines[n] = None
            repairs.append(f"copy of a constraint taken away from another section: {shown(_bare(line))}")
        elif key(line) not in source.old_keys and lost:
            former = next((b for b in lost if similar(block_key(b.text), block_key(line))), None)
            if former is not None and not source.noted(line):
                lines[n] = None
                reasons.append(f"a constraint was reworded to {shown(_bare(line))}; it stays {shown(_bare(former.text))}")
        allowed[key(line)] -= 1
    return lines, (*map(put_back, lost), *repairs), tuple(reasons)


def _beyond(view: Outline, sections: tuple[Section, ...]) -> dict[int, str]:
    inside = {n for s in sections for n in range(s.start, s.end)}
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

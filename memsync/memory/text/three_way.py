"""What two sides made of one text, in one text: line by line, a wrapped item as one line. Pure.

Two wordings of an item stand there both. The three texts are in one dress (placing.py). May not
know: notes, constraints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from memsync.memory.text.dress import spans_of
from memsync.memory.text.lines import align, hunks
from memsync.memory.text.ops import Op
from memsync.memory.text.pieces import piece_of_line, pieces


def three_way(base: str, edited: str, body: str) -> tuple[str, list[Op]]:
    """What two sides made of a base, in one text, and the added lines whose place is not clear."""
    if body == base or body == edited:
        return edited, []
    old, new, now = pieces(base), pieces(edited), pieces(body)
    place = {number: to for number, to in enumerate(align(old, now)) if to >= 0}
    changes = list(hunks(old, new))
    taken = frozenset(i for hunk in changes for i in range(hunk.old_start, hunk.old_end))
    kept = _of_changed(_paragraphs(base), _paragraphs(body), taken, place)
    gone = {place[i] for i in taken if i in place} - kept
    room = _wanted(old, new, now)
    room.subtract(line for number, line in enumerate(now) if number not in gone)
    added: dict[int, list[str]] = {}
    homeless: list[str] = []
    for hunk in changes:
        lines = _with_room(room, new[hunk.new_start : hunk.new_end])
        at = _gap(place, hunk.old_start, hunk.old_end, len(old))
        if at is None:
            homeless += [line for line in lines if line.strip()]
        elif any(line.strip() for line in lines):
            added.setdefault(at, []).extend(lines)
    lost = set(homeless)
    moved = {now[number]: number for number in sorted(gone) if now[number] in lost}
    gone -= set(moved.values())  # moved to where nobody can tell: it stays where it is
    out: list[str] = []
    for number in range(len(now) + 1):
        out += added.get(number, [])
        if number < len(now) and number not in gone:
            out.append(now[number])
    return "\n".join(out), [Op("+", piece) for piece in homeless if piece not in moved]


def _of_changed(
    before: Iterable[range], now: Iterable[range], taken: frozenset[int], place: Mapping[int, int]
) -> set[int]:
    """The lines of wrapped paragraphs that one side takes away whole and the other one changed: as
    with a line that is not wrapped, what was changed stays.
    """
    spans = {n: span for span in now for n in span}
    kept: set[int] = set()
    for lines in before:
        if len(lines) > 1 and taken.issuperset(lines):
            there = {place[i] for i in lines if i in place}
            whole = {spans[at] for at in there}
            if len(there) < len(lines) or sum(map(len, whole)) > len(there):
                kept |= there
    return kept


def _paragraphs(text: str) -> list[range]:
    """The numbers of the pieces that say one thing together."""
    at = piece_of_line(text)
    return [range(at[span.start], at[span.end - 1] + 1) for span in spans_of(text)]


def _wanted(old: Sequence[str], new: Sequence[str], now: Sequence[str]) -> Counter[str]:
    """How often each line stands there once both sides' changes are made; what both did alike
    counts once.
    """
    before, ours, theirs = Counter(old), Counter(now), Counter(new)
    wanted = Counter[str]()
    for line in {*before, *ours, *theirs}:
        one, other = ours[line] - before[line], theirs[line] - before[line]
        if one > 0 < other:
            both = max(one, other)
        elif one < 0 > other:
            both = min(one, other)
        else:
            both = one + other
        wanted[line] = before[line] + both
    return wanted


def _with_room(room: Counter[str], lines: Iterable[str]) -> list[str]:
    """The lines that there is room for, and the blank ones; the room is taken."""
    kept = []
    for line in lines:
        if line.strip():
            room[line] -= 1
        if not line.strip() or room[line] >= 0:
            kept.append(line)
    return kept


def _gap(place: Mapping[int, int], i1: int, i2: int, total: int) -> int | None:
    """Before which line of the body the new lines of a hunk belong."""
    mapped = next((place[i] for i in range(i1, i2) if i in place), None)
    if mapped is not None:
        return mapped
    if i1 - 1 in place:
        return place[i1 - 1] + 1
    if i2 < total and i2 in place:
        return place[i2]
    return None

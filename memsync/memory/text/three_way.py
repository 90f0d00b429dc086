"""What two sides made of one text, in one text: line by line, a wrapped item as one line. Pure.

Two wordings of an item stand there both. The three texts are in one dress (placing.py). May not
know: notes, constraints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set

from memsync.memory.text.dress import spans_of
from memsync.memory.text.lines import align, hunks
from memsync.memory.text.ops import Op
from memsync.memory.text.pieces import piece_of_line, pieces


def three_way(base: str, edited: str, body: str) -> tuple[str, list[Op]]:
    """What two sides made of a base, in one text, and the added lines whose place is not clear."""
    if body == base or body == edited:
        return edited, []
    old, new, now = pieces(base), pieces(edited), pieces(body)
    place = align(old, now)
    changes = list(hunks(old, new))
    taken = frozenset(i for hunk in changes for i in range(hunk.old_start, hunk.old_end))
    kept = _of_changed(base, body, taken, place)
    gone = {place[i] for i in taken if place[i] >= 0} - kept
    asked = {line for hunk in changes for line in new[hunk.new_start : hunk.new_end]}
    room = _wanted(asked, old, new, now)
    room.subtract(line for n, line in enumerate(now) if line in asked and n not in gone)
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
    done = 0
    for number in sorted({*added, *gone}):
        out += [*now[done:number], *added.get(number, ())]
        done = number + (number in gone)
    out += now[done:]
    return "\n".join(out), [Op("+", piece) for piece in homeless if piece not in moved]


def _of_changed(base: str, body: str, taken: frozenset[int], place: Sequence[int]) -> set[int]:
    """The lines of wrapped paragraphs that one side takes away whole and the other one changed: as
    with a line that is not wrapped, what was changed stays.
    """
    kept: set[int] = set()
    if not any(number + 1 in taken for number in taken):
        return kept
    spans = {n: span for span in _paragraphs(body) for n in span}
    for lines in _paragraphs(base):
        if len(lines) > 1 and taken.issuperset(lines):
            there = {place[i] for i in lines if place[i] >= 0}
            whole = {spans[at] for at in there}
            if len(there) < len(lines) or sum(map(len, whole)) > len(there):
                kept |= there
    return kept


def _paragraphs(text: str) -> list[range]:
    """The numbers of the pieces that say one thing together."""
    at = piece_of_line(text)
    return [range(at[span.start], at[span.end - 1] + 1) for span in spans_of(text)]


def _wanted(lines: Set[str], *texts: Sequence[str]) -> Counter[str]:
    """How often each of these lines stands there once both sides' changes are made; what both did
    alike counts once. texts: the base, that of one side, that of the other.
    """
    before, theirs, ours = (Counter(filter(lines.__contains__, text)) for text in texts)
    wanted = Counter[str]()
    for line in lines:
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


def _gap(place: Sequence[int], i1: int, i2: int, total: int) -> int | None:
    """Before which line of the body the new lines of a hunk belong."""
    mapped = next((place[i] for i in range(i1, i2) if place[i] >= 0), None)
    if mapped is not None:
        return mapped
    if i1 and place[i1 - 1] >= 0:
        return place[i1 - 1] + 1
    return place[i2] if i2 < total and place[i2] >= 0 else None

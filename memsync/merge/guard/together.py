"""Old lines that stay for the sake of others: what they stand over, or what came back beside them.

A word of a note in such a line is no reason that it went. Knows: how lines belong together. Must
not know: notes, voices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from memsync.memory.text.words import words
from memsync.merge.guard.dress import Item
from memsync.merge.guard.former import is_fence
from memsync.merge.guard.provenance import Compared

TOO_SOON: Final = "put back, as the reply ended too soon"
WHOLE: Final = "put back, as its whole section was gone"


def is_border(item: Item) -> bool:
    """The line below the first row of a table, without which it is none."""
    return {"|", "-"} <= set(item.text) <= set("|-: \t")


def is_head(rows: Sequence[Item], at: int) -> bool:
    """The item is the first row of a table."""
    return at + 1 < len(rows) and "|" in rows[at].text and is_border(rows[at + 1])


def loose_rows(found: Compared, here: Mapping[int, int]) -> set[int]:
    """The old rows of tables that the reply has outside of one, alone, though their table is there,
    and those that were its first row and are not, or the other way round. here: where old lines
    stand.
    """
    was_in, now_in = _tables(found.ours), _tables(found.theirs)
    loose: set[int] = set()
    for o, head in was_in.items():
        n = here.get(o)
        if n is None:
            continue
        parted = n in found.moved or (o == head and here.get(o + 2) != n + 1)
        # What came between two rows tears no row from all the others
        beside = any(was_in.get(p) == head and here.get(p) == n + p - o for p in (o - 1, o + 1))
        away = n in found.moved or here.get(head) in now_in
        fell_out = n not in now_in and away and not beside
        if fell_out or (parted and (o == head) != (now_in.get(n) == n)):
            loose.add(o)
    return loose


def _tables(rows: Sequence[Item]) -> dict[int, int]:
    """The rows of tables, each with the first one of its table."""
    found: dict[int, int] = {}
    head = -1
    for n, item in enumerate(rows):
        goes_on = "|" in item.text and not item.gap and item.kind != "code"
        head = n if is_head(rows, n) else head if goes_on else -1
        if head >= 0:
            found[n] = head
    return found


def is_needed(found: Compared, o: int, here: Mapping[int, int]) -> bool:
    """An old line without words that went belongs to the one above it, which is still there: the
    border of a table, the fence that ends code. here: where old lines stand.
    """
    if o - 1 not in here:
        return False
    item, below = found.ours[o], here[o - 1] + 1
    if item.kind != "code":
        return is_border(item)
    now = found.theirs[below].text if below < len(found.theirs) else ""
    ends = is_fence(now) and not now.strip().strip("`~")
    return is_fence(item.text) and not ends


def stands_over(found: Compared, o: int, now: Mapping[int, int]) -> bool:
    """An old line that went stands over one that is still there: the head of a table over its first
    row, an item over one that would come to be nested under another. now: where old lines stand.
    """
    ours, below = found.ours, o + 1
    if is_head(ours, o):
        return o + 2 in now
    nested = below < len(ours) and ours[below].path[-1:] == (ours[o].key,)
    return nested and below in now and bool(found.theirs[now[below]].path)


def went_too(found: Compared, lost: Collection[int]) -> dict[int, str]:
    """More old lines that went with others that come back, and why: with the end of the memory, or
    with a section that is gone with its heading.
    """
    went, lost = frozenset(found.went) - found.partner.keys(), frozenset(lost)
    back = dict.fromkeys(_sections(found, went, lost), WHOLE)
    return back | dict.fromkeys(_end(found, went, lost), TOO_SOON)


def _end(found: Compared, went: Collection[int], lost: Collection[int]) -> frozenset[int]:
    """The last lines of the memory, where they all went and one of them comes back: a reply that
    ended too soon lost those that a note speaks of, too.
    """
    end = len(found.ours)
    while end - 1 in went or end - 1 in lost:
        end -= 1
    tail = frozenset(range(end, len(found.ours)))
    return frozenset() if tail.isdisjoint(lost) else tail - frozenset(lost)


def _sections(found: Compared, went: Collection[int], lost: Collection[int]) -> list[int]:
    """The same of a section whose heading and every line went, though no note names it."""
    more: list[int] = []
    for o in (o for o in lost if found.ours[o].kind == "heading"):
        end = o + 1
        while end in went and found.ours[end].kind != "heading":
            end += 1
        rest = range(o + 1, end)
        ends = end == len(found.ours) or found.ours[end].kind == "heading"
        if ends and any(n in lost and words(found.ours[n].text) for n in rest):
            more += [n for n in rest if n not in lost]
    return more

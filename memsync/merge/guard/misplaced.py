"""News in the wrong place: what a note says of one line, a reply wrote into another, alike one.

Two projects have a port each, two rows of a table a state. Knows: what lines say and stand below.
Must not know: what becomes of such a line (losses.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Final

from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import HALF, stems
from memsync.memory.text.words import stem, total, weight, words
from memsync.merge.guard.dress import Item
from memsync.merge.guard.provenance import ENOUGH, Compared, Voice

_MORE: Final = 1.0  # weight of what a note has of the other line and not of the changed one
_COMPARED: Final = 400  # other lines


def misplaced(
    found: Compared, voices: Mapping[int, Voice], settled: Collection[int]
) -> Iterator[tuple[int, Item]]:
    """The changed lines of the reply, without those that are settled, whose news a note says of
    another old line, and that line.
    """
    alike = _Alike(found)
    for n, olds in found.partners.items():
        if len(olds) == 1 and n not in settled:
            meant = alike.meant(found.ours[olds[0]], voices[n])
            if meant is not None:
                yield n, meant


def made_rules(found: Compared, back: Collection[int], new: Outline, old: Outline) -> list[Item]:
    """The old lines that went and of which a new constraint has half, where a heading comes `back`:
    without it they stood below that of the constraints.
    """
    if not any(found.ours[o].kind == "heading" for o in back):
        return []
    known = {block.text for block in old.constraints}
    fresh = [stems(block.text) for block in new.constraints if block.text not in known]
    rules = frozenset(name for rule in fresh for name in rule)
    went = [found.ours[o] for o in found.went if o not in found.partner]
    told = ((item, stems(item.text)) for item in went)
    return [item for item, mine in told if mine and total(mine & rules) >= ENOUGH * total(mine)]


class _Alike:
    """The lines of the memory that a reply left as they were, to be asked for one like another."""

    def __init__(self, found: Compared) -> None:
        self._found = found
        self._kept = sorted(found.pairs.values())

    def meant(self, item: Item, new: Voice) -> Item | None:
        """The line that the note speaks of which gave a changed line its news: one like it, that
        stayed as it was. All that the note has of the changed line, and of what that stands below,
        it has of this one, too, and more.
        """
        if new.sentence is None or not new.news:
            return None
        told = stems(new.sentence.whole) - {stem(word) for word in new.news}
        said = frozenset(word for word in told if weight(word) >= HALF)
        mine = said & _context(item)
        if total(said - mine) < _MORE:
            return None
        more = {
            other: total((said & around) - mine)
            for other in self._like(item)
            if mine <= (around := _context(other))
        }
        meant = max(more, key=more.__getitem__, default=None)
        return meant if meant is not None and more[meant] >= _MORE else None

    def _like(self, item: Item) -> list[Item]:
        """Rows of the same table, and lines that share half of what is no number."""
        if _is_row(item):
            return self._rows.get(item.titles, [])[:_COMPARED]
        mine = _told(item)
        shared: dict[int, float] = {}
        for word in mine:
            for p in self._by_word.get(word, ())[:_COMPARED]:
                shared[p] = shared.get(p, 0.0) + weight(word)
        enough = ENOUGH * total(mine)
        return [self._found.ours[p] for p, share in shared.items() if share >= enough]

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], list[Item]]:
        """The rows of tables, by the headings they stand below; without the heads of tables, below
        which stands a line without words.
        """
        ours = self._found.ours
        heads = {p - 1 for p in self._kept if _is_row(ours[p]) and not words(ours[p].text)}
        rows: dict[tuple[str, ...], list[Item]] = {}
        for p in self._kept:
            if _is_row(ours[p]) and p not in heads:
                rows.setdefault(ours[p].titles, []).append(ours[p])
        return rows

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for p in self._kept:
            for word in _told(self._found.ours[p]):
                places.setdefault(word, []).append(p)
        return places


def _is_row(item: Item) -> bool:
    return "|" in item.text and item.kind != "code"


def _told(item: Item) -> frozenset[str]:
    return frozenset(word for word in stems(item.text) if not word.isdigit())


def _context(item: Item) -> frozenset[str]:
    """The words of a line, of the items that it is nested under, and of its headings."""
    return stems(item.text).union(*map(stems, (*item.path, *item.titles)))

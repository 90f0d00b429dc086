"""In a line of several sentences, those that no note speaks of come back by themselves.

Knows: the sentences of one line. Must not know: what becomes of whole lines (losses.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from memsync.memory.text.rewordings import rewordings, stems
from memsync.memory.text.words import key, shown, total, words
from memsync.merge.guard.alignment import aligned
from memsync.merge.guard.plan import Plan
from memsync.merge.guard.provenance import ENOUGH, named, voice
from memsync.merge.guard.source import Source

BACK: Final = "put back, as no note speaks of it"
_PIECE: Final = re.compile(  # not behind an ordinal ("31. Juli"), a title or an initial
    r"(?<=[.!?;。！？；؟؛۔।])(?<!\b\w\.)(?<!\b\d\d\.)(?<!\b[A-Z][a-z]\.)\s+|(?<=[。！？；])"
)
_ENDS: Final = ".;!?"
_MOST_PIECES: Final = 400  # sentences of one line that are compared
_SAID: Final = 0.8  # of the words of a sentence, where others took it in


def patch(plan: Plan, o: int, n: int, source: Source) -> None:
    """In a line of several sentences those that no note speaks of come back, too."""
    item, now = plan.found.ours[o], plan.found.theirs[n]
    before, after = _PIECE.split(item.text), _PIECE.split(now.text)
    alone = len(before) > 1 and len(plan.found.partners[n]) == 1 and "\n" not in item.text
    if not alone or len(before) + len(after) > _MOST_PIECES or named(item, source):
        return
    keys, known = set(map(_piece_key, after)), set(map(_piece_key, before))
    missing = [piece for piece in before if words(piece) and _piece_key(piece) not in keys]
    fresh = [piece for piece in after if _piece_key(piece) not in known]
    became = rewordings(missing, fresh)
    stands = {piece: fresh[at] for piece, at in zip(missing, became, strict=True) if at is not None}
    stands |= {o: n for o, n in _by_place(before, after, stands, source) if o in missing}
    for piece in missing:
        instead = stands.get(piece)
        if not _piece_may_go(piece, instead, fresh, source):
            after = _with_piece(before, after, piece, stands)
            plan.change(n, " ".join(after))
            plan.repairs.append(f"{BACK}: {shown(piece)}")


def _by_place(
    before: Sequence[str], after: Sequence[str], stands: Mapping[str, str], source: Source
) -> Iterator[tuple[str, str]]:
    """The old sentences in whose place another one stands that no note says, and that one: between
    two that both texts have there are as many as before.
    """
    names = [_piece_key(stands.get(piece, piece)) for piece in before]
    pairs = sorted(aligned(names, [*map(_piece_key, after)]).items())
    for (n, o), (m, p) in pairwise([(-1, -1), *pairs, (len(after), len(before))]):
        if m - n != p - o:
            continue
        for old, new in zip(before[o + 1 : p], after[n + 1 : m], strict=True):
            if voice(new, [old], source).tells or voice(new, [], source).share >= ENOUGH:
                continue
            yield old, new


def _piece_key(piece: str) -> str:
    return key(piece.rstrip(_ENDS))


def _piece_may_go(piece: str, instead: str | None, fresh: Sequence[str], source: Source) -> bool:
    """A note speaks of the sentence, or of what it became, or the new ones hold it between them."""
    if source.speaks_of(piece):
        return True
    if instead is not None:
        return voice(instead, [piece], source).tells
    wanted = stems(piece)
    here = frozenset(name for text in fresh for name in stems(text))
    return total(wanted & here) >= _SAID * total(wanted)


def _with_piece(
    before: Sequence[str], after: list[str], piece: str, stands: dict[str, str]
) -> list[str]:
    """The sentences of the new line with an old one back, instead of the one that reworded it or
    behind the one it stood behind. `stands`: what the old ones became.
    """
    instead = stands.get(piece, "")
    if instead in after:
        at = after.index(instead)
        end = instead[-1:] if instead[-1:] in _ENDS and piece[-1:] not in _ENDS else ""
        stands[piece] = piece + end
        return [*after[:at], piece + end, *after[at + 1 :]]
    place = before.index(piece)
    above = {_piece_key(stands.get(other, other)) for other in before[:place]}
    at = max((n + 1 for n, other in enumerate(after) if _piece_key(other) in above), default=0)
    joined = [*after[:at], piece, *after[at:]]
    if at and at == len(after) and joined[at - 1][-1:] not in _ENDS:
        joined[at - 1] += before[place - 1][-1:]
    return joined

"""Where a reply broke off: what of the memory's end it has.

Knows: which line became which. Must not know: notes, voices, what becomes of a line (losses.py).
"""

from __future__ import annotations

from collections.abc import Collection

from memsync.memory.text.markdown import Outline
from memsync.memory.text.words import words
from memsync.merge.guard.provenance import Compared


def begun(found: Compared) -> frozenset[int]:
    """The old lines that went, of which the last line of the reply is a beginning: it broke off
    there. Of its mark alone, the last line of the memory.
    """
    return _begun(found, found.went)


def lacks_end(found: Compared, old: Outline) -> bool:
    """Whether a reply has neither the last line of the memory nor a rewording of it, lacks the sign
    at its end, or ends in a heading, and may have broken off there.

    Not that of a constraint, unless it has its beginning: many a reply drops some, and they are put
    back. Nor one of the starter's placeholders: a merge fills them.
    """
    here = {*found.pairs.values(), *found.moved.values(), *found.partner}
    if not found.theirs or not found.outside:
        return False
    end, last = len(found.ours) - 1, max(found.outside)
    if _begun(found, frozenset(range(end + 1)) - here - found.outside):
        return True
    filled = end in found.outside or found.ours[end].start in old.placeholders
    if filled and found.theirs[-1].kind == "heading" and found.ours[end].kind != "heading":
        return True
    if not here.isdisjoint(range(last + 1, end + 1)):
        return False
    if last not in here - begun(found):
        return all(item.key != found.ours[last].key for item in found.theirs)
    now, was = found.theirs[-1].text, found.ours[last].text
    return found.pairs.get(len(found.theirs) - 1) == last and was != now and was.startswith(now)


def _begun(found: Compared, among: Collection[int]) -> frozenset[int]:
    """The same of other old lines."""
    last = len(found.theirs) - 1
    if last < 0 or last in found.pairs or last in found.moved:
        return frozenset()
    cut = found.theirs[last]
    if not words(cut.text):
        return frozenset({len(found.ours) - 1}).intersection(among)
    return frozenset(o for o in among if found.ours[o].key.startswith(cut.key))

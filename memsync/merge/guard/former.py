"""Which old constraint a block of the reply was, of those that the reply left out.

Knows: words. Must not know: notes, what becomes of a block (constraints.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from memsync.memory.text.markdown import Block
from memsync.memory.text.rewordings import stems
from memsync.memory.text.words import REMEMBERED, similar, tokens, total, without_end
from memsync.merge.guard.near import Near

_ALIKE: Final = 4  # old constraints compared by characters, for one that is in the reply only


@lru_cache(maxsize=REMEMBERED)
def block_key(text: str) -> str:
    """Equal for constraints in the same words; what is struck through is not the same."""
    if is_fence(text):
        return text
    return " ".join(tokens(without_end(text)))


def is_fence(line: str) -> bool:
    """It begins or ends code."""
    return line.lstrip().startswith(("```", "~~~"))


class Lost:
    """The old constraints that a reply left out."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._near = Near([stems(block.text) for block in blocks])

    def former_of(self, text: str) -> Block | None:
        """The one that a text rewords."""
        said = stems(text)
        near = [self._blocks[n] for n in self._near.nearest(said)]
        for former in near:
            wanted = stems(former.text)
            if 2 * total(wanted & said) >= total(wanted):
                return former
        alike = (b for b in near[:_ALIKE] if similar(block_key(b.text), block_key(text)))
        return next(alike, None)

    def begun_by(self, text: str) -> Block | None:
        """The one of which a text is the beginning, cut off anywhere."""
        cut = block_key(text)
        begun = (b for b in self._blocks if cut and block_key(b.text).startswith(cut))
        return next(begun, None)

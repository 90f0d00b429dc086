"""What the blocks of the reply's constraints sections are: old ones, copies, rewordings, new ones.

Knows: constraints. Must not know: how the file is put together again (splice.py).
"""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Block, Outline
from memsync.memory.text.words import (
    BULLET,
    Source,
    key,
    rewords,
    shown,
    similar,
    tokens,
    without_end,
    words,
)
from memsync.merge.guard.sense import Sayings

_COMPARED: Final = 100  # old constraints, for one that is in the reply only


class Sorted(NamedTuple):
    """taken: where new blocks begin that will be in the memory. kept: where old ones begin. lost:
    left out.

    repairs are done without a question, reasons are to be asked.
    """

    taken: frozenset[int]
    kept: frozenset[int]
    lost: tuple[Block, ...]
    repairs: tuple[str, ...]
    reasons: tuple[str, ...]


def block_key(text: str) -> str:
    """Equal for constraints in the same words; what is struck through is not the same."""
    if _is_fence(text):
        return text
    return " ".join(tokens(without_end(text)))


def sort_blocks(expected: list[Block], new: Outline, source: Source) -> Sorted:
    """Tell the reply's blocks apart: old ones, copies, rewordings, and new ones with or without a
    note.
    """
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
                repairs.append(f"constraint spelled as before: {shown(bare(block.text))}")
        elif name in missing:
            repairs.append(f"second copy of a constraint taken away: {shown(bare(block.text))}")
        elif all(map(known.__contains__, _telling(block))):
            repairs.append(f"constraint in another form taken away: {shown(bare(block.text))}")
        else:
            unknown.append(block)
    lost = [b for b in reversed(expected) if b.text and _count_down(missing, block_key(b.text))][
        ::-1
    ]
    taken: set[int] = set()
    reasons: list[str] = []
    sayings = Sayings(source.notes)
    for block in unknown:
        noted = _noted(block, source, sayings)
        former = None if noted else _former(block, lost, expected, source)
        if former is not None:
            reasons.append(reworded(block.text, former))
            if former in lost:
                lost.remove(former)
                repairs.append(put_back(former))
            continue
        taken.add(block.start)
        if not noted:
            reasons.append(
                f"a new constraint that no note holds in these words: {shown(bare(block.text))}"
            )
    return Sorted(frozenset(taken), frozenset(kept), tuple(lost), tuple(repairs), tuple(reasons))


def put_back(block: Block) -> str:
    """The line that tells the user of a constraint that the reply left out."""
    return f"constraint put back: {shown(block.text)} (to remove it, edit the memory)"


def _telling(block: Block) -> list[str]:
    """The keys of the lines that say something; of a block without such lines, of all."""
    lines = block.text.split("\n")
    return [key(line) for line in lines if words(line) and not _is_fence(line)] or [
        key(line) for line in lines
    ]


def _is_fence(line: str) -> bool:
    return line.lstrip().startswith(("```", "~~~"))


def reworded(text: str, former: Block) -> str:
    return f"a constraint was reworded to {shown(bare(text))}; it stays {shown(bare(former.text))}"


def _count_down(counter: Counter[str], name: str) -> bool:
    if counter[name] <= 0:
        return False
    counter[name] -= 1
    return True


def bare(text: str) -> str:
    return BULLET.sub("", text.strip(), count=1)


def _noted(block: Block, source: Source, sayings: Sayings) -> bool:
    """A note holds the block in those words, as a whole or each of its lines, and says so."""
    if source.noted(without_end(block.text)):
        return sayings.say(block.text)
    lines = [line for line in block.text.split("\n") if tokens(line)]
    return len(lines) > 1 and all(
        source.noted(without_end(line)) and sayings.say(line) for line in lines
    )


def _former(block: Block, lost: list[Block], expected: list[Block], source: Source) -> Block | None:
    """The old constraint that an unknown block rewords, if it does not rather come from a note."""
    said = words(block.text)
    # Of all notes: what may be new must not get lost
    told = len(said & source.note_words) >= 0.6 * len(said)
    alike = next(
        (b for b in _nearest(lost, said) if similar(block_key(b.text), block_key(block.text))), None
    )
    if alike is None and not told:
        alike = next(
            (b for b in _nearest(lost, said) if rewords(b.text, block.text)),
            lost[0] if lost else None,
        )
    if alike is not None:
        return alike
    for former in _nearest(expected, said):
        if former.text and similar(block_key(former.text), block_key(block.text)):
            news = words(block.text) - words(former.text)
            if not news or not news <= source.note_words:
                return former
    return None


def _nearest(blocks: list[Block], said: frozenset[str]) -> list[Block]:
    """The blocks worth comparing by characters: all where there are few, else those with most of
    these words.
    """
    if len(blocks) <= _COMPARED:
        return blocks
    return nlargest(_COMPARED, blocks, key=lambda block: len(words(block.text) & said))

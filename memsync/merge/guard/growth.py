"""What each old constraint is to be: as it was, without lines removed by hand, with lines that a
note adds to it.

Knows: the lines of one block. Must not know: sections, where a block goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Block, Outline, outline
from memsync.memory.text.words import Source, key, shown, without_end
from memsync.merge.guard.constraints import bare, block_key

_LEAD: Final = re.compile(r"\s*(?:[-*+]\s+)?")
_EXCEPTION: Final = re.compile(r"\W*(?:unless|except|but|only|if|when|however|or)\b", re.IGNORECASE)
_TRIED: Final = 20  # blocks of the reply that begin alike, for one old block


class Wished(NamedTuple):
    """The old blocks with the text that they are to have, "" for one removed by hand; reasons are
    to be asked.
    """

    blocks: list[Block]
    reasons: tuple[str, ...]


def wished(old: Outline, new: Outline, source: Source, removed: frozenset[str]) -> Wished:
    """An old block loses a line only where a hand edit and the reply took it, and gains one in a
    note's words.
    """
    present = frozenset(block_key(block.text) for block in new.constraints)
    known = frozenset(block_key(block.text) for block in old.constraints)
    others: dict[str, list[list[str]]] = {}
    for block in new.constraints:
        if block_key(block.text) not in known:
            lines = block.text.split("\n")
            for name in {key(line) for line in lines}:
                others.setdefault(name, []).append(lines)
    blocks: list[Block] = []
    reasons: list[str] = []
    for block in old.constraints:
        text, doubtful = _wish(block, present, others, source, removed)
        blocks.append(block._replace(text=text))
        reasons += (f"a line added to a constraint: {shown(bare(line))}" for line in doubtful)
    return Wished(blocks, tuple(reasons))


def _wish(
    block: Block,
    present: frozenset[str],
    others: dict[str, list[list[str]]],
    source: Source,
    removed: frozenset[str],
) -> tuple[str, list[str]]:
    """The text of a block, and the lines added to it that may soften it: parts of a note's
    sentence, exceptions.
    """
    if block_key(block.text) in present:
        return block.text, []
    lines = block.text.split("\n")
    left = [line for line in lines if key(line) not in removed]
    shorter = "\n".join(left)
    if shorter != block.text and (not shorter.strip() or block_key(shorter) in present):
        return shorter.strip() and shorter, []
    for base in (lines, left):
        first = next((line for line in base if line.strip()), "")
        for reply in others.get(key(first), [])[:_TRIED]:
            if grown := _grown(base, reply, source):
                added = [line for line in grown.split("\n") if line.strip() and line not in base]
                return grown, [
                    line
                    for line in added
                    if not source.says(_said(line)) or _EXCEPTION.match(_said(line))
                ]
    return block.text, []


def _grown(base: Sequence[str], reply: Sequence[str], source: Source) -> str | None:
    """The old lines, and between them those of the reply that a note holds;

    None where it is no such block.
    """
    out: list[str] = []
    dress: dict[str, str] = {}
    rest = _with_gaps(base)
    wanted = next(rest, None)
    gap: list[str] = []
    for line in reply:
        if not line.strip():
            gap = [line]
            continue
        if wanted and key(line) == key(wanted[-1]):
            out += wanted
            dress[_lead(line)] = _lead(wanted[-1])
            wanted = next(rest, None)
        elif source.noted(without_end(_said(line))):
            lead = _lead(line)
            out += [*gap, dress.get(lead, lead) + line[len(lead) :]]
        else:
            return None
        gap = []
    text = "\n".join(out)
    whole = [block.text for block in outline(f"# Constraints\n\n{text}\n").constraints] == [text]
    return text if wanted is None and whole else None


def _with_gaps(lines: Sequence[str]) -> Iterator[list[str]]:
    """Each line that is not blank, with the blank ones before it."""
    gap: list[str] = []
    for line in lines:
        gap.append(line)
        if line.strip():
            yield gap
            gap = []


def _lead(line: str) -> str:
    """The indentation and the bullet."""
    match = _LEAD.match(line)
    return match[0] if match else ""


def _said(line: str) -> str:
    """The line without the marks of a quote."""
    return line.lstrip().lstrip("> ")

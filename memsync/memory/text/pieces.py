"""A text in the pieces that stand or go together: its lines, a wrapped list item as one. Pure.

A line that a list item goes on in says nothing without its item: below another item it would say
something that nobody wrote. May not know: versions, what becomes of a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from memsync.memory.text.dress import kind_of, wrapped_items
from memsync.memory.text.markdown import constraint_lines, heading_tails, outline
from memsync.memory.text.ops import Op


@lru_cache(maxsize=8)  # an edit asks about the same few texts again and again
def pieces(text: str) -> tuple[str, ...]:
    """The lines of a text, but a list item with the indented lines that it goes on in is one piece.
    Joined by line ends they are the text again.
    """
    return tuple(pieces_of(text.split("\n")))


def pieces_of(lines: Sequence[str], fence: str = "") -> list[str]:
    """The same of some lines. `fence`: what began the code in which they begin."""
    if not any(map(str.isspace, {line[:1] for line in lines})):
        return list(lines)  # nothing goes on
    parts: list[str] = []
    done = 0
    for start, end, _ in wrapped_items(lines, fence):
        end = next((n for n in range(start + 1, end) if not lines[n][:1].isspace()), end)
        parts += [*lines[done:start], "\n".join(lines[start:end])]
        done = end
    parts += lines[done:]
    return parts


@lru_cache(maxsize=8)
def piece_of_line(text: str) -> Sequence[int]:
    """For each line the number of its piece."""
    return by_line(pieces(text), text.count("\n") + 1)


def by_line(parts: Sequence[str], lines: int) -> Sequence[int]:
    """For each line of these pieces the number of its piece. lines: how many they are."""
    if len(parts) == lines:
        return range(lines)
    return tuple(n for n, piece in enumerate(parts) for _ in range(piece.count("\n") + 1))


@lru_cache(maxsize=8)
def constraint_pieces(text: str) -> frozenset[int]:
    """The numbers of the pieces that belong to constraint blocks."""
    at, rules = piece_of_line(text), constraint_lines(text)
    return rules if isinstance(at, range) else frozenset(at[number] for number in rules)


def heading_pieces(text: str) -> Mapping[int, int]:
    """For the number of each heading's pieces that of its last one: an underline, or its own."""
    at, tails = piece_of_line(text), heading_tails(outline(text))
    return tails if isinstance(at, range) else {at[n]: at[tail] for n, tail in tails.items()}


def in_pieces(
    ops: Iterable[Op], old: Sequence[str], new: Sequence[str], now: Iterable[str] = ()
) -> tuple[Op, ...]:
    """The ops with each list item that goes on in further lines in one op: as it is a piece of the
    old text, or of the new one; where that is not known, as far as its lines are indented.
    """
    ops = tuple(ops)
    if not any(op.line[:1].isspace() for op in ops):
        return ops  # no item goes on
    there = {"-": _by_first(old), "+": _by_first(new)}
    alone = {*old, *new, *now}
    out: list[Op] = []
    for (sign, constraint), run in groupby(ops, key=lambda op: (op.sign, op.constraint)):
        lines = [op.line for op in run]
        at = 0
        while at < len(lines):
            size = 1
            goes_on = at + 1 < len(lines) and lines[at + 1][:1].isspace()
            if goes_on and sign != "=" and kind_of(lines[at]) == "item":
                size = _size(lines, at, there[sign].get(lines[at], ()), alone)
            out.append(Op(sign, "\n".join(lines[at : at + size]), constraint))
            at += size
    return tuple(out)


def _by_first(parts: Iterable[str]) -> dict[str, set[str]]:
    """The pieces of more than one line, by their first one."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for piece in parts:
        if "\n" in piece:
            found[piece.partition("\n")[0]].add(piece)
    return found


def _size(lines: Sequence[str], start: int, known: Collection[str], alone: Container[str]) -> int:
    """How many lines an item takes up that begins here."""
    for size in sorted({piece.count("\n") + 1 for piece in known}, reverse=True):
        if "\n".join(lines[start : start + size]) in known:
            return size
    end = start + 1
    while end < len(lines) and lines[end][:1].isspace() and kind_of(lines[end]) == "text":
        end += 1
    return 1 if all(line in alone for line in lines[start:end]) else end - start


def in_lines(ops: Iterable[Op]) -> tuple[Op, ...]:
    """The ops, one for each line."""
    out: list[Op] = []
    for op in ops:
        if "\n" in op.line:
            out += (op._replace(line=line) for line in op.line.split("\n"))
        else:
            out.append(op)
    return tuple(out)

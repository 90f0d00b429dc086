"""The edited text, as far as an edit note tells: which line each of its ops is about. Pure.

A note names lines; a line of a wrapped item stands for the item. May not know: other bodies than
the one that the note is about, the dress of lines.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from memsync.memory.text.dress import kind_of
from memsync.memory.text.in_force import Placed
from memsync.memory.text.lines import NOWHERE, hunks
from memsync.memory.text.markdown import constraint_lines, heading_tails, outline
from memsync.memory.text.ops import Op
from memsync.memory.text.pieces import constraint_pieces, heading_pieces, in_pieces, pieces


def of_parts(base: str, ops: Sequence[Op]) -> Placed | None:
    """The edited text of a note that names only the lines of a wrapped item that changed; None
    where each op is for a line or a whole item.
    """
    lines, parts = frozenset(base.split("\n")), frozenset(pieces(base))
    known = (op for op in in_pieces(ops, pieces(base), ()) if op.sign != "=")
    if not any(
        _goes_on(op.line) if op.sign == "+" else op.line in lines and op.line not in parts
        for op in known
    ):
        return None
    return rebuild(Lined.of(base), ops)


def changed(base: str, edited: str) -> Iterator[Op]:
    """What became of a base, as the ops of its pieces."""
    old, new = Lined.in_pieces(base), Lined.in_pieces(edited)
    for hunk in hunks(old.lines, new.lines):
        above = new.lines[hunk.new_start - 1] if hunk.new_start else ""
        yield Op("=", above.rpartition("\n")[2])
        yield from old.ops("-", hunk.old_start, hunk.old_end)
        yield from new.ops("+", hunk.new_start, hunk.new_end)


def _goes_on(line: str) -> bool:
    """The line is one that an item goes on in, without its item."""
    return line[:1].isspace() and kind_of(line) == "text"


class Lined(NamedTuple):
    """A text in its lines, or in its pieces; which of them are constraints; for each that begins a
    heading the last one of that.
    """

    lines: Sequence[str]
    rules: Container[int]
    tails: Mapping[int, int]

    @classmethod
    def of(cls, text: str) -> Lined:
        """In its lines."""
        return cls(text.split("\n"), constraint_lines(text), heading_tails(outline(text)))

    @classmethod
    def in_pieces(cls, text: str) -> Lined:
        """In its pieces."""
        return cls(pieces(text), constraint_pieces(text), heading_pieces(text))

    def ops(self, sign: Literal["+", "-"], start: int, end: int) -> Iterator[Op]:
        """Those from `start` to `end` that are not blank, as ops."""
        for n in range(start, end):
            if self.lines[n].strip():
                yield Op(sign, self.lines[n], n in self.rules)


def rebuild(base: Lined, ops: Sequence[Op]) -> Placed:
    """The edited text as far as the ops tell: a `+` behind its `-` has that line's place, another
    one stands below the unchanged line.
    """
    lines, rules, tails = base
    named = {op.line for op in ops}
    stand = [(number, piece) for number, piece in enumerate(lines) if piece in named]
    places = _places((number, (piece, number in rules)) for number, piece in stand)
    above_it = _places_of_lines(lines, named)
    instead: dict[int, str | None] = {}
    below: defaultdict[int, list[str]] = defaultdict(list)
    unplaced: list[Op] = []
    free: deque[int] = deque()
    cursor, above, rule = 0, None, False  # rule: whether `free` are places of constraints
    for block in _blocks(ops):
        op = block[0]
        if op.sign == "=":
            free.clear()
            above = _below_heading(tails, _only(above_it, op.line, cursor))
            cursor = cursor if above is None else above + 1
        elif op.sign == "-":
            where = _next(places, (op.line, op.constraint), cursor)
            if where is None:
                unplaced.append(op)
                continue
            if free and (rule != op.constraint or (above is None and where != free[-1] + 1)):
                free.clear()
            free.append(where)
            rule, instead[where], cursor = op.constraint, None, where + 1
        elif free and rule == op.constraint:
            place = free.popleft()
            instead[place] = "\n".join(each.line for each in block)
            above = place if above is not None else None
        elif above is not None and (op.constraint or above not in rules):
            below[above] += [each.line for each in block]
        else:
            unplaced += block
    return Placed(_with(base, instead, below), unplaced)


def _blocks(ops: Sequence[Op]) -> Iterator[list[Op]]:
    """The ops one by one, but added lines together that only stand together: a wrapped or nested
    item, a table, code.
    """
    block: list[Op] = []
    fence, above = "", ""
    kinds = cache(kind_of)  # many a line is there again
    for op in ops:
        goes_on = block and op.sign == "+" == block[0].sign and op.constraint == block[0].constraint
        kind = kinds(op.line) if op.sign == "+" else ""
        if not (goes_on and (fence or _belongs(above, kind, op.line))):
            if block:
                yield block
            block, fence = [], ""
        block.append(op)
        above = kind
        if kind == "code":
            fence = "" if fence else op.line
    if block:
        yield block


def _belongs(above: str, kind: str, line: str) -> bool:
    """Whether an added line of this kind is a part of what the one above it, of that kind,
    begins.
    """
    if line[:1].isspace() or (kind == above == "row"):
        return True
    return kind == "text" and above in ("item", "quote")


def by_anchor(placed: Placed, ops: Sequence[Op]) -> Placed:
    """Put additions that found no place below their unchanged line, where that line stands once."""
    wanted = Counter(op for op in placed.unplaced if op.sign == "+")
    if not wanted or not any(op.sign == "=" for op in ops):
        return placed
    there = Lined.in_pieces(placed.text)
    named = {op.line for op in ops}
    places = _places((number, piece) for number, piece in enumerate(there.lines) if piece in named)
    above_it = _places_of_lines(there.lines, named)
    below: defaultdict[int, list[str]] = defaultdict(list)
    done = Counter[Op]()
    above: int | None = None
    for op in ops:
        if op.sign == "=":
            above = _below_heading(there.tails, _only(above_it, op.line, 0))
        elif op.sign == "-":
            above = _only(places, op.line, 0) if above is None else above
        elif done[op] < wanted[op] and above is not None and op.line not in places:
            if (op.constraint or above not in there.rules) and not _goes_on(op.line):
                below[above].append(op.line)
                done[op] += 1
    unplaced = []
    for op in placed.unplaced:
        if done[op] > 0:
            done[op] -= 1
        else:
            unplaced.append(op)
    return Placed(_with(there, {}, below), unplaced)


def _places(named: Iterable[tuple[int, Hashable]]) -> dict[Hashable, list[int]]:
    """Where each stands of what has these numbers, in order."""
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, line in named:
        places[line].append(number)
    return places


def _places_of_lines(pieces: Sequence[str], named: Container[str]) -> dict[Hashable, list[int]]:
    """Where each line stands that is named: what is added below one of a wrapped item stands below
    the item.
    """
    stand = [(n, piece) for n, piece in enumerate(pieces) if piece in named or "\n" in piece]
    return _places((n, line) for n, piece in stand for line in piece.split("\n"))


def _next(places: Mapping[Hashable, list[int]], line: Hashable, cursor: int) -> int | None:
    """Where the line stands next, from the cursor on."""
    there = places.get(line, [])
    number = bisect_left(there, cursor)
    return there[number] if number < len(there) else None


def _only(places: Mapping[Hashable, list[int]], line: str, cursor: int) -> int | None:
    """Where the line stands, from the cursor on, if nowhere else; NOWHERE is above the first."""
    if not line:
        return NOWHERE
    there = places.get(line, [])
    return there[-1] if there and bisect_left(there, cursor) == len(there) - 1 else None


def _below_heading(tails: Mapping[int, int], number: int | None) -> int | None:
    """The line itself, or the underline of the heading that it belongs to."""
    return None if number is None else tails.get(number, number)


def _with(text: Lined, instead: Mapping[int, str | None], below: Mapping[int, list[str]]) -> str:
    """The lines with others in the place of some, and more below some; None takes a line away."""
    out: list[str] = []
    waiting = list(below.get(NOWHERE, ()))
    lines, headings, done = text.lines, set(text.tails.values()) if below else set(), 0
    for number in [*sorted({*instead, *below} - {NOWHERE}), len(lines)]:
        if waiting:
            over = range(done, min(number + 1, len(lines)))
            first = next((n for n in over if lines[n].strip()), None)
            if first is not None:
                out += lines[done:first]
                _join(out, waiting, lines[first])
                waiting, done = [], first
        out += lines[done:number]
        if number < len(lines):
            now, done = instead.get(number, lines[number]), number + 1
            out += [now] if now is not None else []
        more = below.get(number, ())
        if more and number in headings:
            waiting = [*more]  # behind the blank line that is there
        elif more:
            following = lines[number + 1] if number + 1 < len(lines) else ""
            _join(out, more, following)
    _join(out, waiting, "")
    return "\n".join(out)


def _join(out: list[str], more: Sequence[str], following: str) -> None:
    """Put more lines to those that are there, a blank line around what else would run together."""
    if not more:
        return
    if out and _run_together(out[-1], more[0]):
        out.append("")
    out += more
    if _run_together(more[-1], following) or kind_of(following) == "heading":
        out.append("")


def _run_together(above: str, below: str) -> bool:
    return (
        kind_of(below) == "text"
        and below[:1].strip() != ""
        and kind_of(above) in ("text", "item", "quote", "row")
    )

"""Hand edits: the difference of two bodies as a note's text, and what it says to people. Pure.

Lines are compared without their dress (see lines): what a formatter does to them is no change. May
not know: disk, clock, the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress
from operator import not_
from typing import Final, Literal, NamedTuple

from memsync.memory.text.document import is_starter
from memsync.memory.text.dress import in_dress_of, units_of
from memsync.memory.text.dress import kind_of as kind_of_line
from memsync.memory.text.lines import hunks
from memsync.memory.text.markdown import constraint_lines
from memsync.memory.text.ops import NO_BASE, Applied, Edit, Op, read, write
from memsync.memory.text.pieces import (
    constraint_pieces,
    heading_pieces,
    in_lines,
    in_pieces,
    pieces,
)
from memsync.memory.text.placing import apply, apply_text, in_dress_of_ops, in_new_dress

REMOVED: Final = "constraint removed by hand: {} (memsync undo brings it back)"
DISOWNED: Final = (
    "constraint no longer below a heading for constraints: {} (memsync undo brings it back)"
)

WAITING: Final = "constraint that an edit removes: {} (memsync refresh takes the edit in)"

Kind = Literal["same", "dress", "edit", "another file"]


class _Rows(NamedTuple):
    """The pieces that are not blank, in file order, each with whether it counts (it may be a
    change, as a heading is not) and whether it is of a constraint.
    """

    lines: Sequence[str]
    counts: Sequence[bool]
    constraints: Sequence[bool]

    def ops(self, sign: Literal["+", "-"], start: int, end: int) -> list[Op]:
        """Those of [start, end) that count as changes."""
        rows = zip(*(column[start:end] for column in self), strict=True)
        return [Op(sign, line, rule) for line, counts, rule in rows if counts]


@lru_cache(maxsize=4)  # `doctor` asks what `status` asks, and what a refresh would ask
def difference(
    base_rev: str, old: str, new: str, *, additions_only: bool = False, meant: bool = False
) -> Edit | None:
    """What changed from `old` to `new`, or None when no line that counts did.

    Headings and blank lines are left out; a line that only moved, or only has another dress, is no
    change. Where `new` is another file, additions only and no base, but where a person `meant` it.
    """
    if not meant and is_another_file(old, new, base_known=base_rev != NO_BASE):
        additions_only = True
    # In another file an item that is a paragraph here holds nothing new
    before, after = _rows(old), _rows(in_dress_of(new, old, lists=not additions_only).text)
    ops = _as_they_stand(_without_moves(_changes(before, after)), before, after)
    if additions_only:
        ops = _without_known(ops)
    ops = _with_changes_below(ops)
    if not ops:
        return None
    return Edit(NO_BASE if additions_only else base_rev, in_lines(ops))


def is_another_file(old: str, new: str, *, base_known: bool = False) -> bool:
    """Whether `new` is no edit of `old`, as far as anybody can know: fewer than half of what `old`
    says survives. Where the version that was edited is known, it is an edit, however few survive,
    but not when none does: a file that lost all its text is damaged. The starter's lines are
    nobody's.
    """
    if old.strip() and not new.strip():
        return True
    if base_known or old == new or is_starter(old):
        return False
    before = Counter(unit.key for unit in units_of(old))
    after = Counter(unit.key for unit in units_of(new))
    return sum((before & after).values()) * 2 < sum(before.values())


def out_of_force(before: str, now: str) -> tuple[str, ...]:
    """What to tell of the constraints that a hand edit took away, or whose heading it changed, a
    line each.
    """
    now = in_dress_of(now, before, lists=False).text
    was, lines = before.split("\n"), now.split("\n")
    still = {lines[n] for n in constraint_lines(now)}
    gone = dict.fromkeys(
        was[n] for n in sorted(constraint_lines(before)) if was[n].strip() and was[n] not in still
    )
    here = set(lines)
    return tuple((DISOWNED if line in here else REMOVED).format(line.strip()) for line in gone)


def as_it_stands(said: Iterable[str], body: str) -> tuple[str, ...]:
    """What was told of constraints that went, where a body still has them: their edit waits."""
    told = tuple(said)
    lines = body.split("\n")
    there = [lines[number].strip() for number in constraint_lines(body)]
    waiting = {REMOVED.format(line): WAITING.format(line) for line in there}
    return tuple(waiting.get(line, line) for line in told)


def with_additions(old: str, new: str, edit: Edit) -> str:
    """`old` with the lines that the edit adds, each beside its neighbours in `new`; nothing is
    taken away.
    """
    before, after = pieces(old), pieces(in_dress_of(new, old, lists=False).text)
    left = Counter(op.line for op in in_pieces(edit.ops, (), after) if op.sign == "+")
    out: list[str] = []
    done = 0
    for hunk in hunks(before, after):
        out += before[done : hunk.old_end]
        done = hunk.old_end
        for piece in after[hunk.new_start : hunk.new_end]:
            if left[piece] > 0:
                left[piece] -= 1
                out.append(piece)
    return "\n".join([*out, *before[done:]])


def _rows(body: str) -> _Rows:
    """The pieces of a body that are not blank, in file order."""
    parts = pieces(body)
    headings, rules = heading_pieces(body), constraint_pieces(body)
    numbers = [
        number
        for number, piece in enumerate(parts)
        if piece.strip()
        and not (headings.get(number) == number and kind_of_line(piece) != "heading")
    ]
    return _Rows(
        [parts[number] for number in numbers],
        [number not in headings for number in numbers],
        [number in rules for number in numbers],
    )


def _changes(before: _Rows, after: _Rows) -> list[Op]:
    """Each run of changes behind the unchanged line above it."""
    ops: list[Op] = []
    for hunk in hunks(before.lines, after.lines):
        above = after.lines[hunk.new_start - 1] if hunk.new_start else ""
        ops.append(Op("=", above.rpartition("\n")[2]))
        ops += before.ops("-", hunk.old_start, hunk.old_end)
        ops += after.ops("+", hunk.new_start, hunk.new_end)
    return ops


def _without_moves(ops: list[Op]) -> list[Op]:
    gone = Counter((op.line, op.constraint) for op in ops if op.sign == "-")
    if not gone:
        return ops
    come = Counter((op.line, op.constraint) for op in ops if op.sign == "+")
    left = {"-": gone & come, "+": gone & come, "=": Counter[tuple[str, bool]]()}
    kept = []
    for op in ops:
        this = op.line, op.constraint
        if left[op.sign][this] > 0:
            left[op.sign][this] -= 1
        else:
            kept.append(op)
    return kept


def _as_they_stand(ops: list[Op], before: _Rows, after: _Rows) -> list[Op]:
    """Of a line that stands both among the constraints and outside them, the one that went or came.

    Which of two equal lines an alignment leaves alone says nothing: their numbers do.
    """
    both = _on_both_sides(before, after)
    if not both:
        return ops
    had, has = (
        Counter(op for op in rows.ops("-", 0, len(rows.lines)) if op.line in both)
        for rows in (before, after)
    )
    counted = (had - has) + Counter({op._replace(sign="+"): n for op, n in (has - had).items()})
    named = Counter(op for op in ops if op.sign != "=" and op.line in both)
    wrong, right = named - counted, counted - named
    kept = []
    for op in ops:
        other = op._replace(constraint=not op.constraint) if op.line in both else op
        if wrong[op] > 0 < right[other]:
            wrong[op] -= 1
            right[other] -= 1
            op = other
        kept.append(op)
    return kept


def _on_both_sides(before: _Rows, after: _Rows) -> set[str]:
    """The lines that stand among the constraints, and outside them, too."""
    rules: set[str] = set()
    others: set[str] = set()
    for rows in (before, after):
        rules.update(compress(rows.lines, rows.constraints))
        others.update(compress(rows.lines, map(not_, rows.constraints)))
    return rules & others


def _without_known(ops: Sequence[Op]) -> list[Op]:
    """The additions alone, without a line that was a constraint and stands elsewhere now: with
    nothing removed it would stand twice.
    """
    known = Counter(op.line for op in ops if op.sign == "-")
    kept = []
    for op in ops:
        if op.sign == "+" and not op.constraint and known[op.line] > 0:
            known[op.line] -= 1
        elif op.sign != "-":
            kept.append(op)
    return kept


def _with_changes_below(ops: Sequence[Op]) -> list[Op]:
    """The ops without the unchanged lines that nothing follows."""
    kept: list[Op] = []
    for op in reversed(ops):
        if op.sign != "=" or (kept and kept[-1].sign != "="):
            kept.append(op)
    return kept[::-1]


__all__ = [
    "NO_BASE",
    "Applied",
    "Edit",
    "Kind",
    "Op",
    "apply",
    "apply_text",
    "as_it_stands",
    "difference",
    "in_dress_of_ops",
    "in_new_dress",
    "is_another_file",
    "out_of_force",
    "read",
    "with_additions",
    "write",
]

"""Hand edits: the difference of two bodies as a note's text, and what it says to people. Pure.

Lines are compared without their dress (see lines): what a formatter does to them is no change. May
not know: disk, clock, the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, compress, zip_longest
from operator import not_
from typing import Final, Literal, NamedTuple

from memsync.memory.text.apart import LARGE, apart
from memsync.memory.text.comings import rules_beyond
from memsync.memory.text.document import is_starter
from memsync.memory.text.dress import kind_of as kind_of_line
from memsync.memory.text.dress import units_of
from memsync.memory.text.dressing import in_dress_of
from memsync.memory.text.lines import NOWHERE, hunks
from memsync.memory.text.markdown import constraint_lines, heading_tails, outline
from memsync.memory.text.ops import NO_BASE, Applied, Edit, Op, read, write
from memsync.memory.text.pieces import by_line, in_lines, in_pieces, pieces, pieces_of
from memsync.memory.text.placing import apply, apply_text, in_dress_of_ops, in_new_dress

REMOVED: Final = "constraint removed by hand: {} (memsync undo brings it back)"
DISOWNED: Final = (
    "constraint no longer below a heading for constraints: {} (memsync undo brings it back)"
)

CAME: Final = "constraint added by hand: {} (memsync undo takes it away)"
WAITING: Final = "constraint that an edit removes: {} (memsync refresh takes the edit in)"

Kind = Literal["same", "dress", "edit", "another file"]


class _Rows(NamedTuple):
    """The pieces that are not blank, in file order, each with whether it counts (it may be a
    change, as a heading is not) and whether it is of a constraint. above: the line above them.
    """

    lines: Sequence[str]
    counts: Sequence[bool]
    constraints: Sequence[bool]
    above: str

    def ops(self, sign: Literal["+", "-"], start: int, end: int) -> list[Op]:
        """Those of [start, end) that count as changes."""
        columns = (self.lines, self.counts, self.constraints)
        rows = zip(*(column[start:end] for column in columns), strict=True)
        return [Op(sign, line, rule) for line, counts, rule in rows if counts]


class _Body(NamedTuple):
    """The lines of a body, those of constraints, and for each of a heading the heading's last."""

    lines: Sequence[str]
    rules: frozenset[int]
    tails: Mapping[int, int]

    @classmethod
    def of(cls, body: str) -> _Body:
        """This body."""
        return cls(body.split("\n"), constraint_lines(body), heading_tails(outline(body)))

    def marks(self, start: int, end: int, zero: int) -> set[tuple[int, int]]:
        """What the lines [start, end) are, numbered from `zero` on."""
        rules = {(n - zero, NOWHERE) for n in self.rules if start <= n < end}
        heads = ((n - zero, tail - zero) for n, tail in self.tails.items() if start <= n < end)
        return rules.union(heads)

    def rows(self, start: int, end: int, fence: str) -> _Rows:
        """The pieces of the lines [start, end), which begin in the code of this fence."""
        lines = self.lines[start:end]
        parts = pieces_of(lines, fence)
        at = by_line(parts, len(lines))
        rules = {at[n - start] for n in self.rules if start <= n < end}
        heads = {at[n - start] for n in self.tails if start <= n < end}
        under = {at[n - start] for n in self.tails if start <= n < end and self._is_underline(n)}
        numbers = [n for n, piece in enumerate(parts) if n not in under and piece.strip()]
        above = (n for n in range(start - 1, -1, -1) if self.lines[n].strip())
        first = next((n for n in above if not self._is_underline(n)), None)
        return _Rows(
            [parts[n] for n in numbers],
            [n not in heads for n in numbers],
            [n in rules for n in numbers],
            self.lines[first] if first is not None else "",
        )

    def _is_underline(self, number: int) -> bool:
        """The line is the underline of a heading, which goes and comes with that."""
        line = self.lines[number]
        return not (line.startswith("#") or self.tails.get(number) != number) and (
            kind_of_line(line) != "heading"
        )


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
    before, after = _rows(old, in_dress_of(new, old, lists=not additions_only).text)
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
    gone = {rule.line: rule.elsewhere for rule in rules_beyond(before, now)}
    return tuple(
        (DISOWNED if here else REMOVED).format(line.strip()) for line, here in gone.items()
    )


def of_constraints(before: str, now: str) -> tuple[str, ...]:
    """What to tell of the constraints in a hand edit: of those that went, and of those that it
    wrote. What it made of old lines is told with what there is to look at.
    """
    came = dict.fromkeys(r.line.strip() for r in rules_beyond(now, before) if not r.elsewhere)
    return (*out_of_force(before, now), *map(CAME.format, came))


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


def _rows(old: str, new: str) -> tuple[_Rows, _Rows]:
    """The pieces of two bodies; of very large ones without what is the same at both ends."""
    before, after = _Body.of(old), _Body.of(new)
    size, new_size = len(before.lines), len(after.lines)
    top, end, new_end, fence = 0, size, new_size, ""
    if max(len(old), len(new)) > LARGE:
        top, end, new_end, fence = apart(before.lines, after.lines)
    if before.marks(0, top, 0) != after.marks(0, top, 0) or (
        before.marks(end, size, size) != after.marks(new_end, new_size, new_size)
    ):
        top, end, new_end, fence = 0, size, new_size, ""
    return before.rows(top, end, fence), after.rows(top, new_end, fence)


def _changes(before: _Rows, after: _Rows) -> list[Op]:
    """Each run of changes behind the unchanged line above it."""
    ops: list[Op] = []
    for hunk in hunks(before.lines, after.lines):
        above = after.lines[hunk.new_start - 1] if hunk.new_start else after.above
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
    for rows in (before, after):
        rules.update(compress(rows.lines, rows.constraints))
    others = (compress(rows.lines, map(not_, rows.constraints)) for rows in (before, after))
    return rules.intersection(chain.from_iterable(others))


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
    return [
        op
        for op, below in zip_longest(ops, ops[1:])
        if op.sign != "=" or (below is not None and below.sign != "=")
    ]


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
    "of_constraints",
    "out_of_force",
    "read",
    "with_additions",
    "write",
]

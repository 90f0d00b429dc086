"""Hand edits: the difference of two bodies as a note's text, and applying it to a third body. Pure.

The text of an edit note is design.md section 3: `base:`, then one line each, `+`, `-`, and `+C`,
`-C` for constraints. Applying is three-way, line by line, wherever the place is clear; what is not
clear is given back. May not know: disk, clock, the network.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeVar

from memsync.memory.text.constraints import is_constraint_title
from memsync.memory.text.document import is_placeholder, is_starter, normal
from memsync.memory.text.markdown import constraint_lines, outline

T = TypeVar("T")
NO_BASE = "-"
REMOVED = "constraint removed by hand: {} (memsync undo brings it back)"
DISOWNED = "constraint no longer below a heading for constraints: {} (memsync undo brings it back)"


class Op(NamedTuple):
    """One changed line. `constraint`: it stands in a constraints section."""

    sign: Literal["+", "-"]
    line: str
    constraint: bool = False


class Edit(NamedTuple):
    """A hand edit: the revision it was made on (`-`: unknown) and its lines in file order."""

    base: str
    ops: tuple[Op, ...]


class Applied(NamedTuple):
    """A body with edits in it. `unplaced`: the ops whose place is not clear."""

    body: str
    unplaced: tuple[Op, ...] = ()


def write(edit: Edit) -> str:
    """The text of an edit note."""
    rows = (f"{op.sign}{'C' if op.constraint else ''} {op.line}" for op in edit.ops)
    return "\n".join([f"base: {edit.base}", *rows]) + "\n"


def read(text: str) -> Edit:
    """The edit that a note's text says; lines of no known form are passed over."""
    head, _, rest = text.partition("\n")
    ops = []
    for row in rest.split("\n"):
        mark, _, line = row.partition(" ")
        if mark in ("+", "+C", "-", "-C") and line:
            ops.append(Op("+" if mark[0] == "+" else "-", line, mark.endswith("C")))
    return Edit(head.removeprefix("base:").strip() or NO_BASE, tuple(ops))


def difference(
    base_rev: str, old: str, new: str, *, additions_only: bool = False, meant: bool = False
) -> Edit | None:
    """What changed from `old` to `new`, or None when no line that counts did.

    Headings and blank lines are left out, and a line that only moved is no change. Where fewer than
    half of the old lines survive, `new` is another file, so additions only and no base, but where a
    person `meant` it (restore).
    """
    if not additions_only and not meant and is_another_file(old, new):
        additions_only = True
    before, after = _counted(old), _counted(new)
    matcher = difflib.SequenceMatcher(
        None, [o for o, _ in before], [o for o, _ in after], autojunk=False
    )
    ops: list[Op] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        ops += [Op("-", line, con) for line, con in before[i1:i2]]
        ops += [Op("+", line, con) for line, con in after[j1:j2]]
    ops = _without_moves(ops)
    if additions_only:
        ops = [op for op in ops if op.sign == "+"]
    if not ops:
        return None
    return Edit(NO_BASE if additions_only else base_rev, tuple(ops))


def out_of_force(before: str, now: str) -> tuple[str, ...]:
    """What to tell of the constraints that a hand edit took away, or whose heading it changed, a
    line each.
    """
    was, lines = before.split("\n"), now.split("\n")
    still = {lines[n] for n in constraint_lines(now)}
    gone = dict.fromkeys(
        was[n] for n in sorted(constraint_lines(before)) if was[n].strip() and was[n] not in still
    )
    here = set(lines)
    return tuple((DISOWNED if line in here else REMOVED).format(line.strip()) for line in gone)


def is_another_file(old: str, new: str) -> bool:
    """Whether fewer than half of the lines of `old` survive in `new` (the starter is nobody's
    lines).
    """
    before = Counter(line for line in old.split("\n") if line.strip())
    total = sum(before.values())
    if not total or is_starter(old):
        return False
    after = Counter(line for line in new.split("\n") if line.strip())
    return sum((before & after).values()) * 2 < total


def is_kept(base: str, edited: str, now: str) -> bool:
    """Whether what was edited from `base` to `edited` is still so in `now`."""
    ops = (difference(NO_BASE, base, edited) or Edit(NO_BASE, ())).ops
    before, after = Counter(edited.split("\n")), Counter(now.split("\n"))
    kept = (
        after[op.line] >= before[op.line] if op.sign == "+" else after[op.line] <= before[op.line]
        for op in ops
    )
    return all(kept)


def with_additions(old: str, new: str, edit: Edit) -> str:
    """`old` with the lines that the edit adds, each beside its neighbours in `new`; nothing is
    taken away.
    """
    left = Counter(op.line for op in edit.ops if op.sign == "+")
    before, after = old.split("\n"), new.split("\n")
    out: list[str] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        out += before[i1:i2]
        out += [line for line in after[j1:j2] if tag != "equal" and _take(left, line)]
    return "\n".join(out)


def _counted(body: str) -> list[tuple[str, bool]]:
    """The lines of a body that count, in file order, each with whether it is a constraint's."""
    shape = outline(body)
    headings = {heading.line for heading in shape.headings}
    constraints = constraint_lines(body)
    rows = []
    for number, line in enumerate(shape.lines):
        underline = number - 1 in headings and line.strip() and not line.strip().strip("=-")
        if line.strip() and number not in headings and not underline:
            rows.append((line, number in constraints))
    return rows


def _without_moves(ops: Sequence[Op]) -> list[Op]:
    gone = Counter((op.line, op.constraint) for op in ops if op.sign == "-")
    come = Counter((op.line, op.constraint) for op in ops if op.sign == "+")
    left = {"-": gone & come, "+": gone & come}
    return [op for op in ops if not _take(left[op.sign], (op.line, op.constraint))]


def apply(body: str, edit: Edit, base: str | None) -> Applied:
    """Put an edit note into a body.

    `base` is the body of the version it was made on, when known.
    """
    if base is None:
        placed, unplaced = body, list(edit.ops)
    else:
        edited, unplaced = _rebuild(base, edit.ops)
        placed, late = _three_way(base, edited, body)
        unplaced += [*late, *_elsewhere(base, edit, placed)]
    return _finish(body, placed, edit, unplaced)


def apply_text(body: str, base: str, edited: str, edit: Edit) -> Applied:
    """Put an edit into a body when the edited text itself is at hand, so that every place is
    known.
    """
    placed, unplaced = _three_way(base, edited, body)
    return _finish(body, placed, edit, [*unplaced, *_elsewhere(base, edit, placed)])


def _elsewhere(base: str, edit: Edit, placed: str) -> list[Op]:
    """Removed lines of which none was left, and that yet stand there: a merge had put them into
    another place.
    """
    had, gone = Counter(base.split("\n")), Counter(op.line for op in edit.ops if op.sign == "-")
    come, here = {op.line for op in edit.ops if op.sign == "+"}, set(placed.split("\n"))
    removed = [op for op in edit.ops if op.sign == "-" and op.line in here and op.line not in come]
    return [op for op in removed if had[op.line] == gone[op.line]]


def _rebuild(base: str, ops: Sequence[Op]) -> tuple[str, list[Op]]:
    """The edited text as far as the ops tell: a `+` right behind its `-` has that line's place."""
    lines: list[str | None] = list(base.split("\n"))
    unplaced: list[Op] = []
    cursor = 0
    free: list[int] = []
    constraint = False  # whether `free` are places of constraints
    for op in ops:
        if op.sign == "-":
            where = next((i for i in range(cursor, len(lines)) if lines[i] == op.line), None)
            if where is None:
                unplaced.append(op)
                continue
            if free and (where != free[-1] + 1 or constraint != op.constraint):
                free = []
            free.append(where)
            constraint = op.constraint
            lines[where], cursor = None, where + 1
        elif free and constraint == op.constraint:
            lines[free.pop(0)] = op.line
        else:
            unplaced.append(op)
    return "\n".join(line for line in lines if line is not None), unplaced


def _three_way(base: str, edited: str, body: str) -> tuple[str, list[Op]]:
    old, new, now = base.split("\n"), edited.split("\n"), body.split("\n")
    place = _places(old, now)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    hunks = [hunk for hunk in matcher.get_opcodes() if hunk[0] != "equal"]
    gone = {place[i] for _, i1, i2, _, _ in hunks for i in range(i1, i2) if i in place}
    room = _wanted(old, new, now)
    room.subtract(line for number, line in enumerate(now) if number not in gone)
    added: dict[int, list[str]] = {}
    homeless: list[str] = []
    for _, i1, i2, j1, j2 in hunks:
        lines = [line for line in new[j1:j2] if not line.strip() or _take(room, line)]
        at = _gap(place, i1, i2, len(old))
        if at is None:
            homeless += [line for line in lines if line.strip()]
        elif any(line.strip() for line in lines):
            added.setdefault(at, []).extend(lines)
    moved = {now[number]: number for number in sorted(gone) if now[number] in homeless}
    gone -= set(moved.values())  # moved to where nobody can tell: it stays where it is
    out: list[str] = []
    for number in range(len(now) + 1):
        out += added.get(number, [])
        if number < len(now) and number not in gone:
            out.append(now[number])
    return "\n".join(out), [Op("+", line) for line in homeless if line not in moved]


def _wanted(old: Sequence[str], new: Sequence[str], now: Sequence[str]) -> Counter[str]:
    """How often each line stands there once both sides' changes are made; what both did alike
    counts once.
    """
    before, ours, theirs = Counter(old), Counter(now), Counter(new)
    wanted = Counter[str]()
    for line in {*before, *ours, *theirs}:
        one, other = ours[line] - before[line], theirs[line] - before[line]
        both = (
            max(one, other)
            if one > 0 < other
            else min(one, other)
            if one < 0 > other
            else one + other
        )
        wanted[line] = before[line] + both
    return wanted


def _take(room: Counter[T], one: T) -> bool:
    """Whether there is room for one more of these; then it is taken."""
    room[one] -= 1
    return room[one] >= 0


def _places(old: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    blocks = difflib.SequenceMatcher(None, old, now, autojunk=False).get_matching_blocks()
    return {a + k: b + k for a, b, size in blocks for k in range(size)}


def _gap(place: dict[int, int], i1: int, i2: int, total: int) -> int | None:
    """Before which line of the body the new lines of a hunk belong."""
    mapped = [place[i] for i in range(i1, i2) if i in place]
    if mapped:
        return mapped[0]
    if i1 - 1 in place:
        return place[i1 - 1] + 1
    if i2 < total and i2 in place:
        return place[i2]
    return None


def _finish(before: str, placed: str, edit: Edit, unplaced: Iterable[Op]) -> Applied:
    """Constraints by code, always; lines that are there (or gone) already need no place."""
    body = normal(placed)
    wanted = [op.line for op in edit.ops if op.sign == "+" and op.constraint]
    removed = [op.line for op in edit.ops if op.sign == "-" and op.constraint]
    for line in removed:
        if line not in wanted:
            body = _drop(body, line, constraint=True)
    body = _add_constraints(before, body, _others(before, [*removed, *wanted]) + wanted)
    moved = [op for op in edit.ops if op.sign == "+" and not op.constraint and op.line in removed]
    # Out of a section that was changed here, too
    left = [op for op in moved if op.line not in body.split("\n")]
    signs = Counter((op.sign, op.line) for op in edit.ops if op.constraint)
    present = Counter(body.split("\n"))
    for op in unplaced:
        if op.constraint or signs[(op.sign, op.line)]:
            continue
        if op.sign == "+" and not present[op.line]:
            left.append(op)
        elif op.sign == "-" and present[op.line] == 1:
            body = _drop(body, op.line, constraint=False)
    return Applied(body, tuple(left))


def _drop(body: str, line: str, *, constraint: bool) -> str:
    """A body without the one line; a line that is not there is no failure."""
    lines, constraints = body.split("\n"), constraint_lines(body)
    for number, text in enumerate(lines):
        if text == line and (number in constraints) == constraint:
            return "\n".join(lines[:number] + lines[number + 1 :])
    return body


def _others(before: str, touched: Sequence[str]) -> list[str]:
    """The constraints' lines that an edit does not touch: they stay in force, whatever it does
    around them.
    """
    lines = before.split("\n")
    return [
        line
        for n in sorted(constraint_lines(before))
        if (line := lines[n]).strip() and line not in touched
    ]


def _add_constraints(before: str, body: str, wanted: Sequence[str]) -> str:
    """A body in which each wanted line is a constraint; one that was placed outside the section
    moves into it.
    """
    lines = body.split("\n")
    there = Counter(lines[number] for number in constraint_lines(body))
    missing = [line for line in wanted if not _take(there, line)]
    if not missing:
        return body
    strays = _outside(body) - _outside(before)
    for line in missing:
        if _take(strays, line):
            body = _drop(body, line, constraint=False)
    lines, at = body.split("\n"), _constraints_end(body)
    if at is None:
        return f"{body.rstrip()}\n\n## Hard constraints\n\n" + "\n".join(missing) + "\n"
    return "\n".join([*lines[:at], *missing, *lines[at:]])


def _outside(body: str) -> Counter[str]:
    inside = constraint_lines(body)
    return Counter(line for number, line in enumerate(body.split("\n")) if number not in inside)


def _constraints_end(body: str) -> int | None:
    """The line behind the last constraint, else behind the section's heading;

    None without a section.
    """
    inside = constraint_lines(body)
    if inside:
        return max(inside) + 1
    shape = outline(body)
    for heading in shape.headings:
        if is_constraint_title(heading.title):
            return _last_filled(shape.lines, heading.line) + 1
    return None


def _last_filled(lines: Sequence[str], heading: int) -> int:
    """The last line that is not blank right behind a heading, over one gap (the starter's
    placeholder).
    """
    number = heading + 1
    while number < len(lines) and not lines[number].strip():
        number += 1
    if number < len(lines) and is_placeholder(lines[number]):
        return number
    return heading

"""Constraints outlive an edit that does not name them, whatever it does around them. Pure.

The last step of putting an edit into a body. May not know: how the places of lines are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from memsync.memory.text.constraints import is_constraint_title
from memsync.memory.text.document import is_placeholder, normal
from memsync.memory.text.markdown import constraint_lines, heading_tails, outline
from memsync.memory.text.ops import NO_BASE, Applied, Edit, Op
from memsync.memory.text.pieces import constraint_pieces, in_lines, pieces


class Placed(NamedTuple):
    """A body with some of an edit's ops in it, and the others."""

    text: str
    unplaced: list[Op]


def finish(before: str, placed: Placed, edit: Edit, base: str | None) -> Applied:
    """Constraints by code, always; lines that are there (or gone) already need no place."""
    body = normal(placed.text)
    wanted = [op.line for op in edit.ops if op.sign == "+" and op.constraint]
    removed = [op.line for op in edit.ops if op.sign == "-" and op.constraint]
    taken, kept = set(removed), set(wanted)
    gone = Counter(line for line in removed if line not in kept)
    rest = _rest(before, base, gone)
    if gone:
        beyond = gone & (_rules(body) - rest)
        body = _drop(body, beyond, constraint=True)
        come = Counter(op.line for op in edit.ops if op.sign == "+")
        strays = gone & (_movable(body) - _outside(before) - come)
        body = _drop(body, strays, constraint=False)  # their heading went, too
    body = _drop(body, _twice(body, before, base, wanted), constraint=True)
    others = [*_others(before, {*taken, *kept}), *rest.elements()]
    away = Counter(op.line for op in edit.ops if op.sign == "-" and not op.constraint)
    if edit.base == NO_BASE:
        body = _without_others(before, body, edit, wanted)
    body = _add_constraints(
        lambda: (_outside(base or "") - away) & _outside(before), body, others + wanted
    )
    asked = {op.line for op in (*edit.ops, *placed.unplaced)}
    here = Counter(filter(asked.__contains__, pieces(body)))
    absent = {op.line for op in edit.ops if op.sign == "+" and not here[op.line]}
    if absent:
        absent -= _come(Counter(pieces(body)) - Counter(pieces(before)), edit)
    # Not only what had no place: out of a section, or a heading's own line, that went here, too
    left = [op for op in edit.ops if op.sign == "+" and not op.constraint and op.line in absent]
    absent -= {op.line for op in left}
    signs = {(op.sign, op.line) for op in edit.ops if op.constraint}
    dropped = Counter[str]()
    for op in placed.unplaced:
        if op.constraint or (op.sign, op.line) in signs:
            continue
        if op.sign == "+" and op.line in absent:
            left.append(op)
        elif op.sign == "-" and here[op.line] == 1 and op.line not in kept:
            dropped[op.line] = 1
    return Applied(_drop(body, dropped, constraint=False), in_lines(left))


def _without_others(before: str, body: str, edit: Edit, wanted: Sequence[str]) -> str:
    """A body in which what a text without a base has as a constraint stands nowhere else, unless
    that text adds it there, too: another machine, which has only the note, makes it so.
    """
    plain = Counter(op.line for op in edit.ops if op.sign == "+" and not op.constraint)
    there, made = _movable(body), Counter(wanted)
    fresh = there - _outside(before)  # put there, as their heading is not here
    twice = Counter({line: made[line] + fresh[line] for line in made})
    return _drop(body, (twice & there) - plain, constraint=False)


def _come(fresh: Counter[str], edit: Edit) -> set[str]:
    """The additions whose rows all came in fresh pieces, each as often as the edit adds it: what
    was code may be an item now that goes on in the next row.
    """
    added = [op.line for op in edit.ops if op.sign == "+"]
    missing = _rows(added) - _rows(fresh.elements())
    return {line for line in added if not any(missing[row] for row in line.split("\n"))}


def _rows(texts: Iterable[str]) -> Counter[str]:
    return Counter(row for text in texts for row in text.split("\n"))


def _rest(before: str, base: str | None, gone: Counter[str]) -> Counter[str]:
    """How often each constraint that an edit takes away stays, as it stood there more than once;
    what was taken away here, too, counts once.
    """
    if not gone:
        return gone
    here, there = _rules(before), _rules(base or "")
    rest = {line: min(here[line], max(here[line], there[line]) - gone[line]) for line in gone}
    return +Counter(rest)


def _twice(body: str, before: str, base: str | None, wanted: Sequence[str]) -> Counter[str]:
    """How often too often a line stands there that both sides made a constraint."""
    if not wanted:
        return Counter()
    here, there, made = _rules(before), _rules(base or ""), Counter(wanted)
    both = [line for line in made if here[line] and not there[line]]
    if not both:
        return Counter()
    now = _rules(body)
    return +Counter({line: now[line] - max(here[line], made[line]) for line in both})


def _rules(body: str) -> Counter[str]:
    """How often each piece is one of a constraint."""
    parts = pieces(body)
    return Counter(parts[number] for number in constraint_pieces(body))


def _pieces(body: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a body, each with whether it is of a constraint."""
    inside = constraint_pieces(body)
    return ((piece, number in inside) for number, piece in enumerate(pieces(body)))


def _drop(body: str, lines: Counter[str], *, constraint: bool) -> str:
    """A body without these lines, each as often as it is counted, the first ones first; a line that
    is not there is no failure.
    """
    if not lines.total():
        return body
    left = Counter(lines)
    kept = []
    for piece, rule in _pieces(body):
        if left[piece] > 0 and rule == constraint:
            left[piece] -= 1
        else:
            kept.append(piece)
    return "\n".join(kept)


def _others(before: str, touched: set[str]) -> list[str]:
    """The constraints' lines that an edit does not touch: they stay in force, whatever it does
    around them.
    """
    parts = pieces(before)
    rules = (parts[number] for number in sorted(constraint_pieces(before)))
    return [piece for piece in rules if piece.strip() and piece not in touched]


def _add_constraints(outside: Callable[[], Counter[str]], body: str, wanted: Sequence[str]) -> str:
    """A body in which each wanted line is a constraint. One that stands outside the section more
    often than `outside`, what the base had there and both sides left, moves into it.
    """
    if not wanted:
        return body
    missing = _beyond(_rules(body), wanted)
    if not missing:
        return body
    moved = Counter(missing) & (_movable(body) - outside())
    body = _drop(body, moved, constraint=False)
    lines, at = body.split("\n"), _constraints_end(body)
    if at is None:
        return f"{body.rstrip()}\n\n## Hard constraints\n\n" + "\n".join(missing) + "\n"
    return "\n".join([*lines[:at], *missing, *lines[at:]])


def _beyond(there: Counter[str], wanted: Sequence[str]) -> list[str]:
    """The wanted lines that are not there, or not as often."""
    left, missing = Counter(there), []
    for line in wanted:
        left[line] -= 1
        if left[line] < 0:
            missing.append(line)
    return missing


def _outside(body: str) -> Counter[str]:
    return Counter(pieces(body)) - _rules(body)


def _movable(body: str) -> Counter[str]:
    """The same without headings: none was a constraint, though a line of code may look like one."""
    lines = body.split("\n")
    return _outside(body) - Counter(lines[number] for number in heading_tails(outline(body)))


def _constraints_end(body: str) -> int | None:
    """The line behind the last constraint, else behind the section's heading.

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

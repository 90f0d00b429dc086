"""Where the lines of a hand edit belong in another body: three-way, piece by piece. Pure.

Whatever is compared here is first put into one dress (see lines), and gets its own back at the end.
May not know: disk, clock, the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from memsync.memory.text.document import normal
from memsync.memory.text.dress import units_of
from memsync.memory.text.dressing import in_dress_of, redressed
from memsync.memory.text.in_force import Placed, finish
from memsync.memory.text.ops import NO_BASE, Applied, Edit, Op
from memsync.memory.text.pieces import in_pieces, pieces
from memsync.memory.text.rebuilding import Lined, by_anchor, changed, of_parts, rebuild
from memsync.memory.text.three_way import three_way


def apply(body: str, edit: Edit, base: str | None) -> Applied:
    """Put an edit note into a body.

    `base` is the body of the version it was made on, when known.
    """
    now = in_dress_of(body, _model(base or "", edit))
    there = now.text if base is None else base
    # Nobody knows of which item a line was removed where there is no base
    named = [op for op in edit.ops if base is not None or op.sign != "-"]
    made = of_parts(there, named)
    if made is not None:
        gone = (op for op in edit.ops if op.sign == "-" and base is None)
        rest = in_pieces(gone, (), (), pieces(now.text))
        made = made._replace(unplaced=[*made.unplaced, *rest])
        edit = edit._replace(ops=(*changed(there, made.text), *made.unplaced))
    edit = edit._replace(ops=in_pieces(edit.ops, pieces(base or ""), (), pieces(now.text)))
    if base is not None:
        rebuilt = rebuild(Lined.in_pieces(base), edit.ops)
        text, late = three_way(base, rebuilt.text, now.text)
        placed = Placed(
            text, [*rebuilt.unplaced, *late, *_elsewhere(base, rebuilt.text, edit, text)]
        )
    else:
        placed = made or Placed(now.text, [op for op in edit.ops if op.sign != "="])
    placed = by_anchor(placed, edit.ops)
    done = finish(now.text, placed, edit, base)
    return done._replace(body=redressed(done.body, now.swaps))


def apply_text(body: str, base: str, edited: str, edit: Edit) -> Applied:
    """Put an edit into a body when the edited text itself is at hand, so that every place is
    known, and what it did to the dress of lines, too.
    """
    made = in_dress_of(edited, base)
    now = in_dress_of(body, f"{base}\n\n{made.text}")
    edit = edit._replace(ops=in_pieces(edit.ops, pieces(base), pieces(made.text)))
    text, late = three_way(base, made.text, now.text)
    placed = Placed(text, [*late, *_elsewhere(base, made.text, edit, text)])
    done = finish(now.text, by_anchor(placed, edit.ops), edit, base)
    if done.body == normal(made.text) and not now.swaps:
        return done._replace(body=normal(edited))
    return done._replace(body=redressed(redressed(done.body, now.swaps), made.swaps))


def in_new_dress(body: str, base: str, edited: str) -> str:
    """A body with what somebody did to the dress of a base's lines; it says what it said before."""
    return apply_text(body, base, edited, Edit(NO_BASE, ())).body


def in_dress_of_ops(ops: Sequence[Op], known: Iterable[Op]) -> tuple[Op, ...]:
    """The ops, with what they add written as the known ones write it, where only the dress
    differs.
    """
    model = "\n".join(op.line for op in known if op.sign == "+")
    out: list[Op] = []
    for (sign, constraint), run in groupby(ops, key=lambda op: (op.sign, op.constraint)):
        lines = [op.line for op in run]
        if sign == "+" and model:
            lines = in_dress_of("\n".join(lines), model).text.split("\n")
        out += [Op(sign, line, constraint) for line in lines]
    return tuple(out)


def _model(base: str, edit: Edit) -> str:
    """What gives the lines of a body their dress for the comparison: the base, and what is new."""
    if not any(op.sign == "+" or not base for op in edit.ops):
        return base
    runs = [base]
    for op in edit.ops:
        if op.sign == "=":
            # A blank line: it is no part of what was added above it. A line that an item goes on in
            # has no dress of its own
            runs += [""] if base or op.line[:1].isspace() else ["", op.line]
        if op.sign == "+" or (op.sign == "-" and not base):
            runs.append(op.line)
    return "\n".join(runs)


def _elsewhere(base: str, edited: str, edit: Edit, placed: str) -> list[Op]:
    """Removed lines of which none was left, and that yet stand there: a merge had put them into
    another place. Not what is part of a wrapped paragraph that was changed meanwhile.
    """
    if not edit.lines("-"):
        return []
    had, gone = Counter(pieces(base)), Counter(edit.lines("-"))
    still, here = set(pieces(edited)), set(pieces(placed))
    removed = [op for op in edit.ops if op.sign == "-" and op.line in here and op.line not in still]
    stays = _parts_of_new(base, placed) if removed else frozenset()
    return [op for op in removed if had[op.line] == gone[op.line] and op.line not in stays]


def _parts_of_new(base: str, text: str) -> frozenset[str]:
    """The lines of wrapped paragraphs and list items that a base does not have."""
    known, lines = {unit.key for unit in units_of(base)}, text.split("\n")
    spans = [(u.start, u.end) for u in units_of(text) if u.end > u.start + 1 and u.key not in known]
    return frozenset(line for start, end in spans for line in lines[start:end])

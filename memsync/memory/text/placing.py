"""Where the lines of a hand edit belong in another body: three-way, piece by piece. Pure.

Whatever is compared here is first put into one dress (see lines), and gets its own back at the end.
May not know: disk, clock, the network.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from memsync.memory.text.document import normal
from memsync.memory.text.dress import in_dress_of, kind_of, redressed, units_of
from memsync.memory.text.in_force import Placed, finish
from memsync.memory.text.lines import NOWHERE
from memsync.memory.text.ops import NO_BASE, Applied, Edit, Op
from memsync.memory.text.pieces import constraint_pieces, heading_pieces, in_pieces, pieces
from memsync.memory.text.three_way import three_way


def apply(body: str, edit: Edit, base: str | None) -> Applied:
    """Put an edit note into a body.

    `base` is the body of the version it was made on, when known.
    """
    now = in_dress_of(body, _model(base or "", edit))
    ops = in_pieces(edit.ops, pieces(base or ""), (), pieces(now.text))
    edit = edit._replace(ops=ops)
    if base is None:
        placed = Placed(now.text, [op for op in edit.ops if op.sign != "="])
    else:
        rebuilt = _rebuild(base, edit.ops)
        text, late = three_way(base, rebuilt.text, now.text)
        placed = Placed(
            text, [*rebuilt.unplaced, *late, *_elsewhere(base, rebuilt.text, edit, text)]
        )
    placed = _by_anchor(placed, edit.ops)
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
    done = finish(now.text, _by_anchor(placed, edit.ops), edit, base)
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


# -- the edited text, as far as a note tells ------------------------------------------------------


def _rebuild(base: str, ops: Sequence[Op]) -> Placed:
    """The edited text as far as the ops tell: a `+` behind its `-` has that line's place, another
    one stands below the unchanged line.
    """
    lines = pieces(base)
    rules, tails = constraint_pieces(base), heading_pieces(base)
    places = _places([(piece, number in rules) for number, piece in enumerate(lines)])
    ends = _places([piece.rpartition("\n")[2] for piece in lines])
    instead: dict[int, str | None] = {}
    below: defaultdict[int, list[str]] = defaultdict(list)
    unplaced: list[Op] = []
    free: deque[int] = deque()
    cursor, above, rule = 0, None, False  # rule: whether `free` are places of constraints
    for block in _blocks(ops):
        op = block[0]
        if op.sign == "=":
            free.clear()
            above = _below_heading(tails, _only(ends, op.line, cursor))
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
    return Placed(_with(lines, instead, below), unplaced)


def _blocks(ops: Sequence[Op]) -> Iterator[list[Op]]:
    """The ops one by one, but added lines together that only stand together: a wrapped or nested
    item, a table, code.
    """
    block: list[Op] = []
    fence = ""
    for op in ops:
        goes_on = block and op.sign == "+" == block[0].sign and op.constraint == block[0].constraint
        if not (goes_on and (fence or _belongs(block[-1].line, op.line))):
            if block:
                yield block
            block, fence = [], ""
        block.append(op)
        if op.sign == "+" and kind_of(op.line) == "code":
            fence = "" if fence else op.line
    if block:
        yield block


def _belongs(above: str, line: str) -> bool:
    """Whether an added line is a part of what the one above it begins."""
    kind, before = kind_of(line), kind_of(above)
    if line[:1].isspace() or (kind == before == "row"):
        return True
    return kind == "text" and before in ("item", "quote")


def _by_anchor(placed: Placed, ops: Sequence[Op]) -> Placed:
    """Put additions that found no place below their unchanged line, where that line stands once."""
    wanted = Counter(op for op in placed.unplaced if op.sign == "+")
    if not wanted or not any(op.sign == "=" for op in ops):
        return placed
    lines = pieces(placed.text)
    places, ends = _places(lines), _places([piece.rpartition("\n")[2] for piece in lines])
    rules, tails = constraint_pieces(placed.text), heading_pieces(placed.text)
    below: defaultdict[int, list[str]] = defaultdict(list)
    done = Counter[Op]()
    above: int | None = None
    for op in ops:
        if op.sign == "=":
            above = _below_heading(tails, _only(ends, op.line, 0))
        elif op.sign == "-":
            above = _only(places, op.line, 0) if above is None else above
        elif done[op] < wanted[op] and above is not None and op.line not in places:
            if op.constraint or above not in rules:
                below[above].append(op.line)
                done[op] += 1
    unplaced = []
    for op in placed.unplaced:
        if done[op] > 0:
            done[op] -= 1
        else:
            unplaced.append(op)
    return Placed(_with(lines, {}, below), unplaced)


def _places(lines: Sequence[Hashable]) -> dict[Hashable, list[int]]:
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        places[line].append(number)
    return places


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


def _with(
    lines: Sequence[str], instead: Mapping[int, str | None], below: Mapping[int, list[str]]
) -> str:
    """The lines with others in the place of some, and more below some; None takes a line away."""
    out: list[str] = []
    waiting = list(below.get(NOWHERE, ()))
    headings = set(heading_pieces("\n".join(lines)).values()) if below else set()
    for number, line in enumerate(lines):
        if waiting and line.strip():
            _join(out, waiting, line)
            waiting = []
        now = instead.get(number, line)
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

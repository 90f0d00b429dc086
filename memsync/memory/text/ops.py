"""The form of an edit note: which lines a hand edit added and removed, and where. Pure.

design.md section 3: `base:`, then one line each, `+` and `-`, `+C` and `-C` for constraints, and
before each run of changes `=`, the unchanged line above it. A bare `=` is the top of the file. A
note of the first edition has no `=`. May not know: how a difference is found, or applied.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

from memsync.memory.text.document import FOOTER_MARK

NO_BASE = "-"
MARKS = ("+", "+C", "-", "-C")
FOOTER_BEGINS: Final = FOOTER_MARK.decode("ascii")


class Op(NamedTuple):
    """One line: added, removed, or (`=`) what stands unchanged above the changes that follow.

    `constraint`: it stands in a constraints section.
    """

    sign: Literal["+", "-", "="]
    line: str
    constraint: bool = False


class Edit(NamedTuple):
    """A hand edit: the revision it was made on (`-`: unknown) and its lines in file order."""

    base: str
    ops: tuple[Op, ...]

    def lines(self, sign: Literal["+", "-", "="]) -> list[str]:
        """The lines with this sign, in order."""
        return [op.line for op in self.ops if op.sign == sign]


class Applied(NamedTuple):
    """A body with edits in it. `unplaced`: the ops whose place is not clear."""

    body: str
    unplaced: tuple[Op, ...] = ()


@lru_cache(maxsize=4)  # an edit is asked for its text, and for its id, which is made of it
def write(edit: Edit) -> str:
    """The text of an edit note."""
    rows = (f"{op.sign}{'C' if op.constraint else ''} {op.line}" for op in edit.ops)
    return "\n".join([f"base: {edit.base}", *(row if row != "= " else "=" for row in rows)]) + "\n"


def read(text: str) -> Edit:
    """The edit that a note's text says; lines of no known form are passed over, and what would be a
    second footer: a memory with two is never written, so such a note would block all others.

    Without a base nothing is removed: nobody can know what the line was removed from.
    """
    head, _, rest = text.partition("\n")
    base = head.removeprefix("base:").strip() or NO_BASE
    ops = []
    for row in rest.split("\n"):
        mark, _, line = row.partition(" ")
        if mark in MARKS and line and not line.lstrip().startswith(FOOTER_BEGINS):
            ops.append(Op("+" if mark[0] == "+" else "-", line, mark.endswith("C")))
        elif mark == "=":
            ops.append(Op("=", line))
    return Edit(base, tuple(op for op in ops if op.sign != "-" or base != NO_BASE))

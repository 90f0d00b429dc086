"""Which constraints one body has and another has not, whatever a change around them did. Pure.

A line is a constraint by what stands above it, too: a heading, code, a comment or HTML that comes
or goes may make one of a line that nobody touched, and none of another. May not know: who made a
body, what a person is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from memsync.memory.text.dressing import in_dress_of
from memsync.memory.text.markdown import constraint_lines


class Rule(NamedTuple):
    """A line of a constraint, its number from 0. elsewhere: the other body has it, as none."""

    number: int
    line: str
    elsewhere: bool


def rules_beyond(body: str, other: str) -> Iterator[Rule]:
    """The lines of the constraints of `body` that are none of `other`'s, in any dress."""
    if body == other:
        return
    lines, known = body.split("\n"), _lines_of_rules(other)
    beyond = [
        n for n in sorted(constraint_lines(body)) if lines[n].strip() and lines[n] not in known
    ]
    if not beyond:  # most changes leave the constraints alone
        return
    theirs = in_dress_of(other, body, lists=False).text
    known, every = _lines_of_rules(theirs), set(theirs.split("\n"))
    for number in beyond:
        if lines[number] not in known:
            yield Rule(number, lines[number], lines[number] in every)


def _lines_of_rules(body: str) -> set[str]:
    """The lines of the constraints."""
    lines = body.split("\n")
    return {lines[number] for number in constraint_lines(body)}

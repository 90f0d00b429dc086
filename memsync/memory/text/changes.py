"""What became of a body, as it is told to a person: nothing that is gone goes unsaid. Pure."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from memsync.memory.text.document import is_placeholder
from memsync.memory.text.dressing import in_dress_of
from memsync.memory.text.rewordings import rewordings


class Changes(NamedTuple):
    """How many new lines, the lines that were reworded with what they are now, and the lines that
    are gone.
    """

    added: int
    reworded: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]


def changes(before: str, after: str) -> Changes:
    """Compare two bodies line by line; blank lines and the starter's placeholders do not count."""
    went, come = went_and_come(before, after)
    became = list(zip(went, rewordings(went, come), strict=True))
    reworded = tuple((was, come[to]) for was, to in became if to is not None)
    gone = tuple(was for was, to in became if to is None)
    return Changes(len(come) - len({to for _, to in became if to is not None}), reworded, gone)


def went_and_come(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that a body has not any more, and those that it has now, each in file order. What
    has another dress (bullet, line breaks, emphasis) is there.
    """
    now = in_dress_of(after, before, lists=False).text
    old, new = Counter(before.split("\n")), Counter(now.split("\n"))
    went = [line for line in (old - new).elements() if line.strip() and not is_placeholder(line)]
    return went, [line for line in (new - old).elements() if line.strip()]

"""What is true in a simulated world: what people wrote, what memsync acknowledged, saw and
replaced.
"""

from __future__ import annotations

from typing import NamedTuple


class Noted(NamedTuple):
    """An acknowledged note: the lines that a merge of it must bring, and whether they are
    constraints.
    """

    id: str
    lines: tuple[str, ...]
    constraint: bool


class Ledger:
    """The account that the property is checked against. Every line has words of its own."""

    def __init__(self) -> None:
        self.notes: dict[str, Noted] = {}
        self.lines: dict[str, bool] = {}  # written by hand; True: into a constraints section
        self.seen: set[str] = set()  # lines that a writing command ever saw
        self.removed: set[str] = set()  # lines that a person removed, undid or forgot
        self.destroyed: set[str] = set()  # lines that a sync client took away again
        # Written into a copy at the target while a command ran: conflicts/ may keep them
        self.late: set[str] = set()
        # name, and bytes that memsync put others in the place of
        self.replaced: list[tuple[str, bytes]] = []
        self.troubles: list[str] = []  # what went wrong on the way

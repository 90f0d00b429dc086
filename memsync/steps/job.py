"""What a writing command works with, and what it did: the types that the story of a merge
shares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from memsync.memory.store import Store
from memsync.memory.target import Target
from memsync.memory.text.document import revision
from memsync.merge.prompt import Part
from memsync.steps.copies import Fresh
from memsync.steps.observe import Seen
from memsync.system.disk import Disk
from memsync.system.errors import MemsyncError


class Answer(Protocol):
    """What Claude said, and what it cost."""

    @property
    def text(self) -> str:
        """The reply."""

    @property
    def model(self) -> str:
        """The model that answered."""

    @property
    def input_tokens(self) -> int:
        """Tokens sent."""

    @property
    def output_tokens(self) -> int:
        """Tokens received."""


class Person(Protocol):
    """The person at the terminal, when there is one."""

    def agrees(self, question: str, before: str, after: str, reasons: Sequence[str]) -> bool | None:
        """Show the difference and wait for a yes; None when nobody can be asked."""


class Job(NamedTuple):
    """Everything a writing command works with. `siblings`: second copies of the memory folder."""

    store: Store
    outbox: Disk
    target: Target | None
    ask: Callable[[str, str], Answer]
    person: Person
    model: str = ""  # that is asked: what another one refused, it may take
    max_lines: int = 400
    yes: bool = False
    send_held: bool = False
    compact: bool = False
    dry: bool = False
    again: frozenset[str] = frozenset()
    siblings: tuple[Disk, ...] = ()


class Usage(NamedTuple):
    """What one call cost."""

    model: str
    input_tokens: int
    output_tokens: int


class Outcome:
    """What a command did, so far.

    `before` and `after` are bodies; `refused` is a note's failure.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.merged: list[str] = []
        self.usage: list[Usage] = []
        self.repairs: list[str] = []
        self.calls = 0
        self.overtaken = 0  # how often another version replaced the memory during a call
        self.before: str | None = None
        self.after = ""
        self.raw: bytes | None = None
        self.fresh: dict[str, Fresh] = {}  # the edits that this command captured
        self.shown: bytes | None = None  # what Claude Code read when the command looked last
        self.backup = ""
        self.refused: MemsyncError | None = None
        self.suspects: list[str] = []
        self.refused_alone: set[str] = set()  # in this run: not sent again, not even with --held

    @property
    def changed(self) -> bool:
        """Whether the body is another one now."""
        return self.before is not None and self.before != self.after


class Work(NamedTuple):
    """A merge under way: the body with edits by code in it, the set that goes with it, what Claude
    gets.

    `early`: an edit waits for a note that is merged first.
    """

    seen: Seen
    body: str
    ids: frozenset[str]
    parts: tuple[Part, ...]
    early: bool = False

    @property
    def base(self) -> str:
        """The revision that a reply will have been made for."""
        return revision(self.body, self.ids)

"""What a writing command works with, and what it did so far: the types that the steps share.

May not know: argv, printing, the SDK.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from memsync.memory.store import Store
from memsync.memory.target import Target
from memsync.memory.versions import Version
from memsync.merge.reply import Reply, Turn
from memsync.system.disk import Disk
from memsync.system.errors import LocalError, MemsyncError
from memsync.system.questions import Person, Question

if TYPE_CHECKING:  # `status` runs without the alignment of lines, which prompt.py imports
    from memsync.memory.text.warnings import Warning
    from memsync.merge.guard.account import Line
    from memsync.merge.prompt import Part

EMPTY: Final[Mapping[str, Fresh]] = types.MappingProxyType({})


Ask = Callable[[str, Sequence[Turn]], Reply]


def no_claude(system: str, turns: Sequence[Turn]) -> Reply:
    """The answer of a command that never asks Claude."""
    raise LocalError("this command does not ask Claude", "memsync refresh")


class Job(NamedTuple):
    """Everything a writing command works with. `siblings`: second copies of the memory folder."""

    store: Store
    outbox: Disk
    target: Target | None
    ask: Ask
    person: Person
    model: str = ""  # that is asked: what another one refused, it may take
    max_lines: int = 400
    yes: bool = False
    yes_to_all: bool = False
    constraint_headings: tuple[str, ...] = ()
    send_held: bool = False
    dry: bool = False
    siblings: tuple[Disk, ...] = ()


class Usage(NamedTuple):
    """What one call cost."""

    model: str
    input_tokens: int
    output_tokens: int


class Fresh(NamedTuple):
    """The whole texts before and after an edit that was captured in this command, and that the
    memory does not hold yet: with them every place is known.

    `as_it_is`: where the memory is `base` still, it becomes `edited`, headings and all.
    """

    base: str
    edited: str
    as_it_is: bool = False


class Call(NamedTuple):
    """A request to Claude. `body` and `ids` are what it is made for, `base` their revision."""

    system: str
    turns: tuple[Turn, ...]
    parts: tuple[Part, ...]
    body: str
    ids: frozenset[str]
    base: str


class Answered(NamedTuple):
    """A call with its reply."""

    call: Call
    reply: Reply


class Account(NamedTuple):
    """Who said each line of a merge: the guard's lines, and the ids of the notes they number."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]


class Forgotten(NamedTuple):
    """A note that was given up."""

    id: str
    text: str
    path: str


class Noticed(NamedTuple):
    """What is told of a body that somebody else made, and what in it is to be looked at twice."""

    rows: tuple[str, ...] = ()
    found: tuple[Warning, ...] = ()

    def __add__(self, more: object) -> Noticed:
        """Both, this one first."""
        assert isinstance(more, Noticed)
        return Noticed((*self.rows, *more.rows), (*self.found, *more.found))


NOTHING_NEW: Final = Noticed()


class Run(NamedTuple):
    """What a command did so far. Replaced at every step, never changed.

    `before` and `after` are bodies; `raw` is the memory as it was seen or written last.
    """

    said: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()  # of these the ones that tell what somebody else wrote
    noticed: tuple[Warning, ...] = ()  # what is to be looked at, not on record yet
    merged: tuple[str, ...] = ()
    calls: int = 0
    usage: tuple[Usage, ...] = ()
    repairs: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()  # of each merge
    before: str | None = None
    after: str = ""
    raw: bytes | None = None
    replaced: Version | None = None  # the version that this command replaced last
    refused: MemsyncError | None = None  # a note's failure; others may be merged without it
    unlinked: MemsyncError | None = None  # why CLAUDE.md does not show the memory
    goal: str = ""  # the version that `undo` or `restore` went back to, by its name
    forgotten: Forgotten | None = None
    edited: tuple[str, ...] = ()  # the hand edits of the memory that this command kept, as notes
    # -- how far it is
    swept: bool = False
    agreed: frozenset[str] = frozenset()  # keys of questions that were answered with yes
    fresh: Mapping[str, Fresh] = EMPTY  # the edits that this command captured, by note
    adopted: bytes | None = None  # the memory as this command took it over
    answered: Answered | None = None  # the reply that is not judged yet
    declined: tuple[str, ...] = ()  # the notes of the batch that Claude declined, not on record yet
    suspects: tuple[str, ...] = ()  # one of these notes is what Claude declines
    tried: frozenset[str] = frozenset()  # notes that were refused before and sent alone
    set_aside: frozenset[str] = frozenset()  # refused in this run: not sent again
    asks: bool = True  # False: nothing more is paid for
    rounds: int = 0  # how often notes were looked for that came meanwhile
    known: frozenset[str] = frozenset()  # the notes that were pending when this round began
    allowed: int = 0  # how many calls are paid for unasked
    overtaken: int = 0  # how often another version came during a call
    changed: MemsyncError | None = None  # somebody was faster; what was decided is decided again
    target_changed: bool = False  # since it was looked at, so it is as somebody left it
    changes: int = 0  # how often that was so, one after the other
    aim: bytes | None = None  # the memory that the replacement was decided for which came too late

    @property
    def failure(self) -> MemsyncError | None:
        """What did not come about, though the rest did."""
        return self.refused or self.unlinked

    @property
    def is_changed(self) -> bool:
        """Whether the body is another one now."""
        return self.before is not None and self.before != self.after

    def telling(self, *lines: str) -> Run:
        """With these lines for people, each once."""
        return self._replace(said=tuple(dict.fromkeys((*self.said, *lines))))

    def bringing(self, came: Noticed) -> Run:
        """With what is told of what somebody else wrote."""
        run = self.telling(*came.rows)
        noticed = tuple(dict.fromkeys((*run.noticed, *came.found)))
        return run._replace(brought=(*run.brought, *came.rows), noticed=noticed)

    def agreeing(self, question: Question, person: Person) -> Run:
        """With the person's yes. Raises what the question says when there is none."""
        yes = person.agrees(question)
        if yes is None:
            raise question.otherwise
        if not yes:
            raise question.otherwise.by_choice(question.answers[1])
        return self._replace(agreed=self.agreed | {question.key})

    def once_more(self) -> Run:
        """Somebody was faster than what is written beside the memory."""
        return self._replace(changes=self.changes + 1)

    def too_late_for(self, aim: bytes | None, goal: str, error: MemsyncError) -> Run:
        """Somebody was faster: no new memory was written in the place of `aim`."""
        return self._replace(changes=self.changes + 1, aim=aim, goal=goal, changed=error)

    def replied(self, call: Call, reply: Reply) -> Run:
        """Claude's reply is here; what it cost is told whatever becomes of it."""
        usage = Usage(reply.model, reply.input_tokens, reply.output_tokens)
        return self._replace(
            answered=Answered(call, reply), calls=self.calls + 1, usage=(*self.usage, usage)
        )

    def declined_by(self, call: Call, error: MemsyncError) -> Run:
        """Claude declined to read these notes."""
        ids = tuple(part.id for part in call.parts)
        return self._replace(declined=ids, refused=error, calls=self.calls + 1)

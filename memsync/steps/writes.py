"""What a step may decide: the wishes, the plan, and one type for each kind of write.

`carry` knows how each write is done.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from memsync.memory.lineage import Named
from memsync.merge.kept import Kept, Refusal
from memsync.steps.job import Call, Run
from memsync.system.disk import Expected
from memsync.system.errors import MemsyncError
from memsync.system.questions import Question

Origin = Literal["memory", "footer", "behind", "target", "copy", "folder", "last seen", "adopted"]


class PutNote(NamedTuple):
    """An edit note. `origin`: where the edit was seen."""

    text: str
    origin: Origin


class PutRestore(NamedTuple):
    """The restore note that waited on this machine: the memory holds it now."""

    id: str


class Deliver(NamedTuple):
    """A note from the outbox, or from a second memory folder, by its name below `sessions/`.

    `waits`: its name in the outbox, which it leaves once it is there.
    """

    name: str
    data: bytes
    waits: str = ""


class Backup(NamedTuple):
    """These bytes become a version."""

    raw: bytes


class Remember(NamedTuple):
    """These bytes are the memory that this machine saw last."""

    raw: bytes


class SetAside(NamedTuple):
    """A conflict copy moves to `conflicts/`. `told`: what else is said of it."""

    name: str
    raw: bytes
    told: str


class KeepAsItWas(NamedTuple):
    """The file that is about to be cured is kept in `conflicts/`."""

    raw: bytes


class StandIn(NamedTuple):
    """A conflict copy takes the memory's name, which nothing has."""

    raw: bytes


class Record(NamedTuple):
    """A file of this machine's record. `must`: a disk that refuses is a failure."""

    name: str
    data: bytes
    expected: Expected
    must: bool = True


class PutBundle(NamedTuple):
    """Old ids of the merged set, in a file of their own. `told`: what is said of it."""

    ids: tuple[str, ...]
    told: str = ""


class KeepReply(NamedTuple):
    """A paid reply is kept, under the time that it is judged at."""

    kept: Kept
    now: datetime


class DropReply(NamedTuple):
    """A kept reply was used, or is of no use."""

    base: str
    ids: tuple[str, ...]


class DropMerged(NamedTuple):
    """Replies whose notes are all merged are of no use."""

    merged: frozenset[str]


class SaveRefusals(NamedTuple):
    """The record of refused notes."""

    refusals: dict[str, Refusal]


class DeleteNote(NamedTuple):
    """A note's file goes, for a person said so."""

    id: str


Write = (
    PutNote
    | PutRestore
    | Deliver
    | Backup
    | Remember
    | SetAside
    | KeepAsItWas
    | StandIn
    | Record
    | PutBundle
    | KeepReply
    | DropReply
    | DropMerged
    | SaveRefusals
    | DeleteNote
)

DONE: Final = "done"
LOOK_AGAIN: Final = "look again"
Then = Call | Question | MemsyncError | Literal["done", "look again"]


class Plan(NamedTuple):
    """What is to be written, in this order, and what is done then.

    `writes` before the memory is replaced, `records` behind it. `memory`: the new memory, in the
    place of the bytes `over` (None: of nothing); None when it stays. `shown`: what Claude Code is
    to read. `run`: what the command will have done.
    """

    run: Run
    writes: tuple[Write, ...] = ()
    memory: bytes | None = None
    over: bytes | None = None
    records: tuple[Write, ...] = ()
    shown: bytes | None = None
    then: Then = DONE
    tidies: bool = False  # nobody goes back to the version that is replaced: it says the same


class Refresh(NamedTuple):
    """Merge all that is pending."""


class Compact(NamedTuple):
    """Make the memory shorter; what is pending stays so."""


class TakeIn(NamedTuple):
    """Take in what others did, and nothing else: no note is merged.

    `shows`: what Claude Code reads is brought up to date, too.
    """

    shows: bool = False


class Fix(NamedTuple):
    """Take in what others did, put edits in their place, and cure what nothing else may replace."""


class Undo(NamedTuple):
    """Go to the version that the memory came from; again: to the one before."""


class GoTo(NamedTuple):
    """Write a version's body again."""

    version: Named


class UseReply(NamedTuple):
    """Use the kept reply."""


class GiveUp(NamedTuple):
    """Put a pending note into the merged set without merging it. `id`: its first digits."""

    id: str
    delete: bool = False


Wish = Refresh | Compact | TakeIn | Fix | Undo | GoTo | UseReply | GiveUp

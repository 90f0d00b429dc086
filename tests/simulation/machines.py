"""One simulated machine: its disks, its clock, its sync client, and the job that a command works
with.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from memsync.memory.store import Store
from memsync.memory.target import TARGET, Target
from memsync.memory.text.copy_names import is_conflict_copy
from memsync.memory.text.document import NAME, Memory, parse, whole_lines
from memsync.merge.reply import Reply
from memsync.steps.job import Job
from memsync.system.questions import Question
from tests.simulation.cloud import Client, Server
from tests.simulation.disks import Death, SimDisk
from tests.simulation.texts import own_lines

START: Final = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

Watch = Callable[[SimDisk, str, str], Death]


class Person:
    """Somebody at the terminal, or nobody. Never says yes to an odd reply."""

    def __init__(self, *, there: bool) -> None:
        self.there = there

    def agrees(self, question: Question) -> bool | None:
        """Yes to writing a footerless memory again, no to a reply that the guard asks about."""
        return (not question.before and not question.after) if self.there else None


class Machine:
    """A machine. `death_in`: how many steps of disk changes until it dies, None: it does not."""

    def __init__(
        self, name: str, server: Server, vendor: str, clock: Callable[[], int], watch: Watch
    ) -> None:
        self.name = name
        self.vendor = vendor
        self.clock = clock
        self.watch = watch
        self.memory = SimDisk(f"{name}/memory", watch)
        self.state = SimDisk(f"{name}/state", watch)
        self.outbox = SimDisk(f"{name}/outbox", watch)
        self.claude: SimDisk | None = None
        self.client = Client(server, self.memory.files, self.memory.dark, name.upper(), vendor)
        self.skew: float = 0
        self.death_in: int | None = None
        self.death: Death = "killed"
        self.race_in: int | None = None  # until the world goes on in the middle of a command
        self.busy = False  # a writing command holds the lock
        self.reachable = True

    def now(self) -> datetime:
        """What this machine's clock says."""
        return START + timedelta(seconds=self.clock() + self.skew)

    def store(self) -> Store:
        """The memory folder, as a new process of this machine opens it."""
        return Store(self.memory, self.state, self.now)

    def target(self) -> Target | None:
        """Claude's folder with a copy in it, on machines that have one."""
        return None if self.claude is None else Target(self.claude, self.memory.where(NAME), "copy")

    def job(
        self,
        ask: Callable[[str, str], Reply],
        *,
        person: bool,
        yes: bool = False,
        held: bool = False,
    ) -> Job:
        """What a writing command works with."""
        return Job(
            store=self.store(),
            outbox=self.outbox,
            target=self.target(),
            ask=lambda system, turns: ask(system, turns[0].text),
            person=Person(there=person),
            yes=yes,
            send_held=held,
        )

    def body_files(self) -> dict[str, Memory]:
        """Every file here that a writing command looks for edits in."""
        found = {
            name: parse(data)
            for name, data in self.memory.files.items()
            if "/" not in name
            and name not in self.memory.dark
            and (name == NAME or is_conflict_copy(name))
        }
        if self.claude is not None and TARGET in self.claude.files:
            found[TARGET] = parse(self.claude.files[TARGET])
        return found

    def visible(self) -> set[str]:
        """The lines in these files, as far as they arrived whole."""
        lines: set[str] = set()
        for name, memory in self.body_files().items():
            if memory.footer is not None:
                lines |= own_lines(memory.body)
            elif not is_conflict_copy(name) and not memory.newer and memory.body:
                lines |= own_lines(whole_lines(memory))
        return lines

    def discard(self) -> None:
        """`memsync apply --discard`, until no reply waits."""
        for name in [name for name in self.state.files if name.startswith("kept/")]:
            del self.state.files[name]

    def clone(self, name: str) -> Machine:
        """The same machine once more, from an image or a backup."""
        twin = Machine(name, self.client.server, self.vendor, self.clock, self.watch)
        for old, new in (
            (self.memory, twin.memory),
            (self.state, twin.state),
            (self.outbox, twin.outbox),
        ):
            new.files.update(old.files)
        twin.memory.dark.update(self.memory.dark)
        if self.claude is not None:
            twin.claude = SimDisk(f"{name}/claude", self.watch)
            twin.claude.files.update(self.claude.files)
        twin.client.base.update(self.client.base)
        twin.client.cuts.update(self.client.cuts)
        twin.client.away.update(self.client.away)
        twin.client.host = self.client.host
        twin.skew = self.skew
        return twin

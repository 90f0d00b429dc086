"""A simulated world: what can happen in it, one step after the other, and how it comes to rest."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, NamedTuple

from memsync import sync
from memsync.memory import lineage
from memsync.memory.sessions import capture
from memsync.memory.store import LAST_SEEN
from memsync.memory.target import TARGET
from memsync.memory.text import notes
from memsync.memory.text.document import NAME, compose, parse, whole_lines
from memsync.merge.reply import Reply
from memsync.steps.job import Job
from memsync.steps.writes import GiveUp, GoTo, Refresh, Undo
from memsync.system.disk import Changed
from memsync.system.errors import (
    ClaudeError,
    FolderError,
    MemsyncError,
    MissingError,
    NeedsAgreementError,
    NotDownloadedError,
    ReplyError,
)
from tests.simulation import claude, faults, people
from tests.simulation.cloud import CONFLICT_NAMES, Server
from tests.simulation.disks import Crashed, Death, SimDisk
from tests.simulation.ledger import Ledger, Noted
from tests.simulation.machines import Machine
from tests.simulation.texts import Words, beginning, own_lines

MOST_MACHINES: Final = 5
MEANWHILE: Final = (
    "note",
    "edit:add",
    "edit:rule",
    "edit:delete",
    "edit:reword",
    "edit copy:add",
    "sync",
    "sync all",
    "refresh",
)


class Start(NamedTuple):
    """What a world begins with. `vendor`: the sync client, by how it names conflict copies.

    `copies`: Claude's folder has a copy. `old`: what years bring, comes after a few notes.
    """

    seed: int
    machines: int
    body: str
    vendor: str
    copies: bool
    old: bool = False


class Step(NamedTuple):
    """One thing that happens.

    `salt` feeds the choices within it, so that a step means the same without others.
    """

    action: str
    machine: int
    salt: int


class Way(NamedTuple):
    """How a command goes. `moving`: the world goes on while Claude thinks."""

    odd: str = ""
    moving: bool = False
    person: bool = False
    yes: bool = False
    held: bool = False


CALM: Final = Way()


class World:
    """Machines, a service between them, and the ledger of what must not get lost."""

    def __init__(self, start: Start) -> None:
        self.now = 0
        self.ledger = Ledger()
        self.words = Words(start.seed)
        self.server = Server()
        self.log: list[str] = []
        self.calls = 0
        self.depth = 0
        vendor = start.vendor if start.vendor in CONFLICT_NAMES else "Dropbox"
        self.machines = [
            self._machine(f"m{n}", vendor, start.copies) for n in range(start.machines)
        ]
        self._begin(beginning(start.body, self.words))

    def _machine(self, name: str, vendor: str, copies: bool) -> Machine:
        machine = Machine(name, self.server, vendor, lambda: self.now, self._watch)
        if copies:
            machine.claude = SimDisk(f"{name}/claude", self._watch)
        return machine

    def _begin(self, body: str) -> None:
        """`init` on the first machine; the others join once the folder has come to them."""
        first = self.machines[0]
        raw = compose(body, (), "-")
        first.memory.files[NAME] = raw
        first.store().versions.keep(raw)
        self.ledger.lines.update({line: line.startswith("- never") for line in own_lines(body)})
        self.ledger.seen |= own_lines(body)
        for machine in self.machines:
            machine.client.sync(machine.client.known())
            machine.store().remember(raw)

    # -- one step
    # -------------------------------------------------------------------------------------

    def do(self, step: Step) -> None:
        """Let this happen."""
        machine = self.machines[step.machine % len(self.machines)]
        choice = random.Random(step.salt)
        self.now += choice.randint(1, 90)
        try:
            said = self._act(step.action, machine, choice)
        except Crashed as death:
            said = str(death)
        except (MemsyncError, Changed) as error:
            said = f"{type(error).__name__}: {error}"
        self.log.append(f"{'  ' * self.depth}{self.now:5} {machine.name} {step.action}: {said}")

    def _act(self, action: str, machine: Machine, choice: random.Random) -> str:
        kind, _, which = action.partition(":")
        if kind == "fault":
            if which == "clone":
                return self._clone(machine)
            faults.strike(which, machine, self.ledger, choice)
            return "-"
        acts: dict[str, Callable[[Machine, random.Random], str]] = {
            "note": self.note,
            "edit": lambda m, c: self.edit(m, which, c),
            "edit copy": lambda m, c: self.edit(m, which, c, copy=True),
            "sync": lambda m, c: self._sync(m, c.random, m.client.some(c)),
            "sync all": lambda m, c: self._sync(m, c.random, m.client.known()),
            "refresh": lambda m, c: self.refresh(m, which, c),
            "undo": self.undo,
            "restore": lambda m, c: self.restore(m, which, c),
            "forget": self.forget,
            "wait": self._wait,
            "return": self.bring_back,
        }
        return acts[kind](machine, choice)

    def _watch(self, disk: SimDisk, action: str, name: str) -> Death:
        machine = next(
            one for one in self.machines if disk in (one.memory, one.state, one.outbox, one.claude)
        )
        if machine.death_in is not None:
            machine.death_in -= 1
            if machine.death_in < 0:
                machine.death_in = None
                return machine.death
        if machine.race_in is not None and machine.busy and action in ("replace", "move", "delete"):
            machine.race_in -= 1
            if machine.race_in < 0:
                machine.race_in = None
                self._meanwhile(machine, random.Random(self.now))
        before = disk.was.get(name, {}).get(name)
        root = disk is machine.memory and "/" not in name
        if (
            before is not None
            and action in ("replaced", "deleted")
            and (root or disk is machine.claude)
        ):
            self.ledger.replaced.append((name, before))
        return ""

    def _clone(self, machine: Machine) -> str:
        if len(self.machines) >= MOST_MACHINES:
            return "-"
        self.machines.append(machine.clone(f"m{len(self.machines)}"))
        return self.machines[-1].name

    def _wait(self, machine: Machine, choice: random.Random) -> str:
        self.now += choice.choice([60, 700, 90_000])
        return "-"

    def _sync(self, machine: Machine, chance: Callable[[], float], names: list[str]) -> str:
        if chance() < 0.5:
            machine.client.heal()
        machine.client.sync(names)
        return f"{len(names)} files"

    # -- people
    # ---------------------------------------------------------------------------------------

    def note(self, machine: Machine, choice: random.Random) -> str:
        """`memsync note`: a line or two, now and then a constraint."""
        constraint = choice.random() < 0.25
        first = "never" if constraint else "note"
        texts = [self.words.line(first) for _ in range(choice.choice([1, 1, 2]))]
        text = (
            "\n".join(f"{claude.CONSTRAINT if constraint else ''}{line}" for line in texts) + "\n"
        )
        now = machine.now()
        data = notes.render(
            text, time=now, host=machine.name, source="text", nonce=f"{choice.getrandbits(64):016x}"
        )
        folder = machine.memory if machine.reachable else FolderError("the folder is out of reach")
        done = capture(data, folder, machine.outbox, now)
        self.ledger.notes[done.id] = Noted(
            done.id, tuple(f"- {line}" for line in texts), constraint
        )
        return f"{done.id} {texts}{' (outbox)' if done.why else ''}"

    def edit(
        self, machine: Machine, kind: str, choice: random.Random, *, copy: bool = False
    ) -> str:
        """A person, or Claude Code, edits the memory, or the copy of it that Claude Code reads."""
        disk, name = (machine.claude, TARGET) if copy else (machine.memory, NAME)
        raw = disk.files.get(name) if disk is not None and name not in disk.dark else None
        if disk is None or raw is None or not parse(raw).body:
            return "nothing to edit"
        edited = people.edit(raw, kind, self.words, choice)
        if edited is None:
            return "nothing to change"
        disk.files[name] = edited.raw
        self.ledger.lines.update(edited.added)
        self.ledger.removed |= edited.removed
        if copy and machine.busy:
            self.ledger.late |= edited.added.keys()
        now = parse(edited.raw)
        # What stands in a line that was cut, or is left without its end, is no whole line
        if now.footer is None:
            self.ledger.destroyed |= (edited.added.keys() | _lines(edited.raw)) - own_lines(
                whole_lines(now)
            )
        return f"+{sorted(edited.added)} -{sorted(edited.removed)}"

    def bring_back(self, machine: Machine, choice: random.Random) -> str:
        """A dotfiles tool puts bytes that memsync had taken in to where Claude Code reads."""
        kept = [
            data
            for name, data in sorted(machine.memory.files.items())
            if name.startswith(("conflicts/", "backups/")) and name not in machine.memory.dark
        ]
        if machine.claude is None or machine.busy or not kept:
            return "nothing to bring back"
        here = machine.claude.files.get(TARGET)
        self.ledger.destroyed |= _lines(here) - self.ledger.seen
        machine.claude.files[TARGET] = choice.choice(kept)
        return "-"

    # -- memsync
    # --------------------------------------------------------------------------------------

    def refresh(self, machine: Machine, how: str, choice: random.Random) -> str:
        """`memsync refresh`, with an ordinary or an odd reply, while the world goes on."""
        yes = choice.random() < 0.1
        if yes:  # whoever says yes has looked at what waits
            machine.discard()
        way = Way(
            odd=choice.choice(claude.ODD) if how == "odd" and not yes else "",
            moving=how != "calm",
            person=choice.random() < 0.2,
            yes=yes,
            held=how == "calm" or choice.random() < 0.1,
        )
        return self._command(machine, _refreshed, choice, way)

    def undo(self, machine: Machine, choice: random.Random) -> str:
        """`memsync undo`."""
        return self._restoring(machine, lambda job: sync.run(job, Undo()).goal, choice)

    def restore(self, machine: Machine, which: str, choice: random.Random) -> str:
        """`memsync restore -N`."""
        steps = 1 if which else choice.randint(1, 4)
        return self._restoring(machine, lambda job: _restored(job, steps), choice)

    def _restoring(self, machine: Machine, run: Callable[[Job], str], choice: random.Random) -> str:
        """What leaves the memory by an undo, a person has undone."""
        there = _lines(machine.memory.files.get(NAME))
        # The way back starts there where the file is no edit of it
        there |= _lines(machine.state.files.get(LAST_SEEN))
        first, gone = len(self.ledger.replaced), NAME not in machine.memory.files
        try:
            return self._command(machine, run, choice, CALM)
        finally:
            replaced = [raw for name, raw in self.ledger.replaced[first:] if name == NAME]
            if replaced or (gone and NAME in machine.memory.files):
                there |= set().union(*map(_lines, replaced))
                self.ledger.removed |= there - _lines(machine.memory.files.get(NAME))

    def forget(self, machine: Machine, choice: random.Random) -> str:
        """`memsync forget ID` of a note that this machine holds pending."""
        if not self.ledger.notes:
            return "nothing to forget"
        wanted = self.ledger.notes[choice.choice(sorted(self.ledger.notes))]
        try:
            said = self._command(machine, lambda job: _forgotten(job, wanted.id), choice, CALM)
        except Crashed:  # half done, it may still come about
            self.ledger.removed.update(wanted.lines)
            raise
        if said == wanted.id:
            self.ledger.removed.update(wanted.lines)
        return said

    def _command(
        self, machine: Machine, run: Callable[[Job], str], choice: random.Random, way: Way
    ) -> str:
        """Run a writing command.

        It has seen what lay there, unless it died or the folder was no folder.
        """
        if machine.busy:
            return "busy"
        if not machine.reachable:
            raise FolderError("the folder is out of reach")
        there = machine.visible()
        machine.busy = True
        try:
            said = run(
                machine.job(
                    self._ask(machine, choice, way), person=way.person, yes=way.yes, held=way.held
                )
            )
        except (NeedsAgreementError, NotDownloadedError, ReplyError, ClaudeError, MissingError):
            self.ledger.seen |= there
            raise
        finally:
            machine.busy = False
        self.ledger.seen |= there
        return said

    def _ask(
        self, machine: Machine, choice: random.Random, way: Way
    ) -> Callable[[str, str], Reply]:
        def ask(system: str, user: str) -> Reply:
            self.calls += 1
            if way.moving:
                for _ in range(choice.choice([0, 0, 1, 2])):
                    self._meanwhile(machine, choice)
            if way.odd and choice.random() < 0.7:
                return Reply(claude.odd(user, way.odd, choice))
            return Reply(claude.merged(user))

        return ask

    def _meanwhile(self, machine: Machine, choice: random.Random) -> None:
        """While Claude thinks, people, other machines and the sync client go on."""
        if self.depth:
            return
        death, machine.death_in = machine.death_in, None
        self.depth += 1
        try:
            here = self.machines.index(machine)
            where = choice.choice([here, here, choice.randrange(len(self.machines))])
            self.do(Step(choice.choice(MEANWHILE), where, choice.getrandbits(32)))
        finally:
            self.depth -= 1
            machine.death_in = death


def _refreshed(job: Job) -> str:
    outcome = sync.run(job, Refresh())
    merged = f"merged {outcome.merged}, {outcome.calls} calls"
    return f"{merged}, refused: {outcome.refused}, {outcome.said}"


def _restored(job: Job, steps: int) -> str:
    named = lineage.find(job.store, f"-{steps}")
    return sync.run(job, GoTo(named)).goal


def _forgotten(job: Job, note_id: str) -> str:
    forgotten = sync.run(job, GiveUp(note_id)).forgotten
    return forgotten.id if forgotten is not None else ""


def _lines(raw: bytes | None) -> set[str]:
    return own_lines(raw.decode("utf-8", "replace")) if raw is not None else set()

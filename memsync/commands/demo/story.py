"""The story of the demo, step by step. Every claim it makes is checked before it is told.

The commands are the real program, the SDK is the real one; only Claude is a stand-in.
"""

from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from memsync.commands.demo import machines, tree
from memsync.commands.demo.filing import file_notes
from memsync.commands.demo.machines import Done, PretendMachine
from memsync.commands.demo.standin import Answer, Request, StandIn, message, text_block
from memsync.memory.text.document import parse
from memsync.system.errors import LocalError
from memsync.system.machine import Machine

SECONDS: Final = 300.0  # the stand-in ends by itself after these, whatever happens

RULE: Final = "Never deploy on Fridays."
HABIT: Final = "Prefer short answers."
TASK: Final = "Ship version 2.0 of the importer."
OWN: Final = "Always write the test first."

_CONSTRAINT = re.compile(rf"^- {re.escape(RULE)}\n", re.MULTILINE)


class UntrueError(LocalError):
    """Something that the demo was about to claim is not so."""


class Claude:
    """The stand-in's answers: each note filed by rule; once, on demand, without the constraint."""

    def __init__(self) -> None:
        self._careless = threading.Event()
        self.dropped = 0

    def forget_once(self) -> None:
        """Leave the constraint out of the next reply."""
        self._careless.set()

    def answer(self, request: Request) -> Answer:
        """The memory with the notes filed, or, once, a bad merge."""
        memory = file_notes(request.user_text)
        if self._careless.is_set():
            self._careless.clear()
            memory, count = _CONSTRAINT.subn("", memory)
            self.dropped += count
        return message(request, text_block(memory))


class Story:
    """Two pretend machines below `root`, and what happens on them.

    `say` gets each line for the person.
    """

    def __init__(
        self, root: Path, machine: Machine, say: Callable[[str], None], claude: Claude | None = None
    ) -> None:
        self.root = root
        self.cloud = root / "cloud"
        self._machine = machine
        self._say = say
        self._claude = claude or Claude()

    def tell(self) -> None:
        """All of it. Raises `MemsyncError` as soon as something is not as it should be."""
        self.cloud.mkdir(mode=0o700)
        with StandIn(self._claude.answer, seconds=SECONDS) as api:
            laptop, desktop = (
                machines.make(name, self.root / name, self._machine, api.url)
                for name in ("laptop", "desktop")
            )
            for one in (laptop, desktop):
                self._is_apart(one)
            self._begin(laptop)
            self._join(desktop)
            self._guard(laptop)
            self._look_again(desktop)
            self._check("the stand-in was called three times in all", api.calls == 3)
            self._check(
                "both machines read the same bytes",
                laptop.reads() == desktop.reads() == self._memory(),
            )
        self._where(laptop, desktop)

    def _begin(self, laptop: PretendMachine) -> None:
        self._say("1. The laptop makes the memory, and merges a note.")
        self._run(laptop, "init", "--sync-root", str(self.cloud))
        self._run(laptop, "refresh", "--notes", RULE)
        self._check("the laptop's CLAUDE.md holds the note", RULE in laptop.reads().decode())
        self._check(
            "the note itself lies in sessions/", any(RULE in text for text in self._notes())
        )

    def _join(self, desktop: PretendMachine) -> None:
        self._say("")
        self._say("2. The desktop has a CLAUDE.md of its own, and joins. `note` needs no network.")
        desktop.claude_md.parent.mkdir(mode=0o700)
        desktop.claude_md.write_text(f"{OWN}\n", encoding="utf-8")
        self._run(desktop, "init", "--sync-root", str(self.cloud))
        kept = desktop.claude_md.with_name("CLAUDE.pre-memsync.bak")
        self._check("its own CLAUDE.md is kept as it was", self._read(kept) == f"{OWN}\n")
        self._check("it reads the laptop's note already", RULE in desktop.reads().decode())
        self._run(desktop, "note", HABIT)
        self._run(desktop, "refresh")
        shown = desktop.reads().decode()
        self._check(
            "its CLAUDE.md holds all three notes", all(text in shown for text in (RULE, OWN, HABIT))
        )

    def _guard(self, laptop: PretendMachine) -> None:
        self._say("")
        self._say("3. Claude makes a mistake: the stand-in drops the constraint from its reply.")
        before = self._memory()
        self._claude.forget_once()
        done = self._run(laptop, "refresh", "--notes", TASK)
        self._check("the reply came without the constraint", self._claude.dropped == 1)
        said = [line for line in done.text.splitlines() if "put back" in line and RULE in line]
        self._check("memsync put it back and said so", len(said) == 1)
        shown = laptop.reads().decode()
        self._check("the memory holds it as before, once", shown.count(RULE) == 1)
        notes = (RULE, OWN, HABIT, TASK)
        self._check(
            "the laptop's CLAUDE.md holds the notes of both", all(text in shown for text in notes)
        )
        self._check("the version before lies in backups/, byte for byte", before in self._backups())

    def _look_again(self, desktop: PretendMachine) -> None:
        self._say("")
        self._say("4. The desktop looks again: nothing is pending, so Claude is not asked.")
        self._run(desktop, "refresh")
        self._run(desktop, "history")

    def _where(self, laptop: PretendMachine, desktop: PretendMachine) -> None:
        self._say("")
        self._say("What lies where:")
        for folder in (self.cloud, laptop.home / ".claude", desktop.home / ".claude"):
            for line in tree.lines(folder):
                self._say(f"  {line}".rstrip())
        self._say("")
        self._say("The memory that Claude Code reads on both:")
        raw = self._memory()
        self._check_quietly("the memory is whole", not parse(raw).trouble)
        for line in parse(raw).body.splitlines():
            self._say(f"  | {line}".rstrip())
        self._say("")

    def _is_apart(self, pretend: PretendMachine) -> None:
        """The pretend machine's settings lie below its home: nothing of the person's own is
        touched.
        """
        path = Path(pretend.run("config", "path").text.strip())
        self._check_quietly(
            f"the {pretend.name}'s settings lie in its own home", path.is_relative_to(pretend.home)
        )

    def _run(self, pretend: PretendMachine, *words: str) -> Done:
        self._say(f"{pretend.name}$ memsync {shlex.join(words)}")
        done = pretend.run(*words)
        for line in (done.text).splitlines():
            self._say(f"  {line}")
        self._check_quietly(f"memsync {words[0]} on the {pretend.name} exits 0", done.status == 0)
        return done

    def _check(self, claim: str, holds: bool) -> None:
        self._check_quietly(claim, holds)
        self._say(f"  ✓ {claim}")

    def _check_quietly(self, claim: str, holds: bool) -> None:
        if not holds:
            raise UntrueError(
                f"the demo failed: not so: {claim}",
                "memsync demo --keep   (then look into the folder)",
            )

    def _memory(self) -> bytes:
        return next(self.cloud.glob("*/GLOBAL_MEMORY.md")).read_bytes()

    def _backups(self) -> list[bytes]:
        return [path.read_bytes() for path in self.cloud.glob("*/backups/*.md")]

    def _notes(self) -> list[str]:
        return [self._read(path) for path in self.cloud.glob("*/sessions/*/*.md")]

    def _read(self, path: Path) -> str:
        return path.read_text(encoding="utf-8") if path.is_file() else ""

"""A machine in a temporary folder, and the real program on it.

    world = World(tmp_path)
    world.begin(MEMORY)                                # CLAUDE.md was there, then `memsync init`
    with StandIn("merged") as api:
        done = world.run("refresh", "-n", "Never deploy on Fridays.", api=api)
    assert done.status == 0

The program runs in a process of its own with its own HOME; only files and streams are looked at. It
is
`python -m memsync`; but `run` and `ok` fork it from a Python that has loaded the libraries
(tests.e2e.warm).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from memsync.commands.demo.filing import file_notes, split_message
from memsync.merge.prompt import EDIT_SENTENCE, Part, user_message
from tests.e2e import warm
from tests.e2e.warm_client import Job
from tests.standin import StandIn
from tests.systems import HOME_VARIABLES, own_folders

KEY = "sk-ant-test-0123456789abcdef"
SETTINGS = ("config.toml", "api_key")
SECONDS = 120  # far more than any command takes: only a hang ends so

MEMORY = """\
# Global Memory

## Identity & context

- Ada, compiler engineer; maintains two open-source parsers
- Café owner at weekends, naïve about tax

## Current priorities

- Move to Lisbon in March
- Write the migration guide

## Hard constraints

- Never push to main
- Never send customer data to a third party
- Ask before anything is deleted

## Standing preferences

- Short answers, code first
- Tests before a refactoring
"""

Tree = dict[str, str]


class Result(NamedTuple):
    """What a person sees of a command that has ended."""

    status: int
    out: str
    err: str
    seconds: float

    @property
    def errors(self) -> list[str]:
        """stderr without the progress line, and without the price of each call."""
        return [
            line
            for line in self.err.splitlines()
            if not line.startswith("Refreshing global memory") and " tokens in, " not in line
        ]

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        return json.loads(self.out)


class Running:
    """A command that was started and not waited for."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._begin = time.monotonic()

    def end(self, seconds: float = SECONDS) -> Result:
        """Wait for the command; it is killed when it takes longer."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        took = time.monotonic() - self._begin
        return Result(self.process.returncode, _text(out), _text(err), took)


class Forked:
    """A command that was asked of a Python that is ready, and not waited for."""

    def __init__(self, fork: warm.Fork) -> None:
        self._fork = fork
        self._begin = time.monotonic()

    def end(self, seconds: float = SECONDS) -> Result:
        """Wait for the command; it is killed when it takes longer."""
        status, out, err = self._fork.communicate(seconds)
        return Result(status, _text(out), _text(err), time.monotonic() - self._begin)


def _text(stream: bytes) -> str:
    return stream.decode().replace(os.linesep, "\n")


class World:
    """A machine: a home, and a cloud folder that it may share with another machine."""

    def __init__(self, root: Path, cloud: Path | None = None) -> None:
        self.root = root
        self.home = root / "home"
        self.cloud = cloud or root / "cloud"
        self.home.mkdir(parents=True, exist_ok=True)
        self.cloud.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        """The memory folder, whichever name it has."""
        dotted = self.cloud / ".claude-memory"
        return dotted if dotted.is_dir() else self.cloud / "claude-memory"

    @property
    def memory(self) -> Path:
        """The memory file."""
        return self.folder / "GLOBAL_MEMORY.md"

    @property
    def target(self) -> Path:
        """What Claude Code reads."""
        return self.home / ".claude" / "CLAUDE.md"

    @property
    def state(self) -> Path:
        """This machine's own record."""
        return own_folders(sys.platform, self.home)[1]

    def undo_that_is_killed(self) -> None:
        """Undo, killed right behind the memory: its note waits in the record of this machine."""
        before = set(self.notes)
        self.ok("undo")
        (note,) = set(self.notes) - before
        (file,) = self.folder.glob(f"sessions/*/*{note}.md")
        (record,) = self.state.glob("*/last_seen.md")
        file.rename(record.parent / f"restoring_{note}")

    @property
    def config(self) -> Path:
        """The folder of config.toml and api_key."""
        return own_folders(sys.platform, self.home)[0]

    @property
    def body(self) -> str:
        """The memory without its footer."""
        return self.memory.read_text(encoding="utf-8").partition("\n<!-- memsync:")[0]

    @property
    def merged(self) -> set[str]:
        """The ids in the memory's footer."""
        found = re.search(r"^merged:(.*)$", self.memory.read_text(encoding="utf-8"), re.MULTILINE)
        assert found is not None, "the memory has no footer"
        return set(found[1].split())

    @property
    def notes(self) -> dict[str, str]:
        """The text of each note file in the memory folder, by id."""
        return _notes(self.folder / "sessions")

    @property
    def pending(self) -> dict[str, str]:
        """The notes that are not in the merged set, by id."""
        merged = self.merged
        return {one: text for one, text in self.notes.items() if one not in merged}

    @property
    def outbox(self) -> dict[str, str]:
        """The notes that wait on this machine."""
        return _notes(self.state / "outbox")

    @property
    def backups(self) -> dict[str, bytes]:
        """The backups by name."""
        folder = self.folder / "backups"
        return (
            {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
            if folder.is_dir()
            else {}
        )

    def environment(self, api: StandIn | str | None = None, **more: str) -> dict[str, str]:
        """The environment of a command on this machine."""
        address = api.url if isinstance(api, StandIn) else api
        homes = {name: str(self.home / below) for name, below in HOME_VARIABLES.items()}
        env = {**os.environ, **homes, "MEMSYNC_API_KEY": KEY}
        if sys.platform == "win32":
            env["PYTHONIOENCODING"] = "utf-8"  # as on the other systems, where it is so by itself
        # Nobody listens on the discard port
        env["ANTHROPIC_BASE_URL"] = address or "http://127.0.0.1:9"
        # The stand-in has no certificate, and reading the system's takes longer than calling it
        env.pop("SSL_CERT_FILE", None)
        env["SSL_CERT_DIR"] = str(self.home)
        # Compiling the SDK anew for each command takes seconds
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        return env | more

    def start(
        self, *words: str, stdin: bytes | None = None, api: StandIn | str | None = None, **more: str
    ) -> Running:
        """Start a command. `stdin` None: an empty one."""
        return self.launch(warm.COLD, words, stdin, self.environment(api, **more))

    def start_ready(
        self, *words: str, stdin: bytes | None = None, api: StandIn | str | None = None, **more: str
    ) -> Running | Forked:
        """Start a command that finds its libraries loaded, where this machine can have that."""
        address = "" if any(name.startswith("PYTHON") for name in more) else self.server(words)
        if not address:
            return self.start(*words, stdin=stdin, api=api, **more)
        job = Job(list(words), self.environment(api, **more), str(self.root))
        return Forked(warm.Fork(address, job, stdin))

    def server(self, words: tuple[str, ...]) -> str:
        """The address of the Python that forks such a command; empty where it has to be started."""
        return warm.server(words[0]) if words else ""

    def launch(
        self, command: list[str], words: tuple[str, ...], stdin: bytes | None, env: dict[str, str]
    ) -> Running:
        """Start a command with the words that stand for `python -m memsync`."""
        process = subprocess.Popen(
            [*command, *words],
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=self.root,
        )
        if stdin is not None and process.stdin is not None:
            process.stdin.write(stdin)  # less than a pipe holds, or the command reads it at once
            process.stdin.close()
            process.stdin = None
        return Running(process)

    def run(
        self, *words: str, stdin: bytes | None = None, api: StandIn | str | None = None, **more: str
    ) -> Result:
        """Run a command to its end. It never ends in a traceback and never shows the key."""
        result = self.start_ready(*words, stdin=stdin, api=api, **more).end()
        assert "Traceback" not in result.out + result.err, result.err
        assert KEY not in result.out + result.err
        return result

    def ok(
        self, *words: str, stdin: bytes | None = None, api: StandIn | str | None = None, **more: str
    ) -> Result:
        """Run a command that succeeds."""
        result = self.run(*words, stdin=stdin, api=api, **more)
        assert result.status == 0, result
        return result

    def init(self, *words: str) -> Result:
        """Set this machine up with the shared cloud folder."""
        return self.ok("init", "--sync-root", str(self.cloud), *words)

    def begin(self, claude_md: str = MEMORY) -> None:
        """A machine that has a CLAUDE.md and then runs `memsync init`."""
        self.target.parent.mkdir(exist_ok=True)
        self.target.write_text(claude_md, encoding="utf-8", newline="\n")
        self.init()
        assert self.body == claude_md

    def status(self) -> Any:
        """What `memsync status --json` says."""
        return self.ok("status", "--json").json

    def edit(self, old: str, new: str) -> None:
        """Edit the memory as an editor does; the footer stays."""
        text = self.memory.read_text(encoding="utf-8")
        assert old in text
        self.memory.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")

    def lose_state(self) -> None:
        """This machine's record goes; the settings stay, also where both are in one folder."""
        if self.state != self.config:
            shutil.rmtree(self.state)
            return
        for path in self.state.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in SETTINGS:
                path.unlink()

    def lose_settings(self) -> None:
        """The settings go."""
        for name in SETTINGS:
            (self.config / name).unlink(missing_ok=True)


def _notes(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("*/*.md"))
    return {
        path.stem[-12:]: path.read_text(encoding="utf-8").partition("\n---\n")[2] for path in files
    }


def tree(*roots: Path) -> Tree:
    """Every name below the roots with its mode and a hash of its bytes, or where it points."""
    found: Tree = {}
    for root in roots:
        for path in [root, *sorted(root.rglob("*"))]:
            found[str(path)] = _stands(path)
    return found


def _stands(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    mode = oct(stat.S_IMODE(path.stat().st_mode))
    return mode if path.is_dir() else f"{mode} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def file_edits_too(request: str) -> str:
    """The stand-in's rule, also for hand edits that Claude has to place: each added line is
    filed.
    """
    memory, notes = split_message(request)
    lines: list[str] = []
    for note in notes:
        rows = note.splitlines()
        edited = rows[0] == EDIT_SENTENCE
        lines += [row[2:] for row in rows[1:] if row.startswith("+ ")] if edited else [note]
    return file_notes(user_message(memory, [Part("", line) for line in lines]))


def told(result: Result, status: int, *words: str) -> None:
    """The command failed as documented: its status, and two plain lines after the progress line."""
    assert result.status == status, result
    lines = result.errors
    assert len(lines) == 2, result.err
    assert lines[0].startswith("Error: "), result.err
    assert lines[1].startswith("Try: "), result.err
    assert all(line.isprintable() and len(line) > len("Error: ") for line in lines)
    for word in words:
        assert word in result.err, result.err

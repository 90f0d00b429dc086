"""Claude Code on a machine of the tests: a prompt with `-p`, or a session at a terminal.

code = ClaudeCode(program, world, project)
code.ask("hello", api)                              # claude -p
with code.terminal(api) as session:
    session.types("/memsync prefer tabs\\r")
    session.sees("noted")
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.claude_code.api import Api
from tests.e2e.world import World

SECONDS: Final = 60  # far more than any step takes
LOGIN: Final = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"
CONTROL: Final = re.compile(r"\x1b(?:\[[0-9;?<>=]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])")


def comes(what: Callable[[], bool]) -> bool:
    """Whether this becomes so, as what runs in the background ends."""
    end = time.monotonic() + SECONDS
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
    return what()


class ClaudeCode:
    """One version of the program on one machine."""

    def __init__(self, program: Path, world: World, project: Path) -> None:
        self.program = program
        self.world = world
        self.project = project
        project.mkdir(parents=True, exist_ok=True)
        trusted = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
        seen = {
            "hasCompletedOnboarding": True,
            "theme": "dark",
            "lastOnboardingVersion": "2.1.999",
            "projects": {str(project.resolve()): trusted},
        }
        (world.home / ".claude.json").write_text(json.dumps(seen), encoding="utf-8")

    def environment(self, api: Api, **more: str) -> dict[str, str]:
        """Nothing of this process but its PATH; the only address is the stand-in's."""
        own = self.world.environment()
        kept = ("PATH", "HOME", "USERPROFILE", "MEMSYNC_API_KEY", "COVERAGE_FILE")
        env = {name: own[name] for name in (*kept, "COVERAGE_PROCESS_START") if name in own}
        return env | {
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_AUTH_TOKEN": "a-token-of-the-tests",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": "0",
            "DISABLE_AUTOUPDATER": "1",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            **more,
        }

    def run(self, api: Api, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the program to its end, without a terminal."""
        return subprocess.run(
            [str(self.program), *words],
            cwd=self.project,
            env=self.environment(api, **more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS * 2,
            check=False,
        )

    def ask(self, prompt: str, api: Api, *words: str) -> str:
        """`claude -p`: everything that was sent for this prompt, as one text."""
        before = len(api.sessions)
        done = self.run(api, "-p", prompt, *words)
        assert done.returncode == 0, done
        return "\n".join(json.dumps(one, ensure_ascii=False) for one in api.sessions[before:])

    @contextlib.contextmanager
    def terminal(self, api: Api, *words: str, **more: str) -> Iterator[Session]:
        """A session at a terminal; it is ended at the latest when the block is left."""
        session = Session([str(self.program), *words], self.environment(api, **more), self.project)
        try:
            session.is_ready()
            yield session
        finally:
            session.kill()


class Session:
    """A person at Claude Code's terminal."""

    def __init__(self, command: list[str], env: dict[str, str], cwd: Path) -> None:
        import pty
        import termios

        self._outer, inner = pty.openpty()
        termios.tcsetwinsize(inner, (50, 160))
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", LOGIN, *command],
            env=env,
            cwd=cwd,
            stdin=inner,
            stdout=inner,
            stderr=inner,
        )
        os.close(inner)
        self._raw = b""

    @property
    def shown(self) -> str:
        """What stood on the terminal so far, without spaces: the program moves over them."""
        return "".join(CONTROL.sub("", self._raw.decode("utf-8", "replace")).split())

    def is_ready(self) -> None:
        """Wait until it takes what is typed."""
        self.sees("❯")
        self._settles()

    def sees(self, text: str) -> None:
        """Wait until this is shown."""
        wanted = "".join(text.split())
        end = time.monotonic() + SECONDS
        while wanted not in self.shown:
            assert time.monotonic() < end, f"{text!r} was never shown: {self.shown[-2000:]}"
            assert self._read(), f"the session ended without {text!r}: {self.shown[-2000:]}"

    def types(self, text: str) -> None:
        """Type a line: its letters, a moment, Enter. What stood there before is forgotten."""
        self._settles()
        self._raw = b""
        os.write(self._outer, text.encode())
        self._settles()
        os.write(self._outer, b"\r")

    def ends(self) -> int:
        """Wait for the end of the program; its status."""
        end = time.monotonic() + SECONDS
        while self._read():
            assert time.monotonic() < end, f"the session did not end: {self.shown[-2000:]}"
        return self._process.wait(SECONDS)

    def closes(self) -> None:
        """The terminal window is closed."""
        os.close(self._outer)
        self._outer = -1
        self._process.wait(SECONDS)

    def kill(self) -> None:
        """End it at once with all of its process group, where it has not ended: `kill -9`."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # a group of its own from the login on
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait(SECONDS)
        if self._outer >= 0:
            os.close(self._outer)
            self._outer = -1

    def _settles(self) -> None:
        """Read until nothing new has come for a moment: the program draws while it begins."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self._piece(0.4):
            pass

    def _read(self) -> bool:
        """Read what is there; False once nobody has the terminal open any more."""
        if self._process.poll() is not None:
            return bool(self._piece(0.2))
        self._piece(0.2)
        return True

    def _piece(self, seconds: float) -> bytes:
        try:
            ready, _, _ = select.select([self._outer], [], [], seconds)
            piece = os.read(self._outer, 65536) if ready else b""
        except OSError:
            return b""
        self._raw += piece
        return piece

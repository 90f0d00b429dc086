"""A person at a terminal: the real program on a pseudo-terminal, what it shows there, and what is
typed.

    person = Person(world, "refresh", api=api)
    person.sees("[y/N]")
    person.types("y\n")
    status, shown = person.ends()

Needs a system with pseudo-terminals: a file of tests that uses this is skipped where there is none.
"""

from __future__ import annotations

import json
import os
import re
import select
import socket
import subprocess
import sys
import time
from typing import NamedTuple

from tests.e2e import warm
from tests.e2e.warm_client import Job
from tests.e2e.world import KEY, SECONDS, World
from tests.standin import StandIn

CTRL_C, CTRL_D = "\x03", "\x04"
# So that Ctrl-C reaches it. Not `preexec_fn`: that runs after a fork of pytest's process, which has
# more threads.
LOGIN = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"
AT_THE_TERMINAL = [sys.executable, "-I", "-S", "-c", LOGIN]
OF_PYTHON = ("PYTHON", "LANG", "LC_")  # a Python that has begun looks at them no more
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Ended(NamedTuple):
    """How a command ended, and all that stood on the terminal: what it showed, and what was
    echoed.
    """

    status: int
    shown: str

    @property
    def plain(self) -> str:
        """Without colours and movements."""
        return CONTROL.sub("", self.shown)

    @property
    def lines(self) -> list[str]:
        """The lines that stood there, without blank ones."""
        return [line for line in self.plain.splitlines() if line.strip()]


class _Cold:
    """A command that was started, with the terminal as its own."""

    def __init__(
        self, world: World, words: tuple[str, ...], environment: dict[str, str], inner: int
    ) -> None:
        self._process = subprocess.Popen(
            [*AT_THE_TERMINAL, *warm.COLD, *words],
            env=environment,
            cwd=world.root,
            stdin=inner,
            stdout=inner,
            stderr=inner,
        )

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        return self._process.wait(SECONDS)


class _Warm:
    """The same, forked from a Python that is ready."""

    def __init__(self, address: str, job: Job, inner: int) -> None:
        self._connection = warm.at_terminal(address, job, inner)

    def kill(self) -> None:
        self._connection.shutdown(socket.SHUT_WR)  # nobody waits for it any more

    def wait(self) -> int:
        with self._connection:
            self._connection.settimeout(SECONDS)
            return int(json.loads(self._connection.recv(64)))


class Person:
    """Somebody who starts a command, reads, and types."""

    size = (40, 160)  # rows and columns

    def __init__(
        self,
        world: World,
        *words: str,
        api: StandIn | None = None,
        **more: str,
    ) -> None:
        import pty
        import termios

        self._outer, inner = pty.openpty()
        termios.tcsetwinsize(inner, self.size)
        environment = world.environment(api, **{"TERM": "xterm", **more})
        if "COLUMNS" not in more:  # pytest's own would go before the terminal's
            environment.pop("COLUMNS", None)
        address = "" if any(name.startswith(OF_PYTHON) for name in more) else world.server(words)
        self._command: _Cold | _Warm
        if address:
            self._command = _Warm(address, Job(list(words), environment, str(world.root)), inner)
        else:
            self._command = _Cold(world, words, environment, inner)
        os.close(inner)
        self._raw = b""
        self._seen = 0
        self._typed: str | bytes = ""

    @property
    def shown(self) -> str:
        """All that stood on the terminal so far."""
        return self._raw.decode("utf-8", "replace").replace("\r\n", "\n")

    def sees(self, text: str) -> None:
        """Wait until this stands there, behind what was waited for before."""
        end = time.monotonic() + SECONDS
        while (at := self.shown.find(text, self._seen)) < 0:
            assert time.monotonic() < end, f"{text!r} was never shown: {self.shown!r}"
            assert self._read(), f"the command ended without {text!r}: {self.shown!r}"
        self._seen = at + len(text)

    def types(self, keys: str | bytes) -> None:
        """Press these keys."""
        self._typed = keys
        os.write(self._outer, keys if isinstance(keys, bytes) else keys.encode())

    def ends(self) -> Ended:
        """Wait for the end. No command shows a traceback or the key.

        Ctrl-C is pressed again after a while: one that comes right before Python waits for a key
        is seen by it at the next key alone (signal(2) and read(2): nothing holds between them).
        """
        end = time.monotonic() + SECONDS
        again = time.monotonic() + SECONDS / 4
        while self._read():
            if time.monotonic() > again and self._typed == CTRL_C:
                again = end
                self.types(CTRL_C)
            if time.monotonic() > end:
                self._command.kill()
        os.close(self._outer)
        ended = Ended(self._command.wait(), self.shown)
        assert "Traceback" not in ended.shown, ended.shown
        assert KEY not in ended.shown
        return ended

    def _read(self) -> bool:
        """Read what is there; False once nobody has the terminal open any more."""
        try:
            ready, _, _ = select.select([self._outer], [], [], 0.2)
            piece = os.read(self._outer, 65536) if ready else b""
        except OSError:  # Linux says so when the other side is closed; others give an empty piece
            return False
        self._raw += piece
        return bool(piece) or not ready


def asked(
    world: World,
    question: str,
    answer: str | bytes,
    *words: str,
    api: StandIn | None = None,
    **more: str,
) -> Ended:
    """A command that asks this, and a person who types the answer."""
    person = Person(world, *words, api=api, **more)
    person.sees(question)
    person.types(answer)
    return person.ends()

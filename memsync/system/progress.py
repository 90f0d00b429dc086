"""What stderr shows while something takes long: it moves on a terminal, and is a line on a pipe.

It is drawn by hand: a library that draws takes longer to load than a person waits for a first sign.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Final

from memsync.system import terminal
from memsync.system.layout import cells
from memsync.system.machine import Machine
from memsync.system.visible import visible_line

TURN: Final = 0.1
DUMB: Final = ("dumb", "unknown")
TURNS: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_TURNS: Final = "-\\|/"
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


class Progress:
    """What a call shows while it runs. `lines` is told how many lines of the reply have come.

    `expected`: about how many will come; None where no reply is waited for.
    """

    def __init__(
        self, words: str, expected: int | None, show: Callable[[str], None] | None
    ) -> None:
        self._words = words
        self._expected = expected
        self._show = show
        self._begin = time.monotonic()
        self._lines = 0

    def lines(self, count: int) -> None:
        """The reply has this many lines now."""
        self._lines = count
        self.tick()

    def tick(self) -> None:
        """Show the time that has passed, or the lines received against the old file's lines."""
        if self._show is None:
            return
        shown = f"{self._words} {int(time.monotonic() - self._begin)} s"
        if self._expected is not None:
            shown += (
                f", {self._lines} of about {self._expected} lines"
                if self._lines
                else ", waiting for Claude"
            )
        self._show(shown)


class Spinner:
    """A row of the terminal that turns. Nothing of it is left once it ends.

    `ends_at_once`: with the first other thing that is shown; else it goes on below that.
    """

    def __init__(self, words: str, machine: Machine, *, ends_at_once: bool) -> None:
        self._words = words
        self._ends_at_once = ends_at_once
        self._hide, self._show = (HIDE, SHOW) if machine.system != "windows" else ("", "")
        self._turns = itertools.cycle(TURNS if terminal.err_shows_unicode() else PLAIN_TURNS)
        self._wide = 0
        self._still_until = 0.0
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._turn, daemon=True)
        terminal.make_way()  # where another one turns, it ends
        terminal.make_way_with(self._clear)
        terminal.draw(self._hide)
        self._draw()
        self._thread.start()

    def says(self, words: str) -> None:
        """Other words from now on."""
        self._words = words
        self._draw()

    def end(self) -> None:
        """Take it away; the cursor is there again."""
        if self._done.is_set():
            return
        self._done.set()
        terminal.make_way_with(None)
        if threading.current_thread() is not self._thread:
            self._thread.join()
        with self._lock:
            self._blank()
            terminal.draw(self._show)

    def _turn(self) -> None:
        while not self._done.wait(TURN):
            self._draw()

    def _clear(self) -> None:
        """Something else is shown now, in a moment in which nothing is drawn."""
        if self._ends_at_once:
            self.end()
            return
        with self._lock:
            self._blank()
            self._still_until = time.monotonic() + TURN

    def _draw(self) -> None:
        with self._lock:
            if self._done.is_set() or time.monotonic() < self._still_until:
                return
            shown = _fitting(visible_line(self._words), terminal.err_width() - 3)
            wide = cells(shown) + 2
            gap = " " * (self._wide - wide)
            terminal.draw(f"\r{next(self._turns)} {shown}{gap}")
            self._wide = wide

    def _blank(self) -> None:
        if self._wide:
            terminal.draw(f"\r{' ' * self._wide}\r")
        self._wide = 0


def _fitting(words: str, room: int) -> str:
    """The words without the last of their parts, as long as they do not fit."""
    while cells(words) > room and ", " in words:
        words = words.rpartition(", ")[0]
    while cells(words) > max(room, 1):
        words = f"{words.rstrip('…')[:-1]}…"
    return words


@contextlib.contextmanager
def progress(words: str, expected: int | None, machine: Machine) -> Iterator[Progress]:
    """A spinner with seconds on a terminal; elsewhere one line on stderr, before the call."""
    if not moves(machine):
        terminal.hint(words)
        yield Progress(words, expected, None)
        return
    spinner = Spinner(words, machine, ends_at_once=False)
    shown = Progress(words, expected, spinner.says)
    done = threading.Event()

    def tick() -> None:
        while not done.wait(1.0):
            shown.tick()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield shown
    finally:
        done.set()
        ticker.join()
        spinner.end()


@contextlib.contextmanager
def first_sign(words: str, machine: Machine) -> Iterator[Callable[[str], None]]:
    """A spinner on a terminal from the first moment on, until anything else is shown; elsewhere
    nothing. What it yields gives it other words.
    """
    if not moves(machine):
        yield lambda _: None
        return
    spinner = Spinner(words, machine, ends_at_once=True)
    try:
        yield spinner.says
    finally:
        spinner.end()


def moves(machine: Machine) -> bool:
    """Whether stderr is a terminal that can write over a line, and may."""
    if terminal.is_quiet():
        return False
    return terminal.err_is_terminal() and machine.env.get("TERM", "").lower() not in DUMB


def waiting(words: str, seconds: float, machine: Machine, pause: float = 2.0) -> Generator[float]:
    """Yield now and then until the time is over, and show how long it has been; Ctrl-C passes
    through.

    Close it before anything else is printed.
    """
    begin = time.monotonic()
    with progress(words, None, machine):
        while (passed := time.monotonic() - begin) < seconds:
            time.sleep(min(pause, seconds - passed))
            yield passed

"""What stderr shows while something takes long: it moves on a terminal, and is a line on a pipe."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from memsync.system import terminal
from memsync.system.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


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


@contextlib.contextmanager
def progress(words: str, expected: int | None) -> Iterator[Progress]:
    """A spinner with seconds on a terminal; elsewhere one line on stderr, before the call."""
    console = None if terminal.is_quiet() else _moving()
    if console is None:
        terminal.hint(words)
        yield Progress(words, expected, None)
        return
    with console.status(_plain(words)) as status:
        shown = Progress(words, expected, lambda text: status.update(_plain(text)))
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


def _plain(words: str) -> Text:
    """Words for rich, which would take square brackets for its own markup."""
    from rich.text import Text

    return Text(visible_line(words))


def _moving() -> Console | None:
    """stderr where it is a terminal that can write over a line, else None."""
    if not terminal.err_is_terminal():
        return None
    from rich.console import Console

    console = Console(stderr=True)
    return None if console.is_dumb_terminal else console


def waiting(words: str, seconds: float, pause: float = 2.0) -> Generator[float]:
    """Yield now and then until the time is over, and show how long it has been; Ctrl-C passes
    through.

    Close it before anything else is printed.
    """
    begin = time.monotonic()
    with progress(words, None):
        while (passed := time.monotonic() - begin) < seconds:
            time.sleep(min(pause, seconds - passed))
            yield passed

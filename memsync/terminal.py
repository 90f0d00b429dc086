"""The terminal: the only file that prints or asks. stdout is data, stderr is for the person.

Progress goes to stderr; on a terminal it moves, on a pipe it is one line. Nothing here decides.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.text import Text

WAIT_BEFORE_WORDS: Final = 2.0


def out(text: str = "") -> None:
    """A line of the result, on stdout."""
    sys.stdout.write(f"{text}\n")


def out_raw(text: str) -> None:
    """Text as it is, without a line end of its own. On a pipe: UTF-8, byte for byte."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None or sys.stdout.isatty():
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    stream.write(text.encode("utf-8", "surrogateescape"))
    stream.flush()


def err(text: str) -> None:
    """A line for the person, on stderr."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def warn(text: str) -> None:
    """A warning, on stderr."""
    err(f"Warning: {text}")


def prepare() -> None:
    """Make stdout and stderr print any text: a console of another code page shows `?`, never fails."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            utf8 = not stream.isatty() and (stream.encoding or "").lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(encoding="utf-8" if utf8 else None, errors="replace")


def has_person() -> bool:
    """Whether somebody sits there who can be asked: stdin and stderr are terminals."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def err_is_terminal() -> bool:
    """Whether stderr is seen by a person."""
    return sys.stderr is not None and sys.stderr.isatty()


def confirm(question: str) -> bool:
    """Ask; only a plain yes is one. Ctrl-C passes through."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    try:
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    except (OSError, UnicodeDecodeError):
        return False


def choose(question: str, rows: Sequence[str]) -> int | None:
    """Ask which of several; None for no clear answer."""
    for number, row in enumerate(rows, 1):
        err(f"  {number}. {row}")
    sys.stderr.write(f"{question} [1-{len(rows)}] ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    return int(answer) - 1 if answer.isdigit() and 1 <= int(answer) <= len(rows) else None


def secret(question: str) -> str:
    """A line that is not echoed."""
    import getpass

    try:
        return getpass.getpass(f"{question}: ", stream=sys.stderr)
    except EOFError:
        return ""


class Person:
    """The person at the terminal, or nobody."""

    def agrees(self, question: str, before: str, after: str, reasons: Sequence[str]) -> bool | None:
        """Show reasons and difference, wait for a yes; None when nobody can be asked."""
        if not has_person():
            return None
        for reason in reasons:
            err(f"  {reason}")
        if before != after:
            for line in difference(before, after):
                err(line)
        return confirm(question)


def difference(before: str, after: str, old_name: str = "memory", new_name: str = "reply") -> list[str]:
    """A unified difference, a line each."""
    import difflib

    rows = difflib.unified_diff(before.splitlines(), after.splitlines(), old_name, new_name, lineterm="")
    return list(rows)


def show_difference(before: str, after: str, old_name: str, new_name: str) -> bool:
    """Print a unified difference on stdout; on a terminal in colour, word by word. False: there is none."""
    rows = difference(before, after, old_name, new_name)
    if not sys.stdout.isatty():
        for row in rows:
            out(row)
        return bool(rows)
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for old, new in _pairs(rows):
        console.print(*_in_words(old, new), sep="\n") if new else console.print(old, style=_style(old), markup=False)
    return bool(rows)


def _style(row: str) -> str:
    return {"-": "red", "+": "green", "@": "cyan"}.get(row[:1], "")


def _pairs(rows: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The rows of a difference; a removed row with the added one behind it as a pair."""
    number = 0
    while number < len(rows):
        row, after = rows[number], rows[number + 1] if number + 1 < len(rows) else ""
        alone = number < 2 or not row.startswith("-") or not after.startswith("+")
        yield (row, "" if alone else after)
        number += 1 if alone else 2


def _in_words(old: str, new: str) -> tuple[Text, Text]:
    """Both rows of a changed line, with the words that differ marked."""
    import difflib
    import re

    from rich.text import Text

    before, after = re.findall(r"\s+|\S+", old[1:]), re.findall(r"\s+|\S+", new[1:])
    left, right = Text("-", "red"), Text("+", "green")
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        mark = "" if tag == "equal" else " reverse"
        left.append("".join(before[i1:i2]), f"red{mark}")
        right.append("".join(after[j1:j2]), f"green{mark}")
    return left, right


class Progress:
    """What a call shows while it runs. `lines` is told how many lines of the reply have come."""

    def __init__(self, words: str, expected: int, show: Callable[[str], None] | None) -> None:
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
        seconds = int(time.monotonic() - self._begin)
        tail = f"{self._lines} of about {self._expected} lines" if self._lines else "waiting for Claude"
        self._show(f"{self._words} {seconds} s, {tail}")


@contextlib.contextmanager
def progress(words: str, expected: int) -> Iterator[Progress]:
    """A spinner with seconds on a terminal; elsewhere one line on stderr, before the call."""
    if sys.stderr is None or not sys.stderr.isatty():
        err(words)
        yield Progress(words, expected, None)
        return
    import threading

    from rich.console import Console

    with Console(stderr=True).status(words) as status:
        shown = Progress(words, expected, lambda text: status.update(text))
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


def waiting(words: str, seconds: float, pause: float = 2.0) -> Iterator[float]:
    """Yield now and then until the time is over, and show how long it has been; Ctrl-C passes through."""
    begin = time.monotonic()
    with progress(words, 0):
        while (passed := time.monotonic() - begin) < seconds:
            time.sleep(min(pause, seconds - passed))
            yield passed


def read_stdin(most: int, waiting_for: str) -> bytes:
    """All of stdin, at most `most` + 1 bytes. After two silent seconds stderr says what it waits for."""
    import threading

    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return b""
    timer = threading.Timer(WAIT_BEFORE_WORDS, err, [f"waiting for {waiting_for} on stdin (Ctrl-D ends it)"])
    timer.daemon = True
    timer.start()
    data = b""
    try:
        while len(data) <= most and (chunk := stream.read1(65536)):
            timer.cancel()
            data += chunk
    finally:
        timer.cancel()
    return data


def stdin_is_terminal() -> bool:
    """Whether stdin is a terminal; a closed one is none."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()

"""The terminal: the only file that prints or asks. stdout is data, stderr is for the person.

All that is printed or asked goes through `visible`: what came from a file, a reply or a file name
makes no terminal do anything and hides nothing. Bytes as they are go out in two places only: the
memory on a pipe (`out_raw`), and JSON, which has its own escapes (`out_json`).

Progress goes to stderr; on a terminal it moves, on a pipe it is one line. Nothing here decides.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from memsync.system.visible import visible, visible_json, visible_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WAIT_BEFORE_WORDS: Final = 2.0
ASCII: Final = ("ascii", "us-ascii", "ansi_x3.4-1968")


def out(text: str = "") -> None:
    """A line of the result, on stdout. It stays one line, whatever is in it."""
    sys.stdout.write(f"{visible_line(text)}\n")


def out_text(text: str) -> None:
    """Lines of the result, without a line end of their own."""
    sys.stdout.write(visible(text.replace("\r\n", "\n")))


def out_json(value: object) -> None:
    """One object of JSON on a line of stdout."""
    sys.stdout.write(f"{visible_json(value)}\n")


def out_raw(text: str) -> None:
    """The memory: on a pipe UTF-8, byte for byte; on a terminal as `out_text`."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None or sys.stdout.isatty():
        out_text(text)
        return
    sys.stdout.flush()
    stream.write(text.encode("utf-8", "surrogateescape"))
    stream.flush()


def flush() -> None:
    """Print what waits in stdout's buffer, while its failure can still be told."""
    sys.stdout.flush()


def out_is_gone() -> None:
    """What stdout still holds goes nowhere, so that Python does not fail with it once more at its
    exit.
    """
    _let_go(sys.stdout)


def _let_go(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def err(text: str) -> None:
    """A line for the person, on stderr; one that takes nothing more stops no command."""
    try:
        sys.stderr.write(f"{visible_line(text)}\n")
        sys.stderr.flush()
    except OSError:
        _let_go(sys.stderr)


def warn(text: str) -> None:
    """A warning, on stderr."""
    err(f"Warning: {text}")


def prepare() -> None:
    """Make stdout and stderr print any text: a console of another code page shows `?`, never fails.

    stdout is data, so it is UTF-8 wherever it is no terminal: Windows would take its code page.

    Closed ones lead nowhere from now on; else the next file that is opened would be in their place.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            data = stream is sys.stdout or (stream.encoding or "").lower() in ASCII
            utf8 = data and not stream.isatty()
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(encoding="utf-8" if utf8 else None, errors="replace")


def has_person() -> bool:
    """Whether somebody sits there who can be asked: stdin and stderr are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def has_screen() -> bool:
    """Whether an editor can be used: stdin and stdout are terminals."""
    return stdin_is_terminal() and sys.stdout.isatty()


def err_is_terminal() -> bool:
    """Whether stderr is seen by a person."""
    return sys.stderr.isatty()


def confirm(question: str) -> bool:
    """Ask; only a plain yes is one. Ctrl-C passes through."""
    return _answer(f"{question} [y/N] ").lower() in ("y", "yes")


def answer(question: str) -> str | None:
    """What is typed, without spaces around; None where the input has ended."""
    with _line_of_its_own() as line:
        sys.stderr.write(visible_line(question))
        sys.stderr.flush()
        line.append(sys.stdin.readline())
    return "".join(line).strip() if any(line) else None


def choose(question: str, rows: Sequence[str]) -> int | None:
    """Ask which of several; None for no clear answer."""
    for number, row in enumerate(rows, 1):
        err(f"  {number}. {row}")
    answers = [str(number) for number in range(1, len(rows) + 1)]
    answer = _answer(f"{question} [1-{len(rows)}] ")
    return answers.index(answer) if answer in answers else None


def secret(question: str) -> str:
    """A line that is not echoed."""
    import getpass

    with _line_of_its_own() as answer:
        answer.append(getpass.getpass(f"{visible_line(question)}: ", stream=sys.stderr) + "\n")
    return "".join(answer)


def _answer(question: str) -> str:
    with _line_of_its_own() as answer:  # Ctrl-C may come as soon as the question stands there
        sys.stderr.write(visible_line(question))
        sys.stderr.flush()
        answer.append(sys.stdin.readline())
    return "".join(answer).strip()


@contextlib.contextmanager
def _line_of_its_own() -> Iterator[list[str]]:
    """Collect an answer.

    Where none came, or half a line, what is shown next still begins a line.
    """
    answer: list[str] = []
    try:
        with contextlib.suppress(EOFError, OSError, UnicodeDecodeError):
            yield answer
    finally:
        if not "".join(answer).endswith("\n"):
            err("")


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


def difference(
    before: str, after: str, old_name: str = "memory", new_name: str = "reply"
) -> list[str]:
    """A unified difference, a line each."""
    import difflib

    rows = difflib.unified_diff(
        before.splitlines(), after.splitlines(), old_name, new_name, lineterm=""
    )
    return list(rows)


def show_difference(before: str, after: str, old_name: str, new_name: str) -> bool:
    """Print a unified difference on stdout; on a terminal in colour, word by word.

    False: there is none.
    """
    rows = difference(before, after, old_name, new_name)
    if not sys.stdout.isatty():
        for row in rows:
            out(row)
        return bool(rows)
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
    from memsync.system.coloured import coloured

    for text in coloured([visible_line(row) for row in rows]):
        console.print(text)
    return bool(rows)


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
    console = _moving()
    if console is None:
        err(words)
        yield Progress(words, expected, None)
        return
    import threading

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
    if not err_is_terminal():
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


def read_stdin(most: int, waiting_for: str) -> bytes:
    """All of stdin, at most `most` + 1 bytes.

    After two silent seconds stderr says what it waits for.
    """
    import threading

    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return b""
    words = f"waiting for {waiting_for} on stdin (Ctrl-D ends it; on Windows Ctrl-Z, then Enter)"
    timer = threading.Timer(WAIT_BEFORE_WORDS, err, [words])
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


def open_editor(command: Sequence[str], path: str) -> bool:
    """Let a person edit a file, at this terminal; whether their editor ended well."""
    import subprocess

    try:
        return subprocess.run([*command, path], check=False).returncode == 0
    except OSError:
        return False


def stdin_is_terminal() -> bool:
    """Whether stdin is a terminal; a closed one is none."""
    return not sys.stdin.closed and sys.stdin.isatty()

"""The terminal: what is printed or asked goes through here. stdout is data, stderr is a person's.

All that is printed or asked goes through `visible`: what came from a file, a reply or a file name
makes no terminal do anything and hides nothing. Bytes as they are go out in two places only: the
memory on a pipe (`out_raw`), and JSON, which has its own escapes (`out_json`).

What moves while something takes long is `progress`. Nothing here decides.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from memsync.system.visible import visible, visible_json, visible_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WAIT_BEFORE_WORDS: Final = 2.0
MARKS: Final = {"✓": "green", "!": "yellow", "✗": "red"}
ASCII: Final = ("ascii", "us-ascii", "ansi_x3.4-1968")

_loudness = {"quiet": False, "verbose": False}


_in_motion: Final[list[Callable[[], None]]] = []


def make_way_with(clear: Callable[[], None] | None) -> None:
    """What moves on the terminal from now on (None: nothing): it is cleared away before anything
    else is shown.
    """
    _in_motion[:] = [clear] if clear is not None else []


def make_way() -> None:
    """Clear away what moves."""
    for clear in list(_in_motion):
        clear()


def out(text: str = "") -> None:
    """A line of the result, on stdout. It stays one line, whatever is in it."""
    make_way()
    sys.stdout.write(f"{visible_line(text)}\n")


def out_text(text: str) -> None:
    """Lines of the result, without a line end of their own."""
    make_way()
    sys.stdout.write(visible(text.replace("\r\n", "\n")))


def out_marked(text: str) -> None:
    """A line of a screen, with its mark ✓ ! ✗ in colour, on stdout."""
    if not sys.stdout.isatty():
        out(text)
        return
    from rich.text import Text

    shown = Text(visible_line(text))
    for mark, colour in MARKS.items():
        shown.highlight_regex(rf"(?<!\S){re.escape(mark)}(?!\S)", colour)
    console().print(shown)


def console(*, stderr: bool = False) -> Console:
    """What draws in colour on stdout or stderr, each line as it is."""
    from rich.console import Console

    make_way()
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, highlight=False, soft_wrap=True, markup=False, emoji=False)


def drawn(rows: Sequence[Text]) -> str:
    """Rows as stdout, a terminal, would get them."""
    printer = console()
    with printer.capture() as kept:
        for row in rows:
            printer.print(row)
    return kept.get()


def out_drawn(text: str) -> None:
    """What `drawn` made, on stdout."""
    make_way()
    sys.stdout.write(text)


def draw(text: str) -> None:
    """Show this on stderr as it is: what moves moves the cursor."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def err_shows_unicode() -> bool:
    """Whether stderr can show any character."""
    return (sys.stderr.encoding or "").lower().startswith("utf")


def out_fitted(text: str) -> None:
    """A line of a screen, in rows that fit a terminal; its mark ✓ ! ✗ in colour."""
    if not sys.stdout.isatty():
        out(text)
        return
    from memsync.system.layout import fitted

    for row in fitted(text, width()):
        out_marked(row)


def width() -> int:
    """How many characters a line of stdout holds."""
    return _size().columns


def height() -> int:
    """How many rows stdout shows at once."""
    return _size().lines


def _size() -> os.terminal_size:
    import shutil  # a twentieth of a start; only a terminal is asked

    return shutil.get_terminal_size()


def err_width() -> int:
    """How many characters a line of stderr holds."""
    with contextlib.suppress(OSError, ValueError):
        if not sys.stdout.isatty():
            return os.get_terminal_size(sys.stderr.fileno()).columns or width()
    return width()


def out_is_terminal() -> bool:
    """Whether stdout is seen by a person."""
    return sys.stdout.isatty()


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
    """A line for the person, on stderr, at a terminal in rows that fit it; a stream that takes
    nothing more stops no command.
    """
    make_way()
    try:
        for row in _rows_of(text, err_width()) if sys.stderr.isatty() else (visible_line(text),):
            sys.stderr.write(f"{row}\n")
        sys.stderr.flush()
    except OSError:
        _let_go(sys.stderr)


def _rows_of(text: str, room: int) -> list[str]:
    from memsync.system.layout import fitted  # only where a person sees it

    return fitted(text, room)


def warn(text: str) -> None:
    """A warning, on stderr."""
    err(f"Warning: {text}")


def speak(*, quiet: bool, verbose: bool) -> None:
    """From now on no more than is needed (`--quiet`), or every step as well (`--verbose`)."""
    _loudness.update(quiet=quiet, verbose=verbose)


def is_quiet() -> bool:
    """Whether the person wants no progress and no hints."""
    return _loudness["quiet"]


def hint(text: str) -> None:
    """A line on stderr that a person can do without: a hint, a cost, how far something is."""
    if not is_quiet():
        err(text)


def detail(text: str) -> None:
    """A step that was taken, on stderr, for who asked to see each."""
    if _loudness["verbose"]:
        err(f"- {text}")


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


def answer(question: str) -> str | None:
    """What is typed, without spaces around; None where the input has ended."""
    make_way()
    with _line_of_its_own() as line:
        sys.stderr.write(_prompt(question) if sys.stderr.isatty() else visible_line(question))
        sys.stderr.flush()
        line.append(sys.stdin.readline())
    return "".join(line).strip() if any(line) else None


def _prompt(question: str) -> str:
    """A question in rows that fit, with room for an answer."""
    return "\n".join(_rows_of(question.rstrip(), err_width() - 2)) + " "


def secret(question: str) -> str:
    """A line that is not echoed."""
    import getpass

    make_way()
    with _line_of_its_own() as answer:
        answer.append(getpass.getpass(f"{visible_line(question)}: ", stream=sys.stderr) + "\n")
    return "".join(answer)


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


def read_stdin(most: int, waiting_for: str) -> bytes:
    """All of stdin, at most `most` + 1 bytes.

    After two silent seconds stderr says what it waits for, where that is given.
    """
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return b""
    if not waiting_for:
        return bytes(stream.read(most + 1))
    import threading

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


def stdin_is_terminal() -> bool:
    """Whether stdin is a terminal; a closed one is none."""
    return not sys.stdin.closed and sys.stdin.isatty()

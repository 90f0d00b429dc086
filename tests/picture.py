"""The picture of a terminal in the README: its example session, run on a pseudo-terminal.

The commands are those of the README's first console block, in the world of tests.transcripts. What
they show is drawn by rich. The picture loads nothing: no font, no style, no image from elsewhere.

    python -m tests.picture      # draw docs/terminal.svg anew
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pyte
from pyte.screens import Char
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tests.e2e.person import AT_THE_TERMINAL
from tests.standin import StandIn
from tests.transcripts import ROOT, WHEN, Shell, steps

PICTURE: Final = ROOT / "docs" / "terminal.svg"
COLUMNS: Final = 80
CHARACTER: Final = 12.2  # the width of one in a picture of rich's
AT_THE_EDGE: Final = re.compile(rf"(?<=^.{{{COLUMNS}}})\n", re.MULTILINE)
NAME: Final = "memsync"  # of the styles in the picture: rich would number them anew each time
FONT_FACE: Final = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
COMMENT: Final = re.compile(r"<!--.*?-->\s*")
FONTS: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
ROWS: Final = 100  # more than any command of the session shows
COLOURS: Final = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")


def commands() -> list[str]:
    """The commands of the README's example session."""
    return [step.command for step in steps((ROOT / "README.md").read_text(encoding="utf-8"))]


def session() -> str:
    """The commands and what each leaves on a terminal, with its colours.

    The home lies in a path of one length, so that what is fitted to the terminal comes out alike.
    """
    shown = []
    with tempfile.TemporaryDirectory() as folder, StandIn(when=WHEN, seconds=1200) as api:
        shell = Shell(Path(folder).resolve(), api.url)
        for command in commands():
            shown.append(f"\x1b[1;32m$\x1b[0m \x1b[1m{command}\x1b[0m")
            shown += left_standing(at_a_terminal(shell, command))
    return "\n".join(shown)


def at_a_terminal(shell: Shell, command: str) -> str:
    """Everything that a command sends to a terminal."""
    import pty
    import termios

    outer, inner = pty.openpty()
    termios.tcsetwinsize(inner, (40, COLUMNS))
    process = subprocess.Popen(
        [*AT_THE_TERMINAL, "/bin/sh", "-c", command],
        cwd=shell.home,
        env={**shell.environment, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)},
        stdin=inner,
        stdout=inner,
        stderr=inner,
    )
    os.close(inner)
    sent = b""
    try:
        while piece := os.read(outer, 65536):
            sent += piece
    except OSError:  # so Linux says that nobody has the terminal open any more
        pass
    os.close(outer)
    assert process.wait(60) == 0, sent
    return shell.readable(sent.decode("utf-8").replace("\r\n", "\n"))


def left_standing(sent: str) -> list[str]:
    """The lines that stand there at the end, with their colours: what a spinner wrote and erased is
    gone.
    """
    terminal = pyte.HistoryScreen(COLUMNS, ROWS, history=ROWS, ratio=0.5)
    pyte.Stream(terminal).feed(sent.replace("\n", "\r\n"))
    lines = [*terminal.history.top, *(terminal.buffer[n] for n in range(ROWS))]
    shown = [_with_colours([line[x] for x in range(COLUMNS)]) for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def _with_colours(row: list[Char]) -> str:
    """A row in the escapes of a terminal, without blanks at its end."""
    text = ""
    for (colour, bold), run in groupby(row, key=lambda char: (char.fg, char.bold)):
        codes = [str(30 + COLOURS.index(colour))] if colour in COLOURS else []
        codes += ["1"] if bold else []
        words = "".join(char.data for char in run)
        text += f"\x1b[{';'.join(codes)}m{words}\x1b[0m" if codes else words
    return text.rstrip()


def drawn(text: str) -> str:
    """The picture of a terminal that shows this."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    for line in text.split("\n"):
        shown = Text.from_ansi(line)
        # Some viewers drop spaces at the start: as a piece of their own, rich leaves them out
        shown.stylize("dim", 0, len(shown.plain) - len(shown.plain.lstrip(" ")))
        for row in shown.divide(range(COLUMNS, len(shown), COLUMNS)):  # where a terminal breaks it
            console.print(row, soft_wrap=True)
    shape = COMMENT.sub("", FONT_FACE.sub("", CONSOLE_SVG_FORMAT))
    shape = shape.replace("Fira Code, monospace", FONTS)
    picture = console.export_svg(title="memsync", code_format=shape, unique_id=NAME)
    return "".join(f"{line.rstrip()}\n" for line in picture.splitlines() if line.strip())


def words(picture: str) -> list[str]:
    """The lines of text that a picture of a terminal shows, without the breaks at its edge."""
    pieces: dict[float, list[tuple[int, str]]] = {}
    for one in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text"):
        if f"{NAME}-r" in one.get("class", ""):
            column = round(float(one.get("x", "0")) / CHARACTER)
            pieces.setdefault(float(one.get("y", "0")), []).append((column, one.text or ""))
    rows = []
    for _, row in sorted(pieces.items()):
        line = ""
        for column, text in sorted(row):
            if text != "\n":  # rich draws it, too, at the edge
                line = line.ljust(column) + text.replace("\xa0", " ")
        rows.append(line)
    return AT_THE_EDGE.sub("", "\n".join(rows)).split("\n")


if __name__ == "__main__":
    PICTURE.write_text(drawn(session()), encoding="utf-8")

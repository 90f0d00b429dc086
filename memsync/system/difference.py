"""A unified difference of two bodies, as it is shown: plain on a pipe, in colour at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from memsync.system import terminal
from memsync.system.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console


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
    if terminal.out_is_terminal():
        _show(rows, terminal.console(), 0)
        return bool(rows)
    for row in rows:
        terminal.out(row)
    return bool(rows)


def ask_about(before: str, after: str) -> None:
    """Print what a question is about on stderr; nobody copies it, so its rows fit the terminal."""
    _show(difference(before, after), terminal.console(stderr=True), terminal.err_width())


def _show(rows: Sequence[str], console: Console, fit: int) -> None:
    """Print the rows of a difference in colour; `fit`: broken at spaces to that width, 0 as they
    are.
    """
    from memsync.system.coloured import coloured

    for text in coloured([visible_line(row) for row in rows]):
        if not fit:
            console.print(text)
            continue
        for number, line in enumerate(text.wrap(console, fit - 2)):
            line.rstrip()
            console.print("  " if number else "", line, sep="")

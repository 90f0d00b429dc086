"""A body as a person reads it at a terminal: headings in bold, each item behind its own margin, and
through their pager where it is longer than the screen.

Every character is shown: what draws Markdown as a page hides comments and where links lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from memsync.memory.text.markdown import outline
from memsync.system import layout, pager, terminal
from memsync.system.machine import Machine
from memsync.system.visible import visible_line

if TYPE_CHECKING:
    from rich.text import Text

# How a row of a table or of code begins: its columns say something
_AS_IT_IS: Final = re.compile(r"\s*\||    |\t|\s*(?:`{3}|~{3})")
_BEGIN: Final = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)]|>)\s+)?")


def show(body: str, machine: Machine) -> None:
    """Show a body. Only for a terminal; on a pipe it goes out byte for byte."""
    pager.show([*_rows(body.rstrip("\n"), terminal.width())], machine)


def show_rows(rows: Sequence[str], machine: Machine) -> None:
    """Show the rows of a difference, in colour."""
    from memsync.system.coloured import coloured

    pager.show(list(coloured([visible_line(row) for row in rows])), machine)


def _rows(body: str, width: int) -> Iterator[Text]:
    from rich.text import Text

    headings = {heading.line for heading in outline(body).headings}
    code = False
    for number, line in enumerate(body.split("\n")):
        fence = line.lstrip().startswith(("```", "~~~"))
        code ^= fence
        if code or fence or _AS_IT_IS.match(line) or layout.cells(line) <= width:
            rows = [visible_line(line)]
        else:
            begin = _BEGIN.match(line)
            margin = begin.end() if begin else 0
            first = len(line) - len(line.lstrip())
            rows = layout.paragraph(line.strip(), width, margin, first=first)
        for row in rows:
            yield Text(row, style="bold" if number in headings else "")

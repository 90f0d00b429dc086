"""Claude Code's auto memory as candidates: what Claude wrote down unasked about the user.

Of the types `user` and `feedback` (facts, claude-code-332.md 5). The model wrote it, so it is
nobody's word: a candidate says so, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from memsync.agents import candidates
from memsync.agents.candidates import Candidate
from memsync.system.errors import InputError
from memsync.system.lines import lines
from memsync.system.machine import Machine

FOLDER: Final = "memory"
TYPES: Final = ("user", "feedback")
MOST_FILES: Final = 1000  # of a project
MOST_LINES: Final = 2000
MOST_HEAD: Final = 50  # lines of front matter

_FIELD: Final = re.compile(r"\s*([A-Za-z_]+):[ \t]*(.*)")
_EDGES: Final = "\"' \t"


def candidates_of(machine: Machine, folder: Path) -> Iterator[Candidate]:
    """The candidates of one project's auto memory. Links are left alone."""
    names = (name for name in machine.names(folder) if name.endswith(".md"))
    for name in islice(names, MOST_FILES):
        path = folder / name
        if not path.is_symlink() and not folder.is_symlink():
            yield from _of_file(path, machine)


def _of_file(path: Path, machine: Machine) -> Iterator[Candidate]:
    rows = [line.decode("utf-8", "replace") for line in islice(lines(path), MOST_LINES)]
    head, text = _taken_apart(rows)
    if head.get("type") not in TYPES:
        return
    try:
        yield candidates.of(
            text or head.get("description", ""),
            "auto memory",
        )._replace(
            session=head.get("originSessionId", ""),
            time=head.get("modified", ""),
            where=str(path),
        )
    except InputError:
        return  # blank, or too long to be something to remember


def _taken_apart(rows: list[str]) -> tuple[Mapping[str, str], str]:
    """The fields of the front matter, nested ones too, and the text behind it."""
    if not rows or rows[0].strip() != "---":
        return {}, ""
    fields: dict[str, str] = {}
    for number, row in enumerate(rows[1 : MOST_HEAD + 1], 1):
        if row.strip() == "---":
            return fields, "".join(rows[number + 1 :]).strip()
        if (field := _FIELD.match(row)) is not None:
            fields.setdefault(field[1], field[2].strip(_EDGES + "\r\n"))
    return {}, ""

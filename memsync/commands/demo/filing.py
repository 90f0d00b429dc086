"""The rule by which the stand-in for Claude files notes: each under the heading that fits.

Text in, text out. It does what a careful model would do with plain notes and nothing more: it adds
one list item for each note, in place of the section's placeholder when there is one.
"""

from __future__ import annotations

import re

from memsync.merge.prompt import EDIT_SENTENCE, taken_apart

_SECTIONS = (
    (("never",), "Hard constraints"),
    (("always", "prefer"), "Standing preferences"),
    (("",), "Current priorities"),
)
_PLACEHOLDER = re.compile(r"[-*+] \(.*\)")


def file_notes(user_message: str) -> str:
    """The whole memory with every note of the message filed; the same bytes when all are in it
    already.
    """
    memory, notes = split_message(user_message)
    for note in notes:
        memory = _file(memory, note)
    return memory


def split_message(user_message: str) -> tuple[str, list[str]]:
    """The memory of a request as memsync writes it, and the paragraphs of its notes."""
    memory, notes = taken_apart(user_message)
    parts = [part.strip() for note in notes for part in re.split(r"\n\s*\n", note)]
    return memory, [part for part in parts if part]


def _file(memory: str, note: str) -> str:
    first, *rest = note.splitlines()
    if first == EDIT_SENTENCE:
        return _edit(memory, rest)
    return _add(memory, first)


def _edit(memory: str, rows: list[str]) -> str:
    """Lines that the user added go where they fit, lines that the user removed go."""
    for row in rows:
        sign, line = row[:2], row[2:]
        if sign == "+ " and line not in memory.splitlines():
            memory = _add(memory, line)
        elif sign == "- ":
            memory = "".join(f"{one}\n" for one in memory.splitlines() if one != line)
    return memory


def _add(memory: str, first: str) -> str:
    first_line = first.strip()
    item = "- " + re.sub(r"^[-*+] ", "", first_line)
    lines = memory.splitlines()
    if item in lines:
        return memory
    start, end = _section(lines, _heading(item))
    for index in range(start, end):
        if _PLACEHOLDER.fullmatch(lines[index].strip()):
            lines[index] = item
            break
    else:
        while end > start and not lines[end - 1].strip():
            end -= 1
        after_heading = [""] if lines and end == start else []
        lines[end:end] = [*after_heading, item]
    return "\n".join(lines) + "\n"


def _heading(item: str) -> str:
    words = item[2:].lower()
    return next(heading for starts, heading in _SECTIONS if words.startswith(starts))


def _section(lines: list[str], heading: str) -> tuple[int, int]:
    """Where the section's own lines begin and end; the last section's when there is none of that
    name.
    """
    headings = [index for index, line in enumerate(lines) if re.match(r"#{1,6} ", line)]
    wanted = [
        index for index in headings if lines[index].lstrip("# ").lower().startswith(heading.lower())
    ]
    start = wanted[0] if wanted else (headings[-1] if headings else -1)
    return start + 1, next((index for index in headings if index > start), len(lines))

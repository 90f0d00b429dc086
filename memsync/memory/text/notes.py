"""Notes as bytes: one immutable file each, named by the hash of its own bytes. Pure.

File format and names are design.md section 3. May not know: disk, clock, the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple

from memsync.memory.text.document import short_hash

Kind = Literal["note", "edit", "restore", "harvest"]
KINDS: Final[tuple[Kind, ...]] = ("note", "edit", "restore", "harvest")
MOST_BYTES: Final = 256 * 1024
MOST_NOTE_FILE: Final = 4 * MOST_BYTES  # leaving secrets out may lengthen a note
MOST_EDIT_FILE: Final = 16 * 1024 * 1024  # a memory of 4 MiB, all of it replaced

FOLDER: Final = "sessions"
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# A sync client may have added to the name
FILE: Final = re.compile(r"(\d{6})-([0-9a-f]{12})(?:[ .(_-].*)?\.md")


class Note(NamedTuple):
    """One captured text. `label` sorts: day and time as its file name says, then id."""

    id: str
    kind: Kind
    text: str
    label: str = ""
    time: str = ""
    host: str = ""
    source: str = ""


class Listed(NamedTuple):
    """A note file by its name alone; its bytes have not been looked at."""

    id: str
    label: str
    name: str


def render(
    text: str, *, time: datetime, host: str, source: str, nonce: str, kind: Kind = "note"
) -> bytes:
    """The bytes of a note of the user's. `nonce`: 16 hexadecimal digits drawn at random."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # notes of one second still go in order
    head = (
        f"memsync-note: 1\nkind: {kind}\ntime: {stamp}\nhost: {host}\nsource: {source}\nnonce: "
        f"{nonce}\n---\n"
    )
    return head.encode("utf-8") + text.encode("utf-8")


def render_edit(text: str, kind: Kind = "edit") -> bytes:
    """The bytes of an edit or restore note: a function of what was seen, and of nothing else."""
    return f"memsync-note: 1\nkind: {kind}\n---\n{text}".encode()


def parse(data: bytes, expected_id: str, label: str = "") -> Note | None:
    """The note these bytes are, or None when they are not (yet) the note that their name says."""
    if len(data) > MOST_EDIT_FILE or short_hash(data) != expected_id:
        return None
    try:
        head, mark, text = data.decode("utf-8").partition("\n---\n")
    except UnicodeDecodeError:
        return None
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    kind = next((one for one in KINDS if one == fields.get("kind")), None)
    if not mark or fields.get("memsync-note") != "1" or kind is None:
        return None
    if len(data) > MOST_NOTE_FILE and kind not in ("edit", "restore"):
        return None  # more than any memsync captures, and than one call takes
    return Note(
        expected_id,
        kind,
        text,
        label,
        fields.get("time", ""),
        fields.get("host", ""),
        fields.get("source", ""),
    )


def first_line(note: Note) -> str:
    """The first line of a note that says something; of an edit, its first changed line."""
    lines = (line.strip() for line in note.text.splitlines())
    if note.kind in ("edit", "restore"):
        lines = (line for line in lines if line.startswith(("+", "-")))
    return next((line for line in lines if line), "")


def day(note: Note) -> str:
    """The day of a note, as in 2026-11-22; "" where neither its time nor its label, which anybody
    may have written, begins with one.
    """
    days = (text[:10] for text in (note.time, note.label))
    return next((one for one in days if DAY.fullmatch(one)), "")


def file_name(note_id: str, time: datetime) -> str:
    """Where a note lies below `sessions/`: by UTC day, then time and id."""
    return f"{time:%Y-%m-%d}/{time:%H%M%S}-{note_id}.md"


def listed(day: str, names: Iterable[str]) -> list[Listed]:
    """The note files among the names of a day's folder.

    Other names are not memsync's and are left alone.
    """
    found = ((name, FILE.fullmatch(name)) for name in names)
    return [
        Listed(m[2], f"{day} {m[1]} {m[2]}", f"{FOLDER}/{day}/{name}") for name, m in found if m
    ]

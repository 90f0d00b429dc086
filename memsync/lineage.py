"""Where a line of the memory came from: the version that brought it, and that version's notes.

May not know: the terminal, the network.
"""

from __future__ import annotations

from typing import NamedTuple

from memsync.errors import InputError
from memsync.memory import Memory
from memsync.notes import Note
from memsync.store import Store, Version


class Origin(NamedTuple):
    """The version in which a line first stood, and the notes that were merged with it."""

    line: str
    rev: str
    time: str
    notes: tuple[Note, ...]


def origin(store: Store, wanted: str) -> Origin:
    """The origin of the line that is, or holds, the wanted text. Raises `InputError` for none or several."""
    memory = store.memory()
    line = _line(memory.body if memory else "", wanted)
    brought: tuple[Version, Memory] | None = None
    for version in store.versions():
        found = store.read_version(version)
        if found is None or found.edited:  # a file as a person left it: the merge behind it knows the note
            continue
        if any(one.strip() == line.strip() for one in found.body.splitlines()):
            brought = (version, found)
        elif brought is not None:
            break  # older than the version that brought it
    if brought is None:
        raise InputError("no version in backups/ holds this line yet", "memsync refresh, then memsync history LINE")
    version, found = brought
    return Origin(line, version.rev or version.name, version.time, _notes(store, found, line))


def _line(body: str, wanted: str) -> str:
    text = wanted.strip().lower()
    if not text:
        raise InputError("no words of a line are given", "memsync history LINE")
    exact = [line for line in body.splitlines() if line.strip().lower() == text]
    rows = exact or [line for line in body.splitlines() if text and text in line.lower()]
    if len(set(rows)) != 1:
        what = f"{len(set(rows))} lines of the memory hold" if rows else "no line of the memory holds"
        raise InputError(f"{what} {wanted!r}", "memsync show, then memsync history with more of the line")
    return rows[0]


def _notes(store: Store, version: Memory, line: str) -> tuple[Note, ...]:
    """The notes merged with a version; those that share words with the line, when there are any."""
    before = store.version(version.footer.origin) if version.footer else None
    old = store.expand(before.footer.merged) if before and before.footer else set[str]()
    new = store.expand(version.footer.merged) - old if version.footer else set[str]()
    notes = [note for one in store.listed() if one.id in new and (note := store.note(one)) is not None]
    words = _words(line)
    close = [note for note in notes if len(words & _words(note.text)) * 2 >= len(words)]
    return tuple(close or notes)


def _words(text: str) -> set[str]:
    plain = "".join(c.lower() if c.isalnum() else " " for c in text)
    return {word for word in plain.split() if len(word) > 2}

"""Versions and where they come from: naming one, its ancestors, the history, the origin of a line.
Writes nothing.

May not know: the terminal, the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from memsync.memory import bundles
from memsync.memory.store import Store
from memsync.memory.text.changes import changes
from memsync.memory.text.document import NAME, Memory
from memsync.memory.text.notes import Listed, Note
from memsync.memory.versions import BACKUPS, Version
from memsync.system.counted import counted
from memsync.system.errors import InputError, MemsyncError, NotDownloadedError, TooLargeFileError

MOST_STEPS: Final = 1000
FEWEST_DIGITS: Final = 4


class Named(NamedTuple):
    """A version that was asked for, by the name it is shown under."""

    name: str
    memory: Memory


def find(store: Store, wanted: str) -> Named:
    """The version a person named: a revision or its first digits, a backup's file name, or `-N`.

    Raises `InputError` when there is none, when several begin with these digits, and for bytes that
    are no text: they were replaced once, and to go back to them would be to lose everything.
    """
    found = _find(store, wanted)
    if not found.memory.body:
        where = store.disk.where(BACKUPS)
        what = f"{found.name} is no version that can be read: {found.memory.trouble}"
        raise InputError(what, f"memsync history   (its bytes lie in {where})")
    return found


def _find(store: Store, wanted: str) -> Named:
    if re.fullmatch(r"-\d+", wanted):
        return _steps_back(store, int(wanted[1:]))
    names = [version for version in store.versions.all() if version.name == wanted]
    rows = names or _beginning(store, wanted)
    for version in rows:
        found = store.versions.read(version)
        if found is not None:
            return Named(version.rev or version.name, found)
    if rows:
        raise _not_whole(rows[0])
    current = store.memory()
    if current is not None and len(wanted) >= FEWEST_DIGITS and current.rev.startswith(wanted):
        return Named(current.rev, current)
    raise InputError(f"there is no version {wanted!r}", "memsync history")


def _not_whole(version: Version) -> NotDownloadedError:
    return NotDownloadedError(
        f"the backup {version.name} has not arrived whole", "wait for the sync client"
    )


def _beginning(store: Store, wanted: str) -> list[Version]:
    if len(wanted) < FEWEST_DIGITS:
        return []
    rows = [
        version
        for version in store.versions.all()
        if version.rev and version.rev.startswith(wanted)
    ]
    revs = {version.rev for version in rows}
    if len(revs) > 1:
        raise InputError(
            f"several versions begin with {wanted!r}: {', '.join(sorted(revs))}", "memsync history"
        )
    return rows


def _steps_back(store: Store, steps: int) -> Named:
    rows = list(others(store))
    last = store.last_seen()
    if (
        steps == 1
        and _is_out_of_use(store)
        and last is not None
        and all(row.rev != last.rev for row in rows)
    ):
        return Named(last.rev, last)  # the memory is gone, and its newest backup with it
    if not 1 <= steps <= len(rows):
        raise InputError(
            f"there is no version -{steps}: {counted(len(rows), 'version')} before this one",
            "memsync history",
        )
    version = rows[steps - 1]
    found = store.versions.read(version)
    if found is None:
        raise _not_whole(version)
    return Named(version.rev or version.name, found)


def _is_out_of_use(store: Store) -> bool:
    """Whether the memory is missing, or so large that nothing can be said of it."""
    try:
        return store.memory() is None
    except TooLargeFileError:
        return True


def others(store: Store) -> Iterator[Version]:
    """The versions that are not the current memory, the newest first, each revision once."""
    try:
        current = store.memory()
    except MemsyncError:
        current = None
    seen = {current.rev} if current is not None else set()
    for version in store.versions.all():
        if version.rev and version.rev in seen:
            continue
        seen.add(version.rev)
        yield version


def parent(store: Store, memory: Memory) -> Memory | None:
    """The version whose footer an edited memory still carries, else the one that this version
    replaced.
    """
    if memory.footer is None:
        return None
    return store.version(memory.footer.rev if memory.edited else memory.footer.origin)


def came_from(store: Store, memory: Memory) -> Memory | None:
    """The nearest version before this one that has another body: what a hand edit replaced, not the
    edited file.
    """
    found = parent(store, memory)
    for _ in range(MOST_STEPS):
        if found is None or found.body != memory.body:
            return found
        found = parent(store, found)
    return None


class Row(NamedTuple):
    """A line of the history. `hosts`: whose notes this version brought in."""

    steps: int
    time: str
    rev: str
    name: str
    added: int
    removed: int
    hosts: tuple[str, ...]
    current: bool


def rows(store: Store, most: int) -> list[Row]:
    """The newest versions, the current one first, each compared with the one it came from."""
    memory = store.memory()
    notes = {one.id: one for one in store.sessions.listed()}
    found: list[Row] = []
    if memory is not None:
        found.append(_row(store, memory, 0, _time_of(store, memory.rev), NAME, notes))
    for steps, version in enumerate(others(store), 1):
        if len(found) >= most:
            break
        there = store.versions.read(version)
        if there is not None:
            found.append(_row(store, there, steps, version.time, version.name, notes))
    return found


def _time_of(store: Store, rev: str) -> str:
    return next((version.time for version in store.versions.all() if version.rev == rev), "")


def _row(
    store: Store, memory: Memory, steps: int, time: str, name: str, notes: Mapping[str, Listed]
) -> Row:
    footer = memory.footer
    before = parent(store, memory)
    # A hand edit, merged: what it changed
    if before is not None and before.edited and before.body == memory.body:
        before = parent(store, before)
    change = changes(before.body if before else "", memory.body)
    merged_before = before.footer.merged if before and before.footer else frozenset[str]()
    new = (footer.merged if footer else frozenset[str]()) - merged_before
    here = (store.sessions.read(notes[one]) for one in new if one in notes)
    hosts = {note.host or note.kind for note in here if note is not None}
    added, removed = change.added + len(change.reworded), len(change.gone) + len(change.reworded)
    return Row(steps, time, memory.rev, name, added, removed, tuple(sorted(hosts)), steps == 0)


def lost_bundle(store: Store, bundle: str) -> frozenset[str] | None:
    """The ids of a bundle that is not here, from the version that first had it and the one before.

    None: unknown.
    """
    for version in store.versions.all():
        found = store.versions.read(version)
        before = (
            store.version(found.footer.origin)
            if found is not None and found.footer is not None
            else None
        )
        if found is not None and before is not None and bundle in found.merged - before.merged:
            ids = frozenset(one for one in before.merged - found.merged if not one.startswith("b-"))
            if bundles.is_of(bundle, bundles.content(ids)):
                return ids
    return None


class Origin(NamedTuple):
    """The version in which a line first stood, and the notes that were merged with it."""

    line: str
    rev: str
    time: str
    notes: tuple[Note, ...]


def origin(store: Store, wanted: str) -> Origin:
    """The origin of the line that is, or holds, the wanted text.

    Raises `InputError` for none or several.
    """
    memory = store.memory()
    line = _line(memory.body if memory else "", wanted)
    brought: tuple[Version, Memory] | None = None
    for version in store.versions.all():
        found = store.versions.read(version)
        # A file as a person left it: the merge behind it knows the note
        if found is None or found.edited:
            continue
        if any(one.strip() == line.strip() for one in found.body.splitlines()):
            brought = (version, found)
        elif brought is not None:
            break  # older than the version that brought it
    if brought is None:
        raise InputError(
            "no version in backups/ holds this line yet",
            "memsync refresh, then memsync history LINE",
        )
    version, found = brought
    return Origin(line, version.rev or version.name, version.time, _notes(store, found, line))


def _line(body: str, wanted: str) -> str:
    text = wanted.strip().lower()
    if not text:
        raise InputError("no words of a line are given", "memsync history LINE")
    exact = [line for line in body.splitlines() if line.strip().lower() == text]
    rows = exact or [line for line in body.splitlines() if text and text in line.lower()]
    if len(set(rows)) != 1:
        what = (
            f"{len(set(rows))} lines of the memory hold" if rows else "no line of the memory holds"
        )
        raise InputError(
            f"{what} {wanted!r}", "memsync show, then memsync history with more of the line"
        )
    return rows[0]


def _notes(store: Store, version: Memory, line: str) -> tuple[Note, ...]:
    """The notes merged with a version; those that share words with the line, when there are any."""
    before = store.version(version.footer.origin) if version.footer else None
    old = store.sessions.expand(before.footer.merged) if before and before.footer else set[str]()
    new = store.sessions.expand(version.footer.merged) - old if version.footer else set[str]()
    notes = [
        note
        for one in store.sessions.listed()
        if one.id in new and (note := store.sessions.read(one)) is not None
    ]
    words = _words(line)
    close = [note for note in notes if len(words & _words(note.text)) * 2 >= len(words)]
    return tuple(close or notes)


def _words(text: str) -> set[str]:
    plain = "".join(c.lower() if c.isalnum() else " " for c in text)
    return {word for word in plain.split() if len(word) > 2}

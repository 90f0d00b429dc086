"""Putting notes on disk: into the memory folder, or into the outbox while that is out of reach.

No lock, no network: a note is durable before anything else happens.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import NamedTuple

from memsync.memory.text import notes
from memsync.memory.text.document import short_hash
from memsync.system.disk import Disk
from memsync.system.errors import FolderError, MemsyncError


class Captured(NamedTuple):
    """A note that is durable.

    `path` is where it lies; `why` says why that is the outbox, else "".
    """

    id: str
    path: str
    why: str = ""


def note_bytes(text: str, *, now: datetime, host: str, source: str) -> bytes:
    """The bytes of a new note with its own 64 random bits."""
    return notes.render(text, time=now, host=host, source=source, nonce=os.urandom(8).hex())


def put(disk: Disk, data: bytes, now: datetime, folder: str = f"{notes.FOLDER}/") -> Captured:
    """Write one note file below `sessions/` (or the outbox: `folder=""`), durable."""
    note_id = short_hash(data)
    name = folder + notes.file_name(note_id, now)
    if not disk.create(name, data) and (there := disk.read(name)) != data:
        # A half-delivered file under this very name: these bytes are the note
        disk.replace(name, data, there)
    return Captured(note_id, disk.where(name))


def capture(
    data: bytes, memory_folder: Disk | MemsyncError, outbox: Disk, now: datetime
) -> Captured:
    """Put a note into the memory folder, or into the outbox when the folder is out of reach.

    Raises only when the outbox cannot be written either.
    """
    why = memory_folder.what if isinstance(memory_folder, MemsyncError) else ""
    if not isinstance(memory_folder, MemsyncError):
        try:
            return put(memory_folder, data, now)
        except FolderError as error:
            why = error.what
    done = put(outbox, data, now, folder="")
    return done._replace(why=why)


def waiting(outbox: Disk) -> list[notes.Listed]:
    """The notes in the outbox."""
    found: list[notes.Listed] = []
    for day in outbox.names():
        if notes.DAY.fullmatch(day):
            found += [
                one._replace(name=f"{day}/{one.name.rpartition('/')[2]}")
                for one in _of_day(outbox, day)
            ]
    return found


def _of_day(outbox: Disk, day: str) -> list[notes.Listed]:
    return notes.listed(day, outbox.names(day))


def flush(outbox: Disk, memory_folder: Disk) -> int:
    """Move the outbox into the memory folder: each note is there, durable, before it leaves the
    outbox.
    """
    count = 0
    for one in waiting(outbox):
        data = outbox.read(one.name)
        if data is None or notes.parse(data, one.id) is None:
            continue
        name = f"{notes.FOLDER}/{one.name}"
        if not memory_folder.create(name, data) and (there := memory_folder.read(name)) != data:
            memory_folder.replace(name, data, there)
        outbox.delete(one.name)
        count += 1
    return count

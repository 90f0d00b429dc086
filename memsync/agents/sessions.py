"""The sessions of Claude Code that have begun and not ended: so one that was killed is seen.

A mark of each in the state folder, made by SessionStart, removed by SessionEnd. A mark that stays
is a session that still runs, or one that was killed: its transcript is swept at the next start.
"""

from __future__ import annotations

import os
import re
from typing import Final

from memsync.system.disk import Disk, RealDisk
from memsync.system.errors import MemsyncError

FOLDER: Final = "sessions"
OVER: Final = 24 * 3600  # seconds without a word in its transcript, and a session counts as ended
MOST: Final = 20  # swept at one start

_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


def begin(disk: RealDisk, session: str, transcript: str) -> None:
    """A session has begun; its transcript is, or will be, at this path."""
    if _ID.fullmatch(session) and transcript.endswith(".jsonl") and os.path.isabs(transcript):
        disk.mark(f"{FOLDER}/{session}", os.fsencode(transcript))


def end(disk: Disk, session: str) -> None:
    """A session has ended by itself."""
    if _ID.fullmatch(session):
        disk.delete(f"{FOLDER}/{session}")


def left(disk: Disk, but: str, now: float) -> list[str]:
    """The transcripts of other sessions that have begun and not ended, at most twenty.

    The mark of one whose transcript has lain still for a day goes; it is returned this last time.
    """
    found: list[str] = []
    for name in disk.names(FOLDER)[:MOST]:
        path = _transcript(disk, name)
        if name == but or not _ID.fullmatch(name):
            continue
        still = _is_still(path, now)
        if path and still is not None:
            found.append(path)
        if still is None or still:
            disk.delete(f"{FOLDER}/{name}")
    return found


def _transcript(disk: Disk, name: str) -> str:
    try:
        return os.fsdecode(disk.read(f"{FOLDER}/{name}") or b"")
    except MemsyncError:
        return ""


def _is_still(path: str, now: float) -> bool | None:
    """Whether nothing was written to the file for a day; None where it is not there."""
    try:
        return now - os.stat(path).st_mtime > OVER
    except (OSError, ValueError):
        return None

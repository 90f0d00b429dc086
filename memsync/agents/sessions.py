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

    A mark goes when it and its transcript have lain still for a day; the transcript is returned
    this last time. The mark counts, too: Claude Code writes to the transcript only with the first
    prompt, and a session may be open for hours before that.
    """
    found: list[str] = []
    for name in disk.names(FOLDER)[:MOST]:
        if name == but or not _ID.fullmatch(name):
            continue
        mark = f"{FOLDER}/{name}"
        transcript = _transcript(disk, mark)
        written = _changed(transcript)
        if written:
            found.append(transcript)
        if now - max(written, _changed(disk.where(mark))) > OVER:
            disk.delete(mark)
    return found


def _transcript(disk: Disk, mark: str) -> str:
    try:
        return os.fsdecode(disk.read(mark) or b"")
    except MemsyncError:
        return ""


def _changed(path: str) -> float:
    """When the file was last written to; 0 where it is not there."""
    try:
        return os.stat(path).st_mtime
    except (OSError, ValueError):
        return 0

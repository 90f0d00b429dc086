"""Which versions this machine has seen: a version that somebody else put there is shown first.

The record is this machine's own. May not know: the terminal, the network.
"""

from __future__ import annotations

import contextlib
from collections.abc import Set
from datetime import datetime, timedelta
from typing import Final, Protocol

from memsync.system.disk import ANYTHING, Disk
from memsync.system.errors import MemsyncError

FILE: Final = "seen_versions"
MOST: Final = 10_000  # revisions; the oldest go first
CLOSE: Final = timedelta(minutes=2)  # clocks differ
STAMP: Final = "%Y%m%d_%H%M%S"  # as in a backup's name


class Dated(Protocol):
    """A version by its name."""

    @property
    def time(self) -> str:
        """When it was kept, as its name says, UTC."""

    @property
    def rev(self) -> str:
        """Its revision."""


def is_unfamiliar(version: Dated, now: datetime, seen: Set[str]) -> str:
    """Why a version is not one that this machine knows, in words; "" when it does. Pure."""
    if version.time > (now + CLOSE).strftime(STAMP):
        return "it is dated in the future"
    if version.rev not in seen:
        return "this machine has never seen it"
    return ""


def seen(state: Disk) -> set[str]:
    """The revisions that this machine read or wrote; empty where there is no record."""
    try:
        return set((state.read(FILE) or b"").decode("ascii", "ignore").split())
    except MemsyncError:
        return set()


def remember(state: Disk, *revs: str) -> None:
    """Add revisions to the record. A disk that refuses costs only a question."""
    with contextlib.suppress(MemsyncError):
        before = (state.read(FILE) or b"").decode("ascii", "ignore").split()
        new = [rev for rev in dict.fromkeys(revs) if rev not in before]
        if new:
            rows = [*before, *new][-MOST:]
            state.replace(FILE, "".join(f"{row}\n" for row in rows).encode("ascii"), ANYTHING)

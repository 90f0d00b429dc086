"""Versions: the copies of the memory in `backups/`, by the revision in their names.

Reads and writes through a `Disk`. May not know: notes, the target, this machine's record.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from memsync.memory.text.document import Memory, parse, short_hash
from memsync.system.disk import Disk
from memsync.system.errors import FolderError, MemsyncError

BACKUPS: Final = "backups"
STAMP: Final = "%Y%m%d_%H%M%S"
CLOSE: Final = timedelta(minutes=2)  # another machine whose clock is further ahead is not followed

_BACKUP = re.compile(r"GLOBAL_MEMORY_(\d{8})_(\d{6})(?:_(x?[0-9a-f]{12}))?\.md")


class Version(NamedTuple):
    """A backup by its name. `rev` is "" for one that the prototype wrote."""

    name: str
    time: str  # 20261122_060812, UTC
    rev: str


class Versions:
    """The backups of one memory folder."""

    def __init__(self, disk: Disk, now: Callable[[], datetime]) -> None:
        self._disk = disk
        self._now = now

    def all(self) -> list[Version]:
        """All backups, the newest first."""
        found = ((name, _BACKUP.fullmatch(name)) for name in self._disk.names(BACKUPS))
        rows = [Version(name, f"{m[1]}_{m[2]}", m[3] or "") for name, m in found if m]
        return sorted(rows, key=lambda row: (row.time, row.name), reverse=True)

    def read(self, version: Version) -> Memory | None:
        """The memory in a backup, or None when it has not arrived whole, or cannot be read."""
        raw = self._raw(version)
        found = None if raw is None else parse(raw)
        return found if found is not None and version.rev in ("", found.rev) else None

    def find(self, rev: str) -> Memory | None:
        """The memory of a revision, where its backup is here and whole."""
        copies = (self.read(version) for version in self.all() if version.rev == rev)
        return next((memory for memory in copies if memory is not None), None)

    def has(self, rev: str) -> bool:
        """Whether a backup by this revision's name is here."""
        return any(version.rev == rev for version in self.all())

    def whole(self) -> Iterator[Memory]:
        """The versions that are as memsync wrote them, the newest first."""
        for version in self.all():
            memory = self.read(version) if version.rev and version.rev[0] != "x" else None
            if memory is not None and memory.footer is not None and not memory.edited:
                yield memory

    def of(self, raw: bytes) -> Version | None:
        """The backup that holds these very bytes, under the name of their revision."""
        rev = parse(raw).rev
        return next((v for v in self.all() if v.rev == rev and self._raw(v) == raw), None)

    def keep(self, raw: bytes) -> str:
        """Keep these bytes in `backups/`, byte for byte, once; the name of the copy.

        Raises `FolderError` when they cannot be kept.
        """
        if (there := self.of(raw)) is not None:
            return there.name
        stamp = self._next_stamp()
        # Other bytes of the same revision (other line ends) may have the first name already.
        for rev in (parse(raw).rev, f"x{short_hash(raw)}"):
            name = f"GLOBAL_MEMORY_{stamp}_{rev}.md"
            path = f"{BACKUPS}/{name}"
            if self._disk.create(path, raw) or self._disk.read(path) == raw:
                return name
        raise FolderError(f"cannot keep a backup in {self._disk.where(BACKUPS)}", "memsync doctor")

    def _next_stamp(self) -> str:
        """The time for a backup's name, a second after the newest one's when both fall into the
        same second: `-1`, `history` and `diff` go by the order of these names.
        """
        now = self._now()
        stamp = now.strftime(STAMP)
        newest = next((version.time for version in self.all()), "")
        if stamp <= newest <= (now + CLOSE).strftime(STAMP):
            with contextlib.suppress(ValueError):  # any eight and six digits are such a name
                last = datetime.strptime(newest, STAMP).replace(tzinfo=UTC)
                return (last + timedelta(seconds=1)).strftime(STAMP)
        return stamp

    def _raw(self, version: Version) -> bytes | None:
        try:
            return self._disk.read(f"{BACKUPS}/{version.name}")
        except MemsyncError:
            return None

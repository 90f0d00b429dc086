"""A disk in memory that a process can die on, with or without the power."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Literal

from memsync.dry import MemoryDisk

Death = Literal["", "killed", "power cut"]


class Crashed(BaseException):
    """The process died here; what it had not finished stays as it is."""


class SimDisk(MemoryDisk):
    """Asks `watch` at every step of every change; a power cut takes back what no fsync has made durable yet."""

    def __init__(self, label: str, watch: Callable[[SimDisk, str, str], Death]) -> None:
        super().__init__()
        self.label = label
        self.watch = watch
        self.to: dict[str, str] = {}  # where a file is moved to
        self.was: dict[str, dict[str, bytes | None]] = {}  # before the change of a file that is under way

    def where(self, name: str = "") -> str:
        """See `Disk.where`."""
        return f"/{self.label}/{name}"

    def before(self, action: str, name: str) -> None:
        """Die here, or go on. The world may go on, too, before the change: what stands there then counts."""
        death = self.watch(self, action, name)
        if action in ("replace", "move", "delete"):
            names = (name, self.to[name]) if action == "move" else (name,)
            self.was[name] = {one: self.files.get(one) for one in names}
        elif death == "power cut":  # the folder is not synced yet
            self.put(self.was[name])
        if death:
            raise Crashed(f"{death} before {action} {name}")

    def stamps(self, folder: str) -> dict[str, int]:
        """See `Disk.stamps`: as good as a clock that never stands still."""
        days = super().stamps(folder)
        return {day: 1 + zlib.crc32("\n".join(self.names(f"{folder}/{day}")).encode()) for day in days}

    def put(self, files: dict[str, bytes | None]) -> None:
        """Make these names hold these bytes, None: nothing; not a step of memsync's."""
        for name, data in files.items():
            if data is None:
                self.files.pop(name, None)
            else:
                self.files[name] = data

    def move(self, name: str, to: str) -> None:
        """See `Disk.move`."""
        self.to[name] = to
        super().move(name, to)

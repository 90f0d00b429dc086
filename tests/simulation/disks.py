"""Disks in memory; on one of them a process can die, with or without the power."""

from __future__ import annotations

import errno
import zlib
from collections.abc import Callable
from typing import Literal

from memsync.system.disk import Anything, Changed, Expected, Kind
from memsync.system.errors import NotDownloadedError

Death = Literal["", "killed", "power cut"]


class Crashed(BaseException):
    """The process died here; what it had not finished stays as it is."""


class MemoryDisk:
    """A folder that is only in memory, with the same contract as a real one.

    `before` is called with what is about to happen: a simulation crashes, or moves the world,
    there.
    """

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files: dict[str, bytes] = {} if files is None else files
        self.dark: set[str] = set()

    def before(self, action: str, name: str) -> None:
        """Called before (`replace`, `move`, `delete`) and after (`replaced`, ...) each change."""

    def where(self, name: str = "") -> str:
        """See `Disk.where`."""
        return f"/memory/{name}"

    def read(self, name: str) -> bytes | None:
        """See `Disk.read`; a name in `dark` is a placeholder."""
        if name in self.dark:
            raise NotDownloadedError(f"{name} is not downloaded", "wait")
        return self.files.get(name)

    def names(self, folder: str = "") -> list[str]:
        """See `Disk.names`."""
        prefix = f"{folder}/" if folder else ""
        return sorted(
            {
                name[len(prefix) :].partition("/")[0]
                for name in self.files
                if name.startswith(prefix)
            }
        )

    def stamps(self, folder: str) -> dict[str, int]:
        """See `Disk.stamps`: nothing is remembered about a folder in memory."""
        return {name: 0 for name in self.names(folder) if f"{folder}/{name}" not in self.files}

    def create(self, name: str, data: bytes) -> bool:
        """See `Disk.create`."""
        try:
            self.replace(name, data, None)
        except Changed:
            return False
        return True

    def replace(self, name: str, data: bytes, expected: Expected) -> None:
        """See `Disk.replace`."""
        self.before("replace", name)
        if not isinstance(expected, Anything) and self.read(name) != expected:
            raise Changed(name)
        self.files[name] = data
        self.dark.discard(name)
        self.before("replaced", name)

    def move(self, name: str, to: str) -> None:
        """See `Disk.move`."""
        self.before("move", name)
        if to in self.files or name not in self.files:
            raise Changed(to if to in self.files else name)
        self.files[to] = self.files.pop(name)
        self.before("moved", name)

    def delete(self, name: str) -> None:
        """See `Disk.delete`."""
        self.before("delete", name)
        self.files.pop(name, None)
        self.before("deleted", name)

    def kind(self, name: str) -> Kind:
        """See `Disk.kind`."""
        return "file" if name in self.files else "absent"

    def link(self, name: str) -> str | None:
        """See `Disk.link`: there are no links in memory."""
        return None

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        """See `Disk.put_link`."""
        raise OSError(errno.ENOTSUP, "no links in memory")

    def sweep(self, folder: str, now: float) -> None:
        """See `Disk.sweep`: there are no temp files in memory."""


class SimDisk(MemoryDisk):
    """Asks `watch` at every step of every change; a power cut takes back what no fsync has made
    durable yet.
    """

    def __init__(self, label: str, watch: Callable[[SimDisk, str, str], Death]) -> None:
        super().__init__()
        self.label = label
        self.watch = watch
        self.to: dict[str, str] = {}  # where a file is moved to
        # Before the change of a file that is under way
        self.was: dict[str, dict[str, bytes | None]] = {}

    def where(self, name: str = "") -> str:
        """See `Disk.where`."""
        return f"/{self.label}/{name}"

    def before(self, action: str, name: str) -> None:
        """Die here, or go on.

        The world may go on, too, before the change: what stands there then counts.
        """
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
        return {
            day: 1 + zlib.crc32("\n".join(self.names(f"{folder}/{day}")).encode()) for day in days
        }

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

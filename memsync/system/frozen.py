"""The disk of those who only look: it shows one moment, and nobody writes through it.

Deciding is done on such disks, so that what is decided rests on one state of the world.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from memsync.system.disk import Disk, Expected, Kind
from memsync.system.errors import MemsyncError

T = TypeVar("T")


class FrozenError(AssertionError):
    """Somebody wrote where there is only looking: a bug."""


class FrozenDisk:
    """Each file and folder of another disk as it was when it was first asked for, errors too."""

    def __init__(self, below: Disk) -> None:
        self._below = below
        self._seen: dict[tuple[str, str], object] = {}

    def _once(self, kind: str, name: str, look: Callable[[str], T]) -> T:
        key = (kind, name)
        if key not in self._seen:
            try:
                self._seen[key] = look(name)
            except MemsyncError as error:
                self._seen[key] = error
        seen = self._seen[key]
        if isinstance(seen, MemsyncError):
            raise seen
        return seen  # type: ignore[return-value]

    def where(self, name: str = "") -> str:
        """See `Disk.where`."""
        return self._below.where(name)

    def read(self, name: str) -> bytes | None:
        """See `Disk.read`."""
        return self._once("read", name, self._below.read)

    def names(self, folder: str = "") -> list[str]:
        """See `Disk.names`."""
        return self._once("names", folder, self._below.names)

    def stamps(self, folder: str) -> dict[str, int]:
        """See `Disk.stamps`."""
        return self._once("stamps", folder, self._below.stamps)

    def kind(self, name: str) -> Kind:
        """See `Disk.kind`."""
        return self._once("kind", name, self._below.kind)

    def link(self, name: str) -> str | None:
        """See `Disk.link`."""
        return self._once("link", name, self._below.link)

    def create(self, name: str, data: bytes) -> bool:
        """Raises `FrozenError`."""
        raise FrozenError(f"create {name}")

    def replace(self, name: str, data: bytes, expected: Expected) -> None:
        """Raises `FrozenError`."""
        raise FrozenError(f"replace {name}")

    def move(self, name: str, to: str) -> None:
        """Raises `FrozenError`."""
        raise FrozenError(f"move {name}")

    def delete(self, name: str) -> None:
        """Raises `FrozenError`."""
        raise FrozenError(f"delete {name}")

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        """Raises `FrozenError`."""
        raise FrozenError(f"put a link at {name}")

    def sweep(self, folder: str, now: float) -> None:
        """Raises `FrozenError`."""
        raise FrozenError(f"sweep {folder}")

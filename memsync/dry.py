"""A disk for dry runs: it reads another disk and keeps every write to itself.

So a dry run shares all of the deciding code with the real run, and no command asks whether it is one.
"""

from __future__ import annotations

from memsync.disk import Anything, Changed, Disk, Expected, Kind


class DryDisk:
    """Reads another disk and keeps every write to itself: a command on it changes nothing."""

    def __init__(self, below: Disk) -> None:
        self._below = below
        self._written: dict[str, bytes | None] = {}

    def where(self, name: str = "") -> str:
        """See `Disk.where`."""
        return self._below.where(name)

    def read(self, name: str) -> bytes | None:
        """See `Disk.read`; what was written here is read back."""
        return self._written[name] if name in self._written else self._below.read(name)

    def names(self, folder: str = "") -> list[str]:
        """See `Disk.names`; what was written here is listed."""
        found = set(self._below.names(folder))
        prefix = f"{folder}/" if folder else ""
        for name, data in self._written.items():
            head, _, rest = name[len(prefix) :].partition("/")
            if not name.startswith(prefix) or not head:
                continue
            if rest or data is not None:
                found.add(head)
            else:
                found.discard(head)
        return sorted(found)

    def stamp(self, name: str) -> int | None:
        """See `Disk.stamp`; None for what was written here, so that no cache believes it."""
        prefix = f"{name}/"
        touched = any(n == name or n.startswith(prefix) for n in self._written)
        return None if touched else self._below.stamp(name)

    def create(self, name: str, data: bytes) -> bool:
        """See `Disk.create`."""
        if self.read(name) is not None:
            return False
        self._written[name] = data
        return True

    def replace(self, name: str, data: bytes, expected: Expected) -> None:
        """See `Disk.replace`."""
        if not isinstance(expected, Anything) and self.read(name) != expected:
            raise Changed(name)
        self._written[name] = data

    def move(self, name: str, to: str) -> None:
        """See `Disk.move`."""
        data = self.read(name)
        if self.read(to) is not None:
            raise Changed(to)
        self._written[to], self._written[name] = data, None

    def delete(self, name: str) -> None:
        """See `Disk.delete`."""
        self._written[name] = None

    def kind(self, name: str) -> Kind:
        """See `Disk.kind`."""
        if name in self._written:
            return "absent" if self._written[name] is None else "file"
        return self._below.kind(name)

    def link(self, name: str) -> str | None:
        """See `Disk.link`."""
        return None if name in self._written else self._below.link(name)

    def put_link(self, name: str, to: str) -> None:
        """See `Disk.put_link`: a dry run places no link."""

    def sweep(self, folder: str, now: float) -> None:
        """See `Disk.sweep`: a dry run removes nothing."""

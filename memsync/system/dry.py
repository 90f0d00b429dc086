"""The disk of a dry run: it writes no file.

A dry run shares all of the deciding code with the real run; commands ask only what to tell whether
it is one.
"""

from __future__ import annotations

from memsync.system.disk import Anything, Changed, Disk, Expected, Kind


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

    def stamps(self, folder: str) -> dict[str, int]:
        """See `Disk.stamps`.

        0 for a folder that was written to here, so that no cache believes it.
        """
        found = self._below.stamps(folder)
        for name in self._written:
            head, _, rest = name.removeprefix(f"{folder}/").partition("/")
            if name.startswith(f"{folder}/") and rest:
                found[head] = 0
        return found

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
        """See `Disk.move`; of a link, where it leads is moved, whatever is there."""
        link = self.link(name)
        data = self.read(name) if link is None else link.encode("utf-8", "surrogateescape")
        if data is None or self.kind(to) != "absent":
            raise Changed(name if data is None else to)
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

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        """See `Disk.put_link`: a dry run places no link."""

    def sweep(self, folder: str, now: float) -> None:
        """See `Disk.sweep`: a dry run removes nothing."""

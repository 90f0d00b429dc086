"""A sync client of the worse kind: one file at a time, in any order, never all of them, with
conflict copies.

Its server keeps every version that was ever uploaded, so that it can bring an old one back.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final, NamedTuple

from memsync.memory.text.copy_names import is_conflict_copy
from memsync.memory.text.document import NAME

Files = dict[str, bytes]

CONFLICT_NAMES: Final = {
    "OneDrive": "{stem}-{host}{end}",
    "abraunegg": "{stem}-{host}-safeBackup-{count:04}{end}",
    "Google Drive": "{stem} ({count}){end}",
    "Dropbox": "{stem} ({host}'s conflicted copy 2026-11-22){end}",
    "Syncthing": "{stem}.sync-conflict-20261122-06{number:04}-ABCDEF7{end}",
    "Nextcloud": "{stem} (conflicted copy 2026-11-22 06{number:04}){end}",
    "iCloud": "{stem} {number}{end}",
    "rclone": "{stem}{end}.conflict{number}",
}


class Stored(NamedTuple):
    """One file on the server; None: deleted."""

    version: int
    data: bytes | None


NOTHING: Final = Stored(0, None)


class Server:
    """What the service holds."""

    def __init__(self) -> None:
        self.files: dict[str, Stored] = {}
        self.history: dict[str, list[bytes]] = {}

    def get(self, name: str) -> Stored:
        """A file, as it is now."""
        return self.files.get(name, NOTHING)

    def put(self, name: str, data: bytes | None) -> Stored:
        """A new version of a file."""
        stored = self.files[name] = Stored(self.get(name).version + 1, data)
        if data is not None:
            self.history.setdefault(name, []).append(data)
        return stored


class Client:
    """The sync client of one machine: the folder's files, and the server's state that it knows
    of.
    """

    def __init__(
        self, server: Server, files: Files, dark: set[str], host: str, vendor: str
    ) -> None:
        self.server = server
        self.files = files
        self.dark = dark  # placeholders: they are known, and their bytes are not here
        self.host = host
        self.vendor = vendor
        self.base: dict[str, Stored] = {}
        # half-delivered: what lies there, and the whole
        self.cuts: dict[str, tuple[bytes, bytes]] = {}
        # Taken away for a moment, as when a rename is seen half way
        self.away: dict[str, bytes] = {}

    def known(self) -> list[str]:
        """Every name that is here, there, or was."""
        return sorted({*self.files, *self.server.files, *self.base})

    def sync(self, names: Iterable[str]) -> None:
        """Bring each of these files up to date, one after the other."""
        for name in names:
            if name not in self.dark and name not in self.away:
                self._sync(name)

    def some(self, choice: random.Random) -> list[str]:
        """A part of the files in some order."""
        names = self.known()
        choice.shuffle(names)
        return names[: choice.randint(0, len(names))]

    def _sync(self, name: str) -> None:
        base, there, here = (
            self.base.get(name, NOTHING),
            self.server.get(name),
            self.files.get(name),
        )
        changed_here, changed_there = here != base.data, there.version != base.version
        if changed_there and (not changed_here or here in (None, there.data)):
            self._take(name, there)
        elif changed_here and changed_there and there.data is not None and here is not None:
            self._conflict(name, here, there)
        elif changed_here:
            self.base[name] = self.server.put(name, here)

    def _take(self, name: str, there: Stored) -> None:
        self.base[name] = there
        if there.data is None:
            self.files.pop(name, None)
        else:
            self.files[name] = there.data

    def _conflict(self, name: str, here: bytes, there: Stored) -> None:
        if self.vendor == "rclone" and name == NAME and there.data is not None:
            # Both sides get another name, the canonical one disappears
            self.files[self._free(name)] = here
            self.files[self._free(name)] = there.data
            self.files.pop(name)
            self.base[name] = self.server.put(name, None)
            return
        self.files[self._free(name)] = here
        self._take(name, there)

    def _free(self, name: str) -> str:
        """A name for a second copy.

        Where copies of copies have no known name, each machine counts by itself.
        """
        shape = CONFLICT_NAMES[self.vendor]
        if "{number}" in shape or "{number:" in shape:
            name = NAME if is_conflict_copy(name) else name
        stem, dot, end = name.rpartition(".")
        for count in range(1, 20):
            host = self.host if count == 1 else f"{self.host}-{count}"
            number = 20 * int(self.host[1:]) + count
            free = shape.format(stem=stem, end=dot + end, host=host, count=count, number=number)
            if free not in self.files and self.server.get(free).data is None:
                return free
        raise AssertionError("too many conflict copies of one file")

    # -- what it does to files on their way
    # ---------------------------------------------------------

    def settled(self) -> list[str]:
        """The files that this client takes for up to date."""
        return [
            name
            for name, data in sorted(self.files.items())
            if self.base.get(name, NOTHING).data == data
        ]

    def cut(self, name: str, length: int) -> None:
        """Deliver a file half way: the client knows that the rest is still to come."""
        here = self.files[name]
        cut, whole = self.cuts.get(name, (here, here))
        self.files[name] = here[:length]
        # Cut again on its way, it is the same file that is still to come
        self.cuts[name] = here[:length], whole if cut == here else here
        self.base[name] = Stored(self.base[name].version, here[:length])

    def take_away(self, name: str) -> None:
        """Let a file be missing for a moment."""
        self.away[name] = self.files.pop(name)

    def heal(self) -> None:
        """Bring what is still to come."""
        for name, (cut, whole) in self.cuts.items():
            if self.files.get(name) == cut and self.base[name].data == cut:
                self.files[name] = whole
                self.base[name] = Stored(self.base[name].version, whole)
        self.cuts.clear()
        for name, data in self.away.items():
            if name in self.files:
                self.files[self._free(name)] = data
            else:
                self.files[name] = data
        self.away.clear()
        self.dark.clear()

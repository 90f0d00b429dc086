"""The memory folder: the memory and its replacement; and this machine's record of it.

Versions, notes and second copies have files of their own (`versions`, `sessions`, `conflicts`).
Reads and writes through a `Disk`. May not know: the target, the network, how a merge is made.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from memsync.memory import conflicts, familiar
from memsync.memory.sessions import Sessions
from memsync.memory.text.document import NAME, Memory, parse, short_hash
from memsync.memory.text.purged import holds_purged
from memsync.memory.versions import Versions
from memsync.system.disk import Disk
from memsync.system.errors import (
    MemsyncError,
    MissingError,
    NotReplaceableError,
    TooLargeFileError,
)

LAST_SEEN: Final = "last_seen.md"
BEFORE_PURGE: Final = "before_purge_"
MOST_LOOKED_AT: Final = 50  # versions that may say what was purged


class Store:
    """One memory folder as this machine sees it.

    `state` is this machine's own record, never synced.
    """

    def __init__(self, disk: Disk, state: Disk, now: Callable[[], datetime]) -> None:
        self.disk = disk
        self.state = state
        self.now = now
        self.versions = Versions(disk, now)
        self.sessions = Sessions(disk, state, now)

    # -- the memory ------------------------------------------------------------------------------

    def memory(self) -> Memory | None:
        """The memory as it lies there, or None when no file is there."""
        try:
            raw = self.disk.read(NAME)
        except TooLargeFileError as error:
            way_on = "or go back: memsync restore VERSION   (memsync history lists them)"
            hint = f"take out of {self.disk.where(NAME)} what does not belong there; {way_on}"
            raise TooLargeFileError(error.what, hint) from error
        return None if raw is None else parse(raw)

    def replace(self, expected: bytes | None, raw: bytes) -> None:
        """Put a new memory in the place of the expected bytes. Both lie in `backups/` before it
        happens.

        Raises `Changed` when the file is not what was expected any more.
        """
        new = parse(raw)
        if new.footer is None or new.edited:
            what = new.trouble or "it does not read back as it was written"
            raise NotReplaceableError(
                f"the new memory would not be whole: {what}", "memsync doctor"
            )
        if expected is not None:
            self.versions.keep(expected)
        self.versions.keep(raw)
        self.disk.replace(NAME, raw, expected)
        familiar.remember(self.state, *(parse(one).rev for one in (expected, raw) if one))
        # It is done; the next command sees and remembers it
        with contextlib.suppress(MemsyncError):
            self.remember(raw)

    def never_existed(self) -> bool:
        """No note file, no version, no last seen memory, no conflict copy: nothing was ever
        here.
        """
        return (
            self.last_seen() is None
            and not self.versions.all()
            and not self.sessions.listed()
            and not conflicts.names(self.disk)
        )

    # -- this machine's record -------------------------------------------------------------------

    def last_seen(self) -> Memory | None:
        """The memory that this machine read or wrote last, whole."""
        try:
            raw = self.state.read(LAST_SEEN)
        except MemsyncError:
            return None
        found = None if raw is None else parse(raw)
        return found if found is not None and found.footer is not None else None

    def remember(self, raw: bytes) -> None:
        """Keep these bytes as the last seen memory; the one before, maybe the last copy, lies in
        `backups/` first, or on this machine alone where it holds what was purged since.
        """
        before = self.state.read(LAST_SEEN)
        if before != raw:
            if before is not None and not (self.was_purged(before, raw) and self._kept(before)):
                self.versions.keep(before)
            self.state.replace(LAST_SEEN, raw, before)
            familiar.remember(self.state, *(parse(one).rev for one in (before, raw) if one))

    def was_purged(self, before: bytes, raw: bytes) -> bool:
        """Whether these bytes are in no version, and hold what another machine took out of the
        memory `raw` or a version since.
        """
        if self.versions.of(before) is not None:
            return False
        text, newest = parse(before).body, islice(self.versions.whole(), MOST_LOOKED_AT)
        return any(holds_purged(text, one.body) for one in (parse(raw), *newest))

    # -- versions, this machine's record among them ----------------------------------------------

    def version(self, rev: str) -> Memory | None:
        """The memory of a revision, from the backups or from what this machine saw: last, or before
        a purge.
        """
        found = self.versions.find(rev)
        if found is not None:
            return found
        seen = self.last_seen()
        if seen is not None and seen.rev == rev:
            return seen
        return next((one for one in self._before_purges() if one.rev == rev), None)

    def _kept(self, before: bytes) -> bool:
        """Keep these bytes on this machine alone; whether they lie there."""
        name = f"{BEFORE_PURGE}{short_hash(before)}.md"
        return self.state.create(name, before) or self.state.read(name) == before

    def _before_purges(self) -> Iterator[Memory]:
        for name in self.state.names(""):
            with contextlib.suppress(MemsyncError):  # one that cannot be read is no version
                if name.startswith(BEFORE_PURGE) and (raw := self.state.read(name)) is not None:
                    yield parse(raw)

    def known(self, body: str) -> Memory | None:
        """The version that has this very body, the one seen last first: what a memory was that lost
        its footer.
        """
        last = self.last_whole()
        if last is not None and last.body == body:
            return last
        return next((memory for memory in self.versions.whole() if memory.body == body), None)

    def last_whole(self) -> Memory | None:
        """The memory seen last, else the newest version that is as memsync wrote it."""
        last = self.last_seen()
        if last is not None and not last.edited:
            return last
        return next(self.versions.whole(), None)


def missing(store: Store) -> MissingError:
    """What to say when the folder is there and the memory is not."""
    where = store.disk.where(NAME)
    if store.never_existed():
        return MissingError(f"there is no memory at {where} yet", "memsync init")
    return MissingError(
        f"the memory is gone: {where} is not there, though it was, or its notes and versions are",
        "wait for the sync client; to bring back the last version: memsync restore -1",
    )

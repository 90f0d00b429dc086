"""Notes on disk: into the memory folder, or into the outbox while that is out of reach; which of
them are pending.

No lock, no network: a note is durable before anything else happens. May not know: the memory's
text, versions, the target.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from memsync.memory import bundles, settling
from memsync.memory.text import notes
from memsync.memory.text.document import short_hash
from memsync.system.disk import Disk
from memsync.system.errors import FolderError, MemsyncError, NotDownloadedError

MOST_FOOTER_BYTES: Final = 8 * 1024
FRESH_IDS: Final = 64  # the newest ids stay in the footer, where a person sees them
RESTORING: Final = "restoring_"  # and an id: a restore note that waits in the state folder
OLD_LOG: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.md")


class Captured(NamedTuple):
    """A note that is durable.

    `path` is where it lies; `why` says why that is the outbox, else "".
    """

    id: str
    path: str
    why: str = ""


def note_bytes(
    text: str, *, now: datetime, host: str, source: str, kind: notes.Kind = "note"
) -> bytes:
    """The bytes of a new note with its own 64 random bits."""
    return notes.render(
        text, time=now, host=host, source=source, nonce=os.urandom(8).hex(), kind=kind
    )


def write(disk: Disk, name: str, data: bytes) -> None:
    """Write one note file, durable. The only way in which a note gets onto a disk."""
    if not disk.create(name, data) and (there := disk.read(name)) != data:
        # A half-delivered file under this very name: these bytes are the note
        disk.replace(name, data, there)


def put(disk: Disk, data: bytes, now: datetime, folder: str = f"{notes.FOLDER}/") -> Captured:
    """Write a note below `sessions/` (or into the outbox: `folder=""`), named by its own hash."""
    note_id = short_hash(data)
    name = folder + notes.file_name(note_id, now)
    write(disk, name, data)
    return Captured(note_id, disk.where(name))


def capture(
    data: bytes, memory_folder: Disk | MemsyncError, outbox: Disk, now: datetime
) -> Captured:
    """Put a note into the memory folder, or into the outbox when the folder is out of reach.

    Raises only when the outbox cannot be written either.
    """
    if isinstance(memory_folder, MemsyncError):
        why = memory_folder.what
    else:
        try:
            return put(memory_folder, data, now)
        except FolderError as error:
            why = error.what
    return put(outbox, data, now, folder="")._replace(why=why)


def waiting(outbox: Disk) -> list[notes.Listed]:
    """The notes in the outbox; their names are relative to it."""
    days = [day for day in outbox.names() if notes.DAY.fullmatch(day)]
    listed = [note for day in days for note in notes.listed(day, outbox.names(day))]
    return [note._replace(name=note.name.removeprefix(f"{notes.FOLDER}/")) for note in listed]


class Sessions:
    """The notes of one memory folder. `state` is this machine's record: a cache of settled days."""

    def __init__(self, disk: Disk, state: Disk, now: Callable[[], datetime]) -> None:
        self._disk = disk
        self._state = state
        self._now = now
        self._expanded: tuple[frozenset[str], set[str]] = (frozenset(), set())
        self._counted: tuple[frozenset[str], int] = (frozenset(), 0)
        self._settled: Callable[[], bytes | None] = lambda: None

    def listed(self) -> list[notes.Listed]:
        """Every note file by its name, the oldest first; the bytes have not been looked at."""
        found = [note for day in self._days() for note in self._of_day(day)]
        return sorted(found, key=lambda note: note.label)

    def newest(self) -> Iterator[notes.Listed]:
        """Every note file by its name, the newest first, a day's folder at a time as it is asked
        for.
        """
        for day in sorted(self._days(), reverse=True):
            yield from sorted(self._of_day(day), key=lambda note: note.label, reverse=True)

    def _days(self) -> list[str]:
        return [name for name in self._disk.names(notes.FOLDER) if notes.DAY.fullmatch(name)]

    def _of_day(self, day: str) -> list[notes.Listed]:
        return notes.listed(day, self._disk.names(f"{notes.FOLDER}/{day}"))

    def old_logs(self) -> int:
        """How many session logs of the prototype lie there."""
        return sum(1 for name in self._disk.names(notes.FOLDER) if OLD_LOG.fullmatch(name))

    def read(self, listed: notes.Listed) -> notes.Note | None:
        """A note, or None while its bytes have not arrived."""
        try:
            data = self._disk.read(listed.name)
        except MemsyncError:
            return None
        return None if data is None else notes.parse(data, listed.id, listed.label)

    def find(self, ids: Iterable[str]) -> list[notes.Note]:
        """Those of these notes that are here, whole."""
        wanted = frozenset(ids)
        found = (self.read(listed) for listed in self.listed() if listed.id in wanted)
        return [note for note in found if note is not None]

    def has(self, note_id: str) -> bool:
        """Whether this note is here, whole."""
        return bool(self.find([note_id]))

    def pending(self, merged: Iterable[str], most: int | None = None) -> list[notes.Note]:
        """The notes that are here, whole, and not in the merged set, the oldest first.

        With `most`, those behind the oldest so many are counted by their names alone: their text is
        "".

        Raises `NotDownloadedError` when the set names a bundle that is not here: nobody can tell
        then.
        """
        tokens = frozenset(merged)
        self._disk.names(bundles.FOLDER)  # a link or pipe there is said
        # Ten years of ids, for the days that are not settled
        done = functools.cache(lambda: self.expand(tokens))
        cache = settling.load(self._state, tokens, done, self._now())
        self._counted = tokens, cache.ids
        if not cache.days:
            done()  # a bundle that is missing is said before anything is looked at
        calm: dict[str, int] = {}
        found: dict[str, notes.Note] = {}
        for day, stamp in sorted(self._disk.stamps(notes.FOLDER).items()):
            if stamp and cache.days.get(day) == stamp:
                calm[day] = stamp
                continue
            rows = self._of_day(day) if notes.DAY.fullmatch(day) else []
            fresh = [listed for listed in rows if listed.id not in done()]
            if stamp and rows and not fresh:
                calm[day] = stamp
            for listed in fresh:
                if listed.id in found:
                    continue
                unread = most is not None and len(found) >= most
                note = _unread(listed) if unread else self.read(listed)
                if note is not None:
                    found[note.id] = note
        self._settled = lambda: settling.learned(
            tokens, calm, cache, cache.ids if cache.ids >= 0 else len(done()), self._now()
        )
        return sorted(found.values(), key=_age)

    def learned(self) -> bytes | None:
        """What the last `pending` found out about settled days, for `settling.FILE`; None: nothing
        new.
        """
        return self._settled()

    def count(self, merged: frozenset[str]) -> int:
        """How many notes a merged set holds."""
        known, count = self._counted
        return count if known == merged and count >= 0 else len(self.expand(merged))

    def expand(self, merged: Iterable[str]) -> set[str]:
        """The note ids of a merged set, those in its bundles with them.

        Raises `NotDownloadedError` while a bundle is not here.
        """
        tokens = frozenset(merged)
        known, ids = self._expanded
        if tokens == known:
            return set(ids)
        ids = {token for token in tokens if not token.startswith("b-")}
        for bundle in tokens - ids:
            ids |= bundles.read(self._disk, bundle)
        # A bundle's name is the hash of what it holds: it never changes
        self._expanded = tokens, ids
        return set(ids)

    def may_hold(self, merged: Iterable[str], note_id: str) -> bool:
        """Whether a merged set holds a note; while a bundle is not here, whether it may: a note
        that was merged lies here.
        """
        try:
            return note_id in self.expand(merged)
        except NotDownloadedError:
            return self.has(note_id)

    def to_bundle(self, merged: frozenset[str]) -> list[str]:
        """The old ids that go into a bundle, sorted, once the footer is long; else none."""
        plain = [token for token in merged if not token.startswith("b-")]
        if len(" ".join(merged)) <= MOST_FOOTER_BYTES or len(plain) <= FRESH_IDS:
            return []
        label = {listed.id: listed.label for listed in self.listed()}
        by_age = sorted(plain, key=lambda note_id: (label.get(note_id, ""), note_id))
        return sorted(by_age[:-FRESH_IDS])

    def give_up(self, note_id: str) -> None:
        """Delete a note's file, and copies of it."""
        for listed in self.listed():
            if listed.id == note_id:
                self._disk.delete(listed.name)

    def restoring(self) -> list[str]:
        """The ids of the restore notes that wait on this machine until the memory holds them."""
        names = self._state.names("")
        return [name.removeprefix(RESTORING) for name in names if name.startswith(RESTORING)]

    def put_restore(self, note_id: str) -> None:
        """Put a restore note that waits where every machine sees it."""
        name = f"{RESTORING}{note_id}"
        data = None if self.has(note_id) else self._state.read(name)
        if data is not None and notes.parse(data, note_id) is not None:
            put(self._disk, data, self._now())
        self._state.delete(name)

    def put_edit(self, text: str) -> str:
        """Write an edit note, once; its id. The same text is the same note on every machine."""
        data = notes.render_edit(text)
        note_id = short_hash(data)
        return note_id if self.has(note_id) else put(self._disk, data, self._now()).id


def _unread(listed: notes.Listed) -> notes.Note:
    return notes.Note(listed.id, "note", "", listed.label)


def _age(note: notes.Note) -> tuple[str, str, bool, str]:
    """Sorts notes the oldest first; within a second an edit, which has no time of its own, comes
    behind what it may answer.
    """
    return note.label[:17], note.time or "~", "\n+" not in note.text, note.id

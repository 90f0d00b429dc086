"""The memory folder: the memory, its versions, its notes; and this machine's record of it.

Reads and writes through a `Disk`. May not know: the target, the network, how a merge is made.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from memsync.memory import bundles, settling
from memsync.memory.aside import keep, names_for
from memsync.memory.capture import Captured, put
from memsync.memory.text import notes
from memsync.memory.text.document import NAME, Memory, parse, short_hash
from memsync.system.disk import Changed, Disk
from memsync.system.errors import (
    FolderError,
    InputError,
    MemsyncError,
    MissingError,
    NotReplaceableError,
)

BACKUPS: Final = "backups"
CONFLICTS: Final = "conflicts"
LAST_SEEN: Final = "last_seen.md"
# Claude Code skips a larger file (facts, claude-code.md 1)
MOST_MEMORY_BYTES: Final = 4 * 1024 * 1024

MOST_FOOTER_BYTES: Final = 8 * 1024
FRESH_IDS: Final = 64  # the newest ids stay in the footer, where a person sees them

STAMP: Final = "%Y%m%d_%H%M%S"
CLOSE: Final = timedelta(minutes=2)  # another machine whose clock is further ahead is not followed

_BACKUP = re.compile(r"GLOBAL_MEMORY_(\d{8})_(\d{6})(?:_(x?[0-9a-f]{12}))?\.md")
OLD_LOG: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.md")


class Version(NamedTuple):
    """A backup by its name. `rev` is "" for one that the prototype wrote."""

    name: str
    time: str  # 20261122_060812, UTC
    rev: str


class Store:
    """One memory folder as this machine sees it.

    `state` is this machine's own record, never synced.
    """

    def __init__(self, disk: Disk, state: Disk, now: Callable[[], datetime]) -> None:
        self.disk = disk
        self.state = state
        self.now = now
        self._expanded: tuple[frozenset[str], set[str]] = (frozenset(), set())
        self._counted: tuple[frozenset[str], int] = (frozenset(), 0)

    # -- the memory ------------------------------------------------------------------------------

    def memory(self) -> Memory | None:
        """The memory as it lies there, or None when no file is there."""
        raw = self.disk.read(NAME)
        return None if raw is None else parse(raw)

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
        `backups/` first.
        """
        before = self.state.read(LAST_SEEN)
        if before != raw:
            if before is not None:
                self.backup(before)
            self.state.replace(LAST_SEEN, raw, before)

    def never_existed(self) -> bool:
        """No note file, no version, no last seen memory, no conflict copy: nothing was ever
        here.
        """
        return (
            self.last_seen() is None
            and not self.versions()
            and not self.listed()
            and not self._copy_names()
        )

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
            self.backup(expected)
        self.backup(raw)
        self.disk.replace(NAME, raw, expected)
        # It is done; the next command sees and remembers it
        with contextlib.suppress(MemsyncError):
            self.remember(raw)

    def holds(self, rev: str) -> bool:
        """Whether a version of this revision lies in `backups/`."""
        return any(version.rev == rev for version in self.versions())

    # -- versions --------------------------------------------------------------------------------

    def versions(self) -> list[Version]:
        """All backups, the newest first."""
        found = ((name, _BACKUP.fullmatch(name)) for name in self.disk.names(BACKUPS))
        rows = [Version(name, f"{m[1]}_{m[2]}", m[3] or "") for name, m in found if m]
        return sorted(rows, key=lambda row: (row.time, row.name), reverse=True)

    def read_version(self, version: Version) -> Memory | None:
        """The memory in a backup, or None when it has not arrived whole, or cannot be read."""
        try:
            raw = self.disk.read(f"{BACKUPS}/{version.name}")
        except MemsyncError:
            return None
        if raw is None:
            return None
        found = parse(raw)
        return found if version.rev in ("", found.rev) else None

    def version(self, rev: str) -> Memory | None:
        """The memory of a revision, from the backups or from what this machine saw last."""
        for one in self.versions():
            found = self.read_version(one) if one.rev == rev else None
            if found is not None:
                return found
        seen = self.last_seen()
        return seen if seen is not None and seen.rev == rev else None

    def known(self, body: str) -> Memory | None:
        """The version that has this very body, the one seen last first: what a memory was that lost
        its footer.
        """
        last = self.last_whole()
        if last is not None and last.body == body:
            return last
        for version in self.versions():
            found = (
                self.read_version(version)
                if version.rev and not version.rev.startswith("x")
                else None
            )
            if found is not None and found.footer is not None and found.body == body:
                return found
        return None

    def last_whole(self) -> Memory | None:
        """The memory seen last, else the newest version that is as memsync wrote it."""
        last = self.last_seen()
        if last is not None and not last.edited:
            return last
        versions = (self.read_version(one) for one in self.versions() if one.rev)
        return next(
            (one for one in versions if one is not None and one.footer and not one.edited), None
        )

    def backup(self, raw: bytes) -> str:
        """Keep these bytes in `backups/`, byte for byte, once; the name of the copy."""
        rev = parse(raw).rev
        for one in self.versions():
            if one.rev == rev and self._holds(one, raw):
                return one.name
        stamp = self._next_stamp()
        for name in (
            f"GLOBAL_MEMORY_{stamp}_{rev}.md",
            f"GLOBAL_MEMORY_{stamp}_x{short_hash(raw)}.md",
        ):
            if (
                self.disk.create(f"{BACKUPS}/{name}", raw)
                or self.disk.read(f"{BACKUPS}/{name}") == raw
            ):
                return name
        raise FolderError(f"cannot keep a backup in {self.disk.where(BACKUPS)}", "memsync doctor")

    def _next_stamp(self) -> str:
        """The time for a backup's name, a second after the newest one's when both fall into the
        same second.
        """
        now = self.now()
        stamp = now.strftime(STAMP)
        newest = next((version.time for version in self.versions()), "")
        if stamp <= newest <= (now + CLOSE).strftime(STAMP):
            return (
                datetime.strptime(newest, STAMP).replace(tzinfo=UTC) + timedelta(seconds=1)
            ).strftime(STAMP)
        return stamp

    def _holds(self, version: Version, raw: bytes) -> bool:
        try:
            return self.disk.read(f"{BACKUPS}/{version.name}") == raw
        except MemsyncError:
            return False

    # -- what is set aside -----------------------------------------------------------------------

    def conflict_copies(self) -> dict[str, Memory]:
        """The conflict copies: files by such a name that carry a valid footer.

        Unreadable ones wait.
        """
        found: dict[str, Memory] = {}
        for name in self._copy_names():
            if self.disk.kind(name) != "file":
                continue
            with contextlib.suppress(MemsyncError):
                raw = self.disk.read(name)
                memory = parse(raw) if raw is not None and len(raw) <= MOST_MEMORY_BYTES else None
                if memory is not None and memory.footer is not None:
                    found[name] = memory
        return found

    def _copy_names(self) -> list[str]:
        stem = NAME.removesuffix(".md").lower()
        names = [
            name for name in self.disk.names() if name.lower().startswith(stem) and name != NAME
        ]
        if not names:
            return []
        from memsync.memory.conflicts import is_conflict_copy  # `status` seldom needs its patterns

        return [name for name in names if is_conflict_copy(name)]

    def keep_conflict(self, raw: bytes) -> str:
        """Keep bytes that no version holds in `conflicts/`; where they lie."""
        return self.disk.where(keep(self.disk, CONFLICTS, short_hash(raw), raw))

    def in_conflicts(self, raw: bytes) -> bool:
        """Whether `conflicts/` holds these bytes."""
        stem = short_hash(raw)
        names = [name for name in self.disk.names(CONFLICTS) if name.startswith(stem)]
        return any(self.disk.read(f"{CONFLICTS}/{name}") == raw for name in names)

    def move_to_conflicts(self, name: str, raw: bytes) -> str:
        """Move a conflict copy that holds these bytes to `conflicts/`; where they lie now."""
        for kept in names_for(CONFLICTS, short_hash(raw)):
            try:
                self.disk.move(name, kept)
                return self.disk.where(kept)
            except Changed:  # the name is taken, by the same copy or by other bytes
                if self.disk.read(kept) == raw:
                    break
        if self.disk.read(name) == raw:
            self.disk.delete(name)
        return self.disk.where(kept)

    # -- notes -----------------------------------------------------------------------------------

    def listed(self) -> list[notes.Listed]:
        """Every note file by its name, the oldest first; the bytes have not been looked at."""
        found = [one for day in self.days() for one in self.of_day(day)]
        return sorted(found, key=lambda one: one.label)

    def days(self) -> list[str]:
        """The days that have a folder of notes."""
        return [name for name in self.disk.names(notes.FOLDER) if notes.DAY.fullmatch(name)]

    def of_day(self, day: str) -> list[notes.Listed]:
        """The note files of a day, by their names."""
        return notes.listed(day, self.disk.names(f"{notes.FOLDER}/{day}"))

    def old_logs(self) -> int:
        """How many session logs of the prototype lie there."""
        return sum(1 for name in self.disk.names(notes.FOLDER) if OLD_LOG.fullmatch(name))

    def note(self, one: notes.Listed) -> notes.Note | None:
        """A note, or None while its bytes have not arrived."""
        try:
            data = self.disk.read(one.name)
        except MemsyncError:
            return None
        return None if data is None else notes.parse(data, one.id, one.label)

    def pending(
        self, merged: Iterable[str], again: frozenset[str] = frozenset(), *, learn: bool = False
    ) -> list[notes.Note]:
        """The notes that are here, whole, and not in the merged set (but `again`), the oldest
        first.

        With `learn` the days that hold nothing new are remembered on this machine.

        Raises `NotDownloadedError` when the set names a bundle that is not here: nobody can tell
        then.
        """
        tokens = frozenset(merged)
        # Ten years of ids, for the days that are not settled
        done = functools.cache(lambda: self.expand(tokens))
        cache = (
            settling.Settled({}) if again else settling.load(self.state, tokens, done, self.now())
        )
        self._counted = tokens, cache.ids
        if not cache.days:
            done()  # a bundle that is missing is said before anything is looked at
        calm: dict[str, int] = {}
        found: dict[str, notes.Note] = {}
        for day, stamp in self.disk.stamps(notes.FOLDER).items():
            if stamp and cache.days.get(day) == stamp:
                calm[day] = stamp
                continue
            rows = self.of_day(day) if notes.DAY.fullmatch(day) else []
            if stamp and rows and all(one.id in done() for one in rows):
                calm[day] = stamp
            for one in rows:
                wanted = one.id not in done() or one.id in again
                if wanted and one.id not in found and (note := self.note(one)) is not None:
                    found[one.id] = note
        if learn:
            count = cache.ids if cache.ids >= 0 else len(done())
            settling.save(self.state, tokens, calm, cache, count, self.now())
        # Within a second an edit, which has no time of its own, comes behind what it may answer.
        return sorted(
            found.values(),
            key=lambda one: (one.label[:17], one.time or "~", "\n+" not in one.text, one.id),
        )

    def count(self, merged: frozenset[str]) -> int:
        """How many notes a merged set holds."""
        known, count = self._counted
        return count if known == merged and count >= 0 else len(self.expand(merged))

    def expand(self, merged: Iterable[str]) -> set[str]:
        """The note ids of a merged set, those in its bundles with them."""
        tokens = frozenset(merged)
        known, ids = self._expanded
        if tokens == known:
            return set(ids)
        ids = set()
        for one in tokens:
            if one.startswith("b-"):
                ids |= bundles.read(self.disk, one)
            else:
                ids.add(one)
        # A bundle's name is the hash of what it holds: it never changes
        self._expanded = tokens, ids
        return set(ids)

    def bundled(self, merged: frozenset[str]) -> frozenset[str]:
        """The same set with its old ids in a bundle, once it is long; the bundle's file is durable
        then.
        """
        plain = [one for one in merged if not one.startswith("b-")]
        if len(" ".join(merged)) <= MOST_FOOTER_BYTES or len(plain) <= FRESH_IDS:
            return merged
        label = {one.id: one.label for one in self.listed()}
        old = sorted(sorted(plain, key=lambda one: (label.get(one, ""), one))[:-FRESH_IDS])
        return merged - set(old) | {bundles.put(self.disk, old)}

    def find_note(self, wanted: str) -> str:
        """The id of the one note that begins with these digits. Raises `InputError`."""
        ids = {one.id for one in self.listed() if len(wanted) >= 4 and one.id.startswith(wanted)}
        if len(ids) != 1:
            raise InputError(
                f"{len(ids) or 'no'} notes begin with {wanted!r}",
                "memsync status, memsync history LINE",
            )
        return ids.pop()

    def give_up(self, note_id: str) -> None:
        """Delete a note's file, and copies of it."""
        for one in self.listed():
            if one.id == note_id:
                self.disk.delete(one.name)

    def put_edit(self, text: str, kind: notes.Kind = "edit") -> Captured:
        """Write an edit or restore note, once: the same text is the same note on every machine."""
        data = notes.render_edit(text, kind)
        note_id = short_hash(data)
        for one in self.listed():
            if one.id == note_id and self.note(one) is not None:
                return Captured(note_id, self.disk.where(one.name))
        return put(self.disk, data, self.now())


def missing(store: Store) -> MissingError:
    """What to say when the folder is there and the memory is not."""
    where = store.disk.where(NAME)
    if store.never_existed():
        return MissingError(f"there is no memory at {where} yet", "memsync init")
    return MissingError(
        f"the memory is gone: {where} is not there, though it was, or its notes and versions are",
        "wait for the sync client; to bring back the last version: memsync restore -1",
    )

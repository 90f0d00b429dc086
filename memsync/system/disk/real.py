"""Files: read, list, create, replace with expected bytes, move, delete.

How a name is opened is `beneath`'s; what a command may do to it, and in which order, stands here.
Knows nothing of what the bytes mean. The recipe of every write (facts, reliability.md 2): a temp
file beside the target, fsync, compare, rename, and fsync of the folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from memsync.system.disk.beneath import (
    At,
    Folder,
    Kind,
    Links,
    descend,
    kind_of,
    leads_into,
)
from memsync.system.disk.contract import (
    ANYTHING,
    STALE_TEMP_SECONDS,
    TEMP_NAME,
    Anything,
    Changed,
    Disk,
    Expected,
)
from memsync.system.disk.files import Bound, make_folders, read, temp_name, write_new
from memsync.system.disk.refusals import failure, patiently
from memsync.system.downloaded import Placeholder
from memsync.system.errors import FolderError, MemsyncError, StrangeFileError
from memsync.system.trace import step

T = TypeVar("T")

ABSENT: Final = (FileNotFoundError, NotADirectoryError)


class RealDisk(NamedTuple):
    """A folder on this machine. Failures are raised as `error`, one line, with the path.

    Unless its `links` are followed, whatever is a link, pipe, socket or device in it, or the folder
    itself, raises `StrangeFileError` for every call; it is neither opened nor followed.
    """

    root: Path
    error: type[MemsyncError] = FolderError
    hint: str = "memsync doctor"
    pause: Callable[[float], None] = time.sleep
    makes_root: bool = True  # False: a folder that somebody took away is not made anew
    through: str = ""  # a file that may be a link, to `leads_to` and nowhere else
    leads_to: str = ""  # where this machine's settings say that `through` leads; "": it is no link
    links: Links | None = None  # None: refused in the cloud folder, followed in the person's own
    bound: Callable[[str], Bound] = lambda name: Bound()
    guarded: Disk | None = None  # reads what a link of this disk leads to in that folder

    @property
    def rule(self) -> Links:
        """Whether links are followed: a folder that fails as the cloud folder does is nobody's to
        trust.
        """
        if self.links is not None:
            return self.links
        return "refused" if issubclass(self.error, FolderError) else "followed"

    def where(self, name: str = "") -> str:
        """The absolute path of a name."""
        return os.path.join(self.root, *name.split("/")) if name else str(self.root)

    def read(self, name: str) -> bytes | None:
        """See `Disk.read`.

        A placeholder raises `NotDownloadedError` before any byte is asked for, a file that is
        larger than its bound `TooLargeFileError`.
        """
        with self._words(name, "read"):
            return self._patient(lambda: self._read(name))

    def names(self, folder: str = "") -> list[str]:
        """See `Disk.names`."""
        with self._words(folder, "read"):
            found = self._patient(lambda: self._entries(folder))
        return sorted(
            entry.name
            for entry in found
            if entry.name[:2] != ".~" or not TEMP_NAME.fullmatch(entry.name)
        )

    def stamps(self, folder: str) -> dict[str, int]:
        """See `Disk.stamps`: the modification times in nanoseconds, in one pass over the folder."""
        stamps = {}
        with self._words(folder, "read"), contextlib.suppress(*ABSENT):
            with descend(str(self.root), _parts(folder), self.rule) as here:
                for entry in here.entries(but=self.through):
                    # One that went meanwhile takes no other with it
                    with contextlib.suppress(OSError):
                        if entry.is_dir(follow_symlinks=self.rule == "followed"):
                            stamps[entry.name] = entry.stat().st_mtime_ns
        return stamps

    def create(self, name: str, data: bytes) -> bool:
        """See `Disk.create`."""
        try:
            self.replace(name, data, None)
        except Changed:
            return False
        return True

    def replace(self, name: str, data: bytes, expected: Expected) -> None:
        """See `Disk.replace`. The comparison is the last thing before the rename.

        Nothing is written through a link but through the one that the settings name.
        """
        if (behind := self._allowed(name)) is not None:
            disk, leaf = behind
            return disk.replace(leaf, data, expected)
        self._put(name, data, expected, durable=True)

    def mark(self, name: str, data: bytes) -> None:
        """Put these bytes there, whole or not at all, but not durable: a hint that a power cut may
        take back. Waiting for the disk is what a hook spends most of its time on.
        """
        self._put(name, data, ANYTHING, durable=False)

    def _put(self, name: str, data: bytes, expected: Expected, *, durable: bool) -> None:
        with self._words(name, "write"), self._folder_for(name) as folder:
            at = folder.at(_leaf(name))
            mode = self._mode_of(at)
            temp = at.beside(os.path.basename(temp_name(at.path)))
            write_new(temp, data, mode, durable=durable)
            try:
                if not isinstance(expected, Anything):
                    self._compare(name, at, expected)
                self._patient(lambda: temp.onto(at))
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temp.name, dir_fd=temp.folder)
                raise
            if durable:
                folder.sync()
        step(f"wrote {at.path}, {len(data)} bytes")

    def move(self, name: str, to: str) -> None:
        """See `Disk.move`."""
        with (
            self._words(name, "move"),
            self._folder_for(to) as new_folder,
            descend(str(self.root), _parts(name)[:-1], self.rule) as old_folder,
        ):
            old, new = old_folder.at(_leaf(name)), new_folder.at(_leaf(to))
            if new.exists():
                raise Changed(new.path)
            try:
                if self.rule == "refused":
                    old.sound()
                self._patient(lambda: old.to_a_free_name(new))
            except FileNotFoundError:
                raise Changed(old.path) from None
            new_folder.sync()
            if os.path.dirname(old.path) != os.path.dirname(new.path):
                old_folder.sync()
        step(f"moved {old.path} to {new.path}")

    def delete(self, name: str) -> None:
        """See `Disk.delete`."""
        with self._words(name, "remove"), contextlib.suppress(*ABSENT):
            with descend(str(self.root), _parts(name)[:-1], self.rule) as folder:
                at = folder.at(_leaf(name))
                if self.rule == "refused":
                    at.sound()
                self._patient(lambda: os.unlink(at.name, dir_fd=at.folder))
                folder.sync()
            step(f"removed {at.path}")

    def kind(self, name: str) -> Kind:
        """See `Disk.kind`."""
        with self._words(name, "read"), contextlib.suppress(*ABSENT):
            with descend(str(self.root), _parts(name)[:-1], self.rule) as folder:
                return kind_of(folder.at(_leaf(name)).status())
        return "absent"

    def link(self, name: str) -> str | None:
        """See `Disk.link`."""
        with contextlib.suppress(OSError):
            return os.readlink(self.where(name))
        return None

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        """See `Disk.put_link`.

        Raises OSError where links cannot be made (the caller copies then).
        """
        with self._folder_for(name) as folder:
            at = folder.at(_leaf(name))
            temp = at.beside(os.path.basename(temp_name(at.path)))
            os.symlink(to, temp.name, dir_fd=temp.folder)
            try:
                if not isinstance(expected, Anything):
                    self._compare(name, at, expected)
                temp.onto(at)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temp.name, dir_fd=temp.folder)
                raise
            folder.sync()
        step(f"linked {at.path} to {to}")

    def sweep(self, folder: str, now: float) -> None:
        """See `Disk.sweep`. A leftover that cannot be removed is left for the next time."""
        oldest = now - STALE_TEMP_SECONDS
        with (
            contextlib.suppress(OSError),
            descend(str(self.root), _parts(folder), self.rule) as here,
        ):
            own = [one.name for one in here.listing() if TEMP_NAME.fullmatch(one.name)]
            for at in map(here.at, own):
                with contextlib.suppress(OSError):
                    status = at.status()
                    if stat.S_ISREG(status.st_mode) and status.st_mtime < oldest:
                        os.unlink(at.name, dir_fd=at.folder)

    def _read(self, name: str) -> bytes | None:
        if (behind := self._guarded(name) or self._allowed(name)) is not None:
            disk, leaf = behind
            return disk.read(leaf)
        try:
            folder = descend(str(self.root), _parts(name)[:-1], self.rule)
        except ABSENT:
            return None
        with folder:
            at = folder.at(_leaf(name))
            try:
                return read(at, self.bound(name))
            except ABSENT:
                if at.beside(f".{_leaf(name)}.icloud").exists():
                    raise Placeholder(errno.EAGAIN, "not downloaded", at.path) from None
                return None

    def _guarded(self, name: str) -> tuple[Disk, str] | None:
        """Where a link at this name leads into the guarded folder: that folder, and the name in
        it.
        """
        if self.guarded is None or not os.path.islink(self.where(name)):
            return None
        inner = leads_into(self.where(name), self.guarded.where())
        return (self.guarded, inner) if inner else None

    def _allowed(self, name: str) -> tuple[Disk, str] | None:
        """The disk and name that a link leads to which the settings name; None when it is no
        link.
        """
        if name != self.through or not name:
            return None
        path = self.where(name)
        if not os.path.islink(path):
            return None
        aim = os.path.realpath(self.leads_to) if self.leads_to else ""
        if os.path.realpath(path) != aim:
            raise StrangeFileError(path, "a link", self._how_to_allow(path))
        folder, leaf = os.path.split(aim)
        bound = self.bound(name)
        outer = RealDisk(Path(folder), self.error, links="followed", bound=lambda _: bound)
        return outer, leaf

    def _how_to_allow(self, path: str) -> str:
        if not self.leads_to:
            return (
                "if you made it: memsync config set memory_link FILE (where it leads); "
                "if not, remove it"
            )
        return (
            f"it leads elsewhere than memory_link says ({self.leads_to}); if not yours, remove it"
        )

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with descend(str(self.root), _parts(folder), self.rule) as here:
                return here.entries(but=self.through)
        except ABSENT:
            return []

    def _folder_for(self, name: str) -> Folder:
        """The folder that a name is to be written in, made where it is not there."""
        root = str(self.root)
        if self.makes_root:
            with contextlib.suppress(FileExistsError):
                make_folders(root)
        try:
            return descend(root, _parts(name)[:-1], self.rule, make=True)
        except FileNotFoundError as error:
            if not self.makes_root and not os.path.lexists(root):
                raise FileNotFoundError(errno.ENOENT, "the folder is gone", root) from error
            raise

    def _mode_of(self, at: At) -> int:
        """The mode that a file keeps when it is replaced; 0600 for a new one."""
        try:
            return stat.S_IMODE(at.sound().st_mode)
        except OSError:
            return 0o600

    def _compare(self, name: str, at: At, expected: bytes | None) -> None:
        there = self._patient(lambda: self._read(name)) if at.exists() else None
        if there != expected or (expected is None and at.exists()):
            raise Changed(at.path)

    def _patient(self, action: Callable[[], T]) -> T:
        return patiently(action, self.pause)

    @contextlib.contextmanager
    def _words(self, name: str, verb: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise failure(error, self.where(name), verb, self.error, self.hint) from error


def _parts(name: str) -> list[str]:
    """The components of a name. Raises ValueError for one that could leave the folder."""
    parts = name.split("/") if name else []
    if not {"", ".", ".."}.isdisjoint(parts):
        raise ValueError(f"{name!r} does not stay in its folder")
    return parts


def _leaf(name: str) -> str:
    return _parts(name)[-1]

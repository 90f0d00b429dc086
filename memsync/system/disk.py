"""Files: read, list, create, replace with expected bytes, move, delete.

The only file that opens notes, versions, records or CLAUDE.md (the lock and the log of a bug open
their own). It is longer than a file should be, for its calls and their order are read together.
Knows nothing of what the bytes mean. The recipe of every write (facts, reliability.md 2): a temp
file beside the target, fsync, compare, rename, and fsync of the folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol, TypeVar

from memsync.system.downloaded import Placeholder, is_not_downloaded, is_placeholder
from memsync.system.errors import FolderError, MemsyncError, NotDownloadedError, NotReplaceableError

T = TypeVar("T")
Kind = Literal["absent", "file", "link", "folder", "other"]

TEMP_NAME: Final = re.compile(r"\.~.+\.[0-9a-f]{16}\.tmp")
STALE_TEMP_SECONDS: Final = 3600

# ERROR_ACCESS_DENIED, SHARING_VIOLATION, LOCK_VIOLATION, USER_MAPPED_FILE: others hold files for a
# moment on Windows.
HELD: Final = frozenset({5, 32, 33, 1224})
PATIENCE: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)


class Changed(NotReplaceableError):
    """The file is no longer what the caller read; nothing was written."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed by somebody else just now", "run the command again")


class Anything:
    """The `expected` of a replacement that may meet any bytes."""


ANYTHING: Final = Anything()
Expected = bytes | None | Anything


class Disk(Protocol):
    """One folder.

    Names are relative to it, with `/`, and lower than it; folders appear as needed.
    """

    def where(self, name: str = "") -> str:
        """The path that a person would open."""

    def read(self, name: str) -> bytes | None:
        """All bytes; None when nothing is there. Unreadable raises, and is never None."""

    def names(self, folder: str = "") -> list[str]:
        """The sorted names in a folder, without memsync's temp files; [] when it is not there."""

    def stamps(self, folder: str) -> dict[str, int]:
        """The folders in a folder, each with a number that changes when the names in it do;

        0: unknown.
        """

    def create(self, name: str, data: bytes) -> bool:
        """Make a file with these bytes, durable;

        False when the name is taken (nothing is written).
        """

    def replace(self, name: str, data: bytes, expected: Expected) -> None:
        """Put these bytes in the place of `expected` (None: of nothing), durable.

        Raises `Changed`.
        """

    def move(self, name: str, to: str) -> None:
        """Give a file or link another name, durable; the new name must be free (`Changed`)."""

    def delete(self, name: str) -> None:
        """Remove a file or link; one that is not there is no failure."""

    def kind(self, name: str) -> Kind:
        """What stands at the name itself, links not followed."""

    def link(self, name: str) -> str | None:
        """Where the symbolic link at the name points, as text; None when it is no link."""

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        """Put a symbolic link in the place of `expected`, as `replace` does, durable.

        Raises `Changed`.
        """

    def sweep(self, folder: str, now: float) -> None:
        """Remove memsync's own temp files that are older than an hour."""


class RealDisk(NamedTuple):
    """A folder on this machine. Failures are raised as `error`, one line, with the path."""

    root: Path
    error: type[MemsyncError] = FolderError
    hint: str = "memsync doctor"
    pause: Callable[[float], None] = time.sleep
    makes_root: bool = True  # False: a folder that somebody took away is not made anew
    through: str = ""  # a file that may be a link of the person's own: what it leads to is replaced

    def where(self, name: str = "") -> str:
        """The absolute path of a name."""
        return os.path.join(self.root, *name.split("/")) if name else str(self.root)

    def read(self, name: str) -> bytes | None:
        """See `Disk.read`.

        A placeholder raises `NotDownloadedError` before any byte is asked for.
        """
        path = self.where(name)
        with self._words(path, "read"):
            return self._patient(lambda: _read(path))

    def names(self, folder: str = "") -> list[str]:
        """See `Disk.names`."""
        path = self.where(folder)
        with self._words(path, "read"):
            try:
                found = self._patient(lambda: os.listdir(path))
            except (FileNotFoundError, NotADirectoryError):
                return []
        return sorted(name for name in found if name[:2] != ".~" or not TEMP_NAME.fullmatch(name))

    def stamps(self, folder: str) -> dict[str, int]:
        """See `Disk.stamps`: the modification times in nanoseconds, in one pass over the folder."""
        path = self.where(folder)
        with self._words(path, "read"):
            try:
                with os.scandir(path) as entries:
                    found = list(entries)
            except (FileNotFoundError, NotADirectoryError):
                return {}
        stamps = {}
        for one in found:
            with contextlib.suppress(OSError):  # one that went meanwhile takes no other with it
                if one.is_dir():
                    stamps[one.name] = one.stat().st_mtime_ns
        return stamps

    def create(self, name: str, data: bytes) -> bool:
        """See `Disk.create`."""
        try:
            self.replace(name, data, None)
        except Changed:
            return False
        return True

    def replace(self, name: str, data: bytes, expected: Expected) -> None:
        """See `Disk.replace`. The comparison is the last thing before the rename."""
        path = self.where(name)
        if name == self.through and os.path.islink(path):
            path = os.path.realpath(path)
        with self._words(path, "write"):
            self._make_folder_of(path)
            temp = _write_temp(path, data)
            try:
                if not isinstance(expected, Anything):
                    self._compare(path, expected)
                self._patient(lambda: os.replace(temp, path))
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temp)
                raise
            sync_folder(os.path.dirname(path))

    def move(self, name: str, to: str) -> None:
        """See `Disk.move`."""
        old, new = self.where(name), self.where(to)
        with self._words(old, "move"):
            self._make_folder_of(new)
            if os.path.lexists(new):
                raise Changed(new)
            self._patient(lambda: os.rename(old, new))
            sync_folder(os.path.dirname(new))
            if os.path.dirname(old) != os.path.dirname(new):
                sync_folder(os.path.dirname(old))

    def delete(self, name: str) -> None:
        """See `Disk.delete`."""
        path = self.where(name)
        with self._words(path, "remove"):
            try:
                self._patient(lambda: os.unlink(path))
            except FileNotFoundError:
                return
            sync_folder(os.path.dirname(path))

    def kind(self, name: str) -> Kind:
        """See `Disk.kind`."""
        path = self.where(name)
        with self._words(path, "read"):
            try:
                mode = os.lstat(path).st_mode
            except (FileNotFoundError, NotADirectoryError):
                return "absent"
        if stat.S_ISLNK(mode):
            return "link"
        if stat.S_ISREG(mode):
            return "file"
        return "folder" if stat.S_ISDIR(mode) else "other"

    def link(self, name: str) -> str | None:
        """See `Disk.link`."""
        with contextlib.suppress(OSError):
            return os.readlink(self.where(name))
        return None

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        """See `Disk.put_link`.

        Raises OSError where links cannot be made (the caller copies then).
        """
        path = self.where(name)
        make_folders(os.path.dirname(path))
        temp = temp_name(path)
        os.symlink(to, temp)
        try:
            if not isinstance(expected, Anything):
                self._compare(path, expected)
            os.replace(temp, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temp)
            raise
        sync_folder(os.path.dirname(path))

    def sweep(self, folder: str, now: float) -> None:
        """See `Disk.sweep`. A leftover that cannot be removed is left for the next time."""
        with contextlib.suppress(OSError), os.scandir(self.where(folder)) as entries:
            own = [entry for entry in entries if TEMP_NAME.fullmatch(entry.name)]
            oldest = now - STALE_TEMP_SECONDS
            for path in [
                one.path for one in own if one.stat(follow_symlinks=False).st_mtime < oldest
            ]:
                with contextlib.suppress(OSError):
                    os.unlink(path)

    def _make_folder_of(self, path: str) -> None:
        if not self.makes_root and not os.path.isdir(self.root):
            raise FileNotFoundError(errno.ENOENT, "the folder is gone", str(self.root))
        make_folders(os.path.dirname(path))

    def _compare(self, path: str, expected: bytes | None) -> None:
        found = self._patient(lambda: _read(path)) if os.path.lexists(path) else None
        if found != expected or (expected is None and os.path.lexists(path)):
            raise Changed(path)

    def _patient(self, action: Callable[[], T]) -> T:
        for wait in PATIENCE:
            try:
                return action()
            except PermissionError as error:
                code = getattr(error, "winerror", None)
                # open() there names no code
                if code not in HELD and (code is not None or sys.platform != "win32"):
                    raise
            self.pause(wait)
        return action()

    @contextlib.contextmanager
    def _words(self, path: str, verb: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._failure(error, path, verb) from error

    def _failure(self, error: OSError, path: str, verb: str) -> MemsyncError:
        if is_not_downloaded(error):
            return NotDownloadedError(
                f"{path} is in the cloud and not downloaded to this machine yet",
                "open it once, or mark the folder 'always keep on this device', then try again",
            )
        reason = (error.strerror or type(error).__name__).lower()
        if error.errno == errno.EPERM and sys.platform == "darwin":  # macOS privacy (TCC)
            return self.error(
                f"macOS does not let this program {verb} {path}",
                "allow it in System Settings, Privacy & Security, Files and Folders",
            )
        return self.error(f"cannot {verb} {path}: {reason}", self.hint)


def _read(path: str) -> bytes | None:
    try:
        found = os.stat(path)
        if is_placeholder(found):
            raise Placeholder(errno.EAGAIN, "not downloaded", path)
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            # A pipe would be waited for, and a device read for ever; a folder says itself what it
            # is.
            raise OSError(errno.EINVAL, "it is no file", path)
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except (FileNotFoundError, NotADirectoryError):
        head, name = os.path.split(path)
        if os.path.lexists(os.path.join(head, f".{name}.icloud")):
            raise Placeholder(errno.EAGAIN, "not downloaded", path) from None
        return None


def temp_name(path: str) -> str:
    """A name beside a path, a new one each time, that memsync's sweep knows for its own."""
    # Leading `.~` and trailing `.tmp`: the one spelling that OneDrive, iCloud, Dropbox, Nextcloud
    # and
    # abraunegg all leave alone (facts, cloud-folders.md 0.10).
    folder, name = os.path.split(path)
    return os.path.join(folder, f".~{name}.{os.urandom(8).hex()}.tmp")


def _write_temp(path: str, data: bytes) -> str:
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        mode = 0o600
    temp = temp_name(path)
    flags = (
        os.O_WRONLY
        | os.O_CREAT
        | os.O_EXCL
        | getattr(os, "O_NOFOLLOW", 0)
        | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(temp, flags, 0o600)
    try:
        try:
            if mode != 0o600 and hasattr(os, "fchmod"):
                with contextlib.suppress(OSError):  # some mounts keep no modes
                    os.fchmod(handle, mode)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            sync_handle(handle)
            # A file system that lies about the length of a write is caught here, before the rename.
            if os.fstat(handle).st_size != len(data):
                raise OSError(errno.EIO, "short file after write", temp)
        finally:
            os.close(handle)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temp)
        raise
    return temp


def sync_handle(handle: int) -> None:
    """Push a file's bytes to the disk itself. macOS needs F_FULLFSYNC; network mounts refuse it."""
    if sys.platform == "darwin":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def sync_folder(path: str) -> None:
    """Push a folder's names to the disk. Windows cannot open a folder for it."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync_handle(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def make_folders(path: str) -> None:
    """Make a folder and its parents, 0700, each durable in the one above."""
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    if parent != path:
        make_folders(parent)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    sync_folder(parent)

"""The one lock of a machine and memory folder, in the state folder, held by the kernel.

The kernel frees it when its holder dies, so there is no stale lock; only `uninstall` removes the
file.
Where the file system keeps no locks (some network homes) a file with its owner stands in.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from memsync.system.disk import make_folders
from memsync.system.errors import BusyError, LocalError
from memsync.system.machine import host_name

# What a file system says that keeps no locks: NFS without its service, FUSE, some network mounts
NO_LOCKS: Final = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS)
BUSY: Final = (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK)
OWNER: Final = ".owner"
# A stand-in of another machine (a home on the network) is believed for an hour; one of this machine
# while its process lives
STALE_SECONDS: Final = 3600
NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)


class NoLocksError(Exception):
    """This file system keeps no locks."""


@contextlib.contextmanager
def lock(path: str, wait: float, asked: Callable[[], bool] | None = None) -> Iterator[bool]:
    """One writer a machine and memory folder, held by the kernel: it is free when its holder dies.

    Waits at most `wait` seconds; while it waits, `asked` may answer True to stop waiting (then the
    lock is not held and False is yielded). Raises `BusyError`, naming the process that holds it,
    and `LocalError` when this machine does not let it be opened, or when its file went meanwhile.
    """
    try:
        make_folders(os.path.dirname(path))
        handle = os.open(path, os.O_RDWR | os.O_CREAT | NOFOLLOW, 0o600)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise LocalError(f"cannot open the lock {path}: {reason}", "memsync doctor") from error
    stand_in = StandIn(path + OWNER, handle)
    try:
        held = _wait_for(handle, stand_in, path, wait, asked)
        if held and not os.path.lexists(path):
            raise LocalError("memsync was taken off this machine meanwhile", "memsync init")
        yield held
    finally:
        stand_in.release()
        os.close(handle)  # closing unlocks; the file itself stays


def _wait_for(
    handle: int, stand_in: StandIn, path: str, wait: float, asked: Callable[[], bool] | None
) -> bool:
    end = time.monotonic() + wait
    pause = 0.02
    while not _try(handle, stand_in):
        if asked is not None and asked():
            return False
        if time.monotonic() >= end:
            who = holder(path)
            raise BusyError(
                f"another memsync is at work{who}", "wait until it is done, then run this again"
            )
        time.sleep(pause)
        pause = min(0.1, pause * 1.5)
    with contextlib.suppress(OSError):  # a label for people; the kernel's lock is what counts
        os.lseek(handle, 0, 0)
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
    return True


def _try(handle: int, stand_in: StandIn) -> bool:
    try:
        return _try_lock(handle)
    except NoLocksError:
        return stand_in.take()


def holder(path: str) -> str:
    """` (process N)` when the lock file says who took it last, else nothing."""
    try:
        with open(path, "rb") as file:
            text = file.read(32).decode("ascii", "replace").strip()
    except OSError:
        return ""
    return f" (process {text})" if text.isdigit() else ""


def keeps_locks(folder: str) -> bool:
    """Whether the file system of a folder keeps locks, by trying it; nothing is written."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return True  # which is another matter
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in NO_LOCKS
    finally:
        os.close(handle)
    return True


def _try_lock(handle: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 1 << 20, 0)  # beyond the text, so that others may read who holds it
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in NO_LOCKS:
            raise NoLocksError from error
        if error.errno not in BUSY:
            raise BusyError(f"cannot lock: {error.strerror}", "memsync doctor") from error
        return False
    return True


class StandIn:
    """A file that names its owner, for a file system without locks: made by one, refused to others.

    Left behind by a process that died it is taken over: at once on the same machine, after an hour
    where it is of another one.
    """

    def __init__(self, path: str, clock: int) -> None:
        self._path = path
        self._clock = clock  # an open file beside it, whose stamp is this file system's time
        self._mine = b""

    def take(self) -> bool:
        """Whether it is ours now."""
        mine = f"{os.getpid()} {host_name()} {os.urandom(8).hex()}\n".encode()
        self._clear_stale()
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW, 0o600)
        except FileExistsError:
            return False
        except OSError as error:
            what = f"cannot make the lock file {self._path}: {error.strerror}"
            raise BusyError(what, "memsync doctor") from error
        try:
            os.write(handle, mine)
        finally:
            os.close(handle)
        self._mine = mine
        return True

    def release(self) -> None:
        """Give it back, where it is still ours."""
        if self._mine and self._text(self._path) == self._mine:
            with contextlib.suppress(OSError):
                os.unlink(self._path)
        self._mine = b""

    def _clear_stale(self) -> None:
        text = self._text(self._path)
        if text is None or not self._is_stale(text):
            return
        aside = f"{self._path}.{os.urandom(8).hex()}"
        with contextlib.suppress(OSError):
            os.rename(self._path, aside)  # one of several who try this gets it
            if self._text(aside) != text:  # somebody took it over meanwhile: it is theirs
                os.link(aside, self._path)
            os.unlink(aside)

    def _is_stale(self, text: bytes) -> bool:
        pid, host, *_ = [*text.decode("ascii", "replace").split(), "", ""]
        if host == host_name() and pid.isdigit():
            return not _lives(int(pid))
        try:
            os.utime(self._clock)
            age = os.fstat(self._clock).st_mtime - os.lstat(self._path).st_mtime
        except OSError:
            return False
        return age > STALE_SECONDS

    def _text(self, path: str) -> bytes | None:
        try:
            handle = os.open(path, os.O_RDONLY | NOFOLLOW)
        except OSError:
            return None
        try:
            return os.read(handle, 256)
        finally:
            os.close(handle)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

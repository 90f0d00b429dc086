"""The one lock of a machine and memory folder, in the state folder, held by the kernel.

The kernel frees it when its holder dies, so there is no stale lock; the file is never removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator

from memsync.system.disk import make_folders
from memsync.system.errors import BusyError, LocalError


@contextlib.contextmanager
def lock(path: str, wait: float, asked: Callable[[], bool] | None = None) -> Iterator[bool]:
    """One writer a machine and memory folder, held by the kernel: it is free when its holder dies.

    Waits at most `wait` seconds; while it waits, `asked` may answer True to stop waiting (then the
    lock is not held and False is yielded). Raises `BusyError`, naming the process that holds it,
    and
    `LocalError` when this machine does not let it be opened.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        make_folders(os.path.dirname(path))
        handle = os.open(path, flags, 0o600)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise LocalError(f"cannot open the lock {path}: {reason}", "memsync doctor") from error
    try:
        held = _wait_for(handle, path, wait, asked)
        yield held
    finally:
        os.close(handle)  # closing unlocks; the file itself is never removed


def _wait_for(handle: int, path: str, wait: float, asked: Callable[[], bool] | None) -> bool:
    end = time.monotonic() + wait
    pause = 0.02
    while not _try_lock(handle):
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


def holder(path: str) -> str:
    """` (process N)` when the lock file says who took it last, else nothing."""
    try:
        with open(path, "rb") as file:
            text = file.read(32).decode("ascii", "replace").strip()
    except OSError:
        return ""
    return f" (process {text})" if text.isdigit() else ""


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
        if error.errno == errno.ENOLCK:  # NFS without a lock service: the comparison still guards
            return True
        if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK):
            raise BusyError(f"cannot lock: {error.strerror}", "memsync doctor") from error
        return False
    return True

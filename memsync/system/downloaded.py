"""There, not there, or not downloaded yet: how each system shows a file whose bytes are only in the
cloud.

And whether a folder answers at all. Knows stats and errors. May not know: what memsync keeps.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from typing import Final

# Cloud Files placeholders. macOS: SF_DATALESS. Windows: RECALL_ON_DATA_ACCESS, RECALL_ON_OPEN,
# OFFLINE (facts, cloud-folders.md 4.1 and 4.2). Python names none of them before 3.13.
DATALESS: Final = 0x40000000
RECALL: Final = 0x400000 | 0x40000 | 0x1000

# "The provider is not running", "network unavailable" and their family, as WinError.
MOST_HANDLES: Final = 256
CLOUD_WINERRORS: Final = frozenset(range(358, 405))


def answers(path: str, seconds: float, look: Callable[[str], object] = os.listdir) -> bool:
    """Whether a folder answers at all: a FUSE mount or File Provider that hangs cannot be
    interrupted.

    A child process looks; when it does not come back it is killed and left behind (it may be stuck
    in the kernel, and waiting for it would hang too).
    """
    if not hasattr(os, "fork"):
        return True
    import select
    import signal

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # only async-safe steps: look, tell, leave
        with contextlib.suppress(BaseException):
            os.closerange(0, writer)  # left behind it would hold the pipe that stdout is, or a lock
            os.closerange(writer + 1, MOST_HANDLES)
            with contextlib.suppress(OSError):
                look(path)
            os.write(writer, b".")
        os._exit(0)
    os.close(writer)
    try:
        ready, _, _ = select.select([reader], [], [], seconds)
        came = bool(ready) and os.read(reader, 1) == b"."
    finally:
        os.close(reader)
    if not came:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.waitpid(child, 0 if came else os.WNOHANG)
    return came


def is_not_downloaded(error: OSError) -> bool:
    """Whether this failure means: in the cloud, but not on this machine."""
    if isinstance(error, Placeholder):
        return True
    code = getattr(error, "winerror", None)
    if code in CLOUD_WINERRORS:
        return True
    # open() goes through the C runtime, which knows no codes of the cloud
    if sys.platform == "win32":
        return code is None and error.errno == errno.EINVAL
    return sys.platform == "darwin" and error.errno in (
        errno.EDEADLK,
        errno.EAGAIN,
        errno.ETIMEDOUT,
    )


class Placeholder(OSError):
    """The stat of a file says that its bytes are only in the cloud."""


def is_placeholder(status: os.stat_result) -> bool:
    """Whether a stat shows a file whose bytes are only in the cloud."""
    flags = getattr(status, "st_flags", 0)
    attributes = getattr(status, "st_file_attributes", 0)
    return bool(flags & DATALESS or attributes & RECALL)

"""What a disk's refusal means, in words; and how long a file is waited for that others hold."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from typing import Final, TypeVar

from memsync.system.disk.files import TooLargeError
from memsync.system.downloaded import is_not_downloaded
from memsync.system.errors import (
    FolderError,
    MemsyncError,
    NotDownloadedError,
    TooLargeFileError,
)

T = TypeVar("T")

# ERROR_ACCESS_DENIED, SHARING_VIOLATION, LOCK_VIOLATION, USER_MAPPED_FILE: others hold files for a
# moment on Windows.
HELD: Final = frozenset({5, 32, 33, 1224})
PATIENCE: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)


too_large: Final[dict[str, str]] = {}
"""What this process left alone because of its size: path and words. Said at the end of a command,
for a file that is not read looks like one that has not arrived."""


def patiently(action: Callable[[], T], pause: Callable[[float], None]) -> T:
    """Do it; on Windows again, for about two seconds, while another program holds the file."""
    for wait in PATIENCE:
        try:
            return action()
        except PermissionError as error:
            code = getattr(error, "winerror", None)
            # open() there names no code
            if code not in HELD and (code is not None or sys.platform != "win32"):
                raise
        pause(wait)
    return action()


def failure(
    error: OSError, path: str, verb: str, kind: type[MemsyncError], hint: str
) -> MemsyncError:
    """An error of the system in one line that names the path, as an error of this kind."""
    if is_not_downloaded(error):
        return NotDownloadedError(
            f"{path} is in the cloud and not downloaded to this machine yet",
            "open it once, or mark the folder 'always keep on this device', then try again",
        )
    if isinstance(error, TooLargeError):
        return _of_size(error, path, kind)
    reason = (error.strerror or type(error).__name__).lower()
    if error.errno == errno.EPERM and sys.platform == "darwin":  # macOS privacy (TCC)
        return kind(
            f"macOS does not let this program {verb} {path}",
            "allow it in System Settings, Privacy & Security, Files and Folders",
        )
    return kind(f"cannot {verb} {path}: {reason}", hint)


def _of_size(error: TooLargeError, path: str, kind: type[MemsyncError]) -> MemsyncError:
    what = f"{path} is larger than {_size(error.most)} ({_size(error.size)}), so it is not read"
    too_large[path] = what
    kind = TooLargeFileError if issubclass(kind, FolderError) else kind
    return kind(what, "see what it is, and move it out of the way")


def _size(count: int) -> str:
    """A number of bytes as people say it: `4 MiB`, `6.0 GiB`."""
    value, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if value == int(value) else f"{value:.1f} {unit}"

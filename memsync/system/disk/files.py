"""The bytes of one file in an open folder: read with a bound, made anew, durable; its temp name.

May not know: what the bytes mean.
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import Final, NamedTuple

from memsync.system.disk.beneath import CALMLY, NO_LINKS, At, strange, sync_folder, sync_handle
from memsync.system.downloaded import Placeholder, is_placeholder
from memsync.system.errors import StrangeFileError

BINARY: Final = getattr(os, "O_BINARY", 0)


class TooLargeError(OSError):
    """A file that has more bytes than memsync reads of its kind; none was read."""

    def __init__(self, path: str, size: int, most: int) -> None:
        super().__init__(errno.EFBIG, "it is too large", path)
        self.size = size
        self.most = most


class Bound(NamedTuple):
    """The most bytes that are read of a file. One that begins like one of `heads` may have
    `larger`.
    """

    most: int = 16 * 1024 * 1024
    heads: tuple[bytes, ...] = ()
    larger: int = 0


def read(at: At, bound: Bound) -> bytes:
    """All bytes of the file at a name.

    Raises `StrangeFileError`, `TooLargeError` and `Placeholder` before any byte is asked for;
    OSError.
    """
    status = at.sound()
    if is_placeholder(status):
        raise Placeholder(errno.EAGAIN, "not downloaded", at.path)
    if strange(status):  # behind a link of the person's own
        raise OSError(errno.EINVAL, "it is not a file", at.path)
    flags = os.O_RDONLY | CALMLY | BINARY | (NO_LINKS if at.links == "refused" else 0)
    handle = os.open(at.name, flags, dir_fd=at.folder)
    try:
        status = os.fstat(handle)
        if words := strange(status):  # put there between the look and the opening
            raise StrangeFileError(at.path, words)
        return _all_of(handle, status.st_size, at.path, bound)
    finally:
        os.close(handle)


def _all_of(handle: int, size: int, path: str, bound: Bound) -> bytes:
    most, data = bound.most, b""
    if size > most and bound.heads:
        data = os.read(handle, max(map(len, bound.heads)))
        most = bound.larger if data.startswith(bound.heads) else most
    if size > most:
        raise TooLargeError(path, size, most)
    parts = [data]
    # One more than there should be: a file that grows is seen to end, or to be too large
    while chunk := os.read(handle, max(size - len(data), 0) + 1):
        parts.append(chunk)
        size = max(size, sum(map(len, parts)))
        if size > most:
            raise TooLargeError(path, size, most)
    return b"".join(parts)


def write_new(at: At, data: bytes, mode: int, *, durable: bool = True) -> None:
    """Make a file that was not there, with these bytes; on failure nothing is left."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS | BINARY
    handle = os.open(at.name, flags, 0o600, dir_fd=at.folder)
    try:
        try:
            if mode != 0o600 and hasattr(os, "fchmod"):
                with contextlib.suppress(OSError):  # some mounts keep no modes
                    os.fchmod(handle, mode)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            if durable:
                sync_handle(handle)
            # A file system that lies about the length of a write is caught here, before the rename.
            if os.fstat(handle).st_size != len(data):
                raise OSError(errno.EIO, "short file after write", at.path)
        finally:
            os.close(handle)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(at.name, dir_fd=at.folder)
        raise


def temp_name(path: str) -> str:
    """A name beside a path, a new one each time, that memsync's sweep knows for its own."""
    # Leading `.~` and trailing `.tmp`: the one spelling that OneDrive, iCloud, Dropbox, Nextcloud
    # and abraunegg all leave alone (facts, cloud-folders.md 0.10).
    folder, name = os.path.split(path)
    return os.path.join(folder, f".~{name}.{os.urandom(8).hex()}.tmp")


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

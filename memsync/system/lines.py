"""The lines of a large file of another program, one at a time, as bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

MOST_LINE: Final = 16 * 1024 * 1024  # a longer one is given in pieces that end in no newline


def lines(path: Path, offset: int = 0) -> Iterator[bytes]:
    """The lines from an offset on, each with its newline; the last one may lack it.

    Nothing for what is not there, is no regular file, or may not be read.
    """
    with _opened(path, offset) as file:
        while file is not None and (line := file.readline(MOST_LINE)):
            yield line


def chunks(path: Path, offset: int = 0, size: int = 1024 * 1024) -> Iterator[bytes]:
    """The bytes from an offset on, in pieces of any length up to `size`. Nothing where `lines`
    gives nothing.
    """
    with _opened(path, offset) as file:
        while file is not None and (piece := file.read(size)):
            yield piece


@contextmanager
def _opened(path: Path, offset: int) -> Iterator[BinaryIO | None]:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError):
        yield None
        return
    with os.fdopen(handle, "rb", buffering=256 * 1024) as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            yield None
            return
        file.seek(offset)
        yield file

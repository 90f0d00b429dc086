"""The lines of a large file of another program, one at a time, as bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MOST_LINE: Final = 16 * 1024 * 1024  # a longer one is given in pieces that end in no newline


def lines(path: Path, offset: int = 0) -> Iterator[bytes]:
    """The lines from an offset on, each with its newline; the last one may lack it.

    Nothing for what is not there, is no regular file, or may not be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError):
        return
    with os.fdopen(handle, "rb", buffering=256 * 1024) as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return
        file.seek(offset)
        while line := file.readline(MOST_LINE):
            yield line

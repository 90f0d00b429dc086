"""What a program prints, up to a bound and within a time. Loads `subprocess` when it is needed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Final, NamedTuple

_BEHIND: Final = 1.0  # seconds in which what an ended program printed is read


class Printed(NamedTuple):
    """How a program ended, and its stdout: one byte more than the bound where there was more."""

    status: int
    out: bytes


def printed(argv: Sequence[str], env: Mapping[str, str], *, seconds: float, most: int) -> Printed:
    """Run a program without a stdin. What prints more than `most` bytes is ended at once; what it
    leaves behind in the background is not waited for.

    Raises `TimeoutError`, and `OSError` or `ValueError` for what cannot be run.
    """
    import subprocess

    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        argv, bufsize=0, env=dict(env), stdin=quiet, stdout=subprocess.PIPE, stderr=quiet
    )
    assert process.stdout is not None
    out = bytearray()
    reader = threading.Thread(
        target=_read, args=(process.stdout, out, most, process.kill), daemon=True
    )
    reader.start()
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        process.kill()  # also where Ctrl-C comes
        process.wait()
        reader.join(_BEHIND)
    return Printed(status, bytes(out))


def _read(source: IO[bytes], out: bytearray, most: int, stop: Callable[[], None]) -> None:
    """Closes what it reads, once a program in the background leaves the other end, too."""
    with source, contextlib.suppress(OSError):
        while len(out) <= most:
            data = source.read(most + 1 - len(out))
            if not data:
                return
            out += data
        stop()

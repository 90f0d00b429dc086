"""A person at a Windows console: under Wine a pseudo-terminal is one."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Final

import pytest

from tests.windows.pc import PC, SECONDS

on_a_console = pytest.mark.skipif(
    sys.platform == "win32",
    reason="NOT TESTED ON REAL WINDOWS: it has no pseudo-terminal",
)

# What the console writes to move and colour: CSI sequences, titles, single escapes.
MOVES: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")


def at_the_console(pc: PC, words: list[str], answers: Mapping[str, str], **variables: str) -> str:
    """Run `memsync` at a console of 120 columns; an answer is typed when its question is there.

    Returns all that was shown, without what moves and colours it.
    """
    import fcntl
    import pty
    import struct
    import termios
    import tty

    near, far = pty.openpty()
    tty.setraw(far)  # Enter is a carriage return there
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
    env = pc.windows.environment(pc.variables(**variables)) | {"TERM": "xterm"}
    process = subprocess.Popen(
        [*pc.windows.python(), "-m", "memsync", *words],
        stdin=far,
        stdout=far,
        stderr=far,
        env=env,
        cwd=pc.home,
        start_new_session=True,
    )
    os.close(far)
    try:
        return MOVES.sub("", _conversation(near, dict(answers)))
    finally:
        os.close(near)
        if process.poll() is None:
            process.kill()
        process.wait(SECONDS)


def _conversation(near: int, waiting: dict[str, str]) -> str:
    shown = b""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if not select.select([near], [], [], 1.0)[0]:
            continue
        try:
            data = os.read(near, 65536)
        except OSError:  # Linux: nobody holds the other end any more
            data = b""
        if not data:
            return shown.decode("utf-8", "replace")
        shown += data
        so_far = MOVES.sub("", shown.decode("utf-8", "replace"))
        for question in [text for text in waiting if text in so_far]:
            os.write(near, waiting.pop(question).encode())
    raise TimeoutError(shown.decode("utf-8", "replace"))

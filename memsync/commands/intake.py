"""What a person gives as notes: -n, -f, words or stdin, and what may become of it.

The order and the limits are design.md section 4. Nothing is captured here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from memsync.memory.text.notes import MOST_BYTES, decode
from memsync.system.errors import InputError, UsageError


class Given(NamedTuple):
    """Notes a person gave. `said`: how the bytes were read, when that is worth a line."""

    text: str
    source: str
    said: str = ""


class Stdin(NamedTuple):
    """Standard input: how it is read, and whether it is a terminal, where nobody types notes
    unasked.
    """

    read: Callable[[], bytes]
    terminal: bool


def read(text: str | None, file: str | None, stdin: Stdin, *, command: str) -> Given | None:
    """The notes: `text`, else `file` (`-`: stdin), else stdin. None: there are none.

    Raises `InputError` for blank, missing, unreadable or too large ones, `UsageError` for -n with
    -f.
    """
    if text is not None and file is not None:
        option = "-n" if command == "refresh" else "TEXT"
        text_hint = f'memsync {command} {"-n " if command == "refresh" else ""}"..."'
        raise UsageError(
            f"{option} and -f do not go together", f"{text_hint}   or: memsync {command} -f FILE"
        )
    if text is not None:
        return _given(os.fsencode(text), "text", command)
    if file is not None and file != "-":
        return _given(_file(file, command), f"file {os.path.basename(file)}", command)
    if stdin.terminal and file is None:
        return None
    data = stdin.read()
    return _given(data, "stdin", command) if data else None


def _file(path: str, command: str) -> bytes:
    try:
        with open(os.path.expanduser(path), "rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"file not found: {path}", f"memsync {command} -f FILE") from None
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise InputError(f"cannot read {path}: {reason}", f"memsync {command} -f FILE") from None


def _given(data: bytes, source: str, command: str) -> Given:
    found = decode(data[: MOST_BYTES + 1])
    if len(data) > MOST_BYTES or len(found.text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        what = f"the notes are larger than {MOST_BYTES // 1024} KiB"
        raise InputError(what, "split them into several files, one note each")
    if not found.text.strip("\ufeff \t\r\n\v\f\x00"):
        option = "-n " if command == "refresh" else ""
        raise InputError("notes are empty", f'memsync {command} {option}"what to remember"')
    if "\x00" in found.text:
        what = f"the notes ({source}) hold NUL characters, so they are no text"
        raise InputError(what, f"memsync {command} -f FILE   (a file saved as UTF-8)")
    said = "" if found.encoding == "UTF-8" else f"the notes were read as {found.encoding}"
    return Given(found.text, "".join(c if c.isprintable() else "_" for c in source), said)

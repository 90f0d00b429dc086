"""What a person gives as notes: -n, -f, words or stdin, and what may become of it.

The order and the limits are design.md section 4. Nothing is captured here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from memsync.memory.text.encodings import Decoded, decode
from memsync.memory.text.notes import MOST_BYTES
from memsync.memory.text.visible import seen
from memsync.system.errors import InputError, UsageError

WIDTH: Final = 60
# How Windows spells the whole path of NUL, CON, AUX, COM1 and their like, in any folder: reading
# a serial port waits for ever
DEVICE: Final = "\\\\.\\"


class Given(NamedTuple):
    """Notes a person gave. `said`: how the bytes were read, when that is worth a line.

    `raw`: the bytes themselves, where their encoding was guessed, else empty.
    """

    text: str
    source: str
    said: str = ""
    raw: bytes = b""


class Stdin(NamedTuple):
    """Standard input: how it is read, and whether it is a terminal, where nobody types notes
    unasked.
    """

    read: Callable[[], bytes]
    terminal: bool


Files = str | Sequence[str] | None


def read(text: str | None, file: Files, stdin: Stdin, *, command: str) -> Given | None:
    """The notes: `text`, else each `file` (`-`: stdin), else stdin. None: there are none.

    Raises `InputError` for blank, missing, unreadable or too large ones, `UsageError` for -n with
    -f.
    """
    files = [file] if isinstance(file, str) else list(file or ())
    if text is not None and files:
        option = "-n" if command == "refresh" else "TEXT"
        text_hint = f'memsync {command} {"-n " if command == "refresh" else ""}"..."'
        raise UsageError(
            f"{option} and -f do not go together", f"{text_hint}   or: memsync {command} -f FILE"
        )
    if text is not None:
        return _given(os.fsencode(text), "text", command)
    if len(files) > 1:
        return _joined([_one(path, stdin, command) for path in files], command)
    if files and files[0] != "-":
        return _one(files[0], stdin, command)
    if stdin.terminal and not files:
        return None
    data = stdin.read()
    return _given(data, "stdin", command) if data else None


def from_unicode(text: str, command: str) -> Given:
    """The notes in a text that came as Unicode, not as bytes in the encoding of the locale.

    Raises `InputError`.
    """
    return _given(text.encode("utf-8"), "text", command)


def _one(path: str, stdin: Stdin, command: str) -> Given:
    if path == "-":
        return _given(stdin.read(), "stdin", command)
    return _given(_file(path, command), f"file {os.path.basename(path)}", command)


def _joined(parts: Sequence[Given], command: str) -> Given:
    """Several files are one note, each beginning a line of its own."""
    text = "".join(f"{one.text.rstrip()}\n" for one in parts)
    source = ", ".join(one.source for one in parts)
    whole = _given(text.encode("utf-8", "surrogatepass"), source, command)
    said = "; ".join(dict.fromkeys(one.said for one in parts if one.said))
    return whole._replace(said=said, raw=b"\n".join(one.raw for one in parts if one.raw))


def _file(path: str, command: str) -> bytes:
    try:
        path = os.path.expanduser(path)
        if os.path.abspath(path).startswith(DEVICE):
            raise InputError(f"{path} is a device, not a file", f"memsync {command} -f FILE")
        with open(path, "rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"file not found: {path}", f"memsync {command} -f FILE") from None
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise InputError(f"cannot read {path}: {reason}", f"memsync {command} -f FILE") from None


def _given(data: bytes, source: str, command: str) -> Given:
    found = decode(data[: MOST_BYTES + 1]) if len(data) <= MOST_BYTES else Decoded("", "")
    if found is None:
        what = f"the notes ({source}) are not text in an encoding that memsync knows"
        raise InputError(what, f"memsync {command} -f FILE   (a file saved as UTF-8)")
    if len(data) > MOST_BYTES or len(found.text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        what = f"the notes are larger than {MOST_BYTES // 1024} KiB"
        raise InputError(what, f"split them into several files: memsync {command} -f FILE")
    if says_nothing(found.text):
        option = "-n " if command == "refresh" else ""
        what = "the note is empty" if command == "note" else "the notes are empty"
        raise InputError(what, f'memsync {command} {option}"what to remember"')
    if "\x00" in found.text:
        what = f"the notes ({source}) hold NUL characters, so they are no text"
        raise InputError(what, f"memsync {command} -f FILE   (a file saved as UTF-8)")
    said = "" if found.encoding == "UTF-8" else f"the notes were read as {found.encoding}"
    if found.guessed:
        said += f", which is a guess: they begin {_beginning(found.text)!r}"
    shown = "".join(c if c.isprintable() else "_" for c in source)
    return Given(found.text, shown, said, data if found.guessed else b"")


def says_nothing(text: str) -> bool:
    """Whether white space is all that is left of a text without what nobody sees."""
    return not seen(text).text.strip()


def _beginning(text: str) -> str:
    """The first words of a text that are not plain ASCII: those by which a guess is judged."""
    line = next((row.strip() for row in text.splitlines() if not row.isascii()), "")
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"

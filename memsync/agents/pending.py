"""Notes that are not merged yet, for Claude Code to read at once: a file in `rules/`.

Written once a batch: a running session is told of the first change of a file and of no other
(facts, claude-code-332.md 1). The rendering is pure; `show` is the one call that the commands make.
"""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from memsync.agents import record
from memsync.config import Config
from memsync.memory.sessions import waiting
from memsync.memory.store import Store
from memsync.memory.target import PENDING
from memsync.memory.text import notes
from memsync.memory.text.notes import Note
from memsync.system.disk import ANYTHING, Disk, RealDisk
from memsync.system.errors import LocalError, MemsyncError

MOST_BYTES: Final = 16 * 1024
HEAD: Final = """\
# Notes of the user, not merged yet

The user gave these notes; memsync has not merged them into the memory yet. They count like the
memory, and where they differ from it, they are newer. The newest comes first.
"""
CUT: Final = "\n[cut here; the whole note is merged later]"
KINDS: Final = ("note", "harvest")  # an edit stands in the memory already
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})  # what Unicode calls such characters
JOINERS: Final = "\u200c\u200d"  # which some scripts and emoji need

_TICKS: Final = re.compile(r"`{3,}")


def render(found: Sequence[Note]) -> bytes:
    """The file for these notes, the newest first, at most 16 KiB; b"" for none.

    Each note stands in a fence of its own: Claude Code imports no `@path` from there, and no
    heading, comment or front matter of a note becomes one of the file.
    """
    if not found:
        return b""
    parts = [HEAD]
    room = MOST_BYTES - len(HEAD.encode())
    for note in found:
        part = _fenced(note, note.text) if len(note.text) <= MOST_BYTES else None
        if len(parts) == 1 and (part is None or len(part.encode()) > room):
            part = _fenced(note, _cut(note.text, room - 256))
        if part is None or (size := len(part.encode())) > room:
            break
        parts.append(part)
        room -= size
    return "\n".join(parts).encode()


def _fenced(note: Note, text: str) -> str:
    plain = _harmless(text).strip("\n")
    ticks = max((len(run) for run in _TICKS.findall(plain)), default=2) + 1
    fence = "`" * ticks
    day = note.label[:10] if notes.DAY.match(note.label) else ""
    return f"{day}\n\n{fence}text\n{plain}\n{fence}\n".lstrip("\n")


def _cut(text: str, most: int) -> str:
    """The begin of a text, at most so many bytes, whole characters."""
    return _harmless(text[: 4 * most]).encode()[:most].decode("utf-8", "ignore") + CUT


def _harmless(text: str) -> str:
    """Without control, bidi, tag and zero-width characters: nobody sees what they say."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in text if c in "\n\t" + JOINERS or unicodedata.category(c) not in HIDDEN
    )


def show(config: Config, store: Store | None, outbox: Disk) -> None:
    """Bring the file up to date with what is pending here; it goes when nothing is.

    Never fails and says nothing: a note is safe whether or not this file is there.
    """
    with contextlib.suppress(MemsyncError, OSError):
        claude = RealDisk(config.machine.claude_dir, LocalError)
        if not os.path.isdir(claude.where()):
            return
        wanted = render(_pending(store, outbox)) if config.flag("show_pending") else b""
        _put(config, claude, wanted)


def remove(config: Config) -> None:
    """The file goes, whatever is pending."""
    _put(config, RealDisk(config.machine.claude_dir, LocalError), b"")


def _put(config: Config, claude: RealDisk, wanted: bytes) -> None:
    if claude.kind(PENDING) not in ("absent", "file"):
        return  # somebody's own
    if not wanted:
        claude.delete(PENDING)
    elif claude.read(PENDING) != wanted:
        rules = os.path.dirname(claude.where(PENDING))
        made = () if os.path.isdir(rules) else (rules,)
        claude.replace(PENDING, wanted, ANYTHING)
        if made:
            known = record.store(config.machine)
            record.keep(known, record.Connected(record.RULES, claude.where(PENDING), made))


def _pending(store: Store | None, outbox: Disk) -> list[Note]:
    """What is not merged, the newest first: notes of the memory folder, and those that wait for it.

    Raises `MemsyncError` where that cannot be told; the file stays as it is then.
    """
    found = list(_waiting(outbox))
    if store is not None:
        memory = store.memory()
        if memory is not None and memory.footer is not None:
            found += store.sessions.pending(memory.footer.merged)
        else:
            raise LocalError("nobody can tell what is merged", "memsync doctor")
    told = {note.id: note for note in found if note.kind in KINDS}
    return sorted(told.values(), key=lambda note: (note.label[:17], note.time), reverse=True)


def _waiting(outbox: Disk) -> Iterable[Note]:
    for one in waiting(outbox):
        data = outbox.read(one.name)
        note = notes.parse(data, one.id, one.label) if data is not None else None
        if note is not None:
            yield note

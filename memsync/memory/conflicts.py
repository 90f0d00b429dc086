"""Conflict copies, and `conflicts/`: where bytes lie that were in the way, byte for byte.

May not know: what becomes of the text in a copy (`steps/copies.py`).
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from memsync.memory.text.document import NAME, Memory, parse, short_hash, with_appended
from memsync.system.disk import Changed, Disk
from memsync.system.errors import MemsyncError

CONFLICTS: Final = "conflicts"
# Claude Code skips a larger file (facts, claude-code.md 1)
MOST_MEMORY_BYTES: Final = 4 * 1024 * 1024


def names(disk: Disk) -> list[str]:
    """The names beside the memory that a sync client gives to second copies of it."""
    stem = NAME.removesuffix(".md").lower()
    near = [name for name in disk.names() if name.lower().startswith(stem) and name != NAME]
    if not near:
        return []
    from memsync.memory.text.copy_names import (
        is_conflict_copy,
    )  # `status` seldom needs its patterns

    return [name for name in near if is_conflict_copy(name)]


def copies(disk: Disk) -> dict[str, Memory]:
    """The conflict copies: files by such a name that carry a valid footer, what was appended behind
    it with them. Unreadable ones wait.
    """
    found: dict[str, Memory] = {}
    for name in names(disk):
        if disk.kind(name) != "file":
            continue
        with contextlib.suppress(MemsyncError):
            raw = disk.read(name)
            small = raw is not None and len(raw) <= MOST_MEMORY_BYTES
            memory = with_appended(raw) if raw is not None and small else None
            if memory is not None and memory.footer is not None:
                found[name] = memory
    return found


def fullest(copies: Iterable[Memory]) -> list[Memory]:
    """The copy with the most merged notes, or none; one with lines behind its footer only where all
    have some.
    """
    every = list(copies)
    whole = [copy for copy in every if parse(copy.raw).footer is not None] or every
    return sorted(whole, key=lambda copy: (len(copy.merged), copy.rev))[-1:]


def holds(disk: Disk, raw: bytes) -> bool:
    """Whether these bytes lie in `conflicts/`."""
    for name in _places(raw):
        data = disk.read(name)
        if data is None or data == raw:
            return data is not None
    return False


def keep(disk: Disk, raw: bytes) -> str:
    """Keep these bytes in `conflicts/`, once; where they lie."""
    name = next(n for n in _places(raw) if disk.create(n, raw) or disk.read(n) == raw)
    return disk.where(name)


def move_in(disk: Disk, name: str, raw: bytes) -> str:
    """Move a conflict copy that holds these bytes to `conflicts/`; where they lie now.

    Raises `Changed` where a sync client put other bytes there: nobody has looked at those yet.
    """
    known = ""
    for place in _places(raw):
        try:
            disk.move(name, place)
        except Changed:  # the name is taken, by the same copy or by other bytes; or it is gone
            if disk.read(place) == raw:
                known = known or place
            elif disk.read(name) != raw:
                break
            continue
        if disk.read(place) != raw:
            move_back(disk, place, name)
            raise Changed(disk.where(name))
        if known:
            disk.delete(place)
        return disk.where(known or place)
    return keep(disk, raw)


def move_back(disk: Disk, place: str, name: str) -> None:
    """Put a file from `conflicts/` beside the memory again, by its name there, or where that is
    taken by one like it: as a conflict copy it is looked at.
    """
    stem = name.removesuffix(".md")
    for again in itertools.chain([name], (f"{stem} ({n}).md" for n in itertools.count(2))):
        try:
            disk.move(place, again)
        except Changed:
            if disk.kind(place) == "absent":
                return
        else:
            return


def _places(raw: bytes) -> Iterator[str]:
    """The names that these bytes may take, the plain one first: one of them holds them or is
    free, for what lies in `conflicts/` stays as it is.
    """
    stem = f"{CONFLICTS}/{short_hash(raw)}"
    yield f"{stem}.md"
    for number in itertools.count(2):
        yield f"{stem}-{number}.md"

"""How many constraints of a memory are guarded.

Reading Markdown takes longer than `status` does otherwise, so the number is kept in this machine's
record beside the text that it was counted in. May not know: the network, the terminal.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Final

from memsync.memory.text.document import short_hash
from memsync.system.disk import ANYTHING, Disk
from memsync.system.errors import MemsyncError

FILE: Final = "guarded"  # `TEXT NUMBER`, the text by its hash and that of the titles

MOST_DIGITS: Final = 10  # no memory has more constraints


def number(state: Disk, body: str, titles: Sequence[str]) -> int:
    """How many constraints a body has. `titles`: of the setting `constraint_headings`."""
    known = _kept(state, body, titles)
    return _counted(body, titles) if known is None else known


def keep(state: Disk, body: str, titles: Sequence[str]) -> None:
    """Count, and keep the number. A disk that refuses costs only time."""
    if _kept(state, body, titles) is None:
        line = f"{_mark(body, titles)} {_counted(body, titles)}\n"
        with contextlib.suppress(MemsyncError):
            state.replace(FILE, line.encode("ascii"), ANYTHING)


def _counted(body: str, titles: Sequence[str]) -> int:
    from memsync.memory.text.markdown import outline  # not for who knows the number

    view = outline(body, tuple(titles))
    return sum(block.start not in view.placeholders for block in view.constraints)


def _kept(state: Disk, body: str, titles: Sequence[str]) -> int | None:
    try:
        mark, _, count = (state.read(FILE) or b"").decode("ascii", "replace").partition(" ")
    except MemsyncError:
        return None
    digits = count.strip()
    fits = mark == _mark(body, titles) and digits.isdecimal() and len(digits) <= MOST_DIGITS
    return int(digits) if fits else None


def _mark(body: str, titles: Sequence[str]) -> str:
    return short_hash("\n".join([*titles, "", body]).encode("utf-8", "surrogateescape"))

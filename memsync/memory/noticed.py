"""What came into the memory from elsewhere and is to be looked at twice: `status` and `doctor` go
on saying it for a week, also where nobody saw the refresh that brought it.

The record is this machine's own. May not know: the terminal, the network.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, get_args

from memsync.system.disk import ANYTHING, Disk
from memsync.system.errors import MemsyncError

if TYPE_CHECKING:  # `status` seldom needs its patterns
    from memsync.memory.text.warnings import Warning

FILE: Final = "look_at"  # a line each: the day, the kind, the text, a tab between
DAYS: Final = 7
MOST: Final = 200  # lines; the oldest go first


def keep(state: Disk, found: Sequence[Warning], now: datetime) -> None:
    """Put these warnings on record. A disk that refuses costs only that they stand on."""
    with contextlib.suppress(MemsyncError):
        before = state.read(FILE)
        data = added(before, found, now)
        if data != (before or b""):
            state.replace(FILE, data, ANYTHING)


def added(before: bytes | None, found: Sequence[Warning], now: datetime) -> bytes:
    """The record with these warnings, each once. Pure."""
    rows = [row for row in _rows(before) if row[0] >= _oldest(now)]
    known = {row[1:] for row in rows}
    new = dict.fromkeys((one.kind, _one_line(one.text)) for one in found)
    rows += [(f"{now:%Y-%m-%d}", *one) for one in new if one not in known]
    text = "".join("\t".join(row) + "\n" for row in rows[-MOST:])
    return text.encode("utf-8", "surrogateescape")


def standing(state: Disk, body: str, now: datetime) -> list[Warning]:
    """What still holds of the record: the lines that stand in the body, as constraints where they
    had become some, and the constraints that are none.
    """
    try:
        data = state.read(FILE)
    except MemsyncError:
        return []
    if not data:
        return []
    from memsync.memory.text.markdown import constraint_lines
    from memsync.memory.text.warnings import OF_FORCE, Kind, Warning

    numbered = [*enumerate(body.split("\n"), 1)]
    places = {_one_line(line): n for n, line in reversed(numbered)}
    inside = constraint_lines(body)
    rules = {_one_line(line): n for n, line in reversed(numbered) if n - 1 in inside}
    kinds: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
    return [
        Warning(kinds[kind], 0 if gone else there[text], text)
        for day, kind, text in _rows(data)
        if day >= _oldest(now) and kind in kinds
        for gone in [kind.startswith("constraint ")]
        for there in [rules if kind in OF_FORCE else places]
        if (text in there) != gone
    ]


def _rows(data: bytes | None) -> Iterator[tuple[str, str, str]]:
    for line in (data or b"").decode("utf-8", "surrogateescape").split("\n"):
        day, kind, text = (*line.split("\t", 2), "", "")[:3]
        if text:
            yield day, kind, text


def _oldest(now: datetime) -> str:
    return f"{now - timedelta(days=DAYS):%Y-%m-%d}"


def _one_line(text: str) -> str:
    return text.strip().replace("\r", "")

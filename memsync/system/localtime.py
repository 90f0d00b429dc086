"""Times as a person reads them: of this machine's zone, and how long ago. Pure but for the zone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
LONGEST_NAME: Final = 5  # Windows calls a zone "W. Europe Standard Time"


def local(time: datetime) -> str:
    """`2026-11-29 09:47 CET`. `time` is aware."""
    here = time.astimezone()
    name = here.tzname() or ""
    zone = name if 0 < len(name) <= LONGEST_NAME else f"UTC{here:%z}"
    return f"{here:%Y-%m-%d %H:%M} {zone}"


def ago(time: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `3 hours ago`, `2 days ago`. Both are aware."""
    passed = (now - time).total_seconds()
    if passed < MINUTE:
        return "just now"
    unit, length = next(
        (name, size)
        for name, size in (("day", DAY), ("hour", HOUR), ("minute", MINUTE))
        if passed >= size
    )
    from memsync.system.counted import counted

    return f"{counted(int(passed // length), unit)} ago"

"""Times as a person reads them: of this machine's zone, and how long ago. Pure but for the zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
LONGEST_NAME: Final = 5  # Windows calls a zone "W. Europe Standard Time"


def told(label: str, form: str) -> datetime | None:
    """The time, in UTC, that a label tells; None where it tells none. Anybody may name a file."""
    try:
        return datetime.strptime(label, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def here(time: datetime) -> datetime:
    """A time in this machine's zone; in UTC where the calendar, its clock or the zone ends."""
    try:
        return time.astimezone()
    except (OverflowError, OSError, ValueError):
        return time if time.tzinfo else time.replace(tzinfo=UTC)


def minute(time: datetime) -> str:
    """`2026-11-29 09:47`, the year with four digits on every system."""
    return time.replace(tzinfo=None).isoformat(" ", "minutes")


def local(time: datetime) -> str:
    """`2026-11-29 09:47 CET`. `time` is aware."""
    at = here(time)
    name = at.tzname() or ""
    zone = name if 0 < len(name) <= LONGEST_NAME else f"UTC{at:%z}"
    return f"{minute(at)} {zone}"


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

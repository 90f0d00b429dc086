"""Which days of notes are merged for good: a cache in the state folder, rebuilt whenever in doubt.

Ten years of notes are 3,650 folders; listing them all at each start would cost more than all else.
A day is settled while its folder has the stamp it had when each of its notes was in the merged set,
and while that set has only grown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Set
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from memsync.system.disk import Disk
from memsync.system.errors import MemsyncError

FILE: Final = "settled.json"
FEWEST_DAYS: Final = 30  # below that, listing is as fast as the cache
# A folder stamped a moment ago may change again within the same stamp
STILL_NS: Final = 3_000_000_000
# Some file systems keep the stamp when a file arrives: look at all once a day
FULL_LOOK_SECONDS: Final = 86_400
# Notes still come into these days, also where a folder keeps its stamp
RECENT: Final = timedelta(days=1)


class Settled(NamedTuple):
    """The settled days with their stamps, when all days were last looked at (seconds), how many ids
    the set has.

    `ids` -1: not known of this very set.
    """

    days: dict[str, int]
    looked: float = 0.0
    ids: int = -1


def load(state: Disk, tokens: Set[str], done: Callable[[], Set[str]], now: datetime) -> Settled:
    """The cache; empty when it is missing, old, damaged or of another set.

    `done`: all ids of this set.
    """
    try:
        data = json.loads(state.read(FILE) or b"{}")
        same = all(one in tokens for one in data["merged"]) or all(
            one in done() for one in data["merged"]
        )
        looked = float(data["looked"])
        if not same or not 0 <= now.timestamp() - looked < FULL_LOOK_SECONDS:
            return Settled({})
        count = int(data.get("count", -1)) if data["merged"] == sorted(tokens) else -1
        return Settled({str(day): int(stamp) for day, stamp in data["days"].items()}, looked, count)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, MemsyncError):
        return Settled({})


def learned(
    tokens: Set[str], calm: dict[str, int], before: Settled, count: int, now: datetime
) -> bytes | None:
    """The bytes of the cache where it says more than before, else None."""
    still = int(now.timestamp() * 1e9) - STILL_NS
    recent = f"{now - RECENT:%Y-%m-%d}"
    days = {day: stamp for day, stamp in calm.items() if stamp < still and day < recent}
    if len(days) < FEWEST_DAYS or (days == before.days and count == before.ids):
        return None
    data = {
        "merged": sorted(tokens),
        "count": count,
        "looked": before.looked or now.timestamp(),
        "days": days,
    }
    return json.dumps(data).encode("ascii")

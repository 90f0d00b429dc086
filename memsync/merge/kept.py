"""Replies that were paid for and not used yet, and notes that were refused: this machine's record.

Both can be lost without harm to a note: a lost reply costs a call, a lost refusal another try.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from memsync.memory.text.document import short_hash
from memsync.system.counted import counted
from memsync.system.disk import ANYTHING, Disk
from memsync.system.errors import MemsyncError

FOLDER: Final = "kept"
REFUSED: Final = "refused.json"


class Kept(NamedTuple):
    """A reply with the base revision and the note ids it was for. `why`: the guard's reasons."""

    base: str
    ids: tuple[str, ...]
    body: str  # the body that the merge started from
    text: str
    verdict: str  # ask, reject, write
    why: tuple[str, ...]
    time: str
    model: str = ""
    asked: str = ""  # the model as it was asked for


class Refusal(NamedTuple):
    """How often a note was refused, whether alone the last time, in which words, and of which
    models' replies.
    """

    times: int
    alone: bool
    base: str
    what: str
    hint: str
    status: int
    models: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Refused twice, the second time alone: not sent again by itself."""
        return self.alone and self.times >= 2


def key(base: str, ids: Iterable[str]) -> str:
    """The name of the reply for a base revision and notes."""
    return short_hash(" ".join([base, *sorted(ids)]).encode("ascii", "replace"))


def keep(state: Disk, kept: Kept, now: datetime) -> str:
    """Keep a reply; the path a person may open."""
    name = name_of(kept, now)
    state.replace(f"{FOLDER}/{name}", json.dumps(kept._asdict(), indent=1).encode(), ANYTHING)
    for other in _named(state, key(kept.base, kept.ids)):
        if other != name:
            state.delete(f"{FOLDER}/{other}")
    return state.where(f"{FOLDER}/{name}")


def name_of(kept: Kept, now: datetime) -> str:
    """The name of the file that a reply is kept in."""
    return f"{now:%Y%m%d_%H%M%S}_{key(kept.base, kept.ids)}.json"


def escaped(text: str) -> bytes:
    """How a text stands in a kept reply's file, which is JSON."""
    return json.dumps(text)[1:-1].encode()


def find(state: Disk, base: str, ids: Iterable[str]) -> Kept | None:
    """The kept reply for this very base and these very notes."""
    names = _named(state, key(base, ids))
    return _read(state, names[-1]) if names else None


def foremost(replies: Iterable[Kept]) -> Kept | None:
    """The reply to speak of: the newest that can be used, else the newest that was refused.

    They come oldest first.
    """
    return max(
        enumerate(replies), key=lambda one: (one[1].verdict != "reject", one[0]), default=(0, None)
    )[1]


def waiting(state: Disk) -> list[Kept]:
    """All kept replies, the oldest first."""
    found = (_read(state, name) for name in state.names(FOLDER))
    return [one for one in found if one is not None]


def of_use(state: Disk, pending: Container[str]) -> list[Kept]:
    """Those with a note that is pending still, which another machine may have merged, and those for
    a shorter memory; the oldest first.
    """
    return [
        one for one in waiting(state) if not one.ids or any(note in pending for note in one.ids)
    ]


def drop(state: Disk, base: str, ids: Iterable[str]) -> None:
    """Forget the reply for a base and notes."""
    for name in _named(state, key(base, ids)):
        state.delete(f"{FOLDER}/{name}")


def _named(state: Disk, wanted: str) -> list[str]:
    return [name for name in state.names(FOLDER) if name.endswith(f"_{wanted}.json")]


def drop_merged(state: Disk, merged: frozenset[str]) -> None:
    """Forget replies whose notes are all merged by now; not those for a shorter memory."""
    for one in waiting(state):
        if one.ids and merged.issuperset(one.ids):
            drop(state, one.base, one.ids)


def _read(state: Disk, name: str) -> Kept | None:
    try:
        data = json.loads(state.read(f"{FOLDER}/{name}") or b"null")
        lists = {name: tuple(map(str, data.get(name, ()))) for name in ("ids", "why")}
        texts = {name: str(data[name]) for name in ("base", "body", "text", "verdict", "time")}
        known = {name: data[name] for name in data if name in Kept._fields}
        return Kept(**{**known, **texts, **lists})
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, MemsyncError):
        return None  # damaged: it costs a call, never a note


def reminder(state: Disk) -> str:
    """One line while a note is held or a reply waits, else ""."""
    held = sum(1 for one in refusals(state).values() if one.held)
    asked = any(one.verdict == "ask" for one in waiting(state))
    words = [f"{counted(held, 'note')} held"] if held else []
    words += ["a reply waits for a yes (memsync apply)"] if asked else []
    return f"{' and '.join(words)}: memsync status" if words else ""


def refusals(state: Disk) -> dict[str, Refusal]:
    """The notes that were refused so far."""
    try:
        data = json.loads(state.read(REFUSED) or b"{}")
        rows = {
            str(one): {**fields, "models": tuple(fields.get("models", ()))}
            for one, fields in data.items()
        }
        return {one: Refusal(**fields) for one, fields in rows.items()}
    except (ValueError, TypeError, AttributeError, RecursionError, MemsyncError):
        return {}


def save_refusals(state: Disk, found: dict[str, Refusal]) -> None:
    """Write the record of refused notes."""
    data = json.dumps(
        {one: refusal._asdict() for one, refusal in sorted(found.items())}, indent=1
    ).encode()
    if found != refusals(state):
        state.replace(REFUSED, data, ANYTHING)

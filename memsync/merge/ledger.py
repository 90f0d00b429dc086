"""What calls cost on this machine: a line of JSON for each paid call, in this machine's record.

Read by `memsync usage`. A lost line costs a figure, never a note: it stops no merge. May not know:
the memory, the network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from memsync.merge.models import price
from memsync.merge.reply import Reply
from memsync.system.disk import Disk
from memsync.system.errors import MemsyncError

FILE: Final = "usage.jsonl"


class Paid(NamedTuple):
    """One call. `time`: UTC, as in 2026-11-29T01:24:00Z. `dollars`: by list price, None where the
    price is not known, or a plan covers it.
    """

    time: str
    engine: str
    model: str
    input_tokens: int
    output_tokens: int
    dollars: float | None


class Month(NamedTuple):
    """A month (`2026-11`, UTC). `dollars`: of the calls whose price is known; `unpriced`: how many
    others there were.
    """

    month: str
    calls: int
    input_tokens: int
    output_tokens: int
    dollars: float
    unpriced: int


def paid(reply: Reply, now: datetime) -> Paid:
    """The line for a reply. What a plan covers costs no dollars of its own."""
    tokens = reply.input_tokens, reply.output_tokens
    dollars = price(reply.model, *tokens) if reply.engine == "api" else None
    return Paid(f"{now:%Y-%m-%dT%H:%M:%SZ}", reply.engine, reply.model, *tokens, dollars)


def add(state: Disk, call: Paid) -> str:
    """Put a call on record, durable, in a file of this user alone; why that was not possible,
    or "".
    """
    line = json.dumps(call._asdict()).encode() + b"\n"
    try:
        before = state.read(FILE)
        state.replace(FILE, _whole(before) + line, before)
    except MemsyncError as error:
        return f"this call is missing in memsync usage: {error.what}"
    return ""


def _whole(before: bytes | None) -> bytes:
    """What is on record, its last line ended: half a line would spoil the next one."""
    return before + b"\n" if before and not before.endswith(b"\n") else before or b""


def read(state: Disk) -> list[Paid]:
    """The calls on record, the oldest first; lines that are damaged are left out."""
    rows = (_parsed(line) for line in (state.read(FILE) or b"").splitlines())
    return [row for row in rows if row is not None]


def _parsed(line: bytes) -> Paid | None:
    try:
        fields = json.loads(line)
        dollars = fields["dollars"]
        return Paid(
            str(fields["time"]),
            str(fields["engine"]),
            str(fields["model"]),
            int(fields["input_tokens"]),
            int(fields["output_tokens"]),
            None if dollars is None else float(dollars),
        )
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None


def by_month(calls: list[Paid]) -> list[Month]:
    """The sums, the newest month first."""
    return list(_sums(calls))


def _sums(calls: list[Paid]) -> Iterator[Month]:
    for month in sorted({call.time[:7] for call in calls}, reverse=True):
        here = [call for call in calls if call.time[:7] == month]
        priced = [call.dollars for call in here if call.dollars is not None]
        yield Month(
            month,
            len(here),
            sum(call.input_tokens for call in here),
            sum(call.output_tokens for call in here),
            round(sum(priced), 6),
            len(here) - len(priced),
        )

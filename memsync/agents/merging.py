"""A merge at the end of a session, in the background: only once a person has agreed to it, and
within what it may cost in a month.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from memsync.config import Config, load
from memsync.memory.text.document import NAME
from memsync.merge import models
from memsync.providers.resolve import resolve
from memsync.system import background
from memsync.system.disk import ANYTHING, Disk, RealDisk
from memsync.system.errors import ClaudeError, LocalError, MemsyncError, ReplyError
from memsync.system.machine import Machine

FILE: Final = "background.json"
MOST_CALLS: Final = 2  # that a refused reply costs: the reply, and the answer to the reasons
PAID: Final = (ClaudeError.status, ReplyError.status)  # a call may have been paid for nothing


class Spent(NamedTuple):
    """What merges in the background cost in a month (`2026-11`)."""

    month: str
    dollars: float


def merge_in_background(machine: Machine, say: Callable[[str], None]) -> None:
    """Run `memsync refresh` where the settings allow it; `say` gets a line for the log."""
    config = load(machine)
    place = resolve(config)
    if config.broken or not config.flag("merge_in_background") or place.trouble is not None:
        return
    state = RealDisk(machine.state_dir, LocalError)
    spent, most = spending(state, machine.now()), config.number("max_cost_per_month")
    leads_to = config.text("memory_link")
    size = len(RealDisk(place.check(), through=NAME, leads_to=leads_to).read(NAME) or b"")
    price = estimate(config, size)
    if spent.dollars + price > most:
        say(f"not merged: ${spent.dollars:.2f} of ${most} were spent this month")
        return
    status, out = background.output([*machine.program, "refresh", "--json"], machine.env)
    cost = _cost(config, status, out, price)
    if cost:
        save(state, spent._replace(dollars=spent.dollars + cost))
    say(f"refresh ended with {status}, ${cost:.4f}")


def estimate(config: Config, size: int) -> float:
    """Dollars that one merge of a memory of this size costs at most, by list price.

    A model without a known price counts as the dearest one.
    """
    tokens_in, tokens_out = size // 3 + 4_000, size // 3 + 2_000
    model = str(config.values.get("model") or models.DEFAULT_MODEL)
    price = models.price(model, tokens_in, tokens_out)
    if price is None:
        prices = (models.price(one, tokens_in, tokens_out) for one in models.ACTIVE_MODELS)
        price = max(one for one in prices if one is not None)
    return price * MOST_CALLS


def _cost(config: Config, status: int, out: str, otherwise: float) -> float:
    """What the run says that it cost; where a paid call says nothing, what it may have cost."""
    if status in PAID:
        return otherwise
    try:
        said = json.loads(out)
        tokens = int(said.get("input_tokens", 0)), int(said.get("output_tokens", 0))
    except (ValueError, AttributeError, TypeError, RecursionError):
        return 0.0 if status else otherwise
    model = str(config.values.get("model") or models.DEFAULT_MODEL)
    price = models.price(model, *tokens)
    return price if price is not None else otherwise if any(tokens) else 0.0


def spending(state: Disk, now: datetime) -> Spent:
    """What was spent this month. A record that cannot be read counts as nothing spent."""
    month = f"{now:%Y-%m}"
    try:
        found = json.loads(state.read(FILE) or b"{}")
        if found.get("month") == month:
            return Spent(month, max(0.0, float(found.get("dollars", 0))))
    except (ValueError, AttributeError, TypeError, RecursionError, MemsyncError):
        pass
    return Spent(month, 0.0)


def save(state: Disk, spent: Spent) -> None:
    """Write what was spent."""
    state.replace(FILE, json.dumps(spent._asdict()).encode(), ANYTHING)

"""What is known of Claude's models: the default, the prices, how much room a reply needs.

Knows no network and imports nothing slow, so that the config may read it. The default model is
named here and nowhere else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DEFAULT_MODEL = "claude-sonnet-5-5"

KNOWN_DATE = "2026-11-22"
"""When PRICES and ACTIVE_MODELS were last compared with the published tables."""


class Price(NamedTuple):
    """Dollars for a million tokens; a prompt above `long_prompt` tokens costs `long_factor` times
    as much.
    """

    input: float
    output: float
    long_prompt: int | None = None
    long_factor: float = 1.0


PRICES = {
    "claude-sonnet-5-5": Price(2, 10),
    "claude-haiku-5-5": Price(0.10, 0.50, long_prompt=100_000, long_factor=5),
    "claude-opus-5-5": Price(4, 20),
    "claude-fable-5-1": Price(10, 50),
    "claude-sonnet-5": Price(2, 10),
    "claude-opus-5": Price(5, 25),
    "claude-haiku-4-5": Price(1, 5),
}

ACTIVE_MODELS = tuple(PRICES)
"""Named when the API cannot be asked which models are active; the best choice first."""

RETIRES = {
    "claude-opus-4-0": "2026-06-15",
    "claude-opus-4-20250514": "2026-06-15",
    "claude-sonnet-4-0": "2026-06-15",
    "claude-sonnet-4-20250514": "2026-06-15",
    "claude-opus-4-1": "2026-08-05",
    "claude-opus-4-1-20250805": "2026-08-05",
    "claude-sonnet-4-5": "2026-11-30",
    "claude-sonnet-4-5-20250929": "2026-11-30",
}
"""From which day models answer no more (facts, claude-api.md 0 and 1; the SDK has the same table).
"""

_LONG_GONE = ("claude-1", "claude-2", "claude-3", "claude-instant")


def is_retired(model: str, today: str) -> bool:
    """Whether a model answers no more, as far as is known. `today`: YYYY-MM-DD."""
    return model.startswith(_LONG_GONE) or RETIRES.get(model, "9999") <= today


def price(model: str, input_tokens: int, output_tokens: int) -> float | None:
    """What a call cost in dollars, or None for a model that the table does not hold."""
    entry = PRICES.get(re.sub(r"-\d{8}$", "", model))
    if entry is None:
        return None
    long = entry.long_prompt is not None and input_tokens > entry.long_prompt
    dollars = (input_tokens * entry.input + output_tokens * entry.output) / 1_000_000
    return dollars * (entry.long_factor if long else 1)


def tokens_of(text: str) -> int:
    """About how many tokens a text is, rather too many than too few: 3 bytes are about one."""
    return len(text.encode("utf-8", "replace")) // 3


MOST_TOKENS = 128_000
"""What current models write at most (facts, claude-api.md 1); a request for more is a 400."""

MOST_REPLY_BYTES = 6 * MOST_TOKENS
"""More than a reply of so many tokens has: of prose three to four bytes are a token (facts,
claude-api.md 0), and of no language more than six (believed).
"""


def default_max_tokens(memory_bytes: int) -> int:
    """Room for the whole memory twice (3 bytes are about a token) and for thinking, as far as
    models go.
    """
    return min(max(2 * memory_bytes // 3 + 8_192, 16_384), MOST_TOKENS)

"""A complete reply of Claude's, whichever engine brought it, and what was said before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple


class Turn(NamedTuple):
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


Engine = Literal["api", "claude-code"]


class Reply(NamedTuple):
    """The whole text, and what it cost. Tokens are 0 where the engine does not count them."""

    text: str
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    engine: Engine = "api"


def correction(reply: str, reasons: Sequence[str]) -> tuple[Turn, Turn]:
    """What is said to a reply that cannot be used: the reply itself, and why."""
    why = "; ".join(reasons)
    return (
        Turn("assistant", reply),
        Turn("user", f"Your reply was not used: {why}. Return the whole file."),
    )

"""A complete reply of Claude's, whichever engine brought it, and what was said before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from memsync.system.visible import whole

MOST_TOKENS: Final = 1_000_000_000  # of one call: what is more was not counted by anybody


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


def tokens(value: object) -> int:
    """A number of tokens; 0 where none is told, or something that is no number of a call's."""
    return value if isinstance(value, int) and 0 < value <= MOST_TOKENS else 0


def joined(pieces: Iterable[str]) -> str:
    """The text of the pieces of a stream, each character whole."""
    return whole("".join(pieces))


def correction(reply: str, reasons: Sequence[str]) -> tuple[Turn, Turn]:
    """What is said to a reply that cannot be used: the reply itself, and why."""
    why = "; ".join(reasons)
    return (
        Turn("assistant", reply),
        Turn("user", f"Your reply was not used: {why}. Return the whole file."),
    )

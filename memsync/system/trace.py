"""What was written, moved or removed, for who listens. May not know: who that is."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[str], None]] = []


def listen(listener: Callable[[str], None]) -> None:
    """From now on this is told each step."""
    _listeners[:] = [listener]


def step(words: str) -> None:
    """A step that was taken."""
    for listener in _listeners:
        listener(words)

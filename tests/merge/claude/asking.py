"""One call of `claude.ask` as the tests make it, and what every failure of it must keep to."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from memsync.merge import claude
from memsync.merge.keys import Key
from memsync.merge.models import DEFAULT_MODEL
from memsync.merge.reply import Reply
from memsync.system.errors import ClaudeError

SECRET = "sk-ant-secret-0123456789"
KEY = Key("api_key", SECRET, "MEMSYNC_API_KEY")
NOTE = "the staging database moved to host bluebird, port 5433"
MORE = ", more of it" * 100
MEMORY = f"""\
# Global Memory

## Current priorities

- (what you work on)

## Standing preferences

- Tea, "and" what else fits on one very long line{MORE}

## Hard constraints

- Never force-push to main
"""
LONG = 60  # seconds, for what takes a moment, also on a busy machine
USER = f"CURRENT GLOBAL MEMORY:\n{MEMORY}\n\nSESSION NOTES:\n{NOTE}\n\nprefer short answers"


class Clock:
    """The time as `memsync.merge.claude` sees it: a wait is over at once, and on paper it may have
    taken longer.
    """

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.oversleeps = 0.0
        self._ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._ahead += seconds + self.oversleeps


def ask(
    *,
    key: Key = KEY,
    model: str = DEFAULT_MODEL,
    timeout: float = LONG,
    lines: list[int] | None = None,
    waits: Sequence[float] = (0.01, 0.02),
) -> Reply:
    progress = (lambda count: None) if lines is None else lines.append
    return claude.ask(
        "system prompt",
        USER,
        key=key,
        model=model,
        max_tokens=20_000,
        timeout=timeout,
        progress=progress,
        waits=waits,
    )


def failure(**options: object) -> ClaudeError:
    """The error of a call that must fail, checked for what no error may hold."""
    with pytest.raises(ClaudeError) as caught:
        ask(**options)  # type: ignore[arg-type]
    error = caught.value
    for text in (error.what, error.hint):
        assert text
        assert "\n" not in text
        assert SECRET not in text
        assert NOTE[:20] not in text
        assert len(text) < 400
    assert error.status == 5
    assert error.__cause__ is None
    assert error.__context__ is None
    return error

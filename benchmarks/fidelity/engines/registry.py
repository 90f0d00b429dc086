"""Which engine has which name. A new one is a line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from benchmarks.fidelity.engines import api, claude_code, replies, scripted
from benchmarks.fidelity.engines.base import Engine, Options


def _scripted(name: str, options: Options) -> Engine:
    return scripted.engine(name)


ENGINES: Final[dict[str, Callable[[Options], Engine]]] = {
    "api": api.engine,
    "claude-code": claude_code.engine,
    "replies": replies.engine,
    **{name: partial(_scripted, name) for name in scripted.SCRIPTS},
}

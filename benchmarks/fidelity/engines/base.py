"""What an engine is: something that merges notes into a memory, good or bad."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.fidelity.cases import Case, Reply


class EngineError(Exception):
    """An engine cannot be used, or brought no reply for a case; one line says why."""


class Answer(NamedTuple):
    """A reply to one case. calls and cost (dollars): None when nobody knows.

    recorded: the reply that is kept with the case, with its label, when this is one.
    """

    text: str
    calls: int | None = None
    cost: float | None = None
    recorded: Reply | None = None


Engine = Callable[[Case], Iterator[Answer]]


class Options(NamedTuple):
    """What the command line says about an engine. replies: a folder of saved replies, or ""."""

    model: str = ""
    by: str = ""
    replies: str = ""

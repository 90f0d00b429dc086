"""The memory that the tests of single rules share, and how a reply to it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memsync.commands import common
from memsync.memory.text.changes import Changes
from memsync.merge.guard.account import Line
from memsync.steps.job import Account

OLD: Final = """\
# Memory

## Work

- Plans the garden of the museum
- Writes the letters by hand
- Meets Ines on Tuesdays at 10:30

## Tools

- The kettle stands in the corner
- The printer needs blue ink
- Deploys with `make ship` from rowan
- Docs: https://docs.museum.example/start

About the house. The roof was mended in 2019 and leaks no more. The cellar is dry.

## Hard constraints

- Never water the cactus
- Ask before anything is thrown away

## People

- Jo knows where the keys are
- Kim feeds the carp in the pond
"""
NOTE: Final = "Orders new ink on Mondays."
MERGED: Final = OLD.replace("blue ink\n", "blue ink\n- Orders new ink on Mondays\n")


def told(lines: Sequence[Line]) -> list[str]:
    """What `refresh` prints of a merge with this account."""
    return common.told(Changes(0, (), ()), [Account(tuple(lines), ())])


def edit(*changes: tuple[str, str], text: str = OLD) -> str:
    """The text with each change made; every change must change something."""
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text

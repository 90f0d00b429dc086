"""What the commands that only show share: a word on what the next refresh would capture."""

from __future__ import annotations

import contextlib

from memsync.steps import watch
from memsync.steps.workspace import Workspace
from memsync.system import terminal
from memsync.system.errors import MemsyncError


def tell_outside(work: Workspace) -> list[str]:
    """Say on stderr what the next refresh would capture; a memory that cannot be read says so
    elsewhere.
    """
    lines: list[str] = []
    with contextlib.suppress(MemsyncError):
        memory = work.store.memory()
        lines = watch.outside(work.store, work.target, memory) if memory is not None else []
    for line in lines:
        terminal.err(line)
    return lines

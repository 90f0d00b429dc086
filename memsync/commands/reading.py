"""After a command that captured or merged: what agents read is brought up to date.

The one call that `note`, `refresh` and the others make. It never fails and never speaks.
"""

from __future__ import annotations

import contextlib

from memsync.agents import pending, record
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.steps.workspace import Workspace, open_place, outbox
from memsync.system.errors import MemsyncError


def bring_up_to_date(config: Config, place: Place) -> None:
    """The pending notes, and the copies in the folders of connected agents."""
    with contextlib.suppress(MemsyncError, OSError):
        work = open_place(config, place) if place.trouble is None else None
        store = work.store if work is not None else None
        pending.show(config, store, outbox(config.machine))
        if work is not None and record.connected(record.store(config.machine)):
            _heal(config, work)


def _heal(config: Config, work: Workspace) -> None:
    from memsync.agents import connecting
    from memsync.agents.table import agents

    memory = work.store.memory()
    if memory is not None and memory.footer is not None:
        shelf = connecting.Shelf(work.folder, memory.raw, work.store.disk, work.target)
        connecting.heal(config, shelf, agents(config.machine))

"""Gather: freezes one moment. The later steps read through it alone, each file once, when it is
first asked for; so what is decided rests on this one moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from memsync.memory.store import Store
from memsync.memory.target import Target
from memsync.steps.job import Job
from memsync.system.disk import Disk
from memsync.system.frozen import FrozenDisk


class View(NamedTuple):
    """One moment of the world, and what the person asked for with it.

    Lazy: ten years of notes and a thousand backups are only read where somebody asks. Frozen: each
    file is read once, and a write raises `FrozenError`.
    """

    store: Store
    outbox: Disk
    target: Target | None
    siblings: tuple[Store, ...]
    moment: datetime
    model: str = ""
    max_lines: int = 400
    yes: bool = False
    yes_to_all: bool = False
    constraint_headings: tuple[str, ...] = ()
    send_held: bool = False
    dry: bool = False


def gather(job: Job) -> View:
    """The world as it is now."""
    now = job.store.now()

    def frozen(disk: Disk, state: Disk) -> Store:
        return Store(FrozenDisk(disk), state, lambda: now)

    state = FrozenDisk(job.store.state)
    target = job.target
    if target is not None:
        behind = FrozenDisk(target.behind) if target.behind is not None else None
        target = target._replace(claude=FrozenDisk(target.claude), behind=behind)
    return View(
        store=frozen(job.store.disk, state),
        outbox=FrozenDisk(job.outbox),
        target=target,
        siblings=tuple(frozen(sibling, state) for sibling in job.siblings),
        moment=now,
        model=job.model,
        max_lines=job.max_lines,
        yes=job.yes or job.yes_to_all,
        yes_to_all=job.yes_to_all,
        constraint_headings=job.constraint_headings,
        send_held=job.send_held,
        dry=job.dry,
    )

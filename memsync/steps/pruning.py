"""Which backups may go, and removing them. May not know: the terminal, the network."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from memsync.memory.conflicts import copies
from memsync.memory.lineage import came_from
from memsync.memory.store import Store
from memsync.memory.text import edits
from memsync.memory.versions import BACKUPS, STAMP, Version

ALWAYS_KEPT: Final = 20


def edit_bases(store: Store) -> set[str]:
    """The revisions that pending edits and conflict copies were made on: those backups are still
    needed.
    """
    memory = store.memory()
    merged = (
        memory.footer.merged
        if memory is not None and memory.footer is not None
        else frozenset[str]()
    )
    pending = [note for note in store.sessions.pending(merged) if note.kind in ("edit", "restore")]
    beside = copies(store.disk).values()
    return {edits.read(note.text).base for note in pending} | {
        copy.footer.rev for copy in beside if copy.footer
    }


def prune(store: Store, keep_days: int, *, dry: bool) -> list[Version]:
    """Remove old backups; those that were (or, dry, would be) removed."""
    old = prunable(store, keep_days, store.now(), bases=edit_bases(store))
    for one in old:
        if not dry:
            store.disk.delete(f"{BACKUPS}/{one.name}")
    return old


def prunable(store: Store, keep_days: int, now: datetime, *, bases: set[str]) -> list[Version]:
    """The backups older than `keep_days`: never the 20 newest, the current one, its `from`, or a
    base.
    """
    limit = (now - timedelta(days=keep_days)).strftime(STAMP)
    current = store.memory()
    safe = set(bases)
    if current is not None:
        safe.add(current.rev)
        if current.footer is not None:
            before = came_from(store, current)
            safe |= {current.footer.rev, current.footer.origin} | (
                {before.rev} if before else set()
            )
    return [
        one
        for one in store.versions.all()[ALWAYS_KEPT:]
        if one.time < limit and one.rev not in safe
    ]

"""A memory that no merge may touch is set aside because a person said so: `restore` can go on.

It lies in `conflicts/` then, byte for byte. May not know: the terminal, the network.
"""

from __future__ import annotations

from typing import Final

from memsync.memory import bundles, lineage
from memsync.memory.conflicts import CONFLICTS, MOST_MEMORY_BYTES, move_back
from memsync.memory.store import Store
from memsync.memory.text.document import NAME, Memory, compose, parse, short_hash
from memsync.system.disk import Changed
from memsync.system.errors import TooLargeFileError

NEWER: Final = "it was written by a later memsync"
TOO_LARGE: Final = "it is too large to be read"


def blocked(store: Store) -> str:
    """Why no merge may touch the memory as it lies there, in words; "" when one may.

    Raises `MemsyncError` where it cannot be read for another reason.
    """
    try:
        memory = store.memory()
    except TooLargeFileError:
        return TOO_LARGE
    if memory is None:
        return ""
    if memory.newer:
        return NEWER
    gone = _gone(store, memory)
    return f"the list of merged notes {', '.join(gone)} is not there" if gone else ""


def set_aside(store: Store) -> str:
    """Move what blocks to `conflicts/`, or take out of the memory what blocks; where the file as it
    was lies now.

    Where a list of merged notes is gone, its notes are pending again: nothing is lost. Raises
    `Changed` where a memory arrived that does not block.
    """
    try:
        memory = store.memory()
    except TooLargeFileError:
        memory = None
    if memory is None or memory.newer:
        name = f"{CONFLICTS}/GLOBAL_MEMORY_{store.now():%Y%m%d_%H%M%S}.md"
        store.disk.move(NAME, name)
        if _is_whole(store, name):  # it came at the last moment
            move_back(store.disk, name, NAME)
            raise Changed(store.disk.where(NAME))
        return store.disk.where(name)
    name = f"{CONFLICTS}/{short_hash(memory.raw)}.md"
    store.disk.create(name, memory.raw)  # taken: by these very bytes, whose hash it is
    merged = memory.merged - set(_gone(store, memory))
    origin = memory.footer.origin if memory.footer is not None else "-"
    extra = memory.footer.extra if memory.footer is not None else ()
    raw = compose(memory.body, merged, origin, extra=extra, crlf=memory.crlf)
    store.replace(memory.raw, raw)
    return store.disk.where(name)


def _gone(store: Store, memory: Memory) -> list[str]:
    """The bundles of the merged set that are nowhere; one that is only in the cloud is waited
    for.
    """
    return sorted(
        token
        for token in memory.merged
        if token.startswith("b-")
        and not bundles.is_here(store.disk, token)
        and lineage.lost_bundle(store, token) is None
    )


def _is_whole(store: Store, name: str) -> bool:
    """Whether this is a memory that a merge may touch, as far as its bytes tell."""
    try:
        raw = store.disk.read(name)
    except TooLargeFileError:
        return False
    return raw is not None and len(raw) <= MOST_MEMORY_BYTES and not parse(raw).newer

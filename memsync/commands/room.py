"""Whether this machine can keep a reply, tried before the reply is paid for."""

from __future__ import annotations

from memsync.system.disk import ANYTHING, Disk

TRIAL = "kept/.trial"
LEAST = 64 * 1024


def make_sure_of_room(state: Disk, size: int) -> None:
    """Write as much as a reply about a memory of this size will take, and take it away again.

    Raises the disk's error where the state folder is full or may not be written.
    """
    state.replace(TRIAL, bytes(LEAST + 3 * size), ANYTHING)
    state.delete(TRIAL)

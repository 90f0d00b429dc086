"""The most that is read of each kind of file. Pure; what is larger is said, and left alone.

The table is part of the documentation. May not know: disk, the memory's text.
"""

from __future__ import annotations

from typing import Final

from memsync.memory.text import notes
from memsync.memory.text.document import NAME
from memsync.system.disk import Bound

MIB: Final = 1024 * 1024

# Claude Code skips a larger file (facts, claude-code.md 1)
MEMORY: Final = Bound(4 * MIB)
# An edit may have replaced all of a memory
NOTE: Final = Bound(
    notes.MOST_NOTE_FILE,
    tuple(f"memsync-note: 1\nkind: {kind}\n".encode() for kind in ("edit", "restore")),
    notes.MOST_EDIT_FILE,
)
# Versions, conflict copies that were taken in, bundles (a million ids and more), this machine's
# record, a CLAUDE.md
OTHER: Final = Bound(16 * MIB)
SETTINGS: Final = Bound(MIB)


def in_memory_folder(name: str) -> Bound:
    """The bound of a file in the memory folder, or in a second copy of it."""
    if name.startswith(f"{notes.FOLDER}/"):
        return NOTE
    if "/" not in name and name.lower().startswith(NAME.removesuffix(".md").lower()):
        return MEMORY
    return OTHER


def in_outbox(name: str) -> Bound:
    """The bound of a note that waits on this machine."""
    del name
    return NOTE


def of_settings(name: str) -> Bound:
    """The bound of config.toml and of the key's file."""
    del name
    return SETTINGS

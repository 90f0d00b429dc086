"""What blocks is set aside as it was agreed to, and nothing that came in its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from memsync.memory.store import Store
from memsync.memory.text.document import NAME, compose
from memsync.steps import unblock
from memsync.system.disk import Changed, RealDisk
from memsync.system.errors import FolderError

WHOLE = compose("# M\n\n- tea\n", [], "-")
LATER = WHOLE.replace(b"memsync:1", b"memsync:2")


class Overtaken(RealDisk):
    """A sync client brings a whole memory right before the other one is moved."""

    def move(self, name: str, to: str) -> None:
        if name == NAME:
            Path(self.where(name)).write_bytes(WHOLE)
        super().move(name, to)


def test_a_memory_that_comes_in_the_place_of_one_that_blocks_stays(tmp_path: Path) -> None:
    memory, state = tmp_path / "memory", tmp_path / "state"
    memory.mkdir()
    state.mkdir()
    (memory / NAME).write_bytes(LATER)
    disk = Overtaken(memory, FolderError)
    store = Store(disk, RealDisk(state, FolderError), lambda: datetime(2026, 11, 30, tzinfo=UTC))
    assert unblock.blocked(store) == unblock.NEWER
    with pytest.raises(Changed):
        unblock.set_aside(store)
    assert {path.name: path.read_bytes() for path in memory.rglob("*.md")} == {NAME: WHOLE}

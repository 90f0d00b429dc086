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


class Busy(Overtaken):
    """Its name is taken again, before what was moved comes back."""

    def move(self, name: str, to: str) -> None:
        if to == NAME:
            Path(self.where(NAME)).write_bytes(LATER)
        super().move(name, to)


def blocked(root: Path, kind: type[Overtaken]) -> tuple[Path, Store]:
    """A memory folder with a memory of a later memsync."""
    memory, state = root / "memory", root / "state"
    memory.mkdir()
    state.mkdir()
    (memory / NAME).write_bytes(LATER)
    now = datetime(2026, 11, 30, tzinfo=UTC)
    return memory, Store(kind(memory, FolderError), RealDisk(state, FolderError), lambda: now)


@pytest.mark.parametrize(
    ("kind", "there"),
    [(Overtaken, {NAME: WHOLE}), (Busy, {NAME: LATER, "GLOBAL_MEMORY (2).md": WHOLE})],
)
def test_a_memory_that_comes_in_the_place_of_one_that_blocks_is_not_set_aside(
    tmp_path: Path, kind: type[Overtaken], there: dict[str, bytes]
) -> None:
    memory, store = blocked(tmp_path, kind)
    assert unblock.blocked(store) == unblock.NEWER
    with pytest.raises(Changed):
        unblock.set_aside(store)
    assert {path.name: path.read_bytes() for path in memory.rglob("*.md")} == there

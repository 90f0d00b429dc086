"""A conflict copy is set aside only as it was looked at: others write beside us all the time."""

from __future__ import annotations

from pathlib import Path

import pytest

from memsync.memory import conflicts
from memsync.system.disk import Changed, RealDisk
from memsync.system.errors import FolderError

COPY = "GLOBAL_MEMORY (1).md"
SEEN, NEW = b"# M\n\n- seen\n", b"# M\n\n- nobody has seen this\n"


class Overtaken(RealDisk):
    """A sync client puts other bytes at the name right before it is moved or removed."""

    def move(self, name: str, to: str) -> None:
        self._arrives(name)
        super().move(name, to)

    def delete(self, name: str) -> None:
        self._arrives(name)
        super().delete(name)

    def _arrives(self, name: str) -> None:
        if name == COPY:
            Path(self.where(name)).write_bytes(NEW)


def below(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("there", [False, True])
def test_what_arrives_at_the_last_moment_is_looked_at_first(tmp_path: Path, there: bool) -> None:
    (tmp_path / COPY).write_bytes(SEEN)
    if there:  # the same bytes were set aside before
        conflicts.keep(RealDisk(tmp_path, FolderError), SEEN)
    kept = below(tmp_path)
    with pytest.raises(Changed):
        conflicts.move_in(Overtaken(tmp_path, FolderError), COPY, SEEN)
    assert below(tmp_path) == kept | {COPY: NEW}


@pytest.mark.parametrize("there", [False, True])
def test_what_was_looked_at_lies_in_conflicts_once(tmp_path: Path, there: bool) -> None:
    (tmp_path / COPY).write_bytes(SEEN)
    disk = RealDisk(tmp_path, FolderError)
    if there:
        conflicts.keep(disk, SEEN)
    where = conflicts.move_in(disk, COPY, SEEN)
    assert list(below(tmp_path).values()) == [SEEN]
    assert Path(where).read_bytes() == SEEN


class Busy(Overtaken):
    """Its name is taken again, before what was moved comes back."""

    def move(self, name: str, to: str) -> None:
        if to == COPY:
            Path(self.where(COPY)).write_bytes(b"# M\n\n- later still\n")
        super().move(name, to)


def test_what_cannot_go_back_lies_beside_it_and_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / COPY).write_bytes(SEEN)
    with pytest.raises(Changed):
        conflicts.move_in(Busy(tmp_path, FolderError), COPY, SEEN)
    beside = "GLOBAL_MEMORY (1) (2).md"
    assert below(tmp_path) == {COPY: b"# M\n\n- later still\n", beside: NEW}
    assert beside in conflicts.names(RealDisk(tmp_path, FolderError))

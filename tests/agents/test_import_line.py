"""`--link import` where `rules/` cannot hold a link: a line in the person's own CLAUDE.md."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from memsync.memory import target as link
from memsync.memory.imported import import_line
from memsync.memory.target import RULE, TARGET, Target
from memsync.steps.workspace import shared
from memsync.system.disk import Expected, RealDisk
from memsync.system.errors import LocalError
from tests.systems import linux_only

MEMORY = b"# Global Memory\n"


class Linkless(RealDisk):
    """A folder on a file system without links."""

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        raise OSError(errno.EPERM, "operation not permitted")


def there(tmp_path: Path, cloud: str = "my cloud") -> Target:
    memory = tmp_path / cloud / "GLOBAL_MEMORY.md"
    memory.parent.mkdir()
    memory.write_bytes(MEMORY)
    claude = Linkless(tmp_path / ".claude", LocalError)
    os.mkdir(claude.where())
    line = import_line(memory, tmp_path)
    return Target(claude, str(memory), "import", "", RULE, line, shared(memory.parent))


@pytest.mark.parametrize("own", [None, b"# Mine\n", b"---\na: b\n---\ntext"])
def test_the_line_comes_once_is_read_through_and_goes_without_a_trace(
    tmp_path: Path, own: bytes | None
) -> None:
    shown = there(tmp_path)
    if own is not None:
        shown.claude.replace(TARGET, own, None)
    conflicts = RealDisk(tmp_path / "my cloud")
    for _ in range(2):
        assert link.ensure(shown, MEMORY, conflicts).mode == "import"
    raw = shown.claude.read(TARGET)
    assert raw is not None
    assert raw.count(b"@~/my\\ cloud/GLOBAL_MEMORY.md") == 1
    assert (shown.standing(), shown.text()) == ("imported", MEMORY)
    assert shown.path == shown.claude.where(TARGET)
    link.take_back(shown, conflicts)
    assert shown.claude.read(TARGET) == own
    assert conflicts.names() == ["GLOBAL_MEMORY.md"]


@linux_only("pipes and links are planted")
@pytest.mark.parametrize("planted", ["link", "pipe"])
def test_what_is_planted_in_the_place_of_the_memory_is_not_read(
    tmp_path: Path, planted: str
) -> None:
    shown = there(tmp_path)
    link.ensure(shown, MEMORY, RealDisk(tmp_path / "my cloud"))
    memory = Path(shown.memory)
    memory.unlink()
    if planted == "pipe":
        os.mkfifo(memory)
    else:
        private = tmp_path / "key"
        private.write_bytes(b"private\n")
        memory.symlink_to(private)
    assert (shown.standing(), shown.text()) == ("imported", None)


def test_a_path_that_no_import_can_hold_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    shown = there(tmp_path, "cloud #1")
    with pytest.raises(LocalError, match="'#', which Claude Code cannot import"):
        link.ensure(shown, MEMORY, RealDisk(tmp_path / "cloud #1"))
    assert shown.claude.names() == []


def test_a_link_of_the_persons_own_is_not_written_through(tmp_path: Path) -> None:
    shown = there(tmp_path)
    own = tmp_path / "dotfiles.md"
    own.write_bytes(b"# Mine\n")
    os.symlink(own, shown.claude.where(TARGET))
    with pytest.raises(LocalError, match="left alone"):
        link.ensure(shown, MEMORY, RealDisk(tmp_path / "my cloud"))
    assert own.read_bytes() == b"# Mine\n"
    assert os.path.islink(shown.claude.where(TARGET))

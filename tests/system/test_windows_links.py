"""A link as Windows spells it: os.readlink answers with a verbatim path."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from memsync.memory.target import Target
from memsync.system.disk import RealDisk


class Verbatim(RealDisk):
    """Claude's folder on Windows."""

    __slots__ = ()

    def link(self, name: str) -> str | None:
        to = super().link(name)
        return None if to is None else "\\\\?\\" + to


@pytest.mark.parametrize("there", [True, False])
def test_a_link_of_windows_leads_to_the_memory(there: bool, tmp_path: Path) -> None:
    memory = tmp_path / "GLOBAL_MEMORY.md"
    if there:
        memory.write_bytes(b"x")
    os.symlink(memory, tmp_path / "CLAUDE.md")
    target = Target(Verbatim(tmp_path), str(memory), "symlink")
    assert target.leads_to(str(memory))
    assert not target.leads_to(str(tmp_path / "other.md"))
    assert target.standing() == ("link" if there else "dangling")

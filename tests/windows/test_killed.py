"""The process ends at a rename, as when the power goes: nothing is lost, the next run goes on."""

from __future__ import annotations

import shutil

import pytest

from tests.windows.pc import MEMORY, PC, end

LINE = "- Never deploy on Fridays"


@pytest.mark.parametrize("number", [1, 2, 4])
def test_killed_at_a_rename_of_a_refresh(pc: PC, number: int) -> None:
    pc.init()
    raw = pc.memory.read_bytes()
    pc.memory.write_bytes(raw.replace(b"- Never push", f"{LINE}\n- Never push".encode()))
    killed = end(pc.begin("refresh", DIE_AT=f"os.rename {number}"))
    assert killed.status in (0, 9), killed  # 0: it has fewer renames than that
    assert pc.memory.read_bytes().count(LINE.encode()) == 1
    pc.ok("refresh")
    assert pc.body.count(LINE) == 1
    assert pc.body.replace(f"{LINE}\n", "").strip() == MEMORY.strip()
    assert pc.target.read_bytes() == pc.memory.read_bytes()


def test_killed_at_each_rename_of_init(pc: PC) -> None:
    for number in (1, 2, 4, 6, 20):
        other = PC(pc.windows, pc.root / str(number))
        other.target.parent.mkdir()
        other.target.write_bytes(MEMORY.encode())
        words = ("init", "--sync-root", other.windows.spell(other.cloud))
        killed = end(other.begin(*words, DIE_AT=f"os.rename {number}"))
        assert b"Move to Lisbon" in other.kept()
        if killed.status == 0:
            assert number > 4, "an init has more writes than that"
            return
        assert killed.status == 9, killed
        other.ok(*words, "--join" if other.memory.exists() else "--new")
        assert "- Move to Lisbon in March" in other.body
        assert other.target.read_bytes() == other.memory.read_bytes()
        shutil.rmtree(other.root)
    pytest.fail("init did not end by itself")

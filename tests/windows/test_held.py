"""Files that others hold open, as editors, virus scanners, the indexer and sync clients do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.windows.pc import PC, wait_for

READ, WRITE = 1, 2  # what others may still do meanwhile: FILE_SHARE_READ, FILE_SHARE_WRITE
LINE = "- Never deploy on Fridays"

HOLD = """
    import sys, time, _winapi
    handle = _winapi.CreateFile(sys.argv[1], _winapi.GENERIC_READ, int(sys.argv[2]), 0, 3, 0, 0)
    print("held", flush=True)
    begin = time.monotonic()
    while time.monotonic() - begin < float(sys.argv[3]):
        time.sleep(0.01)
    _winapi.CloseHandle(handle)
"""


@contextmanager
def held(pc: PC, path: Path, share: int, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """Another program has the file open and lets others do no more than `share`."""
    process = pc.python(HOLD, pc.windows.spell(path), str(share), str(seconds))
    try:
        wait_for(process, b"held")
        yield process
    finally:
        process.kill()
        process.communicate()


def temps(pc: PC) -> list[Path]:
    """What a write left lying."""
    return [path for top in (pc.cloud, pc.home) for path in top.rglob(".~*")]


def edit(pc: PC) -> None:
    """Somebody adds a constraint to the memory by hand."""
    raw = pc.memory.read_bytes()
    pc.memory.write_bytes(raw.replace(b"- Never push", f"{LINE}\n- Never push".encode()))


def test_a_memory_that_is_held_for_a_moment_is_waited_for(pc: PC) -> None:
    pc.init()
    edit(pc)
    begun = pc.begin("refresh")
    with held(pc, pc.memory, READ | WRITE, 1.0):
        out, err = begun.communicate(b"")
    assert begun.returncode == 0, out + err
    assert pc.body.count(LINE) == 1
    assert pc.target.read_bytes() == pc.memory.read_bytes()
    assert not temps(pc)


def test_a_memory_that_stays_held_costs_nothing(pc: PC) -> None:
    pc.init()
    edit(pc)
    before = pc.memory.read_bytes()
    with held(pc, pc.memory, READ | WRITE, 600):
        done = pc.run("refresh")
    assert done.status == 4
    assert "GLOBAL_MEMORY.md" in done.text
    assert pc.memory.read_bytes() == before
    assert any(f"+C {LINE}" in note for note in pc.notes())  # what was edited is a note already
    assert not temps(pc)
    pc.ok("refresh")
    assert pc.body.count(LINE) == 1


def test_a_memory_that_nobody_may_read_is_not_empty(pc: PC) -> None:
    pc.init()
    before = pc.memory.read_bytes()
    with held(pc, pc.memory, 0, 600):
        for words in (["refresh"], ["show"]):
            done = pc.run(*words)
            assert done.status == 4, done
            assert "GLOBAL_MEMORY.md" in done.text
        assert pc.run("note", "Buy milk.").status == 0  # a note needs nothing but its own file
    assert pc.memory.read_bytes() == before
    assert any("Buy milk." in note for note in pc.notes())


def test_a_held_copy_of_claude_md_is_told_and_the_memory_is_written(pc: PC) -> None:
    pc.init()
    edit(pc)
    with held(pc, pc.target, READ | WRITE, 600):
        done = pc.run("refresh")
    assert done.status != 0
    assert "CLAUDE.md" in done.text
    assert pc.body.count(LINE) == 1
    pc.ok("refresh")
    assert pc.target.read_bytes() == pc.memory.read_bytes()


def test_read_only_files_are_replaced_or_told_and_never_lost(pc: PC) -> None:
    pc.init()
    edit(pc)
    for path in (pc.memory, pc.target, *(pc.folder / "sessions").glob("*/*.md")):
        os.chmod(path, 0o444)
    done = pc.run("refresh")
    assert done.status in (0, 4), done
    assert done.status == 0 or "GLOBAL_MEMORY.md" in done.text
    assert pc.body.count(LINE) == 1
    assert pc.kept().count(b"Move to Lisbon") >= 2

"""Two processes at once: the lock of Windows' C library, and what the one that waits finds."""

from __future__ import annotations

from tests.standin import StandIn
from tests.windows.pc import PC, end, wait_for

HOLD = """
    import msvcrt, os, sys, time
    handle = os.open(sys.argv[1], os.O_RDWR)
    os.lseek(handle, 1 << 20, 0)
    msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    print("held", flush=True)
    time.sleep(600)
"""


def note_id(pc: PC, words: str) -> str:
    """The id of the note that says so."""
    files = (pc.folder / "sessions").glob("*/*.md")
    return next(path.stem[-12:] for path in files if words in path.read_bytes().decode())


def test_two_refreshes_at_once_merge_each_note_once(pc: PC) -> None:
    pc.init()
    with StandIn("merged", delay=1, seconds=600) as api:
        begun = [
            pc.begin("refresh", "-n", text, ANTHROPIC_BASE_URL=api.url)
            for text in ("Buy milk.", "Sell eggs.")
        ]
        done = [end(process) for process in begun]
        assert [result.status for result in done] == [0, 0], done
        assert api.calls <= 2
    assert pc.body.count("Buy milk.") == 1
    assert pc.body.count("Sell eggs.") == 1
    assert pc.target.read_bytes() == pc.memory.read_bytes()
    assert pc.ok("status", "--json").json["pending"] == 0


def test_the_lock_keeps_others_out_and_dies_with_its_holder(pc: PC) -> None:
    pc.init()
    lock = next(pc.own.rglob("lock"))
    holder = pc.python(HOLD, pc.windows.spell(lock))
    try:
        wait_for(holder, b"held")
        pc.ok("status")  # what only shows needs no lock
        pc.ok("note", "Buy milk.")
        pc.ok("config", "set", "timeout", "1")
        done = pc.run("refresh")
        assert done.status == 1
        assert "another memsync is at work" in done.text
    finally:
        holder.kill()
        holder.communicate()
    pc.ok("forget", note_id(pc, "Buy milk."))  # needs the lock, and has it

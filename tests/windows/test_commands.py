"""Commands whose way leads through something of Windows' own: other programs, other folders."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.standin import StandIn
from tests.windows.pc import DRIVE_M, MEMORY, PC, SECONDS, Windows

TYPED = "From now on, always use tabs."
SESSION = "5d6cd072-0000-4000-8000-000000000001"


def session(pc: PC) -> str:
    """A transcript of Claude Code's in which the person said something to remember; its path."""
    folder = pc.home / ".claude" / "projects" / "C--Users-ada-src"
    folder.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "parentUuid": None,
        "isSidechain": False,
        "type": "user",
        "message": {"role": "user", "content": TYPED},
        "uuid": "00000000-0000-4000-8000-000000000001",
        "timestamp": "2026-11-28T23:40:31.291Z",
        "origin": {"kind": "human"},
        "promptSource": "typed",
        "userType": "external",
        "entrypoint": "cli",
        "cwd": r"C:\Users\ada\src",
        "sessionId": SESSION,
        "version": "2.1.332",
    }
    path = folder / f"{SESSION}.jsonl"
    path.write_bytes(json.dumps(record, separators=(",", ":")).encode() + b"\n")
    return pc.windows.spell(path)


def test_a_note_is_merged_with_the_key_of_a_program_and_undone(pc: PC) -> None:
    pc.init()
    before = pc.body
    print_key = "print('sk-ant-program')"
    pc.ok("config", "set", "api_key_command", pc.windows.python()[-1], "-c", print_key)
    with StandIn("merged", seconds=600) as api:
        done = pc.ok(
            "refresh", "-n", "Buy milk, Zoë.", ANTHROPIC_BASE_URL=api.url, MEMSYNC_API_KEY=""
        )
        assert api.notes == [["Buy milk, Zoë."]]
        assert ["sk-ant-program" in str(request.headers) for request in api.requests] == [True]
    assert "done." in done.text
    assert f"Memory:    {pc.windows.spell(pc.memory)}" in done.text
    assert pc.body.count("Buy milk, Zoë.") == 1
    assert pc.target.read_bytes() == pc.memory.read_bytes()
    pc.ok("undo")
    assert pc.body == before
    assert pc.target.read_bytes() == pc.memory.read_bytes()


def test_what_was_typed_in_a_session_is_found_after_its_end(pc: PC) -> None:
    """The hook ends at once, with nothing of its streams left open; its work goes on detached."""
    pc.init()
    told = {"session_id": SESSION, "transcript_path": session(pc), "reason": "other"}
    pc.ok("hook", "SessionEnd", stdin=json.dumps(told).encode())
    begin = time.monotonic()
    while not (found := pc.ok("review", "--json").json["candidates"]):
        assert time.monotonic() - begin < SECONDS, (pc.own / "background.log").read_bytes()
    assert [one["note"] for one in found] == [TYPED]


def test_memsync_typed_in_claude_code_is_a_note(pc: PC) -> None:
    pc.init()
    told = {"session_id": SESSION, "command_name": "memsync", "command_args": "Buy “milk”, Zoë."}
    done = pc.ok("hook", "UserPromptExpansion", stdin=json.dumps(told, ensure_ascii=False).encode())
    assert done.json["decision"] == "block"
    assert any("Buy “milk”, Zoë." in note for note in pc.notes())


def test_other_agents_are_connected_and_their_files_come_back_byte_for_byte(pc: PC) -> None:
    pc.init()
    files = [pc.home / ".codex" / "AGENTS.md", pc.home / ".gemini" / "GEMINI.md"]
    own = "\ufeff# Mine\r\n\r\n- Zoë's rules\r\n".encode()
    for path in files:
        path.parent.mkdir()
        path.write_bytes(own)
    pc.ok("connect", "codex", "gemini")
    for path in files:
        assert "- Move to Lisbon in March" in path.read_bytes().decode()
    pc.ok("disconnect", "codex", "gemini")
    assert [path.read_bytes() for path in files] == [own, own]


def test_a_secret_is_purged_from_every_file(pc: PC) -> None:
    secret = "hunter2-hunter2-xyz"
    pc.init(MEMORY + f"- The router's password is {secret}\n")
    done = pc.ok("purge", secret, "--yes")
    assert secret not in done.text
    assert "[" in pc.body.rpartition("password is ")[2]
    assert secret.encode() not in pc.kept()
    assert pc.target.read_bytes() == pc.memory.read_bytes()


def test_uninstall_leaves_the_memory_and_nothing_else(pc: PC) -> None:
    pc.init()
    pc.ok("connect", "claude-code")
    memory = pc.memory.read_bytes()
    pc.ok("uninstall", "--yes")
    assert pc.memory.read_bytes() == memory
    assert not pc.own.exists()
    assert not (pc.home / ".claude" / "skills").exists()
    assert b"memsync" not in b"".join(
        path.read_bytes() for path in (pc.home / ".claude").rglob("*") if path.is_file()
    )


def test_completion_for_the_shells_that_windows_has(pc: PC) -> None:
    """Git for Windows brings bash; a script with CRLF is none there."""
    script = pc.ok("completion", "bash").out
    assert b"complete -o" in script or b"complete -F" in script
    assert b"\r" not in script


class Stick(NamedTuple):
    """A drive M:, as a USB stick has one. Wine learns of drives and their folders at its start."""

    windows: Windows
    folder: Path

    def pull(self) -> None:
        """Take it out."""
        if self.windows.prefix is None:
            subprocess.run(["subst", "M:", "/D"], check=True)
        else:
            self.folder.rename(self.folder.with_name("pulled"))

    def put(self) -> None:
        """Put it in."""
        if self.windows.prefix is None:
            subprocess.run(["subst", "M:", str(self.folder)], check=True)
        else:
            self.folder.with_name("pulled").rename(self.folder)


@pytest.fixture
def stick(windows: Windows, root: Path) -> Iterator[Stick]:
    """It is in."""
    if windows.prefix is not None:
        yield Stick(windows, windows.prefix / DRIVE_M)
        return
    stick = Stick(windows, root / "stick")
    stick.folder.mkdir()
    stick.put()
    yield stick
    stick.pull()


def test_a_memory_on_a_drive_that_goes_and_comes(stick: Stick, root: Path) -> None:
    pc = PC(stick.windows, root / "pc", stick.folder)
    pc.target.parent.mkdir()
    pc.target.write_bytes(MEMORY.encode())
    pc.ok("init", "--sync-root", "m:\\")
    assert "- Move to Lisbon in March" in pc.body
    stick.pull()
    pc.ok("note", "Buy milk.")  # it waits on this machine
    assert any(b"Buy milk." in path.read_bytes() for path in (pc.own / "outbox").rglob("*.md"))
    assert pc.run("refresh").status == 4
    assert "- Move to Lisbon in March" in pc.target.read_bytes().decode()
    stick.put()
    pc.ok("note", "Sell eggs.")
    assert any("Sell eggs." in note for note in pc.notes())

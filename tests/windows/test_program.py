"""The program as people start it: memsync.exe, the old shell, pipes and files, the demo."""

from __future__ import annotations

import json

from tests.windows.pc import PC, end


def test_memsync_exe_is_the_same_program(pc: PC) -> None:
    exe = pc.windows.memsync_exe()
    assert end(pc.start([*exe, "--version"])).out == pc.run("--version").out
    assert end(pc.start([*exe, "note", "-f", "nowhere.md"])).status == 1
    assert end(pc.start([*exe, "nonsense"])).status == 2
    assert end(pc.start([*exe, "note"]), 'Zoë has 2 % & "3" ^ !x!\r\n'.encode()).status == 3
    waiting = sorted((pc.own / "outbox").rglob("*.md"))
    assert 'Zoë has 2 % & "3" ^ !x!' in waiting[0].read_bytes().decode()


def test_the_old_shell_pipes_redirects_and_sees_the_status(pc: PC) -> None:
    pc.init()
    python = pc.windows.python()[-1]
    script = pc.home / "try.cmd"
    script.write_bytes(
        "\r\n".join(
            (
                "@echo off",
                f'"{python}" -m memsync note "A note with spaces"',
                f'echo Piped text| "{python}" -m memsync note',
                f'"{python}" -m memsync show > shown.md',
                f'"{python}" -m memsync nonsense 2> error.txt',
                "echo status %ERRORLEVEL%",
            )
        ).encode()
    )
    done = end(pc.start([*pc.windows.cmd(), "/c", "try.cmd"]))
    assert "status 2" in done.text
    assert any("A note with spaces" in note for note in pc.notes())
    assert any("Piped text" in note for note in pc.notes())
    assert (pc.home / "shown.md").read_bytes().decode("utf-8").strip() == pc.body.strip()
    assert b"Try: memsync notes   (or: memsync --help)" in (pc.home / "error.txt").read_bytes()


def test_a_conflict_copy_of_another_computer_is_taken_in(pc: PC) -> None:
    pc.init()
    raw = pc.memory.read_bytes()
    copy = pc.folder / "GLOBAL_MEMORY-ADA'S PÇ.md"
    copy.write_bytes(raw.replace(b"- Never push", b"- Never deploy on Fridays\n- Never push"))
    pc.ok("refresh")
    assert pc.body.count("- Never deploy on Fridays") == 1
    assert not copy.exists()
    assert [
        path.read_bytes().count(b"- Never deploy") for path in (pc.folder / "conflicts").iterdir()
    ] == [1]
    assert pc.target.read_bytes() == pc.memory.read_bytes()


def test_the_demo(pc: PC) -> None:
    """Two machines, the SDK and a stand-in, all of it in Windows' Python."""
    done = pc.run("demo")
    assert done.status == 0, done.text
    assert done.text.count("  ✓ ") >= 12
    assert "both machines read the same bytes" in done.text


def test_claude_code_is_connected_by_hooks_that_windows_can_start(pc: PC) -> None:
    pc.init()
    pc.ok("connect", "claude-code")
    plugin = pc.home / ".claude" / "skills" / "memsync"
    hooks = json.loads((plugin / "hooks" / "hooks.json").read_text(encoding="utf-8"))["hooks"]
    assert hooks
    (start,) = [hook for group in hooks["SessionStart"] for hook in group["hooks"]]
    assert start["command"][1:3] == ":\\"
    command = [*pc.windows.any_program(start["command"]), *start["args"]]
    done = end(pc.start(command), b'{"session_id": "s", "hook_event_name": "SessionStart"}')
    assert done.status == 0, done
    pc.ok("disconnect", "claude-code")
    assert not plugin.exists()

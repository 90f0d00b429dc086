"""The hooks, run as Claude Code runs them: an answer or none, never in the way, never a merge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memsync.agents import candidates, hooks
from memsync.system.disk import RealDisk
from memsync.system.errors import LocalError
from tests.agents.claude_home import notes_of, project, transcript
from tests.agents.claude_home import typed as prompt
from tests.e2e import world as e2e
from tests.e2e.world import World
from tests.standin import StandIn

TOKEN = "a-credential-of-the-session"
AT_A_TERMINAL = {
    "CLAUDECODE": "1",
    "CLAUDE_CODE_ENTRYPOINT": "cli",
    "CLAUDE_CODE_MESSAGING_TOKEN": TOKEN,
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine with a memory, and a Claude's folder."""
    world = World(tmp_path / "a machine", tmp_path / "my cloud")
    (world.home / ".claude").mkdir()
    world.init()
    return world


def hook(world: World, event: str, told: Any = None, api: StandIn | None = None, **env: str) -> Any:
    """What a hook answers; None for nothing. It says nothing else, and ends with 0."""
    told = {"session_id": "s-1", "transcript_path": str(world.home / "t.jsonl")} | (told or {})
    done = subprocess.run(
        [sys.executable, "-P", "-m", "memsync", "hook", event],
        input=json.dumps(told).encode(),
        env=world.environment(api, **(AT_A_TERMINAL | env)),
        cwd=world.root,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) <= 1
    return json.loads(done.stdout) if done.stdout else None


def propose(world: World, text: str) -> None:
    """A candidate waits."""
    disk = RealDisk(world.state / "candidates", LocalError)
    assert candidates.put(disk, candidates.of(text, "session"))


def comes(what: Callable[[], bool]) -> bool:
    """Whether this becomes so."""
    end = time.monotonic() + 60
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


def begins(world: World, session: str) -> None:
    """A session begins; the transcript that it names is not there before its first prompt."""
    path = project(world) / f"{session}.jsonl"
    hook(world, "SessionStart", {"session_id": session, "transcript_path": str(path)})


def days_ago(path: Path, days: int) -> None:
    """Nothing has touched this file for so long."""
    at = time.time() - days * 24 * 3600
    os.utime(path, (at, at))


def typed(text: str) -> dict[str, str]:
    return {"command_name": "memsync", "command_args": text}


def test_a_start_says_nothing_while_nothing_waits(world: World) -> None:
    assert hook(world, "SessionStart") is None


def test_a_start_tells_the_person_and_only_the_person_what_waits(world: World) -> None:
    propose(world, "I like marzipan")
    propose(world, "I like quince")
    (answer,) = [hook(world, "SessionStart")]
    line = "memsync: 2 things to remember wait for your yes (memsync review)"
    assert answer == {"systemMessage": line}


def test_a_start_tells_what_is_wrong(world: World, tmp_path: Path) -> None:
    world.target.unlink()
    assert "does not read the memory" in hook(world, "SessionStart")["systemMessage"]
    world.folder.rename(tmp_path / "away")
    assert "memsync doctor" in hook(world, "SessionStart")["systemMessage"]


def test_two_sessions_that_were_killed_are_looked_through_at_the_next_start(world: World) -> None:
    """The second one began before anything was typed in the first."""
    begins(world, "s-1")
    begins(world, "s-2")
    for number in (1, 2):
        transcript(world, prompt(f"always use tabs in file {number}"), name=f"s-{number}")
    begins(world, "s-3")
    wanted = {"always use tabs in file 1", "always use tabs in file 2"}
    assert comes(lambda: set(notes_of(world)) == wanted)


def test_an_old_session_that_is_resumed_and_killed_is_looked_through(world: World) -> None:
    """Another one began before anything was typed in it again."""
    days_ago(transcript(world, prompt("hello"), name="s-1"), 2)
    begins(world, "s-1")
    begins(world, "s-2")
    log = world.state / "background.log"
    assert comes(lambda: log.exists() and " done" in log.read_text(encoding="utf-8"))
    transcript(world, prompt("always use tabs"), name="s-1")
    begins(world, "s-3")
    assert comes(lambda: notes_of(world) == ["always use tabs"])


def test_a_session_without_a_word_for_a_day_counts_as_ended(world: World) -> None:
    marks = world.state / "sessions"
    typed_in = transcript(world, prompt("hello"), name="s-1")
    for session in ("s-1", "s-2", "s-3", "s-4"):
        begins(world, session)
    days_ago(typed_in, 2)
    for old in ("s-1", "s-2"):
        days_ago(marks / old, 2)
    begins(world, "s-5")
    assert sorted(path.name for path in marks.iterdir()) == ["s-3", "s-4", "s-5"]


@pytest.mark.parametrize("damage", ["settings", "state", "both"])
def test_a_hook_is_never_in_the_way(world: World, damage: str) -> None:
    if damage != "state":
        (world.config / "config.toml").write_text("[[[", encoding="utf-8")
    if damage != "settings":
        world.lose_state()
        world.state.parent.mkdir(parents=True, exist_ok=True)
        world.state.write_text("a file", encoding="utf-8")
    for event in ("SessionStart", "SessionEnd", "Nonsense", ""):
        hook(world, event)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_any_input_is_an_input(data: bytes) -> None:
    assert hooks.told(data) == hooks.Told()


def test_what_is_typed_behind_memsync_is_a_note_at_once(world: World) -> None:
    answer = hook(world, "UserPromptExpansion", typed("prefer marzipan"))
    assert answer["decision"] == "block"
    assert answer["reason"].startswith("noted ")
    assert answer["hookSpecificOutput"]["suppressOriginalPrompt"] is True
    assert list(world.notes.values()) == ["prefer marzipan"]
    pending = world.home / ".claude" / "rules" / "memsync-pending.md"
    assert "prefer marzipan" in pending.read_text(encoding="utf-8")


def test_half_a_character_keeps_no_note_from_being_kept(world: World) -> None:
    """JSON can say it, and so does a paste that was cut."""
    answer = hook(world, "UserPromptExpansion", typed("prefer \ud83d marzipan"))
    assert answer["reason"].startswith("noted ")
    assert list(world.notes.values()) == ["prefer \ufffd marzipan"]


def test_what_is_typed_is_a_note_in_any_locale(world: World) -> None:
    """Claude Code tells UTF-8, whatever the locale says of words on a command line."""
    answer = hook(
        world,
        "UserPromptExpansion",
        typed("Café 世界"),
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert answer["reason"].startswith("noted ")
    assert list(world.notes.values()) == ["Café 世界"]


@pytest.mark.parametrize("begin", ["sk-ant-api03-", "sk-a\u200bnt-api03-"])
def test_a_secret_is_left_out_and_said(world: World, begin: str) -> None:
    key = begin.replace("\u200b", "") + "Zy9" * 12
    answer = hook(world, "UserPromptExpansion", typed(f"the key is {begin}{'Zy9' * 12}"))
    assert "without the anthropic key" in answer["reason"]
    assert key not in "".join(world.notes.values())


def test_a_note_that_cannot_be_kept_stays_in_the_input(world: World) -> None:
    answer = hook(world, "UserPromptExpansion", typed("x" * 300_000))
    assert answer["reason"].startswith("not noted: the notes are larger than")
    assert "suppressOriginalPrompt" not in answer["hookSpecificOutput"]
    assert world.notes == {}


def test_memsync_alone_says_how_it_stands(world: World) -> None:
    propose(world, "I like marzipan")
    answer = hook(world, "UserPromptExpansion", typed("  "))
    assert "1 thing to remember waits" in answer["reason"]
    assert world.notes == {}


def test_another_command_goes_on(world: World) -> None:
    other = {"command_name": "compact", "command_args": "all of it"}
    assert hook(world, "UserPromptExpansion", other) is None
    assert world.notes == {}


def test_a_child_of_memsyncs_captures_nothing(world: World) -> None:
    propose(world, "I like marzipan")
    for event in ("SessionStart", "SessionEnd", "UserPromptExpansion"):
        assert hook(world, event, typed("prefer quince"), MEMSYNC_CHILD="1") is None
    for words in (("note", "prefer quince"), ("refresh", "-n", "prefer quince"), ("refresh",)):
        e2e.told(world.run(*words, MEMSYNC_CHILD="1"), 1, "captures nothing")
    assert world.notes == {}
    assert not (world.state / "sessions").exists()


def test_no_hook_merges_before_a_person_agreed(world: World) -> None:
    world.ok("note", "prefer marzipan")
    with StandIn() as api:
        hook(world, "SessionStart", api=api)
        hook(world, "SessionEnd", api=api)
        log = world.state / "background.log"
        assert comes(lambda: log.exists() and " done" in log.read_text(encoding="utf-8"))
        assert api.calls == 0
    assert len(world.pending) == 1


def test_once_agreed_the_end_of_a_session_merges_and_no_log_holds_the_environment(
    world: World,
) -> None:
    world.ok("note", "prefer marzipan")
    world.ok("config", "set", "merge_in_background", "true")
    with StandIn() as api:
        hook(world, "SessionEnd", api=api)
        assert comes(lambda: "prefer marzipan" in world.body)
        log = world.state / "background.log"
        assert comes(lambda: "refresh ended with 0" in log.read_text(encoding="utf-8"))
        assert api.calls == 1
    for path in world.state.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes(), path


def test_a_month_that_has_cost_enough_merges_no_more(world: World) -> None:
    world.ok("note", "prefer marzipan")
    world.ok("config", "set", "merge_in_background", "true")
    month = f"{datetime.now(UTC):%Y-%m}"
    spent = {"month": month, "dollars": 4.99}
    (world.state / "background.json").write_text(json.dumps(spent), encoding="utf-8")
    with StandIn() as api:
        hook(world, "SessionEnd", api=api)
        log = world.state / "background.log"
        assert comes(lambda: log.exists() and "not merged" in log.read_text(encoding="utf-8"))
        assert api.calls == 0
    assert len(world.pending) == 1


def test_the_environment_of_what_runs_on_is_not_the_sessions() -> None:
    env = {
        "PATH": "/bin",
        "ANTHROPIC_API_KEY": "k",
        "CLAUDE_CONFIG_DIR": "/c",
        "CLAUDE_CODE_OAUTH_TOKEN": "o",
        "CLAUDECODE": "1",
        "CLAUDE_PID": "7",
        "CLAUDE_CODE_MESSAGING_TOKEN": TOKEN,
        "AI_AGENT": "x",
    }
    kept = {"PATH", "ANTHROPIC_API_KEY", "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_OAUTH_TOKEN"}
    assert set(hooks.outside(env)) == kept

"""However a session ends, what was typed in it is a candidate once.

A line is typed at a real terminal; then comes `/exit`, or the terminal is closed, or the session is
killed, which runs no hook: there the next session's start looks it through.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.agents.claude_home import notes_of, waiting
from tests.claude_code.api import Api
from tests.claude_code.session import ClaudeCode, Session, comes
from tests.e2e.world import World, tree
from tests.systems import posix_only

pytestmark = posix_only("pseudo-terminals")
LINE = "always use tabs in this project"
WAITS = "1 thing to remember waits for your yes (memsync review)"
DAY = 24 * 3600


@pytest.fixture
def code(code: ClaudeCode, world: World) -> ClaudeCode:
    """Claude Code, with memsync connected to it."""
    world.init()
    world.ok("connect", "claude-code")
    return code


def end(session: Session, way: str) -> None:
    """End a session as a person does."""
    if way == "/exit":
        session.types("/exit")
        session.ends()
    else:
        session.closes()


def marks(world: World) -> list[Path]:
    """The sessions that have begun and not ended."""
    folder = world.state / "sessions"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def transcripts(world: World) -> list[Path]:
    """What Claude Code wrote of its sessions."""
    return sorted((world.home / ".claude" / "projects").glob("*/*.jsonl"))


def holds_the_line(path: Path) -> bool:
    """Whether the line stands in this transcript, as typed by a person."""
    rows = path.read_bytes().splitlines(keepends=True)
    human = [row for row in rows if b'"kind":"human"' in row and row.endswith(b"\n")]
    return any(LINE.encode() in row for row in human)


def looked_through(world: World) -> int:
    """How often what runs in the background has come to its end."""
    log = world.state / "background.log"
    return log.read_text(encoding="utf-8").count(" done\n") if log.exists() else 0


def let_a_day_pass(world: World) -> None:
    """No session has said a word for longer than a day."""
    long_ago = time.time() - 2 * DAY
    for path in [*marks(world), *transcripts(world)]:
        os.utime(path, (long_ago, long_ago))


@pytest.mark.parametrize("way", ["/exit", "closed"])
def test_a_typed_line_is_a_candidate_once_when_its_session_ends(
    world: World, code: ClaudeCode, way: str
) -> None:
    with Api() as api:
        with code.terminal(api) as session:
            session.types(LINE)
            session.sees("●ok")
            # 2.1.197 writes it a moment later, and not at all where its terminal closes before
            assert comes(lambda: any(map(holds_the_line, transcripts(world))))
            end(session, way)
        assert comes(lambda: looked_through(world) == 1)
        assert notes_of(world) == [LINE]
        with code.terminal(api) as session:
            session.sees(WAITS)
            end(session, way)
        assert comes(lambda: looked_through(world) == 2)
    (candidate,) = waiting(world)
    assert candidate["note"] == LINE
    assert candidate["project"] == str(code.project)
    assert candidate["door"] == "session"
    assert marks(world) == []


def test_a_typed_line_is_a_candidate_once_after_kill_9(world: World, code: ClaudeCode) -> None:
    with Api() as api:
        with code.terminal(api) as session:
            # So one that begins beside it finds none, and must not take this one for ended
            assert transcripts(world) == []
            session.types(LINE)
            session.sees("●ok")
            # Claude Code writes it a moment later; what a kill loses there nobody can find
            assert comes(lambda: any(map(holds_the_line, transcripts(world))))
            session.kill()
        assert looked_through(world) == 0
        assert notes_of(world) == []
        with code.terminal(api) as session:
            assert comes(lambda: notes_of(world) == [LINE])
            end(session, "/exit")
        assert comes(lambda: looked_through(world) == 2)  # at this session's start, and its end
        let_a_day_pass(world)
        with code.terminal(api) as session:
            session.sees(WAITS)
            assert comes(lambda: looked_through(world) == 3)  # the killed one, for the last time
            assert len(marks(world)) == 1
            session.closes()
        assert comes(lambda: looked_through(world) == 4)
    assert [row["note"] for row in waiting(world)] == [LINE]
    assert marks(world) == []


def test_after_a_session_all_that_is_memsyncs_goes_and_nothing_else(
    world: World, code: ClaudeCode
) -> None:
    claude = world.home / ".claude"
    with Api() as api, code.terminal(api) as session:
        session.types(LINE)
        session.sees("●ok")
        session.closes()
    assert comes(lambda: looked_through(world) == 1)
    (claude / "settings.json").write_text('{"theme": "dark"}\n', encoding="utf-8")
    before = tree(claude)
    world.ok("disconnect", "claude-code")
    after = tree(claude)
    ours = [str(claude / "skills"), str(claude / "plugins" / "data" / "memsync-skills-dir")]
    stays = {path: what for path, what in before.items() if not path.startswith(tuple(ours))}
    assert after == stays
    world.ok("uninstall", "--yes")
    assert tree(claude) == {path: what for path, what in stays.items() if path != str(world.target)}

"""Claude Code with memsync's folder in it: nothing else is edited, and every door works."""

from __future__ import annotations

import json

import pytest

from tests.claude_code.api import Api, Bash
from tests.claude_code.session import ClaudeCode, comes
from tests.e2e.world import World, tree
from tests.systems import posix_only

SETTINGS = b'{ "model" : "opus",\n  // kept as it is\n "theme": "dark" }\r\n'
TYPED = "Never deploy on Fridays."
OTHER = "The user loves deploying on Fridays."


def note(text: str) -> Bash:
    """Claude runs `memsync note` with this text, as the skill says."""
    return Bash(f"memsync note <<'EOF'\n{text}\nEOF")


def connected(world: World) -> str:
    """The row of `memsync connect` for Claude Code."""
    return world.ok("connect").out.splitlines()[0]


def test_connect_edits_nothing_validates_and_uninstall_leaves_the_folder_as_it_was(
    world: World, code: ClaudeCode
) -> None:
    claude = world.home / ".claude"
    world.target.write_text("# My own\n", encoding="utf-8")
    (claude / "settings.json").write_bytes(SETTINGS)
    before = tree(claude)
    world.init()
    world.ok("note", "Prefer tea")
    world.ok("connect", "claude-code")
    assert (claude / "settings.json").read_bytes() == SETTINGS
    with Api() as api:
        done = code.run(api, "plugin", "validate", "--strict", str(claude / "skills" / "memsync"))
        assert done.returncode == 0, done.stdout
    world.ok("uninstall", "--yes")
    own = claude / "backups"  # Claude Code's, of its own settings
    left = {path: what for path, what in tree(claude).items() if not path.startswith(str(own))}
    assert left == before
    assert "- Prefer tea" not in world.body
    assert "Prefer tea" in world.notes.values()


def test_its_hooks_run_in_a_session_without_a_terminal_and_say_nothing(
    world: World, code: ClaudeCode
) -> None:
    world.init()
    world.ok("connect", "claude-code")
    assert "ran" not in connected(world)
    with Api() as api:
        sent = code.ask("hello", api)
    assert ", ran 20" in connected(world)
    assert "systemMessage" not in sent
    assert not (world.state / "sessions").exists()  # nobody typed there


@posix_only("pseudo-terminals")
def test_a_session_at_a_terminal(world: World, code: ClaudeCode) -> None:
    """Typed text is a note without a request; Claude's words are the person's, or wait."""
    world.init()
    world.ok("connect", "claude-code")
    with (
        Api(note(TYPED), "ok", note(OTHER), "ok") as api,
        code.terminal(api, "--allowedTools", "Bash(memsync note:*)") as session,
    ):
        session.types("/memsync prefer marzipan over quince")
        session.sees("noted")
        assert api.sessions == []
        assert not api.holds("marzipan")
        assert list(world.notes.values()) == ["prefer marzipan over quince"]
        session.types(TYPED)
        assert comes(lambda: TYPED in [text.strip() for text in world.notes.values()]), api.sent
        session.types("what else did I say?")
        assert comes(lambda: len(waiting(world)) == 1), api.sent
        assert len(list((world.state / "sessions").iterdir())) == 1
        session.types("/exit")
        session.ends()
    assert len(world.notes) == 2
    (candidate,) = waiting(world)
    assert candidate["text"] == OTHER
    assert candidate["project"] == str(code.project)
    assert list((world.state / "sessions").iterdir()) == []
    with Api() as api, code.terminal(api) as session:
        session.sees("1 thing to remember waits for your yes (memsync review)")
        assert "deploying" not in session.shown
        session.closes()


def waiting(world: World) -> list[dict[str, str]]:
    """The candidates that wait for a yes."""
    folder = world.state / "candidates" / "pending"
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


@pytest.mark.parametrize("words", [["-f", "/etc/hostname"], ["--file=/etc/hostname"]])
def test_claude_cannot_note_a_file(world: World, words: list[str]) -> None:
    world.init()
    done = world.run("note", *words, CLAUDECODE="1")
    assert done.status == 1
    assert "not taken from a file" in done.err
    assert world.notes == {}

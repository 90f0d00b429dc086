"""The demo: the whole of it at work without an account, nothing of the person's own touched,
nothing false told.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from pathlib import Path

import pytest

from memsync.commands.demo import command, machines, tree
from memsync.commands.demo.filing import split_message
from memsync.commands.demo.standin import Answer, Request, message, text_block
from memsync.commands.demo.story import HABIT, OWN, RULE, TASK, Claude, Story, UntrueError
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.system.errors import MemsyncError
from memsync.system.machine import Machine
from tests.e2e.world import World
from tests.e2e.world import tree as all_of
from tests.systems import posix_only


def temp(world: World) -> Path:
    folder = world.root / "tmp"
    folder.mkdir()
    return folder


@posix_only("modes; CI runs the demo itself")
def test_it_shows_the_main_job_and_all_it_told_is_so(ready: World) -> None:
    """Settings, key, proxy and Claude's folder of the user would all lead it astray if it looked at
    them.
    """
    folder = temp(ready)
    (ready.config / "api_key").write_text("two words are no key", encoding="utf-8")
    with (ready.config / "config.toml").open("a", encoding="utf-8") as file:
        file.write("model = 'claude-2'\n")
    before = all_of(ready.home, ready.cloud)
    stray = {
        "CLAUDE_CONFIG_DIR": str(ready.root / "elsewhere"),
        "ANTHROPIC_API_KEY": "sk-ant-of-the-user",
        "MEMSYNC_ONEDRIVE": "/nowhere",
        "XDG_CONFIG_HOME": str(ready.home / ".config"),
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
        "TMPDIR": str(folder),
    }
    done = ready.start("demo", "--keep", stdin=None, api=None, **stray).end(180)
    assert done.status == 0, done
    assert all_of(ready.home, ready.cloud) == before
    assert "Traceback" not in done.out + done.err
    (root,) = folder.iterdir()
    assert f"the folder is kept: {root}" in done.err
    _says_what_it_is(done.out)
    _is_so(root, done.out)


def _says_what_it_is(out: str) -> None:
    assert "stand-in for Claude" in out
    assert "files each note by rule" in out
    assert re.search(r'constraint put back: "- Never deploy on Fridays\."', out)
    assert out.count("  ✓ ") == 12
    titles = re.findall(r"^\n(\d)\. ", out, re.MULTILINE)
    assert titles == ["1", "2", "3", "4"]  # each after a blank line, itself a line of its own
    for words in (
        "laptop$ memsync init",
        "desktop$ memsync refresh",
        "GLOBAL_MEMORY.md",
        "sessions",
        "backups",
    ):
        assert words in out
    assert "memsync config set api_key" in out
    assert out.rstrip().endswith("On each further machine: memsync init, and the key.")
    assert machines.KEY not in out


def _is_so(root: Path, out: str) -> None:
    assert root.stat().st_mode & 0o077 == 0
    memory = (root / "cloud" / "claude-memory" / "GLOBAL_MEMORY.md").read_text(encoding="utf-8")
    for name in ("laptop", "desktop"):
        shown = (root / name / ".claude" / "CLAUDE.md").read_text(encoding="utf-8")
        assert shown == memory
        assert all(shown.count(text) == 1 for text in (RULE, OWN, HABIT, TASK))
    own = root / "desktop" / ".claude" / "CLAUDE.pre-memsync.bak"
    assert own.read_text(encoding="utf-8") == f"{OWN}\n"
    assert len(list(root.glob("cloud/claude-memory/sessions/*/*.md"))) == 4
    printed = [line[3:].strip() for line in out.splitlines() if line.startswith("  |")]
    assert "\n".join(printed) in memory
    for line in out.splitlines():
        if line.strip().startswith(str(root)) and "->" not in line:
            assert Path(line.strip()).is_dir()


class Idle(Claude):
    """Returns the memory as it was: the note is not in it then."""

    def answer(self, request: Request) -> Answer:
        """No change."""
        return message(request, text_block(split_message(request.user_text)[0]))


class Useless(Claude):
    """Answers with something that is no memory."""

    def answer(self, request: Request) -> Answer:
        """Prose."""
        return message(request, text_block("I'm sorry, but I can't help with that."))


def story(root: Path, claude: Claude, said: list[str]) -> Story:
    machine = Machine("linux", root / "home", dict(os.environ), root / "config", root / "state")
    return Story(root, machine, said.append, claude)


@pytest.mark.parametrize(("claude", "words"), [(Idle(), "holds the note"), (Useless(), "exits 0")])
def test_it_ends_at_the_first_thing_that_is_not_so(
    tmp_path: Path, claude: Claude, words: str
) -> None:
    said: list[str] = []
    with pytest.raises(UntrueError, match=words):
        story(tmp_path, claude, said).tell()
    assert not any(words in line for line in said)
    assert "What lies where:" not in "\n".join(said)


@pytest.mark.parametrize("keep", [False, True])
def test_a_command_that_hangs_is_ended_and_the_folder_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    monkeypatch.setattr(machines, "SECONDS", 0.01)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    machine = Machine("linux", tmp_path, dict(os.environ), tmp_path, tmp_path)
    with pytest.raises(MemsyncError, match="did not end"):
        command.cmd_demo(argparse.Namespace(keep=keep), Config(machine, {}), Place(machine))
    assert len(list(tmp_path.iterdir())) == keep


def test_a_pretend_machine_inherits_nothing_that_leads_to_the_users_own_things(
    tmp_path: Path,
) -> None:
    env = {
        "PATH": "/bin",
        "ANTHROPIC_API_KEY": "k",
        "https_proxy": "p",
        "CLAUDE_CONFIG_DIR": "c",
        "PYTHONPATH": "old",
    }
    machine = Machine("windows", tmp_path, env, tmp_path, tmp_path)
    found = machines.own_environment(
        machines.make("laptop", tmp_path / "laptop", machine, "http://127.0.0.1:1")
    )
    home = str(tmp_path / "laptop")
    assert found.pop("PATH") == "/bin"
    assert found.pop("PYTHONPATH").endswith(f"{os.pathsep}old")
    assert {name for name, value in found.items() if not value.startswith(home)} == {
        "NO_PROXY",
        "PYTHONIOENCODING",
        "ANTHROPIC_BASE_URL",
        "MEMSYNC_API_KEY",
    }
    assert found["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:1"


@posix_only("a link needs a right there that most users lack")
def test_the_tree_is_short_and_names_links(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.md").touch()
    (tmp_path / "sessions").mkdir()
    (tmp_path / "0-link").symlink_to("/nowhere")
    lines = list(tree.lines(tmp_path))
    assert "  0-link -> /nowhere" in lines
    assert "  ... and 3 more" in lines
    assert len(lines) == 6


def test_without_a_temporary_folder_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    machine = Machine("linux", tmp_path, {}, tmp_path, tmp_path)
    with pytest.raises(
        MemsyncError, match="no temporary folder can be made: no such file"
    ) as failure:
        command.cmd_demo(argparse.Namespace(keep=False), Config(machine, {}), Place(machine))
    assert "TMPDIR" in failure.value.hint

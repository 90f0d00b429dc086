"""Agents by the real program: connected, healed, and as they were before."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import pytest

from memsync.agents import plugin
from memsync.system.errors import LocalError
from memsync.system.lock import lock
from tests.e2e.world import World, told, tree
from tests.standin import StandIn
from tests.systems import posix_only

FILES = {
    "codex": ".codex/AGENTS.md",
    "gemini": ".gemini/GEMINI.md",
    "copilot": ".copilot/copilot-instructions.md",
    "opencode": ".config/opencode/AGENTS.md",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine with a memory; its paths have spaces."""
    world = World(tmp_path / "a machine", tmp_path / "my cloud")
    (world.home / ".claude").mkdir()
    world.init()
    return world


def row(world: World, agent: str) -> str:
    """How `memsync connect` says that an agent stands."""
    return next(line for line in world.ok("connect").out.splitlines() if line.startswith(agent))


@pytest.mark.parametrize("agent", FILES)
def test_a_other_agents_shows_the_memory_and_comes_back_byte_for_byte(
    world: World, agent: str
) -> None:
    path = world.home / FILES[agent]
    path.parent.mkdir(parents=True)
    path.write_bytes(b"my own\r\nwords\xff")
    os.chmod(path, 0o640)
    before = tree(path.parent)
    done = world.ok("connect", agent)
    assert path.read_bytes() == world.memory.read_bytes()
    assert "memsync note -f" in done.out
    assert "connected (" in row(world, agent)
    world.ok("connect", agent)  # once more changes nothing
    world.ok("disconnect", agent)
    assert tree(path.parent) == before


@pytest.mark.parametrize("agent", ["codex", "gemini", "copilot"])
def test_a_folder_that_was_not_there_goes_again(world: World, agent: str) -> None:
    path = world.home / FILES[agent]
    world.ok("connect", agent)
    assert path.read_bytes() == world.memory.read_bytes()
    world.ok("disconnect")
    assert not path.parent.exists()


def test_opencode_needs_nothing_while_it_reads_claude_codes_file(world: World) -> None:
    assert "nothing to do" in world.ok("connect", "opencode").out
    assert not (world.home / ".config" / "opencode").exists()
    assert "reads Claude Code's" in row(world, "opencode")


@posix_only("links")
def test_a_link_that_another_program_replaced_by_a_copy_heals(world: World) -> None:
    path = world.home / FILES["codex"]
    world.ok("connect", "codex")
    raw = path.read_bytes()
    path.unlink()
    path.write_bytes(raw)
    with StandIn() as api:
        world.ok("refresh", "-n", "Prefer tea", api=api)
    assert path.is_symlink()
    assert path.read_bytes() == world.memory.read_bytes()


@posix_only("links")
def test_a_file_that_the_person_put_there_since_is_left_alone(world: World) -> None:
    path = world.home / FILES["codex"]
    world.ok("connect", "codex")
    path.unlink()
    path.write_bytes(b"mine again\n")
    with StandIn() as api:
        world.ok("refresh", "-n", "Prefer tea", api=api)
    assert path.read_bytes() == b"mine again\n"
    assert "nothing to do" in world.ok("disconnect", "codex").out
    assert path.read_bytes() == b"mine again\n"


def test_codexs_override_is_told(world: World) -> None:
    world.ok("connect", "codex")
    (world.home / ".codex" / "AGENTS.override.md").write_text("x", encoding="utf-8")
    assert "AGENTS.override.md in the place of" in world.ok("connect").out
    assert "AGENTS.override.md in the place of" in world.run("doctor").out


def test_an_unknown_agent_is_told(world: World) -> None:
    told(world.run("connect", "emacs"), 2, "unknown agent 'emacs'", "memsync connect claude-code|")


def fake_claude(world: World, version: str) -> str:
    """A `claude` on the PATH that says this version; the PATH."""
    bin_folder = world.root / "fake bin"
    bin_folder.mkdir()
    program = bin_folder / "claude"
    program.write_text(f"#!/bin/sh\necho '{version} (Claude Code)'\n", encoding="utf-8")
    program.chmod(0o755)
    return f"{bin_folder}{os.pathsep}{os.environ['PATH']}"


@posix_only("a shell script in the place of Claude Code")
def test_below_the_version_that_runs_hooks_nothing_is_changed(world: World) -> None:
    path = fake_claude(world, "2.1.140")
    before = tree(world.home)
    done = world.run("connect", "claude-code", PATH=path)
    told(done, 1, "Claude Code 2.1.140", "nothing was changed", "2.1.157")
    assert tree(world.home) == before


@posix_only("a shell script in the place of Claude Code")
def test_the_first_version_that_runs_hooks_is_enough(world: World) -> None:
    world.ok("connect", "claude-code", PATH=fake_claude(world, "2.1.157"))
    assert (world.home / ".claude/skills/memsync" / plugin.HOOKS).is_file()


def test_a_skill_of_the_persons_own_is_left_alone(world: World) -> None:
    skill = world.home / ".claude" / "skills" / "memsync"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text("mine", encoding="utf-8")
    before = tree(skill)
    told(world.run("connect", "claude-code"), 1, "not memsync's, so nothing was changed")
    assert "nothing to do" in world.ok("disconnect", "claude-code").out
    assert tree(skill) == before


def test_files_that_a_person_added_stay(world: World) -> None:
    world.ok("connect", "claude-code")
    skill = world.home / ".claude" / "skills" / "memsync"
    (skill / "mine.txt").write_text("mine", encoding="utf-8")
    done = world.ok("disconnect", "claude-code")
    assert "they stay" in done.out
    assert [path.name for path in skill.iterdir()] == ["mine.txt"]


def test_an_old_or_broken_folder_is_told_and_renewed(world: World) -> None:
    world.ok("connect", "claude-code")
    skill = world.home / ".claude" / "skills" / "memsync"
    whole = tree(skill)
    (skill / "SKILL.md").write_text("old", encoding="utf-8")
    assert "to be renewed" in row(world, "claude-code")
    assert "memsync connect claude-code" in world.run("doctor").out
    world.ok("connect", "claude-code")
    assert tree(skill) == whole
    assert not [name for name in os.listdir(world.home / ".claude") if name.startswith(".~")]


def test_every_hook_runs_this_very_program_without_a_shell(world: World) -> None:
    world.ok("connect", "claude-code")
    skill = world.home / ".claude" / "skills" / "memsync"
    events = json.loads((skill / plugin.HOOKS).read_text(encoding="utf-8"))["hooks"]
    for event, ((entry,),) in ((name, (rows,)) for name, rows in events.items()):
        (hook,) = entry["hooks"]
        assert os.path.isabs(hook["command"])
        assert hook["args"] == ["-P", "-m", "memsync", "hook", event]
    assert os.path.samefile(hook["command"], sys.executable)


def test_what_hinders_is_told_by_connect_and_doctor(world: World) -> None:
    world.ok("connect", "claude-code")
    settings = {"claudeMdExcludes": ["**/CLAUDE.md"], "disableAllHooks": True}
    (world.home / ".claude/settings.json").write_text(json.dumps(settings), encoding="utf-8")
    for done in (world.ok("connect"), world.run("doctor")):
        assert "claudeMdExcludes" in done.out
        assert "disableAllHooks" in done.out


def test_uninstall_never_takes_a_note_with_it(world: World, tmp_path: Path) -> None:
    world.folder.rename(tmp_path / "away")
    world.ok("note", "Prefer tea")
    before = tree(world.home)
    told(world.run("uninstall", "--yes"), 1, "1 note waits on this machine alone")
    assert tree(world.home) == before
    (tmp_path / "away").rename(world.cloud / "claude-memory")
    world.ok("uninstall", "--yes")
    assert list(world.notes.values()) == ["Prefer tea"]
    assert not world.state.exists()
    assert not world.config.exists()


def test_uninstall_leaves_the_note_of_a_killed_undo_to_the_other_machines(
    world: World, tmp_path: Path
) -> None:
    for note in ("Prefer tea", "Prefer milk"):
        with StandIn() as api:
            world.ok("refresh", "-n", note, api=api)
    other = World(tmp_path / "other", cloud=world.cloud)
    other.init()
    world.undo_that_is_killed()
    (waits,) = world.state.glob("*/restoring_*")
    world.ok("uninstall", "--yes")
    assert waits.name.removeprefix("restoring_") in other.notes
    other.ok("undo")
    assert "Prefer" not in other.body


def test_uninstall_leaves_all_as_it_is_while_another_command_is_at_work(world: World) -> None:
    """A refresh that is at work would put the link back, and write its record again."""
    (held,) = world.state.glob("*/lock")
    before = tree(world.home / ".claude", world.config)
    with lock(str(held), 0):
        told(world.run("uninstall", "--yes"), 1, f"is at work (process {os.getpid()})")
        assert tree(world.home / ".claude", world.config) == before
        assert held.exists()
    world.ok("uninstall", "--yes")
    assert not world.state.exists()


def test_a_folder_in_the_place_of_an_agents_file_is_named_as_the_agents(world: World) -> None:
    (world.home / ".codex" / "AGENTS.md").mkdir(parents=True)
    done = world.run("connect", "codex")
    told(done, 1, "AGENTS.md is not a file, so it cannot show the memory")


def test_uninstall_says_what_it_removed_and_no_more(world: World) -> None:
    mine = world.config / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    done = world.ok("uninstall", "--yes")
    assert mine.exists()
    assert f"{world.config} stays: something else lies in it" in done.out
    mine.unlink()
    world.config.rmdir()
    again = world.ok("uninstall", "--yes").out
    assert "removed" not in again
    assert "nothing to do" in again


@posix_only("a file that is open is removed")
def test_who_waited_for_an_uninstall_does_nothing_after_it(tmp_path: Path) -> None:
    path, waits, came = tmp_path / "lock", threading.Event(), list[str]()

    def asked() -> bool:
        waits.set()
        return False

    def work() -> None:
        try:
            with lock(str(path), 60, asked):
                came.append("at work")
        except LocalError as error:
            came.append(error.what)

    with lock(str(path), 0):
        other = threading.Thread(target=work)
        other.start()
        assert waits.wait(60)
        path.unlink()
    other.join(60)
    assert came == ["memsync was taken off this machine meanwhile"]


@posix_only("links")
@pytest.mark.parametrize("link", ["symlink", "copy", "import"])
def test_uninstall_leaves_no_folder_that_init_made(tmp_path: Path, link: str) -> None:
    world = World(tmp_path / "fresh", tmp_path / "my cloud")
    world.init("--link", link)
    world.ok("note", "Prefer tea")
    world.ok("uninstall", "--yes")
    assert not (world.home / ".claude").exists()
    (world.home / ".claude").mkdir()
    (world.home / ".claude" / "mine").touch()
    world.init("--link", link)
    world.ok("uninstall", "--yes")
    assert [path.name for path in (world.home / ".claude").iterdir()] == ["mine"]


def test_uninstall_asks_and_without_anybody_changes_nothing(world: World) -> None:
    before = tree(world.home, world.cloud)
    told(world.run("uninstall"), 1, "nobody can be asked", "memsync uninstall --yes")
    assert tree(world.home, world.cloud) == before


@posix_only("links")
def test_the_link_modes_follow_each_other_without_a_trace(world: World) -> None:
    claude = world.home / ".claude"
    world.ok("uninstall", "--yes")
    world.target.write_bytes(b"# Mine\n")
    world.init("--link", "import")
    assert world.target.read_bytes() == b"# Mine\n"
    assert (claude / "rules" / "memsync.md").is_symlink()
    world.ok("init", "--link", "copy")
    assert not (claude / "rules" / "memsync.md").exists()
    assert world.target.read_bytes() == world.memory.read_bytes()
    world.ok("init", "--link", "import")
    assert world.target.read_bytes() == b"# Mine\n"
    assert world.run("doctor").status in (0, 5)
    assert world.status()["in_step"]

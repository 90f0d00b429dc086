"""The cloud folder moves: the same memory is found again, another one is never taken for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from memsync.commands.demo.filing import file_notes
from tests.e2e.ending import fails
from tests.e2e.world import MEMORY, World, told, tree
from tests.standin import StandIn
from tests.systems import linux_only

pytestmark = linux_only("the settings of the sync client are those of Linux")


def client_says(world: World, folder: Path) -> None:
    """The sync client's own settings name this folder."""
    settings = world.home / ".config" / "onedrive" / "config"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'sync_dir = "{folder}"\n', encoding="utf-8")


@pytest.fixture
def onedrive(tmp_path: Path) -> World:
    """A machine whose memory lies in OneDrive, with a reply that waits for a yes."""
    world = World(tmp_path / "a", tmp_path / "a" / "home" / "OneDrive")
    client_says(world, world.cloud)
    world.target.parent.mkdir()
    world.target.write_text(MEMORY, encoding="utf-8")
    world.ok("init", "--yes")
    with StandIn(rule=with_a_stranger) as api:
        told(world.run("refresh", "-n", "tidy up", api=api), 6, "memsync apply")
    return world


def with_a_stranger(request: str) -> str:
    """The notes, and an item between old ones that nobody said."""
    return file_notes(request).replace("\n- ", "\n- Prefers Helsinki in winter\n- ", 1)


def move(world: World) -> Path:
    """The person moves the folder and tells the client; the old path."""
    old, world.cloud = world.cloud, world.home / "Clouds" / "OneDrive"
    world.cloud.parent.mkdir()
    old.rename(world.cloud)
    client_says(world, world.cloud)
    return old


def test_a_folder_that_was_moved_is_found_with_all_that_this_machine_knew_of_it(
    onedrive: World,
) -> None:
    move(onedrive)
    before = tree(onedrive.root)
    status = onedrive.status()
    assert tree(onedrive.root) == before
    assert (status["memory"], status["pending"]) == (str(onedrive.memory), 1)
    assert status["kept_reply"], "what was paid for is not lost from sight"
    onedrive.ok("apply")
    assert not onedrive.pending
    assert onedrive.target.read_bytes() == onedrive.memory.read_bytes()
    assert len(list(onedrive.target.parent.glob("*.bak"))) == 1, "the old link was memsync's own"


def test_init_after_a_move_pins_the_new_path(onedrive: World) -> None:
    move(onedrive)
    onedrive.ok("init")
    assert len(list(onedrive.target.parent.glob("*.bak"))) == 1, "the old link was memsync's own"
    assert onedrive.target.read_bytes() == onedrive.memory.read_bytes()
    assert str(onedrive.cloud) in onedrive.config.joinpath("config.toml").read_text(
        encoding="utf-8"
    )
    assert onedrive.status()["kept_reply"]
    onedrive.ok("apply")
    assert not onedrive.pending


def test_another_memory_at_the_new_place_is_not_taken_for_this_one(onedrive: World) -> None:
    old = move(onedrive)
    onedrive.cloud.rename(old.with_name("gone"))
    other = World(onedrive.root.parent / "b", onedrive.cloud)
    other.init()
    before = tree(onedrive.cloud)
    fails(onedrive.run("refresh", "-n", "Prefer tea"), 4, str(old))
    assert [text.strip() for text in onedrive.outbox.values()] == ["Prefer tea"]
    assert tree(onedrive.cloud) == before


@pytest.mark.parametrize("steps", [["apply"], ["init", "apply"]])
def test_init_that_was_killed_before_the_settings_name_the_new_path_loses_nothing(
    onedrive: World, steps: list[str]
) -> None:
    """This machine's record has its new name by then, and is looked for under both."""
    move(onedrive)
    settings = onedrive.config / "config.toml"
    old = settings.read_bytes()
    onedrive.ok("init")
    settings.write_bytes(old)
    assert onedrive.status()["kept_reply"]
    for step in steps:
        onedrive.ok(step)
    assert not onedrive.pending
    assert len([path for path in onedrive.state.iterdir() if len(path.name) == 12]) == 1


@pytest.mark.parametrize("step", ["settle_in", "save"])
def test_init_may_be_killed_at_either_of_its_last_two_steps(onedrive: World, step: str) -> None:
    move(onedrive)
    program = (
        f"import os, sys; from memsync.commands import init; init.{step} = lambda *a: os._exit(9); "
    )
    program += "from memsync.cli import main; sys.exit(main(['init']))"
    command = [sys.executable, "-c", program]
    ended = onedrive.launch(command, (), None, onedrive.environment()).end()
    assert ended.status == 9, ended
    assert onedrive.status()["kept_reply"]
    onedrive.ok("init")
    assert onedrive.status()["kept_reply"]

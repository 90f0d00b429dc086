"""`init` may be killed at any time, and is run again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.test_init import OWN, init, put_file, shows_the_memory
from tests.e2e.world import World


@pytest.mark.parametrize("missing", [("backups", "state"), ("backups", "state", "config", "link")])
def test_init_that_was_killed_after_the_memory_was_written_can_be_run_again(
    world: World, missing: tuple[str, ...]
) -> None:
    put_file(world)
    init(world)
    aside = world.target.with_name("CLAUDE.pre-memsync.bak")
    shutil.rmtree(world.folder / "backups")
    if "state" in missing:
        world.lose_state()
    if "config" in missing:
        world.lose_settings()
    if "link" in missing:
        world.target.unlink()
        aside.rename(world.target)
    assert init(world).status == 0
    assert world.body == OWN
    assert world.memory.read_bytes() in world.backups.values()
    assert aside.read_text(encoding="utf-8") == OWN
    assert not world.pending
    shows_the_memory(world)


def test_init_that_was_killed_before_the_memory_was_written_can_be_run_again(world: World) -> None:
    put_file(world)
    init(world)
    world.target.unlink()
    world.target.with_name("CLAUDE.pre-memsync.bak").rename(world.target)
    shutil.rmtree(world.folder / "backups")
    world.lose_state()
    world.lose_settings()
    world.memory.unlink()
    assert init(world).status == 0
    assert world.body == OWN
    assert not world.pending
    shows_the_memory(world)


def test_init_can_be_killed_at_any_time_and_run_again(tmp_path: Path) -> None:
    for step in range(8):
        world = World(tmp_path / str(step))
        put_file(world)
        running = world.start("init", "--sync-root", str(world.cloud))
        try:
            running.process.wait(0.08 + 0.04 * step)
        except Exception:  # noqa: BLE001 - subprocess.TimeoutExpired: it is still at work
            running.process.kill()
        running.end()
        assert init(world).status == 0
        assert world.body == OWN
        assert world.target.with_name("CLAUDE.pre-memsync.bak").read_text(encoding="utf-8") == OWN
        shows_the_memory(world)

"""The machine of a test, and the files outside of its cloud folder that nobody may touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.shelf import Shelf, keep
from tests.e2e.world import World
from tests.standin import StandIn


@pytest.fixture(scope="session")
def after_merge(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A machine that has merged a note: it has versions, notes and a record."""
    world = World(tmp_path_factory.mktemp("hostile"))
    world.begin()
    with StandIn() as api:
        world.ok("refresh", "-n", "Prefer tea", api=api)
    private = world.home / "private"
    (private / "folder").mkdir(parents=True)
    (private / "key").write_text("- THE PRIVATE TEXT\n", encoding="utf-8")
    (private / "key").chmod(0o640)
    (private / "folder" / "rule.md").write_text("- THE PRIVATE TEXT\n", encoding="utf-8")
    (private / "folder").chmod(0o755)
    return keep(world, tmp_path_factory.mktemp("kept"))


@pytest.fixture
def ready(after_merge: Shelf) -> World:
    """The machine as it was after its merge."""
    return after_merge.put_right()


@pytest.fixture
def private(ready: World) -> Path:
    """A folder of the person's own, with a file `key` and a folder `folder`."""
    return ready.home / "private"

"""One machine for each test that asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.shelf import Shelf, keep
from tests.e2e.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine that memsync was never on."""
    return World(tmp_path)


@pytest.fixture(scope="session")
def after_init(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A machine that had a CLAUDE.md, and where `memsync init` was run."""
    world = World(tmp_path_factory.mktemp("ready"))
    world.begin()
    return keep(world, tmp_path_factory.mktemp("good"))


@pytest.fixture
def ready(after_init: Shelf) -> World:
    """A machine that had a CLAUDE.md, and where `memsync init` was run."""
    return after_init.put_right()

"""One machine for each test that asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine that memsync was never on."""
    return World(tmp_path)


@pytest.fixture
def ready(world: World) -> World:
    """A machine that had a CLAUDE.md, and where `memsync init` was run."""
    world.begin()
    return world

"""A machine with memsync in a home with a space in its path, and one version of Claude Code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claude_code.program import VERSIONS, installed
from tests.claude_code.session import ClaudeCode
from tests.e2e.world import World


@pytest.fixture(scope="session", params=VERSIONS)
def program(request: pytest.FixtureRequest) -> Path:
    """The program, or a loud skip."""
    found = installed(request.param)
    if found is None:
        pytest.skip(f"CLAUDE CODE {request.param} IS NOT HERE AND NPM COULD NOT BRING IT")
    return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine that has Claude Code and no memory yet; its paths have spaces."""
    world = World(tmp_path / "a home", tmp_path / "my cloud")
    (world.home / ".claude").mkdir()
    return world


@pytest.fixture
def code(program: Path, world: World, tmp_path: Path) -> ClaudeCode:
    """Claude Code on that machine."""
    return ClaudeCode(program, world, tmp_path / "a project")

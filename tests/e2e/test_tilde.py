"""CLAUDE_CONFIG_DIR with a `~`: memsync expands it, Claude Code does not, and that is said."""

from __future__ import annotations

from tests.e2e.world import World


def test_a_tilde_that_claude_code_takes_literally_is_said_with_what_to_type(world: World) -> None:
    fix = f'export CLAUDE_CONFIG_DIR="{world.home}/alt2"'
    made = world.run("init", "--sync-root", str(world.cloud), CLAUDE_CONFIG_DIR="~/alt2")
    assert made.status == 0
    assert "CLAUDE_CONFIG_DIR begins with ~" in made.err
    assert fix in made.err
    doctor = world.ok("doctor", CLAUDE_CONFIG_DIR="~/alt2")
    assert "Warning: CLAUDE_CONFIG_DIR begins with ~" in doctor.out
    assert f"fix: {fix}" in doctor.out
    assert "CLAUDE_CONFIG_DIR" not in world.ok("doctor", CLAUDE_CONFIG_DIR=f"{world.home}/alt2").out

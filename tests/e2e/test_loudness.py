"""`--quiet` leaves out what a person can do without, `--verbose` says each step; neither changes a
result.
"""

from __future__ import annotations

import re

import pytest

from tests.e2e.person import Person
from tests.e2e.world import World, told
from tests.standin import StandIn

QUIET = (["-q"], ["--quiet"])


@pytest.fixture
def ready(world: World) -> World:
    world.begin()
    return world


@pytest.mark.parametrize("option", QUIET)
def test_quiet_prints_the_result_alone(ready: World, option: list[str]) -> None:
    with StandIn() as api:
        done = ready.ok("refresh", "-n", "tea at five", *option, api=api)
    assert done.err == ""
    assert done.out.startswith("done.\n")
    assert "new: - tea at five" in done.out


def test_an_option_may_stand_before_the_command(ready: World) -> None:
    with StandIn() as api:
        assert ready.ok("--quiet", "refresh", "-n", "tea at five", api=api).err == ""
    assert ready.ok("-v", "-q", "status").err == ready.ok("status", "-v", "-q").err


def test_quiet_leaves_warnings_and_errors_as_they_are(ready: World) -> None:
    settings = ready.config / "config.toml"
    settings.write_text(f"{settings.read_text()}unheard = 1\n")
    loud, quiet = ready.run("show", "ffff"), ready.run("show", "ffff", "--quiet")
    assert quiet.err == loud.err
    assert quiet.err.startswith("Warning: ")
    with StandIn("401") as api:
        done = ready.run("refresh", "-n", "tea at five", "--quiet", api=api)
    assert done.status == 5
    assert [line.split(":")[0] for line in done.errors] == ["Warning", "Error", "Try"]


def test_quiet_moves_nothing_at_a_terminal(ready: World) -> None:
    with StandIn() as api:
        ended = Person(ready, "refresh", "-n", "tea at five", "--quiet", api=api).ends()
    assert ended.status == 0
    assert ended.lines[0] == "✓ done."
    assert "Refreshing" not in ended.plain
    assert "\r" not in ended.shown
    assert "\x1b[?25l" not in ended.shown


def test_a_note_may_be_named_like_an_option(ready: World) -> None:
    ready.ok("note", "--", "-q")
    with StandIn() as api:
        ready.ok("refresh", "-n", "--quiet", api=api)
    assert {note.rstrip("\n") for note in ready.notes.values()} >= {"-q", "--quiet"}


def test_verbose_says_what_is_read_asked_and_written(ready: World) -> None:
    with StandIn() as api:
        done = ready.ok("refresh", "-n", "tea at five", "-v", api=api)
        address = api.url.removeprefix("http://")
    steps = [line[2:] for line in done.err.splitlines() if line.startswith("- ")]
    assert f"settings: {ready.config / 'config.toml'}" in steps
    assert f"memory folder: {ready.folder} (custom)" in steps
    assert any(step.startswith(f"this machine's record: {ready.state}") for step in steps)
    wrote = [step for step in steps if re.fullmatch(r"wrote \S+, \d+ bytes", step)]
    assert f"wrote {ready.memory}, {ready.memory.stat().st_size} bytes" in wrote
    assert any(step.startswith(f"wrote {ready.folder}/sessions/") for step in wrote)
    asked = [step for step in steps if step.startswith("asking ")]
    assert len(asked) == 1
    assert address in asked[0]
    assert "claude-sonnet-5-5" in asked[0]
    assert any(re.fullmatch(r"answered after \d+\.\d s", step) for step in steps)


def test_verbose_changes_no_result(ready: World) -> None:
    assert ready.ok("status", "-v").out == ready.ok("status").out
    told(ready.run("show", "ffff"), 1, "ffff")
    assert ready.run("show", "ffff", "--verbose").err.endswith(ready.run("show", "ffff").err)

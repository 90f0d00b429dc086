"""A line of HTML, code or a comment can make constraints of lines that nobody touched, and none of
others. Whichever door it comes in by, what became of the constraints is told.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from memsync.memory.text.markdown import constraint_lines
from tests.e2e.world import MEMORY, World
from tests.standin import StandIn

OPENED = ("<?", "<!DOCTYPE", "<![CDATA[", "<pre>", "<script>", "<!--", "```")
ABOVE = ("## Hard constraints", "- Ask before anything is deleted")

Door = Callable[[World, World, str], None]


@pytest.fixture
def other(ready: World) -> World:
    """A second machine that joined the memory of the first."""
    second = World(ready.root / "second", ready.cloud)
    second.init()
    return second


def by_hand(ready: World, other: World, text: str) -> None:
    ready.memory.write_text(text, encoding="utf-8")


def by_a_version(ready: World, other: World, text: str) -> None:
    other.memory.write_text(text, encoding="utf-8")
    other.ok("refresh")


def by_a_conflict_copy(ready: World, other: World, text: str) -> None:
    (ready.folder / "GLOBAL_MEMORY-DESKTOP-AB12.md").write_text(text, encoding="utf-8")


def by_the_target(ready: World, other: World, text: str) -> None:
    ready.target.write_text(text, encoding="utf-8")


def rules(body: str) -> set[str]:
    lines = body.split("\n")
    return {lines[n].strip() for n in constraint_lines(body)} - {""}


def assert_told(before: str, now: str, rows: list[str]) -> None:
    here = {line.strip() for line in before.split("\n")}
    for kind, lines in (
        (("constraint out of force", "constraint gone"), rules(before) - rules(now)),
        (("now a constraint",), (rules(now) - rules(before)) & here),
    ):
        for line in lines:
            assert [row for row in rows if row.startswith(kind) and row.endswith(f": {line}")], rows


@pytest.mark.parametrize("door", [by_hand, by_a_version, by_a_conflict_copy, by_the_target])
@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize("opened", OPENED)
def test_what_becomes_of_the_constraints_is_told_at_every_door(
    ready: World, other: World, opened: str, above: str, door: Door
) -> None:
    if door is by_the_target:
        ready.init("--link", "copy")
    before = ready.body
    text = ready.memory.read_text(encoding="utf-8").replace(above, f"{opened}\n\n{above}", 1)
    door(ready, other, text)
    soon = ready.status()["warnings"]
    done = ready.ok("refresh").err.splitlines()
    assert opened in ready.body
    assert_told(before, ready.body, soon)
    assert_told(before, ready.body, ready.status()["warnings"])
    for line in rules(before) ^ rules(ready.body):
        assert [row for row in done if line in row and "constraint" in row] or line == opened, done


@pytest.mark.parametrize("opened", OPENED)
def test_lines_that_no_longer_stand_in_a_block_are_told_as_constraints(
    tmp_path: Path, opened: str
) -> None:
    world = World(tmp_path)
    world.begin(MEMORY.replace("## Hard", f"{opened}\n\n## Hard", 1))
    before = world.body
    world.edit(f"{opened}\n\n", "")
    assert_told(before, MEMORY, world.status()["warnings"])
    told = world.ok("refresh").err
    assert ": now a constraint in line 15: - Never push to main" in told


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_what_a_hand_writes_and_takes_away_is_told_in_lines_of_its_own(
    ready: World, other: World, known: bool
) -> None:
    """Also where nobody has the version that was edited: the file stays as the person left it."""
    if not known:
        with StandIn() as api:
            other.ok("refresh", "-n", "Prefer tea", api=api)
        for backup in (ready.folder / "backups").iterdir():
            backup.unlink()
    ready.edit("- Never push to main\n", "- Never eat at the desk\n")
    with StandIn() as api:
        soon, done = ready.ok("status").err, ready.ok("refresh", api=api).err
    for told in (soon, done):
        assert "constraint removed by hand: - Never push to main (" in told
        assert "constraint added by hand: - Never eat at the desk (" in told
    assert "- Never push to main" not in ready.body
    assert "by hand" not in ready.ok("refresh").err


def test_what_an_edit_took_away_is_told_also_where_the_call_behind_it_fails(ready: World) -> None:
    """The edit is in the memory by then: no later command would tell it."""
    ready.edit("- Never push to main\n", "")
    failed = ready.run("refresh", "-n", "Prefer tea")
    assert failed.status == 5
    assert "- Never push to main" not in ready.body
    assert "constraint removed by hand: - Never push to main (" in failed.err

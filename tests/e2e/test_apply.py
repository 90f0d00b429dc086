"""A reply that waits for a yes: shown, applied, discarded, put into a memory that moved on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from memsync.merge import kept
from memsync.system.disk import RealDisk
from memsync.system.errors import LocalError
from tests.e2e.test_versions import AFTER, LINES, all_is_kept, rev
from tests.e2e.world import MEMORY, World, told
from tests.standin import StandIn


def wait_for_a_yes(world: World, reply: str, note: str = "Drop what is done") -> str:
    """A pending note, and Claude's reply to it kept on this machine as one that waits for a yes."""
    before = set(world.notes)
    world.ok("note", note)
    (new,) = set(world.notes) - before
    (state,) = [path for path in world.state.iterdir() if (path / "last_seen.md").is_file()]
    base = rev(world)
    one = kept.Kept(
        base,
        (new,),
        world.body,
        reply,
        "ask",
        ("more lines are gone",),
        "2026-11-22T06:08:12Z",
        "m",
    )
    kept.keep(RealDisk(state, LocalError), one, datetime.now(UTC))
    return new


def test_a_kept_reply_is_shown_applied_and_gone(ready: World) -> None:
    begin, priorities, rest = MEMORY.partition("## Current priorities\n")
    items, constraints, end = rest.partition("## Hard constraints\n")
    reply = f"{begin}{constraints}{end}\n{priorities}{items.rstrip()}\n- Parser 2.0 is out\n"
    note = wait_for_a_yes(ready, reply, "Parser 2.0 is out")
    before = ready.memory.read_bytes()
    assert ready.status()["kept_reply"]["notes"] == [note]
    done = ready.ok("apply")
    assert "new: - Parser 2.0 is out" in done.out
    assert ready.body == reply
    assert note in ready.merged
    all_is_kept(ready, before)
    assert ready.status()["kept_reply"] is None
    told(ready.run("apply"), 1, "no reply is waiting")
    ready.ok("undo")
    assert ready.body == MEMORY


def test_a_discarded_reply_is_gone_and_its_note_is_pending(ready: World) -> None:
    before = ready.memory.read_bytes()
    note = wait_for_a_yes(ready, MEMORY.replace("- Write the migration guide\n", ""))
    assert "still pending" in ready.ok("apply", "--discard").out
    assert ready.memory.read_bytes() == before
    assert set(ready.pending) == {note}
    assert ready.status()["kept_reply"] is None
    told(ready.run("apply", "--discard"), 1, "no reply is waiting")


def test_apply_puts_a_kept_reply_into_a_memory_that_moved_on(ready: World) -> None:
    reply = MEMORY.replace("- Write the migration guide\n", "- Migration guide written in June\n")
    note = wait_for_a_yes(ready, reply, "The migration guide was written in June")
    ready.edit(AFTER, AFTER + LINES[0])
    ready.run("refresh", MEMSYNC_API_KEY="")
    ready.edit("- Never push to main\n", "- Never push to main\n- Never push to release\n")
    ready.ok("apply")
    lines = ready.body.splitlines()
    assert lines.count("- Migration guide written in June") == 1
    assert "- Write the migration guide" not in lines
    assert lines.count("- one fish") == lines.count("- Never push to release") == 1
    assert note in ready.merged
    assert not ready.pending


@pytest.mark.parametrize(
    ("above", "heading"),
    [
        ("- Short answers, code first\n", "## Standing preferences"),
        ("- Write the migration guide\n", "## Current priorities"),
        ("## Standing preferences\n\n", "## Standing preferences"),
    ],
)
def test_apply_puts_no_line_of_the_user_below_another_heading(
    ready: World, above: str, heading: str
) -> None:
    """The reply put two sections in each other's place, and one of them got a line since."""
    begin, priorities, rest = MEMORY.partition("## Current priorities\n")
    items, constraints, rest = rest.partition("## Hard constraints\n")
    rules, standing, end = rest.partition("## Standing preferences\n")
    moved = f"{standing}{end}\n{constraints}{rules}{priorities}{items.rstrip()}\n"
    reply = f"{begin}{moved}- Parser 2.0 is out\n"
    note = wait_for_a_yes(ready, reply, "Parser 2.0 is out")
    ready.edit(above, f"{above}- Tea at four\n")
    done = ready.run("apply")
    assert done.status in (0, 1), done
    _, _, behind = ready.body.partition(f"{heading}\n")
    assert "- Tea at four" in behind.partition("\n## ")[0].splitlines()
    if done.status:
        assert "has changed too much" in done.err
        assert note in ready.pending


def test_a_reply_whose_note_another_machine_merged_waits_for_nobody(
    ready: World, tmp_path: Path
) -> None:
    wait_for_a_yes(ready, MEMORY.replace("Lisbon in March", "Lisbon in April"), "Lisbon: April")
    assert ready.status()["kept_reply"] is not None
    other = World(tmp_path / "other", ready.cloud)
    other.init()
    with StandIn() as api:
        other.ok("refresh", api=api)
    assert ready.status()["kept_reply"] is None
    assert "apply" not in ready.ok("status").out + ready.run("doctor").out
    told(ready.run("apply"), 1, "no longer pending")


def test_apply_where_both_changed_the_same_line_changes_nothing_or_loses_nothing(
    ready: World,
) -> None:
    wait_for_a_yes(ready, MEMORY.replace("Lisbon in March", "Lisbon in April"))
    ready.edit("Lisbon in March", "Porto in March")
    done = ready.run("apply")
    assert done.status in (0, 1), done
    assert "- Move to Porto in March\n" in ready.body
    if done.status:
        assert "memsync apply --discard" in done.err
        assert len(ready.pending) == 1


def test_apply_never_uses_what_the_guard_refuses(ready: World) -> None:
    before = ready.memory.read_bytes()
    wait_for_a_yes(ready, '{"memory": "updated"}')
    failed = ready.run("apply")
    assert failed.status in (1, 6), failed
    assert "memsync apply --discard" in failed.err
    assert ready.memory.read_bytes() == before
    assert len(ready.pending) == 1


def test_apply_guards_the_constraints_below_the_headings_of_the_setting(ready: World) -> None:
    ready.ok("config", "set", "constraint_headings", "Standing preferences")
    rule = "- Tests before a refactoring\n"
    reply = ready.body.replace(rule, "- Tests after a refactoring, where there is time\n")
    wait_for_a_yes(ready, reply, "Tests after a refactoring, where there is time")
    ready.run("apply")
    assert rule in ready.body

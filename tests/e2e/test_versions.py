"""Going back: undo, restore, apply, prune, and what history and diff say.

Nothing on the way is lost.
"""

from __future__ import annotations

import difflib
import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memsync.memory.text.document import parse
from tests.e2e.ending import fails
from tests.e2e.shelf import Shelf, keep
from tests.e2e.world import MEMORY, World, told, tree
from tests.standin import StandIn

LINES = ["- one fish\n", "- two fish\n", "- red fish\n"]
AFTER = "- Short answers, code first\n"


def rev(world: World) -> str:
    return parse(world.memory.read_bytes()).rev


def body(count: int) -> str:
    """The memory with the first lines by hand."""
    return MEMORY.replace(AFTER, AFTER + "".join(LINES[:count]))


@pytest.fixture(scope="module")
def with_four(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A memory with four versions; each later one has one more line by hand, so none needed a
    call.
    """
    world = World(tmp_path_factory.mktemp("four"))
    world.begin()
    for number, line in enumerate(LINES, 1):
        last = LINES[number - 2] if number > 1 else AFTER
        world.edit(last, last + line)
        world.ok("refresh")
        assert world.body == body(number)
    return keep(world, tmp_path_factory.mktemp("good"))


@pytest.fixture
def four(with_four: Shelf) -> World:
    """A memory with four versions."""
    return with_four.put_right()


def all_is_kept(world: World, *raws: bytes) -> None:
    there = [
        *world.backups.values(),
        *(path.read_bytes() for path in world.folder.glob("conflicts/*")),
    ]
    assert [raw for raw in raws if raw not in there] == []
    assert world.memory.read_bytes() in world.backups.values()
    assert world.target.read_bytes() == world.memory.read_bytes()


def test_undo_goes_back_one_version_at_a_time_and_never_forth(four: World) -> None:
    seen = [four.memory.read_bytes()]
    merged = four.merged
    for count in (2, 1, 0):
        done = four.ok("undo")
        assert four.body == body(count)
        assert f"gone: {LINES[count].strip()}" in done.out
        assert merged <= four.merged
        seen.append(four.memory.read_bytes())
        all_is_kept(four, *seen)
    told(four.run("undo"), 1, "memsync history")
    assert four.memory.read_bytes() == seen[-1]
    assert not four.pending
    assert four.ok("refresh").out == "no changes.\n"
    assert four.body == MEMORY


def test_a_record_of_versions_that_is_garbage_hinders_nothing(four: World) -> None:
    (record,) = four.state.glob("*/seen_versions")
    record.write_bytes(b"\xff\xfe\0 since ever\n")
    four.ok("undo")
    assert four.body == body(2)
    assert rev(four) in record.read_text(encoding="ascii")


def test_undo_prints_the_command_that_brings_it_back(four: World) -> None:
    done = four.ok("undo")
    (back,) = [
        line.partition("memsync ")[2]
        for line in done.out.splitlines()
        if "to bring it back" in line
    ]
    again = four.ok(*back.split())
    assert four.body == body(3)
    assert "restored" in again.out
    four.ok("undo")
    assert four.body == body(2)


def test_undo_of_an_edit_that_was_not_merged_yet_takes_the_edit_back(four: World) -> None:
    four.edit(LINES[2], LINES[2] + "- blue fish\n")
    by_hand = four.memory.read_bytes()
    four.ok("undo")
    assert four.body == body(3)
    all_is_kept(four, by_hand)
    assert any("+ - blue fish\n" in text for text in four.notes.values())
    four.ok("refresh")
    assert four.body == body(3)


def test_a_new_edit_after_an_undo_is_undone_first(four: World) -> None:
    four.ok("undo")
    four.edit(LINES[1], LINES[1] + "- blue fish\n")
    four.ok("refresh")
    four.ok("undo")
    assert four.body == body(2)
    four.ok("undo")
    assert four.body == body(1)


@pytest.mark.parametrize("by", ["steps", "revision", "four digits", "backup"])
def test_a_version_is_named_by_steps_revision_digits_or_backup(four: World, by: str) -> None:
    before = four.memory.read_bytes()
    rows = four.ok("history", "--json").json["versions"]
    (row,) = [one for one in rows if one["steps"] == 3]
    name = {
        "steps": "-3",
        "revision": row["rev"],
        "four digits": row["rev"][:4],
        "backup": next(name for name in four.backups if row["rev"] in name),
    }[by]
    wanted = parse(four.backups[next(name for name in four.backups if row["rev"] in name)]).body
    assert four.ok("diff", name).status == 0
    merged = four.merged
    four.ok("restore", name)
    assert four.body == wanted
    assert merged <= four.merged
    all_is_kept(four, before)
    four.ok("undo") if by == "steps" else None


@pytest.mark.parametrize("name", ["-99", "-0", "ffff", "x", "GLOBAL_MEMORY_20200101_000000.md"])
def test_a_version_that_is_not_there_is_said_and_nothing_changes(four: World, name: str) -> None:
    before = tree(four.folder)
    for command in ("restore", "diff"):
        told(four.run(command, name), 1, "memsync history")
    assert tree(four.folder) == before


def test_a_backup_of_the_prototype_can_be_restored(four: World) -> None:
    before = four.memory.read_bytes()
    old = "GLOBAL_MEMORY_20260101_101112.md"
    (four.folder / "backups" / old).write_text(
        "# Global Memory\n\n## Identity & context\n\n- Old\n", encoding="utf-8"
    )
    assert four.run("restore", old).status == 6, "nobody here has seen it"
    four.ok("restore", old, "--yes")
    assert four.body == "# Global Memory\n\n## Identity & context\n\n- Old\n"
    all_is_kept(four, before)
    four.ok("undo")
    assert four.body == body(3)


@pytest.mark.parametrize("damage", [None, b"", b"\0" * 900, b"# caf\xe9\n", b"half of a mem"])
def test_restore_cures_a_memory_that_is_missing_or_damaged(
    four: World, damage: bytes | None
) -> None:
    whole, merged = four.memory.read_bytes(), four.merged
    if damage is None:
        four.memory.unlink()
    else:
        four.memory.write_bytes(damage)
    fails(four.run("refresh"), 4)
    done = four.ok("restore", parse(whole).rev)
    assert four.body == body(3)
    assert merged <= four.merged
    if damage is not None:
        kept_in = [
            path for path in (four.folder / "conflicts").iterdir() if path.read_bytes() == damage
        ]
        assert len(kept_in) == 1
        assert str(kept_in[0]) in done.err
    all_is_kept(four, whole)
    assert not four.pending
    assert four.ok("refresh").out == "no changes.\n"


def test_restore_minus_one_brings_a_missing_memory_back(four: World) -> None:
    whole = four.memory.read_bytes()
    four.memory.unlink()
    told(four.run("status"), 4)
    fails(four.run("refresh"), 4, "memsync restore -1")
    done = four.ok("restore", "-1")
    assert re.search(r"^  \+[1-9]\d* ~0 -0$", done.out, re.MULTILINE)
    assert "gone:" not in done.out
    assert four.body == parse(whole).body
    assert parse(whole).footer is not None
    all_is_kept(four, whole)


def test_history_names_time_lines_and_the_current_version(four: World) -> None:
    lines = four.ok("history").out.splitlines()
    assert lines[0].split()[0] == "current"
    assert rev(four) in lines[0]
    assert f"{datetime.now(UTC):%Y-%m-%d}" in lines[0]
    assert "+1 -0" in lines[0]
    assert [line.split()[0] for line in lines[1:]] == [f"-{n}" for n in range(1, len(lines))]
    found = four.ok("history", "--json").json["versions"]
    assert found[0]["rev"] == rev(four)
    assert len({row["rev"] for row in found}) == len(found)


def test_history_of_a_line_names_the_note_it_came_from(ready: World) -> None:
    with StandIn() as api:
        ready.ok("refresh", "-n", "Prefer tea", api=api)
    ready.edit(AFTER, AFTER + LINES[0])
    ready.ok("refresh")
    note = next(one for one, text in ready.notes.items() if text.strip() == "Prefer tea")
    said = ready.ok("history", "prefer TEA").out
    assert said.splitlines()[0] == "- Prefer tea"
    assert f"note {note} (note" in said
    edit = ready.ok("history", LINES[0].strip()).out.splitlines()[-1]
    assert edit.endswith("(edit): + - one fish")  # the line, not what stands above it
    assert ready.ok("history", "Prefer tea", "--json").json["notes"][0]["id"] == note
    told(ready.run("history", "never said"), 1, "no line")
    told(ready.run("history", "Never"), 1, "lines of the memory")


def test_diff_shows_the_last_change_and_any_two_versions(four: World) -> None:
    assert "+- red fish\n" in four.ok("diff").out
    current = rev(four)
    oldest = next(
        row["rev"] for row in four.ok("history", "--json").json["versions"] if row["added"] > 5
    )
    shown = four.ok("diff", oldest, current).out
    wanted = list(difflib.unified_diff(MEMORY.splitlines(), body(3).splitlines(), lineterm="", n=3))
    assert shown.splitlines()[2:] == wanted[2:]
    assert four.ok("diff", current, current).out == "No differences.\n"
    told(four.run("diff", "-1", "-2", "-3"), 2)
    four.edit(LINES[2], LINES[2] + "- blue fish\n")
    assert "+- blue fish\n" in four.ok("diff").out


def old_backups(world: World, count: int, *, days: int = 90) -> list[str]:
    """Backups of the prototype's form, one an hour, the newest `days` old."""
    newest = datetime.now(UTC) - timedelta(days=days)
    names = [f"GLOBAL_MEMORY_{newest - timedelta(hours=n):%Y%m%d_%H%M%S}.md" for n in range(count)]
    for name in names:
        (world.folder / "backups" / name).write_text(f"{name}\n", encoding="utf-8")
    return names


def test_prune_keeps_the_twenty_newest_and_what_is_needed(four: World) -> None:
    current, before = rev(four), parse(four.memory.read_bytes()).footer
    assert before is not None
    for path in sorted((four.folder / "backups").iterdir()):  # all of them are the oldest now
        path.rename(path.with_name("GLOBAL_MEMORY_20190101" + path.name[22:]))
    mine = set(four.backups)
    names = old_backups(four, 25)
    recent = old_backups(four, 2, days=1)
    notes = four.notes
    assert "No backups older" in four.ok("prune", "--keep-days", "99999").out
    done = four.ok("prune")
    left = set(four.backups)
    assert set(recent) | set(names[:18]) <= left
    assert not set(names[18:]) & left
    assert {name for name in mine if current in name or before.origin in name} <= left
    assert len(mine & left) <= 3, "the current version, its `from`, and the one that undo goes to"
    gone = (mine | set(names)) - left
    assert f"Pruned {len(gone)} backup" in done.out
    assert all(name in done.out for name in gone)
    assert four.notes == notes
    assert "No backups older" in four.ok("prune").out
    four.ok("undo")
    assert four.body == body(2)


def test_prune_keeps_the_base_of_an_edit_that_is_pending(four: World) -> None:
    oldest = next(name for name, raw in four.backups.items() if parse(raw).body == MEMORY)
    base = parse(four.backups[oldest]).rev
    copy = four.backups[oldest].replace(AFTER.encode(), (AFTER + "- grey fish\n").encode())
    (four.folder / "GLOBAL_MEMORY-LAPTOP.md").write_bytes(copy)
    # Whatever has no clear place needs Claude, and there is no key
    four.run("refresh", MEMSYNC_API_KEY="")
    for path in sorted((four.folder / "backups").iterdir()):
        path.rename(path.with_name("GLOBAL_MEMORY_20190101" + path.name[22:]))
    old_backups(four, 21)
    four.ok("prune")
    if not any("- grey fish\n" in line for line in [four.body]):
        assert any(base in name for name in four.backups), "the base of a pending edit was pruned"


def test_prune_days_come_from_the_settings_or_the_option(ready: World) -> None:
    names = old_backups(ready, 25, days=40)
    four_hundred = ready.ok("config", "set", "keep_days", "400")
    assert four_hundred.status == 0
    assert "No backups older than 400 days." in ready.ok("prune").out
    assert " backups older than 1 day.\n" in ready.ok("prune", "--dry-run", "--keep-days", "1").out
    for days in ("-1", "100001"):
        told(ready.run("prune", "--keep-days", days), 1, "memsync prune --keep-days 30")
    assert ready.run("prune", "--keep-days", "soon").status == 2
    ready.ok("prune", "--keep-days", "0")
    assert len([name for name in names if name in ready.backups]) < 20


def test_a_forgotten_note_is_never_sent_and_its_text_stays(ready: World) -> None:
    ready.ok("note", "a secret plan")
    ready.ok("note", "Prefer tea")
    first = next(one for one, text in ready.notes.items() if text.strip() == "a secret plan")
    second = next(one for one in ready.notes if one in ready.pending and one != first)
    done = ready.ok("forget", first)
    assert first in done.out
    assert "memsync note" in done.out
    assert ready.notes[first].strip() == "a secret plan"
    gone = ready.ok("forget", second[:4], "--delete")
    assert "Prefer tea\n" in gone.out
    assert second not in ready.notes
    assert not ready.pending
    assert ready.body == MEMORY
    told(ready.run("forget", first), 1, "memsync status")
    told(ready.run("forget", "zzzz"), 1, "no pending note")


def test_versions_of_one_second_are_all_kept(ready: World) -> None:
    """Backups cannot collide: the prototype's names had one second."""
    raws = []
    begin = time.time()
    for line in LINES:
        ready.edit(AFTER, AFTER + line)
        raws.append(ready.memory.read_bytes())
        ready.ok("refresh")
        raws.append(ready.memory.read_bytes())
    all_is_kept(ready, *raws)
    assert os.stat(ready.memory).st_mtime >= begin - 1
    assert Path(ready.memory).is_file()


def test_an_undo_whose_note_has_not_arrived_yet_is_not_turned_round(ready: World) -> None:
    with StandIn() as api:
        for note in ("Prefer tea", "Prefer milk"):
            ready.ok("refresh", "-n", note, api=api)
    before = set(ready.notes)
    ready.ok("undo")
    (note,) = set(ready.notes) - before
    (file,) = ready.folder.glob(f"sessions/*/*{note}.md")
    file.unlink()
    ready.ok("undo")
    assert "Prefer" not in ready.body


@pytest.mark.parametrize("damaged", [b"", b"\n", "# Notes\n".encode("utf-16"), b"# No\0tes\n"])
def test_what_was_no_text_is_never_shown_or_restored_as_an_empty_memory(
    ready: World, damaged: bytes
) -> None:
    """It lies in backups/, as all that was replaced, and counts as the version before."""
    ready.edit("- Move to Lisbon in March\n", "- Move to Porto in March\n")
    ready.ok("refresh")
    moved = ready.body
    ready.memory.write_bytes(damaged)
    ready.run("doctor", "--fix")
    assert ready.body == moved
    assert damaged in ready.backups.values()
    for words in (["restore", "-1", "--yes"], ["show", "-1"], ["diff", "-1"]):
        told(ready.run(*words), 1, "is no version that can be read: it ", str(ready.folder))
    assert ready.body == moved
    ready.ok("restore", "-3", "--yes")
    assert ready.body == MEMORY

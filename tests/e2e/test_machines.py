"""Two machines and one cloud folder: what is written on either is in the memory of both, once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.ending import fails
from tests.e2e.world import MEMORY, World
from tests.standin import StandIn
from tests.systems import posix_only

NEW = "- Drinks tea, never coffee\n"


@pytest.fixture
def other(ready: World, tmp_path: Path) -> World:
    """A second machine that joined the memory of the first."""
    second = World(tmp_path / "second", ready.cloud)
    second.init()
    return second


def without_a_key(world: World, *words: str) -> None:
    """A refresh that observes, links, and then finds no key: no call, no SDK."""
    fails(world.run("refresh", *words, MEMSYNC_API_KEY=""), 5, "memsync config set api_key")


def edited(raw: bytes) -> bytes:
    """The bytes of a memory with one line in the place of another, as an editor writes it: that
    needs no call.
    """
    old = b"- Short answers, code first\n"
    assert old in raw
    return raw.replace(old, NEW.encode())


def both_show_the_memory(*worlds: World) -> None:
    for world in worlds:
        assert world.target.is_symlink()
        assert world.target.read_bytes() == world.memory.read_bytes()


def in_conflicts(world: World) -> list[bytes]:
    return [path.read_bytes() for path in sorted((world.folder / "conflicts").glob("*"))]


def test_notes_and_an_edit_of_two_machines_are_merged_once(ready: World, other: World) -> None:
    ready.ok("note", "Prefer tea")
    other.ok("note", "Never deploy on Fridays")
    ready.edit("- Move to Lisbon in March", "- Move to Porto in March")
    with StandIn() as api:
        first = other.ok("refresh", "-n", "Ship 2.0 in May", api=api)
        assert first.out.startswith("done.\n")
        assert ready.ok("refresh", api=api).out == "no changes.\n"
    assert api.calls == 1
    lines = ready.body.splitlines()
    for line in (
        "- Prefer tea",
        "- Never deploy on Fridays",
        "- Ship 2.0 in May",
        "- Move to Porto in March",
    ):
        assert lines.count(line) == 1
    assert "- Move to Lisbon in March" not in lines
    assert not ready.pending
    assert ready.merged == set(ready.notes)
    both_show_the_memory(ready, other)
    assert other.status()["revision"] == ready.status()["revision"]


def test_what_another_machine_brought_is_told_line_by_line_once(ready: World, other: World) -> None:
    """Whoever can write into the cloud folder can write a version with a valid footer."""
    with StandIn() as api:
        ready.ok("refresh", "-n", "Prefer tea", api=api)
    other.edit("- Never push to main\n", "")
    other.ok("refresh")
    came = [line for line in ready.ok("refresh").err.splitlines() if line.startswith("from ")]
    version = ready.status()["revision"]
    assert came == [
        f"from version {version}: - - Never push to main",
        f"from version {version}: constraint gone: - Never push to main",
    ]
    assert "from version" not in ready.ok("refresh").err


def test_an_edit_of_one_machine_is_not_undone_by_the_other(ready: World, other: World) -> None:
    ready.edit("- Write the migration guide\n", "")
    ready.ok("refresh")
    other.edit("- Short answers, code first\n", f"- Short answers, code first\n{NEW}")
    other.ok("refresh")
    ready.ok("refresh")
    assert ready.body == MEMORY.replace("- Write the migration guide\n", "").replace(
        "- Short answers, code first\n", f"- Short answers, code first\n{NEW}"
    )


@pytest.mark.parametrize(
    "name", ["GLOBAL_MEMORY-DESKTOP-AB12.md", "GLOBAL_MEMORY (Ada's conflicted copy 2026-11-22).md"]
)
def test_an_edit_in_a_conflict_copy_comes_into_the_memory(
    ready: World, other: World, name: str
) -> None:
    copy = edited(ready.memory.read_bytes())
    (ready.folder / name).write_bytes(copy)
    done = ready.ok("refresh")
    assert name in done.err
    assert "conflicts" in done.err
    assert not (ready.folder / name).exists()
    assert in_conflicts(ready) == [copy]
    assert NEW in ready.body
    assert ready.body == edited(MEMORY.encode()).decode()
    assert [text for text in ready.notes.values() if f"+ {NEW}" in text]
    assert ready.status()["conflicts"] == 1
    assert other.ok("refresh").out == "no changes.\n"
    assert ready.body.count(NEW) == 1


def test_two_machines_that_see_the_same_conflict_copy_write_the_same_note(
    ready: World, tmp_path: Path
) -> None:
    """The folder is copied, as a sync client does it, before either machine has looked."""
    (ready.folder / "GLOBAL_MEMORY-DESKTOP-AB12.md").write_bytes(edited(ready.memory.read_bytes()))
    far = World(tmp_path / "far")
    shutil.copytree(ready.folder, far.cloud / ready.folder.name)
    far.init()
    ready.ok("refresh")
    far.ok("refresh")
    assert far.merged == ready.merged
    assert far.body == ready.body


@pytest.mark.parametrize("edit", [lambda raw: raw, edited])
def test_a_line_appended_behind_the_footer_of_a_conflict_copy_comes_into_the_memory(
    ready: World, other: World, edit: Callable[[bytes], bytes]
) -> None:
    """`echo >>` on a laptop in a train, and the sync client keeps both files."""
    line = b"- The spare key lies at Mia's\n"
    copy = edit(ready.memory.read_bytes()) + line
    name = "GLOBAL_MEMORY-LAPTOP.md"
    (ready.folder / name).write_bytes(copy)
    done = ready.ok("refresh")
    assert name in done.err
    assert in_conflicts(ready) == [copy]
    assert sorted(ready.body.splitlines()) == sorted(
        [*edit(MEMORY.encode()).decode().splitlines(), line.decode().strip()]
    )
    assert other.ok("refresh").out == "no changes.\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-9],
        lambda raw: raw.partition(b"\n<!-- memsync:")[0],
        lambda raw: raw.replace(b"merged: ", b"merged: 0123456789ab "),
        lambda raw: raw + b"- The spare k",
        lambda raw: raw.replace(b"rev: ", b"rev: 00") + b"- The spare key\n",
    ],
    ids=["cut", "without footer", "tampered", "half a line", "appended to a tampered one"],
)
def test_a_conflict_copy_that_is_left_alone_is_told_and_refresh_is_no_way_out(
    ready: World, damage: Callable[[bytes], bytes]
) -> None:
    copy = damage(ready.memory.read_bytes())
    file = ready.folder / "GLOBAL_MEMORY (1).md"
    file.write_bytes(copy)
    before = ready.memory.read_bytes()
    assert ready.ok("refresh").out == "no changes.\n"
    assert file.read_bytes() == copy
    assert ready.memory.read_bytes() == before
    findings = ready.ok("doctor", "--json").json["findings"]
    (found,) = (one for one in findings if file.name in one["what"])
    assert "left alone" in found["what"]
    assert "memsync refresh" not in found["fix"]


def test_a_whole_conflict_copy_is_only_moved(ready: World) -> None:
    whole = ready.memory.read_bytes()
    (ready.folder / "GLOBAL_MEMORY-LAPTOP.md").write_bytes(whole)
    (ready.folder / "GLOBAL_MEMORY-ideas.md").write_text("my own list\n", encoding="utf-8")
    notes = set(ready.notes)
    done = ready.ok("refresh")
    assert done.out == "no changes.\n"
    assert "; nothing in it is new\n" in done.err
    assert in_conflicts(ready) == [whole]
    assert set(ready.notes) == notes
    assert ready.memory.read_bytes() == whole
    assert (ready.folder / "GLOBAL_MEMORY-ideas.md").read_text(encoding="utf-8") == "my own list\n"


def test_when_rclone_renames_both_sides_the_memory_gets_its_name_back(ready: World) -> None:
    whole = ready.memory.read_bytes()
    ready.memory.rename(ready.folder / "GLOBAL_MEMORY.md.conflict1")
    (ready.folder / "GLOBAL_MEMORY.md.conflict2").write_bytes(edited(whole))
    done = ready.ok("refresh")
    assert done.status == 0
    assert ready.body == edited(MEMORY.encode()).decode()
    assert not list(ready.folder.glob("*.conflict*"))
    assert sorted(in_conflicts(ready)) == sorted([whole, edited(whole)])
    both_show_the_memory(ready)


def test_what_has_lines_behind_its_footer_gets_the_name_back_after_a_whole_copy(
    ready: World,
) -> None:
    whole, line = ready.memory.read_bytes(), b"- The spare key lies at Mia's\n"
    ready.memory.rename(ready.folder / "GLOBAL_MEMORY.md.conflict1")
    (ready.folder / "GLOBAL_MEMORY.md.conflict2").write_bytes(edited(whole) + line)
    ready.ok("refresh")
    assert NEW in ready.body
    assert line.decode() in ready.body
    assert sorted(in_conflicts(ready)) == sorted([whole, edited(whole) + line])


@pytest.mark.parametrize(
    ("folder", "sibling"), [(".claude-memory", " 2"), ("claude-memory", " (1)")]
)
def test_notes_of_a_second_memory_folder_are_taken_over(
    ready: World, folder: str, sibling: str
) -> None:
    if not ready.folder.name == folder:
        ready.folder.rename(ready.cloud / folder)
        ready.target.unlink()
        ready.ok("refresh")
    beside = ready.cloud / f"{folder}{sibling}"
    ready.ok("note", "Prefer tea")
    (path,) = ready.folder.glob("sessions/*/*.md") if len(ready.notes) == 1 else _newest(ready)
    lost = beside / path.relative_to(ready.folder)
    lost.parent.mkdir(parents=True)
    path.rename(lost)
    shutil.copy(ready.memory, beside / ready.memory.name)
    shutil.copytree(ready.cloud / folder / "backups", beside / "backups")
    before = {one: one.read_bytes() for one in beside.rglob("*") if one.is_file()}
    done = ready.run("refresh", MEMSYNC_API_KEY="")
    assert done.status == 5, done
    assert [text.strip() for text in ready.pending.values()] == ["Prefer tea"]
    assert {one: one.read_bytes() for one in beside.rglob("*") if one.is_file()} == before
    with StandIn() as api:
        said = ready.ok("refresh", api=api)
    assert str(beside) in done.err + said.err + ready.run("doctor").out
    assert ready.body.count("- Prefer tea\n") == 1


def _newest(world: World) -> list[Path]:
    return [max(world.folder.glob("sessions/*/*.md"), key=lambda one: one.stat().st_mtime_ns)]


def test_an_edit_in_a_second_memory_folder_is_taken_over(ready: World) -> None:
    beside = ready.cloud / f"{ready.folder.name} 2"
    shutil.copytree(ready.folder, beside)
    (beside / "GLOBAL_MEMORY.md").write_bytes(edited(ready.memory.read_bytes()))
    ready.ok("refresh")
    ready.ok("refresh")
    assert ready.body == edited(MEMORY.encode()).decode()
    assert ready.ok("refresh").out == "no changes.\n"


def test_notes_from_before_init_wait_and_are_merged_after_it(world: World) -> None:
    noted = world.run("note", "Prefer tea")
    assert (noted.status, noted.out[:6]) == (3, "noted "), noted
    assert str(world.state / "outbox") in noted.err
    fails(
        world.run("refresh", "-n", "Never deploy on Fridays"),
        3,
        "the note waits in",
        "memsync init",
    )
    assert sorted(text.strip() for text in world.outbox.values()) == [
        "Never deploy on Fridays",
        "Prefer tea",
    ]
    assert not list(world.cloud.iterdir())
    waiting = set(world.outbox)
    world.init()
    with StandIn() as api:
        world.ok("refresh", api=api)
    assert not world.outbox
    assert waiting <= world.merged
    assert (
        world.body.count("- Prefer tea\n") == world.body.count("- Never deploy on Fridays\n") == 1
    )


@posix_only("there CLAUDE.md is a copy")
def test_while_the_folder_is_away_notes_wait_and_the_last_memory_is_read(ready: World) -> None:
    whole = ready.memory.read_bytes()
    away = ready.root / "away"
    home = ready.folder
    home.rename(away)
    noted = ready.ok("note", "Prefer tea")
    assert noted.out.startswith("noted ")
    assert str(ready.state / "outbox") in noted.err
    fails(ready.run("refresh", "-n", "Ship 2.0 in May"), 4, "is not there")
    assert sorted(text.strip() for text in ready.outbox.values()) == [
        "Prefer tea",
        "Ship 2.0 in May",
    ]
    assert not ready.target.is_symlink()
    assert ready.target.read_bytes() == whole
    assert not list(ready.cloud.iterdir())
    away.rename(home)
    without_a_key(ready)
    assert not ready.outbox
    assert sorted(text.strip() for text in ready.pending.values()) == [
        "Prefer tea",
        "Ship 2.0 in May",
    ]
    both_show_the_memory(ready)


def test_what_was_written_into_the_copy_while_the_folder_was_away_is_kept(ready: World) -> None:
    home, away = ready.folder, ready.root / "away"
    home.rename(away)
    fails(ready.run("refresh"), 4, "is not there")
    ready.target.write_bytes(edited(ready.target.read_bytes()))
    away.rename(home)
    ready.ok("refresh")
    assert ready.body == edited(MEMORY.encode()).decode()
    both_show_the_memory(ready)

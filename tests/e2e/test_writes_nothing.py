"""Commands that only show, and every dry run, leave names, bytes and modes as they were."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from tests.e2e.world import MEMORY, World, told, tree
from tests.standin import StandIn
from tests.systems import posix_only

SHOWING = [
    ["--help"],
    ["--version"],
    ["refresh", "--help"],
    ["status"],
    ["status", "--json"],
    ["show"],
    ["notes"],
    ["notes", "--all", "--json", "tea"],
    ["usage"],
    ["diff"],
    ["diff", "-1"],
    ["history"],
    ["history", "--all", "--json"],
    ["providers"],
    ["providers", "--json"],
    ["config"],
    ["config", "show"],
    ["config", "get", "model"],
    ["config", "path"],
    ["prune", "--dry-run", "--keep-days", "0"],
]
if importlib.util.find_spec("memsync.commands.doctor.command"):
    SHOWING += [["doctor"], ["doctor", "--json"]]


def all_leave_everything(world: World, *allowed: int) -> None:
    before = tree(world.root)
    for words in SHOWING:
        shown = world.run(*words)
        assert shown.status in allowed, (words, shown)
        assert tree(world.root) == before, words


def busy(world: World) -> None:
    """A pending note, one in the outbox, a hand edit, a conflict copy, another backup, an old temp
    file.
    """
    world.begin()
    world.ok("note", "Prefer tea")
    world.edit("- Short answers", "- Very short answers")
    shutil.copy(world.memory, world.folder / "GLOBAL_MEMORY-LAPTOP.md")
    day = world.state / "outbox" / "2026-11-22"
    day.mkdir(parents=True)
    note = next(world.folder.glob("sessions/*/*.md"))
    shutil.move(note, day / note.name)
    stale = world.folder / ".~GLOBAL_MEMORY.md.0123456789abcdef.tmp"
    stale.write_bytes(b"left over")
    os.utime(stale, (1, 1))


def test_showing_leaves_a_busy_folder_as_it_is(world: World) -> None:
    busy(world)
    all_leave_everything(world, 0)


def test_showing_leaves_a_copy_that_was_edited_as_it_is(world: World) -> None:
    world.init("--link", "copy")
    world.target.write_bytes(
        world.target.read_bytes().replace(b"## Standing", b"- a line\n\n## Standing")
    )
    all_leave_everything(world, 0, 1)


def test_showing_makes_nothing_before_init(world: World) -> None:
    all_leave_everything(world, 0, 3)


def test_showing_makes_nothing_while_the_memory_folder_is_missing(ready: World) -> None:
    ready.folder.rename(ready.root / "not synced yet")
    all_leave_everything(ready, 0, 4)


def test_showing_makes_nothing_while_the_memory_is_missing(ready: World) -> None:
    ready.memory.unlink()
    before = tree(ready.root)
    for words in SHOWING:
        ready.run(*words)
        assert tree(ready.root) == before, words


def test_a_dry_run_prints_the_new_memory_and_writes_nothing(world: World) -> None:
    busy(world)
    before = tree(world.root)
    with StandIn() as api:
        done = world.run("refresh", "--dry-run", "-n", "Never deploy on Fridays", api=api)
    assert tree(world.root) == before
    assert done.status == 0, done
    expected = MEMORY.replace("Short answers", "Very short answers").replace(
        "is deleted\n", "is deleted\n- Never deploy on Fridays\n"
    )
    assert done.out == expected + "- Prefer tea\n"
    assert "[DRY RUN] No files written." in done.err
    assert "edited by hand" in done.err, "it says what it would capture"
    assert sorted(note for call in api.notes for note in call) == [
        "Never deploy on Fridays",
        "Prefer tea",
    ]


def test_a_dry_run_as_json_names_nothing_that_was_not_made(ready: World) -> None:
    before = tree(ready.root)
    with StandIn() as api:
        done = ready.ok("refresh", "--dry-run", "--json", "-n", "Prefer tea", api=api)
    assert tree(ready.root) == before
    assert "[DRY RUN] No files written." in done.err
    assert done.json["result"] == "dry run"
    assert "- Prefer tea\n" in done.json["body"]
    assert not {"backup", "revision", "merged"} & set(done.json)


@pytest.mark.parametrize(
    ("scenario", "status", "words"),
    [
        ("elided", 6, "was refused"),
        ("sections swapped", 6, "needs a yes"),
        ("max_tokens", 5, "max_tokens"),
    ],
)
def test_a_dry_run_ends_as_the_real_run_would(
    ready: World, scenario: str, status: int, words: str
) -> None:
    before = tree(ready.root)
    with StandIn(scenario) as api:
        dry = ready.run("refresh", "--dry-run", "-n", "Never deploy on Fridays", api=api)
    assert tree(ready.root) == before
    assert dry.status == status
    assert words in dry.err
    assert str(ready.state) not in dry.err, "a dry run keeps nothing there"


def test_a_dry_run_of_nothing_makes_no_call(ready: World) -> None:
    before = tree(ready.root)
    done = ready.run("refresh", "--dry-run")
    assert (done.status, done.out) == (0, MEMORY), done
    assert tree(ready.root) == before


@pytest.mark.parametrize("link", ["symlink", "copy"])
def test_a_dry_run_does_not_heal_the_target(world: World, link: str) -> None:
    world.init("--link", link)
    world.target.unlink()
    before = tree(world.root)
    assert world.run("refresh", "--dry-run").status == 0
    assert tree(world.root) == before


def test_a_dry_run_before_init_says_what_to_type(world: World) -> None:
    before = tree(world.root)
    refused = world.run("refresh", "--dry-run", "-n", "Prefer tea")
    assert tree(world.root) == before
    told(refused, 3, "memsync init")


def test_a_dry_run_without_the_memory_folder_makes_none(ready: World) -> None:
    ready.folder.rename(ready.root / "not synced yet")
    before = tree(ready.root)
    refused = ready.run("refresh", "--dry-run", "-n", "Prefer tea")
    assert tree(ready.root) == before
    told(refused, 4)


def test_a_dry_prune_names_what_the_real_one_removes(ready: World) -> None:
    names = [f"GLOBAL_MEMORY_2020{month:02}01_000000.md" for month in range(1, 13)]
    names += [f"GLOBAL_MEMORY_2021{month:02}01_000000.md" for month in range(1, 13)]
    for name in names:
        (ready.folder / "backups" / name).write_text(f"{name}\n", encoding="utf-8")
    before = tree(ready.root)
    dry = ready.ok("prune", "--dry-run")
    assert tree(ready.root) == before
    assert [name for name in names if name in dry.out] == names[:5]
    ready.ok("prune")
    assert set(ready.backups) & set(names) == set(names[5:])


def test_help_of_every_command_has_an_example(world: World, tmp_path: Path) -> None:
    from memsync.commands.register import COMMANDS

    before = tree(tmp_path)
    for name in COMMANDS:
        if importlib.util.find_spec(f"memsync.commands.{name}"):
            shown = world.run(name, "--help")
            assert shown.status == 0
            assert f"memsync {name}" in shown.out.partition("example:")[2]
    assert tree(tmp_path) == before


@posix_only("links")
@pytest.mark.parametrize("to", ["/dev/zero", "CLAUDE.md", "nowhere", "..", "settings.json"])
def test_a_dry_run_ends_as_the_real_one_where_a_link_was_turned_elsewhere(
    world: World, to: str
) -> None:
    world.begin()
    (world.target.parent / "settings.json").write_text("{}", encoding="utf-8")
    world.target.unlink()
    world.target.symlink_to(to)
    before = tree(world.root)
    dry = world.run("refresh", "--dry-run")
    assert tree(world.root) == before
    real = world.run("refresh")
    assert (dry.status, real.status) == (0, 0), (dry, real)
    assert world.target.read_bytes() == world.memory.read_bytes()

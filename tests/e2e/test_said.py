"""What the command line says when it cannot go on: the right name, once, and what to type helps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from memsync.system.machine import quoted
from tests.e2e.damages import doctor, said, whole
from tests.e2e.ending import fails
from tests.e2e.world import World, told, tree
from tests.systems import posix_only


def with_onedrive(world: World) -> Path:
    """A OneDrive folder that is in use, and `memsync init` on it."""
    folder = world.home / "OneDrive"
    folder.mkdir()
    (folder / "a file").touch()
    world.ok("init")
    assert world.status()["provider"] == "onedrive"
    return folder


@pytest.mark.parametrize(
    "words", [[], ["--force"], ["--provider", "onedrive"], ["--sync-root", "home/OneDrive"]]
)
def test_a_wrong_memsync_onedrive_is_said_although_a_path_is_pinned(
    world: World, words: list[str]
) -> None:
    with_onedrive(world)
    before = tree(world.root)
    told(
        world.run("init", *words, MEMSYNC_ONEDRIVE=str(world.root / "nope")),
        4,
        "MEMSYNC_ONEDRIVE",
        "nope",
    )
    assert tree(world.root) == before


def test_memsync_onedrive_is_nothing_to_another_provider(ready: World) -> None:
    nope = str(ready.root / "nope")
    ready.ok("init", MEMSYNC_ONEDRIVE=nope)
    ready.ok("init", "--sync-root", str(ready.cloud), MEMSYNC_ONEDRIVE=nope)
    ready.ok("status", MEMSYNC_ONEDRIVE=nope)


@posix_only("Windows has no such names")
@pytest.mark.parametrize(
    ("name", "shown"), [("a\tb", "a\\tb"), ("a\nb", "a\\nb"), ("a\x7fb", "a\\x7fb")]
)
def test_a_folder_with_a_control_character_in_its_name_is_refused(
    world: World, name: str, shown: str
) -> None:
    (world.cloud / name).mkdir()
    before = tree(world.root)
    told(
        world.run("init", "--sync-root", str(world.cloud / name)),
        4,
        f"{shown}: its name has a control character",
    )
    assert tree(world.root) == before


def test_an_empty_sync_root_is_no_folder(world: World) -> None:
    (world.home / "OneDrive").mkdir()
    (world.home / "OneDrive" / "a file").touch()
    before = tree(world.root)
    for words in (
        ["--sync-root", ""],
        ["--sync-root="],
        ["--provider", "custom", "--sync-root", ""],
    ):
        told(world.run("init", *words), 2, "memsync init", "--sync-root DIR")
    assert tree(world.root) == before


def test_a_claude_md_that_is_a_folder_is_called_no_link_and_is_one_problem(world: World) -> None:
    world.target.mkdir(parents=True)
    failed = world.run("init", "--sync-root", str(world.cloud))
    fails(failed, 1, "is not a file", "then memsync init")
    assert f"  CLAUDE.md: {world.target}\n" in failed.out
    assert "symlink" not in failed.out
    before = whole(world)
    problems = [one for one in doctor(world)["findings"] if one["level"] == "problem"]
    assert len(problems) == 1, problems
    assert whole(world) == before
    fix, _, then = problems[0]["fix"].partition(", then ")
    assert fix == f"mv {quoted(world.target)} {quoted(world.target)}.old"
    assert then == "memsync doctor --fix"
    world.target.rename(f"{world.target}.old")
    world.ok("doctor", "--fix")
    assert world.target.read_bytes() == world.memory.read_bytes()


@pytest.mark.parametrize("words", [["status"], ["show"], ["restore", "-1"], ["init"], ["doctor"]])
def test_the_folder_that_is_gone_is_called_by_its_own_name(ready: World, words: list[str]) -> None:
    shutil.rmtree(ready.folder)
    done = ready.run(*words)
    assert f"the memory folder {ready.cloud / 'claude-memory'} is not there" in done.out + done.err
    assert ".claude-memory" not in done.out + done.err
    assert "memsync restore" not in done.out + done.err, "it says that the folder is not there"
    assert done.status == 4
    assert not ready.folder.exists()


def test_a_dotted_folder_that_is_gone_is_called_by_its_name(world: World) -> None:
    folder = with_onedrive(world)
    shutil.rmtree(folder / ".claude-memory")
    told(world.run("status"), 4, f"the memory folder {folder / '.claude-memory'} is not there")


def test_what_fixes_a_memory_that_is_too_large_can_be_done(ready: World) -> None:
    small = ready.memory.read_bytes()
    ready.edit(
        "- Short answers, code first\n", f"- Short answers, code first\n- six {'x' * (4 << 20)}\n"
    )
    found = doctor(ready)
    assert not [
        one for one in found["findings"] if "--compact" in one["fix"] or "--fix" in one["fix"]
    ], found
    fix = said(found, f"{ready.memory} is larger than 4 MiB")["fix"]
    assert str(ready.memory) in fix
    assert "memsync restore VERSION" in fix
    large = ready.memory.read_bytes()
    ready.memory.write_bytes(small)  # by hand
    assert doctor(ready)["status"] == 0
    ready.memory.write_bytes(large)
    ready.ok("restore", "-1")
    assert doctor(ready)["status"] == 0

"""The world round the memory folder does what it likes: folders come and go, second ones lie beside
it.
"""

from __future__ import annotations

import shutil

from memsync.commands.demo.filing import file_notes
from tests.e2e.ending import fails
from tests.e2e.world import MEMORY, World
from tests.standin import StandIn

AFTER = "- Short answers, code first\n"


def test_a_folder_that_goes_during_the_call_is_not_made_again(ready: World) -> None:
    away = ready.root / "away"

    def gone(user: str) -> str:
        ready.folder.rename(away)
        return file_notes(user)

    with StandIn("merged", rule=gone) as api:
        fails(ready.run("refresh", "-n", "Prefer tea", api=api), 4)
    assert not ready.folder.exists()
    away.rename(ready.cloud / "claude-memory")
    with StandIn() as api:
        ready.ok("refresh", api=api)
        assert api.calls == 0, "the reply that was paid is used"
    assert "- Prefer tea\n" in ready.body


def test_a_note_for_a_folder_that_is_gone_waits_in_the_outbox(ready: World) -> None:
    shutil.move(ready.folder, ready.root / "away")
    ready.ok("note", "Prefer tea")
    assert not ready.folder.exists()
    assert [text.strip() for text in ready.outbox.values()] == ["Prefer tea"]


def test_undo_says_that_claude_code_still_reads_the_old_text(ready: World) -> None:
    with StandIn() as api:
        ready.ok("refresh", "-n", "Prefer tea", api=api)
    ready.target.unlink()
    ready.target.mkdir()
    fails(ready.run("undo"), 1, "is not a file")
    assert "- Prefer tea\n" not in ready.body
    fails(ready.run("restore", "-1"), 1, "is not a file")


def test_init_beside_conflict_copies_takes_the_memory_they_hold(world: World) -> None:
    world.begin()
    copy = world.memory.rename(world.folder / "GLOBAL_MEMORY.md.conflict1")
    for name in ("backups", "sessions"):
        shutil.rmtree(world.folder / name, ignore_errors=True)
    shutil.rmtree(world.state)
    (world.config / "config.toml").unlink()
    world.target.unlink()
    world.init()
    assert world.body == MEMORY
    assert not copy.exists()


def test_a_conflict_copy_that_cannot_be_read_keeps_init_from_beginning_anew(world: World) -> None:
    folder = world.cloud / "claude-memory"
    folder.mkdir()
    (folder / "GLOBAL_MEMORY.md.conflict1").write_bytes(b"half of a mem")
    fails(world.run("init", "--sync-root", str(world.cloud)), 4, "memsync init --new")
    assert not (folder / "GLOBAL_MEMORY.md").exists()


def test_the_edit_in_a_second_memory_folder_is_taken_over_once(ready: World) -> None:
    second = ready.cloud / "claude-memory 2"
    shutil.copytree(ready.folder, second)
    path = second / "GLOBAL_MEMORY.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace(AFTER, AFTER + "- From the second\n"),
        encoding="utf-8",
    )
    done = ready.ok("refresh")
    assert "second memory folder" in done.err
    assert ready.body.count("- From the second\n") == 1
    ready.edit("- From the second\n", "")
    for _ in range(2):
        assert "second memory folder" not in ready.ok("refresh").err
    assert "- From the second\n" not in ready.body


def test_a_constraint_removed_in_the_copy_is_told_in_a_line_of_its_own(ready: World) -> None:
    ready.init("--link", "copy")
    text = ready.target.read_text(encoding="utf-8")
    ready.target.write_text(text.replace("- Never push to main\n", ""), encoding="utf-8")
    line = "constraint removed by hand: - Never push to main"
    assert line in ready.ok("status").err
    assert line in ready.ok("refresh").err
    assert "- Never push to main\n" not in ready.body


def test_constraints_whose_heading_is_renamed_by_hand_are_told(ready: World) -> None:
    ready.edit("## Hard constraints", "## Old habits")
    line = "constraint no longer below a heading for constraints: - Never push to main"
    assert line in ready.ok("status").err
    assert line in ready.ok("refresh").err
    assert line not in ready.ok("refresh").err


def test_a_long_edit_of_the_copy_is_merged(ready: World) -> None:
    ready.init("--link", "copy")
    text = ready.target.read_text(encoding="utf-8")
    long = f"- pasted {'x' * 300_000}\n"
    ready.target.write_text(text.replace(AFTER, AFTER + long), encoding="utf-8")
    ready.ok("refresh")
    assert long in ready.body
    assert ready.status()["pending"] == 0

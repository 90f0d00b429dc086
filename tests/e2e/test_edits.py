"""Hand edits: what a person, an editor or Claude Code changes in the memory is kept, and said."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from memsync.memory.text.document import compose
from tests.e2e.ending import fails
from tests.e2e.world import MEMORY, World, tree
from tests.standin import StandIn
from tests.systems import posix_only

pytestmark = posix_only("editors that put a file in the place of a link, and modes")

NEW = "- Drinks tea, never coffee\n"
SHORT = "- Short answers, code first\n"


def in_conflicts(world: World) -> list[bytes]:
    return [path.read_bytes() for path in sorted((world.folder / "conflicts").glob("*"))]


def edit_notes(world: World) -> list[str]:
    return [text for text in world.notes.values() if text.startswith("base: ")]


def without_the_lock(world: World) -> dict[str, str]:
    return {name: what for name, what in tree(world.root).items() if not name.endswith("/lock")}


def test_an_added_line_becomes_a_note_and_needs_no_call(ready: World) -> None:
    before = len(ready.notes)
    ready.edit(SHORT, SHORT + NEW)
    by_hand = ready.memory.read_bytes()
    assert ready.status()["edited"] is True
    with StandIn() as api:
        done = ready.ok("refresh", api=api)
    assert api.calls == 0
    assert done.status == 0
    assert ready.body == MEMORY.replace(SHORT, SHORT + NEW)
    assert len(ready.notes) == before + 1
    assert any(f"\n+ {NEW}" in text for text in edit_notes(ready))
    assert not ready.pending
    assert by_hand in ready.backups.values()
    assert ready.memory.read_bytes() in ready.backups.values()
    assert ready.status()["edited"] is False
    assert ready.ok("refresh").out == "no changes.\n"


def test_a_constraint_removed_by_hand_is_gone_said_and_comes_back(ready: World) -> None:
    gone = "- Never send customer data to a third party\n"
    ready.edit(gone, "")
    for command in (("status",), ("show",), ("refresh", "--dry-run"), ("refresh",)):
        done = ready.ok(*command)
        said = [line for line in done.err.splitlines() if "Never send customer data" in line]
        assert len(said) == 1, command
        assert "constraint removed by hand" in said[0]
        assert "memsync undo" in said[0]
    assert gone not in ready.body
    assert any(f"\n-C {gone}" in text for text in edit_notes(ready))
    ready.ok("undo")
    assert ready.body == MEMORY


def test_a_big_cut_by_hand_stays_cut_and_each_constraint_that_went_is_told(ready: World) -> None:
    footer = ready.memory.read_text(encoding="utf-8").removeprefix(MEMORY)
    text = "# Global Memory\n\n## Standing preferences\n\n- Short answers, code first\n"
    ready.memory.write_text(f"{text}{NEW}{footer}", encoding="utf-8")
    short = ready.memory.read_bytes()
    rules = MEMORY.partition("## Hard constraints\n")[2].partition("\n#")[0]
    went = [line for line in rules.splitlines() if line.strip()]
    for command in ("status", "refresh"):
        told = ready.ok(command).err
        assert [line for line in went if f"constraint removed by hand: {line} " not in told] == []
    assert ready.body == f"{text}{NEW}"
    assert short in ready.backups.values()
    assert not ready.pending
    ready.ok("undo")
    assert ready.body == MEMORY


@pytest.mark.parametrize("link", ["symlink", "copy"])
def test_a_formatters_bullets_and_line_breaks_are_taken_as_they_are(
    world: World, link: str
) -> None:
    world.begin()
    world.init("--link", link)
    formatted = MEMORY.replace("\n- ", "\n* ").replace("; maintains two", ";\n  maintains two")
    path = world.target if link == "copy" else world.memory
    path.write_text(path.read_text(encoding="utf-8").replace(MEMORY, formatted), encoding="utf-8")
    notes = world.notes
    status = world.ok("status")
    assert "was laid out anew" in status.err
    assert "as a note" not in status.err
    done = world.ok("refresh")
    assert "constraint" not in done.err
    assert world.body == formatted
    assert world.notes == notes
    assert world.target.read_bytes() == world.memory.read_bytes()


@pytest.mark.parametrize("words", [("refresh",), ("init",)])
def test_a_claude_md_that_a_dotfiles_tool_puts_back_holds_nothing_new(
    world: World, words: tuple[str, ...]
) -> None:
    world.begin()
    own = world.target.read_bytes()
    world.init()
    world.edit("- Never push to main\n", "")
    world.edit("- Write the migration guide\n", "")
    world.ok("refresh")
    body, notes = world.body, world.notes
    world.target.unlink()
    world.target.write_bytes(own)
    assert "as a note" not in world.ok("status").err
    world.ok(*words)
    world.ok("refresh")
    assert (world.body, world.notes) == (body, notes)
    assert world.target.read_bytes() == world.memory.read_bytes()


def test_what_is_no_edit_of_any_version_that_is_here_only_adds(ready: World) -> None:
    """Its footer is valid and names a version that has not arrived."""
    text = "# Global Memory\n\n## Standing preferences\n\n- Short answers, code first\n"
    footer = compose("# Another\n", ready.merged, "-").decode().removeprefix("# Another\n")
    ready.memory.write_text(f"{text}{NEW}{footer}", encoding="utf-8")
    other = ready.memory.read_bytes()
    done = ready.ok("refresh")
    assert "nothing counts as removed" in done.err
    assert [line for line in MEMORY.splitlines() if line not in ready.body.splitlines()] == []
    assert ready.body.count(NEW) == 1
    assert other in ready.backups.values()


def test_an_edit_during_the_call_survives(ready: World) -> None:
    asked = threading.Event()

    def edit() -> None:
        for _ in range(1200):
            if api.calls:
                break
            time.sleep(0.02)
        ready.edit(
            "- Ask before anything is deleted\n",
            "- Ask before anything is deleted\n- Never write to prod\n",
        )
        ready.edit("- Write the migration guide\n", "")
        asked.set()

    with StandIn(delay=1) as api:
        editor = threading.Thread(target=edit)
        editor.start()
        ready.ok("refresh", "-n", "Prefer tea", api=api)
        editor.join()
    assert asked.is_set()
    assert api.calls == 1
    lines = ready.body.splitlines()
    assert lines.count("- Prefer tea") == lines.count("- Never write to prod") == 1
    assert "- Write the migration guide" not in lines
    assert not ready.pending


def test_sed_in_place_of_the_link_is_kept_and_the_link_is_healed(ready: World) -> None:
    subprocess.run(["sed", "-i", "s/Lisbon/Porto/", str(ready.target)], check=True)
    assert not ready.target.is_symlink()
    replaced = ready.target.read_bytes()
    done = ready.ok("refresh")
    assert str(ready.target) in done.err
    assert ready.body == MEMORY.replace("Lisbon", "Porto")
    assert ready.target.is_symlink()
    assert ready.target.read_bytes() == ready.memory.read_bytes()
    assert in_conflicts(ready) == [replaced]
    assert not ready.pending


def test_a_file_without_footer_in_place_of_the_link_adds_its_lines(ready: World) -> None:
    ready.target.unlink()
    ready.target.write_text(MEMORY.replace(SHORT, SHORT + NEW), encoding="utf-8")
    replaced = ready.target.read_bytes()
    ready.ok("refresh")
    assert ready.body == MEMORY.replace(SHORT, SHORT + NEW)
    assert ready.target.is_symlink()
    assert in_conflicts(ready) == [replaced]


def test_an_edited_copy_is_kept_and_what_was_replaced_lies_in_conflicts(world: World) -> None:
    world.begin()
    world.init("--link", "copy")
    assert not world.target.is_symlink()
    world.target.write_bytes(
        world.target.read_bytes().replace(SHORT.encode(), (SHORT + NEW).encode())
    )
    edited = world.target.read_bytes()
    assert world.status()["in_step"] is False
    done = world.ok("refresh")
    assert str(world.target) in done.err
    assert world.body == MEMORY.replace(SHORT, SHORT + NEW)
    assert not world.target.is_symlink()
    assert world.target.read_bytes() == world.memory.read_bytes()
    assert in_conflicts(world) == [edited]
    assert world.status()["in_step"] is True


def test_edits_of_the_memory_and_of_its_copy_are_both_kept(world: World) -> None:
    world.begin()
    world.init("--link", "copy")
    world.target.write_bytes(
        world.target.read_bytes().replace(SHORT.encode(), (SHORT + NEW).encode())
    )
    world.edit("Lisbon", "Porto")
    world.ok("refresh")
    assert world.body == MEMORY.replace(SHORT, SHORT + NEW).replace("Lisbon", "Porto")
    assert world.target.read_bytes() == world.memory.read_bytes()


def test_a_crlf_memory_stays_crlf(ready: World) -> None:
    ready.memory.write_bytes(ready.memory.read_bytes().replace(b"\n", b"\r\n"))
    assert ready.status()["edited"] is False
    assert ready.ok("refresh").out == "no changes.\n"
    old = SHORT.replace("\n", "\r\n").encode()
    ready.memory.write_bytes(
        ready.memory.read_bytes().replace(old, old + NEW.replace("\n", "\r\n").encode())
    )
    ready.ok("refresh")
    raw = ready.memory.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert raw.decode().replace("\r\n", "\n").startswith(MEMORY.replace(SHORT, SHORT + NEW))


def test_unknown_footer_lines_are_kept(ready: World) -> None:
    text = ready.memory.read_text(encoding="utf-8").replace(
        "\nmerged:", "\nfuture: 42 of them\nmerged:"
    )
    ready.memory.write_text(text, encoding="utf-8")
    ready.edit(SHORT, SHORT + NEW)
    ready.ok("refresh")
    assert NEW in ready.body
    assert (
        "\nfuture: 42 of them\n"
        in ready.memory.read_text(encoding="utf-8").partition("<!-- memsync:1")[2]
    )
    assert not ready.pending


def test_a_memory_of_a_later_memsync_is_read_only(ready: World) -> None:
    newer = ready.memory.read_bytes().replace(b"<!-- memsync:1", b"<!-- memsync:2")
    ready.memory.write_bytes(newer)
    assert ready.ok("show").out == MEMORY
    for words in (["refresh", "-n", "Prefer tea"], ["refresh", "--yes"], ["undo"]):
        failed = ready.run(*words)
        assert failed.status == 4, failed
        assert "later memsync" in failed.err
        assert "pip install --upgrade memsync" in failed.err or "update memsync" in failed.err
        assert ready.memory.read_bytes() == newer
    ready.ok("note", "Never deploy on Fridays")
    assert {"Prefer tea", "Never deploy on Fridays"} <= {
        text.strip() for text in ready.notes.values()
    }


def test_without_any_footer_a_person_has_to_say_yes(ready: World) -> None:
    merged = ready.merged
    text = MEMORY.replace(SHORT, SHORT + NEW).replace("- Write the migration guide\n", "")
    ready.memory.write_text(text, encoding="utf-8")
    for _ in range(2):
        fails(ready.run("refresh"), 4, "memsync refresh --yes")
        assert ready.memory.read_text(encoding="utf-8") == text
    ready.ok("status")
    done = ready.ok("refresh", "--yes")
    assert "no valid footer" in done.err
    assert ready.body == MEMORY.replace(SHORT, SHORT + NEW)
    assert ready.merged > merged
    assert text.encode() in ready.backups.values()


def test_a_file_without_footer_that_lay_still_for_ten_minutes_is_written_again(
    ready: World,
) -> None:
    ready.memory.write_text(MEMORY.replace(SHORT, SHORT + NEW), encoding="utf-8")
    fails(ready.run("refresh"), 4, "ten minutes")
    (mark,) = ready.state.glob("*/no_footer")
    name, _, since = mark.read_text(encoding="ascii").partition(" ")
    mark.write_text(f"{name} {float(since) - 601:.0f}", encoding="ascii")
    ready.ok("refresh")
    assert ready.body == MEMORY.replace(SHORT, SHORT + NEW)
    assert not ready.pending


def test_the_body_of_a_known_version_gets_its_footer_back(ready: World) -> None:
    first, edited = ready.memory.read_bytes(), MEMORY.replace(SHORT, NEW)
    ready.edit(SHORT, NEW)
    ready.ok("refresh")
    second = ready.merged
    ready.memory.write_text(edited, encoding="utf-8")
    ready.ok("refresh")
    assert (ready.body, ready.merged) == (edited, second)
    # Rolled back: the edit is pending again, and is made again
    ready.memory.write_text(MEMORY, encoding="utf-8")
    ready.ok("refresh")
    assert (ready.body, ready.merged) == (edited, second)
    assert first in ready.backups.values()


def test_an_edit_that_goes_on_after_a_failed_refresh_is_one_edit(ready: World) -> None:
    """The first edit is a pending note by then: it must not bring back what the second one
    replaced.
    """
    ready.ok("note", "Prefer tea")
    (note,) = ready.pending
    ready.edit("Lisbon in March", "Porto in March")
    fails(ready.run("refresh", MEMSYNC_API_KEY=""), 5)
    ready.edit("Porto in March", "Faro in March")
    fails(ready.run("refresh", MEMSYNC_API_KEY=""), 5)
    ready.ok("forget", note)
    ready.run("refresh", MEMSYNC_API_KEY="")
    assert ready.body == MEMORY.replace("Lisbon", "Faro")


@pytest.mark.parametrize("link", ["symlink", "copy"])
def test_a_line_appended_behind_the_footer_is_kept(world: World, link: str) -> None:
    """`echo >> CLAUDE.md`, and whatever else only appends, writes behind the footer."""
    world.begin()
    world.init("--link", link)
    for path in {world.target, world.memory} if link == "copy" else {world.target}:
        with path.open("a", encoding="utf-8") as file:
            file.write(NEW)
    world.ok("refresh", "--yes")
    assert world.body.count(NEW) == 1
    assert [line for line in MEMORY.splitlines() if line not in world.body.splitlines()] == []
    assert world.target.read_bytes() == world.memory.read_bytes()


@pytest.mark.parametrize("link", ["symlink", "copy"])
@pytest.mark.parametrize("between", ["", "\n", "\ufeff"])
@pytest.mark.parametrize("came", [1.0, 0.97, 0.9, 0.5])
def test_a_file_that_stands_there_twice_says_nothing_twice(
    world: World, link: str, between: str, came: float
) -> None:
    """As a sync client leaves it that uploads a file anew behind the old bytes."""
    world.begin()
    world.init("--link", link)
    text = world.memory.read_text(encoding="utf-8")
    path = world.target if link == "copy" else world.memory
    path.write_text(text + between + text[: int(len(text) * came)], encoding="utf-8")
    world.ok("refresh", "--yes")
    assert world.body == MEMORY
    assert world.target.read_bytes() == world.memory.read_bytes()


def test_a_line_of_the_second_copy_of_a_doubled_file_is_kept(ready: World) -> None:
    text = ready.memory.read_text(encoding="utf-8")
    ready.memory.write_text(text + text.replace(SHORT, SHORT + NEW + SHORT), encoding="utf-8")
    ready.ok("refresh", "--yes")
    assert sorted(ready.body.split("\n")) == sorted((MEMORY + NEW + SHORT).split("\n"))


@pytest.mark.parametrize(
    "name", ["status", "show", "history", "diff", "doctor", "refresh --dry-run"]
)
def test_showing_an_edited_memory_changes_nothing(ready: World, name: str) -> None:
    ready.edit(SHORT, SHORT + NEW)
    before = without_the_lock(ready)
    shown = ready.run(*name.split())
    assert shown.status == 0, shown
    assert without_the_lock(ready) == before


def test_an_editor_that_saves_by_rename_keeps_its_edit_and_the_mode(ready: World) -> None:
    swap = ready.folder / "4913"
    swap.write_text(
        ready.memory.read_text(encoding="utf-8").replace("Lisbon", "Porto"), encoding="utf-8"
    )
    swap.chmod(0o640)
    os.replace(swap, ready.memory)
    ready.ok("refresh")
    assert ready.body == MEMORY.replace("Lisbon", "Porto")
    assert ready.memory.stat().st_mode & 0o777 == 0o640
    assert ready.target.resolve() == Path(os.path.realpath(ready.memory))

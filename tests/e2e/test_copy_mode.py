"""A machine whose CLAUDE.md is a copy: what it alone holds is kept, and what is old in it does not
come back.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.test_second_round import merge
from tests.e2e.world import MEMORY, World, file_edits_too
from tests.standin import StandIn


@pytest.fixture
def a(tmp_path: Path) -> World:
    world = World(tmp_path / "a", tmp_path / "cloud")
    world.target.parent.mkdir()
    world.target.write_text(MEMORY, encoding="utf-8", newline="\n")
    world.init("--link", "copy")
    return world


@pytest.fixture
def b(a: World, tmp_path: Path) -> World:
    world = World(tmp_path / "b", a.cloud)
    world.init("--link", "copy")
    return world


def refresh(world: World) -> str:
    with StandIn(rule=file_edits_too) as api:
        return world.ok("refresh", api=api).err


def append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{line}\n")


def test_the_newer_copy_of_a_second_machine_is_not_dropped_when_the_first_begins_anew(
    a: World, b: World
) -> None:
    merge(a, "Fact one.")
    merge(b, "Never lose the newest fact.")
    shutil.rmtree(a.folder)
    a.ok("init", "--new")
    assert "Never lose the newest fact." not in a.body
    refresh(b)
    assert "Never lose the newest fact." in b.body


def test_a_folder_that_was_rolled_back_whole_gets_the_newer_lines_of_the_copy(
    a: World, tmp_path: Path
) -> None:
    merge(a, "Old fact.")
    shutil.copytree(a.folder, tmp_path / "before")
    merge(a, "New precious fact.")
    shutil.rmtree(a.folder)
    shutil.copytree(tmp_path / "before", a.folder)
    refresh(a)
    assert "New precious fact." in a.body


def test_the_claude_md_of_before_memsync_brings_back_no_line_that_went_since(a: World) -> None:
    """As a dotfiles tool does it: it puts the very file back that memsync took in and kept."""
    before = MEMORY.encode()
    assert a.target.with_name("CLAUDE.pre-memsync.bak").read_bytes() == before
    gone = next(line for line in a.body.splitlines() if line.startswith("- "))
    a.memory.write_bytes(a.memory.read_bytes().replace(f"{gone}\n".encode(), b"", 1))
    refresh(a)
    assert gone not in a.body
    a.target.write_bytes(before)
    refresh(a)
    assert gone not in a.body
    assert a.target.read_bytes() == a.memory.read_bytes()


@pytest.mark.parametrize("words", [("undo",), ("restore", "-1")])
def test_what_an_undo_took_out_does_not_come_back_with_a_line_appended_to_the_copy(
    a: World, words: tuple[str, ...]
) -> None:
    merge(a, "Fact one.", "Wrong fact two.")
    append(a.target, "- Remember the milk")
    a.ok(*words)
    refresh(a)
    refresh(a)
    assert "Wrong fact two." not in a.body
    assert "Fact one." in a.body


def test_what_was_deleted_elsewhere_does_not_come_back_with_a_line_appended_to_an_old_copy(
    a: World, b: World
) -> None:
    merge(a, "Fact one.", "Bob is on leave until March.")
    refresh(b)
    a.edit("- Bob is on leave until March.\n", "")
    refresh(a)
    append(b.target, "- Remember the milk")
    refresh(b)
    refresh(b)
    assert "Bob is on leave" not in b.body
    assert b.body.count("- Remember the milk") == 1


def test_a_line_that_claude_rewords_during_the_call_is_not_added_again(a: World) -> None:
    append(a.target, "- Remember the milk")
    with StandIn(
        rule=lambda message: file_edits_too(message).replace("Tests before a", "Tests before each")
    ) as api:
        done = a.ok("refresh", "-n", "Tests come before each refactoring.", api=api)
    assert done.err.count("was edited; the edit is kept as note") == 1
    refresh(a)
    assert "Tests before a refactoring" not in a.body
    assert a.body.count("- Remember the milk") == 1


def test_a_copy_whose_footer_was_cut_is_captured_once(a: World) -> None:
    merge(a, "The move to Porto is in March.")
    body = a.target.read_text(encoding="utf-8").partition("\n<!-- memsync:")[0]
    a.target.write_text(f"{body}- New line\n", encoding="utf-8", newline="\n")
    with StandIn(
        rule=lambda message: file_edits_too(message).replace("is in March", "is in April")
    ) as api:
        done = a.ok("refresh", "-n", "The move to Porto slips to April.", api=api)
    refresh(a)
    assert done.err.count("the edit is kept as note") == 1
    assert "is in March" not in a.body
    assert a.body.count("- New line") == 1


@pytest.mark.parametrize("words", [(), ("--link", "symlink"), ("--link", "copy")])
def test_init_run_again_on_an_old_copy_makes_no_note_of_it(
    a: World, b: World, words: tuple[str, ...]
) -> None:
    merge(a, "Bob is on leave until March.")
    refresh(b)
    a.edit("- Bob is on leave until March.\n", "")
    refresh(a)
    merge(a, *(f"Fact number {n}." for n in range(3)))
    for path in sorted(a.folder.glob("backups/*.md"))[:-1]:
        path.unlink()  # pruned long ago
    done = b.ok("init", *words)
    assert "is kept as note" not in done.out + done.err
    refresh(b)
    assert "Bob is on leave" not in b.body


def test_a_line_added_by_hand_and_edited_out_before_a_conflict_stays_out(
    a: World, tmp_path: Path
) -> None:
    other = World(tmp_path / "other")
    other.cloud.rmdir()
    shutil.copytree(a.cloud, other.cloud)
    other.init()
    merge(a, "A fact of A.")
    other.edit(
        "- Short answers, code first\n", "- Short answers, code first\n- By hand and wrong\n"
    )
    refresh(other)
    other.edit("- By hand and wrong\n", "")
    (a.folder / "GLOBAL_MEMORY-OTHER.md").write_bytes(other.memory.read_bytes())
    for name in ("sessions", "backups"):
        shutil.copytree(other.folder / name, a.folder / name, dirs_exist_ok=True)
    refresh(a)
    refresh(a)
    assert "By hand and wrong" not in a.body


def test_two_models_that_refuse_a_note_make_it_held(a: World) -> None:
    with StandIn("json") as api:
        a.run("refresh", "-n", "A note.", api=api)
        for words in (("--model", "claude-opus-5-5"), (), ("--model", "claude-opus-5-5"), ()):
            a.run("refresh", *words, api=api)
    assert api.calls == 4, "each of them is answered once"
    assert a.status()["held"] == 1


def test_a_machine_may_join_a_memory_that_may_not_have_arrived_whole(
    a: World, tmp_path: Path
) -> None:
    with a.memory.open("a", encoding="utf-8") as file:
        file.write("- half a li")
    new = World(tmp_path / "new", a.cloud)
    done = new.run("init", "--sync-root", str(new.cloud))
    assert done.status == 4
    assert "memsync init --yes" in done.err
    new.ok("init", "--sync-root", str(new.cloud), "--yes")
    assert "- half a li" in new.body


def test_a_restore_over_a_memory_that_cannot_be_read_keeps_the_edit_of_the_copy(a: World) -> None:
    merge(a, "Fact one.")
    text = a.target.read_text(encoding="utf-8")
    typed = text.replace("- Fact one.", "- Fact one.\n- Typed into the copy")
    a.target.write_text(typed, encoding="utf-8", newline="\n")
    a.memory.write_bytes(b"# caf\xe9\n")  # not a memory any more
    a.ok("restore", "-1")
    refresh(a)
    assert "- Typed into the copy" in a.body


@pytest.mark.parametrize("where", ["memory", "copy", "conflict copy"])
def test_a_file_that_lost_all_its_text_takes_nothing_away(a: World, where: str) -> None:
    """It is damaged: no person empties a memory and leaves its footer."""
    merge(a, "Fact one.")
    body = a.body
    path = {
        "memory": a.memory,
        "copy": a.target,
        "conflict copy": a.folder / "GLOBAL_MEMORY-LAPTOP.md",
    }[where]
    raw = a.memory.read_bytes()
    path.write_bytes(raw[raw.index(b"<!-- memsync:") :])
    refresh(a)
    assert a.body == body
    assert a.target.read_bytes() == a.memory.read_bytes()
    refresh(a)
    assert a.body == body
    assert not a.pending


def test_a_line_inside_the_footer_of_the_copy_is_kept(a: World) -> None:
    """Its hashes still fit, since a later memsync may add lines there."""
    line = b"- the spare key hangs in the shed"
    a.target.write_bytes(a.target.read_bytes().replace(b"\nsum:", b"\n" + line + b"\nsum:"))
    assert "CLAUDE.md was changed; its bytes are kept in" in a.ok("refresh").err
    kept = [path.read_bytes() for path in (a.folder / "conflicts").iterdir()]
    assert [raw for raw in kept if line in raw]


def test_a_copy_with_other_line_ends_is_nothing_new(a: World) -> None:
    a.target.write_bytes(a.target.read_bytes().replace(b"\n", b"\r\n"))
    merge(a, "Never deploy on Fridays.")
    assert not (a.folder / "conflicts").exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_an_edit_of_a_copy_that_an_editor_saved_anew_is_taken_in(a: World, encoding: str) -> None:
    text = a.target.read_text(encoding="utf-8")
    old = "- Move to Lisbon in March\n"
    assert old in text
    edited = text.replace(old, "- Move to Porto, naïvely\n").encode(encoding)
    a.target.write_bytes(edited)
    assert "was edited" in a.ok("status").err
    a.ok("refresh")
    assert "- Move to Porto, naïvely\n" in a.body
    assert old not in a.body
    assert a.target.read_bytes() == a.memory.read_bytes()
    kept = [path.read_bytes() for path in (a.folder / "conflicts").iterdir()]
    assert edited in kept
    a.target.write_bytes(edited)
    assert a.ok("refresh").out.startswith("no changes.")
    assert "- Move to Porto, naïvely\n" in a.body

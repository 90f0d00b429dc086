"""What hostile users found in a second round: wrong effects, hangs, and words that led nowhere."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from memsync.memory.text.document import compose, parse
from tests.e2e.person import Person
from tests.e2e.world import MEMORY, World, file_edits_too, told
from tests.standin import StandIn
from tests.systems import posix_only


def append(world: World, line: str) -> None:
    """`echo >>`: behind the footer."""
    with world.memory.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def merge(world: World, *notes: str) -> None:
    with StandIn(rule=file_edits_too) as api:
        for note in notes:
            world.ok("refresh", "-n", note, api=api)


@pytest.mark.parametrize("cut", [b"\nrev: ", b"\nmerged:", b"\nsum: "])
def test_a_line_appended_behind_a_footer_that_was_cut_comes_into_the_memory(
    ready: World, cut: bytes
) -> None:
    merge(ready, "A fact of this memory.")
    raw = ready.memory.read_bytes()
    for length in (3, 4, 9):
        ready.memory.write_bytes(raw[: raw.index(cut) + length])
        append(ready, f"\n- Buy lamp{length}")
        ready.run("refresh", "--yes")
        assert ready.body.count(f"- Buy lamp{length}\n") == 1
        assert not re.search("memsync:|^(?:rev|from|mer)", ready.body, re.MULTILINE)


def backups_with(world: World, line: str) -> list[str]:
    return [name for name, data in world.backups.items() if line.encode() in data]


def test_a_copy_of_another_memory_is_not_destroyed(ready: World, tmp_path: Path) -> None:
    merge(ready, "A fact of this memory.")
    other = World(tmp_path / "other")
    other.begin("# Global Memory\n\n## Facts\n\n- Never lose X facts\n")
    ready.target.unlink()
    ready.target.write_bytes(other.memory.read_bytes())
    with StandIn(rule=file_edits_too) as api:
        done = ready.ok("refresh", api=api)
    assert "the edit is kept as note" in done.err
    assert "- Never lose X facts" in ready.body
    assert "- A fact of this memory." in ready.body


def test_init_on_a_machine_that_holds_another_memory_keeps_it(ready: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other", ready.cloud)
    other.target.parent.mkdir()
    other.target.write_bytes(compose("# Global Memory\n\n## Facts\n\n- Only here\n", (), "-"))
    done = other.init()
    assert "is kept as note" in done.out + done.err
    assert any("- Only here" in text for text in other.pending.values())
    aside = other.target.parent / "CLAUDE.pre-memsync.bak"
    assert b"- Only here" in aside.read_bytes()


def test_a_new_memory_begins_with_the_copy_that_is_left_of_a_lost_one(ready: World) -> None:
    merge(ready, "A precious fact.")
    for path in sorted(ready.folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    ready.folder.rmdir()
    assert ready.run("refresh").status == 4
    ready.ok("init", "--new")
    assert "- A precious fact." in ready.body


def test_a_restore_tells_what_was_appended_and_how_it_comes_back(ready: World) -> None:
    merge(ready, "Fact one.", "Fact two.")
    append(ready, "- Never drop the users table")
    done = ready.ok("restore", "-1")
    assert "gone: - Never drop the users table" in done.out
    assert "- Never drop the users table" not in ready.body
    way_back = done.out.partition("to bring it back: memsync restore ")[2].split()[0]
    ready.ok("restore", way_back)
    assert "- Never drop the users table" in ready.body
    assert "- Fact two." in ready.body


def test_an_undo_takes_back_what_was_appended(ready: World) -> None:
    merge(ready, "Fact one.")
    append(ready, "- Half a thought")
    done = ready.ok("undo")
    assert "gone: - Half a thought" in done.out
    assert "- Fact one." in ready.body
    assert "- Half a thought" not in ready.body


def test_a_note_file_that_a_sync_client_renamed_is_merged(ready: World) -> None:
    ready.ok("note", "Renamed on the way.")
    path = next(ready.folder.glob("sessions/*/*.md"))
    for path in ready.folder.glob("sessions/*/*.md"):
        if "Renamed on the way." in path.read_text(encoding="utf-8"):
            path.rename(path.with_name(f"{path.stem} 2.md"))
    assert ready.status()["pending"] == 1
    merge(ready, "Another.")
    assert ready.body.count("Renamed on the way.") == 1


def test_what_was_edited_out_before_a_conflict_stays_out(ready: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    other.cloud.rmdir()
    shutil.copytree(ready.cloud, other.cloud)
    other.init()
    merge(ready, "A fact of A.")
    merge(other, "Never email Bob.")
    assert "Never email Bob." in other.body
    other.edit("- Never email Bob.\n", "")
    copy = ready.folder / "GLOBAL_MEMORY-OTHER.md"
    copy.write_bytes(other.memory.read_bytes())
    shutil.copytree(other.folder / "sessions", ready.folder / "sessions", dirs_exist_ok=True)
    shutil.copytree(other.folder / "backups", ready.folder / "backups", dirs_exist_ok=True)
    with StandIn(rule=file_edits_too) as api:
        ready.ok("refresh", api=api)
        ready.ok("refresh", api=api)
    assert "Never email Bob." not in ready.body
    assert "- A fact of A." in ready.body


@posix_only("a named pipe")
@pytest.mark.parametrize("which", ["memory", "target", "key", "config", "note", "backup"])
def test_a_pipe_in_the_place_of_a_file_hangs_nothing(ready: World, which: str) -> None:
    merge(ready, "A fact.")
    ready.ok("note", "Another.")
    place = {
        "memory": ready.memory,
        "target": ready.target,
        "key": ready.config / "api_key",
        "config": ready.config / "config.toml",
        "note": next(ready.folder.glob("sessions/*/*.md")),
        "backup": next(ready.folder.glob("backups/*.md")),
    }[which]
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    with StandIn() as api:
        for words in (["status"], ["doctor"], ["refresh"], ["undo"], ["note", "One more."]):
            done = ready.start_ready(*words, api=api).end(20)
            assert "memsync has a bug" not in done.err, done
            assert done.status in range(7), done


def test_the_memory_folder_itself_is_no_sync_root(ready: World) -> None:
    for folder in (ready.folder, ready.folder / "backups"):
        told(ready.run("init", "--sync-root", str(folder)), 4, "memory folder", str(ready.cloud))
    assert not list(ready.folder.rglob("GLOBAL_MEMORY.md"))[1:]


@posix_only("a link")
def test_a_memory_that_is_a_link_is_written_where_it_leads(ready: World) -> None:
    dotfiles = ready.root / "dotfiles.md"
    ready.memory.rename(dotfiles)
    ready.memory.symlink_to(dotfiles)
    failed = ready.run("refresh")
    assert failed.status == 4, failed
    assert f"{ready.memory} is a link" in failed.err
    assert "memsync config set memory_link" in failed.err
    ready.ok("config", "set", "memory_link", str(dotfiles))
    merge(ready, "A fact.")
    assert ready.memory.is_symlink()
    assert "A fact." in dotfiles.read_text(encoding="utf-8")


def test_what_stands_behind_the_footer_is_shown_as_what_will_be_captured(ready: World) -> None:
    merge(ready, "A fact.")
    append(ready, "- Appended by echo")
    found = ready.status()
    assert found["pending"] == 0
    assert found["merged"] > 0
    assert any("behind the footer" in line for line in found["outside"])
    assert "behind the footer" in ready.ok("show").err


def test_an_unreadable_backup_does_not_end_the_history(ready: World) -> None:
    merge(ready, "One.", "Two.")
    before = ready.ok("history").out.splitlines()
    oldest = min(ready.folder.glob("backups/*.md"))
    oldest.unlink()
    oldest.mkdir()
    assert len(ready.ok("history").out.splitlines()) == len(before) - 1


def test_a_backup_that_has_not_arrived_is_a_matter_of_the_folder(ready: World) -> None:
    merge(ready, "One.")
    for path in ready.folder.glob("backups/*.md"):
        path.write_bytes(path.read_bytes()[:20])
    told(ready.run("restore", "-1"), 4, "has not arrived whole")


def test_a_lost_bundle_is_fixed_from_the_backups(ready: World) -> None:
    merge(ready, "One.")
    memory = parse(ready.memory.read_bytes())
    ids = sorted({*memory.merged, *(f"{n:012x}" for n in range(900))})
    ready.memory.write_bytes(compose(memory.body, ids, memory.rev))
    merge(ready, "Two.")
    (bundle,) = ready.folder.glob("bundles/*.ids")
    data = bundle.read_bytes()
    bundle.unlink()
    assert ready.run("refresh").status == 4
    before = ready.run("doctor")
    assert before.status == 4
    assert "memsync doctor --fix" in before.out
    assert ready.ok("doctor", "--fix", MEMSYNC_API_KEY="k").out.startswith("Fixed: ")
    assert bundle.read_bytes() == data
    merge(ready, "Three.")
    assert "Three." in ready.body


def test_a_bundle_that_no_backup_knows_is_waited_for(ready: World) -> None:
    memory = parse(ready.memory.read_bytes())
    ready.memory.write_bytes(compose(memory.body, {*memory.merged, "b-000000000000"}, memory.rev))
    done = ready.run("doctor")
    assert "wait for the sync client" in done.out
    assert "doctor --fix" not in done.out


@pytest.mark.parametrize(
    "footer", ["valid", "cut", "of a version that is not here", "beside an undo that waits"]
)
def test_what_a_person_wrote_is_a_note_though_a_bundle_is_not_here(
    ready: World, footer: str
) -> None:
    """The sync client may put another file there before the bundle comes."""
    memory = parse(ready.memory.read_bytes())
    here = compose(memory.body, {*memory.merged, "b-000000000000"}, memory.rev)
    ready.memory.write_bytes(here)
    assert ready.run("refresh").status == 4
    if footer == "beside an undo that waits":
        (record,) = ready.state.rglob("last_seen*")
        (record.parent / "restoring_123456789abc").write_bytes(b"of a command that was killed")
    if footer == "of a version that is not here":
        body = memory.body.replace("- Move to Lisbon", "- Move to Porto")
        here = compose(body, {*memory.merged, "b-000000000000"}, "123456789abc")
    edited = here.replace(b"## Hard constraints", b"- seven cats\n\n## Hard constraints")
    ready.memory.write_bytes(edited[:-9] if footer == "cut" else edited)
    done = ready.run("refresh", "-n", "A note.")
    assert done.status == 4, done
    notes = [path.read_text(encoding="utf-8") for path in ready.folder.glob("sessions/*/*.md")]
    assert any("\n+ - seven cats\n" in note for note in notes)


@posix_only("a terminal")
def test_a_note_s_control_characters_do_not_reach_the_terminal(ready: World) -> None:
    ready.ok("note", "evil \x1b]0;owned\x07\x1b[2Jtext")
    seen = Person(ready, "status").ends()
    assert "\x1b]0;owned" not in seen.shown
    assert "evil" in seen.plain


def test_compacting_says_that_a_note_stays_pending(ready: World) -> None:
    with StandIn("unchanged") as api:
        done = ready.ok("refresh", "--compact", "-n", "A note meanwhile.", api=api)
    assert "stays pending: memsync refresh" in done.err
    assert ready.status()["pending"] == 1


def test_compacting_does_not_let_an_undo_pass_the_note_that_it_undid(
    ready: World, tmp_path: Path
) -> None:
    """Both notes come from another machine; applied before the note, the undo removes nothing."""
    far = World(tmp_path / "far")
    shutil.copytree(ready.folder, far.cloud / ready.folder.name)
    far.init()
    with StandIn() as api:
        ready.ok("refresh", "-n", "The newsletter moves to Substack", api=api)
        ready.ok("undo")
        shutil.copytree(ready.folder / "sessions", far.folder / "sessions", dirs_exist_ok=True)
        far.ok("refresh", "--compact", "--yes", api=api)
        assert len(far.pending) == 2
        far.ok("refresh", api=api)
    assert far.body == MEMORY
    assert far.pending == {}


def test_a_refused_reply_is_not_offered_for_use(ready: World) -> None:
    with StandIn("prose refusal") as api:
        told(ready.run("refresh", "-n", "A note.", api=api), 6)
    out = ready.run("doctor").out
    assert "memsync apply --discard" in out
    assert "fix: memsync apply\n" not in out
    assert "next: memsync apply   (or" not in out


def test_a_reply_for_a_note_that_was_given_up_waits_no_more(ready: World) -> None:
    with StandIn("sections swapped") as api:
        ready.run("refresh", "-n", "A note.", api=api)
    (note_id,) = ready.pending
    assert ready.status()["kept_reply"] is not None
    ready.ok("forget", note_id)
    assert ready.status()["kept_reply"] is None


def test_an_undo_says_once_that_a_copy_was_edited(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.target.parent.mkdir()
    world.target.write_text(MEMORY, encoding="utf-8", newline="\n")
    world.init("--link", "copy")
    merge(world, "A fact.")
    text = world.target.read_text(encoding="utf-8")
    world.target.write_text(text.replace("- Short", "- Very short"), encoding="utf-8", newline="\n")
    done = world.ok("undo")
    assert done.err.count("was edited; the edit is kept as note") == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["history", ""], 1),
        (["config", "set", "model", " "], 1),
        (["refresh", "--model", ""], 2),
    ],
)
def test_an_empty_word_is_told(ready: World, words: list[str], status: int) -> None:
    told(ready.run(*words), status)

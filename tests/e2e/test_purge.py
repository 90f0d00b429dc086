"""`memsync purge`: a leaked secret is nowhere afterwards, and nothing is merged twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.world import World, told, tree
from tests.standin import StandIn
from tests.systems import posix_only

SECRET = "correct-horse-Battery-9"


def leaked(world: World) -> str:
    """The secret in the memory, in a merged note, in a pending one, in versions and records."""
    with StandIn() as api:
        world.ok("refresh", "-n", f"The router opens with {SECRET} at home", api=api)
    world.ok("note", f"And the printer: {SECRET}")
    (waiting,) = world.pending
    for name in ("candidates/pending/0123456789ab.json", "background.log"):
        path = world.state / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"text": f"the door: {SECRET}"}), encoding="utf-8")
    return waiting


def holding(world: World) -> list[Path]:
    return below(world.root)


def below(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if SECRET.encode() in path.read_bytes()]


def without_lock(world: World) -> dict[str, str]:
    return {path: stands for path, stands in tree(world.root).items() if not path.endswith("/lock")}


def test_a_secret_that_is_piped_in_stands_on_no_command_line(ready: World) -> None:
    leaked(ready)
    done = ready.ok("purge", "--yes", "-", stdin=f"{SECRET}\n".encode())
    assert [line for line in done.err.splitlines() if "keeps its own history" not in line] == []
    assert holding(ready) == []
    told(ready.run("purge", "--yes", "-", stdin=b"\n"), 1, "no secret was given")


def test_a_secret_in_a_conflict_copy_does_not_come_back_with_it(ready: World) -> None:
    """Nor one that stands there alone, in a copy whose end has not arrived, or in an edit."""
    leaked(ready)
    text = ready.memory.read_text(encoding="utf-8")
    copy, half = (ready.folder / f"GLOBAL_MEMORY-{name}.md" for name in ("LAPTOP", "DESK"))
    copy.write_text(text.replace("- Short", f"- Tea at four\n- Alone: {SECRET}\n- Short"), "utf-8")
    half.write_text(text[: text.index("rev:")], "utf-8")
    ready.edit("- Tests before", f"- By hand: {SECRET}\n- Tests before")
    done = ready.ok("purge", SECRET, "--yes")
    assert str(copy) in done.out
    assert SECRET not in done.out + done.err
    assert holding(ready) == []
    with StandIn() as api:
        ready.ok("refresh", api=api)
    assert holding(ready) == []
    assert {"- Tea at four", "- Alone: [purged]", "- By hand: [purged]"} < {
        *ready.body.splitlines()
    }
    ready.ok("undo")
    assert holding(ready) == []


def test_a_secret_that_only_claude_md_has_is_found(ready: World) -> None:
    ready.ok("init", "--link", "copy")
    with ready.target.open("a", encoding="utf-8") as file:
        file.write(f"- Alone: {SECRET}\n")
    done = ready.ok("purge", SECRET, "--yes")
    assert str(ready.target) in done.out
    assert holding(ready) == []
    ready.ok("refresh")
    assert "- Alone: [purged]" in ready.target.read_text(encoding="utf-8")
    assert holding(ready) == []


def test_a_secret_is_nowhere_afterwards_and_all_else_is_as_it_was(ready: World) -> None:
    waiting = leaked(ready)
    merged, body = ready.merged, ready.body
    assert len(holding(ready)) > 4
    done = ready.ok("purge", SECRET, "--yes")
    assert SECRET not in done.out + done.err
    assert "keeps its own history" in done.err
    assert holding(ready) == []
    assert ready.body == body.replace(SECRET, "[purged]")
    assert merged | {waiting} < ready.merged, "the old ids stay merged"
    assert list(ready.pending.values()) == ["And the printer: [purged]"]
    assert ready.status()["trouble"] is None
    assert not ready.status()["edited"]
    with StandIn() as api:
        ready.ok("refresh", api=api)
    assert api.notes == [["And the printer: [purged]"]]
    assert holding(ready) == []
    ready.ok("undo")


def test_a_machine_that_still_holds_the_old_files_merges_none_of_them(ready: World) -> None:
    leaked(ready)
    old = {path: path.read_bytes() for path in (ready.folder / "sessions").rglob("*.md")}
    ready.ok("purge", SECRET, "--yes")
    for path, data in old.items():
        path.write_bytes(data)
    assert list(ready.pending.values()) == ["And the printer: [purged]"]


def test_a_dry_run_and_a_missing_yes_change_nothing(ready: World) -> None:
    leaked(ready)
    before = without_lock(ready)
    shown = ready.ok("purge", SECRET, "--dry-run")
    assert "memory: " in shown.out
    assert "backup: " in shown.out
    assert SECRET not in shown.out
    told(ready.run("purge", SECRET), 6, "--yes")
    told(ready.run("purge", "abc"), 1, "too many places")
    assert without_lock(ready) == before
    assert "nowhere" in ready.ok("purge", "what nobody ever wrote", "--yes").out


@pytest.mark.parametrize("mode", ["symlink", "copy"])
def test_a_machine_that_was_off_brings_no_secret_back_and_loses_nothing(
    tmp_path: Path, mode: str
) -> None:
    a = World(tmp_path / "a", tmp_path / "cloud")
    a.init()
    b = World(tmp_path / "b", a.cloud)
    b.init("--link", mode)
    with StandIn() as api:
        a.ok("refresh", "-n", f"The router opens with {SECRET} at home", api=api)
        b.ok("refresh", api=api)
        a.ok("purge", SECRET, "--yes")
        if mode == "copy":
            text = b.target.read_text(encoding="utf-8")
            assert SECRET in text
            line = f"{SECRET} at home\n"
            text = text.replace(line, f"{line}- Ask for the guest key\n")
            b.target.write_text(text, encoding="utf-8", newline="\n")
        b.ok("refresh", api=api)
    assert below(a.cloud) == []
    assert holding(b), "what it had stays on it"
    assert "The router opens with [purged] at home" in a.body
    if mode == "copy":
        assert "- Ask for the guest key" in a.body.splitlines()
    b.ok("purge", SECRET, "--yes")
    assert holding(b) == below(a.cloud) == []
    assert "The router opens with [purged] at home" in a.body


def test_a_second_memory_folder_brings_no_purged_note_back(ready: World) -> None:
    leaked(ready)
    second = ready.folder.with_name(f"{ready.folder.name} (1)")
    shutil.copytree(ready.folder, second)
    ready.ok("purge", SECRET, "--yes")
    with StandIn() as api:
        ready.ok("refresh", api=api)
        ready.ok("refresh", api=api)
    assert below(ready.folder) == []


@pytest.mark.parametrize(
    "typed",
    ["as it is", pytest.param("in the same encoding", marks=posix_only("words are bytes there"))],
)
def test_a_secret_that_was_given_in_an_old_encoding_is_nowhere_afterwards(
    ready: World, typed: str
) -> None:
    """The bytes of a note whose encoding is a guess are kept as they were given."""
    secret = "Caféhaus-Battery-9"
    note = f"the door of the house opens with {secret} today".encode("cp1252")
    ready.ok("note", stdin=note)
    (kept,) = (ready.state / "originals").iterdir()
    kept_text = kept.read_text(encoding="cp1252")
    words = secret
    if typed == "in the same encoding":
        words = secret.encode("cp1252").decode("utf-8", "surrogateescape")
    done = ready.ok("purge", words, "--yes")
    assert str(kept) in done.out
    assert kept.read_text(encoding="cp1252") == kept_text.replace(secret, "[purged]")
    assert secret not in "".join(ready.notes.values())


def test_a_secret_in_a_copy_that_was_saved_as_utf16_is_nowhere_afterwards(ready: World) -> None:
    leaked(ready)
    old = ready.target.parent / "CLAUDE.pre-memsync.bak"
    old.write_text(f"# Mine\n\n- the door: {SECRET}\n", encoding="utf-16")
    ready.ok("purge", SECRET, "--yes")
    assert old.read_text(encoding="utf-16") == "# Mine\n\n- the door: [purged]\n"


def test_a_secret_that_is_only_beside_the_memory_leaves_its_versions_as_they_are(
    ready: World,
) -> None:
    with StandIn() as api:
        for note in ("Prefer tea", "Prefer milk"):
            ready.ok("refresh", "-n", note, api=api)
    old = ready.target.with_name("CLAUDE.pre-memsync.bak")
    old.write_text(f"# Mine\n\n- the door: {SECRET}\n", encoding="utf-8")
    before = ready.memory.read_bytes(), ready.backups
    for _ in range(2):
        ready.ok("purge", SECRET, "--yes")
        old.write_text(f"# Mine\n\n- again: {SECRET}\n", encoding="utf-8")
    assert (ready.memory.read_bytes(), ready.backups) == before
    ready.ok("undo")
    ready.ok("undo")
    assert "Prefer" not in ready.body


def test_a_purge_behind_a_killed_undo_does_not_turn_the_next_undo_round(ready: World) -> None:
    with StandIn() as api:
        ready.ok("refresh", "-n", "Prefer tea", api=api)
        ready.ok("refresh", "-n", f"The printer opens with {SECRET}", api=api)
    ready.undo_that_is_killed()
    ready.ok("purge", SECRET, "--yes")
    assert holding(ready) == []
    ready.ok("undo")
    assert "printer" not in ready.body
    assert "Prefer tea" not in ready.body


KILLED = (
    "import os, sys; from memsync.cli import main; from memsync.steps import purge; "
    "purge._remove = lambda *_: os._exit(9); sys.exit(main())"
)


def test_a_pending_note_stays_pending_where_a_killed_purge_is_run_again(ready: World) -> None:
    leaked(ready)
    words = [sys.executable, "-c", KILLED, "purge", SECRET, "--yes"]
    killed = subprocess.run(
        words, env=ready.environment(), cwd=ready.root, capture_output=True, check=False
    )
    assert killed.returncode == 9
    ready.ok("purge", SECRET, "--yes")
    assert holding(ready) == []
    assert list(ready.pending.values()) == ["And the printer: [purged]"]
    with StandIn() as api:
        ready.ok("refresh", api=api)
        assert api.notes == [["And the printer: [purged]"]]
        ready.ok("undo")
        ready.ok("undo")
    assert "router" not in ready.body
    assert not list(ready.state.glob("*/purging"))


def test_what_a_purge_takes_in_is_told_without_the_secret(ready: World) -> None:
    rule = f"- Never write {SECRET} down"
    ready.edit("- Ask before", f"{rule}\n- Ask before")
    ready.ok("refresh")
    waiting = "- Ask before anything is deleted"
    ready.edit(f"{rule}\n{waiting}\n", "")
    done = ready.ok("purge", SECRET, "--yes")
    assert f"constraint removed by hand: {waiting}" in done.err
    assert "constraint removed by hand: - Never write [purged] down" in done.err
    assert SECRET not in done.out + done.err


@pytest.mark.parametrize("typed", ["caf\u00e9-4411", "cafe\u0301-4411"])
def test_a_secret_with_accents_goes_in_either_of_their_forms(ready: World, typed: str) -> None:
    """They look the same, and a Mac and a phone type them in different ones."""
    with StandIn() as api:
        ready.ok("refresh", "-n", "The door opens with caf\u00e9-4411", api=api)
    ready.ok("note", "And the gate with cafe\u0301-4411")
    merged = ready.merged
    ready.ok("purge", "--yes", typed)
    files = [path for path in ready.root.rglob("*") if path.is_file()]
    assert not [path for path in files if b"-4411" in path.read_bytes()]
    assert [*ready.pending.values()] == ["And the gate with [purged]"]
    assert merged < ready.merged
    assert ready.ok("doctor").out.count("arrived") == 0
    again = ready.ok("purge", "--yes", typed)
    assert "nowhere" in again.out


def test_what_memsync_itself_writes_is_nobodys_secret(ready: World) -> None:
    """A revision or an id that no note has any more stands in the footer of each later version; and
    every note has a head, which it is no note without.
    """
    with StandIn() as api:
        for note in ("Prefer tea", "Prefer milk"):
            ready.ok("refresh", "-n", note, api=api)
        ready.ok("note", "Prefer water")
        merged = sorted(ready.merged)[0]
        gone = next(ready.folder.glob(f"sessions/*/*{merged}.md"))
        gone.rename(ready.root / "not here")
        before = (ready.memory.read_bytes(), ready.backups, ready.pending)
        for text in (ready.status()["revision"], merged, "memsync", "merged: ", "kind: note"):
            assert str(ready.folder) not in ready.ok("purge", "--yes", text).out, text
            assert (ready.memory.read_bytes(), ready.backups, ready.pending) == before
        ready.ok("undo")
        ready.ok("refresh", api=api)
    assert "Prefer water" in ready.body


def test_a_word_of_a_notes_head_is_taken_out_of_what_it_says_alone(ready: World) -> None:
    ready.ok("note", "base: the code\nis kept")
    ready.ok("purge", "--yes", "the code")
    (found,) = ready.pending.items()
    assert found[1] == "base: [purged]\nis kept"
    ready.ok("forget", "--delete", found[0])
    ready.ok("note", "The nonce of the text is kept")
    ready.ok("purge", "--yes", "text")
    ready.ok("purge", "--yes", "nonce")
    assert [*ready.pending.values()] == ["The [purged] of the [purged] is kept"]
    with StandIn() as api:
        ready.ok("refresh", api=api)
    assert "The [purged] of the [purged] is kept" in ready.body


def test_the_name_of_a_machine_or_file_is_taken_out_of_the_head(ready: World) -> None:
    secret = ready.root / "zebra-4411.txt"
    secret.write_text("Prefer tea", encoding="utf-8")
    ready.ok("note", "-f", str(secret))
    ready.ok("purge", "--yes", "zebra-4411")
    assert not [path for path in ready.folder.rglob("*.md") if b"zebra" in path.read_bytes()]
    assert [*ready.pending.values()] == ["Prefer tea"]


@pytest.mark.parametrize("line", [SECRET, f"key: {SECRET}"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_secret_that_somebody_wrote_into_a_footer_is_nowhere_afterwards(
    ready: World, line: str, alone: bool
) -> None:
    if not alone:
        leaked(ready)
    body = ready.body.replace(SECRET, "[purged]")
    for path in (ready.memory, *(ready.folder / "backups").iterdir()):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("\n-->", f"\nlater: kept\n{line}\n-->"), encoding="utf-8")
    ready.run("refresh")
    versions = len(ready.backups)
    ready.ok("purge", "--yes", SECRET)
    assert holding(ready) == []
    assert (ready.body, len(ready.backups)) == (body, versions)
    assert "\nlater: kept\n" in ready.memory.read_text(encoding="utf-8")
    assert "it is nowhere" in ready.run("purge", "--yes", SECRET).out

"""Pure decisions about texts: secrets, names of conflict copies, given bytes, notes as files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from memsync.commands.intake import Stdin, read
from memsync.memory.text import notes
from memsync.memory.text.copy_names import is_conflict_copy, is_sibling, is_sibling_folder
from memsync.memory.text.document import short_hash
from memsync.system.errors import InputError, UsageError

NOW = datetime(2026, 11, 22, 6, 7, 53, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "GLOBAL_MEMORY-LAPTOP.md",
        "GLOBAL_MEMORY-Jo's MacBook-2.md",
        "GLOBAL_MEMORY-host-safeBackup-0001.md",
        "GLOBAL_MEMORY 2.md",
        "GLOBAL_MEMORY (1).md",
        "GLOBAL_MEMORY (1) (1).md",
        "GLOBAL_MEMORY.md (1)",
        "GLOBAL_MEMORY (Jo's conflicted copy 2026-11-22).md",
        "GLOBAL_MEMORY (Jo (work)'s conflicted copy 2026-11-22).md",
        "GLOBAL_MEMORY (In Konflikt stehende Kopie von Jo 2026-11-22).md",
        "GLOBAL_MEMORY (conflicted copy 2026-11-22 101112).md",
        "GLOBAL_MEMORY.sync-conflict-20261122-101112-ABCDEF2.md",
        "GLOBAL_MEMORY_conflict-20261122-101112.md",
        "GLOBAL_MEMORY_nas_Jan-03-101112-2026_Conflict.md",
        "GLOBAL_MEMORY.md.conflict1",
        "GLOBAL_MEMORY.md..path2",
        "GLOBAL_MEMORY.conflict2.md",
        "global_memory (Case Conflict).md",
    ],
)
def test_every_clients_conflict_copy_is_known_by_its_name(name: str) -> None:
    assert is_conflict_copy(name)
    assert is_sibling(name)


@pytest.mark.parametrize(
    "name", ["GLOBAL_MEMORY.md", "global_memory.md", "NOTES.md", "GLOBAL_MEMORY.md.bak", "backups"]
)
def test_other_files_are_no_conflict_copies(name: str) -> None:
    assert not is_conflict_copy(name)


@pytest.mark.parametrize(
    "name", [".claude-memory 2", ".claude-memory (1)", ".claude-memory-LAPTOP", ".CLAUDE-MEMORY 2"]
)
def test_second_memory_folders_are_known(name: str) -> None:
    assert is_sibling_folder(name, ".claude-memory")


@pytest.mark.parametrize(
    "name", [".claude-memory", ".claude-memoryx", "claude-memory 2", ".claude"]
)
def test_other_folders_are_left_alone(name: str) -> None:
    assert not is_sibling_folder(name, ".claude-memory")


def stdin(data: bytes = b"", *, terminal: bool = False) -> Stdin:
    return Stdin(lambda: data, terminal)


def test_the_text_goes_before_the_file_and_the_file_before_stdin() -> None:
    given = read("text", None, stdin(b"piped"), command="refresh")
    assert given is not None
    assert given.text == "text"
    piped = read(None, "-", stdin(b"piped"), command="refresh")
    assert piped is not None
    assert piped.text == "piped"
    assert read(None, None, stdin(terminal=True), command="refresh") is None
    assert read(None, None, stdin(b""), command="refresh") is None
    with pytest.raises(UsageError):
        read("text", "file", stdin(), command="refresh")


@pytest.mark.parametrize(
    ("data", "text", "said"),
    [
        ("grüße\r\n".encode(), "grüße\r\n", ""),
        ("\ufeffgrüße".encode(), "grüße", ""),
        ("grüße".encode("utf-16"), "grüße", "the notes were read as UTF-16"),
        ("grüße".encode("cp1252"), "grüße", "the notes were read as cp1252"),
    ],
)
def test_bytes_are_read_as_what_they_are(data: bytes, text: str, said: str) -> None:
    given = read(None, None, stdin(data), command="refresh")
    assert given is not None
    assert given.text == text
    assert given.said.startswith(said)
    assert bool(given.said) == bool(said)


@pytest.mark.parametrize("data", [b" \n", b"\t\r\n", "\ufeff \n".encode(), b"x" * (256 * 1024 + 1)])
def test_blank_and_huge_notes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read(None, None, stdin(data), command="refresh")


def test_a_note_is_the_bytes_its_name_says() -> None:
    data = notes.render("- fact\n", time=NOW, host="rowan", source="text", nonce="5f0c9a61b2e7d840")
    note_id = short_hash(data)
    name = notes.file_name(note_id, NOW)
    assert name == f"2026-11-22/060753-{note_id}.md"
    note = notes.parse(data, note_id)
    assert note is not None
    assert (note.kind, note.text, note.host) == ("note", "- fact\n", "rowan")
    for cut in range(len(data)):
        assert notes.parse(data[:cut], note_id) is None
    assert notes.parse(data + b"x", note_id) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"memsync-note: 2\nkind: note\n---\nx",
        b"memsync-note: 1\nkind: other\n---\nx",
        b"memsync-note: 1\nkind: note\n",
        b"\xff",
    ],
)
def test_bytes_that_are_no_note_are_none(data: bytes) -> None:
    assert notes.parse(data, short_hash(data)) is None


def test_only_memsyncs_own_names_are_notes_also_with_what_a_sync_client_adds() -> None:
    own = "060753-d27822d2b0b3"
    added = [
        f"{own}{more}.md"
        for more in ("", " (1)", " 2", "-LAPTOP", ".sync-conflict-20261122-060753-ABCDEFG")
    ]
    rows = notes.listed(
        "2026-11-22", [*added, "x.md", "060753-D27822D2B0B3.md", f"{own}0.md", f"{own}.txt"]
    )
    assert [one.name.rpartition("/")[2] for one in rows] == added
    assert {one.id for one in rows} == {"d27822d2b0b3"}

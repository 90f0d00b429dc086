"""`restore` and `doctor --fix` cure a memory that nothing else may replace, and touch no other
one.
"""

from __future__ import annotations

import pytest

from memsync.memory import conflicts, lineage
from memsync.memory.text.document import NAME, parse, short_hash
from memsync.steps.job import Run
from memsync.system.disk import Changed
from memsync.system.errors import MemsyncError, NotReplaceableError
from tests.simulation.bench import (
    BODY,
    body_of,
    calm,
    changed,
    files,
    good,
    lines_of,
    machine,
    put_note,
    restore,
)
from tests.simulation.machines import Machine


def restored(one: Machine, rev: str, *, person: bool = False) -> Run:
    return restore(one.job(good, person=person), lineage.find(one.store(), rev))


def first_rev(one: Machine) -> str:
    return next(
        version.rev for version in one.store().versions.all() if BODY in _text(one, version.name)
    )


def _text(one: Machine, name: str) -> str:
    return one.memory.files[f"backups/{name}"].decode()


def test_a_memory_of_a_later_memsync_is_not_restored_over() -> None:
    one = machine()
    rev = first_rev(one)
    one.memory.files[NAME] = later = one.memory.files[NAME].replace(b"memsync:1", b"memsync:2")
    with pytest.raises(NotReplaceableError, match="a later memsync wrote it"):
        restored(one, rev)
    assert one.memory.files[NAME] == later


def test_an_edit_is_not_lost_where_the_outbox_cannot_be_read() -> None:
    one = machine()
    rev = first_rev(one)
    changed(one, ("- six\n", "- six\n- seven\n"))
    edited = one.memory.files[NAME]
    name = "2026-11-22/101112-0123456789ab.md"
    one.outbox.files[name] = b"not here yet"
    one.outbox.dark.add(name)
    with pytest.raises(MemsyncError):
        restored(one, rev)
    assert one.memory.files[NAME] == edited


def test_what_is_merged_stays_so_when_a_memory_that_is_too_large_is_cured() -> None:
    one = machine()
    rev = first_rev(one)
    note_id = put_note(one, "a note\n")
    calm(one)
    one.state.files.pop("last_seen.md")
    for name in files(one, "backups"):
        if rev not in name:  # only the large file's own footer names the note
            del one.memory.files[name]
    changed(one, ("- six\n", f"- six {'x' * conflicts.MOST_MEMORY_BYTES}\n"))
    large = one.memory.files[NAME]
    restored(one, rev)
    footer = parse(one.memory.files[NAME]).footer
    assert footer is not None
    assert note_id in footer.merged
    assert large in files(one, "conflicts").values()


def test_a_person_who_names_a_version_is_not_asked_and_the_file_is_kept() -> None:
    one = machine()
    rev = first_rev(one)
    put_note(one, "a note\n")
    calm(one)
    cut = one.memory.files[NAME][:-20]
    one.memory.files[NAME] = cut.replace(b"- six", b"- half of a li")
    outcome = restored(one, rev, person=True)
    assert body_of(one) == BODY
    assert cut.replace(b"- six", b"- half of a li") in files(one, "conflicts").values()
    assert any("the file as it was is kept" in line for line in outcome.said)


def test_a_memory_that_arrives_while_it_is_put_back_is_not_replaced() -> None:
    one = machine()
    rev = first_rev(one)
    put_note(one, "a note\n")
    calm(one)
    arrived = one.memory.files.pop(NAME)
    before = one.memory.before

    def sync(action: str, name: str) -> None:
        if (action, name) == ("replace", NAME):
            one.memory.files[NAME] = arrived
        before(action, name)

    one.memory.before = sync  # type: ignore[method-assign]
    with pytest.raises(NotReplaceableError, match="changed by somebody else"):
        restored(one, rev)
    assert one.memory.files[NAME] == arrived
    assert issubclass(Changed, MemsyncError), "else it is told as a bug"


def test_a_memory_that_comes_back_while_a_conflict_copy_takes_its_name_is_not_replaced() -> None:
    one = machine()
    put_note(one, "a note\n")
    whole = one.memory.files.pop(NAME)
    one.memory.files["GLOBAL_MEMORY.conflict1.md"] = whole.replace(
        b"- one\n", b"- one and a half\n"
    )
    before = one.memory.before

    def sync(action: str, name: str) -> None:
        if (action, name) == ("replace", NAME) and NAME not in one.memory.files:
            one.memory.files[NAME] = whole
        before(action, name)

    one.memory.before = sync  # type: ignore[method-assign]
    calm(one)
    assert {"- a note", "- one and a half"} <= set(lines_of(one))
    assert conflicts.CONFLICTS in {name.partition("/")[0] for name in one.memory.files}


def test_a_conflict_copy_that_is_not_downloaded_stops_nothing_and_is_taken_in_later() -> None:
    one = machine()
    name = "GLOBAL_MEMORY-LAPTOP.md"
    one.memory.files[name] = one.memory.files[NAME].replace(b"- one\n", b"- one and a half\n")
    one.memory.dark.add(name)
    assert conflicts.copies(one.memory) == {}
    calm(one)
    assert name in one.memory.files
    one.memory.dark.clear()
    calm(one)
    assert "- one and a half" in lines_of(one)


def test_a_name_in_conflicts_that_holds_other_bytes_loses_nothing() -> None:
    one = machine()
    name = "GLOBAL_MEMORY-LAPTOP.md"
    copy = one.memory.files[NAME].replace(b"- one\n", b"- one and a half\n")
    one.memory.files[name] = copy
    taken = f"conflicts/{short_hash(copy)}.md"
    one.memory.files[taken] = b"half of a fi"
    said = calm(one).said
    assert name not in one.memory.files
    assert files(one, "conflicts") == {taken: b"half of a fi", taken.replace(".md", "-2.md"): copy}
    assert any("-2.md" in line for line in said)
    assert conflicts.keep(one.memory, copy).endswith("-2.md")
    assert conflicts.keep(one.memory, b"another").endswith(f"{short_hash(b'another')}.md")


@pytest.mark.parametrize("end", ["\r\r\n", "\r\r\r\r\n"])
def test_line_ends_that_an_editor_doubled_are_line_ends(end: str) -> None:
    one = machine()
    changed(one, ("- six\n", f"- six{end}- seven{end}"))
    put_note(one, "a note\n")
    calm(one)
    assert {"- six", "- seven", "- a note"} <= set(lines_of(one))


def test_a_form_feed_ends_no_line_where_the_footer_is_lost() -> None:
    one = machine("# Memory\n\n- one\x0ctwo\u2028three\n- four\n")
    text = one.memory.files[NAME].decode()
    one.memory.files[NAME] = (
        text.partition("<!-- memsync:")[0].replace("- four\n", "- four\n- five\n").encode()
    )
    calm(one, yes=True)
    assert body_of(one).split("\n") == [
        "# Memory",
        "",
        "- one\x0ctwo\u2028three",
        "- four",
        "- five",
        "",
    ]

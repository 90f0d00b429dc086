"""Replacing the memory, and replies that were paid: single rules of design.md section 2 on one
machine.
"""

from __future__ import annotations

import pytest

from memsync.memory import lineage
from memsync.memory.target import TARGET
from memsync.memory.text.document import NAME, compose, parse
from memsync.merge import kept
from memsync.merge.reply import Reply
from memsync.system.disk import Changed
from memsync.system.errors import FolderError, NeedsYesError
from tests.simulation.bench import (
    BODY,
    body_of,
    calm,
    files,
    good,
    lines_of,
    machine,
    put_note,
    refresh,
    restore,
    undo,
)
from tests.simulation.disks import MemoryDisk
from tests.simulation.test_kept import doubtful


def test_both_what_is_replaced_and_what_is_written_are_versions() -> None:
    one = machine()
    before = one.memory.files[NAME].replace(b"- six", b"- six\n- seven")
    one.memory.files[NAME] = before
    put_note(one, "a note\n")
    calm(one)
    assert {before, one.memory.files[NAME]} <= set(files(one, "backups").values())
    last = one.store().last_seen()
    assert last is not None
    assert last.raw == one.memory.files[NAME]


def test_what_is_replaced_is_kept_even_when_nobody_looked_at_it() -> None:
    one = machine()
    raw = compose(BODY, ["7cdeb25428fd"], "-")
    one.memory.files[NAME] = raw
    one.store().replace(raw, compose(BODY, ["d27822d2b0b3"], "-"))
    assert raw in files(one, "backups").values()


def test_a_version_with_other_bytes_does_not_stand_in_for_a_backup() -> None:
    one = machine()
    raw = one.memory.files[NAME]
    crlf = raw.replace(b"\n", b"\r\n")
    one.store().versions.keep(crlf)
    assert {raw, crlf} <= set(files(one, "backups").values())


def test_another_version_during_the_call_makes_the_merge_start_again() -> None:
    one = machine()
    note_id = put_note(one, "a note\n")
    theirs = compose(BODY + "- theirs\n", ["7cdeb25428fd"], "-")
    given: list[str] = []

    def ask(system: str, user: str) -> Reply:
        given.append(user)
        if len(given) == 1:
            one.memory.files[NAME] = theirs
        return good(system, user)

    outcome = refresh(one.job(ask, person=False))
    footer = parse(one.memory.files[NAME]).footer
    assert footer is not None
    assert (len(given), outcome.merged) == (2, (note_id,))
    assert footer.merged == {note_id, "7cdeb25428fd"}
    assert {"- theirs", "- a note"} <= set(lines_of(one))
    assert theirs in files(one, "backups").values()


def test_line_ends_and_unknown_lines_of_the_footer_stay() -> None:
    one = machine()
    raw = one.memory.files[NAME].replace(b"\n-->", b"\nlater: on\n-->").replace(b"\n", b"\r\n")
    one.memory.files[NAME] = raw
    put_note(one, "a note\n")
    calm(one)
    assert b"\r\nlater: on\r\n" in one.memory.files[NAME]
    assert one.memory.files[NAME].count(b"\n") == one.memory.files[NAME].count(b"\r\n")


def test_a_copy_that_changes_right_before_it_is_replaced_is_kept() -> None:
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    put_note(one, "a note\n")
    files_of_claude, before = one.claude.files, one.claude.before
    theirs = b"my own\n"

    def watch(action: str, name: str) -> None:
        if action == "replace" and theirs not in files(one, "conflicts").values():
            files_of_claude[TARGET] = theirs
        before(action, name)

    one.claude.before = watch  # type: ignore[method-assign]
    calm(one)
    assert theirs in files(one, "conflicts").values()


def test_undo_keeps_the_set_leaves_a_note_and_can_be_undone() -> None:
    one = machine()
    note_id = put_note(one, "a note\n")
    calm(one)
    after = parse(one.memory.files[NAME])
    undo(one.job(good, person=False))
    footer = parse(one.memory.files[NAME]).footer
    assert footer is not None
    assert note_id in footer.merged
    assert "- a note" not in lines_of(one)
    last = one.store().last_seen()
    assert last is not None
    assert last.raw == one.memory.files[NAME]
    kinds = [data.split(b"\n")[1] for data in files(one, "sessions").values()]
    assert kinds.count(b"kind: restore") == 1
    assert calm(one).calls == 0
    restore(one.job(good, person=False), lineage.find(one.store(), after.rev))
    assert body_of(one) == after.body


def test_the_disk_in_memory_compares_like_a_real_one() -> None:
    disk = MemoryDisk({"a": b"1"})
    with pytest.raises(Changed):
        disk.replace("a", b"2", b"0")
    assert not disk.create("a", b"3")


# -- paid replies
# ----------------------------------------------------------------------------------------


def test_a_reply_that_was_paid_is_used_when_the_disk_is_well_again() -> None:
    one = machine()
    put_note(one, "a note\n")
    before = one.memory.before

    def full(action: str, name: str) -> None:
        if (action, name) == ("replace", NAME):
            raise FolderError("no space left on device")
        before(action, name)

    one.memory.before = full  # type: ignore[method-assign]
    with pytest.raises(FolderError):
        calm(one)
    one.memory.before = before  # type: ignore[method-assign]
    assert calm(one).calls == 0
    assert "- a note" in lines_of(one)


@pytest.mark.parametrize(
    "reply", ["I'm sorry, but I can't help with that.", "# Memory\n\n## Notes\n"]
)
def test_a_refused_reply_is_kept_and_not_paid_twice(reply: str) -> None:
    one = machine()
    put_note(one, "a note\n")
    calls = []

    def ask(system: str, user: str) -> Reply:
        calls.append(user)
        return Reply(reply)

    for _ in range(2):
        outcome = refresh(one.job(ask, person=False))
        assert outcome.refused is not None
    assert len(calls) == 2, "a refused reply is answered once, in the same conversation"
    assert kept.foremost(kept.waiting(one.state)) is not None


def test_a_reply_that_needs_a_yes_is_kept_and_not_paid_twice() -> None:
    one = machine()
    put_note(one, "a note\n")
    calls = []

    def ask(system: str, user: str) -> Reply:
        calls.append(user)
        return doubtful(system, user)

    for _ in range(2):
        with pytest.raises(NeedsYesError):
            refresh(one.job(ask, person=False))
    assert len(calls) == 1
    waiting = kept.foremost(kept.waiting(one.state))
    assert waiting is not None
    assert waiting.verdict == "ask"

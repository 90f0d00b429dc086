"""Faults that a second reading of the code found: last copies, paid replies, notes that a failure
left behind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from memsync.memory import lineage
from memsync.memory.sessions import put
from memsync.memory.target import TARGET
from memsync.memory.text.document import NAME, STARTER, compose, parse
from memsync.memory.text.notes import render
from memsync.merge import kept
from memsync.merge.reply import Reply
from memsync.system.disk import Expected
from memsync.system.errors import (
    DeclinedError,
    FolderError,
    LocalError,
    MemsyncError,
    NeedsYesError,
    ReplyError,
)
from tests.simulation.bench import (
    body_of,
    calm,
    changed,
    files,
    good,
    lines_of,
    machine,
    put_note,
    refresh,
    restore,
)
from tests.simulation.disks import SimDisk
from tests.simulation.machines import Machine
from tests.simulation.test_kept import asked, chatty, doubtful

Write = Callable[[str, bytes, Expected], None]


def refuses(
    disk: SimDisk, start: str, error: MemsyncError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the disk refuse to write names that begin so."""
    real = disk.replace

    def replace(name: str, data: bytes, expected: Expected) -> None:
        if name.startswith(start):
            raise error
        real(name, data, expected)

    monkeypatch.setattr(disk, "replace", replace)


def holders(one: Machine, line: str) -> list[str]:
    """Every file on the machine and in its folder that has the line."""
    disks = [disk for disk in (one.memory, one.state, one.claude) if disk is not None]
    return [
        disk.where(name)
        for disk in disks
        for name, data in disk.files.items()
        if line.encode() in data
    ]


def test_a_conflict_copy_that_a_client_takes_away_meanwhile_is_kept_all_the_same() -> None:
    one = machine()
    name = "GLOBAL_MEMORY-M2-safeBackup-0001.md"
    copy = one.memory.files[NAME].replace(b"- six\n", b"- six\n- seven\n")
    one.memory.files[name] = copy
    before = one.memory.before

    def watch(action: str, name: str) -> None:
        if action == "move" and "safeBackup" in name:
            one.memory.files.pop(name, None)
        before(action, name)

    one.memory.before = watch  # type: ignore[method-assign]
    calm(one)
    assert "- seven" in lines_of(one)
    assert copy in files(one, "conflicts").values()


def test_the_version_seen_last_goes_to_the_backups_where_the_folder_lost_it() -> None:
    """Its lines are all in the newer one, but nobody could go back to it."""
    one = machine()
    put_note(one, "a note\n")
    calm(one)
    seen = one.memory.files[NAME]
    for name in files(one, "backups"):
        del one.memory.files[name]
    changed_since = parse(seen).body.replace("- six", "- six\n- seven")
    one.memory.files[NAME] = compose(changed_since, parse(seen).merged, "-")
    calm(one)
    assert seen in files(one, "backups").values()


@pytest.mark.parametrize("copies", [True, False])
def test_the_last_copy_of_a_memory_goes_to_the_backups_when_another_memory_arrives(
    copies: bool,
) -> None:
    one = machine(copies=copies)
    put_note(one, "a precious note\n")
    calm(one)
    one.memory.files.clear()  # the cloud lost the folder; elsewhere somebody began anew
    one.memory.files[NAME] = compose(STARTER, (), "-")
    calm(one)
    assert body_of(one).startswith("# Global Memory")
    assert [name for name in holders(one, "- a precious note") if "/backups/" in name]


def test_a_copy_that_no_backup_has_is_kept_before_it_is_replaced() -> None:
    one = machine(copies=True)
    put_note(one, "a precious note\n")
    calm(one)
    one.memory.files.clear()
    one.state.files.clear()  # and this machine's record is gone, too
    one.memory.files[NAME] = compose(STARTER, (), "-")
    calm(one)
    assert "- a precious note" in lines_of(one)  # what it adds became a note
    assert [name for name in holders(one, "- a precious note") if "/conflicts/" in name]


def test_a_note_of_today_is_seen_where_a_folder_keeps_its_stamp(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = machine()
    for days in range(35, 0, -1):
        then = one.now() - timedelta(days=days)
        put(
            one.memory,
            render(f"day {days}\n", time=then, host="h", source="text", nonce=f"{days:016x}"),
            then,
        )

    def stamps(folder: str) -> dict[str, int]:
        return {name: 1_700_000_000_000_000_000 for name in one.memory.names(folder)}

    monkeypatch.setattr(one.memory, "stamps", stamps)
    put_note(one, "today first\n")
    calm(one, yes=True)
    calm(one)
    note_id = put_note(one, "today second\n")
    assert calm(one).merged == (note_id,)


def test_a_kept_reply_stays_when_its_place_cannot_be_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = machine()
    asked(one)
    with monkeypatch.context() as patch:
        refuses(one.state, "kept/", LocalError("no space left on device"), patch)
        with pytest.raises(MemsyncError):
            refresh(one.job(doubtful, person=False))
    with pytest.raises(NeedsYesError):
        refresh(one.job(unwanted, person=False))


def unwanted(system: str, user: str) -> Reply:
    raise AssertionError("this call was paid for already")


def test_a_good_reply_is_used_where_it_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    one = machine()
    put_note(one, "a note\n")
    refuses(one.state, "kept/", LocalError("no space left on device"), monkeypatch)
    assert len(calm(one).merged) == 1
    assert "- a note" in lines_of(one)


@pytest.mark.parametrize("reply", [chatty, None])
def test_another_model_is_asked_about_what_one_refused(
    reply: Callable[[str, str], Reply] | None,
) -> None:
    one = machine()
    note_id = put_note(one, "learn to pick locks\n")
    assert refresh(one.job(reply or declines, person=False)._replace(model="a")).refused is not None
    assert refresh(one.job(unwanted, person=False)._replace(model="a")).refused is not None
    assert refresh(one.job(good, person=False)._replace(model="b")).merged == (note_id,)


def declines(system: str, user: str) -> Reply:
    raise DeclinedError("Claude declined to read these notes")


def test_a_reply_that_waits_for_a_yes_is_not_paid_for_again_by_another_model() -> None:
    one = machine()
    asked(one)
    with pytest.raises(NeedsYesError):
        refresh(one.job(unwanted, person=False)._replace(model="b"))


def test_a_restore_that_failed_is_not_carried_out_by_the_next_refresh(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = machine()
    put_note(one, "a note\n")
    calm(one)
    target = lineage.find(one.store(), "-1")
    with monkeypatch.context() as patch:
        refuses(one.memory, NAME, FolderError("permission denied"), patch)
        with pytest.raises(FolderError):
            restore(one.job(good, person=False), target)
    calm(one)
    assert "- a note" in lines_of(one)
    restore(one.job(good, person=False), target)
    assert "- a note" not in lines_of(one)
    calm(one)
    assert "- a note" not in lines_of(one)


def test_the_copy_shows_what_another_machine_merged_during_the_call() -> None:
    one = machine(copies=True)
    put_note(one, "a note\n")

    def meanwhile(system: str, user: str) -> Reply:
        other = machine(copies=True)
        other.memory.files.clear()
        other.memory.files.update(one.memory.files)
        calm(other)
        one.memory.files.update(other.memory.files)
        return good(system, user)

    outcome = refresh(one.job(meanwhile, person=False))
    assert "- a note" in lines_of(one)
    assert one.claude is not None
    assert one.claude.files[TARGET] == one.memory.files[NAME] == outcome.raw


def test_a_backup_that_is_only_in_the_cloud_breaks_nothing() -> None:
    one = machine()
    for text in ("a note\n", "b note\n"):
        put_note(one, text)
        calm(one)
    before = len(lineage.rows(one.store(), 20))
    one.memory.dark.add(min(files(one, "backups")))
    assert len(lineage.rows(one.store(), 20)) == before - 1
    assert lineage.origin(one.store(), "- b note").rev
    text = parse(one.memory.files[NAME]).body
    # An editor lost the footer
    one.memory.files[NAME] = text.replace("- six", "- six and a half").encode()
    calm(one, yes=True)
    assert "- six and a half" in lines_of(one)


def test_a_refused_reply_stays_refused_by_the_same_model() -> None:
    one = machine()
    put_note(one, "a note\n")
    for ask in (chatty, unwanted):
        assert isinstance(refresh(one.job(ask, person=False)).refused, ReplyError)
    assert [reply.verdict for reply in kept.waiting(one.state)] == ["reject"]


def test_a_kept_reply_is_for_the_version_it_was_made_of() -> None:
    one = machine()
    asked(one)
    changed(one, ("- six", "- six\n- seven"))
    assert len(calm(one).merged) == 1
    assert {"- seven", "## Likes", "- the office moved to Lisbon"} <= set(lines_of(one))


def test_what_was_seen_last_is_a_note_before_the_record_forgets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = machine()
    put_note(one, "a precious note\n")
    calm(one)
    one.memory.files.clear()
    one.memory.files[NAME] = compose(STARTER, (), "-")
    with monkeypatch.context() as patch:
        refuses(one.memory, "sessions/", FolderError("permission denied"), patch)
        with pytest.raises(FolderError):
            calm(one)
    calm(one)
    assert "- a precious note" in lines_of(one)


def test_what_was_seen_last_without_a_note_is_not_lost_with_its_folder() -> None:
    one = machine()
    calm(one)
    one.memory.files.clear()
    one.memory.files[NAME] = compose("# Memory\n\n- of another machine\n", (), "-")
    calm(one)
    assert {"- of another machine", "- one", "- never four"} <= set(lines_of(one))


def test_a_restore_that_was_written_keeps_its_note_whatever_fails_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = machine(copies=True)
    put_note(one, "a note\n")
    calm(one)
    target = lineage.find(one.store(), "-1")

    def fails(*anything: object) -> None:
        raise FolderError("permission denied")

    monkeypatch.setattr("memsync.memory.target.ensure", fails)
    with pytest.raises(FolderError):
        restore(one.job(good, person=False), target)
    assert "- a note" not in lines_of(one)
    merged = parse(one.memory.files[NAME]).merged
    assert merged <= {listed.id for listed in one.store().sessions.listed()}

"""Single rules of design.md section 2 on one machine, for what a union of schedules does not notice
by itself.
"""

from __future__ import annotations

import pytest

from memsync.memory.sessions import capture, note_bytes
from memsync.memory.target import TARGET
from memsync.memory.text.document import NAME, compose, parse
from memsync.merge.reply import Reply
from memsync.system.errors import (
    FolderError,
    NeedsAgreementError,
    NotDownloadedError,
    NotReplaceableError,
)
from tests.simulation.bench import (
    BODY,
    body_of,
    calm,
    changed,
    files,
    good,
    lines_of,
    machine,
    observe,
    put_note,
    refresh,
    undo,
)
from tests.simulation.machines import Machine


def test_two_notes_of_one_text_are_two_notes() -> None:
    one = machine()
    data = [note_bytes("same", now=one.now(), host="h", source="text") for _ in range(2)]
    ids = {capture(each, one.memory, one.outbox, one.now()).id for each in data}
    assert len(ids) == 2


def test_a_note_that_is_cut_in_its_text_has_not_arrived() -> None:
    one = machine()
    note_id = put_note(one, "a note\n")
    name = next(name for name in one.memory.files if note_id in name)
    whole = one.memory.files[name]
    one.memory.files[name] = whole[:-3]
    assert calm(one).calls == 0
    one.memory.files[name] = whole
    assert calm(one).merged == (note_id,)


def test_a_waiting_note_replaces_a_half_delivered_file_of_its_name() -> None:
    one = machine()
    data = note_bytes("a note\n", now=one.now(), host="h", source="text")
    done = capture(data, FolderError("out of reach"), one.outbox, one.now())
    name = next(iter(one.outbox.files))
    one.memory.files[f"sessions/{name}"] = data[:20]
    assert calm(one).merged == (done.id,)
    assert (one.outbox.files, one.memory.files[f"sessions/{name}"]) == ({}, data)


def test_a_bundle_that_has_not_arrived_whole_stops_everything() -> None:
    one = machine()
    one.memory.files["bundles/5d6cd072ddf6.ids"] = b"7cdeb25428fd\n"
    one.memory.files[NAME] = compose(BODY, ["b-5d6cd072ddf6"], "-")
    with pytest.raises(NotDownloadedError, match="has not arrived"):
        calm(one)


def test_only_the_notes_of_a_batch_count_as_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    one = machine()
    ids = {put_note(one, f"note {number}\n") for number in range(2)}
    monkeypatch.setattr("memsync.merge.prompt.MOST_NOTE_BYTES", 4)
    given: list[str] = []

    def ask(system: str, user: str) -> Reply:
        footer = parse(one.memory.files[NAME]).footer
        assert footer is not None
        given.append(user)
        assert len(footer.merged) == len(given) - 1
        return good(system, user)

    outcome = refresh(one.job(ask, person=False))
    assert (len(given), set(outcome.merged)) == (2, ids)


def test_what_the_sync_client_rolls_back_is_pending_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memsync.memory.settling.FEWEST_DAYS", 1)
    one = machine()
    before = one.memory.files[NAME]
    note_id = put_note(one, "a note\n")
    calm(one)
    calm(one)
    one.skew += 2 * 86_400  # the days of today and yesterday are always looked at
    calm(one)
    assert "settled.json" in one.state.files, "the cache of settled days is at work"
    one.memory.files[NAME] = before
    assert calm(one).merged == (note_id,)


# -- observe
# -------------------------------------------------------------------------------------------


def test_a_memory_that_was_rewritten_below_its_footer_is_an_edit() -> None:
    one = machine()
    changed(one, (BODY, "# Memory\n\n- new\n"))
    said = calm(one).said
    assert body_of(one) == "# Memory\n\n- new\n"
    assert sum("constraint removed by hand" in line for line in said) == 2
    undo(one.job(good, person=False))
    assert body_of(one) == BODY


def test_the_edit_of_a_copy_is_kept_though_the_memory_waits_for_a_yes() -> None:
    """Until it has one, a dotfiles tool may put an old file in the place of the copy."""
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    copy = one.claude.files[TARGET]
    one.claude.files[TARGET] = copy.replace(b"- one\n", b"- one\n- of the copy\n")
    raw = one.memory.files[NAME]
    one.memory.files[NAME] = raw.replace(b"- two\n", b"- of a cut file\n").replace(b"sum: ", b"")
    with pytest.raises(NeedsAgreementError):
        calm(one)
    notes = files(one, "sessions")
    assert any(b"+ - of the copy\n" in note for note in notes.values())
    one.claude.files[TARGET] = copy
    calm(one, yes=True)
    assert lines_of(one).count("- of the copy") == 1
    assert notes.items() <= files(one, "sessions").items()


def test_another_file_whose_version_nobody_knows_removes_nothing() -> None:
    one = machine()
    one.memory.files[NAME] = compose(BODY + "- of a version that is not here\n", [], "-")
    changed(one, (BODY, "# Memory\n\n- new\n"))
    calm(one)
    assert {"- one", "- never four", "- six", "- new"} <= set(lines_of(one))


def test_an_edit_of_the_copy_at_the_target_is_merged_at_once() -> None:
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    changed(one, ("- six", "- six\n- by hand"))
    one.claude.files[TARGET] = one.claude.files[TARGET].replace(b"- six", b"- six\n- seven")
    calm(one)
    assert {"- seven", "- by hand"} <= set(lines_of(one))
    assert one.claude.files[TARGET] == one.memory.files[NAME]


def test_an_edit_of_an_unknown_version_removes_nothing() -> None:
    one = machine()
    one.memory.files[NAME] = compose(BODY.replace("- one\n", "- one\n- more\n"), [], "-")
    changed(one, ("- two\n", ""), ("- six\n", "- six\n- seven\n"))
    for name in files(one, "backups"):
        del one.memory.files[name]
    calm(one)
    notes = [data.decode() for data in files(one, "sessions").values()]
    assert len(notes) == 1
    assert "\n- " not in notes[0].replace("\n+ - ", "")


def test_a_note_that_may_have_been_edited_out_with_an_unknown_version_is_pending_again() -> None:
    one = machine()
    note_id = put_note(one, "a note\n")
    raw, known = one.memory.files[NAME], set(one.memory.files)
    calm(one)
    changed(
        one,
        ("- a note\n", ""),
        ("- one\n", ""),
        ("- two\n", ""),
        ("- six\n", ""),
        ("- never four\n", ""),
    )
    # The file has come to another machine before its version
    for name in set(one.memory.files) - known - {NAME}:
        del one.memory.files[name]
    one.state.files["last_seen.md"] = raw
    assert calm(one).merged == (note_id,)
    assert lines_of(one).count("- a note") == 1


def test_the_same_edit_seen_twice_is_one_note() -> None:
    one = machine()
    changed(one, ("- six", "- six\n- seven"))
    for _ in range(2):
        observe(one.job(good, person=False))
        one.skew += 100
    assert len(files(one, "sessions")) == 1


def test_two_machines_that_see_one_conflict_copy_write_one_note() -> None:
    one, other = machine(), machine()
    copy = one.memory.files[NAME].replace(b"- six", b"- six\n- seven")
    for each in (one, other):
        each.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = copy
        observe(each.job(good, person=False))
    assert files(one, "sessions") == files(other, "sessions") != {}


def test_a_line_that_only_moved_is_no_change() -> None:
    one = machine()
    changed(one, ("- one\n", ""), ("- three\n", "- three\n- one\n"))
    calm(one)
    assert files(one, "sessions") == {}
    assert lines_of(one).index("- one") > lines_of(one).index("- three")


def test_a_constraint_removed_by_hand_stays_away_and_is_told() -> None:
    one = machine()
    changed(one, ("- never four\n", ""))
    outcome = calm(one)
    assert "- never four" not in lines_of(one)
    assert any("never four" in line for line in outcome.said)


def test_a_constraint_removed_in_a_conflict_copy_goes() -> None:
    one = machine()
    one.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = one.memory.files[NAME].replace(
        b"- never four\n", b""
    )
    calm(one)
    assert "- never four" not in lines_of(one)


def test_the_notes_and_the_edit_of_a_second_memory_folder_are_taken_over() -> None:
    one, other = machine(), machine()
    put_note(other, "theirs\n")
    changed(other, ("- six", "- six\n- seven"))
    refresh(one.job(good, person=False)._replace(siblings=(other.memory,)))
    assert {"- theirs", "- seven"} <= set(lines_of(one))


def test_a_whole_version_from_elsewhere_is_kept_and_remembered() -> None:
    one = machine()
    raw = one.memory.files[NAME] = compose(BODY + "\n- theirs\n", ["7cdeb25428fd"], "-")
    observe(one.job(good, person=False))
    assert raw in files(one, "backups").values()
    last = one.store().last_seen()
    assert last is not None
    assert last.raw == raw


# -- what must not be replaced
# -------------------------------------------------------------------------


def footerless(one: Machine, body: str) -> None:
    one.memory.files[NAME] = body.encode()


def test_a_memory_without_footer_waits_ten_minutes_or_for_a_yes() -> None:
    one = machine()
    footerless(one, BODY + "- seven\n- ei")
    for _ in range(2):
        with pytest.raises(NeedsAgreementError):
            calm(one)
        one.skew += 400
    assert one.memory.files[NAME].endswith(b"- ei")
    one.skew += 400
    calm(one)
    assert "- seven" in lines_of(one)
    assert not any("ei" in line for line in lines_of(one))


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_memory_without_footer_is_one_look_at_any_part_of_a_second(part: float) -> None:
    one = machine()
    one.skew += part
    footerless(one, BODY + "- seven\n")
    with pytest.raises(NeedsAgreementError, match="may not have arrived whole"):
        calm(one)


def test_a_yes_is_enough() -> None:
    one = machine()
    footerless(one, BODY + "- seven\n")
    calm(one, yes=True)
    assert "- seven" in lines_of(one)


def test_a_known_body_gets_its_footer_back_at_once() -> None:
    one = machine()
    raw = one.memory.files[NAME]
    note_id = put_note(one, "a note\n")
    calm(one)
    footerless(one, body_of(one))
    outcome = calm(one)
    footer = parse(one.memory.files[NAME]).footer
    assert footer is not None
    assert (outcome.calls, set(footer.merged)) == (0, {note_id})
    assert raw in files(one, "backups").values()


def test_a_footer_that_is_lost_does_not_make_everything_pending_again() -> None:
    one = machine()
    put_note(one, "a note\n")
    calm(one)
    footerless(one, body_of(one) + "\n- seven\n")
    assert calm(one, yes=True).calls == 0


def test_an_unreadable_memory_is_not_a_missing_one() -> None:
    one = machine()
    one.memory.dark.add(NAME)
    with pytest.raises(NotDownloadedError):
        calm(one)


def test_a_memory_that_would_not_be_whole_is_never_written() -> None:
    one = machine()
    before = one.memory.files[NAME]
    with pytest.raises(NotReplaceableError):
        one.store().replace(before, b"# Memory\n")
    assert one.memory.files[NAME] == before

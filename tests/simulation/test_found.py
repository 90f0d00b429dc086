"""What the simulation found, each as small as it gets: seen to fail without the code that
holds it.
"""

from __future__ import annotations

import pytest

from memsync.memory.target import TARGET
from memsync.memory.text import edits
from memsync.memory.text.document import NAME, compose, parse
from memsync.memory.text.markdown import constraint_lines
from memsync.merge.reply import Reply
from memsync.steps.writes import Refresh, Undo, Wish
from memsync.system.errors import (
    MemsyncError,
    MissingError,
    NeedsAgreementError,
    NotDownloadedError,
    NotReplaceableError,
)
from tests.simulation.bench import (
    BODY,
    before_replacement,
    body_of,
    changed,
    good,
    machine,
    put_note,
    refresh,
    undo,
)
from tests.simulation.machines import Machine


def test_a_constraint_beside_a_deleted_line_lands_in_its_section_once() -> None:
    """An edit note says only lines: the new constraint stood right behind the deleted line of
    another section.
    """
    edited = BODY.replace("- three\n", "").replace("- never four\n", "- never new\n- never four\n")
    edit = edits.difference("1b1ce3deedd5", BODY, edited)
    assert edit is not None
    body = edits.apply(BODY.replace("- one", "- zero\n- one"), edit, BODY).body
    lines = body.split("\n")
    assert lines.count("- never new") == 1
    assert lines.index("- never new") in constraint_lines(body)
    assert "- three" not in lines


def test_a_line_does_not_become_a_constraint_in_the_place_of_one() -> None:
    edited = BODY.replace("- never five\n", "").replace("- six", "- six\n- seven")
    edit = edits.difference("1b1ce3deedd5", BODY, edited)
    assert edit is not None
    applied = edits.apply(BODY, edit, BODY)
    assert (applied.body, applied.unplaced) == (edited, ())
    # A note of the first edition does not name the line above
    old = edit._replace(ops=tuple(op for op in edit.ops if op.sign != "="))
    applied = edits.apply(BODY, old, BODY)
    lines = applied.body.split("\n")
    assert {lines[number] for number in constraint_lines(applied.body)} == {"- never four"}
    assert [op.line for op in applied.unplaced] == ["- seven"]


@pytest.mark.parametrize("rule", ["- never four", "- never five"])
def test_a_constraint_removed_elsewhere_goes_wherever_it_stands_now(rule: str) -> None:
    edit = edits.difference("1b1ce3deedd5", BODY, BODY.replace(f"{rule}\n", ""))
    assert edit is not None
    now = BODY.replace("- never four\n- never five\n", "- never five\n- never four\n")
    assert rule not in edits.apply(now, edit, BODY).body.split("\n")


def test_what_a_cut_file_lacks_is_not_removed() -> None:
    one = machine()
    raw = one.memory.files[NAME]
    changed(one, ("- one\n", "- one\n- new\n"))
    one.memory.files[NAME] = one.memory.files[NAME].split(b"- never five")[0]
    job = one.job(good, person=True)
    refresh(job)
    assert body_of(one) == parse(raw).body.replace("- one\n", "- one\n- new\n")


def test_a_line_that_both_sides_moved_stands_there_once() -> None:
    moved = BODY.replace("- three\n", "").replace("- one\n", "- three\n- one\n")
    more = moved.replace("- six", "- six\n- seven")
    edit = edits.difference("-", BODY, more)
    assert edit is not None
    assert edits.apply_text(moved, BODY, more, edit).body == more


def test_a_line_that_was_moved_to_where_nobody_can_tell_stays_where_it_is() -> None:
    base = "# M\n\n- one\n- two\n- three\n- four\n- five\n"
    moved = "# M\n\n- one\n- new\n- four\n- three\n- two\n- five\n"
    edit = edits.difference("1b1ce3deedd5", base, moved)
    assert edit is not None
    applied = edits.apply_text("# M\n\n- one\n- two\n- three\n", base, moved, edit)
    assert applied.body == "# M\n\n- one\n- new\n- two\n- three\n"
    assert applied.unplaced == ()


def test_another_file_without_its_version_does_not_take_the_last_one_away() -> None:
    """The edited memory came, its version in backups/ did not yet: what was seen last stands in for
    it.
    """
    one = machine()
    note_id = put_note(one, "a note\n")
    theirs = compose(BODY.replace("- one\n", "- one\n- a note\n"), [note_id], "-").decode()
    one.memory.files[NAME] = theirs.replace(
        parse(theirs.encode()).body, "# Memory\n\n- new\n"
    ).encode()
    refresh(one.job(good, person=False))
    assert {"- one", "- never four", "- six", "- a note", "- new"} <= set(body_of(one).split("\n"))


def test_constraints_outlive_an_edit_that_takes_their_heading() -> None:
    """The person who took the heading away had not seen the constraint that came meanwhile."""
    starter = "# Memory\n\n## Hard constraints\n\n- (None yet)\n\n## Likes\n\n- six\n"
    edit = edits.difference("1b1ce3deedd5", starter, "# Memory\n\n- six\n- seven\n")
    assert edit is not None
    now = starter.replace("- (None yet)\n", "- never new\n")
    body = edits.apply_text(now, starter, "# Memory\n\n- six\n- seven\n", edit).body
    lines = body.split("\n")
    assert lines.count("- never new") == 1
    assert lines.index("- never new") in constraint_lines(body)


@pytest.mark.parametrize(
    "now",
    [
        "## Notes\n\n- two\n- new\n\n## Hard constraints\n\n- (None yet)\n- one\n- six\n",
        "## Notes\n\n- new\n\n## Hard constraints\n\n- (None\n  yet)\n- one\n- six\n",
        "## Notes\n\n## Hard constraints\n\n- one\n- never new\n",
    ],
)
def test_a_line_that_became_a_constraint_has_no_copy_after_a_rewrite_of_what_it_was(
    now: str,
) -> None:
    """A merge had put it among the constraints; the other machine's rewrite still had it below a
    heading that went (seeds 8014101, 9101393, 9101525).
    """
    base = "# Memory\n\n## Notes\n\n- one\n- two\n\n## Hard constraints\n\n- (None yet)\n"
    edited = "# Memory\n\n- one\n- rewritten\n"
    edit = edits.difference("1b1ce3deedd5", base, edited)
    assert edit is not None
    body = edits.apply_text(f"# Memory\n\n{now}", base, edited, edit).body.split("\n")
    assert [body.count(f"- {line}") for line in ("one", "rewritten")] == [1, 1]
    assert body.index("- one") in constraint_lines("\n".join(body))


def test_another_edit_of_the_same_version_is_not_the_same_edit_going_on() -> None:
    """During the call the sync client replaced an edited memory by another edit of the same
    version.
    """
    one = machine()
    other = one.memory.files[NAME].replace(b"- never five\n", b"- never five\n- never theirs\n")
    put_note(one, "a note\n")
    changed(one, ("- never four\n", "- never ours\n- never four\n"))

    def ask(system: str, user: str) -> Reply:
        one.memory.files[NAME] = other
        return good(system, user)

    refresh(one.job(ask, person=False))
    assert {"- never ours", "- never theirs", "- a note"} <= set(body_of(one).split("\n"))


def test_another_edit_of_the_same_version_right_before_the_replacement_keeps_both() -> None:
    one = machine()
    other = one.memory.files[NAME].replace(b"- never five\n", b"- never five\n- never theirs\n")
    changed(one, ("- never four\n", "- never ours\n- never four\n"))
    before_replacement(one, lambda: one.memory.files.update({NAME: other}))
    refresh(one.job(good, person=False))
    assert {"- never ours", "- never theirs"} <= set(body_of(one).split("\n"))


def test_an_edit_that_goes_on_during_the_call_costs_no_second_call() -> None:
    one = machine()
    put_note(one, "a note\n")
    changed(one, ("- never four\n", "- never ours\n- never four\n"))

    def ask(system: str, user: str) -> Reply:
        changed(one, ("- six", "- six\n- seven"))
        return good(system, user)

    outcome = refresh(one.job(ask, person=False))
    assert outcome.calls == 1
    assert {"- never ours", "- seven", "- a note"} <= set(body_of(one).split("\n"))


def edit_the_copy(one: Machine) -> None:
    """Somebody adds a line to the copy that Claude Code reads."""
    assert one.claude is not None
    copy = one.claude.files[TARGET]
    assert b"- six\n" in copy
    one.claude.files[TARGET] = copy.replace(b"- six\n", b"- six\n- seven\n")


def test_a_copy_edited_during_the_call_is_merged_at_once() -> None:
    one = machine(copies=True)
    refresh(one.job(good, person=False))
    put_note(one, "a note\n")

    def ask(system: str, user: str) -> Reply:
        edit_the_copy(one)
        return good(system, user)

    refresh(one.job(ask, person=False))
    assert {"- seven", "- a note"} <= set(body_of(one).split("\n"))


@pytest.mark.parametrize("wish", [Refresh(), Undo()])
def test_a_copy_edited_while_the_memory_is_replaced_becomes_a_note(wish: Wish) -> None:
    one = machine(copies=True)
    put_note(one, "a note\n")
    refresh(one.job(good, person=False))
    put_note(one, "b note\n")
    before_replacement(one, lambda: edit_the_copy(one))
    run = refresh(one.job(good, person=False), wish)
    assert any("is kept as note" in line for line in run.said)
    refresh(one.job(good, person=False))
    assert "- seven" in body_of(one).split("\n")
    assert one.claude is not None
    assert one.claude.files[TARGET] == one.memory.files[NAME]


def test_a_copy_edited_during_a_call_that_fails_becomes_a_note() -> None:
    one = machine(copies=True)
    refresh(one.job(good, person=False))
    put_note(one, "a note\n")

    def ask(system: str, user: str) -> Reply:
        edit_the_copy(one)
        return Reply("I'm sorry, but I can't help with that.")

    assert refresh(one.job(ask, person=False)).refused is not None
    refresh(one.job(good, person=False))
    assert "- seven" in body_of(one).split("\n")


@pytest.mark.parametrize(("held", "most"), [(True, 6), (False, 2)])
def test_a_note_that_is_refused_again_is_not_sent_for_ever(held: bool, most: int) -> None:
    """The refused reply is answered once; then nothing is paid until a person says `--held`."""
    one = machine()
    put_note(one, "a note\n")
    calls = []

    def ask(system: str, user: str) -> Reply:
        calls.append(user)
        return Reply("I'm sorry, but I can't help with that.")

    for _ in range(3):
        outcome = refresh(one.job(ask, person=False, held=held))
        assert outcome.refused is not None
    assert len(calls) == most


def test_the_memory_that_changes_between_compare_and_replace_is_not_lost() -> None:
    one = machine()
    note_id = put_note(one, "a note\n")
    before_replacement(one, lambda: changed(one, ("- six", "- six\n- seven")))
    run = refresh(one.job(good, person=False))
    assert (run.merged, run.calls) == ((note_id,), 1)
    assert {"- seven", "- a note"} <= set(body_of(one).split("\n"))


def test_a_half_delivered_note_is_replaced_by_the_whole_one() -> None:
    one = machine()
    note_id = put_note(one, "a note\n")
    name = next(name for name in one.memory.files if note_id in name)
    one.memory.files[name] = one.memory.files[name][:20]
    assert put_note(one, "a note\n") == note_id
    refresh(one.job(good, person=False))
    assert "- a note" in body_of(one)


def test_what_changes_while_the_backup_is_written_is_not_lost() -> None:
    one = machine()
    put_note(one, "a note\n")
    before, once = one.memory.before, ["- seven"]

    def watch(action: str, name: str) -> None:
        if action == "replace" and name.startswith("backups/") and once:
            changed(one, ("- six", f"- six\n{once.pop()}"))
        before(action, name)

    one.memory.before = watch  # type: ignore[method-assign]
    refresh(one.job(good, person=False))
    assert {"- seven", "- a note"} <= set(body_of(one).split("\n"))


def test_a_memory_that_is_rolled_back_during_the_call_makes_the_merge_start_again() -> None:
    one = machine()
    start = one.memory.files[NAME]
    put_note(one, "a note\n")
    refresh(one.job(good, person=False))
    put_note(one, "b note\n")
    given: list[str] = []

    def ask(system: str, user: str) -> Reply:
        given.append(user)
        if len(given) == 1:
            one.memory.files[NAME] = start
        return good(system, user)

    refresh(one.job(ask, person=False))
    assert len(given) == 2
    assert "a note" in given[1].partition("SESSION NOTES")[2]
    assert "b note" in given[1].partition("SESSION NOTES")[2]


def test_a_restore_that_fails_reaches_no_other_machine() -> None:
    """Its note went up while the command ran; that the command took it back helped nobody else."""
    one, other = machine(), machine()
    put_note(one, "a note\n")
    refresh(one.job(good, person=False))
    footer = parse(one.memory.files[NAME]).footer
    assert footer is not None
    theirs = compose(body_of(one) + "- theirs\n", footer.merged, footer.rev)

    def synced() -> None:
        other.memory.files.update(one.memory.files)
        one.memory.files[NAME] = theirs

    before_replacement(one, synced)
    with pytest.raises(NotReplaceableError, match="changed by somebody else"):
        undo(one.job(good, person=False))
    refresh(other.job(good, person=False))
    assert "- a note" in body_of(other).split("\n")


def test_a_line_in_a_copy_whose_footer_is_cut_becomes_a_note_while_the_memory_waits() -> None:
    """It was left for the day when the memory can be read; by then other bytes stood there."""
    one = machine(copies=True)
    assert one.claude is not None
    raw = one.memory.files[NAME]
    one.claude.files[TARGET] = raw.replace(b"- six\n", b"- six\n- seven\n")[:-11]
    changed(one, ("- one\n", "- one by hand\n"))
    one.memory.files[NAME] += raw[raw.index(b"\n<!-- memsync:") :]  # a second footer
    with pytest.raises(NeedsAgreementError):
        refresh(one.job(good, person=False))
    one.claude.files[TARGET] = raw
    one.skew += 700
    refresh(one.job(good, person=False))
    assert {"- one", "- one by hand", "- seven"} <= set(body_of(one).split("\n"))


@pytest.mark.parametrize("trouble", [MissingError, NotDownloadedError])
def test_a_line_in_a_copy_becomes_a_note_while_the_memory_is_out_of_reach(
    trouble: type[MemsyncError],
) -> None:
    """A dotfiles tool put other bytes there before the sync client brought the memory back."""
    one = machine(copies=True)
    refresh(one.job(good, person=False))
    assert one.claude is not None
    raw = one.memory.files[NAME]
    if trouble is MissingError:
        del one.memory.files[NAME]
    else:
        one.memory.dark.add(NAME)
    edit_the_copy(one)
    with pytest.raises(trouble):
        refresh(one.job(good, person=False))
    one.memory.dark.clear()
    one.claude.files[TARGET] = one.memory.files[NAME] = raw
    refresh(one.job(good, person=False))
    assert "- seven" in body_of(one).split("\n")

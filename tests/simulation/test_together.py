"""Rules for what comes together on one machine: notes and edits, lost footers, going back and
rollbacks.
"""

from __future__ import annotations

import pytest

from memsync.memory import lineage
from memsync.memory.target import TARGET
from memsync.memory.text.document import NAME, compose, parse
from memsync.merge.reply import Reply
from memsync.system.errors import NeedsAgreementError, NotReplaceableError
from tests.simulation.bench import (
    BODY,
    before_replacement,
    body_of,
    calm,
    changed,
    files,
    forget,
    good,
    lines_of,
    machine,
    put_note,
    refresh,
    restore,
    undo,
)

# -- notes and edits that come together
# --------------------------------------------------------------------


def test_what_a_person_took_out_stays_out_when_the_note_behind_it_is_merged_again() -> None:
    one = machine()
    start = one.memory.files[NAME]
    put_note(one, "a note\n")
    calm(one)
    one.skew += 60
    changed(one, ("- a note\n", ""))
    calm(one)
    one.memory.files[NAME] = start  # the sync client took another machine's file
    assert calm(one).merged
    assert "- a note" not in lines_of(one)
    assert not one.store().sessions.pending(parse(one.memory.files[NAME]).merged)


def test_an_undone_note_stays_away_when_the_memory_is_rolled_back() -> None:
    one = machine()
    start = one.memory.files[NAME]
    put_note(one, "a note\n")
    calm(one)
    one.skew += 60
    undo(one.job(good, person=False))
    one.memory.files[NAME] = start
    calm(one)
    assert "- a note" not in lines_of(one)


def test_an_edit_that_waits_for_a_note_is_applied_though_that_note_is_refused() -> None:
    one = machine()
    start = one.memory.files[NAME]
    put_note(one, "a note\n")
    calm(one)
    one.skew += 60
    changed(one, ("- a note\n", "- by hand\n"))
    calm(one)
    one.memory.files[NAME] = start
    assert refresh(
        one.job(lambda system, user: Reply("I'm sorry, but I can't help with that."), person=False)
    ).refused
    assert "- by hand" in lines_of(one)


def test_a_line_that_came_left_and_came_again_is_an_edit_each_time() -> None:
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    for ends in ("\n", "\n\n"):
        # Claude Code writes no footer
        one.claude.files[TARGET] = f"{body_of(one)}\n- standup at ten{ends}".encode()
        calm(one)
        assert lines_of(one).count("- standup at ten") == 1
        changed(one, ("- standup at ten\n", ""))
        calm(one)
        assert "- standup at ten" not in lines_of(one)


def test_the_very_bytes_of_a_file_that_was_taken_in_hold_nothing_new() -> None:
    """A dotfiles tool puts them back, long after a person took the line out of the memory."""
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    theirs = f"{body_of(one)}\n- standup at ten\n".encode()
    one.claude.files[TARGET] = theirs
    calm(one)
    changed(one, ("- standup at ten\n", ""))
    calm(one)
    notes = files(one, "sessions")
    one.claude.files[TARGET] = theirs
    calm(one)
    assert "- standup at ten" not in lines_of(one)
    assert files(one, "sessions") == notes
    assert one.claude.files[TARGET] == one.memory.files[NAME]


def test_a_conflict_copy_that_a_sync_client_brings_back_holds_nothing_new() -> None:
    one = machine()
    raw = one.memory.files[NAME]
    copy = raw.replace(b"- one\n", b"- one\n- theirs\n")
    one.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = copy
    calm(one)
    changed(one, ("- theirs\n", ""))
    calm(one)
    for name in [name for name, data in files(one, "backups").items() if data == raw]:
        del one.memory.files[name]  # pruned long ago: nobody knows what the copy was made of
    one.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = copy
    calm(one)
    assert "- theirs" not in lines_of(one)
    assert "GLOBAL_MEMORY-LAPTOP.md" not in one.memory.files


@pytest.mark.parametrize("where", ["memory", "copy"])
def test_what_a_formatter_made_of_the_memory_is_taken_as_it_is(where: str) -> None:
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    disk, name = (one.memory, NAME) if where == "memory" else (one.claude, TARGET)
    head, mark, footer = disk.files[name].partition(b"\n<!-- memsync:")
    disk.files[name] = head.replace(b"\n- ", b"\n* ") + mark + footer
    outcome = calm(one)
    assert body_of(one) == BODY.replace("\n- ", "\n* ")
    assert (outcome.calls, files(one, "sessions")) == (0, {})
    assert not any("constraint" in line for line in outcome.said)
    assert one.claude.files[TARGET] == one.memory.files[NAME]


def test_an_adopted_memory_survives_another_machines_memory_in_its_place() -> None:
    one = machine()
    adopted = compose(
        "# Mine\n\n- my own\n\n## Hard constraints\n\n- never mine\n", [], "x0123456789ab"
    )
    one.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = adopted
    calm(one)
    assert {"- my own", "- never mine", "- one"} <= set(lines_of(one))


def test_a_constraint_that_two_machines_moved_is_in_memory() -> None:
    one = machine(
        "# M\n\n## Facts\n\n- a\n- b\n\n## Hard constraints\n\n- five\n- six\n- seven\n\n## "
        "E\n\n- x\n- y\n"
    )
    copy = one.memory.files[NAME]
    copy = copy.replace(b"- b\n", b"- b\n- seven\n").replace(
        b"- five\n- six\n- seven\n", b"- six\n- new\n"
    )
    changed(one, ("- five\n- six\n- seven\n", "- seven\n- five\n- six\n"), ("- y\n", "- y\n- z\n"))
    one.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = copy
    calm(one)
    assert lines_of(one).count("- seven") == 1


# -- a footer that came back
# -------------------------------------------------------------------------------


def test_a_version_whose_footer_was_lost_gets_that_very_footer_again() -> None:
    one = machine()
    raw = one.memory.files[NAME].replace(b"\n-->", b"\nlater: on\n-->")
    one.memory.files[NAME] = raw
    put_note(one, "a note\n")
    calm(one)
    whole = one.memory.files[NAME]
    one.memory.files[NAME] = whole.partition(b"\n<!-- memsync:")[0]
    calm(one)
    assert one.memory.files[NAME] == whole
    undo(one.job(good, person=False))
    assert "- a note" not in lines_of(one)
    assert b"\nlater: on\n" in one.memory.files[NAME]


def test_what_is_appended_behind_the_footer_is_kept_when_it_does_not_end_too() -> None:
    one = machine("# M\n\n- one\x0ctwo\n- three\n")
    one.memory.files[NAME] += b"- four\n- five"
    with pytest.raises(NeedsAgreementError):
        calm(one)
    one.skew += 700
    calm(one)
    assert body_of(one) == "# M\n\n- one\x0ctwo\n- three\n- four\n- five\n"


# -- going back
# --------------------------------------------------------------------------------------------


def test_undo_goes_on_backwards_over_a_merge_that_changed_nothing() -> None:
    one = machine()
    for text in ("first\n", "second\n", "third\n"):
        put_note(one, text)
        calm(one)
        one.skew += 60
    undo(one.job(good, person=False))
    forget(one.job(good, person=False), put_note(one, "nothing\n"))
    undo(one.job(good, person=False))
    assert "- first" in lines_of(one)
    assert not {"- second", "- third"} & set(lines_of(one))


def test_what_was_merged_after_the_version_that_comes_back_is_pending_again() -> None:
    one = machine()
    put_note(one, "a note\n")
    calm(one)
    one.skew += 60
    note_id = put_note(one, "lost note\n")
    calm(one)
    newest = one.store().versions.all()[0].name
    for name in (NAME, f"backups/{newest}"):  # the sync client rolled the folder back
        del one.memory.files[name]
    one.state.files.pop("last_seen.md")
    restore(one.job(good, person=False), lineage.find(one.store(), "-1"))
    assert "- lost note" not in lines_of(one)
    assert calm(one).merged == (note_id,)


def test_a_memory_that_is_gone_with_its_newest_backup_comes_back_from_what_was_seen_last() -> None:
    one = machine()
    put_note(one, "a note\n")
    calm(one)
    newest = one.store().versions.all()[0].name
    for name in (NAME, f"backups/{newest}"):
        del one.memory.files[name]
    restore(one.job(good, person=False), lineage.find(one.store(), "-1"))
    assert "- a note" in lines_of(one)
    assert calm(one).calls == 0


def test_an_undo_of_nearly_everything_stays_undone_when_the_memory_is_rolled_back() -> None:
    one = machine("# M\n\n## Notes\n\n- one\n")
    start = one.memory.files[NAME]
    put_note(one, "a\nb\nc\nd\ne\nf\ng\nh\n")
    calm(one)
    one.skew += 60
    undo(one.job(good, person=False))
    one.memory.files[NAME] = start
    calm(one)
    assert "- one" in lines_of(one)
    assert not {"- a", "- d", "- h"} & set(lines_of(one))


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_line_appended_to_the_copy_behind_the_footer_is_kept(end: str) -> None:
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    one.claude.files[TARGET] += f"- seven{end}".encode()
    calm(one)
    assert lines_of(one).count("- seven") == 1
    assert one.claude.files[TARGET] == one.memory.files[NAME]


def test_a_half_line_that_is_left_out_is_named() -> None:
    one = machine()
    one.memory.files[NAME] = (
        one.memory.files[NAME].partition(b"\n<!-- memsync:")[0] + b"- half of a li"
    )
    outcome = calm(one, yes=True)
    assert any("does not end: '- half of a li'" in line for line in outcome.said)


def test_what_stands_behind_the_footer_of_an_edited_memory_is_kept() -> None:
    one = machine()
    one.memory.files[NAME] = (
        one.memory.files[NAME].replace(b"- six\n", b"- six\n- seven\n") + b"- eight\n- nine"
    )
    with pytest.raises(NeedsAgreementError):
        calm(one)
    one.skew += 700
    outcome = calm(one)
    assert {"- seven", "- eight", "- nine"} <= set(lines_of(one))
    assert not any("left out" in line for line in outcome.said)
    assert outcome.calls == 0
    assert max(lines_of(one).count(line) for line in ("- seven", "- eight", "- nine")) == 1


def test_going_back_does_nothing_to_a_version_that_nobody_has_seen() -> None:
    one = machine()
    put_note(one, "a note\n")
    calm(one)
    theirs = compose(body_of(one) + "- theirs\n", ["7cdeb25428fd"], "-")
    before_replacement(one, lambda: one.memory.files.update({NAME: theirs}))
    with pytest.raises(NotReplaceableError, match="changed by somebody else"):
        undo(one.job(good, person=False))
    assert one.memory.files[NAME] == theirs
    calm(one)
    assert {"- a note", "- theirs"} <= set(lines_of(one)), "its note is given up"


def test_going_back_is_not_hindered_by_somebody_who_goes_on_editing() -> None:
    one = machine()
    put_note(one, "a note\n")
    calm(one)
    before_replacement(one, lambda: changed(one, ("- six", "- six\n- seven")))
    undo(one.job(good, person=False))
    for _ in range(2):
        assert "- a note" not in lines_of(one)
        assert lines_of(one).count("- seven") == 1
        calm(one)

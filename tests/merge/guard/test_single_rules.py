"""Replies that break one rule of the guard and no other, so that each rule is seen to hold by
itself.
"""

from __future__ import annotations

import pytest

from memsync.merge.guard.judge import judge

OLD = """\
# Memory

## Work

- Plans the garden of the museum
- Writes the letters by hand

## Tools

- The kettle stands in the corner
- The printer needs blue ink

## Hard constraints

- Never water the cactus

## People

- Jo knows where the keys are
"""
NOTE = "Orders new ink on Mondays."
MERGED = OLD.replace("blue ink\n", "blue ink\n- Orders new ink on Mondays\n")


def test_the_plain_merge_is_taken() -> None:
    assert judge(OLD, MERGED, [NOTE]).kind == "accept"


def test_a_heading_twice_is_refused() -> None:
    assert (
        judge(OLD, MERGED.replace("## Hard", "## Tools\n\n- Orders paper\n\n## Hard"), [NOTE]).kind
        == "reject"
    )


def test_a_heading_that_is_gone_is_asked_about() -> None:
    verdict = judge(OLD, MERGED.replace("## Tools\n\n", ""), [NOTE])
    assert (verdict.kind, verdict.reasons) == ("ask", ('the heading "Tools" is gone',))


def test_a_heading_in_code_is_refused() -> None:
    hidden = MERGED.replace("## Tools\n", "```\n## Tools\n```\n")
    assert judge(OLD, hidden, [NOTE]).kind == "reject"


def test_the_words_of_a_note_may_sound_like_chat() -> None:
    note = 'The motto of the onboarding page is now "hope this helps, newcomers of the museum".'
    line = "- Onboarding page of the museum: the motto is now hope this helps, newcomers"
    assert (
        judge(OLD, OLD.replace("- The printer", f"{line}\n- The printer"), [note]).kind == "accept"
    )
    assert (
        judge(OLD, OLD.replace("- The printer", f"{line}\n- The printer"), [NOTE]).kind == "reject"
    )


def test_nul_characters_of_a_note_are_taken_away_because_no_memory_may_hold_them() -> None:
    verdict = judge(OLD, OLD + "- half a note\x00\n", ["half a note\x00"])
    assert (verdict.kind, verdict.body) == ("accept", OLD + "- half a note\n")
    assert any("NUL" in line for line in verdict.repairs)
    assert judge(OLD, OLD + "- half a note\x00\n", ["half a note"]).kind == "reject"


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("<!-- the rest is old", "\\<!-- the rest is old\n"),
        ("```sh\nmake all", "```sh\nmake all\n```\n"),
        ("~~~~\nmake all", "~~~~\nmake all\n~~~~\n"),
    ],
)
def test_what_a_note_leaves_open_hides_nothing_that_comes_behind_it(note: str, shown: str) -> None:
    verdict = judge(OLD, f"{OLD}\n{note}\n", [note])
    assert (verdict.kind, verdict.body) == ("accept", f"{OLD}\n{shown}")
    assert len(verdict.repairs) == 1
    assert judge(OLD, f"{OLD}\n{note}\n", [NOTE]).kind == "reject"

"""Who said each line, what is told of a merge, what is asked and what a yes leaves out."""

from __future__ import annotations

import pytest

from memsync.merge.guard.account import explained
from memsync.merge.guard.verdict import judge
from tests.merge.guard.memory import MERGED, NOTE, OLD, edit, told

INES = "Ines: Wednesdays from now on"


def test_each_line_of_the_body_has_somebody_who_said_it() -> None:
    reply = edit(("on Tuesdays", "on Wednesdays"), text=MERGED)
    verdict = judge(OLD, reply, [NOTE, INES])
    kinds = {line.text: (line.kind, line.note) for line in verdict.account}
    assert kinds["- Orders new ink on Mondays"] == ("new", 0)
    assert kinds["- Meets Ines on Wednesdays at 10:30"] == ("reworded", 1)
    assert kinds["- The printer needs blue ink"] == ("kept", None)
    rows = explained(verdict.account, ["0a1b", "2c3d"])
    assert any("Orders new ink" in row and "note 0a1b" in row for row in rows)
    assert any("Wednesdays" in row and "an old line and note 2c3d" in row for row in rows)
    assert all(row.isprintable() for row in rows)


def test_what_no_note_speaks_of_is_told_first() -> None:
    reply = edit(
        ("on Tuesdays", "on Wednesdays"),
        ("- Jo knows where the keys are\n", ""),
        ("- Kim feeds the carp in the pond\n", ""),
        ("- The kettle stands in the corner\n", ""),
        ("- Writes the letters by hand\n", ""),
    )
    rows = told(judge(OLD, reply, [INES]).account)
    assert [row.partition(":")[0] for row in rows] == ["gone"] * 4 + ["was", "now"]


def test_a_new_constraint_is_told_as_one() -> None:
    reply = edit(("thrown away\n", "thrown away\n- Never feed the carp twice\n"))
    verdict = judge(OLD, reply, ["never feed the carp twice!"])
    assert told(verdict.account) == ["new constraint: - Never feed the carp twice"]
    assert verdict.new_constraints == ("Never feed the carp twice",)


def test_a_question_shows_what_it_is_about_and_what_each_answer_does() -> None:
    reply = edit(("- Jo knows", "- Has a sister in Bergen\n- Jo knows"), text=MERGED)
    question = judge(OLD, reply, [NOTE]).question
    assert question is not None
    assert question.differences[0].text == "- Has a sister in Bergen"
    assert "memsync undo" in question.yes
    assert "stay pending" in question.no
    assert judge(OLD, MERGED, [NOTE]).question is None


def test_what_nobody_said_is_told_apart_from_losses() -> None:
    lost = judge(OLD, OLD.partition("## People")[0], ["The people left, drop them."])
    assert (lost.kind, lost.unsaid) == ("ask", ())
    invented = judge(OLD, edit(("- Jo", "- Has a sister\n- Jo"), text=MERGED), [NOTE])
    assert invented.unsaid == invented.reasons


def test_a_note_of_which_nothing_is_left_stays_pending() -> None:
    swapped = edit(("Writes the letters by hand", "Tutoie tout le monde"), text=MERGED)
    verdict = judge(OLD, swapped, [NOTE, "on peut se tutoyer partout"])
    assert verdict.kind == "ask"
    assert verdict.leaves_pending == frozenset({1})
    assert "note 2" in verdict.reasons[0]
    both = judge(OLD, swapped, [f"{NOTE} On peut se tutoyer partout."])
    assert (both.kind, both.leaves_pending) == ("ask", frozenset({0}))


def test_sentences_that_nothing_came_of_are_told() -> None:
    verdict = judge(OLD, MERGED, [f"{NOTE} The hotel was loud and the train late."])
    assert verdict.left_out == ("The hotel was loud and the train late.",)


@pytest.mark.parametrize("notes", [["hello"], [NOTE, INES]])
def test_an_unchanged_file_has_no_account(notes: list[str]) -> None:
    verdict = judge(OLD, OLD, notes)
    assert (verdict.account, verdict.leaves_pending, verdict.question) == ((), frozenset(), None)


def test_a_number_of_a_note_that_came_nowhere_is_told_with_its_sentence() -> None:
    reply = edit(("Jo knows", "Farid feeds the geese\n- Jo knows"))
    note = "Farid feeds the geese, birthday 17 October."
    verdict = judge(OLD, reply, [note])
    assert (verdict.kind, verdict.left_out) == ("accept", (note,))
    whole = edit(("Jo knows", "Farid feeds the geese (birthday 17 October)\n- Jo knows"))
    assert judge(OLD, whole, [note]).left_out == ()


def test_a_number_that_a_note_only_names_as_the_old_one_is_not_told() -> None:
    reply = edit(("at 10:30", "at 11:45"))
    assert judge(OLD, reply, ["Ines meets at 11:45, not at 10:30"]).left_out == ()


def test_a_line_of_a_note_that_nothing_came_of_is_told_though_another_one_was_taken() -> None:
    """The memory has most of its words: only the new one says that it is not there."""
    reply = edit(("- Jo knows", "- Farid feeds the geese\n- Jo knows"))
    note = "Farid feeds the geese\nThe printer needs green ink"
    verdict = judge(OLD, reply, [note])
    assert (verdict.kind, verdict.left_out) == ("accept", ("The printer needs green ink",))
    both = edit(("needs blue ink", "needs green ink"), text=reply)
    assert judge(OLD, both, [note]).left_out == ()
    said = f"{note.splitlines()[0]}\nJo knows where the keys are"
    assert judge(OLD, reply, [said]).left_out == ()


def test_code_of_a_note_that_is_not_there_as_given_is_told() -> None:
    note = "The ship command:\n\n```sh\nmake ship HOST=rowan\n```"
    short = edit(("from rowan\n", "from rowan\n\n```sh\nmake ship\n```\n\n"))
    assert "make ship HOST=rowan" in judge(OLD, short, [note]).left_out
    exact = edit(("from rowan\n", "from rowan\n\n```sh\nmake ship HOST=rowan\n```\n\n"))
    assert "make ship HOST=rowan" not in judge(OLD, exact, [note]).left_out


HERON = edit(
    ("- Plans", "- Heron: interviews in December\n- Plans"),
    ("- Jo knows", "- Anna looks after Heron\n- Lou reads the Heron reports\n- Jo knows"),
)


def test_a_line_with_a_word_that_went_from_two_others_is_told() -> None:
    forgot_one = edit(
        ("- Heron: interviews in December\n", ""), ("- Anna looks after Heron\n", ""), text=HERON
    )
    verdict = judge(HERON, forgot_one, ["Heron is cancelled, forget all about Heron"])
    assert verdict.kind == "accept"
    assert verdict.still_there == ("- Lou reads the Heron reports",)


@pytest.mark.parametrize("gone", ["- Heron: interviews in December\n", ""])
def test_a_word_that_went_from_one_line_alone_tells_nothing_of_others(gone: str) -> None:
    reply = edit((gone, ""), text=HERON) if gone else HERON
    assert judge(HERON, reply, ["Heron: the interviews are done, forget them"]).still_there == ()


def test_a_word_that_a_new_line_has_is_no_word_that_went() -> None:
    reply = edit(
        ("- Heron: interviews in December\n", ""),
        ("- Anna looks after Heron\n", ""),
        ("blue ink\n", "blue ink\n- Cancelled in November: the bank project Heron\n"),
        text=HERON,
    )
    verdict = judge(HERON, reply, ["The bank project Heron was cancelled in November"])
    assert [line.kind for line in verdict.account if "Heron" in line.text] == [
        "gone",
        "new",
        "gone",
        "kept",
    ]
    assert verdict.still_there == ()


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        ("Never deploy to production", "Never deploy on Fridays"),
        ("本番環境に直接デプロイしない", "金曜日にはデプロイしない"),
        ("不要直接修改生产数据库", "不要直接修改测试代码"),
    ],
)
def test_a_note_that_was_dropped_is_told_though_the_memory_has_most_of_its_words(
    rule: str, note: str
) -> None:
    old = edit(("- Never water the cactus\n", f"- Never water the cactus\n- {rule}\n"))
    same = judge(old, old, [note])
    assert (same.kind, same.left_out) == ("unchanged", (note,))
    ink = edit(("blue ink\n", "blue ink\n- Orders new ink on Mondays\n"), text=old)
    other = judge(old, ink, [NOTE, note])
    assert (other.kind, other.left_out) == ("accept", (note,))
    assert judge(old, old, [rule]).left_out == ()


def test_a_dropped_note_is_told_where_the_reply_differs_in_dress_alone() -> None:
    for reply in (OLD.replace("\n\n- Jo", "\n- Jo"), OLD.replace("- Jo", "* Jo"), f"{OLD}\n---\n"):
        verdict = judge(OLD, reply, [NOTE])
        assert (verdict.kind, verdict.left_out) == ("unchanged", (NOTE,))


def test_a_short_word_that_a_reply_passes_over_is_told_where_it_changes_nothing() -> None:
    old = edit(("- Jo", "- The bakery opens at nine\n- Jo"))
    note = "The bakery opens at ten"
    verdict = judge(old, old, [note])
    assert (verdict.kind, verdict.left_out) == ("unchanged", (note,))

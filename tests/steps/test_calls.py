"""What is paid for, and what is not: design.md section 5, "Cost"."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from memsync import sync
from memsync.merge.reply import Reply, Turn
from memsync.steps.job import Job
from memsync.steps.writes import Refresh
from memsync.system.errors import DeclinedError, NeedsYesError, ReplyError
from tests.simulation import claude
from tests.simulation.bench import body_of, good, machine, put_note
from tests.simulation.machines import Machine

CHAT = "I'm sorry, but I can't help with that."


class Asked:
    """Claude, who answers with these texts in turn (the last one again and again); "": a good one,
    None: it declines.
    """

    def __init__(self, *replies: str | None) -> None:
        self._replies = list(replies)
        self.calls: list[tuple[Turn, ...]] = []

    def __call__(self, system: str, turns: Sequence[Turn]) -> Reply:
        self.calls.append(tuple(turns))
        text = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if text is None:
            raise DeclinedError("Claude declined to read these notes")
        return Reply(text or claude.merged(turns[0].text))


def job_of(one: Machine, asked: Asked, *, yes: bool = False, held: bool = False) -> Job:
    return one.job(good, person=False, yes=yes, held=held)._replace(ask=asked)


def test_a_refused_reply_is_answered_in_the_same_conversation() -> None:
    one, asked = machine(), Asked(CHAT, "")
    note_id = put_note(one, "a note\n")
    run = sync.run(job_of(one, asked), Refresh())
    assert (run.merged, run.calls, run.refused) == ((note_id,), 2, None)
    first, second = asked.calls
    assert second[: len(first)] == first
    reply, answer = second[len(first) :]
    assert reply == Turn("assistant", CHAT)
    assert answer.role == "user"
    assert answer.text.startswith("Your reply was not used: ")
    assert answer.text.endswith(" Return the whole file.")
    assert len(run.usage) == 2, "what a refused reply cost is told, too"


def test_refused_twice_nothing_more_is_paid_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("memsync.merge.prompt.MOST_NOTE_BYTES", 4)
    one, asked = machine(), Asked(CHAT)
    before = body_of(one)
    ids = [put_note(one, f"note {number}\n") for number in range(2)]
    run = sync.run(job_of(one, asked), Refresh())
    assert isinstance(run.refused, ReplyError)
    assert len(asked.calls) == 2, "the second batch is not sent"
    assert body_of(one) == before
    assert {note.id for note in one.store().sessions.pending([])} == set(ids)


def test_the_way_on_is_to_send_it_again_and_giving_it_up_comes_last() -> None:
    one = machine()
    note_id = put_note(one, "a note\n")
    run = sync.run(job_of(one, Asked(CHAT)), Refresh())
    assert run.refused is not None
    hint = run.refused.hint
    assert hint.startswith("memsync refresh --held")
    assert hint.index("--model") < hint.index(f"memsync forget {note_id}")


@pytest.mark.parametrize("count", [2, 5, 8, 16])
def test_the_note_that_claude_declines_is_found_by_halving(count: int) -> None:
    one = machine()
    ids = [put_note(one, f"note {number}\n") for number in range(count)]
    calls = []

    def ask(system: str, turns: Sequence[Turn]) -> Reply:
        calls.append(turns)
        if "note 1\n" in f"{turns[0].text}\n":
            raise DeclinedError("Claude declined to read these notes")
        return Reply(claude.merged(turns[0].text))

    run = sync.run(one.job(good, person=False)._replace(ask=ask), Refresh())
    assert isinstance(run.refused, DeclinedError)
    assert set(run.merged) == set(ids) - {ids[1]}
    assert len(calls) == run.calls <= 2 + 2 * (count - 1).bit_length()


@pytest.mark.parametrize("held", [True, False])
def test_a_note_that_claude_declines_is_sent_once_a_refresh(held: bool) -> None:
    one, asked = machine(), Asked(None)
    put_note(one, "a note\n")
    run = sync.run(job_of(one, asked, held=held), Refresh())
    assert isinstance(run.refused, DeclinedError)
    assert len(asked.calls) == 1


@pytest.mark.parametrize("count", [4, 5])
def test_more_than_four_calls_need_a_yes_that_names_the_price(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memsync.merge.prompt.MOST_NOTE_BYTES", 4)
    one, asked = machine(), Asked("")
    for number in range(count):
        put_note(one, f"note {number}\n")
    job = job_of(one, asked)._replace(model="claude-sonnet-5-5")
    if count > 4:
        with pytest.raises(NeedsYesError, match=r"5 notes .*, which takes 5 .*\$\d") as caught:
            sync.run(job, Refresh())
        assert caught.value.hint == "memsync refresh --yes"
        assert not asked.calls, "it is asked before anything is paid"
        job = job._replace(yes=True)
    assert len(sync.run(job, Refresh()).merged) == len(asked.calls) == count


def test_what_came_meanwhile_is_merged_too_and_what_comes_for_ever_waits() -> None:
    one = machine()
    calls = []

    def ask(system: str, turns: Sequence[Turn]) -> Reply:
        calls.append(turns)
        put_note(one, f"another {len(calls)}\n")
        return Reply(claude.merged(turns[0].text))

    put_note(one, "a note\n")
    run = sync.run(one.job(good, person=False)._replace(ask=ask), Refresh())
    assert (len(run.merged), len(calls), run.failure) == (3, 3, None)
    assert {"- a note", "- another 1", "- another 2"} <= set(body_of(one).split("\n"))


def test_a_reply_for_a_version_that_another_machine_replaced_is_made_again() -> None:
    """Claude has not seen what the other machine merged, so the reply cannot respect it."""
    one, other, calls = machine(), machine(), []
    put_note(one, "a note\n")

    def ask(system: str, turns: Sequence[Turn]) -> Reply:
        calls.append(turns)
        if len(calls) == 1:
            note_id = put_note(other, "a note of another machine\n")
            assert sync.run(other.job(good, person=False), Refresh()).merged == (note_id,)
            one.memory.files.update(other.memory.files)
        return Reply(claude.merged(turns[0].text))

    sync.run(one.job(good, person=False)._replace(ask=ask), Refresh())
    assert len(calls) == 2
    assert "- a note of another machine" in calls[1][0].text
    assert {"- a note", "- a note of another machine"} <= set(body_of(one).split("\n"))

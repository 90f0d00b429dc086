"""Kept replies: paid for, not used yet, and of use only while their notes are pending."""

from __future__ import annotations

import pytest

from memsync.memory.text.document import NAME
from memsync.merge import kept
from memsync.merge.reply import Reply
from memsync.steps.job import Run
from memsync.steps.writes import Compact
from memsync.system.errors import InputError, NeedsYesError, ReplyError
from tests.simulation.bench import (
    apply,
    body_of,
    calm,
    files,
    forget,
    good,
    lines_of,
    machine,
    put_note,
    refresh,
)
from tests.simulation.machines import Machine


def doubtful(system: str, user: str) -> Reply:
    """A reply with a line that nobody said: a person has to say yes."""
    return Reply(
        good(system, user).text.replace("- two\n", "- two\n- Prefers Helsinki in winter\n")
    )


def chatty(system: str, user: str) -> Reply:
    return Reply("I'm sorry, but I can't help with that.")


def shorter(system: str, user: str) -> Reply:
    return Reply(body_from(user).replace("- three\n", ""))


def body_from(user: str) -> str:
    return user.split("CURRENT GLOBAL MEMORY:\n", 1)[1].split("\n\nSESSION NOTES:", 1)[0] + "\n"


def asked(one: Machine) -> None:
    """A note, and a reply to it that waits for a yes."""
    put_note(one, "the office moved to Lisbon\n")
    with pytest.raises(NeedsYesError):
        refresh(one.job(doubtful, person=False))


def applied(one: Machine) -> Run:
    return apply(one.job(good, person=False))


def test_a_reply_whose_notes_another_machine_merged_is_not_applied() -> None:
    one = machine()
    asked(one)
    mine = {
        name: one.state.files.pop(name)
        for name in list(one.state.files)
        if name.startswith("kept/")
    }
    calm(one)  # as another machine, which has no reply
    one.state.files.update(mine)
    before = body_of(one)
    with pytest.raises(InputError, match="no longer pending"):
        applied(one)
    assert body_of(one) == before
    assert lines_of(one).count("- the office moved to Lisbon") == 1
    with pytest.raises(InputError, match="no reply is waiting"):
        applied(one)


def test_a_reply_to_several_notes_of_which_one_is_merged_is_not_applied() -> None:
    one = machine()
    put_note(one, "first\n")
    asked(one)
    id_merged = next(iter(files(one, "sessions"))).rpartition("-")[2].removesuffix(".md")
    forget(one.job(good, person=False), id_merged)
    before = one.memory.files[NAME]
    with pytest.raises(InputError, match="some of its notes are no longer pending") as caught:
        applied(one)
    assert "memsync apply --discard" in caught.value.hint
    assert one.memory.files[NAME] == before


def test_a_reply_that_shortens_the_memory_waits_until_it_is_used_or_dropped() -> None:
    one = machine()
    with pytest.raises(NeedsYesError):
        refresh(one.job(shorter, person=False), Compact())
    put_note(one, "a note\n")
    assert calm(one).calls == 1
    applied(one)
    assert "- three" not in lines_of(one)
    assert "- a note" in lines_of(one)
    assert not kept.waiting(one.state)


def test_a_reply_that_shortens_the_memory_is_gone_once_it_was_used() -> None:
    one = machine()
    refresh(one.job(shorter, person=False, yes=True), Compact())
    assert "- three" not in lines_of(one)
    assert not kept.waiting(one.state)


def test_a_newer_refusal_does_not_hide_a_reply_that_waits() -> None:
    one = machine()
    asked(one)
    one.skew = 60
    put_note(one, "another note\n")
    assert isinstance(refresh(one.job(chatty, person=False)).refused, ReplyError)
    assert {reply.verdict for reply in kept.waiting(one.state)} == {"ask", "reject"}
    assert applied(one).merged
    assert "- the office moved to Lisbon" in lines_of(one)

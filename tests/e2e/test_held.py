"""A note that Claude or the guard always refuses holds no other note up, and costs a few calls at
most.
"""

from __future__ import annotations

import pytest

from tests.e2e.ending import fails
from tests.e2e.world import World, told
from tests.standin import StandIn

TROUBLE = "TROUBLE with the new contract"
GOOD = ["Prefer tea", "Never deploy on Fridays", "Ship 2.0 in May"]


def captured(world: World, *texts: str) -> dict[str, str]:
    """Capture notes in this very order, which holds within one second too; ids by text."""
    for text in texts:
        world.ok("note", text)
    return {text.strip(): one for one, text in world.notes.items()}


def the_good_ones_are_in(world: World) -> None:
    for text in GOOD:
        assert world.body.splitlines().count(f"- {text}") == 1
    assert [text.strip() for text in world.pending.values()] == [TROUBLE]


def test_four_refreshes_make_four_calls_and_a_fifth_none(ready: World) -> None:
    with StandIn(when={"TROUBLE": "refusal"}) as api:
        told(ready.run("refresh", "-n", TROUBLE, api=api), 5, "declined")
        for text in GOOD:
            ready.ok("refresh", "-n", text, api=api)
        the_good_ones_are_in(ready)
        assert api.calls == 4
        ready.run("refresh", api=api)
    assert api.calls == 4
    assert ready.status()["held"] == 1


@pytest.mark.parametrize(("place", "most"), [(0, 4), (1, 5), (2, 4), (3, 4)])
def test_one_refresh_for_all_of_them_makes_a_few_calls_and_the_next_none(
    ready: World, place: int, most: int
) -> None:
    captured(ready, *GOOD[:place], TROUBLE, *GOOD[place:])
    with StandIn(when={"TROUBLE": "refusal"}) as api:
        first = ready.run("refresh", api=api)
        the_good_ones_are_in(ready)
        calls = api.calls
        ready.run("refresh", api=api)
    assert first.status == 5
    assert calls <= most
    assert api.calls == calls
    assert ready.status()["held"] == 1
    assert ready.target.read_bytes() == ready.memory.read_bytes()


def test_a_batch_whose_reply_cannot_be_used_is_answered_once_and_stays_pending(
    ready: World,
) -> None:
    captured(ready, TROUBLE, *GOOD)
    with StandIn(when={"TROUBLE": "json"}) as api:
        first = ready.run("refresh", api=api)
        fails(first, 6, "memsync refresh --held")
        assert first.err.count("tokens in") == 2, "every call's price is told"
        assert "memsync forget" not in first.err, "giving a note up is not the way on"
        fails(ready.run("refresh", api=api), 6, "was refused")
        assert api.calls == 2
        assert (ready.status()["pending"], ready.status()["held"]) == (4, 0)
        ready.ok("refresh", "-n", "Another one", api=api)
    assert api.calls == 3
    assert "- Another one" in ready.body
    with StandIn() as api:
        ready.run("refresh", api=api)
    assert api.notes == [[text] for text in (TROUBLE, *GOOD)], "each alone, once the memory changed"
    assert not ready.pending


def test_a_reply_that_is_better_the_second_time_is_used(ready: World) -> None:
    with StandIn("json", "merged") as api:
        done = ready.ok("refresh", "-n", "Prefer tea", api=api)
    assert api.calls == 2
    assert "- Prefer tea" in ready.body
    assert done.err.count("tokens in") == 2


def test_a_held_note_is_explained_sent_again_on_demand_and_can_be_given_up(ready: World) -> None:
    note_id = captured(ready, TROUBLE, *GOOD)[TROUBLE]
    with StandIn(when={"TROUBLE": "refusal"}) as api:
        ready.run("refresh", api=api)
        calls = api.calls
        status = ready.status()
        assert (status["pending"], status["held"]) == (1, 1)
        words = ready.ok("status").out
        assert f"Held: {note_id}" in words
        assert f"memsync forget {note_id}" in words
        assert "memsync refresh --held" in words
        held = ready.run("refresh", "--held", api=api)
        assert (held.status, api.calls) == (5, calls + 1), held
    ready.ok("forget", note_id[:4])
    assert not ready.pending
    assert note_id in ready.notes
    assert ready.status()["held"] == 0
    the_memory = ready.memory.read_bytes()
    with StandIn() as api:
        assert ready.ok("refresh", api=api).out == "no changes.\n"
    assert api.calls == 0
    assert ready.memory.read_bytes() == the_memory


def test_a_held_note_that_is_taken_at_last_is_merged(ready: World) -> None:
    captured(ready, TROUBLE, *GOOD)
    with StandIn(when={"TROUBLE": "refusal"}) as api:
        ready.run("refresh", api=api)
    with StandIn() as api:
        ready.ok("refresh", "--held", api=api)
    assert f"- {TROUBLE}" in ready.body
    assert not ready.pending
    assert api.calls == 1


def test_a_reply_that_waits_for_a_yes_does_not_hide_a_newer_refusal(ready: World) -> None:
    with StandIn(when={"TROUBLE": "refusal", "tidy": "sections swapped"}) as api:
        told(ready.run("refresh", "-n", "tidy up", api=api), 6, "memsync apply")
        newer = ready.run("refresh", "-n", TROUBLE, api=api)
        told(newer, 5, "declined")
        assert api.calls == 2
        fails(ready.run("refresh", api=api), 6, "memsync apply")
    assert api.calls == 2
    assert ready.status()["kept_reply"]

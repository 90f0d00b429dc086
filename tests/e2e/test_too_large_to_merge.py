"""A memory that no model can write whole: nothing is paid for a reply that has to break off."""

from __future__ import annotations

import pytest

from memsync.memory.text.document import parse, short_hash
from memsync.memory.text.notes import render_edit
from memsync.memory.text.ops import Edit, Op, write
from tests.e2e.world import World, told
from tests.standin import StandIn

FACTS = "".join(f"- fact {n} about the house and what stands in it\n" for n in range(20_000))
ABOVE = "## Hard constraints"
WORDS = "more than Claude can write in one reply"


@pytest.fixture
def large(world: World) -> World:
    """Where somebody put a megabyte into the memory."""
    world.begin()
    world.edit(ABOVE, f"{FACTS}\n{ABOVE}")
    world.ok("refresh")
    return world


@pytest.mark.parametrize("more", [(), ("--yes",), ("--dry-run",)])
def test_no_call_is_paid_for_and_the_note_waits(large: World, more: tuple[str, ...]) -> None:
    before = large.memory.read_bytes()
    with StandIn() as api:
        ended = large.run("refresh", *more, "-n", "tea at five", api=api)
        assert api.calls == 0
    told(ended, 5, WORDS, "memsync edit", "memsync refresh --compact")
    assert large.memory.read_bytes() == before
    assert list(large.pending.values()) == ([] if "--dry-run" in more else ["tea at five"])


def test_edits_are_taken_in_and_the_note_is_merged_once_the_memory_is_cut(large: World) -> None:
    large.edit("- fact 7 about", "- fact seven about")
    with StandIn() as api:
        told(large.run("refresh", "-n", "tea at five", api=api), 5, WORDS)
        assert "- fact seven about" in large.body
        large.edit(FACTS[FACTS.index("- fact 8 ") :], "")
        large.ok("refresh", api=api)
        assert api.calls == 1
    assert "- tea at five" in large.body
    assert "- fact 9 about" not in large.body
    assert large.pending == {}


def test_an_edit_that_waits_for_a_note_is_taken_in_without_it(large: World) -> None:
    large.ok("note", "tea at five")
    above = "## Current priorities"
    ops = (Op("=", above), Op("-", "- tea at five"), Op("+", "- coffee at four"))
    data = render_edit(write(Edit(parse(large.memory.read_bytes()).rev, ops)))
    note = large.folder / "sessions" / "2099-01-01" / f"080000-{short_hash(data)}.md"
    note.parent.mkdir()
    note.write_bytes(data)
    with StandIn() as api:
        ended = large.run("refresh", "-n", "milk at six", api=api)
    assert ended.status == 5
    assert WORDS in ended.err
    assert "- coffee at four" in large.body


def test_claude_may_be_asked_to_shorten_it(large: World) -> None:
    short = large.body.replace(FACTS[FACTS.index("- fact 13000 ") :], "")
    with StandIn(rule=lambda request: short) as api:
        large.ok("refresh", "--compact", "--yes", api=api)
        assert api.calls == 1
    assert large.body.count("- fact ") == 13_000


def test_doctor_says_so_before_a_note_waits(large: World) -> None:
    with StandIn() as api:
        ended = large.run("doctor", api=api)
    assert ended.status == 5
    assert WORDS in ended.out
    assert "a refresh would work" not in ended.out

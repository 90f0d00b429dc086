"""A call that may cost more than `ask_above` is asked about, before anything is sent."""

from __future__ import annotations

import pytest

from tests.e2e.person import Person, asked
from tests.e2e.world import World, told
from tests.standin import StandIn

pytest.importorskip(
    "termios", reason="NOBODY IS ASKED ABOUT COSTS: this system has no pseudo-terminals"
)

QUESTION = "Go on? [y/N] "


@pytest.fixture
def dear(world: World) -> World:
    """Where any call is dear."""
    world.begin()
    world.ok("config", "set", "ask_above", "0.001")
    return world


@pytest.mark.parametrize("answer", ["n\n", "\n", "q\n"])
def test_a_no_sends_nothing_and_the_note_waits(dear: World, answer: str) -> None:
    before = dear.memory.read_bytes()
    with StandIn() as api:
        ended = asked(dear, QUESTION, answer, "refresh", "-n", "tea at five", api=api)
        assert api.calls == 0
    assert ended.status == 5
    assert "This merge may cost about $0.01.\n  yes: Claude merges\n" in ended.plain
    assert ended.lines[-2:] == [
        "No: no merge was paid for; nothing is sent; the notes wait",
        "Next: memsync refresh --model claude-haiku-5-5   (or: memsync config set ask_above 1)",
    ]
    assert dear.memory.read_bytes() == before
    assert list(dear.pending.values()) == ["tea at five"]


def test_a_yes_counts_for_every_call_of_this_refresh(dear: World) -> None:
    with StandIn("json", "merged") as api:
        ended = asked(dear, QUESTION, "y\n", "refresh", "-n", "tea at five", api=api)
        assert api.calls == 2
    assert ended.status == 0
    assert ended.plain.count("may cost about") == 1
    assert "- tea at five" in dear.body


def test_what_is_not_dear_is_not_asked_about(dear: World) -> None:
    dear.ok("config", "set", "ask_above", "default")
    with StandIn() as api:
        ended = Person(dear, "refresh", "-n", "tea at five", api=api).ends()
    assert ended.status == 0
    assert "may cost" not in ended.plain


def test_nobody_is_asked_after_a_yes_on_the_command_line(dear: World) -> None:
    with StandIn() as api:
        ended = Person(dear, "refresh", "-n", "tea at five", "--yes", api=api).ends()
    assert ended.status == 0
    assert "may cost" not in ended.plain


def test_where_nobody_can_be_asked_it_is_said(dear: World) -> None:
    with StandIn() as api:
        done = dear.ok("refresh", "-n", "tea at five", api=api)
    assert "this merge may cost about $0.01 (ask_above is $0.001)" in done.errors


@pytest.mark.parametrize("value", ["a lot", "-1", "nan", "1e9", "$1", "true"])
def test_an_amount_that_is_none_is_said(dear: World, value: str) -> None:
    told(
        dear.run("config", "set", "ask_above", value),
        1,
        "ask_above must be",
        "Try: memsync config set ask_above VALUE",
    )


def test_an_amount_is_kept_as_it_was_typed(dear: World) -> None:
    for value in ("0.25", "3", "0"):
        dear.ok("config", "set", "ask_above", value)
        assert dear.ok("config", "get", "ask_above").out == f"{value}\n"

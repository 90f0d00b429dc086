"""What stands between memsync and the API, or in its place: gateways, proxies, filters."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from memsync.commands.demo.filing import file_notes
from memsync.merge import claude
from memsync.system.errors import UncheckedError
from tests.merge.claude.asking import KEY, SECRET, USER, Clock, ask, failure
from tests.standin import StandIn


@pytest.mark.parametrize(
    "scenario",
    [
        "usage left out",
        "usage null",
        "usage odd",
        "usage huge",
        "no message_start",
        "blocks the other way round",
    ],
)
def test_a_whole_reply_needs_no_decoration_and_is_paid_once(
    standin: Callable[..., StandIn], scenario: str
) -> None:
    api = standin(scenario)
    reply = ask()
    assert reply.text == file_notes(USER)
    assert reply.input_tokens >= 0
    assert 0 <= reply.output_tokens < 10**10, "a price can be made of it"
    assert api.calls == 1


@pytest.mark.parametrize(
    ("scenario", "end"), [("halves of a character", "🏔"), ("half a character", "\ufffd")]
)
def test_a_character_that_comes_in_halves_can_be_written(
    standin: Callable[..., StandIn], scenario: str, end: str
) -> None:
    standin(scenario)
    assert ask().text == f"{file_notes(USER)[:-1]} {end}\n"


def test_two_replies_in_one_stream_are_none(standin: Callable[..., StandIn]) -> None:
    standin("two messages")
    assert "broke off" in failure().what


@pytest.mark.parametrize(
    ("scenario", "what", "calls"),
    [
        ("403 page", "a filter, a firewall or a VPN", 1),
        ("403 region", "country or network", 1),
        ("407", "wants a user name and a password (407)", 1),
        ("422", "does not understand the request (422)", 1),
        ("400 budget", "the budget of this key at 127.0.0.1", 1),
        ("429 budget", "the budget of this key at 127.0.0.1", 1),
    ],
)
def test_what_a_gateway_says_is_told_as_its_own(
    standin: Callable[..., StandIn], scenario: str, what: str, calls: int
) -> None:
    api = standin(scenario)
    error = failure()
    assert what in error.what
    assert "Wi-Fi" not in error.what
    assert api.calls == calls


@pytest.mark.parametrize("scenario", ["endless error", "packed"])
def test_an_answer_is_read_with_a_bound(standin: Callable[..., StandIn], scenario: str) -> None:
    standin(scenario)
    begin = time.process_time()
    assert "sent more than any reply" in failure(waits=()).what
    assert time.process_time() - begin < 5


def test_the_key_never_leaves_over_plain_http(
    standin: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is one of this machine's that is not loopback, so a request would arrive."""
    seen: list[bytes] = []
    with socket.create_server(("", 0)) as server:
        server.settimeout(30)

        def listen() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            seen.append(connection.recv(65536))
            connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://0.0.0.0:{server.getsockname()[1]}")
        error = failure(waits=())
        server.close()
        thread.join(1)
    assert "plain http" in error.what
    assert seen == []


def test_plain_http_to_this_machine_goes_through_no_proxy(
    standin: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = standin("merged")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert ask().text == file_notes(USER)
    assert api.calls == 1


def test_a_check_says_whether_the_key_is_accepted(
    standin: Callable[..., StandIn], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = standin()
    assert claude.check(KEY) is None
    assert api.calls == 0, "a check is free"
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    offline = claude.check(KEY)
    assert isinstance(offline, UncheckedError)
    assert SECRET not in offline.what


def test_no_secret_of_the_memory_is_sent_and_the_reply_has_it_again(
    standin: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "ghp_" + "a1B2" * 9
    api = standin("merged")
    user = USER.replace("- Tea,", f"- The deploy token is {secret}\n- Tea,")
    reply = claude.ask(
        "system",
        user,
        key=KEY,
        model="claude-sonnet-5-5",
        max_tokens=20_000,
        timeout=60,
        progress=lambda lines: None,
    )
    assert secret not in api.prompts[0]
    assert "[secret-1: github token]" in api.prompts[0]
    assert reply.text == file_notes(user)
    assert f"- The deploy token is {secret}\n" in reply.text

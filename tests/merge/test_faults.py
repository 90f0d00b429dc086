"""The words for failures that the stand-in has no scenario for."""

from __future__ import annotations

import pytest

from memsync.merge.faults import explain
from memsync.merge.keys import Key
from memsync.merge.request import Fault, Request

KEY = Key("api_key", "sk-secret-0123456789", "ANTHROPIC_API_KEY")
REQUEST = Request(
    "system", "my staging database is called bluebird", KEY, "claude-sonnet-5-5", 20_000, 300
)


def said(fault: Fault, request: Request = REQUEST) -> tuple[str, str]:
    error = explain(fault._replace(host="api.anthropic.com"), request, ())
    return error.what, error.hint


@pytest.mark.parametrize(
    ("status", "message", "what", "hint"),
    [
        (
            400,
            "max_tokens: 200000 > 64000, which is the maximum",
            "max_tokens",
            "set max_tokens 64000",
        ),
        (400, "max_tokens: too many", "max_tokens", "set max_tokens 16384"),
        (400, "prompt is too long: 9 > 5", "too long", "config set model NAME"),
        (
            400,
            "You have reached your specified API usage limits.",
            "usage limits",
            "raise the limit",
        ),
        (402, "billing", "no credit left", "add credit"),
        (422, "odd", "(422): odd", "memsync doctor"),
        (503, "", "overloaded", "memsync refresh"),
    ],
)
def test_a_status(status: int, message: str, what: str, hint: str) -> None:
    found = said(Fault("status", message, status))
    assert what in found[0]
    assert hint in found[1]


def test_a_prompt_that_is_too_long_for_another_model_points_to_the_default() -> None:
    fault = Fault("status", "prompt is too long", 400)
    assert (
        said(fault, REQUEST._replace(model="claude-haiku-4-5"))[1]
        == "memsync config set model claude-sonnet-5-5"
    )


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        (KEY, "memsync config set api_key"),
        (KEY._replace(source="MEMSYNC_API_KEY"), "unset it and: memsync config set api_key"),
        (Key("profile", "work", "ANTHROPIC_PROFILE"), "ant auth login"),
    ],
)
def test_a_bad_credential_is_mended_where_it_came_from(key: Key, hint: str) -> None:
    what, found = said(Fault("status", "invalid", 401), REQUEST._replace(key=key))
    assert key.source in what
    assert hint in found


def test_the_default_model_retired_and_no_names_known() -> None:
    fault = Fault("status", "model: claude-sonnet-5-5", 404, "not_found_error")
    assert explain(fault, REQUEST, ("claude-sonnet-5-5",)).hint == "memsync config set model NAME"


@pytest.mark.parametrize(
    "message",
    [
        "bad: my staging database is called bluebird",
        "bad key sk-secret-0123456789",
        "y staging  databa\nse is",
    ],
)
def test_words_that_repeat_a_note_or_the_key_are_left_out(message: str) -> None:
    assert said(Fault("status", message, 400))[0] == "Claude's API refused the request (400)"


def test_words_that_hold_a_short_key_are_left_out() -> None:
    request = REQUEST._replace(key=KEY._replace(value="k-123"))
    assert said(Fault("status", "bad key k-123", 400), request)[0].endswith("(400)")


def test_other_words_are_one_short_printable_line() -> None:
    what, _ = said(Fault("status", "one\ntwo\x1b[31m" + "x" * 999, 400))
    assert what.startswith("Claude's API refused the request (400): one two[31mxxx")
    assert len(what) < 250


@pytest.mark.parametrize(
    ("seconds", "words"), [(31, "31 s"), (600, "10 min"), (7_200, "2 h"), (4_290_000, "1192 h")]
)
def test_a_long_retry_after_is_said_in_round_words(seconds: float, words: str) -> None:
    fault = Fault("status", "", 429, retry_after=seconds)
    assert words in said(fault)[0]
    assert fault.pause(5) is None


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        (Fault("status", status=500), 5),
        (Fault("status", status=529, retry_after=30), 30),
        (Fault("status", status=529, retry_after=30.5), None),
        (Fault("status", status=529, retry_after=-1), 0),
        (Fault("status", status=529, retry_after=float("nan")), None),
        (Fault("status", status=400), None),
        (Fault("status", status=307), None),
        (Fault("timeout"), 5),
        (Fault("dns"), 5),
        (Fault("tls"), None),
        (Fault("address"), None),
        (Fault("cut"), None),
        (Fault("in stream", status=500), None),
        (Fault("deadline"), None),
    ],
)
def test_only_what_may_pass_is_tried_again(fault: Fault, pause: float | None) -> None:
    assert fault.pause(5) == pause

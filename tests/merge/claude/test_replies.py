"""What counts as a reply, what does not, and how long one is waited for."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest

from memsync.commands.demo.filing import file_notes
from memsync.merge import claude
from memsync.merge.models import DEFAULT_MODEL
from memsync.system.errors import ClaudeError, DeclinedError
from tests.merge.claude.asking import KEY, LONG, USER, Clock, ask, failure
from tests.standin import StandIn
from tests.systems import posix_only

# What counts as a reply


@pytest.mark.parametrize("scenario", ["merged", "thinking first", "two text blocks", "slow stream"])
def test_a_whole_reply_is_all_its_text(standin: Callable[..., StandIn], scenario: str) -> None:
    api = standin(scenario)
    lines: list[int] = []
    reply = ask(lines=lines)
    assert reply.text == file_notes(USER)
    assert reply.model == DEFAULT_MODEL
    assert reply.input_tokens > 0
    assert reply.output_tokens > 0
    assert lines == sorted(set(lines))
    assert lines[-1] == reply.text.count("\n")
    assert api.calls == 1


def test_the_request_is_streamed_with_low_effort_and_nothing_that_models_refuse(
    standin: Callable[..., StandIn],
) -> None:
    api = standin()
    ask()
    assert api.requests[0].body == {
        "model": DEFAULT_MODEL,
        "max_tokens": 20_000,
        "system": "system prompt",
        "messages": [{"role": "user", "content": USER}],
        "output_config": {"effort": "low"},
        "stream": True,
    }


def test_effort_is_left_out_after_a_400_that_names_it(standin: Callable[..., StandIn]) -> None:
    api = standin("effort unknown")
    assert ask(waits=()).text == file_notes(USER)
    assert ["output_config" in request.body for request in api.requests] == [True, False]


@pytest.mark.parametrize(
    ("scenario", "what", "hint"),
    [
        ("max_tokens", "max_tokens, 20000", "memsync config set max_tokens 40000"),
        ("context window", "too long for claude-sonnet-5-5", "memsync config set model"),
        ("pause_turn", "pause_turn", "memsync refresh"),
        ("unknown stop", "tired", "memsync refresh"),
        ("null stop", "broke off", "memsync refresh"),
        ("empty", "empty", "memsync refresh"),
        ("blank", "empty", "memsync refresh"),
        ("cut stream", "broke off", "memsync refresh"),
        ("early end", "broke off", "memsync refresh"),
        ("no message_stop", "broke off", "memsync refresh"),
        ("overloaded in the stream", "overloaded_error", "memsync refresh"),
        ("broken json in the stream", "broke off", "memsync refresh"),
    ],
)
def test_any_other_end_is_no_reply_and_is_not_paid_twice(
    standin: Callable[..., StandIn], scenario: str, what: str, hint: str
) -> None:
    api = standin(scenario)
    error = failure()
    assert what in error.what
    assert hint in error.hint
    assert "req_standin" in error.what
    assert api.calls == 1


def test_a_text_that_no_model_can_write_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endless = "- tea at five, and nothing that was ever said\n" * 40_000
    with StandIn(rule=lambda request: endless) as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        assert "more than any reply of Claude's has" in failure().what


@pytest.mark.parametrize(
    ("scenario", "category"), [("refusal", "cyber"), ("refusal without category", "none named")]
)
def test_a_refusal_names_its_category(
    standin: Callable[..., StandIn], scenario: str, category: str
) -> None:
    standin(scenario)
    error = failure()
    assert isinstance(error, DeclinedError)
    assert f"(category: {category})" in error.what


# The deadline


@pytest.mark.parametrize(
    "scenario", ["pings", "pings after half", "silence", "silence after half", "late"]
)
def test_nothing_outlasts_the_deadline(standin: Callable[..., StandIn], scenario: str) -> None:
    """Left alone, each of these would end as a broken stream or a closed connection, and be called
    so.
    """
    api = standin(scenario)
    error = failure(timeout=0.5)
    assert "not complete within 0.5 s" in error.what
    assert error.hint == "try again, or: memsync config set timeout 1"
    assert api.calls <= 1  # on a busy machine the request may not even have left


def test_the_deadline_counts_retries(standin: Callable[..., StandIn], clock: Clock) -> None:
    """After the wait a second is left, or less; with an hour for each call, the pings would end
    first.
    """
    api = standin("529", "pings")
    clock.oversleeps = 3600 - 60 - 1
    assert "not complete within 3600 s" in failure(timeout=3600, waits=(60,)).what
    assert clock.waits == [60]
    assert api.calls in (1, 2)  # on a busy machine the second request may not even have left


def test_a_deadline_that_is_over_makes_no_call(standin: Callable[..., StandIn]) -> None:
    api = standin()
    failure(timeout=0)
    assert api.calls == 0


@posix_only("SIGINT is sent the POSIX way")
@pytest.mark.parametrize("scenario", ["pings", "529"])
def test_ctrl_c_passes_through_at_once(standin: Callable[..., StandIn], scenario: str) -> None:
    api = standin(scenario)
    code = """
        from memsync.merge import claude
        from memsync.merge.keys import Key
        try:
            claude.ask("s", "CURRENT GLOBAL MEMORY:\\nx\\n\\nSESSION NOTES:\\ny",
                       key=Key("api_key", "k", "test"), model="claude-sonnet-5-5",
                       max_tokens=20_000, timeout=3600, progress=print)
        except KeyboardInterrupt:
            raise SystemExit(130)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not api.calls and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=LONG)  # the pings go on for longer
    assert process.returncode == 130
    assert stderr == b""


def test_what_fails_in_the_other_thread_fails_here() -> None:
    def work(progress: Callable[[int], None]) -> str:
        raise LookupError("a bug of ours")

    with pytest.raises(LookupError, match="a bug of ours"):
        claude._within(time.monotonic() + LONG, work)


def test_what_progress_raises_is_not_swallowed(standin: Callable[..., StandIn]) -> None:
    standin()

    def progress(count: int) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        claude.ask(
            "s",
            USER,
            key=KEY,
            model=DEFAULT_MODEL,
            max_tokens=20_000,
            timeout=LONG,
            progress=progress,
        )


def test_a_text_that_is_no_unicode_is_an_error_in_words(standin: Callable[..., StandIn]) -> None:
    standin()
    with pytest.raises(ClaudeError, match="characters that cannot be sent"):
        claude.ask(
            "s",
            "\ud800",
            key=KEY,
            model=DEFAULT_MODEL,
            max_tokens=20_000,
            timeout=LONG,
            progress=print,
        )

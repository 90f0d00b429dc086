"""A merge through Claude Code: only a whole reply counts, and nothing keeps it longer than its
time. Against a scripted program; `tests/claude_code/test_engine.py` has the real one.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from memsync.merge import headless
from memsync.merge.headless import Program
from memsync.merge.reply import Reply, correction
from memsync.system.errors import ClaudeError, DeclinedError
from tests.merge.fake_claude import calls, done, event, failed, fake, start, stop, text, whole
from tests.systems import posix_only

pytestmark = posix_only("a script with #! as a program")
BODY = "# Memory\n\n- Prefers tea\n- Größe 日本\n"
LIMIT = {"status": "rejected", "resetsAt": 1795920000, "rateLimitType": "five_hour"}


def ask(program: Path, user: str = "CURRENT", timeout: float = 60, **more: Any) -> Reply:
    """One call."""
    env = {"PATH": os.defpath, "HOME": "/nowhere", "ANTHROPIC_API_KEY": "sk-x", "LANG": "C.UTF-8"}
    return headless.ask(
        "SYSTEM €\r\n",
        user,
        program=Program(str(program), env),
        model="claude-sonnet-5-5",
        max_tokens=2000,
        timeout=timeout,
        progress=lambda lines: None,
        **more,
    )


def test_a_whole_reply_and_what_it_took(tmp_path: Path) -> None:
    program = fake(tmp_path / "x", whole(BODY))
    assert ask(program) == Reply(BODY, "claude-sonnet-5-5", 1200, 50, "claude-code")


def test_what_the_program_is_given(tmp_path: Path) -> None:
    program = fake(tmp_path / "x", whole(BODY))
    user = "CURRENT\r\n\u200b trailing  \n" + "x" * 300_000
    ask(program, user)
    (call,) = calls(tmp_path / "x")
    assert call["stdin"] == user
    assert call["files"]["--system-prompt-file"] == "SYSTEM €\r\n"
    assert call["beside"] == []
    assert not Path(call["cwd"]).exists()
    assert call["env"]["MEMSYNC_CHILD"] == "1"
    assert "ANTHROPIC_API_KEY" not in call["env"]
    assert call["env"]["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] == "2000"


def test_no_secret_is_sent_and_the_reply_has_it_again(tmp_path: Path) -> None:
    secret = "sk-ant-api03-Qm7xT2vLk9RwZp4NfHs8YbGdJc3VtEu6"
    program = fake(tmp_path / "x", whole("- key: [secret-1: anthropic key]\n"))
    turns = correction(f"it was {secret}", ["no"])
    reply = ask(program, f"- key: {secret}\n", more=turns)
    assert reply.text == f"- key: {secret}\n"
    assert secret not in calls(tmp_path / "x")[0]["stdin"]


def test_a_refused_reply_is_answered_in_one_prompt(tmp_path: Path) -> None:
    program = fake(tmp_path / "x", whole(BODY))
    ask(program, "CURRENT", more=correction("half a file", ["a line is gone"]))
    (call,) = calls(tmp_path / "x")
    assert call["stdin"].startswith("CURRENT\n\n")
    assert "half a file" in call["stdin"]
    assert call["stdin"].endswith("Your reply was not used: a line is gone. Return the whole file.")


CUT = "broke off before its end"
FAILURES: dict[str, tuple[list[Any], int, str, str]] = {
    "cut, as 2.1.197 tells it": ([start(), text("a"), stop(None), done("a")], 0, CUT, "again"),
    "cut, with a faked end": ([start(), text("a"), event("message_stop"), done("a")], 0, CUT, ""),
    "no result": ([start(), text(BODY), stop("end_turn")], 0, CUT, ""),
    "an exit status": (whole(BODY), 1, CUT, ""),
    "an error with a whole message": (
        [*whole(BODY)[:-1], failed(BODY)],
        0,
        CUT,
        "",
    ),
    "a tool was asked for": ([start(), stop("tool_use"), done("")], 0, "does not know: tool", ""),
    "an empty reply": ([start(), text(" \n"), stop("end_turn"), done("")], 0, "is empty", "again"),
    "nothing at all": ([], 0, "ended with status 0 without a reply", "claude update"),
    "an old version": (["error: unknown option '--effort'"], 1, "unknown option", "claude update"),
    "not logged in": ([failed("Not logged in · Please run /login")], 1, "not logged in", "/login"),
    "an expired login": ([failed("x", api_error_status=401)], 1, "login has expired", "/login"),
    "no such model": ([failed("x", api_error_status=404)], 1, "does not know", "set model"),
    "overloaded": ([failed("x", api_error_status=529)], 1, "failed (529)", "later"),
    "a bad request": ([failed("secret words", api_error_status=400)], 1, "(400)", "again"),
    "too long": ([failed("Prompt is too long")], 1, "too long", "set model"),
    "a limit without a time": ([failed("x", api_error_status=429)], 1, "is reached;", "after that"),
    "noise": (["\x1b[31mred", "[1]", "null", "{", '{"type": 7}'], 0, "without a reply", ""),
    "events of other shapes": (
        [event("message_start"), event("message_delta", delta=7), {"type": "stream_event"}],
        0,
        CUT,
        "",
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_anything_less_is_told_in_words(tmp_path: Path, case: str) -> None:
    rows, status, what, hint = FAILURES[case]
    with pytest.raises(ClaudeError) as caught:
        ask(fake(tmp_path / "x", rows, status=status))
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert "secret words" not in caught.value.what
    assert caught.value.what.isprintable()


def test_what_claude_declines_is_that(tmp_path: Path) -> None:
    rows = [start(), stop("refusal"), failed("x", stop_reason="refusal")]
    with pytest.raises(DeclinedError):
        ask(fake(tmp_path / "x", rows, status=1))


def test_a_limit_of_the_plan_is_told_with_its_end(tmp_path: Path) -> None:
    rows = [
        {"type": "rate_limit_event", "rate_limit_info": LIMIT},
        failed("Claude usage limit reached", api_error_status=429),
    ]
    with pytest.raises(ClaudeError) as caught:
        ask(fake(tmp_path / "x", rows, status=1))
    assert "limit of your Claude plan is reached until 2026-11-2" in caught.value.what
    assert "after that" in caught.value.hint


def test_it_is_killed_at_the_first_max_tokens(tmp_path: Path) -> None:
    rows = [start(), text("a"), stop("max_tokens"), 30, *whole(BODY)]
    begin = time.monotonic()
    with pytest.raises(ClaudeError) as caught:
        ask(fake(tmp_path / "x", rows))
    assert "max_tokens, 2000" in caught.value.what
    assert caught.value.hint == "memsync config set max_tokens 4000"
    assert time.monotonic() - begin < 25
    assert not (tmp_path / "x" / "ended").exists()


def test_a_text_that_no_model_can_write_is_not_read_to_its_end(tmp_path: Path) -> None:
    rows = [start(), *[text("- tea at five\n" * 4_000)] * 20, 30, stop("end_turn")]
    with pytest.raises(ClaudeError) as caught:
        ask(fake(tmp_path / "x", rows))
    assert "more than any reply of Claude's has" in caught.value.what
    assert not (tmp_path / "x" / "ended").exists()


def test_a_second_message_is_no_reply(tmp_path: Path) -> None:
    rows = [start(), text("a"), stop("end_turn"), start(), 30, text("b"), stop("end_turn")]
    with pytest.raises(ClaudeError):
        ask(fake(tmp_path / "x", [*rows, done("b")]))
    assert not (tmp_path / "x" / "ended").exists()


@pytest.mark.parametrize("reads", [True, False])
def test_one_that_hangs_is_ended_at_its_time(tmp_path: Path, reads: bool) -> None:
    program = fake(tmp_path / "x", [start(), 600], reads=reads)
    with pytest.raises(ClaudeError) as caught:
        ask(program, "x" * 1_000_000, timeout=2)
    assert "within 2 s" in caught.value.what
    assert "timeout 4" in caught.value.hint


def test_a_program_that_is_none(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(ClaudeError):
            ask(path)


def test_logged_in_or_not(tmp_path: Path) -> None:
    for auth in (True, False):
        program = fake(tmp_path / str(auth), whole(BODY), auth=auth)
        assert headless.is_logged_in(Program(str(program), {})) is auth
    assert not headless.is_logged_in(Program(str(tmp_path / "absent"), {}))

"""The stand-in for Claude: its rule, what it refuses, and that it ends."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from memsync.commands.demo import standin
from memsync.commands.demo.filing import file_notes, split_message
from memsync.merge.prompt import Part, user_message
from tests.standin import SCENARIOS, StandIn

MEMORY = """\
# Global Memory

## Current priorities

- (what you work on now)

## Standing preferences

- Tea

## Hard constraints

- Never force-push
"""


def user(*notes: str, memory: str = MEMORY) -> str:
    return user_message(memory, [Part("", note) for note in notes])


def body(*notes: str, **more: object) -> dict[str, Any]:
    messages = [{"role": "user", "content": user(*notes)}]
    return {"model": "claude-sonnet-5-5", "max_tokens": 20_000, "messages": messages} | more


def send(url: str, payload: object = None, **headers: str) -> tuple[int, Any]:
    data = None if payload is None else json.dumps(payload).encode()
    request = urllib.request.Request(url, data, {"authorization": "Bearer k"} | headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_notes_go_where_they_belong() -> None:
    merged = file_notes(
        user(
            "ship 2.0\nby Friday", "prefer short answers", "- never email customers", "Always test"
        )
    )
    assert merged == (
        MEMORY.replace("- (what you work on now)", "- ship 2.0")
        .replace("- Tea\n", "- Tea\n- prefer short answers\n- Always test\n")
        .replace("- Never force-push\n", "- Never force-push\n- never email customers\n")
    )


def test_what_is_already_there_changes_nothing() -> None:
    once = file_notes(user("ship 2.0", "prefer tea"))
    assert file_notes(user("ship 2.0", "prefer tea", memory=once)).strip() == once.strip()
    assert once.count("ship 2.0") == 1


@pytest.mark.parametrize(
    ("memory", "merged"),
    [
        ("", "- a fact\n"),
        ("# T\n", "# T\n\n- a fact\n"),
        ("# T\n\n## Other\n\ntext\n", "# T\n\n## Other\n\ntext\n- a fact\n"),
        ("## Current priorities\n\n## Other\n", "## Current priorities\n\n- a fact\n\n## Other\n"),
    ],
)
def test_a_memory_without_the_section_takes_the_note_too(memory: str, merged: str) -> None:
    assert file_notes(user("a fact", memory=memory)) == merged


def test_the_message_comes_apart_as_it_was_put_together() -> None:
    memory, notes = split_message(user("one\ntwo", "three"))
    assert (memory.rstrip("\n"), notes) == (MEMORY.rstrip("\n"), ["one\ntwo", "three"])


def test_without_streaming_the_reply_is_one_message() -> None:
    with standin.StandIn() as api:
        status, reply = send(api.url + "/v1/messages", body("a fact"))
    assert status == 200
    assert reply["content"] == [{"type": "text", "text": file_notes(user("a fact"))}]
    assert reply["stop_reason"] == "end_turn"


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"model": "claude-sonnet-4-20250514"}, 404, "model: claude-sonnet-4-20250514"),
        ({"max_tokens": 0}, 400, "max_tokens"),
        ({"max_tokens": None}, 400, "max_tokens"),
        ({"temperature": 1}, 400, "temperature"),
        ({"thinking": {"type": "disabled"}}, 400, "thinking"),
        ({"messages": [{"role": "assistant", "content": "#"}]}, 400, "prefill"),
    ],
)
def test_it_refuses_what_the_api_refuses(
    change: dict[str, object], status: int, words: str
) -> None:
    with standin.StandIn() as api:
        found, reply = send(api.url + "/v1/messages", body("a fact") | change)
    assert found == status
    assert words in reply["error"]["message"]


def test_without_a_key_it_says_401() -> None:
    with standin.StandIn() as api:
        assert send(api.url + "/v1/messages", body("a fact"), authorization="")[0] == 401
        assert (
            send(api.url + "/v1/messages", body("a fact"), authorization="", **{"x-api-key": "k"})[
                0
            ]
            == 200
        )


def test_it_lists_its_models() -> None:
    with StandIn(models=("claude-sonnet-7",)) as api:
        assert [row["id"] for row in send(api.url + "/v1/models?limit=5")[1]["data"]] == [
            "claude-sonnet-7"
        ]
        assert send(api.url + "/v1/models/claude-sonnet-7")[1]["lifecycle"] == "active"
        assert send(api.url + "/v1/models/claude-2")[0] == 404
        assert send(api.url + "/elsewhere")[0] == 404
        assert api.calls == 0


def test_the_script_is_played_in_order_and_the_last_scenario_repeats() -> None:
    with StandIn("529", "500", "merged") as api:
        found = [send(api.url + "/v1/messages", body("a fact"))[0] for _ in range(4)]
    assert found == [529, 500, 200, 200]
    assert api.notes == [["a fact"]] * 4


def test_a_word_in_the_notes_decides_before_the_script_does() -> None:
    with StandIn("500", "merged", when={"TROUBLE": "refusal"}) as api:
        replies = [
            send(api.url + "/v1/messages", body(note)) for note in ("TROUBLE here", "good", "good")
        ]
    assert [status for status, _ in replies] == [200, 500, 200]
    assert replies[0][1]["stop_reason"] == "refusal"


def test_a_delay_is_kept() -> None:
    with StandIn(delay=0.3) as api:
        started = time.monotonic()
        send(api.url + "/v1/messages", body("a fact"))
    assert time.monotonic() - started > 0.3


@pytest.mark.parametrize(
    ("scenario", "gone"),
    [
        ("constraint dropped", "- Never force-push\n"),
        ("constraint softened", "- Never force-push\n"),
        ("section dropped", "## Standing preferences\n"),
        ("elided", "- Never force-push\n"),
    ],
)
def test_the_bad_merges_are_bad(scenario: str, gone: str) -> None:
    with StandIn(scenario) as api:
        reply = send(api.url + "/v1/messages", body("a fact"))[1]
    text = reply["content"][0]["text"]
    assert gone in MEMORY
    assert gone not in text
    assert "# Global Memory" in text


def test_sections_change_places_and_nothing_else() -> None:
    with StandIn("sections swapped") as api:
        text = send(api.url + "/v1/messages", body("a fact"))[1]["content"][0]["text"]
    assert text.index("## Standing preferences") < text.index("## Current priorities")
    there = MEMORY.replace("(what you work on now)", "a fact").splitlines()
    assert sorted(filter(None, text.splitlines())) == sorted(filter(None, there))


def test_every_scenario_answers_something() -> None:
    endless = {"late", "pings", "pings after half", "silence", "silence after half"}
    for name in SCENARIOS.keys() - endless:
        with (
            StandIn(name) as api,
            socket.create_connection(("127.0.0.1", int(api.url.rsplit(":", 1)[1]))) as wire,
        ):
            data = json.dumps(body("a fact", stream=True)).encode()
            head = (
                f"POST /v1/messages HTTP/1.1\r\nx-api-key: k\r\ncontent-length: {len(data)}\r\n\r\n"
            )
            wire.sendall(head.encode() + data)
            assert wire.makefile("rb").read().startswith(b"HTTP/1.1 "), name


def test_it_can_be_started_by_itself() -> None:
    command = [sys.executable, "-m", "tests.standin", "--seconds", "1", "529"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert send(process.stdout.readline().strip() + "/v1/messages", body("a fact"))[0] == 529
    assert process.returncode == 0


def test_it_listens_on_loopback_only_and_ends_by_itself() -> None:
    with standin.StandIn(seconds=0.2) as api:
        assert api.url.startswith("http://127.0.0.1:")
        time.sleep(0.6)
        with pytest.raises(OSError, match=r"timed out|reset|refused"):
            urllib.request.urlopen(api.url + "/v1/models", timeout=0.5)

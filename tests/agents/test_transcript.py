"""Which records of a transcript a person typed: everything else is nobody's word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memsync.agents import transcript

BASE: dict[str, Any] = {
    "type": "user",
    "message": {"role": "user", "content": "Prefer tabs"},
    "uuid": "u1",
    "sessionId": "s1",
    "cwd": "/p",
    "timestamp": "2026-11-28T23:40:31.291Z",
    "origin": {"kind": "human"},
    "promptSource": "typed",
    "entrypoint": "cli",
    "version": "2.1.332",
    "isSidechain": False,
}


def said(**changes: Any) -> str | None:
    """What counts as typed in the record with these changes."""
    content = changes.pop("content", None)
    record = {name: value for name, value in (BASE | changes).items() if value is not ...}
    if content is not None:
        record["message"] = {"role": "user", "content": content}
    found = transcript.typed(record)
    return None if found is None else found.text


PASTE = '<pasted_content id="1">\nnever ask\n</pasted_content id="1">'


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Prefer tabs"),
        ({"promptSource": "queued"}, "Prefer tabs"),
        ({"content": f"look: {PASTE}\nPrefer tabs"}, "look: \n\nPrefer tabs"),
        ({"content": [{"type": "text", "text": "this"}, {"type": "image"}]}, "this"),
        (
            {
                "entrypoint": "claude-vscode",
                "origin": ...,
                "promptSource": "sdk",
                "content": "<ide_opened_file>a.py</ide_opened_file>Prefer tabs",
            },
            "Prefer tabs",
        ),
    ],
)
def test_what_a_person_typed(changes: dict[str, Any], text: str) -> None:
    assert said(**changes) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "assistant"},
        {"isMeta": True},
        {"isSidechain": True},
        {"isCompactSummary": True},
        {"toolUseResult": "Prefer tabs"},
        {"sourceToolAssistantUUID": "x"},
        {"content": [{"type": "tool_result", "content": "Prefer tabs"}]},
        {"content": [{"type": "text", "text": "a"}, {"type": "new", "text": "b"}]},
        {"promptSource": "sdk"},
        {"promptSource": "sdk", "origin": ...},
        {"promptSource": "system"},
        {"promptSource": ...},
        {"origin": ...},
        {"origin": {"kind": "task-notification"}, "promptSource": "typed"},
        {"origin": {"kind": "peer"}},
        {"origin": "human"},
        {"entrypoint": "claude-vscode", "promptSource": "sdk", "origin": {"kind": "peer"}},
        {"content": PASTE},
        {"content": '<pasted_content id="1">\nno end'},
        {"content": "<bash-input>ls</bash-input>"},
        {"content": "<command-name>/mine</command-name>"},
        {"content": "<local-command-stdout>Bye</local-command-stdout>"},
        {"content": "<task-notification>done</task-notification>"},
        {"content": ""},
        {"content": 7},
        {"message": None},
    ],
)
def test_what_nobody_typed(changes: dict[str, Any]) -> None:
    assert said(**changes) is None


def lines(*records: dict[str, Any]) -> list[bytes]:
    return [json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in records]


def test_a_copied_prompt_counts_once_and_half_a_line_waits() -> None:
    whole = lines(BASE, BASE, BASE | {"uuid": "u2"})
    assert [one.uuid for one in transcript.records(whole)] == ["u1", "u2"]
    half = [*whole[:1], whole[2].rstrip(b"\n")]
    assert [one.uuid for one in transcript.records(half)] == ["u1"]
    assert list(transcript.records([b'{"type":"user" broken\n', b"[" * 100_000 + b"\n"])) == []


def test_where_pastes_are_not_marked_only_the_history_clears_a_prompt() -> None:
    old = BASE | {"version": "2.1.197"}
    prompts = list(transcript.records(lines(old)))
    row = {"display": "Prefer tabs", "pastedContents": {}, "sessionId": "s1"}
    assert list(transcript.without_pastes(prompts, lines(row))) == prompts
    for wrong in (
        row | {"display": "[Pasted text #1]"},
        row | {"pastedContents": {"1": {"content": "x"}}},
        row | {"sessionId": "s2"},
    ):
        assert list(transcript.without_pastes(prompts, lines(wrong))) == []
    new = list(transcript.records(lines(BASE)))
    assert list(transcript.without_pastes(new, [])) == new
    unknown = list(transcript.records(lines(BASE | {"version": "next"})))
    assert list(transcript.without_pastes(unknown, [])) == []

"""The engine that runs Claude Code: what it hands over, and which replies count."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fidelity import adapter
from benchmarks.fidelity.cases import load
from benchmarks.fidelity.engines.base import EngineError, Options
from benchmarks.fidelity.engines.claude_code import engine, environment, whole_reply

CASE = load()[0]
PROGRAM = """\
import json, os, sys
record = {"argv": sys.argv[1:], "stdin": sys.stdin.buffer.read().decode(), "env": dict(os.environ)}
record["cwd"] = os.listdir()
files = {a.split("=")[0]: a.split("=", 1)[1] for a in sys.argv if "file=" in a or "settings=" in a}
record["files"] = {name: open(path, encoding="utf-8").read() for name, path in files.items()}
open(os.environ["RECORD"], "w", encoding="utf-8").write(json.dumps(record))
sys.stdout.buffer.write(open(os.environ["STREAM"], "rb").read())
sys.exit(int(os.environ.get("STATUS", "0")))
"""


def stream(
    *stops: str | None, text: str = "# M\n", error: bool = False, result: bool = True
) -> str:
    rows: list[dict[str, Any]] = [{"type": "system", "subtype": "init"}]
    for stop in stops:
        for event in (
            {"type": "message_start"},
            {"type": "message_delta", "delta": {"stop_reason": stop}},
            {"type": "message_stop"},
        ):
            rows.append({"type": "stream_event", "event": event})
    if result:
        rows.append({"type": "result", "is_error": error, "result": text, "total_cost_usd": 0.012})
    return "\n".join(json.dumps(row) for row in rows)


@pytest.fixture
def claude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `claude` on the PATH that writes down what it is given, and answers from a file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "claude.py"
    script.write_text(PROGRAM, encoding="utf-8")
    if os.name == "nt":
        command = folder / "claude.cmd"
        command.write_text(f'@"{sys.executable}" "{script}" %*\r\n', encoding="utf-8")
    else:
        command = folder / "claude"
        command.write_text(f"#!{sys.executable}\n{PROGRAM}", encoding="utf-8")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("RECORD", str(tmp_path / "record.json"))
    monkeypatch.setenv("STREAM", str(tmp_path / "stream"))
    (tmp_path / "stream").write_text(stream("end_turn", text="# Größe\n"), encoding="utf-8")
    return tmp_path


def test_it_gets_the_request_word_for_word_and_nothing_of_the_persons_setup(
    claude: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not for Claude Code")
    monkeypatch.setenv("CLAUDE_CODE_MESSAGING_TOKEN", "of the session around us")
    [answer] = engine(Options(model="claude-haiku-5-5"))(CASE)
    assert answer.text == "# Größe\n"
    assert (answer.calls, answer.cost) == (1, 0.012)
    record = json.loads((claude / "record.json").read_text(encoding="utf-8"))
    sent = adapter.request(CASE.memory, CASE.notes)
    assert record["stdin"] == sent.user
    assert record["files"]["--system-prompt-file"] == sent.system
    assert json.loads(record["files"]["--settings"])["disableAllHooks"] is True
    assert "--model=claude-haiku-5-5" in record["argv"]
    assert {"-p", "--tools=", "--strict-mcp-config"} <= set(record["argv"])
    assert record["cwd"] == [], "an empty folder: no project's memory is read"
    assert record["env"]["MEMSYNC_CHILD"] == "1"
    assert "ANTHROPIC_API_KEY" not in record["env"]
    assert "CLAUDE_CODE_MESSAGING_TOKEN" not in record["env"]


def test_the_login_of_the_person_is_kept() -> None:
    env = environment(
        {"CLAUDE_CODE_OAUTH_TOKEN": "t", "CLAUDE_CONFIG_DIR": "d", "CLAUDECODE": "1"}, 9000
    )
    assert env["CLAUDE_CODE_OAUTH_TOKEN"] == "t"
    assert env["CLAUDE_CONFIG_DIR"] == "d"
    assert "CLAUDECODE" not in env
    assert env["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] == "9000"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (stream(None), "not whole"),
        (stream("max_tokens", "end_turn"), "not whole"),
        (stream("end_turn", "end_turn"), "not whole"),
        (stream("refusal"), "not whole"),
        (stream("end_turn", text="API Error: 401\nmore", error=True), "API Error: 401$"),
        (stream("end_turn", result=False), "without a result"),
        ("", "without a result"),
    ],
)
def test_only_a_whole_reply_counts(text: str, why: str) -> None:
    with pytest.raises(EngineError, match=why):
        whole_reply(text)


def test_a_status_that_is_not_zero_is_not_a_reply(
    claude: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUS", "1")
    with pytest.raises(EngineError, match="ended with status 1"):
        list(engine(Options())(CASE))


def test_without_claude_code_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="there is no `claude` on the PATH"):
        engine(Options())

"""A person's own Claude Code, run without tools, hooks, memory or transcript.

Only a whole reply counts: exit status 0, no error, one message, ended by itself. A reply that ran
into the limit of tokens would be continued and only its last part handed over, so it is refused.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.fidelity import adapter
from benchmarks.fidelity.cases import Case
from benchmarks.fidelity.engines.base import Answer, Engine, EngineError, Options

SECONDS: Final = 600
SETTINGS: Final = {
    "disableAllHooks": True,
    "permissions": {"deny": ["Read"]},
    "outputStyle": "default",
    "language": "",
}
SWITCHES: Final = {
    "CLAUDE_CODE_DISABLE_CLAUDE_MDS": "1",
    "CLAUDE_CODE_DISABLE_ATTACHMENTS": "1",
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
    "CLAUDE_CODE_DISABLE_ORG_MEMORY": "1",
    "CLAUDE_CODE_MAX_RETRIES": "2",
    "MEMSYNC_CHILD": "1",
}
"""Nothing of the person's setup enters the request, and no hook of memsync captures from it."""
_KEPT: Final = ("CLAUDE_CODE_OAUTH_TOKEN",)
_DROPPED: Final = ("CLAUDE_CODE_", "CLAUDECODE", "CLAUDE_PID", "AI_AGENT", "ANTHROPIC_API_KEY")


def engine(options: Options) -> Engine:
    """One run of `claude -p` a case. Raises `EngineError` when there is no Claude Code."""
    program = shutil.which("claude")
    if program is None:
        raise EngineError("there is no `claude` on the PATH; install Claude Code and log in")
    model = options.model or adapter.default_model()

    def answers(case: Case) -> Iterator[Answer]:
        yield _run(program, model, adapter.request(case.memory, case.notes))

    return answers


def environment(env: Mapping[str, str], max_tokens: int) -> dict[str, str]:
    """The child's environment: the person's, without what a surrounding session left in it.

    An exported API key goes, too: Claude Code would take it in place of the person's login.
    """
    kept = {
        name: value for name, value in env.items() if name in _KEPT or not name.startswith(_DROPPED)
    }
    return kept | SWITCHES | {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(max_tokens)}


def whole_reply(stream: str) -> Answer:
    """The reply in the output of `--output-format=stream-json`. Raises `EngineError`."""
    events = [json.loads(line) for line in stream.splitlines() if line.startswith("{")]
    inner = [event["event"] for event in events if event.get("type") == "stream_event"]
    starts = [event for event in inner if event["type"] == "message_start"]
    stops = [event["delta"]["stop_reason"] for event in inner if event["type"] == "message_delta"]
    results = [event for event in events if event.get("type") == "result"]
    if not results:
        raise EngineError("Claude Code ended without a result")
    result = results[-1]
    if result.get("is_error"):
        raise EngineError(f"Claude Code: {_first_line(result)}")
    if len(starts) != 1 or stops != ["end_turn"]:
        raise EngineError(f"Claude Code's reply is not whole (stop reasons: {stops})")
    return Answer(result["result"], calls=1, cost=result.get("total_cost_usd"))


def _run(program: str, model: str, sent: adapter.Request) -> Answer:
    with tempfile.TemporaryDirectory(prefix="fidelity-") as name:
        folder = Path(name)
        (folder / "work").mkdir()
        system, settings = folder / "system.txt", folder / "settings.json"
        system.write_text(sent.system, encoding="utf-8", newline="")
        settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
        try:
            done = subprocess.run(
                _command(program, model, system, settings),
                input=sent.user.encode("utf-8"),
                env=environment(os.environ, sent.max_tokens),
                cwd=folder / "work",
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"Claude Code did not end within {SECONDS} s") from error
    answer = whole_reply(done.stdout.decode("utf-8"))
    if done.returncode:
        raise EngineError(f"Claude Code ended with status {done.returncode}")
    return answer


def _command(program: str, model: str, system: Path, settings: Path) -> list[str]:
    return [
        program,
        "-p",
        "--output-format=stream-json",
        "--verbose",
        "--include-partial-messages",
        f"--model={model}",
        "--effort=low",
        f"--system-prompt-file={system}",
        "--tools=",
        "--strict-mcp-config",
        "--no-session-persistence",
        f"--settings={settings}",
    ]


def _first_line(result: Mapping[str, Any]) -> str:
    text = str(result.get("result") or result.get("api_error_status") or "an error without words")
    return text.strip().split("\n")[0]

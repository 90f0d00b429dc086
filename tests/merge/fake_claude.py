"""A `claude` that prints what a test wrote down, for what the real one does only now and then.

    program = fake(folder, [start(), text("body"), stop("end_turn"), done("body")])

It keeps its arguments, its environment and its stdin in `folder`, so that a test sees them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
USAGE: Final = {"input_tokens": 1000, "cache_read_input_tokens": 200, "output_tokens": 50}
MODEL: Final = "claude-sonnet-5-5"

PROGRAM: Final = """\
#!{python} -IS
import json, os, sys, time
folder = {folder!r}
script = json.load(open(folder + "/script.json"))
if sys.argv[1:3] == ["auth", "status"]:
    print(json.dumps(script["auth"]))
    sys.exit(0 if script["auth"].get("loggedIn") else 1)
seen = {{"argv": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd(),
        "beside": os.listdir("."), "files": {{}}, "stdin": ""}}
for word in sys.argv:
    name, _, path = word.partition("=")
    if path and os.path.isfile(path):
        seen["files"][name] = open(path, newline="").read()
seen["stdin"] = sys.stdin.buffer.read().decode() if script["reads"] else ""
calls = len([name for name in os.listdir(folder) if name.startswith("call-")])
with open(folder + "/call-%d.json" % calls, "w") as file:
    json.dump(seen, file)
rows = script["replies"][min(calls, len(script["replies"]) - 1)]
for row in rows:
    if isinstance(row, (int, float)):
        time.sleep(row)
    else:
        print(row if isinstance(row, str) else json.dumps(row), flush=True)
open(folder + "/ended", "w").close()
sys.exit(script["status"])
"""


def fake(
    folder: Path, *replies: Sequence[Any], status: int = 0, auth: bool = True, reads: bool = True
) -> Path:
    """The program. Each reply is the rows of one call: events, plain lines, or seconds to wait."""
    folder.mkdir(parents=True, exist_ok=True)
    script = {
        "replies": [list(rows) for rows in replies],
        "status": status,
        "auth": {"loggedIn": auth, "authMethod": "claude.ai" if auth else "none"},
        "reads": reads,
    }
    (folder / "script.json").write_text(json.dumps(script), encoding="utf-8")
    program = folder / "claude"
    text = PROGRAM.format(python=sys.executable, folder=str(folder))
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return program


def calls(folder: Path) -> list[Json]:
    """What each call was given."""
    found = sorted(folder.glob("call-*.json"), key=lambda path: int(path.stem[5:]))
    return [json.loads(path.read_text(encoding="utf-8")) for path in found]


def event(kind: str, **fields: Any) -> Json:
    """An event of the API's stream, as Claude Code passes it on."""
    return {"type": "stream_event", "event": {"type": kind, **fields}}


def start() -> Json:
    """A message begins."""
    return event("message_start", message={"model": MODEL, "usage": {}})


def text(piece: str) -> Json:
    """A piece of the reply."""
    return event("content_block_delta", index=1, delta={"type": "text_delta", "text": piece})


def stop(reason: str | None) -> Json:
    """The message ends for this reason."""
    return event("message_delta", delta={"stop_reason": reason}, usage={"output_tokens": 5})


def done(result: str, **fields: Any) -> Json:
    """Claude Code's last word."""
    row = {"type": "result", "subtype": "success", "is_error": False, "result": result}
    return row | {"usage": USAGE, "total_cost_usd": 0.01} | fields


def failed(words: str, **fields: Any) -> Json:
    """Claude Code's last word of a failure."""
    return done(words, is_error=True, **fields)


def whole(body: str) -> list[Json]:
    """A whole reply."""
    half = len(body) // 2
    thought = event("content_block_delta", index=0, delta={"type": "thinking_delta"})
    return [start(), thought, text(body[:half]), text(body[half:]), stop("end_turn"), done(body)]

"""One call to Claude through the person's own Claude Code, without a terminal.

Same promise as `claude.ask`: the whole reply or a `ClaudeError`, within the time, no secret sent.
Nothing of the person's setup gets into the request: no memory, hooks, tools, output style or
language (facts, claude-code-332.md 4; each word below was measured).
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from memsync.memory.text.redact import masked, unmasked
from memsync.merge.claude import Progress, hiding
from memsync.merge.headless_stream import Ended, Stream
from memsync.merge.keys import Key
from memsync.merge.reply import Reply, Turn
from memsync.merge.request import Request
from memsync.system.disk import RealDisk
from memsync.system.errors import ClaudeError, LocalError

STATUS_SECONDS: Final = 20.0
MOST_BYTES: Final = 64 * 1024 * 1024  # no reply comes near it
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
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_MAX_RETRIES": "2",
    "DISABLE_AUTOUPDATER": "1",
    "MEMSYNC_CHILD": "1",  # a hook of ours captures nothing, should the settings fail
}
_NOT_THE_PLAN: Final = ("ANTHROPIC_API_KEY",)  # an exported key wins over the login
_KEY: Final = Key("profile", "", "Claude Code's login")


class Program(NamedTuple):
    """Claude Code: its path, and an environment without what belongs to a session of it."""

    path: str
    env: Mapping[str, str]


def environment(env: Mapping[str, str], max_tokens: int) -> dict[str, str]:
    """The environment of a call."""
    kept = {name: value for name, value in env.items() if name not in _NOT_THE_PLAN}
    return kept | SWITCHES | {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(max_tokens)}


def is_logged_in(program: Program) -> bool:
    """Whether Claude Code has a login. Asks no model; an expired login still says yes."""
    try:
        done = subprocess.run(
            [program.path, "auth", "status", "--json"],
            env=environment(program.env, 1024),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=STATUS_SECONDS,
            check=False,
        )
        return done.returncode == 0 and json.loads(done.stdout).get("loggedIn") is True
    except (OSError, subprocess.SubprocessError, ValueError, AttributeError, RecursionError):
        return False


def ask(
    system: str,
    user: str,
    *,
    program: Program,
    model: str,
    max_tokens: int,
    timeout: float,
    progress: Progress,
    more: Sequence[Turn] = (),
) -> Reply:
    """Claude's whole reply, or a `ClaudeError`. Nothing keeps it longer than `timeout` seconds.

    A later turn goes into the same prompt, for Claude Code takes one alone.
    """
    hidden = masked(user)
    turns = tuple(hiding(turn, hidden.secrets) for turn in more)
    request = Request(system, conversation(hidden.text, turns), _KEY, model, max_tokens, timeout)
    with _folder(system) as folder, _started(program, request, folder) as process:
        stream = Stream()
        ended = _read(process, stream, request, progress)
    reply = stream.reply(ended, request)
    return reply._replace(text=unmasked(reply.text, hidden.secrets))


def conversation(user: str, more: Sequence[Turn]) -> str:
    """What was said, as one prompt."""
    heads = {"assistant": "YOUR REPLY TO THIS WAS:", "user": "THE ANSWER TO YOUR REPLY:"}
    return "\n\n".join([user, *(f"{heads[turn.role]}\n{turn.text}" for turn in more)])


@contextmanager
def _folder(system: str) -> Iterator[Path]:
    """A folder of this call's own: system prompt, settings, and an empty one to work in."""
    folder = Path(tempfile.mkdtemp(prefix="memsync-"))
    try:
        disk = RealDisk(folder, LocalError)
        disk.replace("system.txt", system.encode("utf-8"), None)
        disk.replace("settings.json", json.dumps(SETTINGS).encode(), None)
        (folder / "work").mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(program: Program, request: Request, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The running program; it and what it started are gone when the block is left."""
    command = [
        program.path,
        "-p",
        "--output-format=stream-json",
        "--verbose",
        "--include-partial-messages",
        f"--model={request.model}",
        "--effort=low",
        f"--system-prompt-file={folder / 'system.txt'}",
        "--tools=",
        "--strict-mcp-config",
        "--no-session-persistence",
        f"--settings={folder / 'settings.json'}",
    ]
    try:
        process = subprocess.Popen(
            command,
            env=environment(program.env, request.max_tokens),
            cwd=folder / "work",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
        raise ClaudeError(f"{program.path} cannot be run: {reason}", "claude update") from None
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:  # pragma: no cover - Windows only
            process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError, ValueError):
            if pipe is not None:
                pipe.close()


def _read(
    process: subprocess.Popen[bytes], stream: Stream, request: Request, progress: Progress
) -> Ended:
    """Read all that is printed until the end, the deadline, or nothing can become of it."""
    inbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    _in_background(lambda: _feed(process, request.user.encode("utf-8", "replace")))
    _in_background(lambda: _print(process, inbox))
    deadline = time.monotonic() + request.timeout
    size = 0
    while (left := deadline - time.monotonic()) > 0:
        try:
            # In short pieces, because Windows delivers no Ctrl-C to a thread that waits for a lock
            line = inbox.get(timeout=min(left, 0.2))
        except queue.Empty:
            continue
        if line is None:
            return _ended(process, deadline)
        size += len(line)
        before = stream.lines
        stream.take(line)
        if stream.lines != before:
            progress(stream.lines)
        if stream.is_lost or size > MOST_BYTES:
            return Ended(None)
    return Ended(None, late=True)


def _ended(process: subprocess.Popen[bytes], deadline: float) -> Ended:
    try:
        return Ended(process.wait(max(0.1, deadline - time.monotonic())))
    except subprocess.TimeoutExpired:
        return Ended(None, late=True)


def _in_background(work: Callable[[], object]) -> None:
    threading.Thread(target=work, name="memsync-claude-code", daemon=True).start()


def _feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    with suppress(OSError, ValueError):  # it ended before it had read all
        assert process.stdin is not None
        process.stdin.write(data)
        process.stdin.close()


def _print(process: subprocess.Popen[bytes], inbox: queue.SimpleQueue[bytes | None]) -> None:
    """Hand over each line. A line above the bound comes in pieces, which are no event."""
    assert process.stdout is not None
    with suppress(OSError, ValueError):
        while line := process.stdout.readline(MOST_BYTES):
            inbox.put(line)
    inbox.put(None)

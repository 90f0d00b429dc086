"""What headless Claude Code prints, line by line: the reply, or why there is none. Pure.

Only a whole reply counts: exit status 0, no error, exactly one message that began and ended by
itself. `message_stop` and `subtype` prove nothing (facts, claude-code-332.md 4).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final, NamedTuple

from memsync.merge import faults
from memsync.merge.models import MOST_REPLY_BYTES
from memsync.merge.reply import Reply, joined, tokens
from memsync.merge.request import Fault, Request
from memsync.merge.statuses import AGAIN, LATER, word
from memsync.system.errors import ClaudeError

OTHER_ENGINE: Final = "memsync config set engine api"
LOG_IN: Final = f"claude, then type /login   (or: {OTHER_ENGINE})"
MOST_WORDS: Final = 160

_NOT_LOGGED_IN: Final = ("Not logged in", "Invalid API key", "Please run /login")


class Ended(NamedTuple):
    """How the program ended. `status` None: it was stopped; `late`: at the deadline."""

    status: int | None
    late: bool = False


class Stream:
    """What was printed so far."""

    def __init__(self) -> None:
        self.starts = 0
        self.stops: list[str] = []
        self.result: dict[str, Any] | None = None
        self.lines = self.size = 0  # of the reply's text, the size in characters
        self._model = ""
        self._blocks: dict[int, list[str]] = {}
        self._category = ""
        self._limit: dict[str, Any] = {}
        self._plain = ""  # the last line that was no event: Claude Code's own words

    @property
    def is_lost(self) -> bool:
        """Whether nothing can become of it: Claude Code would go on by itself, and hand over the
        last part alone; or more came than any model writes.
        """
        return "max_tokens" in self.stops or self.starts > 1 or self._is_too_much

    @property
    def _is_too_much(self) -> bool:
        return self.size > MOST_REPLY_BYTES

    @property
    def text(self) -> str:
        """All text blocks."""
        return joined(piece for key in sorted(self._blocks) for piece in self._blocks[key])

    def take(self, line: bytes) -> None:
        """One printed line."""
        event = _object(line)
        if event is None:
            self._plain = line.decode("utf-8", "replace").strip() or self._plain
            return
        match event.get("type"):
            case "stream_event" if isinstance(event.get("event"), dict):
                self._event(event["event"])
            case "result":
                self.result = event
            case "rate_limit_event":
                info = event.get("rate_limit_info")
                self._limit = info if isinstance(info, dict) else event

    def _event(self, event: dict[str, Any]) -> None:
        delta = _dict(event.get("delta"))
        match event.get("type"):
            case "message_start":
                self.starts += 1
                self._model = str(_dict(event.get("message")).get("model") or "")
            case "content_block_start":
                self._add(event, _dict(event.get("content_block")), "text")
            case "content_block_delta":
                self._add(event, delta, "text_delta")
            case "message_delta" if isinstance(delta.get("stop_reason"), str):
                self.stops.append(delta["stop_reason"])
                self._category = str(_dict(delta.get("stop_details")).get("category") or "")

    def _add(self, event: dict[str, Any], holder: dict[str, Any], kind: str) -> None:
        text = holder.get("text")
        if holder.get("type") == kind and isinstance(text, str):
            index = event.get("index")
            self._blocks.setdefault(index if isinstance(index, int) else 0, []).append(text)
            self.lines += text.count("\n")
            self.size += len(text)

    def reply(self, ended: Ended, request: Request) -> Reply:
        """The whole reply. Raises `ClaudeError` for anything less."""
        result = self.result
        if self._is_too_much:
            raise faults.explain(Fault("too much"), request, ())
        if not self._is_whole(ended):
            raise self._failure(ended, request)
        if not self.text.strip():
            raise faults.empty("")
        usage = _dict(_dict(result).get("usage"))
        inputs = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        tokens_in = sum(tokens(usage.get(name)) for name in inputs)
        tokens_out = tokens(usage.get("output_tokens"))
        return Reply(self.text, self._model or "?", tokens_in, tokens_out, "claude-code")

    def _is_whole(self, ended: Ended) -> bool:
        whole = self.result is not None and self.result.get("is_error") is False
        return whole and ended.status == 0 and self.starts == 1 and self.stops == ["end_turn"]

    def _failure(self, ended: Ended, request: Request) -> ClaudeError:
        result = _dict(self.result)
        number = _count(result.get("api_error_status"))
        stop = next((one for one in self.stops if one != "end_turn"), "")
        if stop or result.get("stop_reason") == "refusal":
            return faults.stopped(stop or "refusal", self._category or None, request, "")
        if ended.late:
            return _late(request)
        if number == 429 or self._limit.get("status") == "rejected":
            return self._limited()
        words = str(result.get("result") or "")
        if number in (401, 403) or any(mark in words for mark in _NOT_LOGGED_IN):
            return ClaudeError("Claude Code is not logged in, or its login has expired", LOG_IN)
        if number == 404:
            what = f"Claude Code does not know the model {word(request.model)} (404)"
            return ClaudeError(what, "memsync config set model default")
        if number >= 500:
            return ClaudeError(f"Claude's API failed ({number})", LATER)
        if number:
            return ClaudeError(f"Claude's API refused Claude Code's request ({number})", AGAIN)
        if "too long" in words:
            what = f"the memory and the notes are too long for {word(request.model)}"
            return ClaudeError(what, "memsync config set model NAME   (one that reads more)")
        if self.result is None and not self.starts:
            return self._did_not_run(ended)
        return faults.cut("")

    def _limited(self) -> ClaudeError:
        """The plan's limit is reached; until when, where Claude Code says so."""
        when = _local(self._limit.get("resetsAt"))
        until = f" until {when}" if when else ""
        what = f"the limit of your Claude plan is reached{until}; the notes are kept"
        return ClaudeError(what, f"memsync refresh, after that   (or with a key: {OTHER_ENGINE})")

    def _did_not_run(self, ended: Ended) -> ClaudeError:
        words = "".join(c if c.isprintable() else " " for c in self._plain)[:MOST_WORDS]
        status = "" if ended.status is None else f" with status {ended.status}"
        told = f": {words}" if words else ""
        return ClaudeError(f"Claude Code ended{status} without a reply{told}", "claude update")


def _late(request: Request) -> ClaudeError:
    return ClaudeError(
        f"Claude Code's reply was not complete within {request.timeout:g} s",
        f"try again, or: memsync config set timeout {2 * request.timeout:g}",
    )


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _local(seconds: object) -> str:
    """A time of the epoch as this machine's clock shows it; "" where it is none."""
    try:
        at = datetime.fromtimestamp(float(str(seconds))).astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{at:%Y-%m-%d %H:%M}"

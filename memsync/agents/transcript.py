"""Claude Code's transcripts: which records hold what a person typed, and what of them. Pure.

The table was measured (facts, claude-code-332.md 5). Deny by default: a record counts only where
everything about it says that a person typed it; what a newer Claude Code adds does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

MARKED_PASTES: Final = (2, 1, 332)  # from here on a paste is marked in the record itself
LEAST_PASTE: Final = 800  # characters, or
LEAST_PASTE_LINES: Final = 4  # so many lines: below that nobody can tell a paste from typing
MARKER: Final = b'"type":"user"'  # in each record of the person's, as Claude Code writes them
TYPED: Final = ("typed", "queued")
EDITORS: Final = "claude-vscode"

_MARKS: Final = (("<pasted_content", "</pasted_content"), ("<ide_", "</ide_"))
_OF_THE_PROGRAM: Final = re.compile(
    r"\s*<(?:command-name|command-message|command-args|local-command|bash-|task-notification)"
)


class Typed(NamedTuple):
    """What a person typed in one prompt, without its pastes.

    `marked`: whether this Claude Code marks pastes; where it does not, only `history.jsonl` can
    tell that there was none.
    """

    text: str
    uuid: str
    session: str
    project: str
    time: str
    marked: bool


def typed(record: object) -> Typed | None:
    """What a person typed, from one record; None where it holds no such thing."""
    if not isinstance(record, dict) or record.get("type") != "user" or not _is_persons(record):
        return None
    message = record.get("message")
    text = _text(message.get("content")) if isinstance(message, dict) else ""
    for begin, end in _MARKS:
        text = _outside(text, begin, end)
    half = any(mark in text for pair in _MARKS for mark in pair)
    if not text.strip() or _OF_THE_PROGRAM.match(text) or half:
        return None
    fields = (str(record.get(name) or "") for name in ("uuid", "sessionId", "cwd", "timestamp"))
    uuid, session, project, time = fields
    return Typed(text.strip(), uuid, session, project, time, _marks_pastes(record, text))


def _is_persons(record: dict[str, Any]) -> bool:
    if any(record.get(name) for name in ("isMeta", "isSidechain", "isCompactSummary")):
        return False
    if "toolUseResult" in record or "sourceToolAssistantUUID" in record:
        return False
    origin = record.get("origin")
    kind = origin.get("kind") if isinstance(origin, dict) else None
    source = record.get("promptSource")
    if kind == "human":
        return source in TYPED
    editor = record.get("entrypoint") == EDITORS and source == "sdk"
    return editor and origin is None


def _text(content: object) -> str:
    """The text of a message; beside an image it is the text block. A tool's result has none."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    blocks = [block for block in content if isinstance(block, dict)]
    if any(block.get("type") not in ("text", "image") for block in blocks):
        return ""
    return "\n".join(str(block.get("text") or "") for block in blocks if block["type"] == "text")


def _outside(text: str, begin: str, end: str) -> str:
    """The text before the first mark and behind the last one. What is pasted may itself hold the
    mark of an end, so what stands between two pastes may be somebody else's: it is lost.
    """
    first, last = text.find(begin), text.rfind(end)
    if first < 0 or last < first:
        return text
    close = text.find(">", last)
    return text[:first] + "\n" + (text[close + 1 :] if close >= 0 else "")


def _marks_pastes(record: dict[str, Any], text: str) -> bool:
    if record.get("entrypoint") == EDITORS:
        # An editor marks none: what the terminal would have marked may be one
        return len(text) < LEAST_PASTE and text.count("\n") < LEAST_PASTE_LINES - 1
    parts = str(record.get("version") or "").partition("-")[0].split(".")
    numbers = tuple(int(part) for part in parts if part.isascii() and part.isdigit())
    return len(numbers) == len(parts) and numbers >= MARKED_PASTES


def records(lines: Iterable[bytes]) -> Iterator[Typed]:
    """What was typed, from whole lines of a transcript; a prompt that was copied counts once."""
    seen: set[str] = set()
    for line in lines:
        if MARKER not in line or not line.endswith(b"\n"):
            continue
        found = typed(parsed(line))
        if found is not None and found.uuid not in seen:
            seen.add(found.uuid)
            yield found


def parsed(line: bytes) -> object:
    """The record of one line; None where it is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def without_pastes(prompts: Iterable[Typed], history: Iterable[bytes]) -> Iterator[Typed]:
    """The prompts that are sure to hold no paste: the record marks them, or the history shows
    this very text, typed in this session, with nothing pasted.
    """
    plain = {(row[0], row[1]) for line in history if (row := _row(line)) is not None}
    for prompt in prompts:
        if prompt.marked or (prompt.session, prompt.text) in plain:
            yield prompt


def _row(line: bytes) -> tuple[str, str] | None:
    found = parsed(line)
    if not isinstance(found, dict) or found.get("pastedContents"):
        return None
    return str(found.get("sessionId") or ""), str(found.get("display") or "").strip()

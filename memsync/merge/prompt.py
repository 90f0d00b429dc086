"""The request to Claude: the prompt, word for word, and what is put behind it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from memsync.memory.text.edits import Applied, Op
from memsync.memory.text.notes import Note

SYSTEM_PROMPT: Final = """\
You are maintaining a persistent global memory file for an AI assistant user.
This file is loaded at the start of every Claude Code session, on every machine and project.
It is the user's identity layer — not project docs, not cold storage.

YOUR JOB:
- Merge new session notes into the existing memory file
- Keep the file tight (under 400 lines)
- Update facts that have changed
- Demote completed items from "Current priorities" to a brief "Recent completions" section
- Preserve the user's exact voice, formatting, and section structure
- NEVER remove entries under any "Hard constraints" or "Constraints" section — only append
- If nothing meaningful changed, return the file UNCHANGED

RETURN: Only the updated GLOBAL_MEMORY.md content. No explanation, no preamble."""

EDIT_SENTENCE: Final = (
    "The user edited the memory by hand: lines with + were added, lines with - were removed."
)
MOST_NOTE_BYTES: Final = 64 * 1024


class Part(NamedTuple):
    """What one note gives to the request: its text, and the hand-edited lines in it."""

    id: str
    text: str
    ops: tuple[Op, ...] = ()


def system(max_lines: int) -> str:
    """The system prompt, with the user's own limit of lines."""
    return SYSTEM_PROMPT.replace("under 400 lines", f"under {max_lines} lines")


def part(note: Note, applied: Applied | None = None) -> Part:
    """The part of one pending note; an edit gives only the lines that code could not place."""
    if applied is None:
        return Part(note.id, note.text.replace("\r\n", "\n").strip("\n"))
    rows = "\n".join(f"{op.sign} {op.line}" for op in applied.unplaced)
    return Part(note.id, f"{EDIT_SENTENCE}\n{rows}", applied.unplaced)


def user_message(body: str, parts: Sequence[Part]) -> str:
    """The user message: the memory, then the notes, the oldest first, a blank line between."""
    notes = "\n\n".join(one.text for one in parts)
    memory = body.rstrip("\n")
    return f"CURRENT GLOBAL MEMORY:\n{memory}\n\nSESSION NOTES:\n{notes}"


def first_batch(parts: Sequence[Part]) -> list[Part]:
    """The oldest parts that fit into one call; one that is larger than a call goes alone."""
    batch: list[Part] = []
    size = 0
    for one in parts:
        size += len(one.text.encode("utf-8")) + 2
        if batch and size > MOST_NOTE_BYTES:
            break
        batch.append(one)
    return batch

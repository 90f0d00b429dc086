"""A home of Claude Code's with transcripts, as the real program writes them (facts,
claude-code-332.md 5).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from tests.e2e.world import World

SESSION: Final = "5d6cd072-0000-4000-8000-000000000001"
PROJECT: Final = "/home/ada/src/parser"
Record = dict[str, Any]

_count = iter(range(1, 1_000_000))


def typed(text: object, **changes: Any) -> Record:
    """A record of a prompt that the person typed; `...` leaves a field out."""
    record = {
        "parentUuid": None,
        "isSidechain": False,
        "type": "user",
        "message": {"role": "user", "content": text},
        "uuid": f"00000000-0000-4000-8000-{next(_count):012d}",
        "timestamp": "2026-11-28T23:40:31.291Z",
        "origin": {"kind": "human"},
        "promptSource": "typed",
        "userType": "external",
        "entrypoint": "cli",
        "cwd": PROJECT,
        "sessionId": SESSION,
        "version": "2.1.332",
    }
    return {name: value for name, value in (record | changes).items() if value is not ...}


def lines(*records: Record) -> bytes:
    """The records as Claude Code writes them."""
    rows = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in records]
    return "".join(f"{row}\n" for row in rows).encode()


def project(world: World) -> Path:
    """The folder of one project's transcripts."""
    return world.home / ".claude" / "projects" / "-home-ada-src-parser"


def transcript(world: World, *records: Record, name: str = SESSION) -> Path:
    """Add records to a transcript."""
    path = project(world) / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(lines(*records))
    return path


def auto_memory(world: World, name: str, kind: str, text: str) -> Path:
    """A file of Claude's own memory of the project."""
    path = project(world) / "memory" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f"---\nname: {name}\ndescription: d\nmetadata:\n  node_type: memory\n  type: {kind}\n"
    head += f"  originSessionId: {SESSION}\n---\n\n"
    path.write_text(head + text + "\n", encoding="utf-8")
    return path


def waiting(world: World) -> list[dict[str, str]]:
    """What `memsync review --json` shows."""
    shown: list[dict[str, str]] = world.ok("review", "--json").json["candidates"]
    return shown


def notes_of(world: World) -> list[str]:
    """The words that wait, the oldest first."""
    return [row["note"] for row in waiting(world)]

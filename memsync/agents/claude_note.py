"""`memsync note` run by Claude: a note when the person typed these words, else a candidate.

`/memsync TEXT`, which a person types, is another door: `commands/hook.py`, `_expansion`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from memsync.agents import candidates, transcript
from memsync.agents.candidates import Candidate
from memsync.agents.spoken import in_own_words
from memsync.system.lines import lines
from memsync.system.machine import Machine

SESSION: Final = "CLAUDE_CODE_SESSION_ID"
_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


def is_the_persons(text: str, machine: Machine) -> bool:
    """Whether the person typed these words in this session; False where nobody can tell."""
    return in_own_words(text, (prompt.text for prompt in _prompts(machine)))


def _prompts(machine: Machine) -> Iterator[transcript.Typed]:
    path = _transcript(machine)
    if path is None:
        return
    history = lines(machine.claude_dir / "history.jsonl")
    yield from transcript.without_pastes(transcript.records(lines(path)), history)


def _transcript(machine: Machine) -> Path | None:
    """The transcript of the session that this command runs in."""
    session = machine.env.get(SESSION, "")
    if not _ID.fullmatch(session):
        return None
    projects = machine.claude_dir / "projects"
    found = (projects / name / f"{session}.jsonl" for name in machine.names(projects))
    return next((path for path in found if path.is_file()), None)


def candidate(text: str, machine: Machine, cwd: str) -> Candidate:
    """The note as a candidate of this session's. Raises `InputError` where it is too long."""
    now = f"{machine.now():%Y-%m-%dT%H:%M:%SZ}"
    session = machine.env.get(SESSION, "")
    where = str(_transcript(machine) or "")
    found = candidates.of(text, "claude")
    return found._replace(project=cwd, session=session, time=now, where=where)

"""What a person sees of a candidate, and which belong together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from memsync.agents.candidates import Candidate, Door
from memsync.system.errors import InputError

CAME: Final[dict[Door, str]] = {
    "session": "you typed it in Claude Code",
    "claude": "Claude wrote it",
    "auto memory": "Claude wrote it into its own memory of a project",
}
"""Whose words they are. Only what the transcript shows as typed is called the person's."""
MOST_LINES: Final = 30  # of a text on one screen


def screen(candidate: Candidate, number: int, count: int) -> Iterator[str]:
    """The lines of one screen: where it came from, the source words, the note."""
    yield f"{number} of {count}  {candidate.id[:4]}  {came(candidate)}"
    if candidate.context:
        yield "  said in:"
        yield from _indented(candidate.context)
    yield "  the note:"
    yield from _indented(candidate.text)


def came(candidate: Candidate) -> str:
    """Whose words, in which project, when."""
    parts = [CAME.get(candidate.door, "somebody wrote it")]
    if candidate.project or candidate.where:
        parts.append(f"in {candidate.project or candidate.where}")
    if candidate.time:
        parts.append(f"at {candidate.time[:16].replace('T', ' ')} UTC")
    return ", ".join(parts)


def _indented(text: str) -> Iterator[str]:
    rows = text.splitlines()
    yield from (f"    {row}" for row in rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        yield f"    ... {len(rows) - MOST_LINES} more lines; e shows all"


def of_session(waiting: Iterable[Candidate], session: str) -> list[Candidate]:
    """Those of one session, by the first digits of its id."""
    if len(session) < 4:
        return []
    return [candidate for candidate in waiting if candidate.session.startswith(session)]


def one_session(waiting: Sequence[Candidate], session: str) -> list[Candidate]:
    """Those of the one session whose id begins so. Raises `InputError`."""
    chosen = of_session(waiting, session)
    sessions = {candidate.session for candidate in chosen}
    if len(sessions) != 1:
        what = f"{len(sessions) or 'no'} sessions with candidates begin with {session!r}"
        raise InputError(what, "memsync review --json   (shows them)")
    return chosen


def as_json(candidate: Candidate) -> dict[str, str]:
    """A candidate for a program."""
    return {
        "id": candidate.id,
        "note": candidate.text,
        "context": candidate.context,
        "door": candidate.door,
        "project": candidate.project,
        "session": candidate.session,
        "time": candidate.time,
        "where": candidate.where,
    }

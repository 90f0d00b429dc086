"""Candidates: texts that may become notes once a person says so. They never leave this machine.

One file a candidate, 0600, in `candidates/` of the state folder; the folder it lies in says what
was decided: `pending`, `accepted`, `refused`. Its id is a hash of its words, so the same words are
a candidate once, on whichever door they come, and what was refused never comes again.

The door puts (`put`), `memsync review` lists (`pending`) and decides (`decide`).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final, Literal, NamedTuple

from memsync.memory.text.document import short_hash
from memsync.system.disk import ANYTHING, Disk, RealDisk
from memsync.system.errors import InputError, LocalError, MemsyncError
from memsync.system.machine import Machine

FOLDER: Final = "candidates"
MOST_BYTES: Final = 64 * 1024  # one candidate; a longer text is no thing to remember

Status = Literal["pending", "accepted", "refused"]
STATUSES: Final[tuple[Status, ...]] = ("pending", "accepted", "refused")
DECIDED: Final[tuple[Status, ...]] = ("refused", "accepted")

Door = Literal["session", "claude", "auto memory"]
"""Where it came in: typed in a session, given by Claude, or Claude's own memory of a project."""


class Candidate(NamedTuple):
    """One candidate. `text`: the source words, secrets already out; "" once it was refused.

    `context`: the prompt it stood in, where that says more. `project`: the working folder of the
    session. `where`: the file the words came from. `uuid`: of
    the transcript's record. `time`: when the words were said, ISO 8601 in UTC. `note`: the id of
    the note that it became.
    """

    id: str
    text: str
    door: Door
    project: str = ""
    session: str = ""
    time: str = ""
    where: str = ""
    uuid: str = ""
    status: Status = "pending"
    note: str = ""
    decided: str = ""
    context: str = ""


def store(machine: Machine) -> Disk:
    """Where this machine's candidates lie."""
    return RealDisk(machine.state_dir / FOLDER, LocalError)


def candidate_id(text: str) -> str:
    """The id of these words: case and spacing do not make others of them."""
    return short_hash(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass"))


def of(text: str, door: Door) -> Candidate:
    """A candidate with these source words. A secret of a known shape is left out of it.

    Raises `InputError` for a text that is blank or too long.
    """
    from memsync.memory.text.redact import redact  # who only counts does not wait for its tables

    clean = redact(text).text.strip()
    if not clean:
        raise InputError("a candidate without words", "memsync review")
    if len(clean.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        what = f"the text is larger than {MOST_BYTES // 1024} KiB"
        raise InputError(what, "split it, or capture it yourself: memsync note -f FILE")
    return Candidate(candidate_id(clean), clean, door)


def put(disk: Disk, candidate: Candidate) -> bool:
    """Keep a pending candidate, durable.

    False when these words are known already, whatever was decided about them.
    """
    if any(disk.kind(_name(status, candidate.id)) != "absent" for status in DECIDED):
        return False
    return disk.create(_name("pending", candidate.id), _bytes(candidate))


def noted(disk: Disk, text: str, session: str, note: str, now: datetime) -> None:
    """These words of a session are a note already: no door asks about them again."""
    known = of(text, "claude")._replace(session=session, time=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    decide(disk, known, "accepted", now, note)


def pending(disk: Disk) -> list[Candidate]:
    """Those that wait for a person, the oldest first."""
    decided = _decided(disk)
    return [one for one in every(disk, "pending") if f"{one.id}.json" not in decided]


def count(disk: Disk) -> int:
    """How many wait, without reading them."""
    decided = _decided(disk)
    names = [name for name in disk.names("pending") if name not in decided]
    return sum(1 for name in names if name.endswith(".json"))


def _decided(disk: Disk) -> set[str]:
    """The files of what was decided; whoever died after that left a pending one, too."""
    return {name for status in DECIDED for name in disk.names(status)}


def every(disk: Disk, status: Status) -> list[Candidate]:
    """All of one status, the oldest first. A damaged file is passed by."""
    names = [name for name in disk.names(status) if name.endswith(".json")]
    read = (_read(disk, status, name.removesuffix(".json")) for name in names)
    rows = [one for one in read if one is not None]
    return sorted(rows, key=lambda one: (one.time, one.id))


def find(disk: Disk, wanted: str) -> Candidate:
    """The one pending candidate whose id begins with these digits. Raises `InputError`."""
    rows = [one for one in pending(disk) if len(wanted) >= 4 and one.id.startswith(wanted)]
    if len(rows) != 1:
        raise InputError(f"{len(rows) or 'no'} candidates begin with {wanted!r}", "memsync review")
    return rows[0]


def decide(disk: Disk, candidate: Candidate, status: Status, now: datetime, note: str = "") -> None:
    """Write what a person decided; a refused one keeps its id and none of its words.

    The decision is durable before the pending file goes: whoever dies between has decided.
    """
    done = candidate._replace(status=status, note=note, decided=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    if status == "refused":
        done = done._replace(text="", context="", project="", where="")
    disk.replace(_name(status, candidate.id), _bytes(done), ANYTHING)
    disk.delete(_name("pending", candidate.id))


def _name(status: Status, candidate_id: str) -> str:
    return f"{status}/{candidate_id}.json"


def _bytes(candidate: Candidate) -> bytes:
    return json.dumps(candidate._asdict(), indent=1).encode()


def _read(disk: Disk, status: Status, wanted: str) -> Candidate | None:
    try:
        data = json.loads(disk.read(_name(status, wanted)) or b"null")
        fields = {name: str(data.get(name, "")) for name in Candidate._fields}
    except (ValueError, AttributeError, RecursionError, MemsyncError):
        return None
    whole = fields["id"] == wanted and (fields["text"] or status == "refused")
    return Candidate(**{**fields, "status": status}) if whole else None  # type: ignore[arg-type]

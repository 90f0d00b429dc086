"""What memsync put into agents' folders, and when they were seen to run: this machine's record.

Losing it harms nothing: what stands in the folders is looked at, too.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from memsync.system.disk import ANYTHING, Disk, RealDisk
from memsync.system.errors import LocalError, MemsyncError
from memsync.system.machine import Machine

FOLDER: Final = "agents"
RULES: Final = "rules"  # no agent: the folders that were made for what Claude Code reads


class Connected(NamedTuple):
    """One connected agent. `path`: what memsync put there; `made`: folders it made for that, the
    innermost first. They go again once they are empty.
    """

    name: str
    path: str
    made: tuple[str, ...] = ()


def store(machine: Machine) -> RealDisk:
    """Where the record lies."""
    return RealDisk(machine.state_dir / FOLDER, LocalError)


def connected(disk: Disk) -> dict[str, Connected]:
    """The connected agents by name; damaged entries are passed by."""
    found: dict[str, Connected] = {}
    for file in disk.names():
        name, _, kind = file.rpartition(".")
        if kind == "json" and (one := _read(disk, name)) is not None:
            found[name] = one
    return found


def keep(disk: Disk, one: Connected) -> None:
    """Write what was put where. Folders that an earlier time made stay known."""
    before = _read(disk, one.name)
    made = tuple(dict.fromkeys((*one.made, *(before.made if before else ()))))
    data = json.dumps(one._replace(made=made)._asdict(), indent=1).encode()
    disk.replace(f"{one.name}.json", data, ANYTHING)


def forget(disk: Disk, name: str) -> None:
    """Take an agent out of the record."""
    disk.delete(f"{name}.json")


def saw(disk: RealDisk, name: str, when: str) -> None:
    """An agent ran memsync's hook at this time."""
    disk.mark(f"{name}.seen", when.encode())


def seen(disk: Disk, name: str) -> str:
    """When the agent ran memsync's hook last; "" when that was never seen."""
    try:
        return (disk.read(f"{name}.seen") or b"").decode("ascii", "replace").strip()
    except MemsyncError:
        return ""


def _read(disk: Disk, name: str) -> Connected | None:
    try:
        data = json.loads(disk.read(f"{name}.json") or b"null")
        return Connected(name, str(data["path"]), tuple(map(str, data.get("made", ()))))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, MemsyncError):
        return None

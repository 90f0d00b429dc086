"""Putting something into an agent's folder, and taking it back so that the folder is as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from memsync.agents import claude_code, other_agents, plugin, record
from memsync.agents.table import CLAUDE_CODE, Agent
from memsync.config import Config
from memsync.memory.target import Target, take_back
from memsync.providers.resolve import FOLDERS, Place
from memsync.system.disk import Disk
from memsync.system.errors import LocalError
from memsync.system.machine import Machine


class Shelf(NamedTuple):
    """The memory as agents are given it. `conflicts`: the memory folder, where edits are kept."""

    folder: Path
    raw: bytes
    conflicts: Disk
    claude: Target


def connect_claude(machine: Machine) -> list[str]:
    """Write the plugin folder.

    Raises `LocalError` below Claude Code 2.1.157, and changes nothing then.
    """
    found = claude_code.program(machine)
    least = ".".join(map(str, plugin.LEAST_VERSION))
    if found.is_too_old:
        shown = ".".join(map(str, found.version or ()))
        raise LocalError(
            f"Claude Code {shown} runs no hooks from a folder in skills/, so nothing was changed",
            f"claude update   ({least} or later), then memsync connect claude-code",
        )
    made = claude_code.connect(machine)
    where = str(claude_code.folder(machine))
    record.keep(record.store(machine), record.Connected(CLAUDE_CODE, where, made))
    said = [f"{where} is written; sessions that begin from now on use it"]
    if not found.path:
        said.append(f"Claude Code was not found on the PATH; it needs {least} or later")
    return said


def connect_file(agent: Agent, machine: Machine, shelf: Shelf) -> list[str]:
    """Make the agent's global file the memory."""
    if other_agents.serves_itself(agent, machine, shelf.claude):
        return [f"nothing to do: {agent.title} reads {shelf.claude.path}"]
    made = claude_code.missing_folders(agent.folder)
    shown = other_agents.target(agent, machine, shelf.folder)
    said = other_agents.connect(shown, shelf.raw, shelf.conflicts)
    record.keep(record.store(machine), record.Connected(agent.name, shown.path, made))
    return [*said, f"{shown.path} shows the memory"]


def disconnect(agent: Agent, machine: Machine, place: Place, conflicts: Disk | None) -> list[str]:
    """Take back what memsync put into the agent's folder; [] where there is nothing."""
    known = record.store(machine)
    before = record.connected(known).get(agent.name)
    if agent.name == CLAUDE_CODE:
        said = claude_code.disconnect(machine)
    else:
        said = _take_back(agent, machine, place, conflicts)
    if before is not None:
        claude_code.remove_empty(before.made)
        record.forget(known, agent.name)
    return said


def _take_back(agent: Agent, machine: Machine, place: Place, conflicts: Disk | None) -> list[str]:
    for folder in memory_folders(place):
        shown = other_agents.target(agent, machine, folder)
        if shown.standing() in ("link", "dangling", "copy"):
            return take_back(shown, conflicts)
    return []


def memory_folders(place: Place) -> Sequence[Path]:
    """Where the memory folder is, or may have been while it is out of reach."""
    if place.folder is not None:
        return [place.folder]
    return [place.root / name for name in FOLDERS] if place.root is not None else []


def heal(config: Config, shelf: Shelf, agents: Sequence[Agent]) -> list[str]:
    """Bring the copies of connected agents up to date; what was done, a line each."""
    said: list[str] = []
    known = record.connected(record.store(config.machine))
    for agent in agents:
        if agent.name in known and agent.name != CLAUDE_CODE:
            shown = other_agents.target(agent, config.machine, shelf.folder)
            said += other_agents.heal(shown, shelf.raw, shelf.conflicts)
    return said

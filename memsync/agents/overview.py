"""Every agent of this machine: is it here, connected, seen to run, what hinders it. Only looks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from memsync.agents import claude_code, other_agents, record
from memsync.agents.hindrances import Hindrance, Seen, Settings, of_claude_code, of_shadow
from memsync.agents.table import CLAUDE_CODE, Agent, agents
from memsync.memory.target import TARGET, Target
from memsync.system.machine import Machine

MOST_SETTINGS_BYTES: Final = 4 * 1024 * 1024
MANAGED: Final = {
    "linux": "etc/claude-code/managed-settings.json",
    "mac": "Library/Application Support/ClaudeCode/managed-settings.json",
}


class Row(NamedTuple):
    """An agent as it stands. `how`: in words, "" when it is not connected; `seen`: when its hooks
    ran last.
    """

    agent: Agent
    here: bool
    how: str
    seen: str
    hindrances: tuple[Hindrance, ...]


def rows(
    machine: Machine, memory_folder: Path | None, claude: Target | None, cwd: str
) -> list[Row]:
    """A row for each agent. `claude`: the target, None before `memsync init`."""
    return [_row(agent, machine, memory_folder, claude, cwd) for agent in agents(machine)]


def _row(
    agent: Agent, machine: Machine, memory_folder: Path | None, claude: Target | None, cwd: str
) -> Row:
    seen = record.seen(record.store(machine), agent.name)
    here = agent.is_here(machine)
    if agent.name == CLAUDE_CODE:
        stands = claude_code.state(machine)
        how = {"ours": "plugin", "outdated": "plugin, to be renewed"}.get(stands, "")
        return Row(agent, here, how, seen, tuple(of_claude(machine, claude, cwd)))
    how = "" if memory_folder is None else _how(agent, machine, memory_folder, claude)
    return Row(agent, here, how, seen, tuple(_shadows(agent, how)))


def _how(agent: Agent, machine: Machine, memory_folder: Path, claude: Target | None) -> str:
    if claude is not None and other_agents.serves_itself(agent, machine, claude):
        return "reads Claude Code's"
    standing = other_agents.target(agent, machine, memory_folder).standing()
    words = {"link": "link", "dangling": "link, the memory is not there", "copy": "copy"}
    return words.get(standing, "")


def _shadows(agent: Agent, how: str) -> Iterator[Hindrance]:
    shadow = agent.folder / agent.instead if agent.instead else None
    if how and shadow is not None and os.path.isfile(shadow) and os.path.getsize(shadow):
        yield of_shadow(agent.title, str(agent.folder / agent.file), str(shadow))


def of_claude(machine: Machine, claude: Target | None, cwd: str) -> Iterator[Hindrance]:
    """What hinders Claude Code. Asks it for its version only where the plugin stands there."""
    stands = claude_code.state(machine)
    program = claude_code.program(machine) if stands == "ours" else None
    old = program is not None and program.version is not None and program.is_too_old
    version = ".".join(map(str, program.version or ())) if program is not None and old else ""
    files = tuple(_paths(machine, claude))
    seen = Seen(files, tuple(_settings(machine, cwd)), machine.env, stands, version)
    return of_claude_code(seen)


def _paths(machine: Machine, claude: Target | None) -> Iterator[str]:
    """The paths under which Claude Code may know the memory: the link, and where it leads."""
    if claude is None:
        yield str(machine.claude_dir / TARGET)
        return
    yield claude.path
    if claude.standing() in ("link", "imported"):
        yield claude.memory
        yield os.path.realpath(claude.memory)


def _settings(machine: Machine, cwd: str) -> Iterator[Settings]:
    """The settings that apply in this folder, those that are there."""
    managed = MANAGED.get(machine.system)
    paths = [machine.root / managed] if managed else []
    paths.append(machine.claude_dir / "settings.json")
    if cwd and Path(cwd) != machine.home:
        project = Path(cwd) / ".claude"
        paths += [project / "settings.json", project / "settings.local.json"]
    for path in paths:
        data = machine.data(path)
        if data is not None and data.strip() and len(data) <= MOST_SETTINGS_BYTES:
            yield Settings(str(path), _parsed(data))


def _parsed(data: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None

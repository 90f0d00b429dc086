"""An agent's global file as the memory: a link, or a copy that heals. What was there is kept beside
it and comes back.
"""

from __future__ import annotations

import os
from pathlib import Path

from memsync.agents.table import Agent
from memsync.memory import target as link
from memsync.memory.target import Mode, Target
from memsync.memory.text.document import NAME
from memsync.system.disk import Disk, RealDisk
from memsync.system.errors import LocalError
from memsync.system.machine import Machine, quoted


def target(agent: Agent, machine: Machine, memory_folder: Path) -> Target:
    """The agent's global file as a target: a link where this system has them, else a copy."""
    mode: Mode = "copy" if machine.system == "windows" else "symlink"
    folder = RealDisk(agent.folder, LocalError)
    return Target(folder, str(memory_folder / NAME), mode, name=agent.file)


def connect(shown: Target, raw: bytes, conflicts: Disk) -> list[str]:
    """Make the agent read the memory `raw`; what stood there is set aside first.

    Raises `LocalError` for a folder in its place.
    """
    if shown.standing() == "folder":
        where = quoted(shown.path)
        hint = f"mv {where} {quoted(f'{shown.path}.old')}, then run it again"
        raise LocalError(f"{shown.path} is not a file, so it cannot show the memory", hint)
    said: list[str] = []
    if shown.standing() in ("foreign", "foreign link"):
        said += link.set_aside(shown)
        kept = quoted(shown.claude.where(link.aside_name(shown)))
        said.append(f"its text is not in the memory; to add it: memsync note -f {kept}")
    return said + list(link.ensure(shown, raw, conflicts).said)


def heal(shown: Target, raw: bytes, conflicts: Disk) -> list[str]:
    """Bring a copy up to date, or put the link back that another program replaced.

    A file of the person's own is left alone: `memsync connect` takes it, this does not.
    """
    if shown.standing() in ("link", "foreign", "foreign link", "folder"):
        return []
    return list(link.ensure(shown, raw, conflicts).said)


def serves_itself(agent: Agent, machine: Machine, claude: Target) -> bool:
    """Whether the agent reads `~/.claude/CLAUDE.md` by itself, and the memory is there.

    opencode does while its own file is not there, and knows no CLAUDE_CONFIG_DIR.
    """
    if agent.name != "opencode" or os.path.lexists(agent.folder / agent.file):
        return False
    if any(machine.env.get(name) for name in _SWITCHES):
        return False
    return claude.path == str(machine.home / ".claude" / link.TARGET)


_SWITCHES = ("OPENCODE_DISABLE_CLAUDE_CODE", "OPENCODE_DISABLE_CLAUDE_CODE_PROMPT")

"""The agents: programs that read a global file of instructions, and which file that is.

A table; the paths and the variables that move them are facts (facts, claude-code.md 11, and the
pages that are named at each row).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from memsync.system.errors import UsageError
from memsync.system.machine import Machine

CLAUDE_CODE: Final = "claude-code"
_MARKS: Final = (".claude.json", "settings.json", "projects", "history.jsonl")


class Agent(NamedTuple):
    """An agent on this machine. `folder`: its own; `file`: the global one in it.

    `programs`: how it is called on a command line. `instead`: a file beside it that the agent reads
    in its place, where that is not empty. `marks`: what only the agent itself writes; without any,
    its folder is the mark.
    """

    name: str
    title: str
    folder: Path
    file: str
    programs: tuple[str, ...]
    instead: str = ""
    marks: tuple[Path, ...] = ()

    def is_here(self, machine: Machine) -> bool:
        """Whether the agent was used on this machine, or can be started."""
        if any(path.exists() for path in self.marks or (self.folder,)):
            return True
        return any(machine.find_program(name) for name in self.programs)


def agents(machine: Machine) -> tuple[Agent, ...]:
    """Every agent that memsync knows, Claude Code first."""
    home, env = machine.home, machine.env

    def moved(variable: str, usual: Path) -> Path:
        value = env.get(variable, "")
        return machine.expand(value) if value.strip() else usual

    # developers.openai.com/codex/guides/agents-md
    codex = moved("CODEX_HOME", home / ".codex")
    # geminicli.com/docs/cli/gemini-md; the variable names the folder that `.gemini` lies in
    gemini = moved("GEMINI_CLI_HOME", home) / ".gemini"
    # docs.github.com/copilot/how-tos/copilot-cli/customize-copilot/add-custom-instructions
    copilot = moved("COPILOT_HOME", home / ".copilot")
    # opencode.ai/docs/rules: else it reads ~/.claude/CLAUDE.md
    opencode = moved("XDG_CONFIG_HOME", home / ".config") / "opencode"
    claude = machine.claude_dir
    marks = (home / ".claude.json", *(claude / name for name in _MARKS))  # memsync makes the folder
    return (
        Agent(CLAUDE_CODE, "Claude Code", claude, "CLAUDE.md", ("claude",), "", marks),
        Agent("codex", "Codex", codex, "AGENTS.md", ("codex",), "AGENTS.override.md"),
        Agent("gemini", "Gemini CLI", gemini, "GEMINI.md", ("gemini",)),
        Agent("copilot", "Copilot CLI", copilot, "copilot-instructions.md", ("copilot",)),
        Agent("opencode", "opencode", opencode, "AGENTS.md", ("opencode",)),
    )


def named(machine: Machine, names: list[str]) -> list[Agent]:
    """The agents of these names, in the table's order. Raises `UsageError` for an unknown one."""
    known = {agent.name: agent for agent in agents(machine)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"unknown agent {unknown[0]!r}", f"memsync connect {'|'.join(known)}")
    return [agent for name, agent in known.items() if name in names]

"""`memsync disconnect`: take back what memsync put into an agent's folder."""

from __future__ import annotations

import argparse

from memsync.agents import connecting
from memsync.agents.table import agents, named
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.steps.workspace import open_place
from memsync.system import terminal

EXAMPLE = "memsync disconnect codex"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the agents."""
    words = "claude-code, codex, gemini, copilot or opencode; without one: all of them"
    parser.add_argument("agent", nargs="*", metavar="AGENT", help=words)


def cmd_disconnect(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Disconnect the agents that are named; without a name, all."""
    machine = config.machine
    chosen = named(machine, args.agent) if args.agent else agents(machine)
    done = False
    conflicts = None if provider.trouble is not None else open_place(config, provider).store.disk
    for agent in chosen:
        for line in connecting.disconnect(agent, machine, provider, conflicts):
            terminal.out(f"{agent.name}: {line}")
            done = True
    if not done:
        terminal.out("nothing to do: memsync put nothing there.")
    return 0

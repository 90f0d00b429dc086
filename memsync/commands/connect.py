"""`memsync connect`: which agents read the memory; make one of them do so."""

from __future__ import annotations

import argparse

from memsync.agents import connecting, overview, pending
from memsync.agents.table import CLAUDE_CODE, Agent, named
from memsync.commands.note import working_folder
from memsync.config import Config
from memsync.memory.store import missing
from memsync.providers.resolve import Place
from memsync.steps.workspace import open_place, outbox, target
from memsync.system import terminal
from memsync.system.errors import MemsyncError

EXAMPLE = "memsync connect claude-code"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the agents."""
    words = "claude-code, codex, gemini, copilot or opencode; without one: how each of them stands"
    parser.add_argument("agent", nargs="*", metavar="AGENT", help=words)


def cmd_connect(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Connect the agents that are named; without a name, list all."""
    if not args.agent:
        return _list(config, provider)
    for agent in named(config.machine, args.agent):
        for line in connect(agent, config, provider):
            terminal.out(f"{agent.name}: {line}")
    return 0


def connect(agent: Agent, config: Config, place: Place) -> list[str]:
    """Connect one agent; what was done, a line each."""
    if agent.name != CLAUDE_CODE:
        return connecting.connect_file(agent, config.machine, shelf_of(config, place))
    said = connecting.connect_claude(config.machine)
    store = None if place.trouble is not None else open_place(config, place).store
    pending.show(config, store, outbox(config.machine))
    return said


def shelf_of(config: Config, place: Place) -> connecting.Shelf:
    """The memory as agents are given it. Raises where it is out of reach."""
    work = open_place(config, place)
    memory = work.store.memory()
    if memory is None:
        raise missing(work.store)
    return connecting.Shelf(work.folder, memory.raw, work.store.disk, work.target)


def _list(config: Config, place: Place) -> int:
    folder = place.folder if place.trouble is None else None
    shown = target(config, folder) if folder is not None else None
    rows = overview.rows(config.machine, folder, shown, working_folder())
    for row in rows:
        there = "here" if row.here else "not here"
        how = f"connected ({row.how})" if row.how else "not connected"
        seen = f", ran {row.seen[:16].replace('T', ' ')}" if row.seen else ""
        terminal.out(f"{row.agent.name:<12} {there:<9} {how}{seen}")
        for one in row.hindrances:
            terminal.out(f"  {one.level}: {one.what}")
            terminal.out(f"    try: {one.fix}")
    waiting = [row.agent.name for row in rows if row.here and not row.how]
    if waiting:
        terminal.out(f"to connect one: memsync connect {waiting[0]}")
    return 0


def is_offered(config: Config) -> bool:
    """Whether Claude Code is here, and not connected."""
    row = overview.rows(config.machine, None, None, "")[0]
    return row.here and not row.how


def offer(config: Config, place: Place) -> None:
    """`memsync init` on a terminal: connect Claude Code after a yes."""
    if not terminal.has_person() or not is_offered(config):
        return
    agent = named(config.machine, [CLAUDE_CODE])[0]
    question = "Connect Claude Code, so that /memsync TEXT and the end of a session keep notes?"
    where = "a folder is added to Claude Code's skills; memsync disconnect takes it away"
    if not terminal.confirm(question, where, "nothing is added; memsync connect does it later"):
        return
    try:
        for line in connect(agent, config, place):
            terminal.out_fitted(f"  {line}")
    except MemsyncError as error:  # the memory itself is set up
        terminal.warn(f"{error.what}; {error.hint}")

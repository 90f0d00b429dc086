"""`memsync harvest`: look through transcripts and auto memory for things to remember."""

from __future__ import annotations

import argparse

from memsync.agents import harvest
from memsync.agents.hooks import RUNS, refuse_child
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.system import terminal
from memsync.system.errors import InputError
from memsync.system.machine import Machine

EXAMPLE = "memsync harvest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--session", metavar="PATH", help="only this transcript")
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_harvest(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Keep what a person typed that sounds like something to remember, for `memsync review`."""
    machine = config.machine
    refuse_inside_claude_code(machine, "memsync harvest")
    sources = (
        harvest.everywhere(machine)
        if args.session is None
        else harvest.of_session(machine, args.session)
    )
    done = harvest.harvest(machine, sources)
    if args.json:
        terminal.out_json(
            {
                "transcripts": done.transcripts,
                "prompts": done.prompts,
                "new": [candidate.id for candidate in done.new],
            }
        )
        return 0
    count = len(done.new)
    terminal.out(f"{done.prompts} new prompts in {done.transcripts} transcripts; {count} to decide")
    if count:
        terminal.hint("you decide: memsync review")
    return 0


def refuse_inside_claude_code(machine: Machine, command: str) -> None:
    """What a command prints inside Claude Code goes to the model; and Claude decides nothing.

    Raises `InputError`.
    """
    refuse_child(machine.env, command)
    if machine.env.get(RUNS):
        what = "inside Claude Code no candidate is shown or decided: it would leave this machine"
        raise InputError(what, f"{command}, in a terminal of your own")

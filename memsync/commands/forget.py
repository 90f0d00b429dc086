"""`memsync forget`: give up a pending or held note."""

from __future__ import annotations

import argparse

from memsync.commands.common import tell_failure, writing
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.steps import restore as history
from memsync.steps.job import Outcome
from memsync.system import terminal

EXAMPLE = "memsync forget d278"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the note."""
    parser.add_argument("id", metavar="ID", help="the note's id, or its first four digits")
    parser.add_argument("--delete", action="store_true", help="remove the note's file, too")


def cmd_forget(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Take a note out of what is pending, on every machine."""
    with writing(config, provider) as (_work, job):
        outcome = Outcome()
        gone = history.forget(job, outcome, args.id, delete=args.delete)
    terminal.out(f"forgot {gone.id}.")
    if args.delete:
        terminal.out("  its file is removed; its text was:")
        terminal.out_raw(gone.text.rstrip("\n") + "\n")
    else:
        terminal.out(f"  its text stays in {gone.path}")
    terminal.out('  to capture it again: memsync note "..."')
    tell_failure(outcome)
    return 0

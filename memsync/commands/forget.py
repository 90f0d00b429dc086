"""`memsync forget`: give up a pending or held note."""

from __future__ import annotations

import argparse

from memsync import sync
from memsync.commands.common import tell_failure, writing
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.steps.writes import GiveUp
from memsync.system import terminal

EXAMPLE = "memsync forget d278"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the note."""
    parser.add_argument("id", metavar="ID", help="the note's id, or its first four digits")
    parser.add_argument("--delete", action="store_true", help="remove the note's file, too")


def cmd_forget(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Take a note out of what is pending, on every machine."""
    with writing(config, provider) as (_work, job):
        run = sync.run(job, GiveUp(args.id, delete=args.delete))
    gone = run.forgotten
    assert gone is not None, "a note that is not pending is an error"
    terminal.out(f"forgot {gone.id}.")
    if args.delete:
        terminal.out("  its file is removed; its text was:")
        terminal.out_text(gone.text.rstrip("\n") + "\n")
    else:
        terminal.out(f"  its text stays in {gone.path}")
    terminal.out('  to capture it again: memsync note "..."')
    tell_failure(run)
    return 0

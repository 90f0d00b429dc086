"""`memsync restore`: go back to any version."""

from __future__ import annotations

import argparse

from memsync.commands.common import tell_change, tell_failure, writing
from memsync.config import Config
from memsync.memory import lineage
from memsync.providers.resolve import Place
from memsync.steps import restore as history
from memsync.steps.job import Outcome
from memsync.system import terminal

EXAMPLE = "memsync restore 1b1c"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the version."""
    parser.add_argument(
        "version", metavar="VERSION", help="a revision or its first digits, a backup's name, or -N"
    )


def cmd_restore(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Write a version's body again; the merged set stays."""
    with writing(config, provider) as (work, job):
        outcome = Outcome()
        target = lineage.find(work.store, args.version)
        history.restore(job, outcome, target)
        left = history.left_behind(work.store, outcome)
    terminal.out(f"restored {target.name}.")
    tell_change(work, outcome)
    if left:
        terminal.out(f"  to bring it back: memsync restore {left}")
    tell_failure(outcome)
    return 0

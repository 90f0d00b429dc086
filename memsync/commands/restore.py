"""`memsync restore`: go back to any version."""

from __future__ import annotations

import argparse

from memsync import sync
from memsync.commands.common import tell_change, tell_failure, tell_way_back, writing
from memsync.config import Config
from memsync.memory import lineage
from memsync.providers.resolve import Place
from memsync.steps.writes import GoTo
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
        run = sync.run(job, GoTo(lineage.find(work.store, args.version)))
    terminal.out(f"restored {run.goal}.")
    tell_change(work, run)
    tell_way_back(run)
    tell_failure(run)
    return 0

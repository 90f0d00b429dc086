"""`memsync apply`: use or drop a reply that waits for a yes."""

from __future__ import annotations

import argparse

from memsync import sync
from memsync.commands.common import tell_change, tell_failure, writing
from memsync.config import Config
from memsync.merge import kept
from memsync.providers.resolve import Place
from memsync.steps.writes import UseReply
from memsync.system import terminal
from memsync.system.errors import InputError

EXAMPLE = "memsync apply"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--discard", action="store_true", help="drop the reply; its notes stay pending"
    )


def cmd_apply(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Use the kept reply, or drop it."""
    with writing(config, provider) as (work, job):
        if args.discard:
            waiting = kept.foremost(kept.waiting(work.store.state))
            if waiting is None:
                raise InputError("no reply is waiting", "memsync refresh")
            kept.drop(work.store.state, waiting.base, waiting.ids)
            terminal.out("the reply was dropped; its notes are still pending.")
            return 0
        run = sync.run(job, UseReply())
    terminal.out("done." if run.is_changed else "no changes.")
    tell_change(work, run, config.machine)
    tell_failure(run)
    return 0

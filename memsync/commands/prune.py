"""`memsync prune`: remove old backups."""

from __future__ import annotations

import argparse

from memsync.commands.common import LOCK_SECONDS
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.steps import pruning
from memsync.steps.workspace import open_place
from memsync.system import terminal
from memsync.system.counted import counted
from memsync.system.errors import InputError
from memsync.system.lock import lock

EXAMPLE = "memsync prune --keep-days 90 --dry-run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--keep-days", type=int, metavar="N", help="days a backup may stay (default: keep_days)"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be removed, remove nothing"
    )


def cmd_prune(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Remove backups; never the 20 newest, the current version, or what is still needed."""
    days = config.number("keep_days") if args.keep_days is None else args.keep_days
    if not 0 <= days <= 100_000:
        raise InputError(
            f"--keep-days {days} is not a number of days", "memsync prune --keep-days 30"
        )
    work = open_place(config, provider)
    if args.dry_run:
        removed = pruning.prune(work.store, days, dry=True)
    else:
        with lock(work.lock, LOCK_SECONDS):
            removed = pruning.prune(work.store, days, dry=False)
    if not removed:
        terminal.out(f"No backups older than {counted(days, 'day')}.")
        return 0
    terminal.out(
        f"{'Would prune' if args.dry_run else 'Pruned'} {counted(len(removed), 'backup')} older "
        f"than {counted(days, 'day')}."
    )
    for one in removed:
        terminal.out(f"  {'would remove' if args.dry_run else 'removed'}: {one.name}")
    return 0

"""`memsync diff`: what changed last, or the difference between two versions."""

from __future__ import annotations

import argparse

from memsync.commands.showing import tell_outside
from memsync.config import Config
from memsync.memory.lineage import Named, came_from, find
from memsync.memory.store import Store, missing
from memsync.providers.resolve import Place
from memsync.steps.workspace import open_place
from memsync.system import terminal
from memsync.system.difference import difference
from memsync.system.errors import InputError, UsageError

EXAMPLE = "memsync diff -1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the versions."""
    parser.add_argument(
        "version",
        nargs="*",
        metavar="VERSION",
        help="a revision, a backup's name, or -N; at most two",
    )
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_diff(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print a unified difference."""
    if len(args.version) > 2:
        raise UsageError("diff takes at most two versions", "memsync diff VERSION VERSION")
    work = open_place(config, provider)
    store = work.store
    old, new = _pair(store, args.version)
    before = old if old is not None else new
    rows = difference(before.memory.body, new.memory.body, before.name, new.name)
    if args.json:
        name = old.name if old is not None else None
        terminal.out_json({"old": name, "new": new.name, "difference": rows})
    elif old is None:
        terminal.out("No backups found.")
        return 0
    elif not rows:
        terminal.out("No differences.")
    elif terminal.out_is_terminal():
        from memsync.commands import reader

        reader.show_rows(rows, config.machine)
    else:
        for row in rows:
            terminal.out(row)
    tell_outside(work)
    return 0


def _pair(store: Store, wanted: list[str]) -> tuple[Named | None, Named]:
    if len(wanted) == 2:
        return find(store, wanted[0]), find(store, wanted[1])
    memory = store.memory()
    if memory is None:
        raise missing(store)
    current = Named("current", memory)
    if wanted:
        return find(store, wanted[0]), current
    before = came_from(store, memory)
    if before is not None:
        return Named(before.rev, before), current
    return _newest_other(store), current


def _newest_other(store: Store) -> Named | None:
    try:
        return find(store, "-1")
    except InputError:
        return None

"""`memsync show`: print the memory, or a version of it."""

from __future__ import annotations

import argparse

from memsync.commands.showing import tell_outside
from memsync.config import Config
from memsync.memory.store import missing
from memsync.memory.text.document import NAME, Memory
from memsync.providers.resolve import Place
from memsync.steps.workspace import open_place
from memsync.system import terminal
from memsync.system.errors import FolderError

EXAMPLE = "memsync show | less"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the version."""
    parser.add_argument(
        "version",
        nargs="?",
        metavar="VERSION",
        help="a version: a revision, a backup's name, or -N; without it the memory",
    )
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_show(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print the body, as it is, without the footer."""
    work = open_place(config, provider)
    store = work.store
    if args.version is not None:
        from memsync.memory.lineage import find  # the memory itself needs none of it

        return _show(args, config, find(store, args.version).memory)
    memory = store.memory()
    if memory is None:
        raise missing(store)
    if not memory.body:
        raise FolderError(f"{store.disk.where(NAME)}: {memory.trouble}", "memsync doctor")
    _show(args, config, memory)
    tell_outside(work)
    return 0


def _show(args: argparse.Namespace, config: Config, memory: Memory) -> int:
    if args.json:
        lines = memory.body.count("\n")
        terminal.out_json({"revision": memory.rev, "lines": lines, "body": memory.body})
    elif terminal.out_is_terminal():
        from memsync.commands import reader

        reader.show(memory.body, config.machine)
    else:
        terminal.out_raw(memory.body)
    return 0

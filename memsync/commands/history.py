"""`memsync history`: the versions of the memory."""

from __future__ import annotations

import argparse
import json

from memsync import history, terminal
from memsync.config import Config
from memsync.place import Place, open_place

EXAMPLE = "memsync history --all"
USUAL = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--all", action="store_true", help=f"every version, not only the newest {USUAL}")
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_history(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print time, revision, lines that came and went, and whose notes."""
    store = open_place(config, provider).store
    rows = history.rows(store, 1_000_000 if args.all else USUAL)
    if args.json:
        terminal.out(json.dumps({"versions": [row._asdict() for row in rows]}, ensure_ascii=False))
        return 0
    for row in rows:
        day, clock = f"{row.time[:4]}-{row.time[4:6]}-{row.time[6:8]}", f"{row.time[9:11]}:{row.time[11:13]}"
        when = f"{day} {clock}" if row.time else "-" * 16
        mark = "current" if row.current else f"-{row.steps}"
        terminal.out(f"{mark:>8}  {when}  {row.rev:<13}  +{row.added} -{row.removed}  {', '.join(row.hosts)}".rstrip())
    return 0

"""`memsync history`: the versions of the memory."""

from __future__ import annotations

import argparse
import contextlib
from datetime import UTC, datetime

from memsync.commands.showing import moment, tell_outside
from memsync.config import Config
from memsync.memory import lineage
from memsync.memory.text.notes import first_line
from memsync.memory.versions import STAMP
from memsync.providers.resolve import Place
from memsync.steps.workspace import open_place
from memsync.system import terminal

EXAMPLE = "memsync history --all"
USUAL = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "line", nargs="?", metavar="LINE", help="a line of the memory, or words of it: its notes"
    )
    parser.add_argument(
        "--all", action="store_true", help=f"every version, not only the newest {USUAL}"
    )
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_history(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print time, revision, lines that came and went, and whose notes."""
    work = open_place(config, provider)
    store = work.store
    if args.line is not None:
        return _origin(lineage.origin(store, args.line), as_json=args.json)
    rows = lineage.rows(store, 1_000_000 if args.all else USUAL)
    if args.json:
        terminal.out_json({"versions": [row._asdict() for row in rows]})
        return 0
    for row in rows:
        when = _when(row.time)
        mark = "current" if row.current else f"-{row.steps}"
        terminal.out(
            (
                f"{mark:>8}  {when}  {row.rev:<13}  +{row.added} -{row.removed}  "
                f"{', '.join(row.hosts)}"
            ).rstrip()
        )
    tell_outside(work)
    return 0


def _when(time: str) -> str:
    plain = f"{time[:4]}-{time[4:6]}-{time[6:8]} {time[9:11]}:{time[11:13]}" if time else "-" * 16
    with contextlib.suppress(ValueError):  # the time of a version that no file tells, or no date
        return moment(datetime.strptime(time, STAMP).replace(tzinfo=UTC), plain)
    return plain


def _origin(found: lineage.Origin, *, as_json: bool) -> int:
    if as_json:
        notes = [note._asdict() for note in found.notes]
        terminal.out_json({**found._asdict(), "notes": notes})
        return 0
    terminal.out(found.line.strip())
    terminal.out(f"  since {found.rev}, {_when(found.time)}")
    wanted = found.line.strip()
    for note in found.notes:
        # An edit may hold many lines: the one that was asked about, where it is there
        named = (line.strip() for line in note.text.splitlines() if wanted in line)
        about = f"{note.kind}, {note.host}" if note.host else note.kind
        terminal.out(f"  note {note.id} ({about}): {next(named, None) or first_line(note)}")
    return 0

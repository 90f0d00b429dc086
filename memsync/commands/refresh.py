"""`memsync refresh`: capture notes, then merge all that is pending into the memory.

What does it is `refreshing`, which takes longer to load than a person waits for a first sign.
"""

from __future__ import annotations

import argparse

from memsync.config import Config, unfit
from memsync.providers.resolve import Place
from memsync.system.errors import UsageError
from memsync.system.progress import first_sign

EXAMPLE = 'memsync refresh --notes "Finished the importer. Never deploy on Fridays."'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "-n",
        "--notes",
        metavar="TEXT",
        action="append",
        help="the notes, whatever they begin with; several are joined",
    )
    parser.add_argument(
        "-f",
        "--file",
        metavar="FILE",
        action="append",
        help="a file with the notes; - is stdin; several are joined",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the new memory, write nothing"
    )
    parser.add_argument("--model", type=_word, metavar="ID", help="the Claude model for this once")
    parser.add_argument(
        "--yes", action="store_true", help="accept what would be lost; never what is refused"
    )
    parser.add_argument(
        "--yes-to-all", action="store_true", help="accept also lines that no note says"
    )
    parser.add_argument("--held", action="store_true", help="send held notes again, too")
    parser.add_argument(
        "--compact", action="store_true", help="shorten the memory; the difference is always shown"
    )
    parser.add_argument("--explain", action="store_true", help="with --dry-run: who said each line")
    parser.add_argument("--json", action="store_true", help="print one object")


def _word(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError("it needs a value")
    if why := unfit(value):
        raise argparse.ArgumentTypeError(f"it {why}")
    return value


def cmd_refresh(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Capture, then merge; whatever came of it, agents read what there is now."""
    if args.explain and not args.dry_run:
        raise UsageError("--explain goes with --dry-run", "memsync refresh --dry-run --explain")
    with first_sign("Looking at the memory and the notes...", config.machine) as says:
        from memsync.commands.refreshing import refresh

        return refresh(args, config, provider, says)

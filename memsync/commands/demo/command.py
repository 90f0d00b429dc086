"""`memsync demo`: all of it at work in a temporary folder, without an account."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from memsync.commands.demo.story import Story
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.system import terminal
from memsync.system.errors import LocalError

EXAMPLE = "memsync demo"

INTRODUCTION = """\
Two pretend machines share one cloud folder, in {root}
Your own files, settings and keys are not touched. No account is needed, and nothing is paid:
what answers is a stand-in for Claude on this machine; it files each note by rule. The program,
the SDK and the files are the real ones.
"""
BEGIN = """\
Each line with a ✓ was checked. To begin for real:
  memsync init                     finds your cloud folder
  memsync config set api_key       asks for your key for Claude's API, keeps it in a file of its own
  memsync refresh --notes "..."    after a session: what Claude should remember
On each further machine: memsync init, and the key."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--keep", action="store_true", help="leave the temporary folder, to look around in it"
    )


def cmd_demo(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Tell the story in a folder of its own; the settings and the place of this machine are not
    used.
    """
    try:
        root = Path(tempfile.mkdtemp(prefix="memsync-demo-")).resolve()
    except OSError as error:
        what = f"no temporary folder can be made: {(error.strerror or 'refused').lower()}"
        raise LocalError(
            what, "set TMPDIR to a folder that you can write, then memsync demo"
        ) from None
    try:
        terminal.out_text(INTRODUCTION.format(root=root) + "\n")
        Story(root, config.machine, terminal.out).tell()
        terminal.out_text(BEGIN + "\n")
    finally:
        if args.keep:
            terminal.err(f"the folder is kept: {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)
    return 0

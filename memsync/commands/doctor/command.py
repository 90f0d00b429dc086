"""`memsync doctor`: what is wrong, and the command that mends it.

Without --fix it writes nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from memsync.commands.common import writing
from memsync.commands.doctor import access
from memsync.commands.doctor.examine import examine
from memsync.commands.doctor.findings import Finding, exit_status
from memsync.commands.doctor.fix import NOT_MENDED, mend
from memsync.commands.doctor.folders import own_folders
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.system import terminal
from memsync.system.errors import FolderError, LocalError

EXAMPLE = "memsync doctor --fix"

LABELS = {"problem": "Problem", "warning": "Warning", "info": "Note"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--fix", action="store_true", help="mend what is safe, then look again")
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_doctor(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print the findings; the status is 0 when a refresh would work, else that of the first
    problem.
    """
    done = _mend(config, provider) if args.fix and provider.trouble is None else []
    found = examine(config, provider)
    status = exit_status(found)
    if args.json:
        rows = [{"level": one.level, "what": one.what, "mend": one.mend} for one in found]
        fixed = {"fixed": done} if args.fix else {}
        terminal.out_json({"ok": status == 0, "findings": rows, **fixed})
    else:
        _print(found, done)
    return status


def _mend(config: Config, place: Place) -> list[str]:
    folders = [one for one in own_folders(config, place) if access.keeps_modes(config.machine, one)]
    try:
        with writing(config, place, yes=True) as (work, job):
            return mend(work, job, folders)
    except (LocalError, FolderError) as error:  # the findings say what opens it
        return [f"{NOT_MENDED}{error.what}"]


def _print(found: Sequence[Finding], done: Sequence[str]) -> None:
    for line in done:
        left = line.startswith(NOT_MENDED)
        terminal.out(f"Not mended: {line.removeprefix(NOT_MENDED)}" if left else f"Fixed: {line}")
    for one in found:
        terminal.out(f"{LABELS[one.level]}: {one.what}")
        terminal.out(f"  mend: {one.mend}" if one.level != "info" else f"  next: {one.mend}")
    problems = sum(one.level == "problem" for one in found)
    warnings = sum(one.level == "warning" for one in found)
    if problems:
        terminal.out(f"{problems} problem(s), {warnings} warning(s).")
    else:
        terminal.out(
            f"all good: a refresh would work{f'; {warnings} warning(s)' if warnings else ''}."
        )

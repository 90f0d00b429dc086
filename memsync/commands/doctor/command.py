"""`memsync doctor`: what is wrong, and the command that fixes it.

Without --fix it writes nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from memsync.commands.common import writing
from memsync.commands.doctor import access
from memsync.commands.doctor.examine import examine
from memsync.commands.doctor.findings import Finding, exit_status
from memsync.commands.doctor.fix import NOT_FIXED, fix
from memsync.commands.doctor.folders import own_folders
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.system import layout, terminal
from memsync.system.counted import counted
from memsync.system.errors import FolderError, LocalError
from memsync.system.machine import Machine

EXAMPLE = "memsync doctor --fix"

MARKS = {"problem": "✗", "warning": "!", "info": "·", "good": "✓"}
LABELS = {"problem": "Problem", "warning": "Warning", "info": "Note"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--fix", action="store_true", help="fix what is safe, then look again")
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_doctor(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print the findings; the status is 0 when a refresh would work, else that of the first
    problem.
    """
    done = _mend(config, provider) if args.fix and provider.trouble is None else []
    every = examine(config, provider)
    found = [one for one in every if one.level != "good"]
    status = exit_status(found)
    if args.json:
        rows = [{"level": one.level, "what": one.what, "fix": one.fix} for one in found]
        fixed = {"fixed": done} if args.fix else {}
        terminal.out_json({"ok": status == 0, "findings": rows, **fixed})
    elif terminal.out_is_terminal():
        _show(every, done, config.machine)
    else:
        _print(found, done)
    return status


def _mend(config: Config, place: Place) -> list[str]:
    folders = [one for one in own_folders(config, place) if access.keeps_modes(config.machine, one)]
    try:
        with writing(config, place, yes=True) as (work, job):
            return fix(work, job, folders)
    except (LocalError, FolderError) as error:  # the findings say what opens it
        return [f"{NOT_FIXED}{error.what}"]


def _print(found: Sequence[Finding], done: Sequence[str]) -> None:
    for line in done:
        left = line.startswith(NOT_FIXED)
        terminal.out(f"Not fixed: {line.removeprefix(NOT_FIXED)}" if left else f"Fixed: {line}")
    for one in found:
        terminal.out(f"{LABELS[one.level]}: {one.what}")
        terminal.out(f"  fix: {one.fix}" if one.level != "info" else f"  next: {one.fix}")
    terminal.out(_verdict(found))


def _verdict(found: Sequence[Finding]) -> str:
    problems = sum(one.level == "problem" for one in found)
    warnings = sum(one.level == "warning" for one in found)
    if problems:
        return f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}."
    also = f"; {counted(warnings, 'warning')}" if warnings else ""
    if any(one.unasked for one in found):
        return f"all good so far: a refresh would work, if Claude accepts the key{also}."
    return f"all good: a refresh would work{also}."


def _counts(found: Sequence[Finding]) -> str:
    """How many checks said what."""
    good, warnings, problems = (
        sum(one.level == level for one in found) for level in ("good", "warning", "problem")
    )
    return f"{good} good, {counted(warnings, 'warning')}, {counted(problems, 'problem')}"


def _with_counts(found: Sequence[Finding]) -> str:
    if exit_status(found):
        return _counts(found) + "."
    return f"{_verdict(found).partition(';')[0].rstrip('.')} ({_counts(found)})."


def _show(found: Sequence[Finding], done: Sequence[str], machine: Machine) -> None:
    """The same for a terminal: a line with its mark for each part and each finding, then what to
    type.
    """
    width, home = terminal.width(), str(machine.home)

    def line(mark: str, text: str) -> None:
        for row in layout.paragraph(layout.shortened(f"{mark} {text}", home), width, 2):
            terminal.out_marked(row)

    for words in done:
        left = words.startswith(NOT_FIXED)
        text = words.removeprefix(NOT_FIXED)
        line("✗" if left else "✓", f"{'not fixed' if left else 'fixed'}: {text}")
    for one in found:
        line(MARKS[one.level], one.what)
        if one.fix:  # so that it can be copied
            label = "  next: " if one.level == "info" else "  fix: "
            text, goes_on = layout.shortened(one.fix, home), machine.system != "windows"
            for row in layout.typed(label, text, width, goes_on=goes_on):
                terminal.out_marked(row)
    terminal.out("")
    line(MARKS["problem" if exit_status(found) else "good"], _with_counts(found))

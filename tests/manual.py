"""The manual page, written from the parsers: docs/memsync.1, which is installed with memsync.

    python -m tests.manual      # write the page

Its date is that of the changelog's newest entry, so that it changes only with the program.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from memsync import __version__
from memsync.commands.register import ABOUT, COMMANDS, overview, parser_of
from memsync.system import errors

PAGE: Final = Path(__file__).parents[1] / "docs" / "memsync.1"
STATUSES: Final = {
    0: "done, also when there was nothing to do",
    1: "error: input, a file on this machine, another memsync at work",
    2: "usage",
    3: "not set up: run memsync init",
    4: "the cloud folder, or the memory in it, cannot be used now",
    5: "Claude: no key, no network, or the API says no",
    6: "the reply was refused by the guard, or needs a yes",
    130: "interrupted",
}


def page() -> str:
    """The page in troff, man(7)."""
    lines = [
        f'.TH MEMSYNC 1 "" "memsync {__version__}" "User Commands"',
        ".SH NAME",
        r"memsync \- " + escaped(ABOUT.replace("\n", " ")),
        ".SH SYNOPSIS",
        ".B memsync",
        r"\fICOMMAND\fR [options]",
        ".SH OPTIONS",
        *options_of(overview()),
        ".SH COMMANDS",
    ]
    for name in COMMANDS:
        lines += of_command(name)
    lines += [".SH EXIT STATUS"]
    for status, meaning in STATUSES.items():
        lines += [".TP", f".B {status}", escaped(meaning)]
    lines += [
        ".SH FILES",
        escaped("<cloud folder>/.claude-memory/GLOBAL_MEMORY.md: the memory. ")
        + escaped("~/.claude/CLAUDE.md: a link to it, or a copy."),
        ".SH SEE ALSO",
        escaped("COMMANDS.md, installed in share/doc/memsync."),
    ]
    return "\n".join(lines) + "\n"


def of_command(name: str) -> list[str]:
    """The section of one command: its line, its options, its example."""
    parser = parser_of(name)
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    lines = [f'.SS "{escaped(usage)}"', escaped(str(parser.description)), *options_of(parser)]
    example = str(parser.epilog).partition("\n")[2].strip()
    return [*lines, ".PP", "Example:", ".nf", escaped(example), ".fi"]


def options_of(parser: argparse.ArgumentParser) -> list[str]:
    """A paragraph for each option that the parser's own help shows."""
    lines: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction) or action.help == argparse.SUPPRESS:
            continue
        shown = ", ".join(action.option_strings) or str(action.metavar or action.dest)
        value = f" {action.metavar}" if action.option_strings and action.metavar else ""
        lines += [".TP", rf"\fB{escaped(shown + value)}\fR", escaped(action.help or "")]
    return lines


def escaped(text: str) -> str:
    """Text as troff takes it: backslashes, dashes, and dots or quotes at the start of a line."""
    plain = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return "\n".join(rf"\&{line}" if line[:1] in (".", "'") else line for line in plain.split("\n"))


def undocumented() -> set[int]:
    """Exit statuses that an error has and the page does not name."""
    kinds = [errors.MemsyncError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.status for kind in kinds} - set(STATUSES)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

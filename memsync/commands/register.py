"""The register of commands, and the parser of each. A command is imported when it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Final, NamedTuple, NoReturn, Protocol, cast

from memsync import __version__
from memsync.system import terminal

WIDTH: Final = 80
LOUDNESS: Final = ("-q", "--quiet", "-v", "--verbose")
ABOUT: Final = (
    "Keep one CLAUDE.md in sync on all your machines,\nusing the cloud folder you already have."
)


class Command(NamedTuple):
    """A command: its module in `memsync/commands`, its line of help, and whether it needs the
    memory folder.
    """

    module: str
    help: str
    needs_place: bool = True


GROUPS: Final = {
    "every day": ("note", "refresh", "status", "show", "edit", "notes"),
    "back in time": ("diff", "history", "undo", "restore", "apply", "forget", "prune", "purge"),
    "Claude Code and other agents": ("connect", "disconnect", "harvest", "review"),
    "this machine": ("init", "config", "providers", "doctor", "uninstall"),
    "more": ("usage", "completion", "demo", "help"),
}
"""How the overview shows them. A command that no group names stands under "more"."""

COMMANDS: Final = {
    "init": Command(
        "init", "find the cloud folder, make or join the memory, link it", needs_place=False
    ),
    "note": Command("note", "capture a note; no network, no waiting", needs_place=False),
    "refresh": Command(
        "refresh",
        "capture notes, then merge all that is pending into the memory",
        needs_place=False,
    ),
    "status": Command("status", "where everything is and how it stands", needs_place=False),
    "edit": Command("edit", "edit the memory in your editor; the edit is kept as a note"),
    "show": Command("show", "print the memory, or a version of it"),
    "notes": Command("notes", "the notes, newest first; search them", needs_place=False),
    "diff": Command("diff", "what changed last, or the difference between two versions"),
    "history": Command("history", "the versions of the memory"),
    "undo": Command("undo", "go back to the version that this one came from"),
    "restore": Command("restore", "go back to any version"),
    "apply": Command("apply", "use or drop a reply that waits for a yes"),
    "forget": Command("forget", "give up a pending or held note"),
    "prune": Command("prune", "remove old backups"),
    "purge": Command("purge", "take a leaked secret out, everywhere memsync keeps it"),
    "config": Command("config", "show and change settings", needs_place=False),
    "providers": Command(
        "providers", "which cloud folders were looked for and found", needs_place=False
    ),
    "doctor": Command(
        "doctor.command", "what is wrong, and the command that fixes it", needs_place=False
    ),
    "connect": Command(
        "connect", "which agents read the memory; make one of them do so", needs_place=False
    ),
    "disconnect": Command(
        "disconnect", "take back what memsync put into an agent's folder", needs_place=False
    ),
    "harvest": Command(
        "harvest", "look through sessions for things to remember", needs_place=False
    ),
    "review": Command("review", "say yes or no to what was found to remember", needs_place=False),
    "uninstall": Command(
        "uninstall", "take memsync off this machine; the memory stays", needs_place=False
    ),
    "usage": Command(
        "usage", "calls, tokens and money by month, on this machine", needs_place=False
    ),
    "completion": Command("completion", "print the completion of a shell", needs_place=False),
    "demo": Command(
        "demo.command",
        "all of it at work in a temporary folder, without an account",
        needs_place=False,
    ),
}


class Module(Protocol):
    """What a file in `memsync/commands` offers. Its command is the function `cmd_NAME`."""

    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's options."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help of one width, as it is written; asking for the terminal's would import shutil at each
    start.
    """

    def __init__(self, prog: str, **_: object) -> None:
        super().__init__(prog, max_help_position=28, width=WIDTH)


class Parser(argparse.ArgumentParser):
    """argparse, with memsync's words for a wrong command line."""

    _words: Sequence[str] = ()

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """What a command line says. Raises `UsageError`, and `SystemExit` after its help."""
        self._words = words
        found, stray = self.parse_known_args(words)
        if stray:
            from memsync.commands import wrong_line  # only where something was typed wrong

            raise wrong_line.unknown(stray, self)
        return found

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError` in the place of argparse's own text."""
        from memsync.commands import wrong_line

        raise wrong_line.wrong(message, self, self._words)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Usage, help and version leave through the terminal, as everything does."""
        del file
        if message:
            terminal.out_text(message)

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The value of -n is the note, also when it is `--`, which argparse would drop."""
        if action.dest == "notes" and arg_strings:
            return arg_strings[0]
        return super()._get_values(action, arg_strings)


def module_of(name: str) -> ModuleType:
    """The module of a command, imported now."""
    return import_module(f"memsync.commands.{COMMANDS[name].module}")


def parser_of(name: str) -> Parser:
    """The parser of one command."""
    command, module = COMMANDS[name], cast("Module", module_of(name))
    parser = Parser(
        prog=f"memsync {name}",
        description=f"{command.help[0].upper()}{command.help[1:]}.",
        epilog=f"example:\n  {module.EXAMPLE}",
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    _add_loudness(parser)
    return parser


def _add_loudness(parser: argparse.ArgumentParser) -> None:
    """What every command knows; its own help leaves it to that of memsync."""
    parser.add_argument("-q", "--quiet", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-v", "--verbose", action="store_true", help=argparse.SUPPRESS)


def overview() -> Parser:
    """The parser of `memsync` itself: help with the list of commands, and the version."""
    parser = Parser(
        prog="memsync",
        description=ABOUT,
        usage="memsync COMMAND [options]",
        epilog=f"{_listed()}\n\nmemsync COMMAND --help says more. Start with: memsync init",
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"memsync {__version__}")
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="only warnings, questions and errors on stderr"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="say each step that is taken")
    return parser


def whole() -> argparse.ArgumentParser:
    """One parser with every command below it, for the completion and the manual page."""
    parser = overview()
    parser.usage = None
    below = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name, command in COMMANDS.items():
        child = below.add_parser(
            name, help=command.help, description=command.help, allow_abbrev=False
        )
        cast("Module", module_of(name)).add_arguments(child)
    return parser


def _listed() -> str:
    grouped = {name for names in GROUPS.values() for name in names}
    rest = tuple(name for name in COMMANDS if name not in grouped)
    lines = []
    for title, names in GROUPS.items():
        shown = [*names, *(rest if title == "more" else ())]
        lines += ["", f"{title}:"]
        lines += [f"  {name:<11} {COMMANDS[name].help}" for name in shown if name in COMMANDS]
    return "\n".join(lines[1:])

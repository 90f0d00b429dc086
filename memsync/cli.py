"""The command line: find the command, load the config, resolve the provider, dispatch.

Also the one funnel from error to words and exit status. Knows how nothing is done. Only what the
one command needs is imported, and only its parser is built: a start costs milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple, NoReturn, Protocol

from memsync import __version__
from memsync.config import Config, load
from memsync.merge.kept import reminder
from memsync.providers.resolve import Place, resolve
from memsync.system import terminal
from memsync.system.disk import RealDisk
from memsync.system.errors import InterruptedByUserError, LocalError, MemsyncError, UsageError
from memsync.system.machine import this_machine

WIDTH: Final = 100


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help of one width, as it is written; asking for the terminal's would import shutil at each
    start.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=WIDTH)


class Command(NamedTuple):
    """A command: its module in `memsync/commands`, its line of help, and whether it needs the
    memory folder.
    """

    module: str
    help: str
    needs_place: bool = True


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
    "show": Command("show", "print the memory"),
    "diff": Command("diff", "what the last merge changed, or the difference of two versions"),
    "history": Command("history", "the versions of the memory"),
    "undo": Command("undo", "go back to the version that this one came from"),
    "restore": Command("restore", "go back to any version"),
    "apply": Command("apply", "use or drop a reply that waits for a yes"),
    "forget": Command("forget", "give up a pending or held note"),
    "prune": Command("prune", "remove old backups"),
    "config": Command("config", "show and change settings", needs_place=False),
    "providers": Command(
        "providers", "which cloud folders were looked for and found", needs_place=False
    ),
    "doctor": Command(
        "doctor.command", "what is wrong, and the command that mends it", needs_place=False
    ),
    "demo": Command(
        "demo.command",
        "all of it at work in a temporary folder, without an account",
        needs_place=False,
    ),
}

EPILOG: Final = """\
exit status: 0 done, 1 error, 2 usage, 3 not set up, 4 the cloud folder, 5 Claude,
6 the reply was refused or needs a yes, 130 interrupted"""


class Module(Protocol):
    """What a file in `memsync/commands` offers. Its command is the function `cmd_NAME`."""

    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's options."""


class Parser(argparse.ArgumentParser):
    """argparse, with memsync's words for a wrong command line."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError` in the place of argparse's own text."""
        raise UsageError(message, f"{self.prog} --help")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The value of -n is the note, also when it is `--`, which argparse would drop."""
        return (
            arg_strings[0] if action.dest == "notes" else super()._get_values(action, arg_strings)
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. Never a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    terminal.prepare()
    return _told(lambda: _run(words), as_json=_wants_json(words))


def _told(work: Callable[[], int], *, as_json: bool) -> int:
    """The status of this work; where it fails, its failure in words and that failure's status."""
    failure: MemsyncError
    try:
        status = work()
        terminal.flush()
        return status
    except MemsyncError as error:
        failure = error
    except KeyboardInterrupt:
        failure = InterruptedByUserError("interrupted", "what was captured is kept: memsync status")
    except BrokenPipeError:  # the reader of stdout went away (`memsync show | head`): no words
        terminal.out_is_gone()
        return MemsyncError.status
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        failure = LocalError(f"the system said no: {(error.strerror or 'an error').lower()}{where}")
    except Exception as error:  # noqa: BLE001 - the last net: a bug ends in one line and a log, never a traceback
        failure = _bug(error)
    _tell(failure, as_json=as_json)
    return failure.status


def _run(words: list[str]) -> int:
    name = words[0] if words else ""
    if name not in COMMANDS:
        return _overview(words)
    command = COMMANDS[name]
    module = import_module(f"memsync.commands.{command.module}")
    parser = Parser(
        prog=f"memsync {name}",
        description=f"{command.help[0].upper()}{command.help[1:]}.",
        epilog=f"example:\n  {module.EXAMPLE}\n\n{EPILOG}",
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    try:
        args = parser.parse_args(_note_values(words)[1:])
    except SystemExit as stop:  # --help
        return int(stop.code or 0)
    config = load(this_machine())
    for line in config.warnings:
        terminal.warn(line)
    place = resolve(config)
    if command.needs_place:
        place.check()
    run: _Run = getattr(module, f"cmd_{name}")
    status = _told(lambda: run(args, config, place), as_json=_wants_json(words))
    _remind(place)
    return status


def _remind(place: Place) -> None:
    """On a terminal, the last line while a note is held or a reply waits."""
    if place.state is None or not terminal.err_is_terminal():
        return
    with contextlib.suppress(MemsyncError):  # a record that cannot be read reminds of nothing
        if line := reminder(RealDisk(place.state, LocalError, links="followed")):
            terminal.err(line)


class _Run(Protocol):
    def __call__(self, args: argparse.Namespace, config: Config, provider: Place) -> int: ...


def _wants_json(words: list[str]) -> bool:
    """Whether --json is given, and not as the words of a note or of a setting."""
    plain = words[:2] if words[:2] == ["config", "set"] else _note_values(words)
    return "--json" in (plain[: plain.index("--")] if "--" in plain else plain)


def _note_values(words: list[str]) -> list[str]:
    """The value of -n is the note, whatever it begins with; argparse would take `-x` for an
    option.
    """
    if words[:1] != ["refresh"]:
        return words
    out: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*out, word, *rest]
        value = next(rest, None) if word in ("-n", "--notes") else None
        out.append(word if value is None else f"--notes={value}")
    return out


def _overview(words: list[str]) -> int:
    parser = Parser(
        prog="memsync",
        description=(
            "One memory for Claude Code on all your machines, through the cloud folder "
            "you already have."
        ),
        usage="memsync COMMAND [options]",
        epilog="commands:\n"
        + "\n".join(f"  {name:<10} {command.help}" for name, command in COMMANDS.items())
        + f"\n\nmemsync COMMAND --help says more.\n\n{EPILOG}",
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"memsync {__version__}")
    if not words:
        parser.print_help()
        return UsageError.status
    if not words[0].startswith("-"):
        raise UsageError(f"unknown command {words[0]!r}", "memsync --help")
    try:
        parser.parse_args(words)
    except SystemExit as stop:
        return int(stop.code or 0)
    raise UsageError("no command given", "memsync --help")


def _tell(error: MemsyncError, *, as_json: bool) -> None:
    """The only place where a failure becomes words; on stderr also where stdout takes no object any
    more.
    """
    hint = error.hint or "memsync doctor"
    shown = {"what": error.what, "try": hint, "status": error.status}
    try:
        if as_json:
            terminal.out(json.dumps({"error": shown}, ensure_ascii=False))
        terminal.flush()
    except OSError:
        terminal.out_is_gone()
        as_json = False
    if not as_json:
        terminal.err(f"Error: {_one_line(error.what)}")
        terminal.err(f"Try: {_one_line(hint)}")


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _bug(error: Exception) -> MemsyncError:
    from memsync.system.buglog import write

    where = write(error)
    shown = f"memsync has a bug: {type(error).__name__} (details: {where})"
    return MemsyncError(shown, "memsync doctor; your notes are kept")


if __name__ == "__main__":
    sys.exit(main())

"""The command line: find the command, load the config, resolve the provider, dispatch.

Also the one funnel from error to words and exit status. Knows how nothing is done. Only what the
one command needs is imported, and only its parser is built: a start costs milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import Protocol

from memsync.commands.register import (
    COMMANDS,
    LOUDNESS,
    module_of,
    overview,
    parser_of,
)
from memsync.config import Config, load
from memsync.merge.kept import reminder
from memsync.providers.resolve import Place, resolve
from memsync.system import interrupts, terminal, trace
from memsync.system.disk import RealDisk, too_large
from memsync.system.errors import (
    FolderError,
    InterruptedByUserError,
    LocalError,
    MemsyncError,
    UsageError,
)
from memsync.system.machine import this_machine

OWN_OPTIONS = ("-h", "--help", "-V", "--version")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. Never a traceback."""
    words = _options_behind(list(sys.argv[1:] if argv is None else argv))
    interrupts.remember()
    terminal.prepare()
    return _told(lambda: _run(words), words)


def _told(work: Callable[[], int], words: list[str]) -> int:
    """The status of this work; where it fails, its failure in words and that failure's status."""
    failure: MemsyncError
    try:
        status = work()
        terminal.flush()
        return status
    except MemsyncError as error:
        failure = error
    except KeyboardInterrupt:
        failure = _interrupted(words)
    except BrokenPipeError:  # the reader of stdout went away (`memsync show | head`): no words
        terminal.out_is_gone()
        return MemsyncError.status
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        failure = LocalError(f"the system said no: {(error.strerror or 'an error').lower()}{where}")
    except Exception as error:  # noqa: BLE001 - the last net: a bug is never a traceback
        failure = _interrupted(words) if interrupts.came() else _bug(error)
    _tell(failure, as_json=_wants_json(words))
    return failure.status


def _run(words: list[str]) -> int:
    name = words[0] if words else ""
    if name not in COMMANDS:
        return _overview(words)
    command, parser = COMMANDS[name], parser_of(name)
    try:
        args = parser.read(_note_values(words)[1:])
    except SystemExit as stop:  # --help
        return int(stop.code or 0)
    terminal.speak(quiet=args.quiet, verbose=args.verbose)
    trace.listen(terminal.detail)
    config = load(this_machine())
    for line in config.warnings:
        terminal.warn(line)
    place = resolve(config)
    _say_where(config, place)
    if command.needs_place:
        place.check()
    run: _Run = getattr(module_of(name), f"cmd_{name}")
    status = _told(lambda: run(args, config, place), words)
    if status != FolderError.status:  # which has named it
        for words_of_one in too_large.values():
            terminal.warn(f"{words_of_one}; it was left alone")
    _remind(place)
    return status


def _say_where(config: Config, place: Place) -> None:
    """For --verbose: which folders this command works with."""
    terminal.detail(f"settings: {config.path}")
    terminal.detail(f"memory folder: {place.folder or 'none'} ({place.provider or 'no provider'})")
    terminal.detail(f"this machine's record: {place.state or 'none'}")


def _remind(place: Place) -> None:
    """On a terminal, the last line while a note is held or a reply waits."""
    if place.state is None or terminal.is_quiet() or not terminal.err_is_terminal():
        return
    with contextlib.suppress(MemsyncError):  # a record that cannot be read reminds of nothing
        if line := reminder(RealDisk(place.state, LocalError)):
            terminal.err(line)


def _options_behind(words: list[str]) -> list[str]:
    """`memsync -q refresh` is `memsync refresh -q`."""
    count = next((at for at, word in enumerate(words) if word not in LOUDNESS), 0)
    return [*words[count : count + 1], *words[:count], *words[count + 1 :]]


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
    """No command, `--version`, `--help`, `help`, or a word that is not a command."""
    parser = overview()
    if not words:
        parser.print_help()
        return UsageError.status
    if words[0] == "help":
        return _run([words[1], "--help"]) if len(words) > 1 else _overview(["--help"])
    if words[0] in OWN_OPTIONS:
        try:
            parser.read(words)
        except SystemExit as stop:
            return int(stop.code or 0)
    from memsync.commands.wrong_line import unknown_command  # only where one was typed

    raise unknown_command(words[0], list(COMMANDS))


def _tell(error: MemsyncError, *, as_json: bool) -> None:
    """The only place where a failure becomes words; on stderr also where stdout takes no object any
    more.
    """
    try:
        if as_json:
            terminal.out_json({"error": error.shown})
        terminal.flush()
    except OSError:
        terminal.out_is_gone()
        as_json = False
    if not as_json:
        first, second = ("No", "Next") if error.chosen else ("Error", "Try")
        terminal.err(f"{first}: {error.what}")
        if error.stands and terminal.err_is_terminal():
            terminal.err(f"  {error.stands}")
        terminal.err(f"{second}: {error.shown['try']}")


def _interrupted(words: list[str]) -> MemsyncError:
    again = words[:1] == ["init"]  # before it there is no status to look at
    hint = "memsync init" if again else "memsync status   (what was captured is kept)"
    return InterruptedByUserError("interrupted", hint)


def _bug(error: Exception) -> MemsyncError:
    from memsync.system.buglog import write

    where = write(error)
    shown = f"memsync has a bug: {type(error).__name__} (details: {where})"
    return MemsyncError(shown, "memsync doctor; memsync status shows which notes are kept")


if __name__ == "__main__":
    sys.exit(main())

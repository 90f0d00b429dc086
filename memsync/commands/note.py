"""`memsync note`: capture a note and return. No network, no lock."""

from __future__ import annotations

import argparse

from memsync.commands.intake import Given, Stdin, read
from memsync.config import Config
from memsync.memory.capture import Captured, capture, note_bytes
from memsync.memory.text.notes import MOST_BYTES
from memsync.memory.text.redact import redact
from memsync.providers.resolve import Place
from memsync.steps.workspace import memory_folder, outbox
from memsync.system import terminal
from memsync.system.disk import Disk
from memsync.system.errors import InputError, MemsyncError, NotSetUpError

EXAMPLE = 'memsync note "The staging database moved to Frankfurt."'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "text", nargs="*", metavar="TEXT", help="the note; without it stdin is read"
    )
    parser.add_argument("-f", "--file", metavar="FILE", help="a file with the note; - is stdin")


def cmd_note(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Capture one note."""
    text = " ".join(args.text) if args.text else None
    given = read(text, args.file, stdin("a note"), command="note")
    if given is None:
        raise InputError("no note was given", 'memsync note "what to remember"')
    done = keep(given, config, memory_folder(provider), outbox(config.machine))
    terminal.out(f"noted {done.id}")
    if done.why:
        terminal.err(f"{done.why}; the note waits in {done.path}")
    if isinstance(provider.trouble, NotSetUpError):
        raise provider.trouble
    return 0


def stdin(waiting_for: str) -> Stdin:
    """Standard input as a place for notes."""
    return Stdin(lambda: terminal.read_stdin(MOST_BYTES, waiting_for), terminal.stdin_is_terminal())


def keep(given: Given, config: Config, folder: Disk | MemsyncError, box: Disk) -> Captured:
    """Put the note on disk: into the memory folder, or the outbox while that is out of reach."""
    if given.said:
        terminal.err(given.said)
    clean = redact(given.text)
    if clean.found:
        terminal.warn(
            f"left out of the note: {', '.join(clean.found)} (a secret would lie in the cloud "
            "for ever)"
        )
    machine = config.machine
    now = machine.now()
    data = note_bytes(clean.text, now=now, host=machine.hostname, source=given.source)
    return capture(data, folder, box, now)

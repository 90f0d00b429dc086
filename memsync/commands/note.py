"""`memsync note`: capture a note and return. No network, no lock."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path

from memsync.agents.hooks import RUNS, refuse_child
from memsync.commands.intake import Given, Stdin, read, says_nothing
from memsync.commands.reading import bring_up_to_date
from memsync.config import Config
from memsync.memory.sessions import Captured, capture, note_bytes
from memsync.memory.text.encodings import decode
from memsync.memory.text.notes import MOST_BYTES
from memsync.memory.text.redact import redact
from memsync.memory.text.visible import named, seen
from memsync.providers.resolve import Place
from memsync.steps.workspace import memory_folder, outbox
from memsync.system import terminal
from memsync.system.counted import counted
from memsync.system.disk import Disk, RealDisk
from memsync.system.errors import InputError, LocalError, MemsyncError, NotSetUpError
from memsync.system.machine import Machine, quoted

ORIGINALS = "originals"
EXAMPLE = 'memsync note "The staging database moved to Frankfurt."'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "text",
        nargs="*",
        metavar="TEXT",
        help="the note; without it: stdin, or on a terminal your editor",
    )
    parser.add_argument(
        "-f",
        "--file",
        metavar="FILE",
        action="append",
        help="a file with the note; - is stdin; several are joined",
    )


def cmd_note(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Capture one note."""
    machine = config.machine
    claudes = _refuse_unwanted(machine, args.file)
    text = " ".join(args.text) if args.text else None
    given = read(text, args.file, stdin("a note"), command="note")
    if given is None and not claudes and terminal.has_screen():
        return _written(config, provider)
    if given is None:
        raise InputError("no note was given", 'memsync note "what to remember"')
    if claudes and not _is_the_persons(given.text, machine):
        return _as_candidate(given, machine)
    return _kept(given, config, provider, session=claudes)


def _written(config: Config, provider: Place) -> int:
    """A note that is written in the editor. Its draft goes once the note is durable."""
    from memsync.system import editor  # a note that is given needs none of it

    program = editor.command(config.machine)
    draft = editor.new_file(config.machine)
    terminal.flush()
    try:
        status = editor.edit(program, str(draft), config.machine)
    except InputError:  # it never ran
        draft.unlink(missing_ok=True)
        raise
    if not draft.is_file() or _is_empty(draft.read_bytes()):
        draft.unlink(missing_ok=True)
        why = f"the editor ended with status {status}" if status else "the note is empty"
        raise InputError(f"{why}; nothing was captured", 'memsync note "what to remember"')
    if status:
        raise InputError(
            f"the editor ended with status {status}; nothing was captured",
            f"memsync note -f {quoted(draft)}   (what was written so far)",
        )
    try:
        given = read(None, str(draft), stdin("a note"), command="note")
        assert given is not None, "a file is given"
        return _kept(given._replace(source="editor"), config, provider, draft)
    except MemsyncError:
        if draft.exists():  # it is no note yet
            terminal.err(f"what was written stays in {draft}")
        raise


def _is_empty(written: bytes) -> bool:
    found = decode(written)
    return found is not None and says_nothing(found.text)


def _kept(
    given: Given,
    config: Config,
    provider: Place,
    draft: Path | None = None,
    *,
    session: bool = False,
) -> int:
    done = keep(given, config, memory_folder(provider), outbox(config.machine))
    if session:
        _remember(given, done.id, config.machine)
    if draft is not None:
        draft.unlink(missing_ok=True)
    terminal.out(f"noted {done.id}")
    if done.why:
        terminal.err(f"{done.why}; the note waits in {done.path}")
    bring_up_to_date(config, provider)
    if isinstance(provider.trouble, NotSetUpError):
        raise provider.trouble
    return 0


def _refuse_unwanted(machine: Machine, files: list[str] | None) -> bool:
    """Whether Claude runs this. A file that Claude names, and memsync's own Claude, are refused."""
    refuse_child(machine.env, "memsync note")
    claudes = bool(machine.env.get(RUNS))
    if claudes and any(one != "-" for one in files or ()):
        what = "inside Claude Code a note is not taken from a file"
        raise InputError(what, "memsync note -f FILE, in a terminal of your own")
    return claudes


def _is_the_persons(text: str, machine: Machine) -> bool:
    from memsync.agents import claude_note  # a person's own note needs none of it

    return claude_note.is_the_persons(text, machine)


def _remember(given: Given, note_id: str, machine: Machine) -> None:
    """What is a note now is not asked about at the end of the session. It is safe without this."""
    from memsync.agents import candidates, claude_note

    session = machine.env.get(claude_note.SESSION, "")
    with contextlib.suppress(MemsyncError):
        candidates.noted(candidates.store(machine), given.text, session, note_id, machine.now())


def _as_candidate(given: Given, machine: Machine) -> int:
    """What the person did not type waits for the person."""
    from memsync.agents import candidates, claude_note

    if given.said:
        terminal.err(given.said)
    one = claude_note.candidate(given.text, machine, working_folder())
    new = candidates.put(candidates.store(machine), one)
    if new:
        terminal.out(f"kept {one.id} for the user's yes: these are not words that the user typed")
        terminal.hint("the user decides: memsync review")
    else:
        terminal.out(f"known already: {one.id}; nothing was kept again")
    return 0


def working_folder() -> str:
    """Where this command was run; "" where that folder is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def stdin(waiting_for: str) -> Stdin:
    """Standard input as a place for notes."""
    return Stdin(lambda: terminal.read_stdin(MOST_BYTES, waiting_for), terminal.stdin_is_terminal())


def keep(given: Given, config: Config, folder: Disk | MemsyncError, box: Disk) -> Captured:
    """Put the note on disk: into the memory folder, or the outbox while that is out of reach."""
    if given.said:
        terminal.err(given.said)
    text = fit_to_keep(given.text)
    machine = config.machine
    now = machine.now()
    data = note_bytes(text, now=now, host=machine.hostname, source=given.source)
    done = capture(data, folder, box, now)
    if given.raw and isinstance(box, RealDisk):  # else a dry run
        _keep_raw(given.raw, done.id, machine)
    return done


def _keep_raw(raw: bytes, note_id: str, machine: Machine) -> None:
    """The bytes of a note whose encoding was guessed stay on this machine, beside its record."""
    originals = RealDisk(machine.state_dir / ORIGINALS, LocalError)
    try:
        originals.create(f"{note_id}.txt", raw)
    except LocalError as error:  # the note itself is kept
        terminal.warn(f"the bytes as they were given are not kept: {error.what}")
        return
    terminal.err(f"the bytes as they were given are kept in {originals.where(f'{note_id}.txt')}")


def fit_to_keep(given: str) -> str:
    """A text without what nobody sees and without secrets; what was taken out is told."""
    plain = seen(given)
    if plain.taken:
        terminal.warn(
            f"{counted(len(plain.taken), 'invisible character')} taken out of the note "
            f"({named(plain.taken)})"
        )
    clean = redact(plain.text)
    if clean.found:
        terminal.warn(
            f"left out of the note: {', '.join(clean.found)} (a secret would lie in the cloud "
            "for ever)"
        )
    return clean.text

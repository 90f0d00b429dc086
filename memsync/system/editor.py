"""The person's editor: which one, and a file opened in it until it is closed.

May not know: memsync's files, what is made of the text.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memsync.system.disk import make_folders
from memsync.system.errors import InputError, LocalError
from memsync.system.machine import Machine, System

VARIABLES: Final = ("VISUAL", "EDITOR")
USUAL: Final[dict[System, tuple[str, ...]]] = {
    "linux": ("sensible-editor", "editor", "nano", "vim", "vi"),
    "mac": ("nano", "vim", "vi"),
    "windows": ("notepad",),
}


def command(machine: Machine) -> list[str]:
    """The editor's command line, without a file: `$VISUAL`, `$EDITOR`, else a usual one.

    Raises `InputError` where there is none.
    """
    for name in VARIABLES:
        if value := machine.env.get(name, "").strip():
            return words(name, value, machine)
    for program in USUAL[machine.system]:
        if path := machine.find_program(program):
            return [path]
    raise InputError(
        f"no editor: neither $VISUAL nor $EDITOR is set, and there is no {_listed(machine)}",
        _set(machine),
    )


def _set(machine: Machine) -> str:
    """What makes an editor the person's: one that is on this machine, where there is one."""
    if machine.system == "windows":
        return "$env:EDITOR = 'notepad'"
    usual = ("nano", "vim", "vi", "emacs")
    return f"export EDITOR={next(filter(machine.find_program, usual), usual[0])}"


def _listed(machine: Machine) -> str:
    *rest, last = USUAL[machine.system]
    return f"{', '.join(rest)} or {last}" if rest else last


def words(name: str, value: str, machine: Machine) -> list[str]:
    """The words of a variable as a shell splits them; a path with spaces in it is one word."""
    if machine.expand(value).is_file():
        return [str(machine.expand(value))]
    try:
        if machine.system == "windows":  # where a backslash parts folders
            return [word.strip('"') for word in shlex.split(value, posix=False)]
        first, *rest = shlex.split(value)
    except ValueError:
        raise InputError(f"${name} is {value!r}, which has an open quote", _set(machine)) from None
    return [str(machine.expand(first)), *rest]


def edit(program: Sequence[str], path: str, machine: Machine) -> int:
    """Open a file and wait until the editor is closed; its exit status.

    Ctrl-C is the editor's as long as it runs. Raises `InputError` where it cannot be started.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run([*program, path], env=dict(machine.env), check=False).returncode
    except OSError as error:
        reason = (error.strerror or "an error").lower()
        raise InputError(
            f"the editor {program[0]} cannot be started: {reason}", _set(machine)
        ) from None
    finally:
        signal.signal(signal.SIGINT, before)


def new_file(machine: Machine) -> Path:
    """An empty file of this user alone, on this machine, to write a text into."""
    try:
        make_folders(str(machine.state_dir))
        handle, path = tempfile.mkstemp(".md", "note-", machine.state_dir)
    except OSError as error:
        reason = (error.strerror or "an error").lower()
        raise LocalError(f"cannot write to {machine.state_dir}: {reason}") from None
    os.close(handle)
    return Path(path)

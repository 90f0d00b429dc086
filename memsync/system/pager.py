"""A text that may be longer than the screen: through the pager that a person has set, if any."""

from __future__ import annotations

import contextlib
import shlex
import signal
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from memsync.system import terminal
from memsync.system.machine import Machine

if TYPE_CHECKING:
    from rich.text import Text

VARIABLES: Final = ("MEMSYNC_PAGER", "PAGER")
LESS: Final = "FRX"
"""What less has to know unless the person says otherwise: end where all fits on the screen, take
colours, leave what was shown."""


def show(rows: Sequence[Text], machine: Machine) -> None:
    """Show rows on stdout, a terminal: all at once where they fit or no pager is set."""
    drawn = terminal.drawn(rows)
    program = _program(machine)
    if not program or len(rows) < terminal.height() or not _paged(program, drawn, machine):
        terminal.out_drawn(drawn)


def _program(machine: Machine) -> list[str]:
    """The words of the pager's command line; none where none is set, or it is set to nothing."""
    for name in VARIABLES:
        if name in machine.env:
            with contextlib.suppress(ValueError):  # an open quote
                return shlex.split(machine.env[name], posix=machine.system != "windows")
            return []
    return []


def _paged(program: Sequence[str], text: str, machine: Machine) -> bool:
    """Whether the pager could be started. Ctrl-C is the pager's as long as it runs."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        environment = {"LESS": LESS, **machine.env}
        subprocess.run(program, input=text.encode("utf-8", "replace"), env=environment, check=False)
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True

"""`memsync edit`: open the memory in an editor, then keep what was changed as a note."""

from __future__ import annotations

import argparse

from memsync import sync
from memsync.commands.common import tell_failure, told, writing
from memsync.config import Config
from memsync.memory.store import Store, missing
from memsync.memory.text.changes import changes
from memsync.memory.text.document import NAME, Memory
from memsync.providers.resolve import Place
from memsync.steps.job import Run
from memsync.steps.workspace import open_place
from memsync.steps.writes import TakeIn
from memsync.system import editor, terminal
from memsync.system.errors import InputError, LocalError

EXAMPLE = "memsync edit"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def cmd_edit(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Open the real file, as a person would; then take in what is new, without asking Claude."""
    store = open_place(config, provider).store
    found, path = _there(store), store.disk.where(NAME)
    if not terminal.has_screen():
        raise InputError(
            "there is no terminal for an editor",
            f"edit {path} with any program, then: memsync refresh   (it keeps the edit as a note)",
        )
    terminal.flush()
    # Not under the lock: an editor stays open for hours
    status = editor.edit(editor.command(config.machine), path, config.machine)
    if status and _there(store).raw == found.raw:
        raise LocalError(
            f"the editor ended with status {status}; nothing was changed", "memsync edit"
        )
    with writing(config, provider) as (_work, job):
        run = sync.run(job, TakeIn(shows=True))
    _tell(path, found.body, run)
    tell_failure(run)
    return 0


def _there(store: Store) -> Memory:
    memory = store.memory()
    if memory is None:
        raise missing(store)
    return memory


def _tell(path: str, before: str, run: Run) -> None:
    """What changed while the editor was open, and what is told of it (constraints that went)."""
    if run.after == before:
        terminal.out("no changes.")
    else:
        found = changes(before, run.after)
        terminal.out("done.")
        terminal.out(f"  Memory:    {path}")
        terminal.out(f"  +{found.added} ~{len(found.reworded)} -{len(found.gone)}")
        for line in told(found, ()):
            terminal.out(f"  {line}")
    for line in run.said:
        terminal.err(line)

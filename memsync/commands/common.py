"""What the commands that write share: the job, the lock, and how a change is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from memsync.config import Config
from memsync.memory.text.changes import changes
from memsync.providers.resolve import Place
from memsync.steps.job import Answer, Job, Outcome
from memsync.steps.workspace import Workspace, open_place
from memsync.system import terminal
from memsync.system.errors import LocalError
from memsync.system.lock import lock

LOCK_SECONDS = 10.0


def no_claude(system: str, user: str) -> Answer:
    """The answer of a command that never asks Claude."""
    raise LocalError("this command does not ask Claude", "memsync refresh")


@contextlib.contextmanager
def writing(
    config: Config, provider: Place, *, yes: bool = False
) -> Iterator[tuple[Workspace, Job]]:
    """The disks of the place, and the job of a command that writes without Claude, under the
    lock.
    """
    work = open_place(config, provider)
    job = Job(
        work.store,
        work.outbox,
        work.target,
        no_claude,
        terminal.Person(),
        yes=yes,
        siblings=work.siblings(),
    )
    with lock(work.lock, LOCK_SECONDS):
        yield work, job


def tell_failure(outcome: Outcome) -> None:
    """Raise what failed behind the replacement of the memory: CLAUDE.md does not show it."""
    if outcome.refused is not None:
        raise outcome.refused


def tell_change(work: Workspace, outcome: Outcome) -> None:
    """Where everything lies, how many lines changed, and the lines that are gone, on stdout."""
    found = changes(outcome.before or "", outcome.after)
    if outcome.backup:
        terminal.out(f"  Backup:    {outcome.backup}")
    terminal.out(f"  Memory:    {work.target.memory}")
    terminal.out(f"  CLAUDE.md: {work.target.path}")
    terminal.out(f"  +{found.added} ~{len(found.reworded)} -{len(found.gone)}")
    for line in found.gone:
        terminal.out(f"  gone: {line.strip()}")
    for was, now in found.reworded:
        terminal.out(f"  was: {was.strip()}")
        terminal.out(f"  now: {now.strip()}")
    for line in (*outcome.said, *outcome.repairs):
        terminal.err(line)

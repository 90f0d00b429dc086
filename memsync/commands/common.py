"""What the commands that write share: the job, the lock, and how a change is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from memsync.config import Config
from memsync.memory.text.changes import changes
from memsync.memory.versions import BACKUPS
from memsync.providers.resolve import Place
from memsync.steps.job import Job, Run, no_claude
from memsync.steps.workspace import Workspace, open_place
from memsync.system import terminal
from memsync.system.lock import lock

LOCK_SECONDS = 10.0


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


def tell_failure(run: Run) -> None:
    """Raise what failed behind the replacement of the memory: CLAUDE.md does not show it."""
    if run.failure is not None:
        raise run.failure


def backup_of(work: Workspace, run: Run) -> str:
    """The path of the version that a command replaced, or ""."""
    if run.replaced is None:
        return ""
    return work.store.disk.where(f"{BACKUPS}/{run.replaced.name}")


def tell_way_back(run: Run) -> None:
    """How to bring back the version that was replaced."""
    if run.replaced is not None:
        terminal.out(f"  to bring it back: memsync restore {run.replaced.rev or run.replaced.name}")


def tell_change(work: Workspace, run: Run) -> None:
    """Where everything lies, how many lines changed, and the lines that are gone, on stdout."""
    found = changes(run.before or "", run.after)
    if backup := backup_of(work, run):
        terminal.out(f"  Backup:    {backup}")
    terminal.out(f"  Memory:    {work.target.memory}")
    terminal.out(f"  CLAUDE.md: {work.target.path}")
    terminal.out(f"  +{found.added} ~{len(found.reworded)} -{len(found.gone)}")
    for line in found.gone:
        terminal.out(f"  gone: {line.strip()}")
    for was, now in found.reworded:
        terminal.out(f"  was: {was.strip()}")
        terminal.out(f"  now: {now.strip()}")
    for line in (*run.said, *run.repairs):
        terminal.err(line)

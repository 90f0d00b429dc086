"""What the commands that write share: the job, the lock, and how a change is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from memsync.commands.reading import bring_up_to_date
from memsync.config import Config
from memsync.memory.text.changes import Changes, changes
from memsync.memory.versions import BACKUPS
from memsync.providers.resolve import Place
from memsync.steps.job import Account, Job, Run, no_claude
from memsync.steps.workspace import Workspace, open_place
from memsync.system import dialogue, terminal
from memsync.system.lock import lock
from memsync.system.machine import Machine

if TYPE_CHECKING:
    from memsync.merge.guard.account import Line

LOCK_SECONDS = 10.0


@contextlib.contextmanager
def writing(
    config: Config, provider: Place, *, yes: bool = False
) -> Iterator[tuple[Workspace, Job]]:
    """The disks of the place, and the job of a command that writes without Claude, under the
    lock. Behind it, what agents read is brought up to date.
    """
    work = open_place(config, provider)
    job = Job(
        work.store,
        work.outbox,
        work.target,
        no_claude,
        dialogue.Person(),
        yes=yes,
        siblings=work.siblings(),
        constraint_headings=config.guarded_headings,
    )
    try:
        with lock(work.lock, LOCK_SECONDS):
            yield work, job
    finally:
        bring_up_to_date(config, provider)


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
        name = run.replaced.rev or run.replaced.name
        terminal.out_fitted(f"  to bring it back: memsync restore {name}")


CHANGED = ("new", "reworded", "gone", "constraint")  # the kinds of lines that are told


def told(found: Changes, accounts: Sequence[Account]) -> list[str]:
    """Every line that is new, reworded or gone, those that no note speaks of first; each once.

    What edits by hand changed stands in no account: it comes behind.
    """
    lines = [line for account in accounts for line in account.lines if line.kind in CHANGED]
    rows: list[str] = []
    for line in sorted(lines, key=lambda line: not line.unsaid):
        rows += _rows(line)
    for was, now in found.reworded:
        if f"now: {now.strip()}" not in rows:
            rows += [f"was: {was.strip()}", f"now: {now.strip()}"]
    rows += [row for line in found.gone if (row := f"gone: {line.strip()}") not in rows]
    return rows


def _rows(line: Line) -> list[str]:
    text = " ".join(line.text.split())
    if line.kind == "constraint":
        return [f"new constraint: {text}"]
    if line.kind == "reworded":
        return [*(f"was: {was.strip()}" for was in line.was.split("\n")), f"now: {text}"]
    return [f"{line.kind}: {text}"]


def tell_change(work: Workspace, run: Run, machine: Machine) -> None:
    """Where everything lies, how many lines changed, and the lines that are gone, on stdout; at a
    terminal each line below its heading.
    """
    if terminal.out_is_terminal():
        from memsync.commands.merged import show_change

        show_change(work, run, machine)
        return
    found = changes(run.before or "", run.after)
    if backup := backup_of(work, run):
        terminal.out(f"  Backup:    {backup}")
    terminal.out(f"  Memory:    {work.target.memory}")
    terminal.out(f"  CLAUDE.md: {work.target.path}")
    terminal.out(f"  +{found.added} ~{len(found.reworded)} -{len(found.gone)}")
    for line in told(found, run.accounts):
        terminal.out(f"  {line}")
    for line in (*run.said, *run.repairs):
        terminal.err(line)

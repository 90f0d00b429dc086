"""`memsync restore`: go back to any version."""

from __future__ import annotations

import argparse

from memsync import sync
from memsync.commands.common import tell_change, tell_failure, tell_way_back, writing
from memsync.config import Config
from memsync.memory import familiar, lineage
from memsync.memory.store import Store
from memsync.memory.text.document import NAME
from memsync.memory.versions import BACKUPS
from memsync.providers.resolve import Place
from memsync.steps import unblock
from memsync.steps.writes import GoTo
from memsync.system import terminal
from memsync.system.errors import FolderError, NeedsYesError

FIRST_LINES = 12
ASIS = "nothing changes"
EXAMPLE = "memsync restore 1b1c"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the version."""
    parser.add_argument(
        "version", metavar="VERSION", help="a revision or its first digits, a backup's name, or -N"
    )
    parser.add_argument(
        "--yes", action="store_true", help="use also a version that this machine does not know"
    )


def cmd_restore(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Write a version's body again; the merged set stays."""
    with writing(config, provider) as (work, job):
        target = lineage.find(work.store, args.version)
        _show_unfamiliar(work.store, target, yes=args.yes)
        aside = _unblocked(work.store, args.version, yes=args.yes)
        run = sync.run(job, GoTo(target))
    terminal.out(f"restored {run.goal}.")
    for line in aside:
        terminal.err(line)
    tell_change(work, run, config.machine)
    tell_way_back(run)
    tell_failure(run)
    return 0


def _show_unfamiliar(store: Store, target: lineage.Named, *, yes: bool) -> None:
    """A version that somebody else may have put there is shown, and asked about."""
    known = familiar.seen(store.state)
    last = store.last_seen()
    known |= {last.rev} if last is not None else set()
    names = (target.name, target.memory.rev)
    here = [one for one in store.versions.all() if one.rev == names[1] or one.name == names[0]]
    reasons = [familiar.is_unfamiliar(one, store.now(), known) for one in here]
    if not here or not all(reasons):
        return
    where = store.disk.where(f"{BACKUPS}/{here[0].name}")
    terminal.err(f"{where}: {reasons[0]}. It begins:")
    for line in target.memory.body.splitlines()[:FIRST_LINES]:
        terminal.err(f"  | {line}")
    if yes:
        return
    error = NeedsYesError(
        f"{target.name} was not restored: {reasons[0]}",
        f"memsync restore {target.name} --yes   (once you have looked at it)",
    )
    if not terminal.has_person():
        raise error
    answers = ("the memory becomes this version; memsync undo brings back what it is now", ASIS)
    if not terminal.confirm("Use this version?", *answers):
        raise error.by_choice()


def _unblocked(store: Store, wanted: str, *, yes: bool) -> list[str]:
    """Where the memory blocks every merge, it is set aside once a person says so; a line says
    where it lies.
    """
    why = unblock.blocked(store)
    if not why:
        return []
    # Promise 6: a restore cures a memory that cannot be read. Of what another memsync wrote, or of
    # what may still arrive, a person decides.
    yes = yes or why == unblock.TOO_LARGE
    where = store.disk.where(NAME)
    error = FolderError(f"{where}: {why}", f"to set it aside: memsync restore {wanted} --yes")
    if not yes and not terminal.has_person():
        raise error
    answers = ("it is moved to conflicts/, and the version takes its place", ASIS)
    if not yes and not terminal.confirm(f"{where}: {why}. Set it aside?", *answers):
        raise error.by_choice()
    return [f"the memory as it was lies in {unblock.set_aside(store)}"]

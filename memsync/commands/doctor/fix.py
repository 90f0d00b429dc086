"""`doctor --fix`: what can be mended without a person's judgement. The caller holds the lock.

A file that is replaced lies in `conflicts/` first, as it is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memsync.commands.doctor import access
from memsync.memory import bundles, lineage
from memsync.memory import target as link
from memsync.steps import restore as history
from memsync.steps.job import Job, Outcome
from memsync.steps.prepare import prepare
from memsync.steps.workspace import Workspace
from memsync.sync import commit, look
from memsync.system.disk import RealDisk
from memsync.system.errors import MemsyncError, NotReplaceableError

NOT_MENDED: Final = "not mended: "


def mend(work: Workspace, job: Job, folders: Sequence[Path]) -> list[str]:
    """Mend what is safe; what was done and what could not be, a line each.

    `folders` are memsync's own ones whose modes count: the memory folder, the settings', the
    state's.
    """
    said = _narrow(folders)
    said += _sweep(
        work, [*folders, Path(work.store.disk.where()), Path(work.target.claude.where())]
    )
    before, notes = work.target.standing(), len(work.store.listed())
    try:
        said += _write_again(work, job)
    except MemsyncError as error:
        said.append(f"{NOT_MENDED}{error.what}")
    if (came := len(work.store.listed()) - notes) > 0:
        said.append(
            f"{came} note(s) came into the memory folder; memsync refresh merges what is pending"
        )
    if before != (after := work.target.standing()):
        said.append(f"{work.target.path} shows the memory again ({after})")
    return said


def _narrow(folders: Sequence[Path]) -> list[str]:
    count = sum(access.narrow(folder) for folder in folders)
    return [f"{count} file(s) and folder(s) are this user's alone now"] if count else []


def _sweep(work: Workspace, folders: Sequence[Path]) -> list[str]:
    now = work.store.now().timestamp()
    left = access.leftovers(folders, now)
    for folder in sorted({os.path.dirname(path) for path in left}):
        RealDisk(Path(folder)).sweep("", now)
    return [f"{len(set(left))} leftover temp file(s) removed"] if left else []


def _write_again(work: Workspace, job: Job) -> list[str]:
    """Observe, and write the memory again where that is needed, a lost footer with it; then
    link.
    """
    store = work.store
    memory = store.memory()
    outcome = Outcome()
    for bundle in sorted(
        one for one in (memory.merged if memory is not None else ()) if one.startswith("b-")
    ):
        ids = None if bundles.is_here(store.disk, bundle) else lineage.lost_bundle(store, bundle)
        if ids is not None:
            bundles.put(store.disk, ids)
            outcome.said.append(f"the lost bundle {bundle} was made again from the backups")
    if memory is not None and memory.footer is None:
        if memory.newer or store.last_whole() is None:
            return []  # a later memsync's, or one to adopt: `memsync init` asks
        outcome.said.append(f"the file as it was is kept in {store.keep_conflict(memory.raw)}")
    try:
        _commit(work, job, outcome)
    except NotReplaceableError:
        last = store.last_whole()
        if memory is None or memory.footer is not None or last is None:
            raise
        history.restore(job, outcome, lineage.Named(last.rev, last))
    if outcome.refused is not None:
        raise outcome.refused
    return list(dict.fromkeys(outcome.said))


def _commit(work: Workspace, job: Job, outcome: Outcome) -> None:
    seen = look(job, outcome)
    done = prepare(job.store, seen)
    if seen.unwritten or done.ids != seen.merged or done.body != seen.body:
        commit(job, done, done.body, done.ids, outcome)
        outcome.said.append(f"{work.target.memory} was written again")
    else:
        outcome.said += link.ensure(work.target, seen.memory.raw, job.store.disk).said

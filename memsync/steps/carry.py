"""Carry out: the only step that writes. The order is a promise (design.md section 2).

What is written first is what nothing may be lost without: a note before its conflict copy moves, a
backup before the rename, this machine's record and the target last.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from memsync.memory import bundles, conflicts, guarded, noticed, sessions
from memsync.memory import target as link
from memsync.memory.conflicts import CONFLICTS
from memsync.memory.target import Target
from memsync.memory.text.document import NAME, parse
from memsync.memory.text.notes import FOLDER
from memsync.memory.versions import BACKUPS
from memsync.merge import kept
from memsync.merge.kept import Kept
from memsync.merge.reply import Reply
from memsync.steps.job import Call, Job, Run
from memsync.steps.writes import (
    Backup,
    DeleteNote,
    Deliver,
    DropMerged,
    DropReply,
    KeepAsItWas,
    KeepReply,
    Plan,
    PutBundle,
    PutNote,
    PutRestore,
    Record,
    Remember,
    SaveRefusals,
    SetAside,
    StandIn,
    Write,
)
from memsync.system.errors import LocalError, MemsyncError


def carry_out(plan: Plan, job: Job, seen: Target | None = None) -> Run:
    """Write what was decided; what the command did, then. `seen`: the target as it was looked at.

    Raises `Changed` when something is not as it was when that was decided: nothing is lost then,
    and it is decided again.
    """
    run = plan.run._replace(target_changed=False)
    if not run.swept:
        _sweep(job)
        run = run._replace(swept=True)
    if run.noticed:
        noticed.keep(job.store.state, run.noticed, job.store.now())
        run = run._replace(noticed=())
    run = run.telling(*_each(plan.writes, job))
    run = run._replace(edited=(*run.edited, *_hand_edits(plan.writes)))
    if plan.memory is not None:
        run = _replaced(run, plan, job, plan.memory)
    run = run.telling(*_each(plan.records, job))
    if plan.shown is None:
        return run
    guarded.keep(job.store.state, parse(plan.shown).body, job.constraint_headings)
    return _linked(run, job, plan.shown, seen)


def keep_paid(call: Call, reply: Reply, job: Job) -> None:
    """Keep a paid reply, before anybody looks at it. A disk that refuses costs at most a call."""
    now = job.store.now()
    ids = tuple(part.id for part in call.parts)
    time = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    paid = Kept(call.base, ids, call.body, reply.text, "write", (), time, reply.model, job.model)
    with contextlib.suppress(LocalError):
        kept.keep(job.store.state, paid, now)


def _sweep(job: Job) -> None:
    """Remove what writes that died long ago left where this machine writes now."""
    now = job.store.now()
    for folder in ("", BACKUPS, CONFLICTS, bundles.FOLDER, f"{FOLDER}/{now:%Y-%m-%d}"):
        job.store.disk.sweep(folder, now.timestamp())
    job.store.state.sweep("", now.timestamp())
    if job.target is not None:
        job.target.claude.sweep("", now.timestamp())


def _replaced(run: Run, plan: Plan, job: Job, raw: bytes) -> Run:
    job.store.replace(plan.over, raw)
    before = job.store.versions.of(plan.over) if plan.over is not None else None
    return run._replace(
        raw=raw,
        after=parse(raw).body,
        changes=0,
        replaced=run.replaced if plan.tidies else before or run.replaced,
    )


def _hand_edits(writes: Sequence[Write]) -> Iterator[str]:
    for write in writes:
        if isinstance(write, PutNote) and write.origin == "memory":
            yield write.text


def _linked(run: Run, job: Job, raw: bytes, seen: Target | None) -> Run:
    """Make the target show the memory. What stands in the way of that is told at the end; what was
    written there meanwhile is taken in first.
    """
    if job.target is None:
        return run
    try:
        done = link.ensure(job.target, raw, job.store.disk, seen)
    except link.UnseenError:
        return run.once_more()._replace(target_changed=True)
    except LocalError as error:
        return run._replace(unlinked=error)
    return run.telling(*done.said)._replace(unlinked=None)


def _each(writes: Sequence[Write], job: Job) -> list[str]:
    """Write them, in this order; what is to be told of them."""
    said = []
    for write in writes:
        said.append(_of_memory_folder(write, job) or _of_record(write, job))
    return [line for line in said if line]


def _of_memory_folder(write: Write, job: Job) -> str:
    store = job.store
    match write:
        case PutNote(text):
            store.sessions.put_edit(text)
        case Deliver(name, data, waits):
            sessions.write(store.disk, name, data)
            if waits:
                job.outbox.delete(waits)
        case Backup(raw):
            store.versions.keep(raw)
        case SetAside(name, raw, told):
            where = conflicts.move_in(store.disk, name, raw)
            return f"the conflict copy {name} now lies in {where}{told}"
        case KeepAsItWas(raw):
            return f"the file as it was is kept in {conflicts.keep(store.disk, raw)}"
        case StandIn(raw):
            store.disk.replace(NAME, raw, None)
        case PutBundle(ids, told):
            bundles.put(store.disk, ids)
            return told
        case DeleteNote(note_id):
            store.sessions.give_up(note_id)
    return ""


def _of_record(write: Write, job: Job) -> str:
    state = job.store.state
    match write:
        case Remember(raw):
            job.store.remember(raw)
        case Record(name, data, expected, must):
            with contextlib.nullcontext() if must else contextlib.suppress(MemsyncError):
                state.replace(name, data, expected)
        case PutRestore(note_id):
            job.store.sessions.put_restore(note_id)
        case KeepReply(reply, now):
            kept.keep(state, reply, now)
        case DropReply(base, ids):
            kept.drop(state, base, ids)
        case DropMerged(merged):
            kept.drop_merged(state, merged)
        case SaveRefusals(refusals):
            kept.save_refusals(state, refusals)
    return ""

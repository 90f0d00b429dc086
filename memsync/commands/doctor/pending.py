"""What waits to be merged, sent or looked at: notes, replies, second folders. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from memsync.commands.doctor.findings import (
    FIX,
    REFRESH,
    Finding,
    info,
    of_names,
    of_reply,
    warning,
)
from memsync.config import Config
from memsync.memory.conflicts import CONFLICTS, copies
from memsync.memory.sessions import waiting
from memsync.memory.store import Store
from memsync.merge import kept
from memsync.providers.resolve import Place
from memsync.steps.workspace import open_place
from memsync.steps.workspace import outbox as outbox_of
from memsync.system.counted import counted
from memsync.system.machine import quoted


def notes(config: Config, place: Place) -> Iterator[Finding]:
    """Notes and replies that wait, and what was in the way."""
    yield from outbox(config, place)
    store = open_place(config, place).store
    memory = store.memory()
    if memory is None or memory.footer is None:
        return
    done = store.sessions.expand(memory.footer.merged)
    refused = kept.refusals(store.state)
    pending = store.sessions.pending(memory.footer.merged)
    held = [note.id for note in pending if note.id in refused and refused[note.id].held]
    if len(pending) > len(held):
        yield info(
            f"{counted(len(pending) - len(held), 'note is', 'notes are')} not merged yet", REFRESH
        )
    for one in held:
        why = refused[one].what
        yield warning(
            f"note {one} is held: {why}",
            f"{REFRESH} --held   (or give it up: memsync forget {one})",
        )
    yield from _away(store, done | {note.id for note in pending})
    reply = kept.foremost(kept.of_use(store.state, {note.id for note in pending}))
    if reply is not None:
        yield of_reply(reply.verdict)
    count = len(store.disk.names(CONFLICTS))
    if count:
        what = (
            f"{counted(count, 'file lies', 'files lie')} in {store.disk.where(CONFLICTS)}: what "
            "was in the way, byte for byte"
        )
        yield info(what, f"ls {quoted(store.disk.where(CONFLICTS))}   (they may be removed)")


def _away(store: Store, known: set[str]) -> Iterator[Finding]:
    """Note files that are not here whole; `known`: the ids that are, or are merged."""
    listed = [note for note in store.sessions.listed() if note.id not in known]
    away = sum(store.sessions.read(note) is None for note in listed)
    if away:
        yield warning(
            f"{counted(away, 'note file has', 'note files have')} not arrived whole",
            "wait for the sync client, then memsync refresh",
        )


def outbox(config: Config, place: Place) -> Iterator[Finding]:
    """Notes that wait on this machine."""
    count = len(waiting(outbox_of(config.machine)))
    if count:
        fix = FIX if place.trouble is None else "once the cloud folder is there: memsync refresh"
        yield warning(
            f"{counted(count, 'note waits', 'notes wait')} in the outbox of this machine", fix
        )


def siblings(config: Config, place: Place) -> Iterator[Finding]:
    """Other files and folders by the memory's name."""
    work = open_place(config, place)
    disk = work.store.disk
    yield from of_names(disk.names(), copies(disk), disk.where(), quoted(work.target.memory))
    for one in work.siblings():
        what = f"{one.where()} is a second memory folder, which no machine merges into"
        yield warning(what, f"{REFRESH} takes its notes over; then move it out of the cloud folder")

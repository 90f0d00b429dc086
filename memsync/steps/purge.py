"""Taking a text out of everything that memsync keeps: a secret that should never have been there.

The order is a promise: rewritten notes first, then the memory with the set that names old and new
ids in one rename, then what held the text is removed. Killed anywhere, it can be run again.

A note whose bytes change is another note. Its old id stays in the merged set for ever, so a machine
that still holds the old file never merges it; the new id joins the set where the old was merged,
and is pending where that was pending. A version whose body changes is another version; what came
from it names the new one. May not know: the terminal, the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from memsync.memory import target as link
from memsync.memory.conflicts import CONFLICTS
from memsync.memory.conflicts import names as conflict_copies
from memsync.memory.sessions import waiting
from memsync.memory.store import LAST_SEEN, Store
from memsync.memory.text.document import NAME, Memory, compose, parse, revision, short_hash
from memsync.memory.text.encodings import Decoded, decode
from memsync.memory.text.purged import INSTEAD
from memsync.memory.versions import BACKUPS
from memsync.merge import kept
from memsync.steps.workspace import OUTBOX, Workspace
from memsync.system.disk import ANYTHING, Disk, RealDisk
from memsync.system.errors import LocalError, NotReplaceableError

OWN_COPY: Final = "CLAUDE.pre-memsync"
PENDING: Final = "purging"  # the state file: new ids of notes that a purge leaves pending
NOTES: Final = ("note", "outbox")
MEMORIES: Final = ("memory", "backup", "conflict copy", "CLAUDE.md")
_HEAD: Final = re.compile(rb"(memsync-note|kind|time|nonce): ")  # what a note is none without
_EDIT: Final = re.compile(rb"^kind: (edit|restore)$", re.MULTILINE)
_RECORD: Final = re.compile(r"[0-9a-f]{12}")


class Place(NamedTuple):
    """A file that holds the text. `kind` says what it is; `disk` is where `name` lies."""

    kind: str
    disk: Disk
    name: str

    @property
    def where(self) -> str:
        """The path that a person would open."""
        return self.disk.where(self.name)


def places(work: Workspace, text: str) -> list[Place]:
    """Every file of memsync's that holds the text, but for what memsync itself writes there."""
    return [place for place in _every(work) if _holds(place, text)]


def _holds(place: Place, text: str) -> bool:
    data = place.disk.read(place.name) or b""
    if _in_another_encoding(data, text) is not None:
        return True
    if text.encode("utf-8") not in data and kept.escaped(text) not in data:
        return False
    if place.kind in NOTES:
        return _note_without(data, text) != data
    found = parse(data) if place.kind in MEMORIES or place.name == LAST_SEEN else None
    return found is None or found.footer is None or _has(found, text)


def _has(memory: Memory, text: str) -> bool:
    """Whether its body has the text, or a line of its footer that memsync did not write."""
    extra = memory.footer.extra if memory.footer is not None else ()
    return text in memory.body or any(text in line for line in extra)


def _extra(memory: Memory, text: str) -> list[str]:
    assert memory.footer is not None
    return [line for line in memory.footer.extra if text not in line]


def _in_another_encoding(data: bytes, text: str) -> Decoded | None:
    """A file that is not UTF-8 and holds the text in its own encoding: the bytes of a note as they
    were given, a copy that some program saved anew.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        found = decode(data)
        return found if found is not None and text in found.text else None
    return None


def _every(work: Workspace) -> Iterator[Place]:
    store = work.store
    yield Place("memory", store.disk, NAME)
    beside = (name for name in conflict_copies(store.disk) if store.disk.kind(name) == "file")
    yield from (Place("conflict copy", store.disk, name) for name in beside)
    if work.target.claude.kind(work.target.name) == "file":  # a copy, or in the place of the link
        yield Place("CLAUDE.md", work.target.claude, work.target.name)
    yield from (Place("note", store.disk, one.name) for one in store.sessions.listed())
    for kind, folder in (("backup", BACKUPS), ("conflict copy", CONFLICTS)):
        names = store.disk.names(folder)
        yield from (Place(kind, store.disk, f"{folder}/{name}") for name in names)
    yield from (Place("outbox", work.outbox, one.name) for one in waiting(work.outbox))
    yield from _below(store.state, "")
    yield from _of_this_machine(work)
    claude = work.target.claude
    if claude.kind(link.PENDING) == "file":
        yield Place("notes for Claude Code", claude, link.PENDING)
    for name in claude.names():
        if name.startswith(OWN_COPY) and claude.kind(name) == "file":
            yield Place("your old CLAUDE.md", claude, name)


def _of_this_machine(work: Workspace) -> Iterator[Place]:
    """What this machine keeps beside its records of memories: candidates, drafts, logs, originals.

    The record of another memory is left to a purge of that one.
    """
    own = RealDisk(Path(work.outbox.where()).parent, LocalError)
    for name in own.names():
        if name == OUTBOX or _RECORD.fullmatch(name):
            continue
        if own.kind(name) == "folder":
            yield from _below(own, name)
        elif own.kind(name) == "file":
            yield Place("record", own, name)


def _below(disk: Disk, folder: str) -> Iterator[Place]:
    """This machine's own record, the folders in it with it."""
    for name in disk.names(folder):
        path = f"{folder}/{name}" if folder else name
        if disk.kind(path) == "folder":
            yield from _below(disk, path)
        elif disk.kind(path) == "file":
            yield Place("record", disk, path)


def take_out(work: Workspace, text: str, found: list[Place]) -> None:
    """Take the text out of these places. The caller holds the lock and has a yes.

    Raises `NotReplaceableError`, before anything is written, for a memory that holds an edit that
    no note has yet, or that has no valid footer.
    """
    store = work.store
    memory = store.memory()
    if memory is None or memory.footer is None or memory.edited:
        raise NotReplaceableError(
            f"{store.disk.where(NAME)} is not as memsync wrote it", "memsync refresh, then purge"
        )
    ids = {old: new for place in found for old, new in _note_again(place, text)}
    revs = _versions_again(store, text)
    pending = _still_pending(store, memory, ids)
    raw = _memory_again(store, memory, text, ids, revs, pending)
    store.disk.replace(NAME, raw, memory.raw)
    store.state.replace(LAST_SEEN, raw, ANYTHING)
    link.ensure(work.target, raw, store.disk)
    for place in found:
        _remove(place, text)
    store.state.delete(PENDING)


def _still_pending(store: Store, memory: Memory, ids: dict[str, str]) -> frozenset[str]:
    """The new ids of notes that were not merged. On record until all is done: the old ids join the
    set with the memory, so a purge that is run again could not tell them from merged ones.
    """
    done = store.sessions.expand(memory.merged)
    before = (store.state.read(PENDING) or b"").decode("ascii", "replace").split()
    pending = frozenset({*before, *(new for old, new in ids.items() if old not in done)})
    if pending:
        store.state.replace(
            PENDING, "\n".join(sorted(pending)).encode("ascii", "replace"), ANYTHING
        )
    return pending


def _note_again(place: Place, text: str) -> Iterator[tuple[str, str]]:
    """Write a note without the text, beside the old one; the ids of both."""
    if place.kind not in NOTES:
        return
    data = place.disk.read(place.name) or b""
    new = _note_without(data, text)
    old_id, new_id = short_hash(data), short_hash(new)
    if new != data and old_id in place.name:
        place.disk.create(place.name.replace(old_id, new_id), new)
        yield old_id, new_id


def _note_without(data: bytes, text: str) -> bytes:
    """A note without the text. Its head and its base stay, without which it is no note."""
    wanted, instead = text.encode("utf-8"), INSTEAD.encode()
    head, mark, said = data.partition(b"\n---\n")
    if not mark:
        return data.replace(wanted, instead)
    base, end, rest = said.partition(b"\n") if _EDIT.search(head) else (b"", b"", said)
    rows = []
    for row in head.split(b"\n"):
        name, colon, value = row.partition(b": ")
        rows.append(row if _HEAD.match(row) else name + colon + value.replace(wanted, instead))
    return b"\n".join(rows) + mark + base + end + rest.replace(wanted, instead)


def _versions_again(store: Store, text: str) -> dict[str, str]:
    """Write each version without the text; the new revision of each old one."""
    every = [(one, store.versions.read(one)) for one in store.versions.all()]
    revs = {
        version.footer.rev: revision(version.body.replace(text, INSTEAD), version.footer.merged)
        for _, version in every
        if version is not None and version.footer is not None and text in version.body
    }
    for one, version in every:
        if version is None or version.footer is None:
            continue
        if not _has(version, text) and version.footer.origin not in revs:
            continue
        raw = _without(version, text, revs)
        name = f"{BACKUPS}/GLOBAL_MEMORY_{one.time}_{parse(raw).rev}.md"
        if name == f"{BACKUPS}/{one.name}":
            store.disk.replace(name, raw, version.raw)
        else:
            store.disk.create(name, raw)
    return revs


def _without(version: Memory, text: str, revs: dict[str, str]) -> bytes:
    assert version.footer is not None
    origin = revs.get(version.footer.origin, version.footer.origin)
    body = version.body.replace(text, INSTEAD)
    extra = _extra(version, text)
    return compose(body, version.footer.merged, origin, extra=extra, crlf=version.crlf)


def _memory_again(
    store: Store,
    memory: Memory,
    text: str,
    ids: dict[str, str],
    revs: dict[str, str],
    pending: frozenset[str],
) -> bytes:
    """The memory without the text: the set keeps every old id, and takes the new id of each note
    that was merged.
    """
    assert memory.footer is not None
    done = store.sessions.expand(memory.footer.merged)
    fresh = {new for old, new in ids.items() if old in done} - pending
    merged = memory.footer.merged | (set(ids) - done) | fresh
    body = memory.body.replace(text, INSTEAD)
    # The very same version where it never held the text, or where a killed purge is run again
    same = revision(body, merged) == memory.footer.rev
    origin = memory.footer.origin if same else memory.footer.rev
    origin = revs.get(origin, origin)
    return compose(body, merged, origin, extra=_extra(memory, text), crlf=memory.crlf)


def _remove(place: Place, text: str) -> None:
    """Remove a file that held the text, or write it without, where its name says nothing of it."""
    data = place.disk.read(place.name)
    wanted = text.encode("utf-8")
    if data is None or place.kind in ("memory", "CLAUDE.md"):  # both are written anew
        return
    if place.kind == "backup" and not _holds(place, text):  # so is one whose body never had it
        return
    if place.kind in (*NOTES, "backup") or place.name.startswith(f"{kept.FOLDER}/"):
        place.disk.delete(place.name)
        return
    new = data.replace(wanted, INSTEAD.encode()).replace(kept.escaped(text), INSTEAD.encode())
    if (found := _in_another_encoding(new, text)) is not None:
        new = found.text.replace(text, INSTEAD).encode(found.encoding)
    if new != data:
        place.disk.replace(place.name, new, data)

"""`memsync status`: where everything is and how it stands. Shows; writes nothing."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from typing import NamedTuple

from memsync.commands.showing import outside_lines
from memsync.config import Config
from memsync.memory.conflicts import CONFLICTS
from memsync.memory.sessions import waiting
from memsync.memory.target import Standing
from memsync.memory.text.document import NAME, Memory, count_lines
from memsync.memory.text.notes import Note, first_line
from memsync.memory.versions import BACKUPS, Version
from memsync.merge import address, kept, keys
from memsync.providers.resolve import Place
from memsync.steps.workspace import Workspace, open_place
from memsync.system import terminal
from memsync.system.errors import FolderError

EXAMPLE = "memsync status --json"
WIDTH = 60
MOST_SHOWN = 10
MOST_READ = 1000  # more notes than that are counted by their names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one object")


REPLIES = {
    "reject": "was refused",
    "ask": "waits for a yes: memsync apply uses it",
    "write": "is kept and not used yet: memsync refresh uses it",
}


class Status(NamedTuple):
    """All that `status --json` says, under these names."""

    platform: str
    provider: str
    account: str | None
    sync_root: str
    memory: str
    revision: str
    lines: int
    max_lines: int
    trouble: str | None
    edited: bool
    target: str
    link: str
    standing: Standing
    in_step: bool
    behind: int | None
    merged: int
    pending: int
    pending_notes: dict[str, str]
    held: int
    held_notes: dict[str, str]
    outbox: int
    kept_reply: dict[str, object] | None
    conflicts: int
    outside: list[str]
    warnings: list[str]
    backups: int
    old_logs: int
    key: str
    api: str
    model: str
    last_merge: str | None


def cmd_status(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print the state of this machine's memory. The status is 4 when the folder is out of reach."""
    provider.check()
    gc.disable()  # 200,000 notes are as many objects, all in use until the end, which is near
    work = open_place(config, provider)
    found = gather(config, provider, work)
    if args.json:
        terminal.out_json(found._asdict())
    else:
        _print(found, work)
        for line in found.outside:
            terminal.err(line)
    return 0


def gather(config: Config, provider: Place, work: Workspace) -> Status:
    """Where everything is and how it stands.

    Longer than a function should be: it is one table, a row for each name.
    """
    store, target = work.store, work.target
    memory = store.memory()
    if memory is None or not memory.body:
        where = store.disk.where(NAME)
        raise FolderError(
            f"{where}: {'it is not there' if memory is None else memory.trouble}", "memsync doctor"
        )
    whole = (
        memory
        if memory.footer or memory.newer
        else store.known(memory.body) or store.last_whole() or memory
    )
    merged = whole.footer.merged if whole.footer else frozenset[str]()
    pending = store.sessions.pending(merged, most=MOST_READ)
    refused = kept.refusals(store.state)
    held = {
        note.id: refused[note.id].what
        for note in pending
        if note.id in refused and refused[note.id].held
    }
    versions = store.versions.all()
    return Status(
        platform=config.machine.system,
        provider=provider.provider,
        account=provider.account or None,
        sync_root=str(provider.root),
        memory=store.disk.where(NAME),
        revision=memory.rev,
        lines=count_lines(memory.body),
        max_lines=config.number("max_lines"),
        trouble=memory.trouble or None,
        edited=memory.edited,
        target=target.path,
        link=target.mode,
        standing=target.standing(),
        in_step=target.text() == memory.raw,
        behind=_behind(target.copy(), memory, versions),
        merged=store.sessions.count(merged),
        pending=len(pending),
        pending_notes={note.id: note.text and _first_words(note) for note in pending},
        held=len(held),
        held_notes=held,
        outbox=len(waiting(work.outbox)),
        kept_reply=_kept(kept.waiting(store.state)),
        conflicts=len(store.disk.names(CONFLICTS)),
        outside=outside_lines(work),
        warnings=_warnings(work, memory),
        backups=len(versions),
        old_logs=store.sessions.old_logs(),
        key=keys.describe(config.machine, config.api_key_command),
        api=address.of_environment(config.machine.env).host,
        model=config.text("model"),
        last_merge=next(
            (_iso(version.time) for version in versions if version.rev == memory.rev), None
        ),
    )


def _warnings(work: Workspace, memory: Memory) -> list[str]:
    """What to look at in a memory, or in a copy of it, that this machine has not seen before."""
    last, copy = work.store.last_seen(), work.target.copy()
    before = last.body if last is not None else ""
    if last is not None and last.body == memory.body and (copy is None or copy.body == last.body):
        return []
    from memsync.memory.text.warnings import warnings

    bodies = [memory.body, *([copy.body] if copy is not None else [])]
    found = [one.words for body in dict.fromkeys(bodies) for one in warnings(before, body)]
    return list(dict.fromkeys(found))


def _behind(copy: Memory | None, memory: Memory, versions: list[Version]) -> int | None:
    """How many versions a copy at the target is behind the memory;

    None when that cannot be told.
    """
    if copy is None or copy.footer is None:
        return None
    newer = {version.rev for version in versions if version.rev} | {memory.rev}
    order = [version.rev for version in reversed(versions) if version.rev in newer]
    if copy.footer.rev == memory.rev:
        return 0
    if copy.footer.rev not in order:
        return None
    after = order[order.index(copy.footer.rev) + 1 :]
    return len(dict.fromkeys(after)) or 1


def _first_words(note: Note) -> str:
    first = first_line(note)
    return first if len(first) <= WIDTH else f"{first[: WIDTH - 1]}…"


def _kept(replies: list[kept.Kept]) -> dict[str, object] | None:
    one = kept.foremost(replies)
    if one is None:
        return None
    return {
        "base": one.base,
        "notes": list(one.ids),
        "verdict": one.verdict,
        "why": list(one.why),
        "time": one.time,
    }


def _iso(stamp: str) -> str:
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[9:11]}:{stamp[11:13]}:{stamp[13:15]}Z"


def _print(found: Status, work: Workspace) -> None:
    root = "OneDrive root" if found.provider == "onedrive" else "Sync root"
    rows = [
        ("Platform", found.platform),
        ("Provider", f"{found.provider} ({found.account})" if found.account else found.provider),
        (root, found.sync_root),
        ("Memory file", f"{found.memory} {_memory_words(found)}"),
        ("Revision", found.revision + (f", {found.last_merge}" if found.last_merge else "")),
        ("CLAUDE.md", f"{found.target} {_target_words(found)}"),
        ("Pending", _pending_words(found)),
        ("Backups", f"{found.backups} file(s) in {work.store.disk.where(BACKUPS)}"),
        ("Session logs", f"{found.merged} note(s) merged, in {work.store.disk.where('sessions')}"),
        ("API key", found.key),
        *_address_rows(found.api),
        ("Model", found.model),
    ]
    if found.old_logs:
        rows.append(
            ("Old logs", f"{found.old_logs} day(s) logged by the prototype, kept as they are")
        )
    if found.conflicts:
        rows.append(
            ("Conflicts", f"{found.conflicts} file(s) in {work.store.disk.where(CONFLICTS)}")
        )
    terminal.out(_verdict(found))
    for label, value in rows:
        terminal.out(f"{label + ':':<15}{value}")
    for line in _hints(found):
        terminal.out(line)


def _verdict(found: Status) -> str:
    """How it stands in one line: what waits, the gravest first, and the command for it."""
    shown = found.standing in ("link", "imported") or (found.standing == "copy" and found.in_step)
    fresh = found.pending - found.held + found.outbox
    asks = found.kept_reply is not None and found.kept_reply["verdict"] == "ask"
    cases = (
        (found.trouble, f"The memory is not as it should be ({found.trouble}): memsync doctor"),
        (found.edited or found.outside, "A change from outside waits: memsync refresh"),
        (fresh == 1, "1 note waits: memsync refresh"),
        (fresh, f"{fresh} notes wait: memsync refresh"),
        (asks, "A reply waits for a yes: memsync apply"),
        (found.held == 1, "1 note is held: memsync refresh --held"),
        (found.held, f"{found.held} notes are held: memsync refresh --held"),
        (not shown, "Claude Code does not read this memory yet: memsync refresh"),
    )
    return next((words for applies, words in cases if applies), "In step.")


def _address_rows(host: str) -> list[tuple[str, str]]:
    """Where the memory is sent to, when that is not Anthropic."""
    if address.is_own(host):
        return []
    return [("API address", f"{host or address.VARIABLE} (not Anthropic's)")]


def _memory_words(found: Status) -> str:
    words = f"✓ {found.lines} lines"
    if found.trouble:
        words += f", {found.trouble}"
    return words + (", edited since the last merge" if found.edited else "")


def _target_words(found: Status) -> str:
    words: dict[Standing, str] = {
        "absent": "✗ (not there: memsync refresh)",
        "link": f"→ symlink to {found.memory}",
        "dangling": "✗ (a link to a memory that is not there)",
        "foreign link": "✗ (a link to something else: memsync refresh)",
        "copy": "✓ (copy)" if found.in_step else f"✗ (copy, {_how_far(found)}: memsync refresh)",
        "foreign": "✗ (not the memory: memsync refresh)",
        "folder": "✗ (a folder: memsync doctor)",
        "imported": "✓ (a line in it imports the memory)",
    }
    return words[found.standing]


def _how_far(found: Status) -> str:
    return f"{found.behind} version(s) behind" if found.behind else "edited or of another memory"


def _pending_words(found: Status) -> str:
    words = f"{found.pending} note(s)"
    if found.held:
        words += f", {found.held} of them held"
    return words + (f", {found.outbox} in the outbox" if found.outbox else "")


def _hints(found: Status) -> Iterator[str]:
    if found.lines > found.max_lines:
        yield (
            f"The memory has {found.lines} lines, more than {found.max_lines}: memsync refresh "
            "--compact shortens it."
        )
    for words in found.warnings[:MOST_SHOWN]:
        yield f"Look at: {words}"
    if len(found.warnings) > MOST_SHOWN:
        yield f"  and {len(found.warnings) - MOST_SHOWN} more: memsync status --json"
    waiting = [
        (one, words) for one, words in found.pending_notes.items() if one not in found.held_notes
    ]
    for note_id, words in waiting[:MOST_SHOWN]:
        yield f"Pending: {note_id}: {words}"
    if len(waiting) > MOST_SHOWN:
        yield f"  and {len(waiting) - MOST_SHOWN} more: memsync status --json"
    for note_id, why in found.held_notes.items():
        yield f"Held: {note_id}: {why}"
        yield f"  send it again: memsync refresh --held; give it up: memsync forget {note_id}"
    if found.kept_reply is not None:
        use = REPLIES[str(found.kept_reply["verdict"])]
        yield f"A reply {use}; memsync apply --discard drops it."

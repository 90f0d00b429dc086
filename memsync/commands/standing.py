"""How the memory stands, in words: plain and stable lines for a pipe, a screen for a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from memsync.memory.conflicts import CONFLICTS
from memsync.memory.target import Standing
from memsync.memory.versions import BACKUPS
from memsync.merge import address
from memsync.steps.workspace import Workspace
from memsync.system.counted import counted
from memsync.system.machine import Machine

IN_STEP: Final = "In step."
MOST_SHOWN: Final = 10
MOST_MACHINES: Final = 4
LATELY: Final = 40  # the newest notes, which say what machines there are
REPLIES: Final = {
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
    tokens: int
    constraints: int
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


def lines(found: Status, work: Workspace) -> Iterator[str]:
    """The lines for a pipe, with the prototype's labels."""
    yield _verdict(found)
    for label, value in _rows(found, work):
        yield f"{label + ':':<15}{value}"
    yield from _hints(found)


def _rows(found: Status, work: Workspace) -> list[tuple[str, str]]:
    root = "OneDrive root" if found.provider == "onedrive" else "Sync root"
    rows = [
        ("Platform", found.platform),
        ("Provider", f"{found.provider} ({found.account})" if found.account else found.provider),
        (root, found.sync_root),
        ("Memory file", f"{found.memory} {_memory_words(found)}"),
        ("Revision", found.revision + (f", {found.last_merge}" if found.last_merge else "")),
        ("CLAUDE.md", f"{found.target} {_target_words(found)}"),
        ("Constraints", f"{found.constraints} guarded"),
        ("Pending", _pending_words(found)),
        ("Backups", f"{counted(found.backups, 'file')} in {work.store.disk.where(BACKUPS)}"),
        (
            "Session logs",
            f"{counted(found.merged, 'note')} merged, in {work.store.disk.where('sessions')}",
        ),
        ("API key", found.key),
        *_address_rows(found.api),
        ("Model", found.model),
    ]
    if found.old_logs:
        rows.append(
            (
                "Old logs",
                f"{counted(found.old_logs, 'day')} logged by the prototype, kept as they are",
            )
        )
    if found.conflicts:
        rows.append(
            (
                "Conflicts",
                f"{counted(found.conflicts, 'file')} in {work.store.disk.where(CONFLICTS)}",
            )
        )
    return rows


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
    return next((words for applies, words in cases if applies), IN_STEP)


def _address_rows(host: str) -> list[tuple[str, str]]:
    """Where the memory is sent to, when that is not Anthropic."""
    if address.is_own(host):
        return []
    return [("API address", f"{host or address.VARIABLE} (not Anthropic's)")]


def _memory_words(found: Status) -> str:
    words = f"✓ {found.lines} lines, about {found.tokens} tokens"
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
    return (
        f"{counted(found.behind, 'version')} behind"
        if found.behind
        else "edited or of another memory"
    )


def _pending_words(found: Status) -> str:
    words = counted(found.pending, "note")
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


# -- at a terminal -------------------------------------------------------------------------------


def screen(found: Status, machine: Machine, work: Workspace, width: int) -> Iterator[str]:
    """The lines for a terminal of this width: the verdict, then a row for each part."""
    from memsync.system import layout

    home = str(machine.home)
    verdict = _verdict(found)
    mark = "✗" if found.trouble else "✓" if verdict == IN_STEP else "!"
    yield from layout.paragraph(f"{mark} {verdict}", width, 2)
    yield ""
    pairs = [(label, layout.shortened(text, home)) for label, text in _parts(found, machine, work)]
    yield from layout.rows(pairs, width)
    hints = list(_hints(found))
    if hints:
        yield ""
    for line in hints:
        yield from layout.fitted(layout.shortened(line, home), min(width, layout.MOST_WIDTH))


def _parts(found: Status, machine: Machine, work: Workspace) -> Iterator[tuple[str, str]]:
    size = f"{'✗' if found.trouble else '✓'} {found.lines} lines, about {found.tokens} tokens"
    yield "Memory", f"{size}{', ' + found.trouble if found.trouble else ''}"
    yield "Version", _version(found, machine)
    yield "CLAUDE.md", _target_at_a_terminal(found)
    account = f" ({found.account})" if found.account else ""
    yield "Cloud", f"{found.provider}{account}: {work.store.disk.where()}"
    yield "Notes", f"{_pending_words(found)} pending, {found.merged} merged"
    yield "Versions", counted(found.backups, "backup")
    yield "Constraints", f"{found.constraints} guarded"
    yield "Engine", f"{found.model}; API key: {found.key}"
    yield from _address_rows(found.api)
    if found.old_logs:
        yield "Old logs", f"{counted(found.old_logs, 'day')} of the prototype"
    if found.conflicts:
        yield (
            "Conflicts",
            f"{counted(found.conflicts, 'file')} in {work.store.disk.where(CONFLICTS)}",
        )
    if machines := _machines(work, machine):
        yield "Machines", ", ".join(machines)


def _version(found: Status, machine: Machine) -> str:
    from memsync.system.localtime import ago, local, told

    words = found.revision + (", edited since" if found.edited else "")
    time = told(found.last_merge or "", "%Y-%m-%dT%H:%M:%SZ")
    if time is None:
        return words
    return f"{words}, {local(time)} ({ago(time, machine.now())})"


def _target_at_a_terminal(found: Status) -> str:
    """The mark first, so that it stands where the eye looks for it."""
    words = _target_words(found)
    if found.standing == "link":
        return f"✓ {found.target} (a link to the memory)"
    return f"{words[0]} {found.target}{words[1:]}"


def _machines(work: Workspace, machine: Machine) -> list[str]:
    """The machines that wrote the newest notes, each with how long ago."""
    from itertools import islice

    from memsync.system.localtime import ago, here

    seen: dict[str, datetime] = {}
    for listed in islice(work.store.sessions.newest(), LATELY):
        note = work.store.sessions.read(listed)
        if note is not None and note.host and note.host not in seen:
            with contextlib.suppress(ValueError):  # a note may say any time
                seen[note.host] = here(datetime.fromisoformat(note.time))
    return [
        f"{host} {ago(time, machine.now())}" for host, time in list(seen.items())[:MOST_MACHINES]
    ]

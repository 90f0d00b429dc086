"""`memsync status`: where everything is and how it stands. Shows; writes nothing."""

from __future__ import annotations

import argparse
import json

from memsync import kept, keys, terminal, watch
from memsync.capture import waiting
from memsync.commands.showing import tell_outside
from memsync.config import Config
from memsync.errors import FolderError
from memsync.memory import NAME, Memory, count_lines
from memsync.place import Place, Workspace, open_place
from memsync.store import BACKUPS, CONFLICTS, Version

EXAMPLE = "memsync status --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_status(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print the state of this machine's memory. The status is 4 when the folder is out of reach."""
    provider.check()
    work = open_place(config, provider)
    facts = gather(config, provider, work)
    if args.json:
        terminal.out(json.dumps(facts, ensure_ascii=False))
    else:
        _print(facts, config, provider, work)
        tell_outside(work)
    return 0


def gather(config: Config, provider: Place, work: Workspace) -> dict[str, object]:
    """All that `status --json` says: longer than a function should be, because it is one table, a row for each key."""
    store, target = work.store, work.target
    memory = store.memory()
    if memory is None or not memory.body:
        where = store.disk.where(NAME)
        raise FolderError(f"{where}: {'it is not there' if memory is None else memory.trouble}", "memsync doctor")
    merged = memory.footer.merged if memory.footer else frozenset[str]()
    pending = store.pending(merged)
    refused = kept.refusals(store.state)
    held = {note.id: refused[note.id].what for note in pending if note.id in refused and refused[note.id].held}
    replies = kept.waiting(store.state)
    standing = target.standing()
    versions = store.versions()
    shown = target.text()
    return {
        "platform": config.machine.system,
        "provider": provider.provider,
        "account": provider.account or None,
        "sync_root": str(provider.root),
        "memory": store.disk.where(NAME),
        "revision": memory.rev,
        "lines": count_lines(memory.body),
        "max_lines": config.number("max_lines"),
        "trouble": memory.trouble or None,
        "edited": memory.edited,
        "target": target.path,
        "link": target.mode,
        "standing": standing,
        "in_step": shown == memory.raw,
        "behind": _behind(target.copy(), memory, versions),
        "merged": store.count(merged),
        "pending": len(pending),
        "held": len(held),
        "held_notes": held,
        "outbox": len(waiting(work.outbox)),
        "kept_reply": _kept(replies),
        "conflicts": len(store.disk.names(CONFLICTS)),
        "outside": watch.outside(store, target, memory),
        "backups": len(versions),
        "old_logs": store.old_logs(),
        "key": keys.describe(config.machine, config.api_key_command),
        "model": config.text("model"),
        "last_merge": next((_iso(version.time) for version in versions if version.rev == memory.rev), None),
    }


def _behind(copy: Memory | None, memory: Memory, versions: list[Version]) -> int | None:
    """How many versions a copy at the target is behind the memory; None when that cannot be told."""
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


def _kept(replies: list[kept.Kept]) -> dict[str, object] | None:
    one = kept.foremost(replies)
    if one is None:
        return None
    return {"base": one.base, "notes": list(one.ids), "verdict": one.verdict, "why": list(one.why), "time": one.time}


def _iso(stamp: str) -> str:
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[9:11]}:{stamp[11:13]}:{stamp[13:15]}Z"


def _print(facts: dict[str, object], config: Config, provider: Place, work: Workspace) -> None:
    root = "OneDrive root" if provider.provider == "onedrive" else "Sync root"
    account = f" ({provider.account})" if provider.account else ""
    rows = [
        ("Platform", facts["platform"]),
        ("Provider", f"{provider.provider}{account}"),
        (root, facts["sync_root"]),
        ("Memory file", f"{facts['memory']} {_memory_words(facts)}"),
        ("Revision", f"{facts['revision']}" + (f", {facts['last_merge']}" if facts["last_merge"] else "")),
        ("CLAUDE.md", f"{facts['target']} {_target_words(facts)}"),
        ("Pending", _pending_words(facts)),
        ("Backups", f"{facts['backups']} file(s) in {work.store.disk.where(BACKUPS)}"),
        ("Session logs", f"{facts['merged']} note(s) merged, in {work.store.disk.where('sessions')}"),
        ("API key", facts["key"]),
        ("Model", facts["model"]),
    ]
    if facts["old_logs"]:
        rows.append(("Old logs", f"{facts['old_logs']} day(s) logged by the prototype, kept as they are"))
    if facts["conflicts"]:
        rows.append(("Conflicts", f"{facts['conflicts']} file(s) in {work.store.disk.where(CONFLICTS)}"))
    for label, value in rows:
        terminal.out(f"{label + ':':<15}{value}")
    _hints(facts)


def _memory_words(facts: dict[str, object]) -> str:
    words = f"✓ {facts['lines']} lines"
    if facts["trouble"]:
        words += f", {facts['trouble']}"
    return words + (", edited since the last merge" if facts["edited"] else "")


def _target_words(facts: dict[str, object]) -> str:
    words = {
        "absent": "✗ (not there: memsync refresh)",
        "link": f"→ symlink to {facts['memory']}",
        "dangling": "✗ (a link to a memory that is not there)",
        "foreign link": "✗ (a link to something else: memsync refresh)",
        "copy": "✓ (copy)" if facts["in_step"] else f"✗ (copy, {_how_far(facts)}: memsync refresh)",
        "foreign": "✗ (not the memory: memsync refresh)",
        "folder": "✗ (a folder: memsync doctor)",
    }
    return words[str(facts["standing"])]


def _how_far(facts: dict[str, object]) -> str:
    return f"{facts['behind']} version(s) behind" if facts["behind"] else "edited or of another memory"


def _pending_words(facts: dict[str, object]) -> str:
    words = f"{facts['pending']} note(s)"
    if facts["held"]:
        words += f", {facts['held']} of them held"
    return words + (f", {facts['outbox']} in the outbox" if facts["outbox"] else "")


def _hints(facts: dict[str, object]) -> None:
    lines = facts["lines"]
    most = facts["max_lines"]
    if isinstance(lines, int) and isinstance(most, int) and lines > most:
        terminal.out(f"The memory has {lines} lines, more than {most}: memsync refresh --compact shortens it.")
    held = facts["held_notes"]
    if isinstance(held, dict):
        for note_id, why in held.items():
            terminal.out(f"Held: {note_id}: {why}")
            terminal.out(f"  send it again: memsync refresh --held; give it up: memsync forget {note_id}")
    reply = facts["kept_reply"]
    if isinstance(reply, dict):
        use = "was refused" if reply["verdict"] == "reject" else "waits for a yes: memsync apply uses it"
        terminal.out(f"A reply {use}; memsync apply --discard drops it.")

"""`memsync status`: where everything is and how it stands. Shows; writes nothing."""

from __future__ import annotations

import argparse

from memsync.commands import standing
from memsync.commands.showing import MOST_READ, coming, lines_of, look_at
from memsync.commands.standing import Status
from memsync.config import Config
from memsync.memory import guarded
from memsync.memory.conflicts import CONFLICTS
from memsync.memory.sessions import waiting
from memsync.memory.text.document import NAME, Memory, count_lines
from memsync.memory.text.notes import Note, first_line
from memsync.memory.versions import Version
from memsync.merge import address, kept, keys
from memsync.providers.resolve import Place
from memsync.steps.workspace import Workspace, open_place
from memsync.system import terminal
from memsync.system.errors import FolderError

EXAMPLE = "memsync status --json"
WIDTH = 60
BYTES_A_TOKEN = 4  # of English: a screen says "about"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_status(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print the state of this machine's memory. The status is 4 when the folder is out of reach."""
    provider.check()
    work = open_place(config, provider)
    found = gather(config, provider, work)
    if args.json:
        terminal.out_json(found._asdict())
        return 0
    if terminal.out_is_terminal():
        for line in standing.screen(found, config.machine, work, terminal.width()):
            terminal.out_marked(line)
    else:
        for line in standing.lines(found, work):
            terminal.out(line)
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
    new = coming(work, pending)
    return Status(
        platform=config.machine.system,
        provider=provider.provider,
        account=provider.account or None,
        sync_root=str(provider.root),
        memory=store.disk.where(NAME),
        revision=memory.rev,
        lines=count_lines(memory.body),
        tokens=len(memory.body.encode("utf-8", "surrogateescape")) // BYTES_A_TOKEN,
        constraints=guarded.number(store.state, memory.body, config.guarded_headings),
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
        kept_reply=_kept(kept.of_use(store.state, {note.id for note in pending})),
        conflicts=len(store.disk.names(CONFLICTS)),
        outside=lines_of(new),
        warnings=list(
            dict.fromkeys(one.words for one in look_at(work, new, config.machine.now(), pending))
        ),
        backups=len(versions),
        old_logs=store.sessions.old_logs(),
        key=keys.describe(config.machine, config.api_key_command),
        api=address.of_environment(config.machine.env).host,
        model=config.text("model"),
        last_merge=next(
            (_iso(version.time) for version in versions if version.rev == memory.rev), None
        ),
    )


def _behind(copy: Memory | None, memory: Memory, versions: list[Version]) -> int | None:
    """How many versions a copy at the target is behind the memory.

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

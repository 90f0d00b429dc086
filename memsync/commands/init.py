"""`memsync init`: find the cloud folder, make or join the memory, link it, write the settings."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from memsync import sync
from memsync.agents import record
from memsync.commands import asking
from memsync.commands.choosing import PINNED, choose, folder_in, refuse_doubtful, refuse_name
from memsync.commands.common import LOCK_SECONDS
from memsync.commands.connect import is_offered, offer
from memsync.config import Config, save
from memsync.memory import guarded
from memsync.memory import target as link
from memsync.memory.target import TARGET
from memsync.memory.text.document import NAME, parse
from memsync.providers import registry
from memsync.providers.onedrive import override
from memsync.providers.registry import CloudFolder
from memsync.providers.resolve import (
    ONEDRIVE,
    Place,
    existing_folder,
    resolve,
    settle_in,
)
from memsync.steps import setup
from memsync.steps.workspace import Workspace, open_place, other_target
from memsync.steps.writes import TakeIn
from memsync.system import dialogue, layout, terminal
from memsync.system.errors import (
    FolderError,
    LocalError,
    MemsyncError,
    MissingError,
    NotDownloadedError,
    NotReplaceableError,
    TooLargeFileError,
    UsageError,
)
from memsync.system.lock import lock
from memsync.system.machine import Machine, quoted
from memsync.system.progress import waiting

EXAMPLE = "memsync init --provider dropbox"
KEYS_ARE_MADE = "https://console.anthropic.com/settings/keys"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    names = [provider.name for provider in registry.PROVIDERS]
    parser.add_argument("--provider", choices=names, help="the cloud service to use")
    parser.add_argument("--sync-root", metavar="DIR", help="the cloud folder to use")
    parser.add_argument(
        "--link",
        choices=("symlink", "copy", "import"),
        help="how Claude Code reads the memory; import leaves your CLAUDE.md alone",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--new", action="store_true", help="start a new memory: no other machine has one"
    )
    which.add_argument(
        "--join", action="store_true", help="use the memory of another machine; never make one"
    )
    parser.add_argument(
        "--yes", action="store_true", help="ask nothing; take only a single clear folder"
    )
    parser.add_argument(
        "--force", action="store_true", help="set this machine up as if for the first time"
    )


def cmd_init(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Set this machine up; run again it changes only what the options say."""
    machine = config.machine
    machine.claude_dir  # noqa: B018 - a bad CLAUDE_CONFIG_DIR is said before anything is made
    if args.provider == "custom" and not args.sync_root and provider.provider != "custom":
        raise UsageError(
            "--provider custom needs the folder", "memsync init --provider custom --sync-root DIR"
        )
    chosen = _chosen(args, config, provider)
    known_as = provider.known_as if chosen.path == provider.root else None
    settings = _settings(args, chosen, moved=known_as is not None)
    settings |= _allow_link(args, config, folder_in(machine, chosen) / NAME)
    still_bad = {name: why for name, why in config.bad.items() if name not in settings}
    wanted = config._replace(values={**config.values, **settings}, bad=still_bad)
    try:
        work, done = _set_up(args, wanted, chosen, known_as)
    except (NotReplaceableError, MissingError, TooLargeFileError):
        save(config, settings)  # what mends that memory has to know where it lies
        raise
    linked = _link(wanted, work, done)
    guarded.keep(work.store.state, parse(linked.raw).body, wanted.guarded_headings)
    settle_in(Place(machine, folder=work.folder, known_as=known_as))
    save(config, settings)
    shown_at = f"{work.target.path}{linked.mode}"
    _tell(machine, chosen, work.target.memory, _title(done, config, chosen), shown_at)
    for line in dict.fromkeys((*done.said, *linked.said)):
        shown = layout.shortened(line, str(machine.home)) if terminal.out_is_terminal() else line
        terminal.out_fitted(f"  {shown}")
    if linked.failure is not None:
        raise LocalError(linked.failure.what, f"{linked.failure.hint}, then memsync init")
    if literal := machine.literal_tilde:
        terminal.warn("; type: ".join(literal))
    if problem := setup.check(work.target, linked.raw):
        terminal.warn(f"{problem}; memsync doctor says more")
    if not args.yes:
        offer(config, resolve(wanted))
    if terminal.out_is_terminal():
        _tell_what_is_next(wanted)
    return 0


def _chosen(args: argparse.Namespace, config: Config, provider: Place) -> CloudFolder:
    """The cloud folder, with its warnings told. Raises where it cannot be, or may not be, it."""
    chosen = choose(args, config, provider)
    refuse_name(chosen.path)
    if chosen.provider == ONEDRIVE:
        # Every other command goes by it: one that is no folder is said before anything is made
        override(config.machine)
    refuse_doubtful(args, config.machine, chosen)
    for line in chosen.warnings:
        terminal.warn(f"{chosen.path}: {line}")
    return chosen


def _tell_what_is_next(config: Config) -> None:
    """On a terminal: an engine, an agent, a first note."""
    terminal.out("Next:")
    try:
        asking.choose(config)
    except MemsyncError as error:
        _tell_typed(config, error.hint)
        terminal.out_fitted(f"    a key is made at {KEYS_ARE_MADE}")
    if is_offered(config):
        _tell_typed(config, "memsync connect claude-code")
    _tell_typed(config, 'memsync refresh --notes "What Claude should remember"')


def _tell_typed(config: Config, text: str) -> None:
    goes_on = config.machine.system != "windows"
    for row in layout.typed("  ", text, terminal.width(), goes_on=goes_on):
        terminal.out(row)


class _Linked(NamedTuple):
    """The memory that CLAUDE.md shows, how it does, or why it does not."""

    raw: bytes
    mode: str = ""
    said: tuple[str, ...] = ()
    failure: LocalError | None = None


def _link(config: Config, work: Workspace, done: setup.Done) -> _Linked:
    with lock(work.lock, LOCK_SECONDS):
        memory = work.store.memory()  # another command may have been at work since
        raw = memory.raw if memory is not None else done.raw
        try:
            with _folders_on_record(config.machine, work.target.path):
                ensured = link.ensure(work.target, raw, work.store.disk)
            left = link.take_back(other_target(config, work.folder), work.store.disk)
        except LocalError as error:
            return _Linked(raw, failure=error)
    return _Linked(raw, f" ({ensured.mode})", (*ensured.said, *left))


@contextlib.contextmanager
def _folders_on_record(machine: Machine, path: str) -> Iterator[None]:
    """The folders that are made for what Claude Code reads: `uninstall` takes them back."""
    folders = dict.fromkeys((os.path.dirname(path), str(machine.claude_dir)))
    made = tuple(folder for folder in folders if not os.path.isdir(folder))
    yield
    if made:
        record.keep(record.store(machine), record.Connected(record.RULES, path, made))


def _leave_line(config: Config, work: Workspace) -> None:
    """A line that imports the memory goes before CLAUDE.md becomes a note or a link."""
    other = other_target(config, work.folder)
    if other.standing() == "imported":
        link.take_back(other, work.store.disk)


def _allow_link(args: argparse.Namespace, config: Config, memory: Path) -> dict[str, str | None]:
    """The setting by which a memory that is a link is followed, once the person says it is theirs.

    Raises `FolderError` where nobody says so.
    """
    if not os.path.islink(memory):
        return {}
    aim = os.path.realpath(memory)
    if str(config.values.get("memory_link", "")) == aim:
        return {}
    what = f"{memory} is a link to {aim}"
    question = f"{what}. Did you make it, and is the memory to be kept there?"
    error = FolderError(
        what,
        f"if you made it: memsync config set memory_link {quoted(aim, config.machine.system)}, "
        "then memsync init; if not, remove it",
    )
    if args.yes or not terminal.has_person():
        raise error
    if not dialogue.confirm(question, "the memory is kept there", "nothing is made"):
        raise error.by_choice("nothing was made")
    return {"memory_link": aim}


def _title(done: setup.Done, before: Config, chosen: CloudFolder) -> str:
    if done.made:
        return "memsync initialized."
    pinned = before.values.get("provider"), before.values.get("sync_root")
    if pinned == (chosen.provider, str(chosen.path)):
        return "memsync is already set up."
    return "memsync joined the memory that is there."


def _tell(machine: Machine, chosen: CloudFolder, memory: str, title: str, shown_at: str) -> None:
    provider = chosen.provider + (f" ({chosen.account})" if chosen.account else "")
    terminal.out(title)
    pairs = [("Provider:", provider), ("Memory:", memory), ("CLAUDE.md:", shown_at)]
    if not terminal.out_is_terminal():
        for label, value in pairs:
            terminal.out(f"  {label:<10} {value}")
        return
    shown = [(f"  {label}", layout.shortened(one, str(machine.home))) for label, one in pairs]
    for line in layout.rows(shown, terminal.width()):
        terminal.out(line)


def _settings(
    args: argparse.Namespace, chosen: CloudFolder, *, moved: bool
) -> dict[str, str | None]:
    """What is pinned.

    Run again without options it is what it was, also while MEMSYNC_ONEDRIVE names another folder.
    """
    settings: dict[str, str | None] = {"link": args.link} if args.link else {}
    if chosen.evidence != PINNED or moved:
        settings |= {
            "provider": chosen.provider,
            "account": chosen.account or None,
            "sync_root": str(chosen.path),
        }
    return settings


def _set_up(
    args: argparse.Namespace, config: Config, chosen: CloudFolder, known_as: Path | None
) -> tuple[Workspace, setup.Done]:
    """Make or join; with --join wait until the memory has arrived."""
    machine = config.machine
    seconds = config.number("timeout") if args.join else 0
    with contextlib.closing(
        waiting("waiting for the memory to arrive...", seconds, machine)
    ) as steps:
        while True:
            folder = folder_in(machine, chosen)
            place = Place(
                machine, chosen.provider, chosen.account, chosen.path, folder, known_as=known_as
            )
            work = open_place(config, place)
            if not (args.new or args.join) and work.store.last_seen() is not None:
                # gone: `restore` cannot bring it back
                existing_folder(machine, chosen.path, chosen.provider)
            try:
                wish = setup.Wish(args.new, args.join, args.yes, _may_copy(args, work))
                with lock(work.lock, LOCK_SECONDS):
                    _leave_line(config, work)
                    return work, setup.set_up(
                        work, machine, wish, lambda job: sync.run(job, TakeIn())
                    )
            except NotDownloadedError:
                if not args.join or next(steps, None) is None:
                    raise
                _ask_for_download(machine, work.target.memory)


def _may_copy(args: argparse.Namespace, work: Workspace) -> bool:
    """Whether a person says that the secrets in their CLAUDE.md may go into the cloud folder."""
    if args.join or args.yes or not terminal.has_person():
        return False  # with --join no memory begins here
    found = setup.secrets_in(work.target, work.store)
    if not found:
        return False
    return dialogue.confirm(
        f"Your {TARGET} holds what looks like a secret ({', '.join(found)}). Copy it, too?",
        "all of it lies in the cloud folder",
        "the rest is copied, without the secret",
    )


def _ask_for_download(machine: Machine, path: str) -> None:
    """Tell the sync client that this file is wanted; it answers by and by (facts, cloud-folders.md
    4).
    """
    # Brctl knows iCloud only
    if machine.system == "mac" and "Mobile Documents" in Path(path).parts:
        machine.run(["brctl", "download", path])
    elif machine.system == "windows":
        machine.run(["attrib", "+p", path])

"""`memsync init`: find the cloud folder, make or join the memory, link it, write the settings."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from memsync import providers, sync
from memsync.commands.common import LOCK_SECONDS
from memsync.commands.connect import offer
from memsync.config import Config, save, unfit
from memsync.memory import target as link
from memsync.memory.text.document import NAME
from memsync.providers import Candidate, Provider
from memsync.providers.base import NO_CLIENT, NOT_ALLOWED
from memsync.providers.gdrive import GUESSED
from memsync.providers.onedrive import SIGNED_OUT, override
from memsync.providers.resolve import (
    FOLDERS,
    ONEDRIVE,
    ONEDRIVE_VARIABLE,
    Place,
    existing_folder,
    memory_folders,
    resolve,
    settle_in,
)
from memsync.steps import setup
from memsync.steps.workspace import Workspace, open_place, other_target
from memsync.steps.writes import TakeIn
from memsync.system import terminal
from memsync.system.errors import (
    FolderError,
    LocalError,
    NotDownloadedError,
    NotSetUpError,
    UsageError,
)
from memsync.system.lock import lock
from memsync.system.machine import Machine, quoted

PINNED = "settings"
FIRST = "Is this the first machine with memsync?"
EXAMPLE = "memsync init --provider dropbox"
# What clients put into an empty folder
OWN_FILES = ("desktop.ini", "Icon\r", ".DS_Store", "Thumbs.db")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    names = [provider.name for provider in providers.PROVIDERS]
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
    chosen = _choose(args, config, provider)
    _refuse_name(chosen.path)
    if chosen.provider == ONEDRIVE:
        # Every other command goes by it: one that is no folder is said before anything is made
        override(machine)
    _refuse_doubtful(args, machine, chosen)
    for line in chosen.warnings:
        terminal.warn(f"{chosen.path}: {line}")
    known_as = provider.known_as if chosen.path == provider.root else None
    settings = _settings(args, chosen, moved=known_as is not None)
    settings |= _allow_link(args, config, _folder(machine, chosen) / NAME)
    still_bad = {name: why for name, why in config.bad.items() if name not in settings}
    wanted = config._replace(values={**config.values, **settings}, bad=still_bad)
    work, done = _set_up(args, wanted, chosen, known_as)
    linked = _link(wanted, work, done)
    settle_in(Place(machine, folder=work.folder, known_as=known_as))
    save(config, settings)
    _tell(chosen, work, done, f"{work.target.path}{linked.mode}")
    for line in dict.fromkeys((*done.said, *linked.said)):
        terminal.out(f"  {line}")
    if linked.failure is not None:
        raise LocalError(linked.failure.what, f"{linked.failure.hint}, then memsync init")
    if literal := machine.literal_tilde:
        terminal.warn("; type: ".join(literal))
    if problem := setup.check(work.target, linked.raw):
        terminal.warn(f"{problem}; memsync doctor says more")
    if not args.yes:
        offer(config, resolve(wanted))
    return 0


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
            ensured = link.ensure(work.target, raw, work.store.disk)
            left = link.take_back(other_target(config, work.folder), work.store.disk)
        except LocalError as error:
            return _Linked(raw, failure=error)
    return _Linked(raw, f" ({ensured.mode})", (*ensured.said, *left))


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
    if not args.yes and terminal.has_person() and terminal.confirm(question):
        return {"memory_link": aim}
    raise FolderError(
        what,
        f"if you made it: memsync config set memory_link {quoted(aim, config.machine.system)}, "
        "then memsync init; if not, remove it",
    )


def _tell(chosen: Candidate, work: Workspace, done: setup.Done, shown_at: str) -> None:
    terminal.out(
        "memsync initialized." if done.made else "memsync joined the memory that is there."
    )
    terminal.out(
        f"  Provider:  {chosen.provider}" + (f" ({chosen.account})" if chosen.account else "")
    )
    terminal.out(f"  Memory:    {work.target.memory}")
    terminal.out(f"  CLAUDE.md: {shown_at}")


def _settings(args: argparse.Namespace, chosen: Candidate, *, moved: bool) -> dict[str, str | None]:
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
    args: argparse.Namespace, config: Config, chosen: Candidate, known_as: Path | None
) -> tuple[Workspace, setup.Done]:
    """Make or join; with --join wait until the memory has arrived."""
    machine = config.machine
    seconds = config.number("timeout") if args.join else 0
    with contextlib.closing(
        terminal.waiting("waiting for the memory to arrive...", seconds)
    ) as steps:
        while True:
            folder = _folder(machine, chosen)
            place = Place(
                machine, chosen.provider, chosen.account, chosen.path, folder, known_as=known_as
            )
            work = open_place(config, place)
            if not (args.new or args.join) and work.store.last_seen() is not None:
                # gone: `restore` cannot bring it back
                existing_folder(machine, chosen.path, chosen.provider)
            try:
                with lock(work.lock, LOCK_SECONDS):
                    _leave_line(config, work)
                    return work, setup.set_up(
                        work,
                        machine,
                        setup.Wish(new=args.new, join=args.join, yes=args.yes),
                        lambda job: sync.run(job, TakeIn()),
                    )
            except NotDownloadedError:
                if not args.join or next(steps, None) is None:
                    raise
                _ask_for_download(machine, work.target.memory)


def _ask_for_download(machine: Machine, path: str) -> None:
    """Tell the sync client that this file is wanted; it answers by and by (facts, cloud-folders.md
    4).
    """
    # Brctl knows iCloud only
    if machine.system == "mac" and "Mobile Documents" in Path(path).parts:
        machine.run(["brctl", "download", path])
    elif machine.system == "windows":
        machine.run(["attrib", "+p", path])


def _refuse_doubtful(args: argparse.Namespace, machine: Machine, chosen: Candidate) -> None:
    """An empty folder may be a first sync that has only begun, or a mount that is down: ask, never
    guess.
    """
    if (
        args.new
        or args.join
        or args.sync_root
        or machine.env.get(ONEDRIVE_VARIABLE)
        or chosen.evidence == PINNED
    ):
        return
    names = [
        name
        for name in machine.names(chosen.path)
        if name not in OWN_FILES and not name.startswith(".dropbox")
    ]
    unsynced = NO_CLIENT in chosen.warnings
    if not names and not (args.yes and not unsynced):
        why = (
            f"and there is {NO_CLIENT}" if unsynced else "so its first sync may still be under way"
        )
        what = f"{chosen.path} is empty, {why}: a memory may be on its way"
        if not args.yes and terminal.has_person() and terminal.confirm(f"{what}. {FIRST}"):
            return
        raise FolderError(
            what,
            "memsync init --join (another machine has memsync) or memsync init --new (none has)",
        )
    doubts = [line for line in chosen.warnings if line in (SIGNED_OUT, GUESSED)]
    if doubts and (args.yes or not terminal.has_person()):
        raise FolderError(
            f"{chosen.path}: {doubts[0]}",
            f"if it is the right one: {_command(machine, chosen.path)}",
        )


def _refuse_name(path: Path) -> None:
    """A folder whose name no setting can hold cannot be pinned."""
    if reason := unfit(str(path)):
        shown = "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(path)
        )
        raise FolderError(
            f"{shown}: its name {reason}", "rename it, then memsync init --sync-root DIR"
        )


def _command(machine: Machine, path: Path) -> str:
    return f"memsync init --sync-root {quoted(path, machine.system)}"


def _folder(machine: Machine, chosen: Candidate) -> Path:
    """The memory folder to use: the one that exists, else the provider's own name for it."""
    if memory_folders(machine, chosen.path):
        return existing_folder(machine, chosen.path, chosen.provider)
    return chosen.path / providers.by_name(chosen.provider).folder


def _choose(args: argparse.Namespace, config: Config, place: Place) -> Candidate:
    machine = config.machine
    if args.sync_root is not None:
        return _given(args, machine)
    same = args.provider in (None, place.provider)
    if (
        same
        and not args.force
        and not config.unpinned
        and not isinstance(place.trouble, NotSetUpError)
    ):
        if place.root is not None and machine.look(place.root) == "folder":
            return Candidate(place.provider, place.root, place.account, PINNED)
        if place.trouble is not None:
            raise place.trouble
    if args.provider in (None, ONEDRIVE) and (named := override(machine)) is not None:
        return named
    return _single(
        args, machine, [providers.by_name(args.provider)] if args.provider else providers.PROVIDERS
    )


def _given(args: argparse.Namespace, machine: Machine) -> Candidate:
    if not args.sync_root:
        raise UsageError("--sync-root needs the folder", "memsync init --sync-root DIR")
    path = Path(machine.expand(args.sync_root)).absolute()
    inside = next(
        (
            part
            for part in (path, *path.parents)
            if part.name in FOLDERS and (part / NAME).is_file()
        ),
        None,
    )
    if inside is not None:
        what = f"{path} is, or lies in, the memory folder"
        raise FolderError(what, f"the folder above it: {_command(machine, inside.parent)}")
    found = providers.given(path, machine)
    if found.state != "found":
        raise FolderError(
            f"{path}: {'; '.join(found.warnings)}",
            "memsync init --sync-root DIR (one that is there)",
        )
    return found._replace(provider=args.provider) if args.provider else found


def _single(args: argparse.Namespace, machine: Machine, among: Sequence[Provider]) -> Candidate:
    """The one folder there is; a person chooses where there are several, or where one may be
    hidden.
    """
    found = [one for provider in among for one in provider.detect(machine)]
    blocked = {
        path: NOT_ALLOWED[machine.system]
        for provider in among
        for path in provider.blocked(machine)
    }
    clear = [one for one in found if one.state == "found"]
    hidden = [one for one in found if one.state != "found"]
    for path, words in [*((one.path, "; ".join(one.warnings)) for one in hidden), *blocked.items()]:
        terminal.warn(f"{path}: {words}")
    if not clear:
        nothing = "no cloud folder was found" + (
            " that may be looked into" if hidden or blocked else ""
        )
        raise FolderError(nothing, "memsync init --sync-root DIR   (memsync providers says more)")
    if len(clear) == 1 and not hidden and not blocked:
        return clear[0]
    rows = [
        f"{one.provider}{f' ({one.account})' if one.account else ''}: {one.path}"
        for one in (*clear, *hidden)
    ]
    several = (
        "several cloud folders were found"
        if len(rows) > 1
        else "one cloud folder was found; more may be hidden"
    )
    if not args.yes and terminal.has_person():
        terminal.err(f"{several[0].upper()}{several[1:]}:")
        answer = terminal.choose("Which one?", rows)
        if answer is not None and answer < len(clear):
            return clear[answer]
    raise FolderError(f"{several}: {'; '.join(rows)}", _command(machine, clear[0].path))

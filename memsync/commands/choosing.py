"""Which cloud folder `init` takes: the one that is pinned, given, clear, or chosen by a person."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memsync.commands import cloud_folders
from memsync.config import Config, unfit
from memsync.memory.text.document import NAME
from memsync.providers import registry
from memsync.providers.base import NO_CLIENT, NOT_ALLOWED, real
from memsync.providers.gdrive import GUESSED
from memsync.providers.onedrive import SIGNED_OUT, override
from memsync.providers.registry import CloudFolder, Provider
from memsync.providers.resolve import (
    FOLDERS,
    ONEDRIVE,
    ONEDRIVE_VARIABLE,
    Place,
    existing_folder,
    memory_folders,
)
from memsync.system import dialogue, terminal
from memsync.system.errors import (
    FolderError,
    NotSetUpError,
    UsageError,
)
from memsync.system.layout import shortened
from memsync.system.machine import Machine, quoted

PINNED: Final = "settings"
FIRST: Final = "Is this the first machine with memsync?"
FIRST_ANSWERS: Final = ("a new memory begins here", "nothing is made")
# What clients put into an empty folder
OWN_FILES: Final = ("desktop.ini", "Icon\r", ".DS_Store", "Thumbs.db")


def choose(args: argparse.Namespace, config: Config, place: Place) -> CloudFolder:
    """The folder to use. Raises `FolderError` where it is not clear which, `UsageError`."""
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
            return CloudFolder(place.provider, place.root, place.account, PINNED)
        if place.trouble is not None:
            raise place.trouble
    if args.provider in (None, ONEDRIVE) and (named := override(machine)) is not None:
        return named
    return _single(
        args, config, [registry.by_name(args.provider)] if args.provider else registry.PROVIDERS
    )


def refuse_doubtful(args: argparse.Namespace, machine: Machine, chosen: CloudFolder) -> None:
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
        _ask_whether_first(args, machine, chosen, unsynced=unsynced)
        return
    doubts = [line for line in chosen.warnings if line in (SIGNED_OUT, GUESSED)]
    if doubts and (args.yes or not terminal.has_person()):
        raise FolderError(
            f"{chosen.path}: {doubts[0]}",
            f"if it is the right one: {_command(args, machine, chosen.path)}",
        )


def _ask_whether_first(
    args: argparse.Namespace, machine: Machine, chosen: CloudFolder, *, unsynced: bool
) -> None:
    """Raise `FolderError` unless a person says that no other machine has a memory."""
    why = f"and there is {NO_CLIENT}" if unsynced else "so its first sync may still be under way"
    what = f"{chosen.path} is empty, {why}: a memory may be on its way"
    more = _options(args)
    error = FolderError(
        what,
        f"memsync init --join{more} (another machine has memsync) or memsync init --new{more} "
        "(none has)",
    )
    if args.yes or not terminal.has_person():
        raise error
    shown = shortened(what, str(machine.home))
    if not dialogue.confirm(f"{shown}. {FIRST}", *FIRST_ANSWERS):
        raise error.by_choice(FIRST_ANSWERS[1])


def refuse_name(path: Path) -> None:
    """A folder whose name no setting can hold cannot be pinned."""
    if reason := unfit(str(path)):
        shown = "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(path)
        )
        raise FolderError(
            f"{shown}: its name {reason}", "rename it, then memsync init --sync-root DIR"
        )


def _command(args: argparse.Namespace, machine: Machine, path: Path) -> str:
    """The command that takes this folder, with the options that were given."""
    return f"memsync init --sync-root {quoted(path, machine.system)}{_options(args)}"


def _options(args: argparse.Namespace) -> str:
    values = [f" --{name} {getattr(args, name)}" for name in ("provider", "link")]
    given = [value for value in values if not value.endswith(" None")]
    return "".join([*given, *(f" --{name}" for name in ("new", "join") if getattr(args, name))])


def folder_in(machine: Machine, chosen: CloudFolder) -> Path:
    """The memory folder to use: the one that exists, else the provider's own name for it."""
    if memory_folders(machine, chosen.path):
        return existing_folder(machine, chosen.path, chosen.provider)
    return chosen.path / registry.by_name(chosen.provider).folder


def _given(args: argparse.Namespace, machine: Machine) -> CloudFolder:
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
        raise FolderError(what, f"the folder above it: {_command(args, machine, inside.parent)}")
    if path.is_file():
        what = f"{path} is a file, not a folder"
        raise FolderError(what, "memsync init --sync-root DIR   (the cloud folder)")
    if why := _unlikely(path, machine):
        terminal.warn(f"{path} {why}; to choose again: memsync init --force --sync-root DIR")
    found = registry.given(path, machine)
    if found.state != "found":
        raise FolderError(
            f"{path}: {'; '.join(found.warnings)}",
            "memsync init --sync-root DIR (one that is there)",
        )
    return found._replace(provider=args.provider) if args.provider else found


def _unlikely(path: Path, machine: Machine) -> str:
    """Why a folder that was named may be another one than was meant, in words; or ""."""
    known = (path, machine.home, machine.claude_dir)
    given, home, claudes = (real(one) for one in known)
    if given == home or given in home.parents:
        return "holds your whole home, which cloud folders do not"
    if given == claudes or claudes in given.parents:
        return "is, or lies in, Claude Code's own folder, which cloud folders do not"
    return ""


def _single(args: argparse.Namespace, config: Config, among: Sequence[Provider]) -> CloudFolder:
    """The one folder there is; a person chooses where there are several, or where one may be
    hidden.
    """
    machine = config.machine
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
    return _one_of(args, config, clear, hidden)


def _one_of(
    args: argparse.Namespace, config: Config, clear: list[CloudFolder], hidden: list[CloudFolder]
) -> CloudFolder:
    """The folder that a person takes. Raises `FolderError`, which lists them."""
    machine = config.machine
    rows = [
        f"{one.provider}{f' ({one.account})' if one.account else ''}: {one.path}"
        for one in (*clear, *hidden)
    ]
    several = (
        "several cloud folders were found"
        if len(rows) > 1
        else "one cloud folder was found; more may be hidden"
    )
    error = FolderError(f"{several}: {'; '.join(rows)}", _command(args, machine, clear[0].path))
    if args.yes or not terminal.has_person():
        raise error
    terminal.err(f"{several[0].upper()}{several[1:]}:")
    for line in cloud_folders.table([*clear, *hidden], config):
        terminal.err(line)
    answer = dialogue.choose("Which one?", len(rows))
    if answer is None:
        error.hint = shortened(error.hint, str(machine.home))
        raise error.by_choice("no folder was taken, and nothing was made")
    if answer >= len(clear):
        raise error
    return clear[answer]

"""`memsync init`: find the cloud folder, make or join the memory, link it, write the settings."""

from __future__ import annotations

import argparse
from pathlib import Path

from memsync import link, providers, setup, terminal
from memsync.config import Config, save
from memsync.disk import make_folders
from memsync.errors import FolderError, LocalError, NotSetUpError, UsageError
from memsync.lock import lock
from memsync.machine import Machine
from memsync.place import FOLDERS, ONEDRIVE, Place, existing_folder, open_place
from memsync.providers import Candidate
from memsync.providers.onedrive import override

EXAMPLE = "memsync init --provider dropbox"
LOCK_SECONDS = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    names = [provider.name for provider in providers.PROVIDERS]
    parser.add_argument("--provider", choices=names, help="the cloud service to use")
    parser.add_argument("--sync-root", metavar="DIR", help="the cloud folder to use")
    parser.add_argument("--link", choices=("symlink", "copy"), help="how CLAUDE.md shows the memory")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--new", action="store_true", help="start a new memory: no other machine has one")
    which.add_argument("--join", action="store_true", help="use the memory of another machine; never make one")
    parser.add_argument("--yes", action="store_true", help="ask nothing; take only a single clear folder")
    parser.add_argument("--force", action="store_true", help="set this machine up as if for the first time")


def cmd_init(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Set this machine up; run again it changes only what the options say."""
    machine = config.machine
    machine.claude_dir  # noqa: B018 - a bad CLAUDE_CONFIG_DIR is said before anything is made
    if args.provider == "custom" and not args.sync_root and provider.provider != "custom":
        raise UsageError("--provider custom needs the folder", "memsync init --provider custom --sync-root DIR")
    chosen = _choose(args, machine, provider)
    for line in chosen.warnings:
        terminal.warn(f"{chosen.path}: {line}")
    settings = {"provider": chosen.provider, "account": chosen.account or None, "sync_root": str(chosen.path)}
    if args.link:
        settings["link"] = args.link
    wanted = config._replace(values={**config.values, **settings})
    place = Place(machine, chosen.provider, chosen.account, chosen.path, _folder(chosen))
    work = open_place(wanted, place)
    with lock(work.lock, LOCK_SECONDS):
        make_folders(str(place.check()))
        done = setup.set_up(work, machine, setup.Wish(new=args.new, join=args.join))
        failure = ""
        try:
            ensured = link.ensure(work.target, done.raw, work.store.disk)
        except LocalError as error:
            ensured, failure = link.Ensured((), work.target.mode), error.what
            hint = error.hint
        save(config, settings)
    terminal.out("memsync initialized." if done.made else "memsync joined the memory that is there.")
    terminal.out(f"  Provider:  {chosen.provider}" + (f" ({chosen.account})" if chosen.account else ""))
    terminal.out(f"  Memory:    {work.target.memory}")
    terminal.out(f"  CLAUDE.md: {work.target.path} ({ensured.mode})")
    for line in (*done.said, *ensured.said):
        terminal.out(f"  {line}")
    if failure:
        raise LocalError(failure, f"{hint}, then memsync init")
    if problem := setup.check(work.target, done.raw):
        terminal.warn(f"{problem}; memsync doctor says more")
    return 0


def _folder(chosen: Candidate) -> Path:
    """The memory folder to use: the one that exists, else the provider's own name for it."""
    if any((chosen.path / name).is_dir() for name in FOLDERS):
        return existing_folder(chosen.path)
    return chosen.path / providers.by_name(chosen.provider).folder


def _choose(args: argparse.Namespace, machine: Machine, place: Place) -> Candidate:
    if args.sync_root:
        return _given(args, machine)
    same = args.provider in (None, place.provider)
    if place.provider and place.root is not None and same and not args.force:
        return Candidate(place.provider, place.root, place.account, "settings")
    if place.trouble is not None and not isinstance(place.trouble, NotSetUpError) and same and not args.force:
        raise place.trouble
    if args.provider in (None, ONEDRIVE) and (named := override(machine)) is not None:
        return named
    if args.provider:
        found = providers.by_name(args.provider).detect(machine)
    else:
        found = providers.detect_all(machine)
    return _single(args, found)


def _given(args: argparse.Namespace, machine: Machine) -> Candidate:
    path = Path(machine.expand(args.sync_root)).absolute()
    found = providers.given(path, machine)
    if found.state != "found":
        raise FolderError(
            f"{path}: {'; '.join(found.warnings)}", "memsync init --sync-root DIR (one that is there)"
        )
    return found._replace(provider=args.provider) if args.provider else found


def _single(args: argparse.Namespace, found: list[Candidate]) -> Candidate:
    clear = [one for one in found if one.state == "found"]
    for one in found:
        if one.state != "found":
            terminal.warn(f"{one.path}: {'; '.join(one.warnings)}")
    if not clear:
        raise FolderError("no cloud folder was found", "memsync init --sync-root DIR   (memsync providers says more)")
    if len(clear) == 1:
        return clear[0]
    rows = [f"{one.provider}{f' ({one.account})' if one.account else ''}: {one.path}" for one in clear]
    if not args.yes and terminal.has_person():
        terminal.err("Several cloud folders were found:")
        answer = terminal.choose("Which one?", rows)
        if answer is not None:
            return clear[answer]
    what = f"several cloud folders were found: {'; '.join(rows)}"
    raise FolderError(what, f"memsync init --sync-root '{clear[0].path}'")

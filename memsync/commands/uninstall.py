"""`memsync uninstall`: take memsync off this machine. The memory folder is never touched."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from memsync import sync
from memsync.agents import candidates, claude_code, connecting, pending, record
from memsync.agents.table import agents
from memsync.commands.common import LOCK_SECONDS, writing
from memsync.config import FILE, KEY_FILE, Config
from memsync.memory.sessions import waiting
from memsync.memory.target import take_back
from memsync.merge import kept
from memsync.providers.resolve import Place
from memsync.steps.workspace import LOCK, open_place, other_target, outbox, target
from memsync.steps.writes import TakeIn
from memsync.system import dialogue, terminal
from memsync.system.counted import counted
from memsync.system.disk import Disk, RealDisk
from memsync.system.errors import InputError, LocalError, MemsyncError
from memsync.system.lock import lock

EXAMPLE = "memsync uninstall --yes"
LAST: Final = "then remove the program itself: uv tool uninstall memsync, or pip uninstall memsync"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--yes", action="store_true", help="ask nothing")


def cmd_uninstall(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Agents, key, settings and this machine's record go after a yes; the memory stays."""
    _refuse_to_lose_notes(config, provider)
    if not args.yes:
        if not terminal.has_person():
            raise InputError(
                "nobody can be asked, so nothing was removed", "memsync uninstall --yes"
            )
        for line in _what_goes(config, provider):
            terminal.err(line)
        if not dialogue.confirm("Take memsync off this machine?"):
            terminal.out("nothing was removed.")
            return 0
    machine = config.machine
    own = [str(one) for one in dict.fromkeys((machine.config_dir, machine.state_dir))]
    there = [one for one in own if os.path.lexists(one)]
    with _nobody_at_work(provider):
        said = _remove(config, provider)
    _remove_folder(machine.state_dir)  # behind the lock, whose file lies in it
    said += _what_became_of(there)
    for line in said or ["nothing to do: memsync put nothing on this machine."]:
        terminal.out(line)
    if provider.folder is not None:
        terminal.out(f"your memory stays in {provider.folder}")
    terminal.out(LAST)
    return 0


def _what_became_of(folders: list[str]) -> list[str]:
    """Which of memsync's own folders are gone; one with a file of somebody else's in it stays."""
    stay = [one for one in folders if os.path.lexists(one)]
    gone = [one for one in folders if one not in stay]
    said = [f"{' and '.join(gone)} {'are' if len(gone) > 1 else 'is'} removed"] if gone else []
    return said + [f"{one} stays: something else lies in it" for one in stay]


@contextlib.contextmanager
def _nobody_at_work(place: Place) -> Iterator[None]:
    """The lock, or a refusal that names who holds it. Who waits for it meanwhile finds it gone."""
    if place.state is None:
        yield
        return
    path = str(place.state / LOCK)
    with lock(path, LOCK_SECONDS):
        yield
        with contextlib.suppress(OSError):  # Windows removes no file that is open
            os.unlink(path)


def _refuse_to_lose_notes(config: Config, place: Place) -> None:
    """Notes that lie on this machine alone go to the memory folder first."""
    box = outbox(config.machine)
    if place.trouble is None and (waiting(box) or _restored(config, place)):
        # What keeps them from there is told below.
        with contextlib.suppress(MemsyncError), writing(config, place) as (_, job):
            for line in sync.run(job, TakeIn()).said:
                terminal.err(line)
    if count := len(waiting(box)):
        what = f"{counted(count, 'note waits', 'notes wait')} on this machine alone"
        raise LocalError(what, "memsync doctor   (says what keeps them from the memory folder)")


def _restored(config: Config, place: Place) -> list[str]:
    """The notes of undos and restores that were killed before their note was in its place."""
    return open_place(config, place).store.sessions.restoring()


def _what_goes(config: Config, place: Place) -> list[str]:
    machine = config.machine
    lines = [
        f"goes: {machine.config_dir} (settings, key), {machine.state_dir} (this machine's record)"
    ]
    count = candidates.count(candidates.store(machine))
    if count:
        lines.append(f"goes: {count} undecided in memsync review")
    if place.state is not None:
        replies = kept.waiting(RealDisk(place.state, LocalError))
        lines += [f"goes: {len(replies)} kept replies of Claude's"] if replies else []
    lines.append("goes: what memsync put into the folders of Claude Code and other agents")
    return lines


def _remove(config: Config, place: Place) -> list[str]:
    """In this order a killed uninstall can be run again: the settings go last, and then the
    record.
    """
    machine = config.machine
    conflicts = None if place.trouble is not None else open_place(config, place).store.disk
    said: list[str] = []
    for agent in agents(machine):
        said += connecting.disconnect(agent, machine, place, conflicts)
    said += _take_target_back(config, place, conflicts)
    pending.remove(config)
    known = record.store(machine)
    for one in record.connected(known).values():
        claude_code.remove_empty(one.made)
    for name in (KEY_FILE, FILE):
        RealDisk(machine.config_dir, LocalError).delete(name)
    claude_code.remove_empty([str(machine.config_dir)])
    return said


def _take_target_back(config: Config, place: Place, conflicts: Disk | None) -> list[str]:
    said: list[str] = []
    for folder in connecting.memory_folders(place):
        for shown in (target(config, folder), other_target(config, folder)):
            if shown.standing() in ("link", "dangling", "copy", "imported"):
                said += take_back(shown, conflicts)
    return said


def _remove_folder(path: Path) -> None:
    """This machine's record, all of it; a link in it is removed, not followed."""
    if os.path.islink(path):
        with contextlib.suppress(OSError):
            os.unlink(path)
        return
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise LocalError(f"cannot remove {path}: {reason}", "memsync uninstall") from error

"""Where the memory of this machine lies: from the settings to a memory folder, or why there is
none.

May not know: notes, versions, the network, the terminal.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final, NamedTuple

from memsync.config import Config
from memsync.memory import bounds
from memsync.memory.store import LAST_SEEN
from memsync.memory.text.document import NAME, parse, short_hash
from memsync.memory.versions import BACKUPS
from memsync.system.disk import RealDisk, refuse_strange
from memsync.system.downloaded import answers
from memsync.system.errors import (
    FolderError,
    LocalError,
    MemsyncError,
    NoAnswerError,
    NotSetUpError,
    UsageError,
)
from memsync.system.machine import Machine

FOLDERS: Final = (".claude-memory", "claude-memory")
ONEDRIVE: Final = "onedrive"
ONEDRIVE_VARIABLE: Final = "MEMSYNC_ONEDRIVE"
HANG_SECONDS: Final = 20.0


class Place(NamedTuple):
    """A provider as this machine uses it. `trouble`: why its memory folder cannot be used now.

    `known_as`: where the memory folder was before somebody moved it; this machine's record is named
    by that path until `settle_in` names it anew.
    """

    machine: Machine
    provider: str = ""
    account: str = ""
    root: Path | None = None
    folder: Path | None = None
    trouble: MemsyncError | None = None
    known_as: Path | None = None

    @property
    def state(self) -> Path | None:
        """This machine's own record of the memory folder; None when there is no folder."""
        if self.folder is None:
            return None
        records = [
            state_folder(self.machine, one)
            for one in (self.known_as, self.folder)
            if one is not None
        ]
        return next((one for one in records if os.path.isdir(one)), records[0])

    def check(self) -> Path:
        """The memory folder; raises `trouble`."""
        if self.trouble is not None:
            raise self.trouble
        assert self.folder is not None
        return self.folder


def not_set_up() -> NotSetUpError:
    """What to say before `memsync init` was run."""
    return NotSetUpError("memsync is not set up on this machine", "memsync init")


def resolve(config: Config) -> Place:
    """The place that the settings name. Never raises: `Place.trouble` says what is wrong."""
    place = Place(config.machine)
    try:
        place = place._replace(provider=config.text("provider"), account=config.text("account"))
        pinned = config.text("sync_root")
        if not place.provider or not pinned:
            return place._replace(trouble=not_set_up())
        place = place._replace(root=Path(pinned))
        given = _given(config.machine, place.provider)
        root = given or _root(config.machine, place.provider, place.account, Path(pinned))
        place = place._replace(root=root)
        folder = existing_folder(config.machine, root, place.provider)
        state_folder(config.machine, folder)  # raises what `Place.state` would later
        moved = given is None and root != Path(pinned)
        return place._replace(folder=folder, known_as=Path(pinned) / folder.name if moved else None)
    # A provider that there is not: the settings are wrong, not the command line
    except UsageError as error:
        return place._replace(trouble=LocalError(f"{config.path}: {error.what}", "memsync init"))
    except MemsyncError as error:
        return place._replace(trouble=error)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return place._replace(
            trouble=FolderError(f"the cloud folder {place.root}: {reason}", "memsync doctor")
        )


def _given(machine: Machine, provider: str) -> Path | None:
    if provider != ONEDRIVE or machine.env.get(ONEDRIVE_VARIABLE) is None:
        return None
    from memsync.providers.onedrive import override

    found = override(machine)
    return found.path if found is not None else None


def _root(machine: Machine, provider: str, account: str, pinned: Path) -> Path:
    if machine.may_hang(pinned) and not answers(str(pinned), HANG_SECONDS, _look_into):
        raise NoAnswerError(
            f"the cloud folder {pinned} does not answer",
            "start its sync client, then try again: memsync status",
        )
    look = machine.look(pinned)
    if look == "unreadable":
        raise FolderError(f"the cloud folder {pinned} may not be read", "memsync doctor")
    if look == "folder" and (
        memory_folders(machine, pinned) or not _moved(machine, provider, account, pinned)
    ):
        return pinned
    moved = _moved(machine, provider, account, pinned)
    if moved is None:
        raise FolderError(
            f"the cloud folder {pinned} is not there",
            (
                "start its sync client, then try again; for another folder: memsync init "
                "--sync-root DIR"
            ),
        )
    return moved


def _look_into(root: str) -> None:
    """All that a command looks into first: a folder that answers may still hold one that hangs."""
    for path in (root, *(os.path.join(root, name) for name in FOLDERS)):
        with contextlib.suppress(OSError):
            os.listdir(path)


def memory_folders(machine: Machine, root: Path) -> list[str]:
    """The names of the memory folders below a sync root.

    Raises `FolderError` where that cannot be told.
    """
    for name in FOLDERS:
        refuse_strange(str(root / name))
    looks = {name: machine.look(root / name) for name in FOLDERS}
    hidden = [name for name, look in looks.items() if look == "unreadable"]  # which is not missing
    if hidden:
        which = (
            f"the memory folder {root / hidden[0]}" if len(hidden) == 1 else f"what lies in {root}"
        )
        raise FolderError(f"{which} may not be read", "memsync doctor")
    return [name for name, look in looks.items() if look == "folder"]


def _moved(machine: Machine, provider: str, account: str, pinned: Path) -> Path | None:
    """Another folder of the same provider and account that holds this very memory."""
    from memsync.providers.registry import by_name

    for folder in by_name(provider).detect(machine):
        if (
            folder.state != "found"
            or folder.path == pinned
            or (account and folder.account != account)
        ):
            continue
        with contextlib.suppress(FolderError):
            for name in memory_folders(machine, folder.path):
                if _same_memory(machine, pinned / name, folder.path / name):
                    return folder.path
    return None


def _same_memory(machine: Machine, old: Path, new: Path) -> bool:
    """Whether the folder at the new path holds what this machine last saw at the old one.

    Its record has the new name already where `init` was killed before it wrote the settings.
    """
    record = Place(machine, folder=new, known_as=old).state
    assert record is not None
    try:
        raw = RealDisk(record, LocalError).read(LAST_SEEN)
        shared = RealDisk(new, bound=bounds.in_memory_folder)
        there, names = shared.read(NAME), shared.names(BACKUPS)
    except MemsyncError:
        return False
    if raw is None or there is None:
        return False
    rev = parse(raw).rev
    return parse(there).rev == rev or any(rev in name for name in names)


def existing_folder(machine: Machine, root: Path, provider: str) -> Path:
    """The memory folder below a sync root. Raises `FolderError` when there is none, or two."""
    found = memory_folders(machine, root)
    if len(found) == 2:
        raise FolderError(
            f"there are two memory folders: {root / found[0]} and {root / found[1]}",
            (
                "keep the one that is right and move the other out of the cloud folder, then "
                "memsync doctor"
            ),
        )
    if not found:
        from memsync.providers.registry import by_name  # which no other command needs at its start

        raise FolderError(
            f"the memory folder {root / by_name(provider).folder} is not there",
            "wait for the sync client, then try again; to start anew: memsync init --new",
        )
    return root / found[0]


def state_folder(machine: Machine, folder: Path) -> Path:
    """This machine's own record of a memory folder, never synced.

    Raises `FolderError` where Windows cannot tell the folder's real name: the record of another
    spelling would be an empty one.
    """
    try:
        real = os.path.realpath(folder)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise FolderError(f"the cloud folder {folder}: {reason}", "memsync doctor") from error
    return machine.state_dir / short_hash(real.encode("utf-8", "surrogateescape"))


def settle_in(place: Place) -> None:
    """Name this machine's record by the new path, before the settings do. Raises `LocalError`.

    In this order nothing is out of sight whenever it ends: while the settings name the old path,
    the record is looked for under both names. The caller does not hold the lock, which lies in the
    record.
    """
    if place.known_as is None or place.folder is None:
        return
    old, new = (
        state_folder(place.machine, place.known_as),
        state_folder(place.machine, place.folder),
    )
    records = RealDisk(place.machine.state_dir, LocalError)
    if records.kind(new.name) == "absent" and records.kind(old.name) == "folder":
        records.move(old.name, new.name)


def last_seen(place: Place) -> bytes | None:
    """The memory as this machine saw it last, while its folder is gone."""
    for name in FOLDERS if place.root is not None else ():
        assert place.root is not None
        try:
            raw = RealDisk(state_folder(place.machine, place.root / name), LocalError).read(
                LAST_SEEN
            )
        except MemsyncError:
            continue
        if raw is not None:
            return raw
    return None

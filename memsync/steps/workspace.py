"""The disks of a command: the memory folder, this machine's record of it, the outbox, the target.

May not know: how the folder was found, the network, the terminal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from memsync.config import Config
from memsync.memory import bounds
from memsync.memory.imported import import_line
from memsync.memory.store import Store
from memsync.memory.target import RULE, Mode, Target
from memsync.memory.text.document import NAME
from memsync.providers.resolve import Place, not_set_up
from memsync.system.disk import Disk, RealDisk
from memsync.system.dry import DryDisk
from memsync.system.errors import LocalError, MemsyncError
from memsync.system.machine import Machine

OUTBOX: Final = "outbox"
LOCK: Final = "lock"


class Workspace(NamedTuple):
    """The disks of a command: the store, the outbox, the target, and the lock's path."""

    store: Store
    outbox: Disk
    target: Target
    lock: str
    folder: Path

    def siblings(self) -> tuple[Disk, ...]:
        """Second copies of the memory folder that a sync client made beside it; only ever read."""
        beside, own = self.folder.parent, self.folder.name
        root = RealDisk(beside, links="followed")  # the sync root is the person's own
        near = [
            name for name in root.names() if name.lower().startswith(own.lower()) and name != own
        ]
        if not near:
            return ()
        from memsync.memory.text.copy_names import is_sibling_folder  # seldom needed

        names = [name for name in near if is_sibling_folder(name, own)]
        return tuple(
            RealDisk(beside / name, bound=bounds.in_memory_folder)
            for name in names
            if root.kind(name) == "folder"
        )


def outbox(machine: Machine, *, dry: bool = False) -> Disk:
    """Where notes lie while the memory folder is out of reach."""
    disk = RealDisk(machine.state_dir / OUTBOX, LocalError, bound=bounds.in_outbox)
    return DryDisk(disk) if dry else disk


def memory_folder(place: Place, *, dry: bool = False) -> Disk | MemsyncError:
    """The memory folder as a disk, or why it is out of reach."""
    if place.trouble is not None or place.folder is None:
        return place.trouble or not_set_up()
    disk = shared(place.folder)
    return DryDisk(disk) if dry else disk


def shared(folder: Path, memory_link: str = "") -> RealDisk:
    """The memory folder, which is nobody's to trust. Only `init` makes it.

    `memory_link`: where the settings say that GLOBAL_MEMORY.md leads, when it is a link.
    """
    return RealDisk(
        folder,
        makes_root=False,
        through=NAME,
        leads_to=memory_link,
        bound=bounds.in_memory_folder,
    )


def open_place(config: Config, place: Place, *, dry: bool = False) -> Workspace:
    """The disks of a place that is there. With `dry` every write stays in this process."""
    folder, record = place.check(), place.state
    assert record is not None
    state: Disk = RealDisk(record, LocalError)
    memory: Disk = shared(folder, config.text("memory_link"))
    if dry:
        state, memory = DryDisk(state), DryDisk(memory)
    store = Store(memory, state, place.machine.now)
    shown = target(config, folder, dry=dry)
    if place.known_as is not None:
        shown = shown._replace(once=str(place.known_as / NAME))
    return Workspace(store, outbox(place.machine, dry=dry), shown, str(record / LOCK), folder)


def target(config: Config, folder: Path, *, dry: bool = False) -> Target:
    """The target of a memory folder on this machine."""
    # Behind a link to the memory begins what is nobody's to trust
    guarded = shared(folder, config.text("memory_link"))
    real = RealDisk(config.machine.claude_dir, LocalError, guarded=guarded)
    claude: Disk = DryDisk(real) if dry else real
    wanted = mode(config)
    if wanted != "import":
        return Target(claude, str(folder / NAME), wanted)
    line = import_line(folder / NAME, config.machine.home)
    return Target(claude, str(folder / NAME), wanted, "", RULE, line, guarded)


def other_target(config: Config, folder: Path) -> Target:
    """What shows the memory in the mode that was not chosen: it goes when the mode changes."""
    other = "symlink" if mode(config) == "import" else "import"
    return target(config._replace(values={**config.values, "link": other}), folder)


def mode(config: Config) -> Mode:
    """How the target shows the memory on this machine."""
    chosen = config.text("link")
    if chosen == "import":
        return "import"
    if chosen == "copy" or (not chosen and config.machine.system == "windows"):
        return "copy"
    return "symlink"

"""The cloud folders that `memsync init` may take, as a table for a person who chooses."""

from __future__ import annotations

from collections.abc import Sequence

from memsync.config import Config
from memsync.memory.store import Store
from memsync.memory.text.document import Memory, count_lines
from memsync.providers.registry import CloudFolder
from memsync.providers.resolve import Place, existing_folder, memory_folders
from memsync.steps.workspace import open_place
from memsync.system import layout, terminal
from memsync.system.counted import counted
from memsync.system.errors import MemsyncError
from memsync.system.localtime import ago, told

HEAD = ("", "service", "folder", "memory")


def table(found: Sequence[CloudFolder], config: Config) -> list[str]:
    """A row for each: its number, the service, the folder, whether a memory is there."""
    home = str(config.machine.home)
    body = [
        (
            f"{number}.",
            f"{one.provider}{f' ({one.account})' if one.account else ''}",
            layout.shortened(str(one.path), home),
            _memory(one, config),
        )
        for number, one in enumerate(found, 1)
    ]
    return layout.table(HEAD, body, terminal.err_width())


def _memory(one: CloudFolder, config: Config) -> str:
    """Whether a memory is there. Only looks."""
    if one.state != "found":
        return "it cannot be looked into"
    try:
        if not memory_folders(config.machine, one.path):
            return "no"
        folder = existing_folder(config.machine, one.path, one.provider)
        place = Place(config.machine, one.provider, one.account, one.path, folder)
        store = open_place(config, place).store
        memory = store.memory()
        return "no" if memory is None else f"yes, {_size_and_age(store, memory, config)}"
    except MemsyncError:
        return "yes, but it cannot be read now"


def _size_and_age(store: Store, memory: Memory, config: Config) -> str:
    size = counted(count_lines(memory.body), "line")
    stamp = next((one.time for one in store.versions.all() if one.rev == memory.rev), "")
    time = told(stamp[:15], "%Y%m%d_%H%M%S")
    if time is None:
        return size
    return f"{size}, merged {ago(time, config.machine.now())}"

"""memsync's one folder in Claude Code's: written whole or not at all, and taken away again.

The folder appears by one rename, made beside `skills/`, so that Claude Code never loads half of
it. A folder by that name that is not memsync's is left alone.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from memsync import __version__
from memsync.agents import plugin
from memsync.system.disk import RealDisk, make_folders, temp_name
from memsync.system.errors import LocalError
from memsync.system.machine import Machine, quoted

SKILLS: Final = "skills"
State = Literal["absent", "ours", "outdated", "foreign"]


class Program(NamedTuple):
    """Claude Code as a program: where it lies ("" not found), and its version (None: unknown)."""

    path: str
    version: tuple[int, ...] | None

    @property
    def is_too_old(self) -> bool:
        """Whether this version would load the skill and not its hooks."""
        return self.version is not None and self.version < plugin.LEAST_VERSION


def program(machine: Machine) -> Program:
    """The Claude Code of this machine. Runs `claude --version`, a fraction of a second."""
    path = program_path(machine)
    shown = machine.run([path, "--version"]) if path else None
    return Program(path, plugin.version_of(shown or ""))


def program_path(machine: Machine) -> str:
    """Where Claude Code lies; "" where it is not found."""
    local = machine.claude_dir / "local" / "claude"
    named = machine.env.get("CLAUDE_CODE_EXECPATH", "")
    return machine.find_program("claude") or (str(local) if local.is_file() else named)


def folder(machine: Machine) -> Path:
    """Where the plugin stands."""
    return machine.claude_dir / SKILLS / plugin.NAME


def state(machine: Machine) -> State:
    """What stands there. `outdated`: memsync's, of another version, or broken by somebody."""
    where = folder(machine)
    if not os.path.lexists(where):
        return "absent"
    disk = RealDisk(where, LocalError)
    if os.path.islink(where) or b'"hook"' not in (disk.read(plugin.HOOKS) or b""):
        return "foreign"
    wanted = plugin.files(machine.program, __version__)
    return "ours" if all(disk.read(file.name) == file.data for file in wanted) else "outdated"


def connect(machine: Machine) -> tuple[str, ...]:
    """Write the plugin; the folders that had to be made for it, the innermost first.

    Raises `LocalError` where something else stands in its place, or cannot be written.
    """
    where = folder(machine)
    if state(machine) == "foreign":
        raise LocalError(
            f"{where} is there and not memsync's, so nothing was changed",
            f"mv {quoted(where)} {quoted(f'{where}.old')}, then memsync connect claude-code",
        )
    made = missing_folders(where.parent)
    try:
        make_folders(str(where.parent))
        real = Path(os.path.realpath(where.parent))
        _sweep(real.parent)
        _write(real / plugin.NAME, plugin.files(machine.program, __version__))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise LocalError(f"cannot write {where}: {reason}", "memsync doctor") from error
    return made


def missing_folders(path: Path) -> tuple[str, ...]:
    """The folders of a path that are not there yet, the innermost first."""
    return tuple(str(one) for one in (path, *path.parents) if not os.path.lexists(one))


def _write(where: Path, wanted: Sequence[plugin.File]) -> None:
    """Put the folder in the place of memsync's own one, whole. An old one goes aside first, so for
    a moment there is none.
    """
    beside = RealDisk(where.parent.parent, LocalError)
    fresh, old = (os.path.basename(temp_name(str(where))) for _ in range(2))
    disk = RealDisk(Path(beside.where(fresh)), LocalError)
    target = f"{where.parent.name}/{where.name}"
    try:
        for file in wanted:
            disk.replace(file.name, file.data, None)
            if file.program:
                os.chmod(disk.where(file.name), 0o700)
        if os.path.lexists(where):
            beside.move(target, old)
        beside.move(fresh, target)
    finally:
        for name in (fresh, old):
            _remove_tree(beside.where(name))


def _remove_tree(path: str | Path) -> None:
    import shutil  # 10 ms that only who removes a tree pays

    shutil.rmtree(path, ignore_errors=True)


def _sweep(beside: Path) -> None:
    """Remove what a `connect` left that was killed."""
    with contextlib.suppress(OSError):
        for name in os.listdir(beside):
            if name.startswith(f".~{plugin.NAME}.") and name.endswith(".tmp"):
                _remove_tree(beside / name)


def disconnect(machine: Machine) -> list[str]:
    """Remove the plugin; files that somebody added stay, and are named."""
    where = folder(machine)
    if state(machine) not in ("ours", "outdated"):
        return []
    disk = RealDisk(where, LocalError)
    written = plugin.files(machine.program, __version__)
    for file in written:
        disk.delete(file.name)
    folders = {os.path.dirname(file.name) for file in written} - {""}
    remove_empty([*(str(where / name) for name in folders), str(where)])
    _remove_tree(machine.claude_dir / plugin.PLUGIN_DATA)
    if os.path.isdir(where):
        return [f"{where} holds files that memsync did not write; they stay"]
    return [f"{where} is removed"]


def remove_empty(folders: Sequence[str]) -> None:
    """Remove those of the folders that are empty; the innermost come first."""
    for path in folders:
        with contextlib.suppress(OSError):
            os.rmdir(path)

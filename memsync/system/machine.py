"""This machine: system, home, environment, folders, host name, clock. The only reader of them.

Everything below gets a `Machine` handed in, so that every system's behaviour runs on Linux in
tests. May not know: memsync's files, the providers, the network.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

from memsync.system.errors import LocalError, UsageError

System = Literal["mac", "windows", "linux"]
Look = Literal["folder", "absent", "unreadable"]
RegistryKeys = Mapping[str, Mapping[str, str]]

NAME: Final = "memsync"  # of its folders among those of other programs
FILE_PROVIDER: Final = ("CloudStorage", "Mobile Documents")
MOST_LINKS: Final = 40


def _no_registry(key: str) -> RegistryKeys:
    """The answer of a machine without a Windows registry."""
    del key
    return {}


def _no_program(argv: list[str]) -> str | None:
    """The answer of a machine on which no helper program may be run."""
    del argv
    return None


def quoted(path: Path | str, system: System | None = None) -> str:
    """A path as a person types it into a shell of that system; of this one, when none is given."""
    if system == "windows" or (system is None and os.name == "nt"):
        return f'"{path}"'
    import shlex  # only where something is wrong: each command starts with this file

    return shlex.quote(str(path))


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


class Machine(NamedTuple):
    """What memsync may know of the machine it runs on.

    `root` is where absolute system paths (/proc, /etc, /mnt, /Volumes, /Applications) begin, and
    `drives` are the roots of Windows drives; tests give folders of their own for both.
    `registry(key)` reads HKEY_CURRENT_USER: {sub-key name: {value name: text}}, with "" for the key
    itself, {} when there is none. `run(argv)` is the output of a short helper program, or None.
    """

    system: System
    home: Path
    env: Mapping[str, str]
    config_dir: Path
    state_dir: Path
    hostname: str = "host"
    root: Path = Path("/")
    drives: tuple[Path, ...] = ()
    registry: Callable[[str], RegistryKeys] = _no_registry
    run: Callable[[list[str]], str | None] = _no_program
    now: Callable[[], datetime] = utc_now
    program: tuple[str, ...] = ("memsync",)  # how this very memsync is started again

    def find_program(self, name: str) -> str:
        """Where a program lies on the PATH; "" when it is not there."""
        import shutil  # only `connect` and `doctor` ask

        return shutil.which(name, path=self.env.get("PATH", os.defpath)) or ""

    @property
    def claude_dir(self) -> Path:
        """Claude Code's folder: `$CLAUDE_CONFIG_DIR`, else `~/.claude`.

        Claude Code takes an empty value as the current folder and `~` literally (facts,
        claude-code.md 1), so neither is passed on. Raises `UsageError` for empty or relative.
        """
        value = self.env.get("CLAUDE_CONFIG_DIR")
        if value is None:
            return self.home / ".claude"
        path = self.expand(value)
        if not value.strip() or not path.is_absolute():
            raise UsageError(
                f"CLAUDE_CONFIG_DIR is {value!r}, which is not an absolute path",
                "unset CLAUDE_CONFIG_DIR, or set it to a path that begins with / or ~",
            )
        return path

    @property
    def literal_tilde(self) -> tuple[str, str] | None:
        """Where `CLAUDE_CONFIG_DIR` begins with `~`: that Claude Code does not expand it, and what
        to type.
        """
        if not self.env.get("CLAUDE_CONFIG_DIR", "").startswith("~"):
            return None
        command = (
            "setx CLAUDE_CONFIG_DIR " if self.system == "windows" else "export CLAUDE_CONFIG_DIR="
        )
        what = (
            "CLAUDE_CONFIG_DIR begins with ~, which Claude Code takes as it stands, so it "
            "reads no memory"
        )
        return what, f'{command}"{self.claude_dir}"'

    def expand(self, text: str) -> Path:
        """The path for text a person typed: a leading `~` is this machine's home."""
        if text == "~" or text.startswith(("~/", "~\\")):
            return self.home / text[2:]
        return Path(text)

    def look(self, path: Path) -> Look:
        """Whether a folder is there: a folder that may not be listed is `unreadable`, not
        absent.
        """
        try:
            with os.scandir(path):
                return "folder"
        except FileNotFoundError:  # Windows says so of a drive on which there is nothing yet, too
            return "folder" if os.path.isdir(path) else "absent"
        except (NotADirectoryError, ValueError):
            return "absent"
        except OSError:
            return "unreadable"

    def may_hang(self, path: Path) -> bool:
        """Whether a look at this path can wait for a network for ever: FUSE, or macOS's File
        Provider.

        Links are followed a step at a time, and what may hang is not touched itself.
        """
        if self.system == "windows":
            return False
        points = self._fuse_points() if self.system == "linux" else set()
        rest, here, links = [*reversed(path.parts)], Path(), 0
        while rest and links <= MOST_LINKS:
            part = rest.pop()
            here = here.parent if part == ".." else here / part
            if here in points or (self.system == "mac" and part in FILE_PROVIDER):
                return True
            with contextlib.suppress(OSError, ValueError):
                rest += reversed(Path(os.readlink(here)).parts)
                here, links = here.parent, links + 1
        return False

    def _fuse_points(self) -> set[Path]:
        rows = [
            line.split(" ") for line in (self.text(self.root / "proc/mounts") or "").splitlines()
        ]
        points = (
            row[1].replace("\\040", " ")
            for row in rows
            if len(row) > 2 and row[2].startswith("fuse.")
        )
        return {self.root / point.lstrip("/") for point in points}

    def names(self, path: Path) -> list[str]:
        """The sorted names in a folder; empty when it is absent or unreadable (ask `look`)."""
        try:
            return sorted(os.listdir(path))
        except (OSError, ValueError):
            return []

    def data(self, path: Path) -> bytes | None:
        """The bytes of another program's file, or None."""
        try:
            return path.read_bytes() if path.is_file() else None
        except (OSError, ValueError):
            return None

    def text(self, path: Path) -> str | None:
        """A small text file of another program, or None; wrong bytes are replaced, never raised."""
        data = self.data(path)
        return None if data is None else data.decode("utf-8", "replace")


def this_machine() -> Machine:
    """The real machine this process runs on."""
    env = dict(os.environ)
    systems: dict[str, System] = {"darwin": "mac", "win32": "windows"}
    system = systems.get(sys.platform, "linux")
    home = _home(env)
    windows = system == "windows"
    config_dir, state_dir = _own_folders(system, home, env)
    return Machine(
        system=system,
        home=home,
        env=env,
        config_dir=config_dir,
        state_dir=state_dir,
        hostname=host_name(),
        # -P: what lies in the working folder, a project of anybody's, is not imported
        program=(sys.executable, "-P", "-m", "memsync") if sys.executable else ("memsync",),
        drives=_drives() if windows else (),
        registry=_registry if windows else _no_registry,
        run=_run,
    )


def _own_folders(system: System, home: Path, env: Mapping[str, str]) -> tuple[Path, Path]:
    """Where settings and state belong: as platformdirs says, which Linux can do without.

    Its import is a seventh of a start, and there the rule is one line of the XDG Base Directory
    Specification: an absolute path in the variable, else the folder in the home.
    """
    if system == "linux" and "ANDROID_ROOT" not in env:
        places = (("XDG_CONFIG_HOME", ".config"), ("XDG_STATE_HOME", ".local/state"))
        found = [
            Path(given) if os.path.isabs(given := env.get(variable, "")) else home / below
            for variable, below in places
        ]
        return found[0] / NAME, found[1] / NAME
    import platformdirs

    return (
        Path(platformdirs.user_config_dir(NAME, appauthor=False)),
        Path(platformdirs.user_state_dir(NAME, appauthor=False)),
    )


def _home(env: Mapping[str, str]) -> Path:
    """This user's home. Raises `LocalError` where there is none, or where root is in somebody's."""
    home = Path(os.path.expanduser("~"))
    empty = os.name != "nt" and env.get("HOME") == ""  # Python takes the root folder then
    if empty or not home.is_absolute():  # or no HOME, and no entry in passwd (a container)
        given = repr(env["HOME"]) if "HOME" in env else "not set"
        raise LocalError(
            f"this user has no home folder (HOME is {given}), so memsync can keep nothing here",
            "export HOME=FOLDER   (one that this user may write to), then run it again",
        )
    caller = env.get("SUDO_USER") or env.get("DOAS_USER") or "root"
    if caller != "root" and hasattr(os, "geteuid") and os.geteuid() == 0 and _owner(home) > 0:
        raise LocalError(
            f"memsync runs as root in {home}, which is another user's: its files would be root's",
            f"run it as {caller}, without sudo   (or in root's own home: sudo -H memsync ...)",
        )
    return home


def _owner(path: Path) -> int:
    """The number of a folder's owner; -1 where that cannot be told."""
    try:
        return os.stat(path).st_uid
    except OSError:
        return -1


def host_name() -> str:
    """The name of this machine, in plain characters: a label for people."""
    # os.uname costs nothing; the socket module would cost 3 ms at each start.
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return "".join(c if c.isascii() and c.isprintable() else "_" for c in name).strip() or "host"


def _drives() -> tuple[Path, ...]:
    return tuple(Path(f"{letter}:/") for letter in "CDEFGHIJKLMNOPQRSTUVWXYZ")


def _registry(key: str) -> RegistryKeys:  # pragma: no cover - Windows only, run by the CI matrix
    if sys.platform != "win32":
        return {}
    import winreg

    found: dict[str, dict[str, str]] = {}
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as top:
            found[""] = _values(top)
            for index in range(winreg.QueryInfoKey(top)[0]):
                name = winreg.EnumKey(top, index)
                with winreg.OpenKey(top, name) as sub:
                    found[name] = _values(sub)
    except OSError:
        return found
    return found


def _values(key: object) -> dict[str, str]:  # pragma: no cover - Windows only
    if sys.platform != "win32":
        return {}
    import winreg

    count = winreg.QueryInfoKey(key)[1]
    rows = [winreg.EnumValue(key, index) for index in range(count)]
    return {name: str(value) for name, value, _ in rows}


def _run(argv: list[str]) -> str | None:
    import subprocess

    try:
        done = subprocess.run(argv, capture_output=True, timeout=3, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    if done.returncode:
        return None
    wide = b"\x00" in done.stdout[:4]  # cmd.exe /U answers in UTF-16
    return done.stdout.decode("utf-16-le" if wide else "utf-8", "replace")

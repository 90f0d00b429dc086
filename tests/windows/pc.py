"""A Windows machine for a test: a home, a cloud folder, the real program in its own process.

Under Linux the program runs in Wine (`setup.sh` makes the prefix), on Windows it simply runs. A
test looks at files, streams and the exit status, with the paths of the system that pytest runs on;
`spell` says how Windows writes such a path.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.systems import HOME_VARIABLES

KEY: Final = "sk-ant-test-0123456789abcdef"
SECONDS: Final = 100  # far more than any command takes: only a hang ends so
CHECKOUT: Final = Path(__file__).resolve().parents[2]
INSIDE: Final = Path(__file__).resolve().parent / "inside"
REAL: Final = sys.platform == "win32"
DRIVE_M: Final = "drive_m"  # beside Wine's drive_c
KEPT: Final = (
    "PATH",
    "SYSTEMROOT",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "USERNAME",
    "COMPUTERNAME",
)

MEMORY: Final = """\
# Global Memory

## Identity & context

- Ada, compiler engineer; maintains two open-source parsers
- Café owner at weekends, naïve about tax

## Current priorities

- Move to Lisbon in March

## Hard constraints

- Never push to main
- Ask before anything is deleted
"""


class Result(NamedTuple):
    """What a person sees of a command that has ended. Line ends are as the program wrote them."""

    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        """stdout and stderr as text, with plain line ends."""
        return (self.out + self.err).decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        return json.loads(self.out)


class Windows(NamedTuple):
    """Where Windows programs run. `prefix` is Wine's, None on real Windows."""

    wine: str
    prefix: Path | None

    def python(self) -> list[str]:
        """The command that starts Windows' Python."""
        return [self.wine, r"C:\Python311\python.exe"] if self.prefix else [sys.executable]

    def memsync_exe(self) -> list[str]:
        """The command that starts the program as pip installed it."""
        if self.prefix:
            return [self.wine, r"C:\Python311\Scripts\memsync.exe"]
        return [str(Path(sys.executable).with_name("Scripts") / "memsync.exe")]

    def any_program(self, path: str) -> list[str]:
        """The command that starts a program at a Windows path."""
        return [self.wine, path] if self.prefix else [path]

    def cmd(self) -> list[str]:
        """The command that starts the old shell."""
        return [self.wine, "cmd.exe"] if self.prefix else ["cmd.exe"]

    def spell(self, path: Path) -> str:
        """A path of this system as Windows writes it."""
        if self.prefix is None:
            return str(path)
        drive = self.prefix / "drive_c"
        inside = path.is_relative_to(drive)
        rest = path.relative_to(drive if inside else "/")
        return ("C:\\" if inside else "Z:\\") + str(rest).replace("/", "\\")

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The environment of a Windows process: little of this one's, and these variables."""
        env = {name: value for name, value in os.environ.items() if name.upper() in KEPT}
        path = ";".join(self.spell(folder) for folder in (CHECKOUT, INSIDE))
        env |= {"PYTHONPATH": path, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
        if self.prefix is None:
            return env | dict(variables)
        env |= {
            "PYTHONPYCACHEPREFIX": r"C:\cache",
            "INSIDE": json.dumps(dict(variables)),
            "WINEPREFIX": str(self.prefix),
            "WINEPATH": r"C:\Python311;C:\Python311\Scripts",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "LC_ALL": "C.UTF-8",
        }
        # What Python itself reads at its start cannot wait for INSIDE.
        return env | {name: text for name, text in variables.items() if name.startswith("PYTHON")}


class PC:
    """One machine. A second one with the same `cloud` shares its cloud folder."""

    def __init__(self, windows: Windows, root: Path, cloud: Path | None = None) -> None:
        self.windows = windows
        self.root = root
        self.home = root / "home"
        self.cloud = cloud or root / "cloud"
        self.home.mkdir(parents=True)
        self.cloud.mkdir(exist_ok=True)

    @property
    def folder(self) -> Path:
        """The memory folder."""
        dotted = self.cloud / ".claude-memory"
        return dotted if dotted.is_dir() else self.cloud / "claude-memory"

    @property
    def memory(self) -> Path:
        """The memory file."""
        return self.folder / "GLOBAL_MEMORY.md"

    @property
    def target(self) -> Path:
        """What Claude Code reads."""
        return self.home / ".claude" / "CLAUDE.md"

    @property
    def own(self) -> Path:
        """The folder of settings and of this machine's record."""
        return self.home / "AppData" / "Local" / "memsync"

    @property
    def body(self) -> str:
        """The memory without its footer, line ends plain."""
        text = self.memory.read_bytes().decode("utf-8").replace("\r\n", "\n")
        return text.partition("\n<!-- memsync:")[0]

    def notes(self) -> list[str]:
        """The texts of the notes, of every kind."""
        files = sorted((self.folder / "sessions").glob("*/*.md"))
        return [path.read_bytes().decode("utf-8") for path in files]

    def kept(self) -> bytes:
        """Every byte in the cloud folder and in the home: what must not be lost is in it."""
        files = [
            path
            for top in (self.cloud, self.home)
            for path in sorted(top.rglob("*"))
            if path.is_file()
        ]
        return b"\n".join(path.read_bytes() for path in files)

    def variables(self, **more: str) -> dict[str, str]:
        """The Windows environment of this machine. An empty value takes a variable's place, too."""
        homes = {
            name: self.windows.spell(self.home / below) if below else self.windows.spell(self.home)
            for name, below in HOME_VARIABLES.items()
            if name != "HOME"
        }
        return homes | {"MEMSYNC_API_KEY": KEY} | more

    def start(self, command: list[str], **more: str) -> subprocess.Popen[bytes]:
        """Start any Windows program on this machine, its streams being pipes."""
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.windows.environment(self.variables(**more)),
            cwd=self.home,
        )

    def python(self, script: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a script in Windows' Python."""
        return self.start([*self.windows.python(), "-c", textwrap.dedent(script), *words])

    def begin(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """Start `memsync` and do not wait for it."""
        return self.start([*self.windows.python(), "-m", "memsync", *words], **more)

    def run(self, *words: str, stdin: bytes = b"", **more: str) -> Result:
        """Run `memsync` to its end. It never ends in a traceback and never shows the key."""
        return end(self.begin(*words, **more), stdin)

    def ok(self, *words: str, stdin: bytes = b"", **more: str) -> Result:
        """Run a command that succeeds."""
        result = self.run(*words, stdin=stdin, **more)
        assert result.status == 0, result
        return result

    def init(self, memory: str = MEMORY) -> Result:
        """Set the machine up; its CLAUDE.md was there before."""
        self.target.parent.mkdir(exist_ok=True)
        self.target.write_bytes(memory.encode())
        return self.ok("init", "--sync-root", self.windows.spell(self.cloud))


def end(process: subprocess.Popen[bytes], stdin: bytes = b"") -> Result:
    """Wait for a command; it is killed when it hangs."""
    try:
        out, err = process.communicate(stdin, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()  # not read to its end: its own children may hold it
        process.wait()
        raise
    result = Result(process.returncode, out, err)
    assert b"Traceback" not in out + err, result.text
    assert KEY.encode() not in out + err
    return result


def wait_for(process: subprocess.Popen[bytes], word: bytes) -> None:
    """Wait until a script prints a line with this word."""
    assert process.stdout is not None
    late = threading.Timer(SECONDS, process.kill)
    late.start()
    try:
        while word not in (line := process.stdout.readline()):
            assert line, "the script ended before it said so"
    finally:
        late.cancel()

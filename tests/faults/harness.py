"""A pretend machine, and strace to kill the program, or to refuse a call, at a chosen place.

strace counts `when=N` for each call by name (facts, reliability.md 7), so a place is a name and a
number. An injection counts only when it fired.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from memsync.memory.text import notes
from memsync.memory.text.document import parse
from tests.e2e import warm

MUTATING = (
    "write",
    "pwrite64",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "fchmod",
    "chmod",
    "ftruncate",
    "truncate",
    "fsync",
    "fdatasync",
    "flock",
)
ERRORS = {
    "write": ("ENOSPC", "EIO", "EDQUOT", "EFBIG"),
    "fsync": ("EIO",),
    "rename": ("EACCES", "EROFS", "EXDEV", "EBUSY", "EPERM"),
    "mkdir": ("EACCES", "EROFS", "ENOSPC"),
    "unlink": ("EACCES", "EBUSY", "EPERM"),
    "symlink": ("EPERM", "EACCES", "ENOSPC"),
    "flock": ("ENOLCK", "EIO"),
    "fchmod": ("EPERM",),
}
SECONDS = 60


class Done(NamedTuple):
    """How one run ended. `fired`: the injection happened; None when there was none."""

    status: int
    out: str
    err: str
    fired: bool | None
    calls: Counter[str]


def missing() -> str:
    """Why strace cannot be used here, or ""."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    probe = subprocess.run(
        ["strace", "-f", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False
    )
    return (
        ""
        if probe.returncode == 0
        else f"strace cannot trace here: {probe.stderr.decode().strip()}"
    )


class Box:
    """One machine in a folder: home, cloud folder, settings, state.

    Saved once, put back for each fault.
    """

    def __init__(self, folder: Path, *, made: bool = False) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.cloud = self.home / "cloud"
        self.memory = self.cloud / "claude-memory"
        self.file = self.memory / "GLOBAL_MEMORY.md"
        self.saved = folder / "saved"
        self.claude: dict[str, str] = {}
        if not made:
            self.cloud.mkdir(parents=True)

    def environment(self, **more: str) -> dict[str, str]:
        """What the program sees: no key, no byte code written, no coverage (its own file would be
        hit, too).
        """
        keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **keep,
            "HOME": str(self.home),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.claude,
            **more,
        }

    def run(self, *words: str, inject: str = "", **more: str) -> Done:
        """Run memsync, traced;

        `inject` is strace's expression, such as `rename:signal=KILL:when=2`.
        """
        log = self.folder / "trace"
        only = inject.partition(":")[0] if inject else ",".join(MUTATING)
        tracer = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={only}"]
        if inject:  # strace's --seccomp-bpf would be faster, but injects nothing
            tracer += ["-e", f"inject={inject}"]
        command = warm.command(words[0])
        if command == warm.COLD:
            command = [*tracer, *command]
        else:  # the libraries are there already: strace begins to watch where memsync begins
            log.write_text("")
            more[warm.TRACER] = json.dumps(tracer)
        done = subprocess.run(
            [*command, *words],
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        text = log.read_text(errors="replace")
        calls = Counter(re.findall(r"^\d+ +([a-z0-9]+)\(", text, re.MULTILINE))
        killed = (
            done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
            or "+++ killed by SIGKILL" in text
        )
        fired = None if not inject else killed if "signal=KILL" in inject else "(INJECTED)" in text
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), fired, calls)

    def plain(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run memsync, unharmed."""
        return subprocess.run(
            [*warm.command(words[0]), *words],
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def save(self) -> None:
        """Keep this state;

        `put_back` returns to it (at the same path: the state folder is named by it).
        """
        shutil.copytree(self.home, self.saved, symlinks=True)

    def put_back(self) -> None:
        """Return to the saved state."""
        shutil.rmtree(self.home)
        shutil.copytree(self.saved, self.home, symlinks=True)

    def notes(self) -> dict[str, str]:
        """Every whole note on this machine, in the memory folder or the outbox: its text by
        its id.
        """
        found: dict[str, str] = {}
        for path in (
            *self.memory.glob("sessions/*/*.md"),
            *self.home.glob(".local/state/memsync/outbox/*/*.md"),
        ):
            name = notes.FILE.fullmatch(path.name)
            note = notes.parse(path.read_bytes(), name[2]) if name else None
            if note is not None:
                found[note.id] = note.text
        return found

    def kept_bytes(self) -> set[bytes]:
        """Every version and conflict copy there is."""
        return {
            path.read_bytes()
            for path in (*self.memory.glob("backups/*.md"), *self.memory.glob("conflicts/*.md"))
        }

    def status(self) -> dict[str, object]:
        """What `status --json` says."""
        done = self.plain("status", "--json")
        found: dict[str, object] = json.loads(done.stdout)
        return found

    def memory_is_whole(self) -> bool:
        """Whether the memory is there with one valid footer and the body that it describes, or as a
        person left it.
        """
        memory = parse(self.file.read_bytes())
        return memory.footer is not None


def places(calls: Counter[str]) -> list[tuple[str, int]]:
    """Every place at which a run can be stopped: the calls it made, by name and number."""
    return [(name, number) for name in MUTATING for number in range(1, calls[name] + 1)]


def family(name: str) -> str:
    """The errors of `renameat2` are those of `rename`, and so on."""
    for one in ERRORS:
        if name.startswith(one) or (name == "pwrite64" and one == "write"):
            return one
    return ""

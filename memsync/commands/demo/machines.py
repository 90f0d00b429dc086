"""A pretend machine: a home of its own, and the real program run in it.

Nothing of the person's own machine gets in: not the home, not the settings, not the keys.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from memsync.system.errors import LocalError
from memsync.system.machine import Machine

# For one command; the first import of the SDK after an installation takes long
SECONDS: Final = 90.0
KEY: Final = "a-made-up-key-for-the-demo"

_FOREIGN: Final = (
    "ANTHROPIC_",
    "CLAUDE",
    "MEMSYNC_",
    "XDG_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
)


class Done(NamedTuple):
    """What a command printed, on stdout and stderr, and its exit status."""

    status: int
    text: str


class PretendMachine(NamedTuple):
    """A folder that stands for a machine. `url` is where its Claude answers."""

    name: str
    home: Path
    env: Mapping[str, str]
    url: str

    @property
    def claude_md(self) -> Path:
        """What Claude Code would read on this machine."""
        return self.home / ".claude" / "CLAUDE.md"

    def reads(self) -> bytes:
        """The bytes that Claude Code would read; none when there is nothing to read."""
        return self.claude_md.read_bytes() if self.claude_md.is_file() else b""

    def run(self, *words: str) -> Done:
        """Run `memsync` with these words on this machine.

        Raises `LocalError` when it does not end.
        """
        command = [sys.executable, "-m", "memsync", *words]
        try:
            done = subprocess.run(
                command,
                cwd=self.home,
                env=own_environment(self),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            what = (
                f"memsync {words[0]} did not end within {SECONDS:.0f} s on the pretend {self.name}"
            )
            raise LocalError(what, "memsync demo --keep") from None
        return Done(done.returncode, done.stdout.decode("utf-8", "replace").replace("\r\n", "\n"))


def make(name: str, home: Path, machine: Machine, url: str) -> PretendMachine:
    """A new pretend machine whose home is this folder."""
    home.mkdir(mode=0o700)
    return PretendMachine(name, home, machine.env, url)


def own_environment(pretend: PretendMachine) -> dict[str, str]:
    """The environment of a pretend machine: the real one without whatever leads to a person's own
    things.
    """
    env = {
        name: value for name, value in pretend.env.items() if not name.upper().startswith(_FOREIGN)
    }
    home = str(pretend.home)
    local, roaming = (str(pretend.home / "AppData" / part) for part in ("Local", "Roaming"))
    env |= {
        "HOME": home,
        "USERPROFILE": home,
        "LOCALAPPDATA": local,
        "APPDATA": roaming,
        # platformdirs asks Windows itself, whatever the two above say; these it believes.
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": local,
        "WIN_PD_OVERRIDE_APPDATA": roaming,
        "NO_PROXY": "127.0.0.1",
        "PYTHONIOENCODING": "utf-8",
        "ANTHROPIC_BASE_URL": pretend.url,
        "MEMSYNC_API_KEY": KEY,
    }
    here = Path(__file__).resolve().parents[2]
    # A checkout: the same program, not another one
    if here.name not in ("site-packages", "dist-packages"):
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(here), env.get("PYTHONPATH", ""))))
    return env

"""The real Claude Code: the versions that are tested, and where npm has put them.

They lie in a cache outside the checkout (`MEMSYNC_TEST_CLAUDE_CACHE`, else `memsync-claude-code` in
the user's cache), one folder a version, installed on first use.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from memsync.system.lock import lock

VERSIONS: Final = ("latest", "2.1.197")
PACKAGE: Final = "@anthropic-ai/claude-code"
INSTALL_SECONDS: Final = 600
FRESH_SECONDS: Final = 7 * 24 * 3600  # `latest` is asked for again after a week
_REAL_HOME: Final = Path(os.path.expanduser("~"))


def cache() -> Path:
    """Where the programs lie. Asked for when tests are collected, while HOME is the real one."""
    named = os.environ.get("MEMSYNC_TEST_CLAUDE_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(named) if named else _REAL_HOME / ".cache"
    return base / "memsync-claude-code"


CACHE: Final = cache()


def installed(version: str) -> Path | None:
    """The program of a version, or None where it is not there and npm cannot bring it."""
    with lock(str(CACHE / "lock"), INSTALL_SECONDS):  # another worker may bring it just now
        return _installed(CACHE / version, version)


def _installed(folder: Path, version: str) -> Path | None:
    program = folder / "node_modules" / ".bin" / "claude"
    npm = shutil.which("npm")
    if npm is not None and not (program.exists() and _is_fresh(folder, version)):
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund"]
        env = {**os.environ, "HOME": str(_REAL_HOME)}
        subprocess.run(
            [*command, f"{PACKAGE}@{version}"],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    return program if program.exists() else None


def _is_fresh(folder: Path, version: str) -> bool:
    if version != "latest":
        return True
    lock = folder / "package-lock.json"
    return lock.exists() and time.time() - lock.stat().st_mtime < FRESH_SECONDS

"""Where a system keeps things, and what a test needs that not every system has: a skip says it
loudly.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

HOME_VARIABLES = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    # platformdirs asks Windows itself, whatever the two above say; these it believes.
    "WIN_PD_OVERRIDE_APPDATA": "AppData/Roaming",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "AppData/Local",
}
"""What says where a home is, and which folder of it each names."""


def own_folders(system: str, home: Path) -> tuple[Path, Path]:
    """Where memsync keeps its settings and its record of a machine; on two systems that is one
    folder.
    """
    if system == "win32":
        return home / "AppData" / "Local" / "memsync", home / "AppData" / "Local" / "memsync"
    if system == "darwin":
        return (home / "Library" / "Application Support" / "memsync",) * 2
    return home / ".config" / "memsync", home / ".local" / "state" / "memsync"


def posix_only(what: str) -> pytest.MarkDecorator:
    """Skip on Windows."""
    return pytest.mark.skipif(sys.platform == "win32", reason=f"NOT TESTED ON WINDOWS: {what}")


def linux_only(what: str) -> pytest.MarkDecorator:
    """Skip on macOS and Windows."""
    return pytest.mark.skipif(
        sys.platform != "linux", reason=f"NOT TESTED ON THIS SYSTEM ({sys.platform}): {what}"
    )


def can_become_another_user() -> bool:
    """Whether a command can run as somebody else."""
    return hasattr(os, "getuid") and os.getuid() == 0 and shutil.which("setpriv") is not None

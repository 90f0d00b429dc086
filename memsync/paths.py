"""
Path resolution for memsync.
Handles Mac, Windows, and OneDrive sync layer.
"""

import os
import platform
from pathlib import Path


def get_platform() -> str:
    system = platform.system()
    if system == "Darwin":
        return "mac"
    elif system == "Windows":
        return "windows"
    else:
        return "linux"


def get_onedrive_root() -> Path:
    """
    Resolve the OneDrive root directory cross-platform.
    Checks env vars first (most reliable), then common default paths.
    """
    if get_platform() == "windows":
        onedrive = os.environ.get("OneDrive") or os.environ.get("ONEDRIVE")
        if onedrive:
            return Path(onedrive)
        candidates = [
            Path.home() / "OneDrive",
            Path("C:/Users") / os.environ.get("USERNAME", "") / "OneDrive",
        ]
    else:
        candidates = [
            Path.home() / "OneDrive",
            Path.home() / "Library" / "CloudStorage" / "OneDrive-Personal",
        ]
        cloud_storage = Path.home() / "Library" / "CloudStorage"
        if cloud_storage.exists():
            for d in cloud_storage.iterdir():
                if d.name.startswith("OneDrive"):
                    candidates.insert(0, d)

    for path in candidates:
        if path.exists():
            return path

    raise FileNotFoundError(
        "OneDrive directory not found. "
        "Set MEMSYNC_ONEDRIVE env var to your OneDrive path."
    )


def get_memory_paths() -> dict[str, Path]:
    """
    Returns all relevant paths for memsync.
    MEMSYNC_ONEDRIVE env var overrides auto-detection.
    """
    onedrive_override = os.environ.get("MEMSYNC_ONEDRIVE")
    onedrive_root = Path(onedrive_override) if onedrive_override else get_onedrive_root()
    memory_root = onedrive_root / ".claude-memory"

    if get_platform() == "windows":
        claude_config = Path.home() / ".claude"
    else:
        claude_config = Path.home() / ".claude"

    return {
        "onedrive_root": onedrive_root,
        "memory_root": memory_root,
        "global_memory": memory_root / "GLOBAL_MEMORY.md",
        "backups": memory_root / "backups",
        "session_log": memory_root / "sessions",
        "claude_config": claude_config,
        "claude_md": claude_config / "CLAUDE.md",
    }


def ensure_directories(paths: dict[str, Path]) -> None:
    for key in ("memory_root", "backups", "session_log"):
        paths[key].mkdir(parents=True, exist_ok=True)

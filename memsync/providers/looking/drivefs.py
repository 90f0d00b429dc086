"""What Google Drive for desktop says of itself: drive letters, mount points, mirrored folders.

May not know: what a My Drive is called. Sources: files-community/Files GoogleDriveCloudDetector.cs
and its issue 15771 (the registry value, the tables `roots` and `media`). The database is read into
memory, so nothing of Google's is locked or written; what it holds only in its journal is not seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from memsync.providers.looking.areas import Area
from memsync.system.machine import Machine

REGISTRY = r"Software\Google\DriveFS"
FOLDERS = {"windows": "{local}", "mac": "~"}
DATABASE = {
    "windows": "Google/DriveFS/root_preference_sqlite.db",
    "mac": "Library/Application Support/Google/DriveFS/root_preference_sqlite.db",
}


def mount_points(machine: Machine, area: Area) -> list[Path]:
    """Where the registry says that accounts are mounted: a path, or a bare drive letter."""
    text = machine.registry(REGISTRY).get("", {}).get("PerAccountPreferences", "")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return []
    points: list[Path] = []
    for entries in told.values() if isinstance(told, dict) else [told]:
        for entry in entries if isinstance(entries, list) else []:
            value = entry.get("value") if isinstance(entry, dict) else None
            point = value.get("mount_point_path") if isinstance(value, dict) else None
            points += _place(point, machine, area) if isinstance(point, str) else []
    return points


def _place(point: str, machine: Machine, area: Area) -> list[Path]:
    if len(point.rstrip(":\\/")) == 1:
        letter = point[0].upper()
        return [
            drive for drive in machine.drives if (drive.drive or drive.name)[:1].upper() == letter
        ]
    path = area.path(point)
    return [path] if path else []


def mirrored(machine: Machine, area: Area) -> Iterator[Path]:
    """The folders that mirror a My Drive, wherever their owner moved them."""
    for base in area.bases.get(FOLDERS.get(area.system, "?"), ()):
        data = machine.data(base / DATABASE[area.system])
        for text in _roots(data) if data else ():
            path = area.path(text)
            if path:
                yield path


def _roots(data: bytes) -> list[str]:
    import sqlite3

    # Bytes 18 and 19 say that there is a journal beside the file; in memory there is none.
    data = data[:18] + b"\x01\x01" + data[20:]
    query = (
        "SELECT last_seen_absolute_path FROM roots WHERE is_my_drive = 1 ORDER BY "
        "last_seen_absolute_path"
    )
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            return [path for (path,) in database.execute(query) if isinstance(path, str) and path]
    except sqlite3.Error:
        return []

"""Files of one folder each: opened, read, listed, written, moved, removed.

Knows nothing of what the bytes mean. Others import from here; `real` is the only room that opens
notes, versions, records or CLAUDE.md (the lock and the log of a bug open their own).
"""

from memsync.system.disk.beneath import (
    Kind,
    Links,
    narrow,
    refuse_strange,
    sync_folder,
    sync_handle,
)
from memsync.system.disk.contract import (
    ANYTHING,
    STALE_TEMP_SECONDS,
    TEMP_NAME,
    Anything,
    Changed,
    Disk,
    Expected,
)
from memsync.system.disk.files import Bound, make_folders, temp_name
from memsync.system.disk.real import RealDisk
from memsync.system.disk.refusals import too_large

__all__ = [
    "ANYTHING",
    "STALE_TEMP_SECONDS",
    "TEMP_NAME",
    "Anything",
    "Bound",
    "Changed",
    "Disk",
    "Expected",
    "Kind",
    "Links",
    "RealDisk",
    "make_folders",
    "narrow",
    "refuse_strange",
    "sync_folder",
    "sync_handle",
    "temp_name",
    "too_large",
]

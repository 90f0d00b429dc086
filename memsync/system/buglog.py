"""The log of a bug: what Python says of it, in the state folder, 0600, without the key."""

from __future__ import annotations

import os
import re
import tempfile
import traceback

_KEY = re.compile(r"sk-[A-Za-z0-9_-]{8,}|Bearer \S+")


def write(error: BaseException) -> str:
    """Write the traceback to a log file of its own; the path, or why there is none."""
    text = "".join(traceback.format_exception(error))
    for name in ("MEMSYNC_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        if value := os.environ.get(name, "").strip():
            text = text.replace(value, "[key]")
    text = _KEY.sub("[key]", text)
    try:
        from memsync.system.machine import this_machine

        folder = this_machine().state_dir
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix="bug-", suffix=".log", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except Exception as failure:  # noqa: BLE001 - the person gets two lines in any case
        return f"no log could be written: {type(failure).__name__}"
    return path

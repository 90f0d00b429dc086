"""Work that outlives its parent: started detached, its words in a log, nothing of ours held open.

Claude Code kills what a hook leaves in its process group or session, and waits for whatever holds
the hook's streams (facts, claude-code-332.md 3). So: fork, setsid, fork again, own streams.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from memsync.system.disk import make_folders

MOST_LOG_BYTES: Final = 512 * 1024


def start(command: Sequence[str], env: Mapping[str, str], log: str) -> bool:
    """Start a command that lives on by itself; False where the system refuses.

    It runs in the root folder, not in the caller's. Its output goes to the end of `log`, 0600,
    begun anew once it is large.
    """
    try:
        make_folders(os.path.dirname(log))
        if sys.platform == "win32":
            return _on_windows(command, env, log)
        return _twice_forked(command, env, log)
    except OSError:
        return False


def output(command: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end, without input: its status and its stdout. Its stderr is ours."""
    import subprocess  # a hook that starts nothing does not wait for it

    done = subprocess.run(
        list(command),
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


def _open_log(log: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(log, flags, 0o600)
    if os.fstat(handle).st_size > MOST_LOG_BYTES:
        with contextlib.suppress(OSError):
            os.truncate(handle, 0)
    return handle


def _on_windows(
    command: Sequence[str], env: Mapping[str, str], log: str
) -> bool:  # pragma: no cover - Windows only
    if sys.platform == "win32":
        import subprocess

        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        handle = _open_log(log)
        try:
            subprocess.Popen(
                list(command),
                env=dict(env),
                cwd=os.path.dirname(log),
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                creationflags=flags,
                close_fds=True,
            )
        finally:
            os.close(handle)
    return True


def _twice_forked(command: Sequence[str], env: Mapping[str, str], log: str) -> bool:
    handle = _open_log(log)
    child = os.fork()
    if child:
        os.close(handle)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    status = 127
    try:  # from here on in the child: no exception may leave it
        os.setsid()
        if os.fork():
            os._exit(0)
        os.chdir("/")
        nowhere = os.open(os.devnull, os.O_RDONLY)
        for to, stream in ((nowhere, 0), (handle, 1), (handle, 2)):
            os.dup2(to, stream)
        os.closerange(3, 1024)
        os.execvpe(command[0], list(command), dict(env))  # noqa: S606 - no shell: a list
    except OSError:
        status = 126
    finally:
        os._exit(status)

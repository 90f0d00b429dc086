"""A Python that has loaded the libraries already, and forks a refresh whenever one is asked for.

Each refresh with notes imports the SDK, which costs one to three seconds of a core; with hundreds of them
in the tests that was most of their time. Nothing of memsync is loaded before: each command loads its modules
anew, in a process of its own, with its own environment, streams and folder.

    subprocess.run([*warm.command("refresh"), "refresh"], env=..., ...)

With TRACER in its environment, a list of words in JSON, the command starts once that tracer (strace, which gets
`-p PID`) watches it. Tests that measure, kill, or set up Python itself start `python -m memsync` instead (World.start).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import inspect
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NoReturn

from tests.e2e import warm_client
from tests.uncounted import COUNTING, uncounted

COLD: Final = [sys.executable, "-m", "memsync"]
CLIENT: Final = [sys.executable, "-I", "-S", warm_client.__file__]
IMPORT_THE_SDK: Final = ("refresh",)
SMALL: Final = ("coverage", "platformdirs", "tomli_w", "argparse", "json", "tomllib", "hashlib")
LARGE: Final = ("anthropic", "markdown_it", "rich.console")
TRACER: Final = "WARM_TRACER"


def command(name: str) -> list[str]:
    """The words that stand for `python -m memsync` before a command of this name, and for those very words in most.

    With coverage, which takes longer to load than such a command runs, they are forked too.
    """
    if not hasattr(os, "pidfd_open"):
        return COLD
    if name in IMPORT_THE_SDK:
        return [*CLIENT, _address((*SMALL, *LARGE))]
    if any(variable.startswith(COUNTING) for variable in os.environ):
        return [*CLIENT, _address(SMALL)]
    return COLD


@functools.cache
def _address(libraries: tuple[str, ...]) -> str:
    """Start a server of this process that has loaded these; it ends when this process does."""
    folder = tempfile.mkdtemp(prefix="warm-")
    address = os.path.join(folder, "socket")
    run = [sys.executable, "-m", "tests.e2e.warm", address, *libraries]
    server = subprocess.Popen(
        run,
        env=uncounted(os.environ),
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n", "the warm server did not start"
    atexit.register(server.wait, 10)
    atexit.register(server.stdin.close)
    return address


def _serve(address: str) -> warm_client.Job | None:
    """Fork for each request. Returns in the process that shall run a command, and, without one, at the end."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        os.write(1, b"ready\n")
        while True:
            watched: list[socket.socket | int] = [listener, 0]
            if 0 in select.select(watched, [], [])[0]:  # the tests are over
                _reap()
                os.unlink(address)
                os.rmdir(os.path.dirname(address))
                return None
            connection, _ = listener.accept()
            if os.fork() == 0:
                return _keep(connection)
            connection.close()
            _reap()


def _reap() -> None:
    """Take in who has ended, and with them their processor time: whoever measures the tests sees it."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(connection: socket.socket) -> warm_client.Job:
    """Fork the command and tell its status; kill it when nobody waits for it any more. Returns in the command."""
    job, streams = warm_client.receive(connection)
    tracer = json.loads(job.environment.pop(TRACER, "[]"))
    go, ready = os.pipe()
    pid = os.fork()
    if pid == 0:
        connection.close()
        os.close(ready)
        os.read(go, 1)  # or the end of the file, when nobody traces
        os.close(go)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        return job
    for stream in streams:
        os.close(stream)
    watching = subprocess.Popen([*tracer, "-p", str(pid)], stderr=subprocess.DEVNULL) if tracer else None
    while watching is not None and _tracer_of(pid) == 0 and watching.poll() is None:
        time.sleep(0.005)
    os.close(ready)
    ended = os.pidfd_open(pid)
    watched: list[socket.socket | int] = [ended, connection]
    if ended not in select.select(watched, [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if watching is not None:
        watching.wait()
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(status).encode())
    os._exit(0)


def _tracer_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("TracerPid:")[2].split(maxsplit=1)[0])


def _become(job: warm_client.Job) -> NoReturn:
    """Be `python -m memsync` with these words, to its end."""
    os.environ.clear()
    os.environ.update(job.environment)
    time.tzset()
    os.chdir(job.folder)
    if os.environ.get("PYTHONUNBUFFERED"):
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(write_through=True)  # type: ignore[union-attr]
    if any(name.startswith(COUNTING) for name in os.environ):
        importlib.import_module("coverage").process_startup(force=True)
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.argv = ["memsync", *job.words]
    sys.path[0] = job.folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    try:
        runpy.run_module("memsync", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, int):
            _leave(end.code)
        raise
    sys.exit()


def _leave(status: int) -> None:
    """End without taking apart, and so copying, all that was loaded: that takes twice as long as the command did."""
    atexit._run_exitfuncs()
    with contextlib.suppress(Exception):  # a stream that takes nothing is for Python itself to tell
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Load the libraries, then serve."""
    address, *libraries = sys.argv[1:]
    for name in libraries:
        importlib.import_module(name)
    inspect.stack()  # coverage asks it when it begins: which file each module is of is found out once, not in each
    gc.collect()
    gc.freeze()  # the commands would copy all of it when they end, page by page
    job = _serve(address)
    if job is not None:
        _become(job)


if __name__ == "__main__":
    main()

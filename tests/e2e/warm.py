"""A Python that has loaded memsync and its libraries already, and forks a command whenever one is
asked for.

The SDK alone costs one to three seconds of a core, and memsync a tenth of one; with thousands of
commands in the tests that was most of their time. Each command is a process of its own, with its
own environment, streams and folder, and no module of memsync looks at any of these while it loads.

    status, out, err = warm.Fork(warm.server("refresh"), Job(["refresh"], environment, folder),
    None).communicate(60) subprocess.run([*warm.command("refresh"), "refresh"], env=..., ...)

With TRACER in its environment, a list of words in JSON, the command starts once that tracer
(strace, which gets `-p PID`) watches it; with MEMORY, a number of bytes, it may take no more; with
TERMINAL its streams are a terminal, which becomes its own, so that Ctrl-C reaches it. Tests that
measure, kill, set up Python itself, or ask what is loaded, start `python -m memsync` instead
(World.start).
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
import pkgutil
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from tests.e2e import warm_client
from tests.e2e.counting import Counting
from tests.uncounted import COUNTING_WITH, SETTINGS, uncounted

COLD: Final = [sys.executable, "-m", "memsync"]
CLIENT: Final = [sys.executable, "-I", "-S", warm_client.__file__]
IMPORT_THE_SDK: Final = ("refresh", "doctor", "config")
SMALL: Final = (
    "coverage",
    "platformdirs",
    "tomli_w",
    "argparse",
    "json",
    "tomllib",
    "hashlib",
    "markdown_it",
    "difflib",
)
LARGE: Final = ("anthropic", "rich.console")
TRACER: Final = "WARM_TRACER"
MEMORY: Final = "WARM_MEMORY"
TERMINAL: Final = "WARM_TERMINAL"


def command(name: str) -> list[str]:
    """The words that stand for `python -m memsync` before a command of this name, and for those
    very words in some.
    """
    address = server(name)
    return [*CLIENT, address] if address else COLD


def server(name: str, user: int = 0) -> str:
    """The address of the Python that forks commands of this name; empty where none does. `user`:
    who runs them, where this process is root.

    With coverage, which takes longer to load than such a command runs, all are forked.
    """
    if not hasattr(os, "pidfd_open"):
        return ""
    return _address((*SMALL, *LARGE) if name in IMPORT_THE_SDK else SMALL, user)


def at_terminal(address: str, job: warm_client.Job, terminal: int) -> socket.socket:
    """Ask for a command that has this terminal as its own; its status comes through the socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    own = job._replace(environment={**job.environment, TERMINAL: "1"})
    warm_client.send(connection, own, [terminal] * 3)
    return connection


def become(user: int) -> list[str]:
    """The words before a command that root has another user run."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


class Fork:
    """A command that this process asked a warm Python for, with no process between;

    `stdin` None: an empty one.
    """

    def __init__(self, address: str, job: warm_client.Job, stdin: bytes | None) -> None:
        empty = os.open(os.devnull, os.O_RDONLY)
        pipes = [os.pipe() for _ in range(3)]
        (self._read_in, self._in), (self._out, out), (self._err, err) = pipes
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(address)
        warm_client.send(
            self._connection, job, [empty if stdin is None else self._read_in, out, err]
        )
        for number in (empty, self._read_in, out, err):
            os.close(number)
        with open(self._in, "wb") as stream:
            stream.write(stdin or b"")  # less than a pipe holds, or the command reads it at once

    def communicate(self, seconds: float) -> tuple[int, bytes, bytes]:
        """Its status, and what it wrote to stdout and stderr.

        It is killed, and TimeoutError raised, when it hangs.
        """
        end = time.monotonic() + seconds
        written: dict[int, list[bytes]] = {self._out: [], self._err: []}
        left = set(written)
        with self._connection:
            while left:
                readable = select.select(left, [], [], max(0.0, end - time.monotonic()))[0]
                if not readable:
                    raise TimeoutError(f"the command took more than {seconds} s")
                for number in readable:
                    written[number].append(os.read(number, 1 << 16))
                    if not written[number][-1]:
                        left.remove(number)
                        os.close(number)
            self._connection.settimeout(max(0.1, end - time.monotonic()))
            status = int(json.loads(self._connection.recv(64)))
        return status, b"".join(written[self._out]), b"".join(written[self._err])


@functools.cache
def _address(libraries: tuple[str, ...], user: int) -> str:
    """Start a server of this process that has loaded these; it ends when this process does."""
    folder = tempfile.mkdtemp(prefix="warm-")
    address = os.path.join(folder, "socket")
    run = [sys.executable, "-m", "tests.e2e.warm", address, SETTINGS, *libraries]
    if user:
        os.chown(folder, user, user)
        run = [*become(user), sys.executable, "-B", *run[1:]]
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


class _Running(NamedTuple):
    """A command that was forked, who asked for it, and what watches it."""

    pid: int
    connection: socket.socket
    tracer: subprocess.Popen[bytes] | None

    def end(self, counter: Counting | None) -> None:
        """Tell its status to whoever asked, and count what it ran."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if counter is not None:
            counter.gather(self.pid)
        if self.tracer is not None:
            self.tracer.wait()
        with contextlib.suppress(OSError):
            self.connection.sendall(json.dumps(status).encode())
        self.connection.close()


def _serve(address: str, counter: Counting | None) -> warm_client.Job | None:
    """Fork for each request.

    Returns in the process that shall run a command, and, without one, at the end.
    """
    running: dict[int, _Running] = {}  # by what becomes readable when it ends
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        os.write(1, b"ready\n")
        while True:
            asking = {one.connection: one.pid for one in running.values()}
            watched: list[socket.socket | int] = [0, listener, *running, *asking]
            happened = select.select(watched, [], [])[0]
            if 0 in happened:  # the tests are over
                for pid in asking.values():
                    os.kill(pid, signal.SIGKILL)
                return None
            # Nobody waits for the command any more
            for connection in asking.keys() & set(happened):
                os.kill(asking[connection], signal.SIGKILL)
            for ended in running.keys() & set(happened):
                running.pop(ended).end(counter)
                os.close(ended)
            if listener in happened:
                connection, _ = listener.accept()
                job, streams = warm_client.receive(connection)
                begun = _fork(job, streams, connection)
                if begun is None:
                    for number, one in running.items():
                        os.close(number)
                        one.connection.close()
                    return job
                running[os.pidfd_open(begun.pid)] = begun


def _fork(job: warm_client.Job, streams: list[int], connection: socket.socket) -> _Running | None:
    """None in the process that shall run the command: it has the streams of who asked, and its
    tracer watches it.
    """
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
        if job.environment.pop(TERMINAL, ""):
            os.login_tty(0)
        if most := job.environment.pop(MEMORY, ""):
            import resource  # there is none on Windows

            resource.setrlimit(resource.RLIMIT_AS, (int(most), int(most)))
        return None
    for number in (*streams, go):
        os.close(number)
    watching = (
        subprocess.Popen([*tracer, "-p", str(pid)], stderr=subprocess.DEVNULL) if tracer else None
    )
    while watching is not None and _tracer_of(pid) == 0 and watching.poll() is None:
        time.sleep(0.005)
    os.close(ready)
    return _Running(pid, connection, watching)


def _tracer_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("TracerPid:")[2].split(maxsplit=1)[0])


def _load_all() -> None:
    """Load every module of memsync but the one that begins it."""
    for module in pkgutil.walk_packages(importlib.import_module("memsync").__path__, "memsync."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)


def _rehearse(sdk: bool) -> None:
    """Do once what each command would be the first to do: compile patterns, and have the SDK make
    its classes. That is half of the time of a forked refresh.
    """
    from memsync.system.late import Late

    for one in gc.get_objects():
        if isinstance(one, Late):
            one.match(one.compiled.pattern[:0])
    if sdk:
        _call_the_standin()


def _call_the_standin() -> None:
    from memsync.merge.claude import ask, check
    from memsync.merge.keys import Key
    from memsync.merge.models import ACTIVE_MODELS
    from memsync.merge.prompt import user_message
    from tests.standin import StandIn

    key = Key("api_key", "sk-ant-rehearsal", "nowhere")
    with StandIn("merged") as api:
        os.environ["ANTHROPIC_BASE_URL"] = api.url
        check(key)
        ask(
            "",
            user_message("# Memory", []),
            key=key,
            model=ACTIVE_MODELS[0],
            max_tokens=99,
            timeout=60,
            progress=lambda lines: None,
        )
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join()  # a fork would not have it


def _become(job: warm_client.Job, counter: Counting | None) -> NoReturn:
    """Be `python -m memsync` with these words, to its end."""
    os.environ.clear()
    os.environ.update(job.environment)
    time.tzset()
    os.chdir(job.folder)
    if sys.stdout.isatty():  # it was a pipe when this Python began
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if os.environ.get("PYTHONUNBUFFERED"):
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(write_through=True)  # type: ignore[union-attr]
    if counter is not None and COUNTING_WITH in os.environ:
        counter.begin()
        atexit.register(counter.leave)
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
    """End without taking apart, and so copying, all that was loaded: that takes twice as long as
    the command did.
    """
    atexit._run_exitfuncs()
    with contextlib.suppress(Exception):  # a stream that takes nothing is for Python itself to tell
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Load the libraries, then serve."""
    address, settings, *libraries = sys.argv[1:]
    for name in libraries:
        importlib.import_module(name)
    # Coverage asks it when it begins: which file each module is of is found out once, not in each
    inspect.stack()
    counter = Counting(settings, os.path.dirname(address)) if settings else None
    _load_all()
    if counter is not None:
        counter.take_stock()
    _rehearse("anthropic" in libraries)
    gc.collect()
    gc.freeze()  # the commands would copy all of it when they end, page by page
    job = _serve(address, counter)
    if job is not None:
        _become(job, counter)
    if counter is not None:
        counter.save()
    shutil.rmtree(os.path.dirname(address))


if __name__ == "__main__":
    main()

"""Safety for every test: a home of its own, no key; the real memories and the network are out of
reach.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import platformdirs
import pytest
from hypothesis import HealthCheck, settings

from tests import drawn
from tests.systems import HOME_VARIABLES
from tests.uncounted import TESTS, counting_nothing

_REAL_HOME = os.path.expanduser("~")
_REAL = tuple(
    os.path.abspath(path)
    for path in (
        os.path.join(_REAL_HOME, ".claude"),
        platformdirs.user_config_dir("memsync", appauthor=False),
        platformdirs.user_state_dir("memsync", appauthor=False),
    )
)
_WATCHED = frozenset(
    {
        "open",
        "os.listdir",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.scandir",
        "os.symlink",
        "os.truncate",
    }
)
_OURS = ("ANTHROPIC_", "MEMSYNC_", "CLAUDE_", "XDG_")
# Begun last, one of them would keep one core for a minute while the others had nothing left to do
_LONG = (
    "tests/simulation/test_simulation.py",
    "tests/e2e/test_faults.py",
    "tests/e2e/test_demo.py",
    "tests/e2e/test_chaos.py",
    "tests/hostile/test_field.py",
    "tests/test_docs.py",
    "tests/test_mutants.py",
    "tests/claude_code/test_ends.py",
)


class OutOfBoundsError(BaseException):
    """A test reached for the developer's own memory, or for the network.

    No `except Exception` may hide it.
    """


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect":
        _check_address(args[1])
    if event not in _WATCHED:
        return
    for path in args:
        if isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path).startswith(_REAL):
            raise OutOfBoundsError(f"{event}: {os.fsdecode(path)}")


def _check_address(address: object) -> None:
    if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise OutOfBoundsError(f"a connection to {address[0]}, which is not this machine")


sys.addaudithook(_watch)

# How fast inputs are made says how busy the machine is
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

# A shell script's background job; every command would inherit it
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """The workers inherit it, and the programs that tests start do not care."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        os.environ[drawn.WHOLE] = "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of many alike cases the whole suite takes a part (tests.drawn). The longest come first."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
    if drawn.ALL or drawn.WHOLE not in os.environ:
        return
    out = drawn.left_out([item.nodeid for item in items], drawn.seed_of_this_code())
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in out])
    items[:] = [item for item in items if item.nodeid not in out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Loud, since nothing is skipped in silence."""
    if not drawn.ALL and drawn.WHOLE in os.environ:
        terminalreporter.write_line(
            f"!!! OF ALIKE CASES A PART RAN, drawn by {drawn.seed_of_this_code()}: "
            "MEMSYNC_TESTS=all runs every one (tests/drawn.py) !!!"
        )


@pytest.fixture(autouse=True)
def _coverage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Some tests count no coverage."""
    if not request.node.nodeid.startswith(TESTS):
        yield
        return
    with counting_nothing():
        yield


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New folders for homes. pytest itself counts all that are there for each new one."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def _a_home_of_its_own(_homes: Iterator[Path]) -> Iterator[Path]:
    """Home and every folder that hangs on it are temporary; no key and no setting comes from
    outside.
    """
    home = next(_homes)
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_OURS):
                patch.delenv(name)
        for name, below in HOME_VARIABLES.items():
            patch.setenv(name, str(home / below))
        for name in (
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "NO_COLOR",
        ):
            patch.delenv(name, raising=False)
        yield home

"""Windows, or a Windows under Wine; without either the tests say loudly that they did not run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.windows.pc import PC, REAL, Windows, alone, wait_for

MISSING = (
    "NOT TESTED ON WINDOWS: tests/windows/setup.sh makes a Windows under Wine, and "
    "MEMSYNC_TEST_WINE=1 runs the tests in it"
)


def _prefix() -> Path | None:
    """Where setup.sh made its prefix, in the cache of whoever runs the tests."""
    script = Path(__file__).with_name("setup.sh")
    done = subprocess.run(
        ["bash", str(script), "--check"], stdout=subprocess.PIPE, check=False, text=True
    )
    return Path(done.stdout.strip()) if done.returncode == 0 else None


ASKED = bool(os.environ.get("MEMSYNC_TEST_WINE"))  # some minutes; .ci/run says when it does not
MADE = _prefix() if ASKED and not REAL else None


@pytest.fixture(scope="session")
def windows() -> Iterator[Windows]:
    """Where Windows programs run.

    Wine starts and ends its services with the first and the last program, which costs a second: one
    that only waits keeps them up. It ends when its stdin does, even where pytest is killed.
    """
    if REAL:
        yield Windows("", None)
        return
    if MADE is None:
        pytest.skip(MISSING)
    made = Windows((MADE / "ready").read_text().strip(), MADE / "prefix")
    with alone(made):  # two first programs at once would both start the services
        waiting = subprocess.Popen(
            [*made.python(), "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=made.environment({}),
        )
        wait_for(waiting, b"up")
    yield made
    waiting.communicate(timeout=60)


@pytest.fixture
def root(windows: Windows, tmp_path: Path) -> Iterator[Path]:
    """A folder on drive C: for one test."""
    if windows.prefix is None:
        yield tmp_path
        return
    drive = windows.prefix / "drive_c" / "machines"
    drive.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=drive))
    yield folder
    for top, _, names in os.walk(folder):
        for name in names:
            if not os.path.islink(os.path.join(top, name)):
                os.chmod(os.path.join(top, name), 0o600)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def pc(windows: Windows, root: Path) -> PC:
    """A machine on which memsync is not set up yet."""
    return PC(windows, root / "pc")

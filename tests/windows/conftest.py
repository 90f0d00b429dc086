"""Windows, or a Windows under Wine; without either the tests say loudly that they did not run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.windows.pc import DRIVE_M, PC, REAL, Windows, wait_for

MISSING = (
    "NOT TESTED ON WINDOWS HERE: .ci/run makes a Windows under Wine and runs these in it by "
    "themselves; MEMSYNC_TEST_WINE=1 runs them in the one that tests/windows/setup.sh made"
)


def _made() -> Path | None:
    """Where setup.sh made its Windows, in the cache of whoever runs the tests."""
    script = Path(__file__).with_name("setup.sh")
    done = subprocess.run(
        ["bash", str(script), "--check"], stdout=subprocess.PIPE, check=False, text=True
    )
    return Path(done.stdout.strip()) if done.returncode == 0 else None


ASKED = os.environ.get("MEMSYNC_TEST_WINE", "0") not in ("", "0")  # they take some minutes
MADE = _made() if ASKED and not REAL else None


def _link(source: str, to: str) -> str:
    """A file that nobody writes into: Windows' own, and Python's."""
    try:
        os.link(source, to)
    except OSError:  # another disk
        shutil.copy2(source, to)
    return to


def _copy(prefix: Path, to: Path) -> None:
    """A Windows of its own for a test run, which it may leave in any state."""
    for path in sorted(prefix.iterdir()):
        if path.is_file():
            shutil.copy2(path, to / path.name)
    shutil.copytree(prefix / "dosdevices", to / "dosdevices", symlinks=True)
    (to / "dosdevices" / "m:").symlink_to(Path("..", DRIVE_M))  # Wine learns of drives at its start
    (to / DRIVE_M).mkdir()
    (to / "drive_c").mkdir()
    for path in sorted((prefix / "drive_c").iterdir()):
        function = _link if path.name in ("windows", "Python311") else shutil.copy2
        shutil.copytree(path, to / "drive_c" / path.name, symlinks=True, copy_function=function)


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
    with tempfile.TemporaryDirectory(prefix="memsync-windows-", ignore_cleanup_errors=True) as name:
        mine = Windows((MADE / "ready").read_text().strip(), Path(name, "prefix").resolve())
        assert mine.prefix is not None
        mine.prefix.mkdir(mode=0o700)
        _copy(MADE / "prefix", mine.prefix)
        waiting = subprocess.Popen(
            [*mine.python(), "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=mine.environment({}),
        )
        try:
            wait_for(waiting, b"up")
            yield mine
        finally:
            server = os.environ | {"WINEPREFIX": str(mine.prefix)}
            subprocess.run(["wineserver", "-k"], env=server, timeout=20, check=False)
            waiting.communicate(timeout=20)


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

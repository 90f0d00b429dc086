"""What is shipped and what the README tells people to type: all of it, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from memsync import __main__ as start
from memsync import __version__

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {path.relative_to(ROOT).as_posix() for path in (ROOT / "memsync").rglob("*.py")}
BUILD = (
    "import sys; from setuptools import build_meta as b; to = sys.argv[1]; b.build_sdist(to); "
    "b.build_wheel(to)"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel, built from a copy that holds what a checkout may
    collect.
    """
    pytest.importorskip(
        "setuptools", "77", reason="the build needs setuptools 77 (pip install -e '.[dev]')"
    )
    folder = tmp_path_factory.mktemp("packaging")
    copy, dist = folder / "copy", folder / "dist"
    shutil.copytree(
        ROOT,
        copy,
        ignore=shutil.ignore_patterns(".git", ".venv", "*_cache", "__pycache__", "*.egg-info"),
    )
    strays = ("memsync/notes.txt", "memsync/.env", "scratch.py", "memsync.log", "tmp/x.md")
    for stray in strays:
        (copy / stray).parent.mkdir(parents=True, exist_ok=True)
        (copy / stray).write_text("stray", encoding="utf-8")
    dist.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(dist)], cwd=copy, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return dist


def test_the_wheel_holds_the_program_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        about = {name.partition(".dist-info/")[2] for name in wheel.namelist()} - {""}
        metadata = wheel.read(f"memsync-{__version__}.dist-info/METADATA").decode()
    data = f"memsync-{__version__}.data/data/share"
    installed = {f"{data}/man/man1/memsync.1", f"{data}/doc/memsync/COMMANDS.md"}
    assert names == SOURCES | {"memsync/py.typed"} | installed
    assert about == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "top_level.txt",
        "licenses/LICENSE",
    }
    assert f"\nVersion: {__version__}\n" in metadata
    holder = re.search(r"^Copyright \(c\) \d+ (.+)$", (ROOT / "LICENSE").read_text(), re.MULTILINE)
    assert holder is not None
    assert f"\nAuthor: {holder[1]}\n" in metadata


def test_a_python_that_is_too_old_is_told_so_in_one_line(built: Path) -> None:
    """Each dependency is for the Pythons that are promised: older ones come with a pip that looks
    for the dependencies first, and lists every version that it passed over.
    """
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        metadata = files.read(f"memsync-{__version__}.dist-info/METADATA").decode()
    needed = re.findall(r"^Requires-Dist: (.+)$", metadata, re.MULTILINE)
    assert len(needed) >= 15
    promised = re.compile(r'; \(?python_version >= "3.11"\)?( and extra == "dev")?$')
    assert [one for one in needed if promised.search(one) is None] == []
    assert "\nRequires-Python: >=3.11\n" in metadata


def test_the_sdist_holds_the_program_and_no_strays(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {
            name.partition("/")[2] for name in sdist.getnames() if not sdist.getmember(name).isdir()
        }
    assert names >= SOURCES | {"memsync/py.typed", "pyproject.toml", "README.md", "LICENSE"}
    others = {
        name for name in names - SOURCES if not name.startswith(("memsync.egg-info/", "tests/"))
    }
    assert others <= {
        "COMMANDS.md",
        "docs/memsync.1",
        "memsync/py.typed",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "PKG-INFO",
        "setup.cfg",
    }


def test_every_package_has_its_init_file() -> None:
    folders = {Path(name).parent for name in SOURCES}
    assert {f"{folder.as_posix()}/__init__.py" for folder in folders} <= SOURCES


def test_the_console_script_is_main() -> None:
    (script,) = entry_points(group="console_scripts", name="memsync")
    assert script.load() is start.main


@pytest.mark.parametrize(
    "command", [[sys.executable, "-m", "memsync"], ["memsync"]], ids=["module", "script"]
)
def test_the_program_starts(command: list[str]) -> None:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    if not (found := shutil.which(command[0], path=path)):
        pytest.fail(f"{command[0]} is not installed beside {sys.executable}")
    done = subprocess.run(
        [found, *command[1:], "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["memsync", __version__]


def commands() -> list[str]:
    """The README's lines that make an environment and do something in it, as `.ci/run` finds
    them.
    """
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("$ ") for line in lines if re.match(r"(\$ )?python3? -m venv ", line)]


def test_the_readme_has_two_commands_for_a_fresh_machine_which_ci_runs() -> None:
    demo, tests = commands()[:2]
    for command in (demo, tests):
        assert re.match(r"python3? -m venv (\S+) && \1/bin/(python -m )?pip install ", command)
    assert demo.endswith("memsync demo")
    assert tests.startswith("python3 -m venv .venv "), (
        "where .ci/run looks for coverage, ruff and mypy"
    )
    assert "[dev]" in tests
    assert "pytest" in tests.rpartition("&&")[2]


def test_ci_runs_on_what_the_package_promises_and_names_no_host() -> None:
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert os.name == "nt" or os.access(script, os.X_OK)
    assert not re.search(r"https?:|\b[\w-]+\.(com|org|net|io)\b", text)
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    promised = re.findall(
        r"Python :: (3\.\d+)\"", (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert promised
    assert all(f'"{version}"' in workflow for version in promised)


def test_actions_come_by_whole_hash_and_dependabot_moves_them() -> None:
    """A tag or branch can be moved to other code, and one of the jobs speaks for this project to
    PyPI.
    """
    assert "package-ecosystem: github-actions" in (ROOT / ".github" / "dependabot.yml").read_text(
        encoding="utf-8"
    )
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action), action

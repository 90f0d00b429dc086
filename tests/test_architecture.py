"""The import rules of ARCHITECTURE.md, read from the source."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import memsync
from tests.e2e.world import World

PACKAGE = Path(memsync.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

LAYERS = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("doctor", "demo", "pruning"),
    ("setup", "history", "claude"),
    ("sync", "lineage", "faults"),
    ("prepare", "changes"),
    ("job", "place", "intake"),
    ("observe", "watch", "kept", "keys", "config", "providers", "buglog"),
    ("copies", "link"),
    ("store",),
    ("capture", "settling", "bundles", "dry", "lock", "merge", "guard", "aside"),
    ("notes", "edits", "disk", "conflicts"),
    ("markdown",),
    ("memory", "machine", "models", "redact", "terminal", "downloaded"),
    ("errors",),
)
"""From the top down. A file imports files of its own package and of lower layers, never one beside or above it."""

PURE = (
    "errors", "memory", "notes", "edits", "merge", "markdown", "redact", "conflicts", "models", "faults", "changes",
    "guard", "doctor/findings", "demo/filing",
)  # fmt: skip
WORLDLY = {
    "os", "pathlib", "sys", "time", "socket", "ssl", "subprocess", "threading", "shutil", "tempfile", "platform",
    "urllib", "http", "random", "secrets", "anthropic", "httpx2",
}  # fmt: skip

OF_THIS_MACHINE = {
    "os.environ", "os.getenv", "os.name", "os.uname", "os.path.expanduser", "os.path.expandvars", "sys.platform",
    "Path.home", "socket.gethostname",
}  # fmt: skip
READS_THE_MACHINE = {
    "disk.py": {"sys.platform"},  # which system calls make a write durable here, and what its errors mean
    "downloaded.py": {"sys.platform"},  # what an error of a placeholder means here
    "lock.py": {"sys.platform"},  # flock or msvcrt
    "intake.py": {"os.path.expanduser"},  # -f '~/notes.md', quoted
    "buglog.py": {"os.environ"},  # it runs when the rest has failed, and takes the keys out of the log
}

LEAN = ("anthropic", "httpx2", "rich", "markdown_it", "difflib")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def part(module: str) -> str:
    """The part of the package a module belongs to: `memsync.guard.words` is `guard`."""
    return module.split(".")[1] if "." in module else "__init__"


def own_part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Every module that is imported; `from memsync import x` counts as `memsync.x`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "memsync":
                yield from ((f"memsync.{alias.name}", node) for alias in node.names if alias.name != "__version__")
            else:
                yield str(node.module), node


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def used(path: Path) -> set[str]:
    """Every dotted name in a file."""
    return {dotted(node) for node in ast.walk(parsed(path)) if isinstance(node, (ast.Attribute, ast.Name))}


def called(path: Path) -> set[str]:
    """Every dotted name that a file calls."""
    return {dotted(node.func) for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)}


def is_pure(path: Path) -> bool:
    name = name_of(path).removesuffix(".py")
    return name in PURE or name.split("/")[0] in PURE


def test_every_part_has_its_layer() -> None:
    known = {name for layer in LAYERS for name in layer} | {"__init__"}
    assert {own_part(path) for path in FILES} == known


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_imports_upwards(path: Path) -> None:
    rank = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    own = own_part(path)
    for module, node in imports(parsed(path)):
        if module.split(".")[0] == "memsync" and part(module) != own:
            assert rank[part(module)] > rank[own], f"{name_of(path)}:{node.lineno} imports {module}"


@pytest.mark.parametrize("path", [path for path in FILES if is_pure(path)], ids=name_of)
def test_pure_files_know_no_disk_no_clock_and_no_network(path: Path) -> None:
    found = {module for module, _ in imports(parsed(path)) if module.split(".")[0] in WORLDLY}
    assert found == set()
    clocks = {name for name in used(path) if name.endswith((".now", ".today", ".utcnow"))}
    assert clocks == set()
    assert "open" not in called(path)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_terminal_prints_and_only_commands_use_it(path: Path) -> None:
    name = name_of(path)
    streams = used(path) & {"sys.stdout", "sys.stderr", "sys.stdin"} | called(path) & {"print", "input"}
    if name not in ("terminal.py", "__main__.py"):  # the latter tells of Ctrl-C before anything else is loaded
        assert streams == set()
    if any(module == "memsync.terminal" for module, _ in imports(parsed(path))):
        assert own_part(path) in ("cli", "commands")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_machine_reads_environment_system_home_and_clock(path: Path) -> None:
    name = name_of(path)
    if name == "machine.py":
        return
    found = used(path) & OF_THIS_MACHINE
    assert found == READS_THE_MACHINE.get(name, set())
    assert not any(module.split(".")[0] in ("platform", "platformdirs") for module, _ in imports(parsed(path)))
    assert "datetime.now" not in used(path)
    assert "time.time" not in used(path)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_claude_imports_the_sdk_and_only_where_it_calls(path: Path) -> None:
    tree = parsed(path)
    found = [node for module, node in imports(tree) if module.split(".")[0] in ("anthropic", "httpx2")]
    if name_of(path) != "claude.py":
        assert found == []
        return
    assert found
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = [node for function in functions for node in ast.walk(function)]
    typing_only = [
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and dotted(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    ]
    assert all(node in inside or node in typing_only for node in found)


def test_only_disk_opens_files_of_the_memory_folder() -> None:
    openers = {name_of(path) for path in FILES if called(path) & {"open", "os.open", "os.replace", "os.rename"}}
    # The lock file; what a person names with -f; the log of a bug; the device that a closed stream is turned to.
    assert openers - {"disk.py"} <= {"lock.py", "intake.py", "buglog.py", "terminal.py", "doctor/access.py"}


@pytest.mark.parametrize("words", [["status"], ["show"], ["note", "Prefer tea"], ["config"]], ids=" ".join)
def test_what_only_shows_imports_little(ready: World, words: list[str]) -> None:
    program = "import sys; from memsync.cli import main; status = main(sys.argv[1:]); "
    program += "sys.stderr.write('\\n'.join(['', *sys.modules])); sys.exit(status)"
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=ready.environment(),
        cwd=ready.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = done.stderr.splitlines()
    assert [name for name in modules if name.split(".")[0] in LEAN] == []
    commands = {name.removeprefix("memsync.commands.") for name in modules if name.startswith("memsync.commands.")}
    assert commands - {"showing"} == {words[0]}


@pytest.fixture
def ready(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.begin()
    return world


def test_what_is_tested_is_this_checkout() -> None:
    assert Path(__file__).parents[1] == PACKAGE.parent, os.environ.get("PYTHONPATH")

"""The import rules of ARCHITECTURE.md, read from the source."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import memsync
from tests.e2e.world import World
from tests.uncounted import uncounted

PACKAGE = Path(memsync.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

ROOMS = (
    "__main__",
    "cli",
    "commands",
    "sync",
    "steps",
    "agents",
    "providers",
    "config",
    "merge",
    "memory",
    "system",
)
"""From the top down. A file imports its own room and those below it, never one above."""

SHARED = ("merge.prompt",)
"""Pure text that the guard has to know: how the notes stood in the request."""

INSIDE = {"memory": "memory/text/", "merge": "merge/guard/", "providers": "providers/looking/"}
"""The lower part of a room: it knows nothing of the files above it in the same room."""

DECIDE = (
    "steps/outside.py",
    "steps/copies.py",
    "steps/shown.py",
    "steps/captured.py",
    "steps/noticing.py",
    "steps/placing.py",
    "steps/batches.py",
    "steps/plan.py",
    "steps/replies.py",
    "steps/restore.py",
    "steps/telling.py",
    "steps/writes.py",
)
"""What decides: it looks through frozen disks alone, and knows no step that writes."""

PURE = (
    "memory/text/",
    "merge/guard/",
    "merge/prompt.py",
    "merge/models.py",
    "merge/faults.py",
    "merge/reply.py",
    *DECIDE,
    "merge/statuses.py",
    "merge/address.py",
    "system/visible.py",
    "system/errors.py",
    "commands/doctor/findings.py",
    "commands/demo/filing.py",
)
WORLDLY = {
    "os",
    "pathlib",
    "sys",
    "time",
    "socket",
    "ssl",
    "subprocess",
    "threading",
    "shutil",
    "tempfile",
    "platform",
    "urllib",
    "http",
    "random",
    "secrets",
    "anthropic",
    "httpx2",
}

OF_THIS_MACHINE = {
    "os.environ",
    "os.getenv",
    "os.name",
    "os.uname",
    "os.path.expanduser",
    "os.path.expandvars",
    "sys.platform",
    "Path.home",
    "socket.gethostname",
}
READS_THE_MACHINE = {
    # Which system calls make a write durable here, and what its errors mean
    "system/disk/beneath.py": {"sys.platform"},
    "system/disk/refusals.py": {"sys.platform"},
    "system/downloaded.py": {"sys.platform"},  # what an error of a placeholder means here
    "system/lock.py": {"sys.platform"},  # flock or msvcrt
    "system/background.py": {"sys.platform"},  # how a process is detached here
    "commands/intake.py": {"os.path.expanduser"},  # -f '~/notes.md', quoted
    # It runs when the rest has failed, and takes the keys out of the log
    "system/buglog.py": {"os.environ"},
}

LEAN = ("anthropic", "httpx2", "rich", "markdown_it", "difflib")
# Dear at a start; on other systems platformdirs is asked, which needs the other two
HEAVY = (
    ("hashlib", "tempfile", "shutil", "platformdirs") if sys.platform == "linux" else ("hashlib",)
)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room(name: str) -> str:
    """The room of a file or module:

    `memory/text/notes.py` and `memory.text.notes` lie in `memory`.
    """
    return re.split(r"[/.]", name)[0]


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Everything in a file; all that is asked of it here goes through all of it."""
    return tuple(ast.walk(tree))


@cache
def imports(tree: ast.AST) -> tuple[tuple[str, ast.stmt], ...]:
    """Every module that is imported; `from memsync import x` counts as `memsync.x`."""
    return tuple(_imports(tree))


def _imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "memsync":
                yield from (
                    (f"memsync.{alias.name}", node)
                    for alias in node.names
                    if alias.name != "__version__"
                )
            else:
                yield str(node.module), node


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def used(path: Path) -> set[str]:
    """Every dotted name in a file."""
    return {
        dotted(node) for node in nodes(parsed(path)) if isinstance(node, (ast.Attribute, ast.Name))
    }


@cache
def called(path: Path) -> set[str]:
    """Every dotted name that a file calls."""
    return {dotted(node.func) for node in nodes(parsed(path)) if isinstance(node, ast.Call)}


@cache
def own_imports(path: Path) -> list[str]:
    """The modules of memsync that a file imports, as `memory.text.notes`."""
    modules = [module for module, _ in imports(parsed(path))]
    return [module.removeprefix("memsync.") for module in modules if module.startswith("memsync.")]


def is_pure(path: Path) -> bool:
    return name_of(path).startswith(PURE)


def test_every_file_stands_in_a_room() -> None:
    assert {room(name_of(path)) for path in FILES} - {"__init__"} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_imports_upwards(path: Path) -> None:
    name = name_of(path)
    if name == "__init__.py":
        return
    for module in own_imports(path):
        assert ROOMS.index(room(module)) >= ROOMS.index(room(name)), f"{name} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_lower_part_of_a_room_knows_nothing_of_the_upper(path: Path) -> None:
    own = room(name_of(path))
    lower = INSIDE.get(own, "-")
    if name_of(path).startswith(lower):
        prefix = lower.replace("/", ".")
        above = [
            module
            for module in own_imports(path)
            if room(module) == own and not module.startswith((prefix, *SHARED))
        ]
        assert above == []


@pytest.mark.parametrize("path", [path for path in FILES if is_pure(path)], ids=name_of)
def test_pure_files_know_no_disk_no_clock_and_no_network(path: Path) -> None:
    found = {module for module, _ in imports(parsed(path)) if module.split(".")[0] in WORLDLY}
    assert found - {"urllib.parse"} == set()  # which takes addresses apart and opens none
    clocks = {name for name in used(path) if name.endswith((".now", ".today", ".utcnow"))}
    assert clocks == set()
    assert "open" not in called(path)


@pytest.mark.parametrize("path", [path for path in FILES if name_of(path) in DECIDE], ids=name_of)
def test_what_decides_knows_no_step_that_writes(path: Path) -> None:
    assert {"sync", "steps.carry", "steps.setup"}.isdisjoint(own_imports(path))
    writes = {".create", ".replace", ".move", ".delete", ".put_link", ".sweep", ".put", ".keep"}
    disks = ("disk", "state", "outbox", "claude")
    found = [
        name
        for name in called(path)
        if any(name.endswith(f"{disk}{verb}") for disk in disks for verb in writes)
    ]
    assert found == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_terminal_prints_and_only_commands_use_it(path: Path) -> None:
    name = name_of(path)
    streams = used(path) & {"sys.stdout", "sys.stderr", "sys.stdin"} | called(path) & {
        "print",
        "input",
    }
    # The latter tells of Ctrl-C before anything else is loaded
    if name not in ("system/terminal.py", "__main__.py"):
        assert streams == set()
    if any(module == "memsync.system.terminal" for module, _ in imports(parsed(path))):
        assert room(name) in ("cli", "commands")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_machine_reads_environment_system_home_and_clock(path: Path) -> None:
    name = name_of(path)
    if name == "system/machine.py":
        return
    found = used(path) & OF_THIS_MACHINE
    assert found == READS_THE_MACHINE.get(name, set())
    assert not any(
        module.split(".")[0] in ("platform", "platformdirs") for module, _ in imports(parsed(path))
    )
    assert "datetime.now" not in used(path)
    assert "time.time" not in used(path)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_claude_imports_the_sdk_and_only_where_it_calls(path: Path) -> None:
    tree = parsed(path)
    found = [
        node for module, node in imports(tree) if module.split(".")[0] in ("anthropic", "httpx2")
    ]
    if name_of(path) not in ("merge/claude.py", "merge/wire.py"):
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
    openers = {
        name_of(path)
        for path in FILES
        if called(path) & {"open", "os.open", "os.replace", "os.rename"}
    }
    # The lock file; what a person names with -f; the log of a bug; the device that a closed stream
    # is turned to.
    assert openers - {f"system/disk/{name}.py" for name in ("beneath", "files", "real")} <= {
        "system/lock.py",
        "commands/intake.py",
        "system/buglog.py",
        "system/terminal.py",
        "system/background.py",
        "system/lines.py",
        "commands/doctor/access.py",
    }


@pytest.mark.parametrize(
    "words", [["status"], ["show"], ["note", "Prefer tea"], ["config"]], ids=" ".join
)
def test_what_only_shows_imports_little(ready: World, words: list[str]) -> None:
    program = "import sys; from memsync.cli import main; status = main(sys.argv[1:]); "
    program += "sys.stderr.write('\\n'.join(['', *sys.modules])); sys.exit(status)"
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=uncounted(ready.environment()),  # coverage itself imports them
        cwd=ready.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = done.stderr.splitlines()
    assert [name for name in modules if name.split(".")[0] in LEAN + HEAVY] == []
    commands = {
        name.removeprefix("memsync.commands.")
        for name in modules
        if name.startswith("memsync.commands.")
    }
    assert commands - {"showing", "standing", "intake", "register", "reading"} == {words[0]}


def test_refresh_loads_nothing_that_merges_or_draws_before_its_first_sign() -> None:
    program = "import sys, memsync.cli, memsync.commands.refresh; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    late = (*LEAN, "memsync.sync", "memsync.steps", "memsync.merge.guard")
    assert [name for name in done.stdout.splitlines() if name.startswith(late)] == []


@pytest.fixture
def ready(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.begin()
    return world


def test_what_is_tested_is_this_checkout() -> None:
    assert Path(__file__).parents[1] == PACKAGE.parent, os.environ.get("PYTHONPATH")

"""Help, version, completion, and a word that was typed wrong."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from memsync import __version__
from memsync.commands.completion import SHELLS
from memsync.commands.register import COMMANDS
from tests.e2e.world import World, told


@pytest.mark.parametrize("word", ["-V", "--version"])
def test_the_version(world: World, word: str) -> None:
    assert world.ok(word).out == f"memsync {__version__}\n"


def test_help_lists_every_command_once_and_fits_80_columns(world: World) -> None:
    shown = world.ok("help").out
    assert shown == world.ok("--help").out
    rows = [line.split()[0] for line in shown.splitlines() if line.startswith("  ")]
    assert sorted(row for row in rows if row in COMMANDS) == sorted(COMMANDS)
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(world: World, name: str) -> None:
    shown = world.ok("help", name).out
    assert shown == world.ok(name, "--help").out
    assert shown.startswith(f"usage: memsync {name}")
    assert "example:" in shown
    assert "exit status" not in shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("refesh", "memsync refresh"), ("stauts", "memsync status"), ("xyzzy", "memsync --help")],
)
def test_a_command_that_was_typed_wrong_names_the_nearest(
    world: World, typed: str, meant: str
) -> None:
    told(world.run(typed), 2, f"unknown command '{typed}'", f"Try: {meant}")


def test_an_option_that_was_typed_wrong_names_the_nearest(world: World) -> None:
    told(world.run("refresh", "--dryrun"), 2, "--dryrun", "Try: memsync refresh --dry-run")


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_knows_every_command(world: World, shell: str) -> None:
    script = world.ok("completion", shell).out
    assert all(name in script for name in COMMANDS)


def test_bash_takes_its_completion(world: World, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("NO BASH: its completion was not tried")
    script = tmp_path / "memsync.bash"
    script.write_text(world.ok("completion", "bash").out, encoding="utf-8")
    ask = (
        f"source {script}; COMP_WORDS=(memsync ref); COMP_CWORD=1; "
        "$(complete -p memsync | sed 's/.*-F \\([^ ]*\\).*/\\1/'); echo ${COMPREPLY[@]}"
    )
    done = subprocess.run([bash, "-c", ask], capture_output=True, text=True, check=True)
    assert "refresh" in done.stdout.split()


def test_a_shell_that_is_not_known_is_said(world: World) -> None:
    told(world.run("completion", "tcl"), 2, "tcl", "memsync completion --help")

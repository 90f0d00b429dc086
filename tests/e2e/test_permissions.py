"""What may not be written or read: each is one clear error, a note is kept where that is possible.

Root may write everything, so the program runs as another user here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import warm
from tests.e2e.ending import fails
from tests.e2e.world import MEMORY, Result, Running, World, tree
from tests.standin import StandIn
from tests.systems import can_become_another_user

NOBODY = 65534
AS_NOBODY = warm.become(NOBODY)

pytestmark = pytest.mark.skipif(
    not can_become_another_user(),
    reason="NOT TESTED: to become another user takes root and setpriv",
)


class Nobody(World):
    """A machine whose commands run as another user, who owns all of it."""

    def server(self, words: tuple[str, ...]) -> str:
        """The Python of the other user that forks such a command."""
        return warm.server(words[0], NOBODY)

    def environment(self, api: StandIn | str | None = None, **more: str) -> dict[str, str]:
        """The environment of a command, which may not write byte code beside the program."""
        return super().environment(api, **more) | {"PYTHONDONTWRITEBYTECODE": "1"}

    def launch(
        self, command: list[str], words: tuple[str, ...], stdin: bytes | None, env: dict[str, str]
    ) -> Running:
        """Start a command as the other user, where no Python is ready for it."""
        return super().launch(
            [*AS_NOBODY, sys.executable, "-B", "-m", "memsync"], words, stdin, env
        )

    def own(self) -> None:
        """Give everything to the other user."""
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(self.root)], check=True)


@pytest.fixture
def nobody() -> Iterator[Nobody]:
    """The other user's machine after `memsync init`.

    Not below pytest's folder, which each pytest closes to others.
    """
    if subprocess.run(
        [*AS_NOBODY, sys.executable, "-c", "import memsync"], check=False, cwd="/"
    ).returncode:
        pytest.skip("another user may not run this Python")
    with tempfile.TemporaryDirectory(prefix="memsync-nobody-") as folder:
        os.chmod(folder, 0o711)
        world = Nobody(Path(folder) / "nobody")
        world.target.parent.mkdir()
        world.target.write_text(MEMORY, encoding="utf-8")
        world.own()
        world.init()
        yield world


def close(*paths: Path, mode: int) -> None:
    for path in paths:
        for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
            if not one.is_symlink():
                one.chmod(mode & 0o777 if one.is_dir() else mode & 0o666)


def one_clear_error(failed: Result, status: int, *words: str) -> None:
    fails(failed, status, *words)
    assert "bug" not in failed.err


def test_in_a_read_only_memory_folder_a_note_waits_and_nothing_changes(nobody: Nobody) -> None:
    nobody.edit("Lisbon", "Porto")
    close(nobody.folder, mode=0o555)
    before = tree(nobody.folder)
    noted = nobody.ok("note", "Prefer tea")
    assert "the note waits in" in noted.err
    assert "permission denied" in noted.err
    assert list(nobody.outbox.values()) == ["Prefer tea"]
    failed = nobody.run("refresh", "-n", "Ship 2.0 in May")
    one_clear_error(failed, 4, str(nobody.folder), "permission denied")
    assert sorted(nobody.outbox.values()) == ["Prefer tea", "Ship 2.0 in May"]
    for words in (["undo"], ["restore", "-1"], ["prune", "--keep-days", "0"]):
        assert nobody.run(*words).status in (0, 1, 4)
    nobody.ok("status")
    assert "Porto" in nobody.ok("show").out
    assert nobody.run("doctor").status == 4
    assert tree(nobody.folder) == before
    close(nobody.folder, mode=0o777)
    nobody.run("refresh", MEMSYNC_API_KEY="")
    assert not nobody.outbox
    assert "Porto" in nobody.body
    assert {"Prefer tea", "Ship 2.0 in May"} <= set(nobody.pending.values())


def test_a_claude_folder_that_may_not_be_written_does_not_stop_the_memory(nobody: Nobody) -> None:
    claude = nobody.target.parent
    nobody.target.unlink()
    close(claude, mode=0o555)
    nobody.edit("Lisbon", "Porto")
    failed = nobody.run("refresh")
    one_clear_error(failed, 1, str(claude))
    assert "Porto" in nobody.body
    assert nobody.status()["edited"] is False
    nobody.ok("note", "Prefer tea")
    assert nobody.run("doctor").status == 1
    close(claude, mode=0o777)
    nobody.run("refresh", MEMSYNC_API_KEY="")
    assert nobody.target.read_bytes() == nobody.memory.read_bytes()


@pytest.mark.parametrize("what", ["memory", "folder"])
def test_an_unreadable_memory_is_not_taken_for_a_missing_one(nobody: Nobody, what: str) -> None:
    whole = nobody.memory.read_bytes()
    path = nobody.memory if what == "memory" else nobody.folder
    mode = path.stat().st_mode
    path.chmod(0)
    for words in (["refresh", "-n", "Ship 2.0 in May"], ["show"], ["status"], ["undo"], ["init"]):
        failed = nobody.run(*words)
        assert failed.status == 4, failed
        assert "permission denied" in failed.err.lower() or "may not be read" in failed.err
        assert "memsync init --new" not in failed.err, "an unreadable memory is there"
    assert nobody.run("doctor").status == 4
    nobody.ok("note", "Prefer tea")
    path.chmod(mode)
    kept = [*nobody.outbox.values(), *nobody.notes.values()]
    assert kept.count("Prefer tea") == kept.count("Ship 2.0 in May") == 1
    assert nobody.memory.read_bytes() == whole


def test_a_read_only_state_folder_is_one_error_and_the_note_is_in_the_memory_folder(
    nobody: Nobody,
) -> None:
    close(nobody.state, mode=0o555)
    before = tree(nobody.state)
    nobody.ok("note", "Prefer tea")
    assert "Prefer tea" in nobody.notes.values()
    nobody.edit("Lisbon", "Porto")
    failed = nobody.run("refresh")
    assert failed.status in (0, 1), failed
    if failed.status:
        one_clear_error(failed, 1, str(nobody.state))
    nobody.ok("show")
    assert tree(nobody.state) == before


def test_where_nothing_may_be_written_there_is_one_clear_error(nobody: Nobody) -> None:
    close(nobody.home, nobody.cloud, mode=0o555)
    before = tree(nobody.root)
    for words in (
        ["note", "Prefer tea"],
        ["refresh", "-n", "Prefer tea"],
        ["refresh"],
        ["undo"],
        ["init"],
    ):
        failed = nobody.run(*words)
        assert failed.status in (1, 4), failed
        fails(failed, failed.status)
        assert "Prefer tea" not in failed.out
        assert "noted" not in failed.out
        assert "permission denied" in failed.err.lower()
    one_clear_error(nobody.run("config", "set", "timeout", "60"), 1, "config.toml")
    assert nobody.ok("show").out == MEMORY
    nobody.ok("status")
    assert tree(nobody.root) == before


def test_settings_that_may_not_be_read_are_named_and_a_note_is_kept(nobody: Nobody) -> None:
    (nobody.config / "config.toml").chmod(0)
    one_clear_error(nobody.run("status"), 1, "config.toml", "permission denied")
    nobody.ok("note", "Prefer tea")
    assert "Prefer tea" in [*nobody.outbox.values(), *nobody.notes.values()]

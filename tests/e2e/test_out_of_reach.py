"""A memory folder that cannot be looked at: it is not missing, and no note is lost."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from memsync.config import Config
from memsync.providers.resolve import resolve
from memsync.system.errors import FolderError
from tests.e2e import warm
from tests.e2e.ending import fails
from tests.e2e.world import MEMORY, Running, World
from tests.providers.machines import build, folder

PLAIN = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


class Plain(World):
    """A machine whose user is refused what a mode refuses, root too."""

    def server(self, words: tuple[str, ...]) -> str:
        """None: what is forked keeps the rights of root."""
        return ""

    def launch(
        self, command: list[str], words: tuple[str, ...], stdin: bytes | None, env: dict[str, str]
    ) -> Running:
        """Start a command without the rights of root."""
        less = PLAIN if hasattr(os, "getuid") and os.getuid() == 0 else []
        return super().launch([*less, *warm.COLD], words, stdin, env)


@pytest.fixture
def plain(tmp_path: Path) -> World:
    if os.name == "nt":
        pytest.skip("Windows has no such modes")
    if os.getuid() == 0 and subprocess.run([*PLAIN, "true"], check=False).returncode:
        pytest.skip("root must be able to give up its rights")
    world = Plain(tmp_path)
    world.begin()
    return world


def test_a_note_is_kept_while_the_cloud_folder_may_be_listed_and_not_entered(plain: World) -> None:
    plain.cloud.chmod(0o644)
    try:
        noted = plain.ok("note", "Prefer tea")
        assert "the note waits in" in noted.err
        fails(plain.run("refresh", "-n", "Ship 2.0 in May"), 4, "may not be read")
        for words in (["status"], ["show"], ["init"]):
            failed = plain.run(*words)
            assert (failed.status, "may not be read" in failed.err) == (4, True), failed
            assert "is not there" not in failed.err
        assert plain.run("doctor").status == 4
    finally:
        plain.cloud.chmod(0o700)
    assert sorted(plain.outbox.values()) == ["Prefer tea", "Ship 2.0 in May"]
    assert plain.target.read_text(encoding="utf-8").startswith(MEMORY)


@pytest.mark.parametrize("name", ["EIO", "EACCES", "ETIMEDOUT", "ENOTCONN", "ESTALE"])
def test_an_error_of_the_memory_folder_is_told_and_never_raised(
    name: str, tmp_path: Path, mocker: MockerFixture
) -> None:
    machine = build(tmp_path, "linux")
    root = folder(machine.home / "Sync")
    folder(root / "claude-memory")
    for call in ("stat", "scandir"):
        mocker.patch(f"os.{call}", side_effect=_failing(getattr(os, call), getattr(errno, name)))
    place = resolve(Config(machine, {"provider": "custom", "sync_root": str(root)}))
    assert isinstance(place.trouble, FolderError)
    assert "may not be read" in place.trouble.what


def _failing(call, number: int):  # type: ignore[no-untyped-def]
    def fail(path, *args, **kwargs):  # type: ignore[no-untyped-def]
        if str(path).endswith("claude-memory"):
            raise OSError(number, os.strerror(number), str(path))
        return call(path, *args, **kwargs)

    return fail

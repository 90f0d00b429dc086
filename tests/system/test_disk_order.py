"""What is synced when: a power cut leaves the old or the new file, and nothing acknowledged is
taken back.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from memsync.system.disk import RealDisk
from tests.systems import linux_only

pytestmark = linux_only("the order of the calls is seen through /proc")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls that matter, in their order:

    `sync file`, `sync NAME` of a folder, `rename`, `unlink`, `mkdir`.
    """
    seen: list[str] = []

    def fsync(handle: int) -> None:
        found = os.fstat(handle)
        folder = os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))
        seen.append(
            f"sync {folder}" if stat.S_ISDIR(found.st_mode) else f"sync file of {found.st_size}"
        )

    def watched(name: str, real: Callable[..., None]) -> None:
        def call(*args: object, **more: object) -> None:
            seen.append(name)
            real(*args, **more)

        monkeypatch.setattr(os, name, call)

    monkeypatch.setattr(os, "fsync", fsync)
    for name, real in (
        ("replace", os.replace),
        ("rename", os.rename),
        ("unlink", os.unlink),
        ("mkdir", os.mkdir),
    ):
        watched(name, real)
    return seen


def test_a_file_is_durable_before_its_name_and_its_name_before_the_return(
    tmp_path: Path, calls: list[str]
) -> None:
    disk = RealDisk(tmp_path)
    assert disk.create("a", b"12")
    assert calls == ["sync file of 2", "replace", f"sync {tmp_path.name}"]


def test_a_replacement_is_durable_when_it_returns(tmp_path: Path, calls: list[str]) -> None:
    (tmp_path / "a").write_bytes(b"1")
    RealDisk(tmp_path).replace("a", b"123", b"1")
    assert calls == ["sync file of 3", "replace", f"sync {tmp_path.name}"]


def test_a_new_folder_is_durable_before_anything_is_in_it(tmp_path: Path, calls: list[str]) -> None:
    RealDisk(tmp_path).create("b/c/a", b"1")
    made = ["mkdir", f"sync {tmp_path.name}", "mkdir", "sync b"]
    assert calls == [*made, "sync file of 1", "replace", "sync c"]


def test_a_move_is_durable_in_both_folders_the_new_one_first(
    tmp_path: Path, calls: list[str]
) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_bytes(b"1")
    calls.clear()
    RealDisk(tmp_path).move("a", "b/a")
    assert calls == ["rename", "sync b", f"sync {tmp_path.name}"]


def test_a_removal_is_durable(tmp_path: Path, calls: list[str]) -> None:
    (tmp_path / "a").write_bytes(b"1")
    RealDisk(tmp_path).delete("a")
    assert calls == ["unlink", f"sync {tmp_path.name}"]


def test_a_link_is_durable(tmp_path: Path, calls: list[str]) -> None:
    RealDisk(tmp_path).put_link("a", "b", None)
    assert calls == ["replace", f"sync {tmp_path.name}"]

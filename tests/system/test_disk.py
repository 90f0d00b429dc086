"""Files: what a reader sees, what survives, and what a sync client or an antivirus does in
between.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture

from memsync.system.disk import ANYTHING, Changed, RealDisk
from memsync.system.downloaded import is_placeholder
from memsync.system.dry import DryDisk
from memsync.system.errors import FolderError, LocalError, NotDownloadedError
from tests.simulation.disks import MemoryDisk
from tests.systems import posix_only


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_a_replacement_meets_only_the_bytes_it_expects(tmp_path: Path) -> None:
    real = RealDisk(tmp_path)
    real.replace("m.md", b"one", None)
    with pytest.raises(Changed):
        real.replace("m.md", b"two", b"something else")
    with pytest.raises(Changed):
        real.replace("m.md", b"two", None)
    assert everything(tmp_path) == {"m.md": b"one"}
    real.replace("m.md", b"two", b"one")
    assert everything(tmp_path) == {"m.md": b"two"}


@posix_only("Windows keeps no modes")
def test_new_files_are_private_and_existing_ones_keep_their_mode(tmp_path: Path) -> None:
    real = RealDisk(tmp_path)
    real.create("a/b/new.md", b"x")
    assert stat.S_IMODE((tmp_path / "a" / "b" / "new.md").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    (tmp_path / "old.md").write_bytes(b"x")
    (tmp_path / "old.md").chmod(0o640)
    real.replace("old.md", b"y", ANYTHING)
    assert stat.S_IMODE((tmp_path / "old.md").stat().st_mode) == 0o640


def test_a_file_that_is_there_is_never_created_again(tmp_path: Path) -> None:
    real = RealDisk(tmp_path)
    assert real.create("note.md", b"first")
    assert not real.create("note.md", b"second")
    assert everything(tmp_path) == {"note.md": b"first"}


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "close"])
def test_a_disk_that_refuses_leaves_the_old_bytes_and_no_litter(
    tmp_path: Path, mocker: MockerFixture, call: str
) -> None:
    real = RealDisk(tmp_path)
    real.replace("m.md", b"old", None)
    before = everything(tmp_path)
    refuse = OSError(errno.ENOSPC, "No space left on device")
    if call == "close":
        close, script = os.close, [refuse]

        def closed(handle: int) -> None:
            close(handle)
            if script:
                raise script.pop()

        mocker.patch("os.close", side_effect=closed)
        with pytest.raises(FolderError) as caught:
            real.replace("m.md", b"new", b"old")
        mocker.stopall()
    else:
        mocker.patch(f"os.{call}", side_effect=refuse)
        with pytest.raises(FolderError) as caught:
            real.replace("m.md", b"new", b"old")
        mocker.stopall()
    assert "no space left on device" in caught.value.what
    assert everything(tmp_path) == before


def test_a_file_system_that_lies_about_a_write_is_caught_before_the_rename(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    real = RealDisk(tmp_path)
    real.replace("m.md", b"old", None)
    mocker.patch("os.write", return_value=3)  # says 3 bytes each time, writes none
    with pytest.raises(FolderError):
        real.replace("m.md", b"new", b"old")
    mocker.stopall()
    assert everything(tmp_path) == {"m.md": b"old"}


def held(times: int, winerror: int) -> list[OSError]:
    errors: list[OSError] = []
    for _ in range(times):
        error = PermissionError(errno.EACCES, "in use")
        error.winerror = winerror  # type: ignore[attr-defined]
        errors.append(error)
    return errors


@pytest.mark.parametrize("winerror", [5, 32, 33, 1224])
def test_a_file_held_by_an_antivirus_is_replaced_once_it_is_let_go(
    tmp_path: Path, mocker: MockerFixture, winerror: int
) -> None:
    pauses: list[float] = []
    real = RealDisk(tmp_path, pause=pauses.append)
    real.replace("m.md", b"old", None)
    rename = os.replace
    script = [*held(5, winerror), None]

    def patient(source: str, target: str, **more: int | None) -> None:
        step = script.pop(0)
        if step is not None:
            raise step
        rename(source, target, **more)

    mocker.patch("os.replace", side_effect=patient)
    real.replace("m.md", b"new", b"old")
    assert everything(tmp_path) == {"m.md": b"new"}
    assert 1 < sum(pauses) < 3


def test_a_file_held_for_ever_is_left_alone_and_said(tmp_path: Path, mocker: MockerFixture) -> None:
    real = RealDisk(tmp_path, pause=lambda seconds: None)
    real.replace("m.md", b"old", None)
    mocker.patch("os.replace", side_effect=held(20, 32))
    with pytest.raises(FolderError) as caught:
        real.replace("m.md", b"new", b"old")
    assert "m.md" in caught.value.what
    assert everything(tmp_path) == {"m.md": b"old"}


def test_a_real_refusal_is_not_retried(tmp_path: Path, mocker: MockerFixture) -> None:
    pauses: list[float] = []
    real = RealDisk(tmp_path, pause=pauses.append)
    mocker.patch("os.replace", side_effect=PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(FolderError, match="permission denied"):
        real.replace("m.md", b"new", None)
    assert pauses == []


def test_readers_wait_for_a_held_file_too(tmp_path: Path, mocker: MockerFixture) -> None:
    real = RealDisk(tmp_path, pause=lambda seconds: None)
    (tmp_path / "m.md").write_bytes(b"text")
    script: list[OSError | None] = [*held(2, 32), None]
    mocker.patch("os.open", side_effect=refusing(script))
    assert real.read("m.md") == b"text"
    assert script == []


def refusing(script: list[OSError | None]) -> Callable[..., int]:
    """os.open, which answers for m.md with these errors first; None: no error."""
    original = os.open

    def opened(path: str, *args: int, **more: int | None) -> int:
        if os.path.basename(path) == "m.md" and (step := script.pop(0)) is not None:
            raise step
        return original(path, *args, **more)  # type: ignore[arg-type]

    return opened


def test_on_windows_open_names_no_code_and_readers_wait_all_the_same(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    """It goes through the C runtime: errno 13 and no winerror."""
    pauses: list[float] = []
    (tmp_path / "m.md").write_bytes(b"text")
    script: list[OSError | None] = [PermissionError(errno.EACCES, "Permission denied")] * 3 + [None]
    mocker.patch("sys.platform", "win32")
    mocker.patch("os.open", side_effect=refusing(script))
    assert RealDisk(tmp_path, pause=pauses.append).read("m.md") == b"text"
    assert len(pauses) == 3


def test_on_windows_an_invalid_argument_without_a_code_means_not_downloaded(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    mocker.patch("os.stat", side_effect=stat_of_m(OSError(errno.EINVAL, "Invalid argument")))
    with pytest.raises(FolderError, match="invalid argument"):
        RealDisk(tmp_path).read("m.md")
    mocker.patch("sys.platform", "win32")
    with pytest.raises(NotDownloadedError):
        RealDisk(tmp_path).read("m.md")


class Status:
    """What stat says of a file on a system that is not this one."""

    def __init__(self, flags: int = 0, attributes: int = 0, tag: int = 0) -> None:
        self.st_mode = stat.S_IFREG | 0o600
        self.st_flags = flags
        self.st_file_attributes = attributes
        self.st_reparse_tag = tag


def stat_of_m(answer: Status | OSError) -> Callable[..., object]:
    """os.stat, which answers so for m.md."""
    original = os.stat

    def looked(path: str, **more: Any) -> object:
        if os.path.basename(path) != "m.md":
            return original(path, **more)
        if isinstance(answer, OSError):
            raise answer
        return answer

    return looked


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status(flags=0x40000000), True),
        (Status(flags=0x40000000 | 0x20), True),
        (Status(attributes=0x400020), True),
        (Status(attributes=0x40000), True),
        (Status(attributes=0x1000), True),
        (Status(attributes=0x501620), True),
        (Status(), False),
        (Status(flags=0x20), False),
        (Status(attributes=0x20 | 0x80000), False),
    ],
)
def test_a_placeholder_is_known_by_its_stat_alone(status: Status, expected: bool) -> None:
    assert is_placeholder(status) is expected  # type: ignore[arg-type]


def test_a_placeholder_is_never_read(tmp_path: Path, mocker: MockerFixture) -> None:
    (tmp_path / "m.md").write_bytes(b"text")
    real = RealDisk(tmp_path)
    mocker.patch("os.stat", side_effect=stat_of_m(Status(flags=0x40000000)))
    read = mocker.patch("os.read")
    with pytest.raises(NotDownloadedError, match="not downloaded"):
        real.read("m.md")
    read.assert_not_called()


def test_the_stub_of_an_older_macos_means_not_downloaded(tmp_path: Path) -> None:
    (tmp_path / ".m.md.icloud").write_bytes(b"stub")
    with pytest.raises(NotDownloadedError):
        RealDisk(tmp_path).read("m.md")


@pytest.mark.parametrize("winerror", [362, 388, 389])
def test_a_sync_client_that_is_not_running_means_not_downloaded(
    tmp_path: Path, mocker: MockerFixture, winerror: int
) -> None:
    error = OSError(errno.EINVAL, "Invalid argument")
    error.winerror = winerror  # type: ignore[attr-defined]
    mocker.patch("os.stat", side_effect=stat_of_m(error))
    with pytest.raises(NotDownloadedError):
        RealDisk(tmp_path).read("m.md")


@pytest.mark.parametrize("number", [errno.EDEADLK, errno.EAGAIN, errno.ETIMEDOUT])
def test_a_mac_that_cannot_fetch_means_not_downloaded(
    tmp_path: Path, mocker: MockerFixture, number: int
) -> None:
    mocker.patch("sys.platform", "darwin")
    mocker.patch("os.stat", side_effect=stat_of_m(OSError(number, "no")))
    with pytest.raises(NotDownloadedError):
        RealDisk(tmp_path).read("m.md")


def test_macos_privacy_is_said_as_such(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch("sys.platform", "darwin")
    mocker.patch("os.scandir", side_effect=PermissionError(errno.EPERM, "Operation not permitted"))
    with pytest.raises(FolderError, match="macOS does not let") as caught:
        RealDisk(tmp_path).names()
    assert "Privacy" in caught.value.hint


def test_unreadable_is_not_missing(tmp_path: Path) -> None:
    real = RealDisk(tmp_path, LocalError)
    (tmp_path / "folder").mkdir()
    assert real.read("none.md") is None
    with pytest.raises(LocalError, match="is a directory"):
        real.read("folder")


@posix_only("a link needs a right there that most users lack")
def test_a_link_put_in_place_replaces_what_stood_there_and_is_never_written_through(
    tmp_path: Path,
) -> None:
    real = RealDisk(tmp_path, links="followed")
    (tmp_path / "aim").write_bytes(b"theirs")
    (tmp_path / "t").symlink_to(tmp_path / "aim")
    real.put_link("t", str(tmp_path / "memory"), ANYTHING)
    assert os.readlink(tmp_path / "t") == str(tmp_path / "memory")
    assert (tmp_path / "aim").read_bytes() == b"theirs"


def test_only_own_old_leftovers_are_swept(tmp_path: Path) -> None:
    own, young, foreign = (
        ".~m.md.0123456789abcdef.tmp",
        ".~m.md.fedcba9876543210.tmp",
        ".~lock.m.md#",
    )
    for name in (own, young, foreign):
        (tmp_path / name).write_bytes(b"x")
    os.utime(tmp_path / own, (1, 1))
    os.utime(tmp_path / foreign, (1, 1))
    RealDisk(tmp_path).sweep("", time.time())
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([young, foreign])


def test_a_move_never_replaces(tmp_path: Path) -> None:
    real = RealDisk(tmp_path)
    real.create("a", b"a")
    real.create("c/b", b"b")
    with pytest.raises(Changed):
        real.move("a", "c/b")
    real.move("a", "c/d")
    assert everything(tmp_path) == {"c/b": b"b", "c/d": b"a"}


def test_a_move_of_what_is_gone_says_that_it_changed(tmp_path: Path) -> None:
    real = RealDisk(tmp_path)
    for disk in (real, DryDisk(real), MemoryDisk()):
        with pytest.raises(Changed):
            disk.move("gone", "there")
        assert disk.kind("there") == "absent"


def test_a_dry_disk_reads_back_its_own_writes_and_changes_nothing(tmp_path: Path) -> None:
    real = RealDisk(tmp_path)
    real.create("a.md", b"a")
    real.create("days/2026-11-22/1.md", b"1")
    before = everything(tmp_path)
    dry = DryDisk(real)
    dry.replace("a.md", b"b", b"a")
    dry.create("days/2026-11-23/2.md", b"2")
    dry.move("days/2026-11-22/1.md", "gone/1.md")
    dry.delete("a.md")
    dry.put_link("link", "x", None)
    dry.sweep("", 0.0)
    assert dry.read("a.md") is None
    assert dry.kind("a.md") == "absent"
    assert dry.names("days") == ["2026-11-22", "2026-11-23"]
    assert dry.names("days/2026-11-22") == []
    assert dry.read("gone/1.md") == b"1"
    assert dry.stamps("days")["2026-11-23"] == 0
    with pytest.raises(Changed):
        dry.replace("gone/1.md", b"x", b"wrong")
    assert everything(tmp_path) == before

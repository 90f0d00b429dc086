"""Opening beneath a folder: what is refused, with descriptors and, as on Windows, without."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memsync.system.disk import ANYTHING, Bound, RealDisk, beneath, narrow
from memsync.system.errors import FolderError, LocalError, StrangeFileError, TooLargeFileError
from tests.system.test_disk import Status
from tests.systems import posix_only

pytestmark = posix_only("links are planted")


@pytest.fixture(params=["with descriptors", "without"])
def disk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RealDisk]:
    """A folder that is nobody's to trust, in which `away` leads out, as do the names in it."""
    if request.param == "without":
        monkeypatch.setattr(beneath, "BY_HANDLE", False)
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "file").write_bytes(b"theirs")
    folder = tmp_path / "folder"
    (folder / "real").mkdir(parents=True)
    (folder / "away").symlink_to(outside)
    (folder / "real" / "file").symlink_to(outside / "file")
    (folder / "plain").write_bytes(b"ours")
    yield RealDisk(folder)
    assert (outside / "file").read_bytes() == b"theirs"
    assert sorted(path.name for path in outside.iterdir()) == ["deep", "file"]
    assert list((outside / "deep").iterdir()) == []


CALLS: dict[str, Callable[[RealDisk, str], object]] = {
    "read": lambda disk, name: disk.read(name),
    "names": lambda disk, name: disk.names(name),
    "stamps": lambda disk, name: disk.stamps(name),
    "create": lambda disk, name: disk.create(name, b"x"),
    "replace": lambda disk, name: disk.replace(name, b"x", ANYTHING),
    "move": lambda disk, name: disk.move(name, "free"),
    "move there": lambda disk, name: disk.move("plain", f"{name}/free"),
    "delete": lambda disk, name: disk.delete(name),
    "sweep": lambda disk, name: disk.sweep(name, 1e12),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", ["away", "away/file", "away/deep/new", "real/file"])
def test_no_call_passes_a_link(disk: RealDisk, call: str, name: str) -> None:
    with pytest.raises(StrangeFileError, match="is a link") as caught:
        CALLS[call](disk, name)
    planted = "real/file" if name.startswith("real") else "away"
    assert disk.where(planted) in caught.value.what


@pytest.mark.parametrize("call", CALLS)
def test_the_folder_itself_is_no_link(disk: RealDisk, call: str, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(disk.root)
    with pytest.raises(StrangeFileError, match="linked is a link"):
        CALLS[call](RealDisk(tmp_path / "linked"), "plain" if call != "names" else "")


def test_what_leads_to_the_folder_may_be_a_link(disk: RealDisk, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(tmp_path)
    assert RealDisk(tmp_path / "way" / "folder").read("plain") == b"ours"


def test_a_name_never_leaves_the_folder(disk: RealDisk) -> None:
    for name in ("../outside/file", "real/../../outside/file", "/etc/hostname", "real//x"):
        with pytest.raises(ValueError, match="does not stay"):
            disk.read(name)


def test_links_of_the_persons_own_folder_are_followed(disk: RealDisk) -> None:
    own = RealDisk(disk.root, LocalError)
    assert own.read("away/file") == b"theirs"
    assert own.names("away") == ["deep", "file"]


def test_the_way_through_an_own_link_ends_where_others_write(
    disk: RealDisk, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "direct").symlink_to(disk.root / "plain")
    (own / "planted").symlink_to(disk.root / "real" / "file")
    (own / "second").symlink_to("planted")
    (own / "elsewhere").symlink_to(tmp_path / "outside" / "file")
    mine = RealDisk(own, LocalError, guarded=disk)
    assert mine.read("direct") == b"ours"
    assert mine.read("elsewhere") == b"theirs"
    for name in ("planted", "second"):
        with pytest.raises(StrangeFileError):
            mine.read(name)


def test_a_link_that_comes_between_the_look_and_the_opening_is_not_followed(
    disk: RealDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = os.open

    def opened(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if os.path.basename(path) == "plain":
            (disk.root / "plain").unlink(missing_ok=True)
            (disk.root / "plain").symlink_to(tmp_path / "outside" / "file")
        return original(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(FolderError):
        disk.read("plain")


def test_a_file_that_is_larger_than_its_bound_is_not_read(tmp_path: Path) -> None:
    heads = (b"edit",)
    disk = RealDisk(tmp_path, bound=lambda name: Bound(10, heads, 20))
    (tmp_path / "just").write_bytes(b"x" * 10)
    (tmp_path / "over").write_bytes(b"x" * 11)
    (tmp_path / "edit").write_bytes(b"edit" + b"x" * 16)
    (tmp_path / "long edit").write_bytes(b"edit" + b"x" * 17)
    assert disk.read("just") == b"x" * 10
    assert disk.read("edit") == b"edit" + b"x" * 16
    for name in ("over", "long edit"):
        with pytest.raises(TooLargeFileError, match=rf"{name} is larger than \d0 bytes"):
            disk.read(name)


def test_a_file_that_grows_while_it_is_read_is_not_read_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "grows").write_bytes(b"x")
    original = os.read

    def read(handle: int, count: int) -> bytes:
        with (tmp_path / "grows").open("ab") as file:
            file.write(b"x" * 10)
        return original(handle, count)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(TooLargeFileError):
        RealDisk(tmp_path, bound=lambda name: Bound(1000)).read("grows")


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        (0x9000001A, ""),  # IO_REPARSE_TAG_CLOUD
        (0x9000601A, ""),  # IO_REPARSE_TAG_CLOUD_6
        (0x9000F01A, ""),  # IO_REPARSE_TAG_CLOUD_F
        (0x80000021, ""),  # IO_REPARSE_TAG_ONEDRIVE
        (0xA0000003, "a link"),  # a junction
        (0xA000000C, "a link"),  # a symbolic link
        (0x8000001B, "a link"),  # an app's alias
        (0x9000001C, "a link"),  # IO_REPARSE_TAG_PROJFS
        (0xA000001D, "a link"),  # a link of WSL
    ],
)
def test_of_the_reparse_points_only_those_of_cloud_clients_are_passed(tag: int, words: str) -> None:
    status = Status(attributes=0x400, tag=tag)
    assert beneath.strange(status) == words  # type: ignore[arg-type]


def test_narrowing_passes_by_what_is_strange(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.write_bytes(b"x")
    outside.chmod(0o644)
    folder.mkdir(mode=0o755)
    (folder / "link").symlink_to(outside)
    os.mkfifo(folder / "pipe", 0o666)
    (folder / "pipe").chmod(0o666)
    (folder / "file").write_bytes(b"x")
    (folder / "file").chmod(0o664)
    folder.chmod(0o755)
    assert narrow(str(folder), 0o077) == 2
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert stat.S_IMODE((folder / "pipe").lstat().st_mode) == 0o666
    (tmp_path / "linked").symlink_to(tmp_path)
    assert narrow(str(tmp_path / "linked"), 0o077) == 0


def test_nothing_is_written_through_a_link_that_may_be_read(disk: RealDisk, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "link").symlink_to(disk.root / "plain")
    mine = RealDisk(own, LocalError, guarded=disk)
    mine.replace("link", b"mine", ANYTHING)
    assert not (own / "link").is_symlink()
    assert disk.read("plain") == b"ours"

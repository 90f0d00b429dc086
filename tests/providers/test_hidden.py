"""What may not be listed, or does not answer: it is said, and nothing else is taken for the only
folder.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from memsync.commands.init import cmd_init
from memsync.config import Config
from memsync.providers.base import NO_ANSWER
from memsync.providers.registry import PROVIDERS, by_name, detect_all, given
from memsync.providers.resolve import Place, not_set_up
from memsync.system.errors import FolderError
from memsync.system.machine import Machine
from tests.providers.machines import build, folder, tree, write

STORAGE = "Library/CloudStorage"
HIDDEN = ["GoogleDrive-jo@example.com/My Drive", "OneDrive-Contoso", "Dropbox"]


def init(machine: Machine, **more: object) -> str:
    """What `memsync init` says when it takes nothing."""
    args = {
        "provider": None,
        "sync_root": None,
        "link": None,
        "new": False,
        "join": False,
        "yes": True,
        "force": False,
    }
    before = tree(machine.root)
    with pytest.raises(FolderError) as refused:
        cmd_init(
            Namespace(**{**args, **more}), Config(machine, {}), Place(machine, trouble=not_set_up())
        )
    assert tree(machine.root) == before
    return refused.value.what


def closed(tmp_path: Path, *, above: bool) -> Machine:
    """A Mac whose terminal may not look into the cloud folders, or into the folder that holds
    them.
    """
    return build(
        tmp_path,
        "mac",
        blind=lambda path: STORAGE in str(path) and (above or path.name != "CloudStorage"),
    )


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("above", [True, False])
def test_an_old_folder_is_not_taken_while_another_may_be_hidden(
    name: str, above: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = closed(tmp_path, above=above)
    folder(machine.home / STORAGE / name)
    old = folder(machine.home / ("OneDrive" if name == "Dropbox" else "Dropbox"))
    write(old / "old.txt", "x")
    said = init(machine)
    assert str(old) in said
    assert "several" in said or "more may be hidden" in said
    assert "System Settings > Privacy & Security" in capsys.readouterr().err


def test_where_all_may_be_hidden_the_way_out_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = closed(tmp_path, above=True)
    folder(machine.home / STORAGE / HIDDEN[0])
    assert init(machine) == "no cloud folder was found that may be looked into"
    assert capsys.readouterr().err.count("System Settings > Privacy & Security") == 1
    hiding = {one.name for one in PROVIDERS if one.blocked(machine) == [machine.home / STORAGE]}
    assert hiding == {"onedrive", "gdrive", "dropbox"}


def test_a_windows_drive_without_a_disk_hides_nothing(tmp_path: Path) -> None:
    machine = build(tmp_path, "windows")
    empty = folder(machine.drives[1])
    machine = build(tmp_path, "windows", blind=lambda path: path == empty)
    assert [one.blocked(machine) for one in PROVIDERS] == [[]] * len(PROVIDERS)


def test_a_folder_that_does_not_answer_is_unreadable(tmp_path: Path, mocker: MockerFixture) -> None:
    """The look in a child process never comes back."""
    mac, linux = build(tmp_path / "mac", "mac"), build(tmp_path / "linux", "linux")
    (
        folder(mac.home / STORAGE / "Dropbox"),
        folder(mac.home / "Documents/mine"),
        folder(linux.home / "OneDrive"),
    )
    write(linux.root / "proc/mounts", "onedrive: /home/jo/OneDrive fuse.rclone rw 0 0\n")
    write(
        mac.home / ".dropbox/info.json", f'{{"personal": {{"path": "{mac.home}/Documents/mine"}}}}'
    )
    mocker.patch("select.select", return_value=([], [], []))
    (found,) = by_name("onedrive").detect(linux)
    assert (found.state, found.warnings[0]) == ("unreadable", NO_ANSWER)
    rows = {one.path.name: (one.state, one.warnings[:1]) for one in detect_all(mac)}
    assert rows == {"Dropbox": ("unreadable", (NO_ANSWER,)), "mine": ("found", ())}
    assert given(linux.home / "OneDrive", linux)[4:] == ((NO_ANSWER,), "unreadable")

"""WSL: the Windows user's folders beside one's own, however the Windows home can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from memsync.providers.base import THROUGH_WSL
from memsync.providers.registry import by_name, detect_all
from memsync.system.machine import Machine
from tests.providers.machines import build, folder, write


def found(machine: Machine) -> list[tuple[str, Path]]:
    return [(one.provider, one.path) for one in detect_all(machine)]


@pytest.mark.parametrize("given", ["/mnt/c/Users/jo", r"C:\Users\jo", "c:/Users/jo"])
def test_wslenv_tells_the_windows_home(given: str, tmp_path: Path) -> None:
    machine = build(tmp_path, "wsl", env={"USERPROFILE": given})
    folder(machine.root / "mnt/c/Users/zoe/OneDrive")
    root = folder(machine.root / "mnt/c/Users/jo/OneDrive")
    assert found(machine) == [("onedrive", root)]


def test_cmd_exe_tells_it_once(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def run(argv: list[str]) -> str | None:
        asked.append(argv)
        return "C:\\Users\\jo\r\n"

    machine = build(tmp_path, "wsl", run=run)
    folder(machine.root / "mnt/c/Users/zoe")
    root = folder(machine.root / "mnt/c/Users/jo/Dropbox")
    assert found(machine) == [("dropbox", root)]
    cmd = str(machine.root / "mnt/c/Windows/System32/cmd.exe")
    assert asked == [[cmd, "/U", "/C", "echo.%UserProfile%"]]


@pytest.mark.parametrize(
    ("others", "counts"), [(("Public", "Default", "All Users"), True), (("zoe",), False)]
)
def test_without_both_only_a_single_persons_home_counts(
    others: tuple[str, ...], counts: bool, tmp_path: Path
) -> None:
    machine = build(tmp_path, "wsl")
    for name in others:
        folder(machine.root / "mnt/c/Users" / name)
    folder(machine.root / "mnt/c/Users/jo/OneDrive")
    assert bool(found(machine)) is counts


def test_the_drives_may_be_mounted_elsewhere(tmp_path: Path) -> None:
    machine = build(tmp_path, "wsl", env={"USERPROFILE": r"D:\jo"})
    write(
        machine.root / "etc/wsl.conf",
        (
            '[network]\nroot = /no\n[automount]\nenabled = true\nroot = "/win/" # x\n'
            "[boot]\nroot = /no\n"
        ),
    )
    root = folder(machine.root / "win/d/jo/OneDrive - Contoso")
    (one,) = detect_all(machine)
    assert (one.path, one.account) == (root, "Contoso")
    assert THROUGH_WSL in one.warnings


def test_ones_own_folders_come_first(tmp_path: Path) -> None:
    machine = build(tmp_path, "wsl")
    theirs = folder(machine.root / "mnt/c/Users/jo/OneDrive")
    mine = folder(machine.home / "OneDrive")
    assert found(machine) == [("onedrive", mine), ("onedrive", theirs)]


def test_paths_in_windows_files_are_found_on_the_mounted_drives(tmp_path: Path) -> None:
    machine = build(tmp_path, "wsl")
    root = folder(machine.root / "mnt/d/Boxes/Dropbox")
    write(
        machine.root / "mnt/c/Users/jo/AppData/Local/Dropbox/info.json",
        '{"personal": {"path": "D:\\\\Boxes\\\\Dropbox"}}',
    )
    (one,) = by_name("dropbox").detect(machine)
    assert (one.path, one.account) == (root, "Personal")
    assert one.evidence.endswith("info.json, Windows, through WSL")
    assert one.warnings == (THROUGH_WSL,)


def test_google_drives_letter_is_found_when_it_is_mounted(tmp_path: Path) -> None:
    machine = build(tmp_path, "wsl")
    root = folder(machine.root / "mnt/g/My Drive")
    assert found(machine) == [("gdrive", root)]


def test_another_linux_does_not_look_at_windows_drives(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    write(machine.root / "proc/sys/kernel/osrelease", "6.8.0-45-generic\n")
    folder(machine.root / "mnt/c/Users/jo/OneDrive")
    assert detect_all(machine) == []

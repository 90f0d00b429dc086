"""iCloud Drive and folders that a person names."""

from __future__ import annotations

from pathlib import Path

import pytest

from memsync.providers.icloud import ON_WINDOWS
from memsync.providers.registry import by_name, detect_all, given
from tests.providers.machines import KINDS, build, folder, provider_of


def test_icloud_on_windows_comes_with_a_warning(tmp_path: Path) -> None:
    machine = build(tmp_path, "windows")
    root = folder(machine.home / "iCloudDrive")
    assert by_name("icloud").detect(machine) == [
        ("icloud", root, "", "folder in the home", (ON_WINDOWS,), "found")
    ]


def test_an_apps_own_folder_in_icloud_is_not_icloud_drive(tmp_path: Path) -> None:
    machine = build(tmp_path, "mac")
    folder(machine.home / "Library/Mobile Documents/iCloud~md~obsidian/Documents")
    assert detect_all(machine) == []


def test_macos_privacy_is_told_apart_from_an_absent_folder(tmp_path: Path) -> None:
    root = folder(build(tmp_path, "mac").home / "Library/Mobile Documents/com~apple~CloudDocs")
    machine = build(tmp_path, "mac", blind=lambda path: path == root)
    (found,) = detect_all(machine)
    assert found.state == "unreadable"
    assert "System Settings > Privacy & Security" in found.warnings[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_custom_folder_is_never_guessed(kind: str, tmp_path: Path) -> None:
    machine = build(tmp_path, kind)
    for name in ("Nextcloud", "Sync", "Box", "Documents", "Library/CloudStorage/Box-Box"):
        folder(machine.home / name)
    assert detect_all(machine) == []
    assert provider_of(machine.home / "Nextcloud", machine) == (by_name("custom"), "")


def test_the_innermost_root_wins(tmp_path: Path) -> None:
    machine = build(tmp_path, "mac")
    outer = folder(machine.home / "Dropbox")
    inner = folder(machine.home / "Dropbox/OneDrive")
    (machine.home / "OneDrive").symlink_to(inner)
    assert provider_of(folder(inner / "x"), machine)[0].name == "onedrive"
    assert provider_of(folder(outer / "x"), machine)[0].name == "dropbox"
    assert given(outer, machine).evidence == "given"

"""Google Drive: a My Drive in any language, and nothing beside or above it."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from pathlib import Path

import pytest

from memsync.providers.gdrive import ACCOUNT_FOLDER, BESIDE, GUESSED
from memsync.providers.looking.google_names import MY_DRIVE, NOT_MINE
from memsync.providers.registry import by_name, given
from memsync.system.machine import Machine
from tests.providers.machines import build, folder, provider_of, tree, write

GDRIVE = by_name("gdrive")
STORAGE = "Library/CloudStorage/GoogleDrive-jo@example.com"
DATABASES = {
    "mac": "Library/Application Support/Google/DriveFS/root_preference_sqlite.db",
    "windows": "AppData/Local/Google/DriveFS/root_preference_sqlite.db",
}


def roots(machine: Machine) -> list[tuple[Path, str]]:
    return [(one.path, one.account) for one in GDRIVE.detect(machine)]


@pytest.mark.parametrize("name", MY_DRIVE)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_my_drive_is_found_in_every_language(name: str, form: str, tmp_path: Path) -> None:
    mac = build(tmp_path / "mac", "mac")
    for other in (
        "Shared drives",
        "Other computers",
        ".shortcut-targets-by-id",
        ".Trash",
        "Unheard of",
    ):
        folder(mac.home / STORAGE / other)
    root = folder(mac.home / STORAGE / unicodedata.normalize(form, name))  # type: ignore[arg-type]
    assert roots(mac) == [(root, "jo@example.com")]
    windows = build(tmp_path / "windows", "windows")
    root = folder(windows.drives[-1] / unicodedata.normalize(form, name))  # type: ignore[arg-type]
    assert roots(windows) == [(root, "")]


def test_no_name_is_in_both_lists_or_in_one_twice() -> None:
    names = [unicodedata.normalize("NFC", name) for name in MY_DRIVE + NOT_MINE]
    assert len(set(names)) == len(names)
    assert set(names) == set(MY_DRIVE + NOT_MINE)


def test_an_unknown_language_is_taken_only_when_one_folder_is_left(tmp_path: Path) -> None:
    machine = build(tmp_path, "mac")
    for other in ("Geteilte Ablagen", "Other computers", ".shortcut-targets-by-id", ".Trash"):
        folder(machine.home / STORAGE / other)
    write(machine.home / STORAGE / "Icon\r", "")
    assert roots(machine) == []
    root = folder(machine.home / STORAGE / "Mein Laufwerk")
    assert roots(machine) == [(root, "jo@example.com")]
    assert GUESSED in GDRIVE.detect(machine)[0].warnings
    folder(machine.home / STORAGE / "Noch eins")
    assert roots(machine) == []


@pytest.mark.parametrize(
    "name", ["Unités partagées", "Drives compartidos", "Další počítače", "Alte computere"]
)
def test_what_google_calls_a_shared_drive_is_no_my_drive_while_that_one_loads(
    name: str, tmp_path: Path
) -> None:
    machine = build(tmp_path, "mac")
    folder(machine.home / STORAGE / name)
    assert roots(machine) == []


def test_every_account_is_a_candidate_and_a_dated_leftover_is_none(tmp_path: Path) -> None:
    machine = build(tmp_path, "mac")
    storage = machine.home / "Library/CloudStorage"
    for account in ("jo@work.example", "jo@example.com", "jo@example.com (1-2-25 10:11)"):
        folder(storage / f"GoogleDrive-{account}" / "Mon Drive")
    folder(storage / "GoogleDrive-old@example.com (1-2-25 10:11)" / "Strange")
    assert [account for _, account in roots(machine)] == ["jo@example.com", "jo@work.example"]


@pytest.mark.parametrize("kind", ["mac", "linux", "windows", "wsl"])
def test_the_account_folder_and_a_bare_drive_are_never_taken(kind: str, tmp_path: Path) -> None:
    machine = build(tmp_path, kind)
    for name in (STORAGE, "Google Drive", "GoogleDrive", STORAGE + "/Shared drives/Team"):
        folder(machine.home / name)
    folder(machine.root / "Volumes/GoogleDrive/Shared drives")
    for drive in (*machine.drives, machine.root / "mnt/g"):
        folder(drive / "Shared drives")
        write(drive / "My Drive.lnk", "")
    assert GDRIVE.detect(machine) == []
    inside = folder(machine.home / STORAGE / "Shared drives/Team/x")
    assert provider_of(inside, machine)[0].name == "custom"


def test_a_folder_beside_my_drive_that_a_person_names_is_refused_or_said(tmp_path: Path) -> None:
    mac = build(tmp_path / "mac", "mac")
    mine, team = (
        folder(mac.home / STORAGE / "My Drive/x"),
        folder(mac.home / STORAGE / "Geteilte Ablagen/Team"),
    )
    windows = build(tmp_path / "windows", "windows")
    drive = windows.drives[-1]
    (
        folder(drive / "My Drive"),
        folder(drive / "Shared drives/Team"),
        folder(windows.drives[0] / "Sync"),
    )
    cases = [(mac, mac.home / STORAGE), (windows, drive)]
    assert [(given(at, one).state, given(at, one).warnings) for one, at in cases] == [
        ("unreadable", (ACCOUNT_FOLDER,))
    ] * 2
    assert given(team, mac)[:1] + given(team, mac)[4:] == ("custom", (BESIDE,), "found")
    assert given(drive / "Shared drives/Team", windows).warnings == (BESIDE,)
    assert BESIDE not in given(mine, mac).warnings
    assert given(windows.drives[0] / "Sync", windows).warnings == ()


@pytest.mark.parametrize(
    "value",
    [
        {"per_account_preferences": [{"key": "1", "value": {"mount_point_path": "G"}}]},
        [{"key": "1", "value": {"mount_point_path": "G:"}}, {"value": {}}, 3],
    ],
)
def test_the_registry_tells_the_letter(value: object, tmp_path: Path) -> None:
    keys = {r"Software\Google\DriveFS": {"": {"PerAccountPreferences": json.dumps(value)}}}
    machine = build(tmp_path, "windows", registry=keys)
    assert GDRIVE.detect(machine) == []
    root = folder(machine.drives[-1] / "Meine Ablage")
    (found,) = GDRIVE.detect(machine)
    assert (found.path, found.evidence) == (root, "registry: PerAccountPreferences")


def test_the_registry_may_tell_a_folder(tmp_path: Path) -> None:
    mount = folder(tmp_path / "Mounts" / "Google")
    value = json.dumps({"per_account_preferences": [{"value": {"mount_point_path": str(mount)}}]})
    keys = {r"Software\Google\DriveFS": {"": {"PerAccountPreferences": value}}}
    machine = build(tmp_path, "windows", registry=keys)
    assert GDRIVE.detect(machine) == []
    assert (f"registry: {mount}/<My Drive>", "absent") in GDRIVE.looked(machine)
    root = folder(mount / "My Drive")
    assert roots(machine) == [(root, "")]


@pytest.mark.parametrize("kind", ["mac", "windows"])
def test_a_mirrored_folder_that_was_moved_is_found_in_googles_database(
    kind: str, tmp_path: Path
) -> None:
    machine = build(tmp_path, kind)
    moved, other = folder(machine.root / "Data/Drive"), folder(machine.root / "Data/Photos")
    file = machine.home / DATABASES[kind]
    folder(file.parent)
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(
            "CREATE TABLE roots (last_seen_absolute_path TEXT, title TEXT, is_my_drive INTEGER)"
        )
        rows = [
            ("\\\\?\\" + str(moved), "My Drive", 1),
            (str(other), "Photos", 0),
            ("", "x", 1),
            (None, "y", 1),
        ]
        database.executemany("INSERT INTO roots VALUES (?, ?, ?)", rows)
    database.close()
    before = tree(tmp_path)
    (found,) = GDRIVE.detect(machine)
    assert (found.path, found.evidence, found.warnings) == (moved, "mirrored by Google Drive", ())
    assert tree(tmp_path) == before


def test_a_mirror_of_a_second_account_is_named_after_it(tmp_path: Path) -> None:
    machine = build(tmp_path, "windows")
    first = folder(machine.home / "My Drive")
    second = folder(machine.home / "My Drive (jo@example.com)")
    folder(machine.home / "My Drive Backup")
    assert roots(machine) == [(first, ""), (second, "jo@example.com")]

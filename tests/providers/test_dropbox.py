"""Dropbox: what its info.json says, wherever that lies, before any folder that only looks like
it.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from memsync.providers.base import NO_CLIENT
from memsync.providers.dropbox import TEAM
from memsync.providers.registry import by_name
from memsync.system.machine import Machine
from tests.providers.machines import build, folder, write

DROPBOX = by_name("dropbox")
INFO = [
    ("linux", ".dropbox/info.json"),
    ("mac", ".dropbox/info.json"),
    ("windows", "AppData/Roaming/Dropbox/info.json"),
    ("windows", "AppData/Local/Dropbox/info.json"),
    (
        "windows",
        "AppData/Local/Packages/DropboxInc.Dropbox_x1y2/LocalCache/Local/Dropbox/info.json",
    ),
]


def roots(machine: Machine) -> list[tuple[Path, str, tuple[str, ...]]]:
    return [(one.path, one.account, one.warnings) for one in DROPBOX.detect(machine)]


@pytest.mark.parametrize(("kind", "place"), INFO)
def test_info_json_tells_both_accounts_personal_first(
    kind: str, place: str, tmp_path: Path
) -> None:
    machine = build(tmp_path, kind)
    mine, work = (
        folder(machine.home / "Boxes/Mine"),
        folder(machine.home / "Boxes/Dropbox (Contoso)"),
    )
    plain = folder(machine.home / "Dropbox")
    info = {"business": {"path": str(work), "host": 2}, "personal": {"path": str(mine), "host": 1}}
    write(machine.home / place, json.dumps(info))
    found = roots(machine)
    assert found[:2] == [(mine, "Personal", ()), (work, "Business", (TEAM,))]
    assert found[2][0] == plain
    assert DROPBOX.detect(machine)[0].evidence == str(machine.home / place)


@pytest.mark.parametrize("variable", ["APPDATA", "LOCALAPPDATA"])
def test_windows_may_keep_its_settings_elsewhere(variable: str, tmp_path: Path) -> None:
    settings, mine = tmp_path / "settings", folder(tmp_path / "Mine")
    write(settings / "Dropbox/info.json", json.dumps({"personal": {"path": str(mine)}}))
    machine = build(tmp_path, "windows", env={variable: str(settings)})
    assert [path for path, _, _ in roots(machine)] == [mine]


def test_the_folder_that_info_json_names_may_be_gone(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    write(
        machine.home / ".dropbox/info.json",
        json.dumps({"personal": {"path": "/media/disk/Dropbox"}}),
    )
    assert DROPBOX.detect(machine) == []
    assert (str(machine.root / "media/disk/Dropbox"), "absent") in DROPBOX.looked(machine)
    root = folder(machine.root / "media/disk/Dropbox")
    assert [path for path, _, _ in roots(machine)] == [root]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_broken_info_json_is_a_row_and_hides_no_folder(text: str, tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    file = write(machine.home / ".dropbox/info.json", text)
    root = folder(machine.home / "Dropbox")
    assert roots(machine) == [(root, "", ())]
    assert (str(file), "unreadable") in DROPBOX.looked(machine)


def test_host_db_counts_only_when_info_json_says_nothing(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    old, new = folder(machine.home / "Old"), folder(machine.home / "New")
    line = base64.b64encode(str(old).encode()).decode()
    write(machine.home / ".dropbox/host.db", f"0123\n{line}\n")
    assert [path for path, _, _ in roots(machine)] == [old]
    write(machine.home / ".dropbox/info.json", json.dumps({"personal": {"path": str(new)}}))
    assert [path for path, _, _ in roots(machine)] == [new]


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("linux", ".config/maestral/maestral.ini"),
        ("mac", "Library/Application Support/maestral/work.ini"),
    ],
)
def test_maestral_is_a_client_too(kind: str, place: str, tmp_path: Path) -> None:
    machine = build(tmp_path, kind)
    root = folder(machine.home / "Dropbox (Maestral)")
    write(
        machine.home / place,
        f"[auth]\nkeyring = automatic\n[sync]\npath = {root}\nreindex_interval = 1\n",
    )
    assert DROPBOX.detect(machine)[0][1:4] == (root, "", str(machine.home / place))


@pytest.mark.parametrize("mark", [".dropbox", ".dropbox.cache"])
def test_a_plain_folder_with_dropboxs_own_mark_needs_no_warning(mark: str, tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    root = folder(machine.home / "Dropbox")
    assert roots(machine) == [(root, "", (NO_CLIENT,))]
    folder(root / mark)
    assert roots(machine) == [(root, "", ())]


def test_a_teams_folder_carries_its_name(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    folder(machine.home / "Dropbox (Contoso)")
    folder(machine.home / "Dropbox Backup")
    folder(machine.home / "Dropbox.old")
    assert [account for _, account, _ in roots(machine)] == ["Contoso"]

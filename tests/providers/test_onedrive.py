"""OneDrive: accounts, the override, libraries that are not the user's own, Linux clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from memsync.providers.base import IS_DOWN, NO_CLIENT
from memsync.providers.onedrive import SHARED_LIBRARY, SIGNED_OUT, override
from memsync.providers.registry import by_name, given
from memsync.system.errors import FolderError
from memsync.system.machine import Machine
from tests.providers.machines import KINDS, build, folder, provider_of, tree, write
from tests.systems import posix_only

ACCOUNTS = r"Software\Microsoft\OneDrive\Accounts"
ONEDRIVE = by_name("onedrive")


def roots(machine: Machine) -> list[tuple[str, str, str]]:
    return [(one.path.name, one.account, one.evidence) for one in ONEDRIVE.detect(machine)]


def test_the_registry_gives_every_account_the_personal_one_first(tmp_path: Path) -> None:
    home = build(tmp_path, "windows").home
    names = ["OneDrive", "OneDrive - Contoso", "OneDrive - Globex"]
    paths = [str(folder(home / name)) for name in names]
    keys = {
        "": {},
        "Business10": {"UserFolder": paths[2]},
        "Business2": {"UserFolder": paths[1], "DisplayName": "Contoso Ltd"},
        "Business1": {"DisplayName": "left the company", "UserFolder": " "},
        "Personal": {"UserFolder": paths[0], "UserEmail": "jo@example.com"},
    }
    machine = build(tmp_path, "windows", registry={ACCOUNTS: keys})
    assert roots(machine) == [
        ("OneDrive", "Personal", "registry: Personal"),
        ("OneDrive - Contoso", "Contoso Ltd", "registry: Business2"),
        ("OneDrive - Globex", "Globex", "registry: Business10"),
    ]
    assert all(one.warnings == () for one in ONEDRIVE.detect(machine))
    assert ("registry: Business1 (signed out)", "absent") in ONEDRIVE.looked(machine)


def test_a_folder_that_no_account_uses_comes_last_and_says_so(tmp_path: Path) -> None:
    home = build(tmp_path, "windows").home
    folder(home / "OneDrive")
    moved = folder(tmp_path / "D" / "Cloud")
    keys = {"": {}, "Business1": {"UserFolder": str(moved), "DisplayName": "Contoso"}}
    found = ONEDRIVE.detect(build(tmp_path, "windows", registry={ACCOUNTS: keys}))
    assert [(one.path, one.warnings) for one in found] == [
        (moved, ()),
        (home / "OneDrive", (NO_CLIENT,)),
    ]


def test_the_old_registry_value_counts_when_there_are_no_accounts(tmp_path: Path) -> None:
    old = folder(tmp_path / "SkyDrive")
    keys = {r"Software\Microsoft\OneDrive": {"": {"UserFolder": str(old)}}}
    assert roots(build(tmp_path, "windows", registry=keys)) == [
        ("SkyDrive", "", "registry: UserFolder")
    ]


def test_the_environment_names_both_accounts_before_the_one_that_won(tmp_path: Path) -> None:
    home = build(tmp_path, "windows").home
    work, mine = folder(home / "OneDrive - Contoso"), folder(home / "OneDrive")
    env = {"OneDrive": str(work), "OneDriveCommercial": str(work), "OneDriveConsumer": str(mine)}
    assert roots(build(tmp_path, "windows", env=env)) == [
        ("OneDrive", "Personal", "%OneDriveConsumer%"),
        ("OneDrive - Contoso", "Contoso", "%OneDriveCommercial%"),
    ]


@pytest.mark.parametrize("name", ["OneDrive", "ONEDRIVE"])
def test_the_prototypes_variable_is_found_however_windows_spells_it(
    name: str, tmp_path: Path
) -> None:
    moved = folder(tmp_path / "Cloud")
    assert roots(build(tmp_path, "windows", env={name: str(moved)})) == [
        ("Cloud", "", "%OneDrive%")
    ]
    assert roots(build(tmp_path, "linux", env={name: str(moved)})) == []


@pytest.mark.parametrize("kind", ["mac", "linux"])
def test_a_shared_library_is_never_a_candidate(kind: str, tmp_path: Path) -> None:
    storage = build(tmp_path, kind).home / "Library/CloudStorage"
    names = ("OneDrive-SharedLibraries-Contoso", "OneDrive-SharedLibraries", "OneDriveBackup")
    for name in (*names, "OneDrive-sharedlibraries-Fabrikam"):
        folder(storage / name)
    machine = build(tmp_path, kind)
    assert ONEDRIVE.detect(machine) == []
    library = storage / "OneDrive-SharedLibraries-Contoso"
    assert provider_of(library, machine)[0].name == "custom"
    assert given(folder(library / "Team"), machine).warnings == (SHARED_LIBRARY,)


def test_a_shared_library_on_windows_is_known_from_the_registry(tmp_path: Path) -> None:
    home = build(tmp_path, "windows").home
    mine, team = folder(home / "OneDrive - Contoso"), folder(home / "Contoso" / "Team - Documents")
    keys = {
        ACCOUNTS: {"": {}, "Business1": {"UserFolder": str(mine), "DisplayName": "Contoso"}},
        ACCOUNTS + r"\Business1\ScopeIdToMountPointPathCache": {
            "": {"a": str(team), "b": str(mine)}
        },
    }
    machine = build(tmp_path, "windows", registry=keys)
    assert [one.path for one in ONEDRIVE.detect(machine)] == [mine]
    assert given(team, machine).warnings == (SHARED_LIBRARY,)
    assert given(mine, machine).warnings == ()


def test_personal_comes_before_business_and_the_old_link_is_the_same_folder(tmp_path: Path) -> None:
    home = build(tmp_path, "mac").home
    for name in (
        "OneDrive-Acme",
        "OneDrive-Personal",
        "OneDrive-Zeta",
        "OneDrive-Acme (12-3-24 10:11)",
    ):
        folder(home / "Library/CloudStorage" / name)
    (home / "OneDrive").symlink_to(home / "Library/CloudStorage/OneDrive-Personal")
    assert [account for _, account, _ in roots(build(tmp_path, "mac"))] == [
        "Personal",
        "Acme",
        "Zeta",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sibling_whose_name_only_begins_like_it_is_no_account(kind: str, tmp_path: Path) -> None:
    home = build(tmp_path, kind).home
    for name in ("OneDrive Backup", "OneDriveTemp", "OneDrive.old", "My OneDrive"):
        folder(home / name)
        folder(home / "Library/CloudStorage" / name)
    assert ONEDRIVE.detect(build(tmp_path, kind)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_override_goes_first(kind: str, tmp_path: Path) -> None:
    home = build(tmp_path, kind).home
    folder(home / "OneDrive")
    mine = folder(tmp_path / "OneDrive - Contoso")
    machine = build(tmp_path, kind, env={"MEMSYNC_ONEDRIVE": str(mine)})
    chosen = override(machine)
    assert chosen is not None
    assert chosen == ("onedrive", mine, "Contoso", "MEMSYNC_ONEDRIVE", (), "found")
    assert ONEDRIVE.detect(machine)[0] == chosen
    assert [one.path for one in ONEDRIVE.detect(machine)] == [mine, home / "OneDrive"]
    assert provider_of(mine / "x", machine) == (ONEDRIVE, "Contoso")


def test_the_override_may_begin_with_a_tilde_and_counts_only_when_set(tmp_path: Path) -> None:
    mine = folder(build(tmp_path, "mac").home / "Cloud")
    found = override(build(tmp_path, "mac", env={"MEMSYNC_ONEDRIVE": "~/Cloud"}))
    assert found is not None
    assert found.path == mine
    assert override(build(tmp_path, "mac", env={"MEMSYNC_ONEDRIVE": ""})) is None
    assert override(build(tmp_path, "mac")) is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_override_that_is_no_folder_is_an_error_and_no_other_account(
    kind: str, tmp_path: Path
) -> None:
    home = build(tmp_path, kind).home
    folder(home / "OneDrive")
    file = write(tmp_path / "file", "x")
    for wrong in (str(tmp_path / "gone"), str(file), " "):
        machine = build(tmp_path, kind, env={"MEMSYNC_ONEDRIVE": wrong})
        before = tree(tmp_path)
        with pytest.raises(FolderError, match="which is not a folder") as failure:
            override(machine)
        assert failure.value.status == 4
        assert "MEMSYNC_ONEDRIVE" not in {one.evidence for one in ONEDRIVE.detect(machine)}
        assert ONEDRIVE.looked(machine)[0][0].startswith("MEMSYNC_ONEDRIVE=")
        assert ONEDRIVE.looked(machine)[0][1] == "absent"
        assert tree(tmp_path) == before


def test_an_override_that_may_not_be_listed_says_so(tmp_path: Path) -> None:
    mine = folder(tmp_path / "Cloud")
    env = {"MEMSYNC_ONEDRIVE": str(mine)}
    machine = build(tmp_path, "mac", env=env, blind=lambda path: path == mine)
    with pytest.raises(FolderError, match="cannot be read: it may not be listed"):
        override(machine)
    assert ONEDRIVE.looked(machine)[0] == (f"MEMSYNC_ONEDRIVE={mine}", "unreadable")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('sync_dir = "~/Cloud"\n', "Cloud"),
        ('# sync_dir = "~/OneDrive"\nsync_dir="~/My Cloud"\n', "My Cloud"),
        ('# sync_dir = "~/Cloud"\n', "OneDrive"),
        ('skip_dir = "x"\n', "OneDrive"),
    ],
)
def test_the_linux_client_says_where_it_syncs_to(text: str, name: str, tmp_path: Path) -> None:
    home = build(tmp_path, "linux").home
    folder(home / name)
    file = write(home / ".config/onedrive/config", text)
    machine = build(tmp_path, "linux")
    assert roots(machine) == [(name, "", f"sync_dir in {file}")]
    assert ONEDRIVE.detect(machine)[0].warnings == ()


@posix_only("an absolute path of Linux, which Windows takes for a relative one")
def test_the_linux_client_may_have_several_accounts_and_another_config_home(tmp_path: Path) -> None:
    root = build(tmp_path, "linux").root
    config = folder(root / "elsewhere")
    write(config / "onedrive-work/config", 'sync_dir = "/data/work"\n')
    write(config / "onedrive/config", 'sync_dir = "~/OneDrive"\n')
    machine = build(tmp_path, "linux", env={"XDG_CONFIG_HOME": str(config)})
    folder(root / "data/work")
    folder(machine.home / "OneDrive")
    assert [(one.path, one.account) for one in ONEDRIVE.detect(machine)] == [
        (machine.home / "OneDrive", ""),
        (root / "data/work", "work"),
    ]


def test_the_linux_client_of_a_sharepoint_library_is_left_out(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    folder(machine.home / "Team")
    file = write(
        machine.home / ".config/onedrive-team/config", 'sync_dir = "~/Team"\ndrive_id = "b!x"\n'
    )
    assert ONEDRIVE.detect(machine) == []
    assert (f"{file} (a shared library)", "absent") in ONEDRIVE.looked(machine)


@pytest.mark.parametrize(
    "text", ['sync_dir = "~/OneDrive"\ndrive_id = "b!x"\n', 'drive_id = "b!x"\n']
)
@pytest.mark.parametrize("name", ["onedrive", "onedrive-team"])
def test_a_sharepoint_library_at_the_default_place_is_not_taken_by_the_table(
    name: str, text: str, tmp_path: Path
) -> None:
    machine = build(tmp_path, "linux")
    team = folder(machine.home / "OneDrive/Team")
    write(machine.home / f".config/{name}/config", text)
    assert ONEDRIVE.detect(machine) == []
    assert given(team, machine).warnings == (SHARED_LIBRARY,)


def test_a_sharepoint_library_that_rclone_mounts_is_known_by_its_remote(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    team = folder(machine.home / "Team")
    write(machine.root / "proc/mounts", "onedrive-sharepoint: /home/jo/Team fuse.rclone rw 0 0\n")
    assert given(team, machine).warnings == (SHARED_LIBRARY,)


def test_what_only_the_environment_names_is_left_over_unless_a_client_is_set_up(
    tmp_path: Path,
) -> None:
    home = build(tmp_path, "windows").home
    env = {"OneDrive": str(folder(home / "OneDrive"))}
    gone = {ACCOUNTS: {"": {}, "Personal": {"UserFolder": " "}}}
    signed_out = build(tmp_path, "windows", env=env, registry=gone)
    plain = build(tmp_path, "windows", env=env)
    assert [one.warnings for one in ONEDRIVE.detect(plain)] == [(NO_CLIENT,)]
    write(home / "AppData/Local/Microsoft/OneDrive/settings/Personal/global.ini", "cid = x")
    assert [one.warnings for one in ONEDRIVE.detect(plain)] == [()]
    assert [one.warnings for one in ONEDRIVE.detect(signed_out)] == [(SIGNED_OUT, NO_CLIENT)]


def test_the_business_variable_is_never_called_personal(tmp_path: Path) -> None:
    moved = str(folder(tmp_path / "D/OneDrive"))
    env = {"OneDrive": moved, "OneDriveCommercial": moved}
    assert roots(build(tmp_path, "windows", env=env)) == [
        ("OneDrive", "Business", "%OneDriveCommercial%")
    ]


def test_the_linux_clients_own_mark_of_a_missing_disk_is_a_warning(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    write(machine.home / "OneDrive/.nosync", "")
    write(machine.home / ".config/onedrive/config", "")
    assert "may not be mounted" in ONEDRIVE.detect(machine)[0].warnings[0]


def test_settings_that_may_not_be_read_are_a_row_of_their_own(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    folder(machine.home / ".config/onedrive/config")
    rows = dict(ONEDRIVE.looked(machine))
    assert rows[str(machine.home / ".config/onedrive/config")] == "unreadable"


def test_an_override_in_a_mount_that_is_down_is_an_error(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    mine = folder(machine.home / "cloud")
    write(machine.root / "etc/fstab", "onedrive: /home/jo/cloud rclone rw,noauto 0 0\n")
    with pytest.raises(FolderError, match=IS_DOWN):
        override(machine._replace(env={"MEMSYNC_ONEDRIVE": str(mine)}))

"""What every provider owes, checked for each of its places on each system.

New ones get it for free.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

import memsync.providers
from memsync.config import SERVICES
from memsync.providers.base import NO_CLIENT, THROUGH_WSL, Place
from memsync.providers.looking.areas import areas
from memsync.providers.registry import PROVIDERS, Provider, by_name, detect_all, given
from memsync.system.errors import UsageError
from memsync.system.machine import Machine
from tests.providers.machines import KINDS, build, folder, provider_of, tree, write


class Case(NamedTuple):
    provider: Provider
    place: Place
    kind: str


def systems(kind: str) -> tuple[str, ...]:
    return {"wsl": ("linux", "windows")}.get(kind, (kind,))


def test_the_settings_know_every_provider_s_name() -> None:
    assert SERVICES == tuple(provider.name for provider in PROVIDERS)


CASES = [
    Case(provider, place, kind)
    for provider in PROVIDERS
    for place in provider.places
    for kind in KINDS
    if set(systems(kind)) & set(place.on)
]
PAIRS = [
    (one, two)
    for one, two in combinations(CASES, 2)
    if one.provider is two.provider and one.kind == two.kind
]
each_case = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.provider.name}-{case.kind}-{case.place.where}" for case in CASES]
)
each_kind = pytest.mark.parametrize("kind", KINDS)
each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=[one.name for one in PROVIDERS])


def sample(case: Case, machine: Machine, star: str = "Contoso") -> Path:
    """The folder that a place of the table stands for on this machine."""
    area = next(area for area in reversed(areas(machine)) if area.system in case.place.on)
    head, _, rest = case.place.where.partition("/")
    for word, names in case.provider.words:
        rest = rest.replace(word, names[0])
    return area.bases[head][-1] / rest.replace("*", star)


def test_names_and_titles_are_unique_and_in_the_order_users_see() -> None:
    assert [(one.name, one.title) for one in PROVIDERS] == [
        ("onedrive", "OneDrive"),
        ("icloud", "iCloud Drive"),
        ("gdrive", "Google Drive"),
        ("dropbox", "Dropbox"),
        ("custom", "Custom folder"),
    ]


def unlisted(files: list[str], providers: tuple[Provider, ...]) -> str:
    """What is wrong with a folder of provider files, or "": the sentence a newcomer reads."""
    for file in files:
        module = file.removesuffix(".py")
        if (
            module not in ("base", "registry", "resolve")
            and not module.startswith("_")
            and module not in {one.name for one in providers}
        ):
            return (
                f"memsync/providers/{file} is not listed: add its class to PROVIDERS in "
                "memsync/providers/registry.py, at the place where it should be offered"
            )
    return ""


def test_every_provider_file_is_listed() -> None:
    files = [path.name for path in Path(memsync.providers.__file__).parent.glob("*.py")]
    problem = unlisted(files, PROVIDERS)
    assert not problem, problem


def test_a_file_that_is_not_listed_fails_with_a_sentence_that_says_so() -> None:
    assert "box.py is not listed: add its class to PROVIDERS" in unlisted(
        ["base.py", "box.py"], PROVIDERS
    )


@each_case
def test_a_place_is_detected_at_exactly_that_root(case: Case, tmp_path: Path) -> None:
    machine = build(tmp_path, case.kind)
    root = folder(sample(case, machine))
    before = tree(tmp_path)
    found = case.provider.detect(machine)
    assert [(one.provider, one.path, one.state) for one in found] == [
        (case.provider.name, root, "found")
    ]
    assert found[0].account in (case.place.account, "Contoso")
    assert found[0].evidence.startswith(case.place.why)
    assert (str(root), "folder") in case.provider.looked(machine)
    assert [one for one in detect_all(machine) if one.provider != case.provider.name] == []
    assert tree(tmp_path) == before


@each_case
def test_a_place_in_a_windows_home_says_that_it_is_seen_through_wsl(
    case: Case, tmp_path: Path
) -> None:
    machine = build(tmp_path, case.kind)
    folder(sample(case, machine))
    found = case.provider.detect(machine)[0]
    through = case.kind == "wsl" and "windows" in case.place.on
    assert (THROUGH_WSL in found.warnings) is through
    assert ("Windows, through WSL" in found.evidence) is through


@each_case
def test_a_place_without_its_client_says_so_and_with_it_does_not(
    case: Case, tmp_path: Path
) -> None:
    machine = build(tmp_path, case.kind)
    root = folder(sample(case, machine))
    assert (NO_CLIENT in case.provider.detect(machine)[0].warnings) is bool(case.place.signs)
    for sign in case.place.signs:
        for area in areas(machine):
            head, _, rest = sign.partition("/")
            for base in (root,) if head == "." else area.bases.get(head, ()):
                folder(base / rest.replace("*", "1"))
    assert NO_CLIENT not in case.provider.detect(machine)[0].warnings


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_the_earlier_place_of_the_table_comes_first(one: Case, two: Case, tmp_path: Path) -> None:
    machine = build(tmp_path, one.kind)
    places = [sample(one, machine), sample(two, machine, "Globex")]
    for place in places:
        folder(place)
    found = [found.path for found in one.provider.detect(machine)]
    own_first = sorted(places, key=lambda place: "mnt" in place.parts)
    assert found == (own_first if one.kind == "wsl" else places)


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_two_names_of_one_folder_are_one_candidate(one: Case, two: Case, tmp_path: Path) -> None:
    machine = build(tmp_path, one.kind)
    first, second = sample(one, machine), sample(two, machine, "Globex")
    folder(first)
    folder(second.parent)
    second.symlink_to(first, target_is_directory=True)
    assert len(one.provider.detect(machine)) == 1


@each_case
def test_a_folder_that_may_not_be_listed_is_unreadable_and_hides_no_other(
    case: Case, tmp_path: Path
) -> None:
    blind = folder(sample(case, build(tmp_path, case.kind)))
    machine = build(tmp_path, case.kind, blind=lambda path: path == blind)
    (found,) = case.provider.detect(machine)
    assert (found.path, found.state) == (blind, "unreadable")
    assert "may not be listed" in found.warnings[0]
    assert (str(blind), "unreadable") in case.provider.looked(machine)
    others = [one for one in CASES if one.provider is case.provider and one.kind == case.kind]
    later = [path for path in (sample(one, machine, "Globex") for one in others) if path != blind]
    for path in later:
        folder(path)
    states = {one.path: one.state for one in case.provider.detect(machine)}
    assert states == {blind: "unreadable", **dict.fromkeys(later, "found")}


@pytest.mark.parametrize("case", [case for case in CASES if {"*", "<"} & set(case.place.where)])
def test_a_parent_that_may_not_be_listed_is_told_apart_from_an_absent_one(
    case: Case, tmp_path: Path
) -> None:
    root = folder(sample(case, build(tmp_path, case.kind)))
    env = {"USERPROFILE": r"C:\Users\jo"}
    rows = case.provider.looked(
        build(tmp_path, case.kind, env=env, blind=lambda path: path == root.parent)
    )
    assert "unreadable" in {look for what, look in rows if what.startswith(str(root.parent) + " ")}


@each_kind
@each_provider
def test_an_empty_home_holds_nothing_and_gets_nothing(
    provider: Provider, kind: str, tmp_path: Path
) -> None:
    machine = build(tmp_path, kind)
    before = tree(tmp_path)
    assert provider.detect(machine) == []
    assert {look for _, look in provider.looked(machine)} <= {"absent"}
    assert tree(tmp_path) == before


@each_kind
def test_every_service_with_a_client_has_a_place(kind: str) -> None:
    have = {case.provider.name for case in CASES if case.kind == kind}
    assert have == {"onedrive", "icloud", "gdrive", "dropbox"} - (
        {"icloud"} if kind == "linux" else set()
    )


@each_case
def test_the_memory_folder_lies_in_the_root_and_is_seen_where_dots_hide(
    case: Case, tmp_path: Path
) -> None:
    root = folder(sample(case, build(tmp_path, case.kind)))
    assert (root / case.provider.folder).parent == root
    dotted = case.provider.name not in ("icloud", "custom")
    assert case.provider.folder == (".claude-memory" if dotted else "claude-memory")


@each_case
def test_a_folder_inside_a_root_belongs_to_its_provider_and_account(
    case: Case, tmp_path: Path
) -> None:
    machine = build(tmp_path, case.kind)
    root = folder(sample(case, machine))
    inside = folder(root / "Notes" / "mine")
    account = case.provider.detect(machine)[0].account
    assert provider_of(root, machine) == (case.provider, account)
    assert provider_of(inside, machine) == (case.provider, account)
    assert given(inside, machine)[:3] == (case.provider.name, inside, account)
    beside = folder(root.with_name(root.name + " Backup"))
    assert provider_of(beside, machine)[0].name in ("custom", case.provider.name)
    assert beside not in [
        one.path for one in case.provider.detect(machine) if one.account == account
    ]


@each_case
def test_a_detected_folder_keeps_its_warnings_when_a_person_names_it(
    case: Case, tmp_path: Path
) -> None:
    machine = build(tmp_path, case.kind)
    root = folder(sample(case, machine))
    assert given(root, machine)[4:] == case.provider.detect(machine)[0][4:]


@each_kind
def test_any_other_folder_is_custom(kind: str, tmp_path: Path) -> None:
    machine = build(tmp_path, kind)
    mine = folder(machine.home / "Sync")
    assert provider_of(mine, machine) == (by_name("custom"), "")
    assert given(mine, machine) == ("custom", mine, "", "given", (), "found")
    assert given(machine.home / "gone", machine).state == "unreadable"


JUNK = (
    "",
    "\0",
    "{",
    "[[[[",
    "[" * 100_000,
    "x /y",
    "\ufeff",
    "a\n!!!\n",
    "a b \\999 \\",
    '{"personal": 3, "business": [1]}',
    '{"personal": {"path": "\\u0000"}}',
    '{"personal": {"path": "Dropbox"}}',
    '{"personal": {"path": "/home/\\ud800"}, "a": [{"value": {"mount_point_path": "/x\\ud800"}}]}',
    "/x\udfff\ud800",
    'sync_dir = "\0"\n',
    "sync_dir\n= ~",
    "ExecStart=rclone mount ' x",
    "root = \n[automount]\nroot = /\0",
    "ExecStart=onedriver /a\0/b\nEnvironment=x 'y",
    "EnvironmentFile=\0\nExecStart=rclone mount",
    "Where=/a\0/b\nType=fuse",
)
FILES = (
    ".dropbox/info.json",
    ".dropbox/host.db",
    ".config/onedrive/config",
    ".config/onedrive-work/config",
    ".config/maestral/maestral.ini",
    ".config/systemd/user/x.wants/onedriver@a\\x00.service",
    ".config/systemd/user/default.target.wants/x.service",
    "Library/Application Support/maestral/a.ini",
    "Library/Application Support/Google/DriveFS/root_preference_sqlite.db",
    "AppData/Local/Dropbox/info.json",
    "AppData/Roaming/Dropbox/host.db",
    "AppData/Local/Google/DriveFS/root_preference_sqlite.db",
)


@each_kind
@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_in_other_programs_files_never_raises(junk: str, kind: str, tmp_path: Path) -> None:
    accounts = {"": {}, "Personal": {"UserFolder": junk}, "Business1": {}}
    keys = {
        r"Software\Microsoft\OneDrive\Accounts": accounts,
        r"Software\Microsoft\OneDrive": {"": {"UserFolder": junk}},
        r"Software\Google\DriveFS": {"": {"PerAccountPreferences": junk}},
    }
    env = {"OneDrive": junk, "MEMSYNC_ONEDRIVE": junk, "USERPROFILE": junk}
    machine = build(tmp_path, kind, env=env, registry=keys, run=lambda argv: junk)
    homes = [machine.home, machine.root / "mnt/c/Users/jo"]
    for file in FILES:
        for home in homes:
            write(home / file, junk)
    for file in ("etc/wsl.conf", "proc/mounts", "etc/fstab", "etc/onedrive/config"):
        write(machine.root / file, junk)
    for provider in PROVIDERS:
        provider.looked(machine)
        assert [one for one in provider.detect(machine) if one.state == "found"] == []


@each_kind
def test_folders_where_files_should_be_never_raise(kind: str, tmp_path: Path) -> None:
    machine = build(tmp_path, kind)
    for file in FILES:
        folder(machine.home / file)
    for file in ("etc/wsl.conf", "proc/mounts", "etc/fstab"):
        folder(machine.root / file)
    assert [one for one in detect_all(machine) if one.state == "found"] == []


def test_a_provider_is_got_by_its_name_and_a_wrong_name_lists_the_right_ones() -> None:
    assert by_name("gdrive").title == "Google Drive"
    with pytest.raises(UsageError) as failure:
        by_name("skydrive")
    assert failure.value.hint == "use one of: onedrive, icloud, gdrive, dropbox, custom"

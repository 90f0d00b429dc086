"""FUSE mounts on Linux: what is mounted, and what should be but is an empty folder now."""

from __future__ import annotations

from pathlib import Path

import pytest

from memsync.providers.base import IS_DOWN
from memsync.providers.registry import by_name, detect_all, given
from tests.providers.machines import build, folder, write


@pytest.mark.parametrize(
    ("line", "provider"),
    [
        ("onedrive: /home/jo/My\\040Cloud fuse.rclone rw 0 0", "onedrive"),
        ("OneDrive-personal:Notes /home/jo/My\\040Cloud fuse.rclone rw 0 0", "onedrive"),
        ("onedriver /home/jo/My\\040Cloud fuse.onedriver rw 0 0", "onedrive"),
        ("gdrive: /home/jo/My\\040Cloud fuse.rclone rw 0 0", "gdrive"),
        (
            "google-drive-ocamlfuse /home/jo/My\\040Cloud fuse.google-drive-ocamlfuse rw 0 0",
            "gdrive",
        ),
        ("dropbox:/ /home/jo/My\\040Cloud fuse.rclone rw 0 0", "dropbox"),
        ("icloud: /home/jo/My\\040Cloud fuse.rclone rw 0 0", "icloud"),
    ],
)
def test_a_mount_belongs_to_the_service_its_kind_or_remote_names(
    line: str, provider: str, tmp_path: Path
) -> None:
    machine = build(tmp_path, "linux")
    root = folder(machine.home / "My Cloud")
    write(machine.root / "proc/mounts", f"sysfs /sys sysfs rw 0 0\n{line}\n")
    (found,) = detect_all(machine)
    assert (found.provider, found.path, found.state, found.warnings) == (
        provider,
        root,
        "found",
        (),
    )
    assert "mount of " + line.split()[0] in found.evidence


@pytest.mark.parametrize(
    "line",
    [
        "backup: /home/jo/Cloud fuse.rclone rw 0 0",
        "onedrive-sharepoint: /home/jo/Cloud fuse.rclone rw 0 0",
        "gdrive-shared: /home/jo/Cloud fuse.rclone rw 0 0",
        "googlephotos: /home/jo/Cloud fuse.rclone rw 0 0",
        "Google-Photos:album /home/jo/Cloud fuse.rclone rw 0 0",
        "google-cloud-storage:bucket /home/jo/Cloud fuse.rclone rw 0 0",
        "onedrive:/x /home/jo/Cloud fuse.sshfs rw 0 0",
        "/dev/sda1 /home/jo/Cloud ext4 rw 0 0",
    ],
)
def test_a_mount_of_nobody_known_or_of_a_team_is_no_candidate(line: str, tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    folder(machine.home / "Cloud")
    write(machine.root / "proc/mounts", line + "\n")
    assert detect_all(machine) == []


DOWN = [
    ("etc/fstab", "onedrive: /home/jo/OneDrive rclone rw,noauto,x-systemd.automount 0 0\n"),
    ("etc/fstab", "# a comment\nonedrive:\t/home/jo/OneDrive\tfuse.rclone\trw\t0 0\n"),
    ("etc/fstab", "rclone#onedrive: /home/jo/OneDrive fuse rw 0 0\n"),
    ("etc/fstab", "onedriver /home/jo/OneDrive fuse.onedriver rw 0 0\n"),
]


@pytest.mark.parametrize(("place", "text"), DOWN)
@pytest.mark.parametrize("exists", [True, False], ids=["empty folder", "no folder"])
def test_a_mount_that_is_down_is_never_found(
    place: str, text: str, exists: bool, tmp_path: Path
) -> None:
    machine = build(tmp_path, "linux")
    if exists:
        folder(machine.home / "OneDrive")
    write(machine.root / place, text)
    write(machine.root / "proc/mounts", "tmpfs /tmp tmpfs rw 0 0\n")
    (found,) = by_name("onedrive").detect(machine)
    assert (found.path, found.state) == (machine.home / "OneDrive", "unreadable")
    assert found.evidence.split(" mount of ")[0] in ("rclone", "onedriver")
    assert found.warnings[0] == IS_DOWN
    assert (str(machine.home / "OneDrive"), "unreadable") in by_name("onedrive").looked(machine)


@pytest.mark.parametrize(("place", "text"), DOWN)
def test_the_same_mount_is_found_when_it_is_up(place: str, text: str, tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    folder(machine.home / "OneDrive")
    write(machine.root / place, text)
    write(machine.root / "proc/mounts", "onedrive: /home/jo/OneDrive fuse.rclone rw 0 0\n")
    (found,) = by_name("onedrive").detect(machine)
    assert (found.state, found.warnings) == ("found", ())


def test_a_home_that_is_a_link_does_not_make_its_mounts_look_down(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    (machine.root / "var").mkdir()
    (machine.root / "home").rename(machine.root / "var/home")
    (machine.root / "home").symlink_to("var/home")
    folder(machine.home / "OneDrive")
    write(machine.root / "etc/fstab", DOWN[0][1])
    write(machine.root / "proc/mounts", "onedrive: /var/home/jo/OneDrive fuse.rclone rw 0 0\n")
    assert [one.state for one in by_name("onedrive").detect(machine)] == ["found"]


def test_a_mount_that_systemd_makes_on_demand_is_not_down(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    folder(machine.home / "OneDrive")
    write(machine.root / "etc/fstab", DOWN[0][1])
    write(machine.root / "proc/mounts", "systemd-1 /home/jo/OneDrive autofs rw 0 0\n")
    assert by_name("onedrive").detect(machine)[0].state == "found"


def test_what_lies_in_or_links_into_a_mount_that_is_down_is_not_found_either(
    tmp_path: Path,
) -> None:
    machine = build(tmp_path, "linux")
    inside = folder(machine.root / "mnt/cloud/Dropbox")
    (machine.home / "Dropbox").symlink_to(inside)
    write(machine.root / "etc/fstab", "jo@nas:/cloud /mnt/cloud fuse.sshfs noauto 0 0\n")
    assert [(one.state, one.warnings[0]) for one in detect_all(machine)] == [
        ("unreadable", IS_DOWN)
    ]
    chosen = given(folder(machine.root / "mnt/cloud/mine"), machine)
    assert (chosen.provider, chosen.state, chosen.warnings) == ("custom", "unreadable", (IS_DOWN,))


def test_gnomes_mount_is_refused_with_a_reason(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    mount = machine.root / "run/user/1000/gvfs"
    root = folder(mount / "google-drive:host=example.com,user=jo")
    write(machine.root / "proc/mounts", "gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0\n")
    assert detect_all(machine) == []
    rows = {what: look for what, look in by_name("gdrive").looked(machine) if str(root) in what}
    assert list(rows.values()) == ["unreadable"]
    assert "refused: it renames files to ids" in next(iter(rows))
    chosen = given(folder(root / "0AbC"), machine)
    assert chosen.state == "unreadable"
    assert "gvfs" in chosen.warnings[0]


def test_mounts_are_not_looked_for_on_other_systems(tmp_path: Path) -> None:
    machine = build(tmp_path, "mac")
    folder(machine.home / "Cloud")
    write(machine.root / "proc/mounts", f"onedrive: {machine.home}/Cloud fuse.rclone rw 0 0\n")
    assert detect_all(machine) == []

"""File systems in user space (rclone, onedriver, ...): which are mounted, and which should be but
are not.

A mount that is down leaves an empty ordinary folder, which looks exactly like a first run
(abraunegg/onedrive#8). What should be mounted is read from fstab alone: a systemd unit may mount
anything in a script, so an empty folder without a sign of its client is never taken unasked.
May not know: any service. Sources: proc(5) and fstab(5) for the format and the octal escapes;
rclone.org/commands/rclone_mount for `rclone` and `fuse.rclone` in fstab.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from memsync.providers.looking.areas import rooted
from memsync.system.machine import Machine

GVFS = "fuse.gvfsd-fuse"
# rclone#..., gdfuse#...
OLD_KINDS = {"rclone": "fuse.rclone", "gdfuse": "fuse.google-drive-ocamlfuse"}


class Mount(NamedTuple):
    """One mount.

    `remote`: what stands before the colon of its device ("onedrive" of "onedrive:").
    """

    device: str
    path: Path
    kind: str
    live: bool = True

    @property
    def remote(self) -> str:
        return self.device.removeprefix("rclone#").removeprefix(":").partition(":")[0]


def mounts(machine: Machine) -> list[Mount]:
    """Every FUSE mount of a Linux machine: the live ones first, then those that are down."""
    if machine.system != "linux":
        return []
    now = list(_table(machine, "proc/mounts"))
    live = [mount for mount in now if mount.kind.startswith("fuse.")]
    shown = {mount.path for mount in live}
    there = {mount.path for mount in now}  # autofs counts: to look at it mounts it
    wanted = [mount for mount in _table(machine, "etc/fstab") if mount.kind.startswith("fuse.")]
    missing = [mount for mount in wanted if not {mount.path, _name(mount.path)} & shown]
    return live + [
        mount._replace(live=bool({mount.path, _name(mount.path)} & there)) for mount in missing
    ]


def down(machine: Machine) -> list[Path]:
    """The mount points at which nothing is mounted now: nothing at or below them can be
    believed.
    """
    return [mount.path for mount in mounts(machine) if not mount.live]


def _table(machine: Machine, place: str) -> Iterator[Mount]:
    for line in (machine.text(machine.root / place) or "").splitlines():
        fields = [_unescape(field) for field in line.split()]
        if len(fields) < 3 or fields[0].startswith("#") or not fields[1].startswith("/"):
            continue
        yield _mount(machine, *fields[:3])


def _mount(machine: Machine, device: str, path: str, kind: str) -> Mount:
    if kind in ("fuse", "rclone"):
        kind = OLD_KINDS.get(device.partition("#")[0] if kind == "fuse" else kind, "fuse.other")
    return Mount(device, rooted(machine.root, Path(os.path.normpath(path))), kind)


def _name(path: Path) -> Path:
    """How /proc/mounts names a mount point, without a look at the point itself, which may hang."""
    return Path(os.path.realpath(path.parent)) / path.name


def _unescape(field: str) -> str:
    r"""proc(5): blank, tab, newline, backslash stand as \040 \011 \012 \134, in bytes of UTF-8."""
    raw = re.sub(
        rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8) & 255]), field.encode("utf-8", "replace")
    )
    return raw.decode("utf-8", "replace").replace("\0", "")

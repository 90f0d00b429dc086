"""File systems in user space (rclone, onedriver, ...): which are mounted, and which should be but are not.

A mount that is down leaves an empty ordinary folder, which looks exactly like a first run
(abraunegg/onedrive#8). May not know: any service. Sources: proc(5) and fstab(5) for the format and the
octal escapes; rclone.org/commands/rclone_mount for `rclone` and `fuse.rclone` in fstab and in units.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from memsync.machine import Machine
from memsync.providers._areas import own, rooted

GVFS = "fuse.gvfsd-fuse"
OLD_KINDS = {"rclone": "fuse.rclone", "gdfuse": "fuse.google-drive-ocamlfuse"}  # rclone#..., gdfuse#...
REMOTE = re.compile(r"(?!/)[\w.+@ {}-]{2,}:.*")


class Mount(NamedTuple):
    """One mount: `remote` is what stands before the colon of its device ("onedrive" of "onedrive:")."""

    device: str
    path: Path
    kind: str
    live: bool = True

    @property
    def remote(self) -> str:
        return self.device.removeprefix("rclone#").partition(":")[0]


def mounts(machine: Machine) -> list[Mount]:
    """Every FUSE mount of a Linux machine: the live ones first, then those that are down."""
    if machine.system != "linux":
        return []
    now = list(_table(machine, "proc/mounts"))
    live = [mount for mount in now if mount.kind.startswith("fuse.")]
    shown = {mount.path for mount in live}
    there = {mount.path for mount in now}  # autofs counts: to look at it mounts it
    wanted = [*_table(machine, "etc/fstab"), *_units(machine)]
    return live + [
        one._replace(live=one.path in there)
        for one in wanted
        if one.kind.startswith("fuse.") and one.path not in shown
    ]


def down(machine: Machine) -> list[Path]:
    """The mount points at which nothing is mounted now: nothing at or below them can be believed."""
    return [mount.path for mount in mounts(machine) if not mount.live]


def _table(machine: Machine, place: str) -> Iterator[Mount]:
    for line in (machine.text(machine.root / place) or "").splitlines():
        fields = [_unescape(field) for field in line.split()]
        if len(fields) < 3 or fields[0].startswith("#") or not fields[1].startswith("/"):
            continue
        device, path, kind = fields[:3]
        if kind in ("fuse", "rclone"):
            kind = OLD_KINDS.get(device.partition("#")[0] if kind == "fuse" else kind, "fuse.other")
        yield Mount(device, rooted(machine.root, Path(path)), kind)


def _unescape(field: str) -> str:
    r"""proc(5): blank, tab, newline, backslash stand as \040 \011 \012 \134, in bytes of UTF-8."""
    raw = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8) & 255]), field.encode("utf-8", "replace"))
    return raw.decode("utf-8", "replace").replace("\0", "")


def _units(machine: Machine) -> Iterator[Mount]:
    """`rclone mount REMOTE: DIR` in the user's enabled systemd units (rclone.org/commands/rclone_mount)."""
    folder = own(machine).bases["{config}"][0] / "systemd/user"
    for wants in machine.names(folder):
        for name in machine.names(folder / wants) if wants.endswith(".wants") else ():
            text = (machine.text(folder / wants / name) or "").replace("\\\n", " ")
            instance = name.removesuffix(".service").partition("@")[2]
            for line in text.splitlines():
                if line.startswith("ExecStart=") and "rclone" in line and " mount " in line:
                    yield from _rclone_line(line.replace("%i", instance).replace("%I", instance), machine)


def _rclone_line(line: str, machine: Machine) -> Iterator[Mount]:
    try:
        words = shlex.split(line.replace("%h", str(machine.home)))
    except ValueError:
        return
    for device, path in pairwise(words):
        if REMOTE.fullmatch(device) and path.startswith("/"):
            yield Mount(device, rooted(machine.root, Path(path)), "fuse.rclone")
            return

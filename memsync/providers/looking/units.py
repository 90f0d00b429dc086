"""What the enabled systemd units would mount: rclone, onedriver, and .mount units.

Sources: systemd.unit(5) for specifiers and the escapes in names, systemd.service(5) and
systemd.exec(5) for command lines and variables; rclone.org/commands/rclone_mount and
jstaf/onedriver for theirs.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from memsync.providers.looking.areas import own
from memsync.system.machine import Machine

RCLONE_MOUNTS = {"mount", "mount2", "cmount", "nfsmount"}
OTHERS = {"onedriver": "fuse.onedriver", "google-drive-ocamlfuse": "fuse.google-drive-ocamlfuse"}
REMOTE = re.compile(r"(?!/):?[\w.+@ {}-]{2,}(?:,[^:]*)?:.*")
# rclone's options without a value of their own: what stands behind them is the remote or the
# folder.
SWITCHES = set(
    "allow-non-empty allow-other allow-root async-read daemon debug-fuse default-permissions "
    "fast-list network-mode no-checksum no-modtime no-seek noappledouble noapplexattr rc "
    "rc-no-auth read-only use-mmap v vfs-fast-fingerprint vfs-refresh vv vvv".split()
)


class Wanted(NamedTuple):
    """A mount that a unit would make: what /etc/fstab would say of it."""

    device: str
    path: str
    kind: str


def wanted(machine: Machine) -> Iterator[Wanted]:
    """What is enabled: for the user, for every user, and for the system."""
    etc = machine.root / "etc/systemd"
    for folder in (
        own(machine).bases["{config}"][0] / "systemd/user",
        etc / "user",
        etc / "system",
    ):
        for wants in machine.names(folder):
            for name in (
                machine.names(folder / wants) if wants.endswith((".wants", ".requires")) else ()
            ):
                if name.endswith((".service", ".mount")):
                    yield from _unit(name, machine.text(folder / wants / name) or "", machine)


def _unit(name: str, text: str, machine: Machine) -> Iterator[Wanted]:
    joined = re.sub(r"\\\n", " ", text)
    rows = re.findall(r"^[ \t]*(\w+)[ \t]*=[ \t]*(.*)$", joined, re.MULTILINE)
    if not rows and name.startswith("onedriver@"):  # its unit may not be read; its name says it all
        rows = [("ExecStart", "onedriver %f")]
    if name.endswith(".mount"):
        found = dict(rows)
        yield Wanted(found.get("What", ""), found.get("Where", ""), found.get("Type", ""))
        return
    specifiers = _specifiers(name, machine)
    env = {"HOME": str(machine.home)}
    for key, value in rows:
        if key == "Environment":
            env |= dict(word.split("=", 1) for word in _words(value, specifiers, {}) if "=" in word)
        elif key == "EnvironmentFile":
            lines = machine.text(machine.root / _filled(value, specifiers).lstrip("-/")) or ""
            env |= dict(re.findall(r"^[ \t]*(\w+)=[\"']?(.*?)[\"']?[ \t]*$", lines, re.MULTILINE))
    for key, value in rows:
        if key == "ExecStart":
            yield from _command(list(_words(value, specifiers, env)))


def _specifiers(name: str, machine: Machine) -> Mapping[str, str]:
    instance = name.rpartition(".")[0].partition("@")[2]
    plain = re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), instance.replace("-", "/"))
    return {"h": str(machine.home), "i": instance, "I": plain, "f": f"/{plain}", "%": "%"}


def _filled(text: str, specifiers: Mapping[str, str]) -> str:
    return re.sub(r"%([hiIf%])", lambda m: specifiers[m[1]], text)


def _words(line: str, specifiers: Mapping[str, str], env: Mapping[str, str]) -> Iterator[str]:
    """The words of a command line; of one in `sh -c '...'` too."""
    try:
        words = shlex.split(line)
    except ValueError:
        return
    for word in words:
        word = _filled(word, specifiers).replace("$$", "$")
        word = re.sub(r"\$\{(\w+)\}|\$(\w+)", lambda m: env.get(m[1] or m[2], m[0]), word)
        if re.search(r"(?:^|[\s/])(?:rclone|onedriver)\s", word):
            yield from _words(word, specifiers, env)
        else:
            yield env.get("HOME", "~") + word[1:] if word.startswith("~/") else word


def _command(words: list[str]) -> Iterator[Wanted]:
    for at, word in enumerate(words):
        program, rest = PurePosixPath(word.lstrip("-@:+!")).name, words[at + 1 :]
        if program == "rclone" and RCLONE_MOUNTS & set(rest):
            given = _positional(rest)
            device = next((one for one in given if REMOTE.fullmatch(one)), "")
            yield Wanted(
                device, next((one for one in given if one.startswith("/")), ""), "fuse.rclone"
            )
            return
        if program in OTHERS:
            yield Wanted(
                program,
                next((one for one in reversed(rest) if one.startswith("/")), ""),
                OTHERS[program],
            )
            return


def _positional(words: Iterable[str]) -> list[str]:
    """The words that are no option, those last that may be the value of one."""
    sure: list[str] = []
    unsure: list[str] = []
    before = ""
    for word in words:
        if not word.startswith("-"):
            takes = (
                before.startswith("-") and "=" not in before and before.lstrip("-") not in SWITCHES
            )
            (unsure if takes else sure).append(word)
        before = word
    return sure + unsure

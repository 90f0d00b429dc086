"""What a provider is, and the one loop that looks for its folder.

A provider is a table of places; where its client keeps the path in a file or the registry, it also
overrides `spots`. Nothing here writes, and nothing raises: absent, unreadable and found are
answers. May not know: any particular service, memsync's files, the network.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

from memsync.providers.looking.areas import Area, areas
from memsync.providers.looking.mounts import GVFS, Mount, down, mounts
from memsync.system.downloaded import answers
from memsync.system.machine import Look, Machine, System

NO_CLIENT = "no sign of a client that syncs it"
THROUGH_WSL = "seen through WSL: files that are not downloaded yet cannot be told from Linux"
IS_DOWN = "mount is down"
NO_ANSWER = "it does not answer: is its sync client running?"
ANSWER_SECONDS = 5.0
NOT_ALLOWED = {
    "mac": "it may not be listed: allow your terminal in System Settings > Privacy & Security",
    "windows": "it may not be listed: is its sync client running?",
    "linux": "it may not be listed: check its permissions, or mount it again",
}
# One named for SharePoint or a shared drive is nobody's own; Google's photos and buckets are no
# drive.
NO_DRIVE = re.compile(r"share|photo|cloud.?storage")

Words = tuple[tuple[str, tuple[str, ...]], ...]


class CloudFolder(NamedTuple):
    """A sync root that is there (`found`), or that should be but cannot be looked into now."""

    provider: str
    path: Path
    account: str
    evidence: str
    warnings: tuple[str, ...] = ()
    state: Literal["found", "unreadable"] = "found"


class Place(NamedTuple):
    """One line of a provider's table.

    `where` begins with ~ (home), / (the system), {config}, {local}, {roaming} (Windows' AppData) or
    {drive} (each Windows drive). A part may hold `*`, which names the account unless it is one of
    `but`, and the provider's own words, such as <My Drive>. `signs` are patterns of the same kind:
    a place with signs of which none is there gets the warning that nothing seems to sync it.
    """

    on: tuple[System, ...]
    where: str
    why: str
    account: str = ""
    but: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    warning: str = ""


class Spot(NamedTuple):
    """A folder that may be a sync root: the loop looks whether it is there."""

    path: Path
    evidence: str
    account: str = ""
    warnings: tuple[str, ...] = ()


class Miss(NamedTuple):
    """Something that was looked for and told no folder: what it was, and how it answered.

    `hides`: a folder that may not be listed, so that nobody knows whether a sync root is in it.
    """

    what: str
    look: Look
    hides: Path | None = None


class Detection(NamedTuple):
    """All of one provider's folders, best first, a row for everything that was looked at, and
    what hides more.
    """

    folders: list[CloudFolder]
    looked: list[tuple[str, Look]]
    blocked: list[Path]


class Provider:
    """A cloud service. Subclasses say what they are called and where their folder may be."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    folder: ClassVar[str] = ".claude-memory"
    places: ClassVar[tuple[Place, ...]] = ()
    words: ClassVar[Words] = ()
    mount_kinds: ClassVar[tuple[str, ...]] = ()
    remotes: ClassVar[tuple[str, ...]] = ()

    def detect(self, machine: Machine) -> list[CloudFolder]:
        """Every sync root of this service here, best first, each real folder once. Never raises."""
        return look_at(self.name, self.spots(machine), machine).folders

    def looked(self, machine: Machine) -> list[tuple[str, Look]]:
        """What `detect` looked at and how each answered, for `memsync providers`."""
        return look_at(self.name, self.spots(machine), machine).looked

    def blocked(self, machine: Machine) -> list[Path]:
        """The folders that may not be listed and may hide a sync root of this service."""
        return look_at(self.name, self.spots(machine), machine).blocked

    def spots(self, machine: Machine) -> Iterator[Spot | Miss]:
        """Where the folder may be, the surest first: mounts, then the table."""
        yield from self.mounted(machine)
        yield from self.table(machine)

    def mounted(self, machine: Machine) -> Iterator[Spot | Miss]:
        """The FUSE mounts of this service, known by their kind or by the name of the rclone
        remote.
        """
        for mount in mounts(machine):
            if mount.kind in self.mount_kinds or (
                mount.kind == "fuse.rclone" and self._is_remote(mount)
            ):
                yield Spot(
                    mount.path, f"{mount.kind.removeprefix('fuse.')} mount of {mount.device}"
                )

    def _is_remote(self, mount: Mount) -> bool:
        remote = mount.remote.casefold()
        return not NO_DRIVE.search(remote) and any(word in remote for word in self.remotes)

    def table(self, machine: Machine) -> Iterator[Spot | Miss]:
        """The places of the table, in its order: this system's own, then through WSL those of
        Windows.
        """
        for area in areas(machine):
            for place in self.places:
                if area.system in place.on:
                    yield from self._look_up(place, area, machine)

    def _look_up(self, place: Place, area: Area, machine: Machine) -> Iterator[Spot | Miss]:
        found, blocked = matches(place.where, area, machine, self.words)
        but = [one.casefold() for one in place.but]
        kept = [
            (path, star)
            for path, star in found
            if not any(fnmatchcase(star.casefold(), one) for one in but)
        ]
        evidence = from_area(place.why, area)
        warnings = tuple(filter(None, (place.warning, *through(area))))
        for path, star in kept:
            sure = not place.signs or any(
                sign_there(sign, path, area, machine) for sign in place.signs
            )
            yield Spot(
                path, evidence, place.account or star, warnings if sure else (NO_CLIENT, *warnings)
            )
        if blocked:
            # One without a disk in it says the same, and hides nothing
            drive = place.where.startswith("{drive}")
            for path in blocked:
                yield Miss(f"{path} ({place.where})", "unreadable", None if drive else path)
        elif not kept:
            yield Miss(place.where.replace("{drive}", "X:"), "absent")


def through(area: Area) -> tuple[str, ...]:
    """The warning that goes with every folder of Windows that is seen through WSL."""
    return (THROUGH_WSL,) if area.wsl else ()


def from_area(evidence: str, area: Area) -> str:
    """The evidence, and that it comes from Windows where it does."""
    return f"{evidence}, Windows, through WSL" if area.wsl else evidence


def look_at(name: str, spots: Iterable[Spot | Miss], machine: Machine) -> Detection:
    """The one loop: look at each spot, keep the first of each real folder, and note every
    answer.
    """
    dead = [real(point) for point in down(machine)]
    seen: set[Path] = set()
    result = Detection([], [], [])
    for spot in spots:
        if isinstance(spot, Miss):
            result.looked.append((spot.what, spot.look))
            if spot.hides is not None and spot.hides not in result.blocked:
                result.blocked.append(spot.hides)
            continue
        silent = hangs(spot.path, machine)
        place = spot.path if silent else real(spot.path)
        is_down = any(place.is_relative_to(point) for point in dead)
        look: Look = "unreadable" if is_down or silent else machine.look(spot.path)
        result.looked.append((str(spot.path), look))
        if look == "absent" or place in seen:
            continue
        seen.add(place)
        warnings = spot.warnings
        if look == "unreadable":
            why = IS_DOWN if is_down else NO_ANSWER if silent else NOT_ALLOWED[machine.system]
            warnings = (why, *warnings)
        state: Literal["found", "unreadable"] = "found" if look == "folder" else "unreadable"
        result.folders.append(
            CloudFolder(name, spot.path, spot.account, spot.evidence, warnings, state)
        )
    return result


def hangs(path: Path, machine: Machine) -> bool:
    """Whether a folder does not answer: then nothing at or below it may be touched."""
    if not machine.may_hang(path) or (machine.system == "mac" and not os.path.lexists(path)):
        return False  # macOS tells from its own disk what is not there
    return not answers(str(path), ANSWER_SECONDS)


def matches(
    where: str, area: Area, machine: Machine, words: Words = ()
) -> tuple[list[tuple[Path, str]], list[Path]]:
    """The (path, account) pairs a pattern stands for, and the folders on its way that may not be
    listed.

    A part without `*` and words is taken as it stands: whether it is there is for the loop to say.
    """
    head, *parts = where.split("/")
    found = [(path, "") for path in area.bases.get(head, ())]
    blocked: list[Path] = []
    for part in parts:
        pattern = _pattern(part, words)
        if pattern is None:
            found = [(path / part, account) for path, account in found]
            continue
        shut = [
            path for path, _ in found if hangs(path, machine) or machine.look(path) == "unreadable"
        ]
        blocked += shut
        found = [
            (path / name, next(filter(None, match.groups()), account))
            for path, account in found
            for name in (machine.names(path) if path not in shut else ())
            if (match := pattern.fullmatch(unicodedata.normalize("NFC", name)))
        ]
    return found, blocked


def _pattern(part: str, words: Words) -> re.Pattern[str] | None:
    if "*" not in part and not any(word in part for word, _ in words):
        return None
    text = re.escape(part).replace(r"\*", "(.+)")
    for word, names in words:
        either = "|".join(re.escape(unicodedata.normalize("NFC", name)) for name in names)
        text = text.replace(re.escape(word), f"(?:{either})")
    return re.compile(text)


def sign_there(sign: str, path: Path, area: Area, machine: Machine) -> bool:
    """Whether a client left its sign: a file or folder; `./NAME` lies in the sync root itself."""
    if sign.startswith("./"):
        return sign[2:] in machine.names(path)
    found, _ = matches(sign, area, machine)
    return any(path.name in machine.names(path.parent) for path, _ in found)


def read(path: Path, machine: Machine) -> tuple[str, Look]:
    """The text of another program's settings file, and whether it was there ("folder") at all."""
    text = machine.text(path)
    if text is not None:
        return text.removeprefix("\ufeff"), "folder"
    hidden = machine.look(path.parent) == "unreadable" or path.name in machine.names(path.parent)
    return "", "unreadable" if hidden else "absent"


def real(path: Path) -> Path:
    """The one name of a folder, whatever links lead to it and however Windows spells it."""
    try:
        return Path(os.path.normcase(os.path.realpath(path)))
    except ValueError:  # no file can have such a name
        return path
    except OSError:  # Windows, where a client is not running or a path is very long
        return Path(os.path.normcase(os.path.abspath(path)))


def refused(path: Path, machine: Machine) -> str:
    """Why a folder must not hold a memory although it is there, or ""."""
    for mount in mounts(machine):
        if mount.kind == GVFS and path.is_relative_to(mount.path):
            return "GNOME's gvfs mount renames files to ids when they are replaced (keepassxc#6591)"
    return ""

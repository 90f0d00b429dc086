"""The target: what Claude Code reads, `CLAUDE.md` in Claude's folder, as a link to the memory or a
copy.

Never loses what stands there: a stranger's file or link is moved aside, changed bytes go to
`conflicts/`. May not know: notes, versions, the network.
"""

from __future__ import annotations

import contextlib
import os
from typing import Final, Literal, NamedTuple

from memsync.memory.aside import keep
from memsync.memory.text.document import Memory, parse, short_hash
from memsync.system.disk import ANYTHING, Changed, Disk, Expected, Kind
from memsync.system.errors import LocalError, MemsyncError
from memsync.system.machine import quoted

TARGET: Final = "CLAUDE.md"
ASIDE: Final = "CLAUDE.pre-memsync.bak"
MOST_TRIES: Final = 3
VERBATIM: Final = "\\\\?\\"  # how Windows spells where a link leads; realpath keeps it
UNC: Final = VERBATIM + "UNC\\"

Mode = Literal["symlink", "copy"]
Standing = Literal["absent", "link", "dangling", "foreign link", "copy", "foreign", "folder"]


class Target(NamedTuple):
    """Where the target is and what it should be. `claude` is Claude's folder, `memory` the memory's
    path.

    `once`: the memory's path before somebody moved the cloud folder, or "". A link to it is
    memsync's own, too.
    """

    claude: Disk
    memory: str
    mode: Mode
    once: str = ""

    @property
    def path(self) -> str:
        """The path of the target."""
        return self.claude.where(TARGET)

    def standing(self) -> Standing:
        """What stands at the target.

        `copy`: a file with memsync's footer; `foreign`: any other file.
        """
        kind: Kind = self.claude.kind(TARGET)
        if kind == "absent":
            return "absent"
        if kind == "link":
            if self.leads_to(self.memory):
                return "link" if os.path.exists(self.memory) else "dangling"
            return "dangling" if self.once and self.leads_to(self.once) else "foreign link"
        if kind != "file":
            return "folder"
        found = self.copy()
        return "copy" if found is not None and (found.footer or found.newer) else "foreign"

    def leads_to(self, path: str) -> bool:
        """Whether the link at the target leads to this path, be it there or not."""
        to = (self.claude.link(TARGET) or "").replace(UNC, "\\\\", 1).removeprefix(VERBATIM)
        absolute = to if os.path.isabs(to) else os.path.join(self.claude.where(), to)
        return os.path.realpath(absolute) == os.path.realpath(path)

    def copy(self) -> Memory | None:
        """The regular file at the target, read as a memory;

        None when no regular file stands there.
        """
        if self.claude.kind(TARGET) != "file":
            return None
        raw = self.claude.read(TARGET)
        return None if raw is None else parse(raw)

    def shown(self) -> Memory | None:
        """What Claude Code reads there now, as a memory, links followed;

        None when it reads nothing.
        """
        raw = self.text()
        return None if raw is None else parse(raw)

    def text(self) -> bytes | None:
        """What Claude Code reads there now, links followed; None when it reads nothing."""
        try:
            return self.claude.read(TARGET)
        except MemsyncError:
            return None


class Ensured(NamedTuple):
    """What `ensure` did, as lines for people, and what the target is now."""

    said: tuple[str, ...]
    mode: Mode


def ensure(target: Target, raw: bytes, conflicts: Disk) -> Ensured:
    """Make the target show the memory `raw`. What stood there and is in no version is kept first.

    Raises `LocalError` when a folder stands there, or the file keeps changing.
    """
    said: list[str] = []
    for _ in range(MOST_TRIES):
        with contextlib.suppress(Changed):
            mode = _ensure_once(target, raw, conflicts, said)
            return Ensured(tuple(dict.fromkeys(said)), mode)
    raise LocalError(f"{target.path} keeps changing, so it was left alone", "memsync refresh")


def _ensure_once(target: Target, raw: bytes, conflicts: Disk, said: list[str]) -> Mode:
    standing = target.standing()
    if standing == "folder":
        raise LocalError(
            f"{target.path} is no file, so Claude Code reads no memory",
            f"mv {quoted(target.path)} {quoted(target.path + '.old')}",
        )
    before: Expected = ANYTHING  # memsync's own link is nobody's text
    if standing == "absent":
        before = None
    elif standing == "foreign link":
        said += set_aside(target)
        before = None
    elif standing in ("copy", "foreign"):
        before = target.claude.read(TARGET)
        said += _keep_changed(before, raw, conflicts)
    if target.mode == "symlink":
        if standing in ("link", "dangling") and target.leads_to(target.memory):
            return "symlink"
        try:
            target.claude.put_link(TARGET, target.memory, before)
            return "symlink"
        except OSError as error:
            said.append(
                f"no link could be made ({(error.strerror or 'refused').lower()}), so "
                "CLAUDE.md is a copy"
            )
    if before != raw:
        target.claude.replace(TARGET, raw, before)
    return "copy"


def keep_readable(target: Target, last_seen: bytes) -> str:
    """While the memory is gone, Claude Code reads the last copy of it: only our dangling link is
    replaced.
    """
    if target.standing() != "dangling":
        return ""
    # In the place of our own link, which led nowhere just now
    target.claude.replace(TARGET, last_seen, ANYTHING)
    return f"{target.path} is a copy of the memory as it was last seen, until the memory is back"


def _keep_changed(before: bytes | None, raw: bytes, conflicts: Disk) -> list[str]:
    """Before a file at the target is replaced: bytes that are no untouched version go to
    `conflicts/`.
    """
    if before is None or before == raw:
        return []
    found = parse(before)
    if found.footer is not None and not found.edited and is_kept(found, conflicts):
        return []
    name = keep(conflicts, "conflicts", short_hash(before), before)
    return [f"CLAUDE.md was changed; its bytes are kept in {conflicts.where(name)}"]


def is_kept(version: Memory, folder: Disk) -> bool:
    """Whether this very version lies in the folder's `backups/`."""
    return any(name.endswith(f"_{version.rev}.md") for name in folder.names("backups"))


def set_aside(target: Target) -> list[str]:
    """Move a file or link that is not memsync's to a name of its own; where it is now, as a
    line.
    """
    own_name = _own_name(_bytes_of(target))
    for name in (ASIDE, own_name):
        if target.claude.kind(name) == "absent":
            try:
                target.claude.move(TARGET, name)
            except Changed:  # the name was taken just now
                continue
            return [f"your CLAUDE.md is kept as {target.claude.where(name)}"]
        if _same(target, name):
            target.claude.delete(TARGET)
            return [f"your CLAUDE.md is already kept as {target.claude.where(name)}"]
    raise LocalError(
        f"{target.claude.where(own_name)} is in the way, so CLAUDE.md was left alone",
        f"rename {quoted(target.claude.where(own_name))}, then run this again",
    )


def is_set_aside(target: Target, raw: bytes) -> bool:
    """Whether these very bytes once stood at the target and were moved aside."""
    names = (ASIDE, _own_name(raw))
    return any(
        target.claude.kind(name) == "file" and target.claude.read(name) == raw for name in names
    )


def _same(target: Target, name: str) -> bool:
    if target.claude.kind(TARGET) != target.claude.kind(name):
        return False
    if target.claude.kind(name) == "link":
        return target.claude.link(TARGET) == target.claude.link(name)
    return target.claude.read(TARGET) == target.claude.read(name)


def _own_name(data: bytes) -> str:
    return f"CLAUDE.pre-memsync-{short_hash(data)[:8]}.bak"


def _bytes_of(target: Target) -> bytes:
    """What a name at the target is made of: where a link leads, else the bytes of the file."""
    to = target.claude.link(TARGET)
    if to is not None:
        return to.encode("utf-8", "surrogateescape")
    return target.claude.read(TARGET) or b""


__all__ = ["ASIDE", "TARGET", "Ensured", "Mode", "Standing", "Target", "ensure", "set_aside"]

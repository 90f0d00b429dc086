"""The target: what Claude Code reads, `CLAUDE.md` in Claude's folder, as a link to the memory or a
copy; or, imported, a link in `rules/`. The global file of another agent is a target, too.

Never loses what stands there: a stranger's file or link is moved aside, changed bytes go to
`conflicts/`. May not know: notes, versions, the network.
"""

from __future__ import annotations

import contextlib
import os
from typing import Final, Literal, NamedTuple

from memsync.memory import conflicts, imported
from memsync.memory.text.document import Memory, parse, short_hash
from memsync.memory.text.purged import holds_purged
from memsync.memory.versions import BACKUPS
from memsync.system.disk import ANYTHING, Changed, Disk, Expected, Kind
from memsync.system.errors import LocalError, MemsyncError
from memsync.system.machine import quoted

TARGET: Final = "CLAUDE.md"
ASIDE: Final = "CLAUDE.pre-memsync.bak"
RULE: Final = "rules/memsync.md"  # the memory beside a CLAUDE.md that stays the person's own
PENDING: Final = "rules/memsync-pending.md"  # notes that are not merged yet
MOST_TRIES: Final = 3
VERBATIM: Final = "\\\\?\\"  # how Windows spells where a link leads; realpath keeps it
UNC: Final = VERBATIM + "UNC\\"

Mode = Literal["symlink", "copy", "import"]
Standing = Literal[
    "absent", "link", "dangling", "foreign link", "copy", "foreign", "folder", "imported"
]


class Target(NamedTuple):
    """Where the target is and what it should be. `claude` is Claude's folder, `memory` the memory's
    path.

    `once`: the memory's path before somebody moved the cloud folder, or "". A link to it is
    memsync's own, too. `name`: the file in the folder. `line`: what imports the memory from
    CLAUDE.md where `rules/` cannot hold a link, and then `behind` is the memory folder, which
    nobody need trust.
    """

    claude: Disk
    memory: str
    mode: Mode
    once: str = ""
    name: str = TARGET
    line: str = ""
    behind: Disk | None = None

    @property
    def path(self) -> str:
        """The path of the target."""
        return self.claude.where(TARGET if self.imported() else self.name)

    def imported(self) -> bool:
        """Whether CLAUDE.md imports the memory, because no link stands in `rules/`."""
        if not self.line or self.claude.kind(self.name) != "absent":
            return False
        if self.claude.kind(TARGET) != "file":
            return False
        return imported.holds(self.claude.read(TARGET), self.line)

    def standing(self) -> Standing:
        """What stands at the target.

        `copy`: a file with memsync's footer; `foreign`: any other file; `imported`: a line in
        CLAUDE.md leads to the memory.
        """
        kind: Kind = self.claude.kind(self.name)
        if kind == "absent":
            return "imported" if self.imported() else "absent"
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
        to = (self.claude.link(self.name) or "").replace(UNC, "\\\\", 1).removeprefix(VERBATIM)
        folder = os.path.dirname(self.claude.where(self.name))
        absolute = to if os.path.isabs(to) else os.path.join(folder, to)
        return os.path.realpath(absolute) == os.path.realpath(path)

    def copy(self) -> Memory | None:
        """The regular file at the target, read as a memory.

        None when no regular file stands there.
        """
        if self.claude.kind(self.name) != "file":
            return None
        raw = self.claude.read(self.name)
        return None if raw is None else parse(raw)

    def shown(self) -> Memory | None:
        """What Claude Code reads there now, as a memory, links followed.

        None when it reads nothing.
        """
        raw = self.text()
        return None if raw is None else parse(raw)

    def text(self) -> bytes | None:
        """What Claude Code reads there now, links followed; None when it reads nothing."""
        try:
            if self.behind is not None and self.imported():
                return self.behind.read(os.path.basename(self.memory))
            return self.claude.read(self.name)
        except (MemsyncError, OSError):
            return None


class Ensured(NamedTuple):
    """What `ensure` did, as lines for people, and what the target is now."""

    said: tuple[str, ...]
    mode: Mode


class UnseenError(Exception):
    """A file stands at the target that is not the one that was looked at."""


def ensure(target: Target, raw: bytes, folder: Disk, seen: Target | None = None) -> Ensured:
    """Make the target show the memory `raw`. What stood there and is in no version is kept first.

    `seen`: the target as it was when this was decided. Raises `UnseenError` where another file
    stands there since, and `LocalError` when a folder stands there, or the file keeps changing.
    """
    said: list[str] = []
    for _ in range(MOST_TRIES):
        with contextlib.suppress(Changed):
            mode = _ensure_once(target, raw, folder, said, seen)
            return Ensured(tuple(dict.fromkeys(said)), mode)
    raise LocalError(f"{target.path} keeps changing, so it was left alone", "memsync refresh")


def _ensure_once(
    target: Target, raw: bytes, folder: Disk, said: list[str], seen: Target | None
) -> Mode:
    standing = target.standing()
    if standing == "folder":
        raise LocalError(
            f"{target.path} is not a file, so Claude Code reads no memory",
            f"mv {quoted(target.path)} {quoted(target.path + '.old')}",
        )
    before: Expected = ANYTHING  # memsync's own link is nobody's text
    if standing == "absent":
        before = None
    elif standing == "foreign link":
        said += set_aside(target)
        before = None
    elif standing in ("copy", "foreign"):
        before = target.claude.read(target.name)
        if seen is not None and before not in (raw, seen.text()):
            raise UnseenError
        said += _keep_changed(target, before, raw, folder)
    if target.mode == "copy" or not _linked(target, before, said):
        if target.mode == "import":
            return _put_line(target)
        if before != raw:
            target.claude.replace(target.name, raw, before)
        return "copy"
    return target.mode


def _linked(target: Target, before: Expected, said: list[str]) -> bool:
    """Whether a link to the memory stands there, an old one or a new; `said` tells why not."""
    standing = target.standing()
    if standing in ("link", "dangling") and target.leads_to(target.memory):
        return True
    if standing == "imported":
        return False
    try:
        target.claude.put_link(target.name, target.memory, before)
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        if target.mode != "import":
            said.append(f"no link could be made ({reason}), so {target.name} is a copy")
        return False
    return True


def _put_line(target: Target) -> Mode:
    """Import the memory from the person's own CLAUDE.md, which keeps all its bytes."""
    sign = imported.forbidden(target.memory.replace(os.sep, "/"))
    if sign:
        raise LocalError(
            f"{target.memory} holds {sign!r}, which Claude Code cannot import",
            "memsync init --link copy",
        )
    where = target.claude.where(TARGET)
    if target.claude.kind(TARGET) not in ("absent", "file"):
        raise LocalError(
            f"{where} is not a plain file, so it was left alone",
            f"add this line to it yourself: {target.line}",
        )
    before = target.claude.read(TARGET)
    if not imported.holds(before, target.line):
        target.claude.replace(TARGET, imported.with_line(before, target.line), before)
    return "import"


def keep_readable(target: Target, last_seen: bytes) -> str:
    """While the memory is gone, Claude Code reads the last copy of it: only our dangling link is
    replaced.
    """
    if target.standing() != "dangling":
        return ""
    # In the place of our own link, which led nowhere just now
    target.claude.replace(target.name, last_seen, ANYTHING)
    return f"{target.path} is a copy of the memory as it was last seen, until the memory is back"


def _keep_changed(target: Target, before: bytes | None, raw: bytes, folder: Disk) -> list[str]:
    """Before a file at the target is replaced: bytes that are no untouched version go to
    `conflicts/`; what was purged since stays on this machine.
    """
    if before is None or before == raw:
        return []
    found = parse(before)
    if found.footer is not None and not found.edited and is_kept(found, folder):
        return []
    name = own_name_of(target, before)
    if holds_purged(found.body, parse(raw).body) and (
        target.claude.create(name, before) or target.claude.read(name) == before
    ):
        where = target.claude.where(name)
        return [f"{target.name} held what was purged since; it is kept in {where}, on this machine"]
    return [f"{target.name} was changed; its bytes are kept in {conflicts.keep(folder, before)}"]


def is_kept(version: Memory, folder: Disk) -> bool:
    """Whether this very version lies in the folder's `backups/`, with every line of its footer:
    a line that memsync does not know is in no hash of it.
    """
    extra = frozenset(version.footer.extra if version.footer is not None else ())
    for name in folder.names(BACKUPS):
        if name.endswith(f"_{version.rev}.md"):
            with contextlib.suppress(MemsyncError):
                footer = parse(folder.read(f"{BACKUPS}/{name}") or b"").footer
                if footer is not None and extra <= set(footer.extra):
                    return True
    return False


def set_aside(target: Target) -> list[str]:
    """Move a file or link that is not memsync's to a name of its own; where it is now, as a
    line.
    """
    own_name = own_name_of(target, _bytes_of(target))
    for name in (aside_name(target), own_name):
        if target.claude.kind(name) == "absent":
            try:
                target.claude.move(target.name, name)
            except Changed:  # the name was taken just now, or nothing is there any more
                if target.claude.kind(target.name) == "absent":
                    return []
                continue
            return [f"your {target.name} is kept as {target.claude.where(name)}"]
        if _same(target, name):
            target.claude.delete(target.name)
            return [f"your {target.name} is already kept as {target.claude.where(name)}"]
    raise LocalError(
        f"{target.claude.where(own_name)} is in the way, so {target.name} was left alone",
        f"rename {quoted(target.claude.where(own_name))}, then run this again",
    )


def aside_name(target: Target) -> str:
    """The name under which the first file or link that stood at the target is kept."""
    return f"{_stem(target)}.pre-memsync.bak"


def own_name_of(target: Target, data: bytes) -> str:
    """The name under which these bytes are kept where the first name holds others."""
    return f"{_stem(target)}.pre-memsync-{short_hash(data)[:8]}.bak"


def is_set_aside(target: Target, raw: bytes) -> bool:
    """Whether these very bytes once stood at the target and were moved aside."""
    names = (aside_name(target), own_name_of(target, raw))
    return any(
        target.claude.kind(name) == "file" and target.claude.read(name) == raw for name in names
    )


def _stem(target: Target) -> str:
    return target.name.removesuffix(".md")


def _same(target: Target, name: str) -> bool:
    if target.claude.kind(target.name) != target.claude.kind(name):
        return False
    if target.claude.kind(name) == "link":
        return target.claude.link(target.name) == target.claude.link(name)
    return target.claude.read(target.name) == target.claude.read(name)


def take_back(target: Target, conflicts: Disk | None) -> list[str]:
    """Undo `ensure`: memsync's own link, copy or line goes, and what stood there comes back.

    What is not memsync's stays. A copy that was edited is kept in `conflicts` first; without that
    folder it stays. Returns what was done, a line each.
    """
    standing = target.standing()
    if standing == "imported":
        raw = target.claude.read(TARGET) or b""
        before = imported.without_line(raw, target.line)
        if before is None:
            target.claude.delete(TARGET)
        else:
            target.claude.replace(TARGET, before, raw)
        return [f"{target.claude.where(TARGET)} no longer imports the memory"]
    if standing not in ("absent", "link", "dangling", "copy"):
        return []
    said: list[str] = []
    if standing == "copy":
        if conflicts is None:
            return [f"{target.path} is a copy of the memory and was left alone"]
        said += _keep_changed(target, target.claude.read(target.name), b"", conflicts)
    target.claude.delete(target.name)
    if target.claude.kind(aside_name(target)) == "absent":
        return said if standing == "absent" else [*said, f"{target.path} is removed"]
    target.claude.move(aside_name(target), target.name)
    return [*said, f"{target.path} is what it was before memsync"]


def _bytes_of(target: Target) -> bytes:
    """What a name at the target is made of: where a link leads, else the bytes of the file."""
    to = target.claude.link(target.name)
    if to is not None:
        return to.encode("utf-8", "surrogateescape")
    return target.claude.read(target.name) or b""

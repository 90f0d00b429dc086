"""Making or joining a memory on this machine, and what becomes of a CLAUDE.md that was there
before.

The order matters: notes first, then the memory, then its backup, then the target (design.md 3 and
4). May not know: how the cloud folder was found, the terminal, the network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from memsync.memory import target as link
from memsync.memory.conflicts import MOST_MEMORY_BYTES, copies
from memsync.memory.sessions import note_bytes, put
from memsync.memory.store import Store
from memsync.memory.target import TARGET, Target
from memsync.memory.text import notes
from memsync.memory.text.document import (
    FOOTER_MARK,
    NAME,
    STARTER,
    compose,
    is_starter,
    normal,
    parse,
    short_hash,
    without_footers,
)
from memsync.memory.text.encodings import decode
from memsync.memory.text.imports import bare
from memsync.memory.text.markdown import outline
from memsync.memory.text.redact import redact
from memsync.memory.versions import BACKUPS
from memsync.steps.captured import captured
from memsync.steps.copies import is_past, is_taken_in
from memsync.steps.job import Job, Run, no_claude
from memsync.steps.shown import base_of
from memsync.steps.workspace import Workspace
from memsync.system.disk import Changed, Disk, make_folders
from memsync.system.errors import FolderError, MissingError, NeedsAgreementError, NotDownloadedError
from memsync.system.machine import Machine
from memsync.system.questions import Nobody

# Claude Code takes none that begins otherwise
_PATH: Final = re.compile(r"(?=[A-Za-z0-9._-])(?:\\ |[^\s\\#])+")


class Done(NamedTuple):
    """What `set_up` did.

    `made`: a new memory, else one was joined. `said`: lines for people. `raw`: the memory's bytes.
    """

    made: bool
    said: tuple[str, ...]
    raw: bytes


class Wish(NamedTuple):
    """What the person asked for. `secrets`: what looks like one may go into the cloud folder."""

    new: bool = False
    join: bool = False
    yes: bool = False
    secrets: bool = False


def set_up(work: Workspace, machine: Machine, wish: Wish, take_in: Callable[[Job], Run]) -> Done:
    """Make the memory, or join the one that is there. The caller holds the lock.

    `take_in` brings what others did into a memory that is there.

    Never replaces a memory that is not the untouched starter. Raises `FolderError` when the memory
    is missing where one was, or must not be touched.
    """
    store, target = work.store, work.target
    memory = store.memory()
    # One of those will take the memory's name
    if memory is None and (wish.new or not copies(store.disk)):
        if wish.join:
            raise NotDownloadedError(
                f"there is no memory in {store.disk.where()} yet",
                "wait for the sync client; to start a new memory: memsync init --new",
            )
        if (
            not wish.new
            and not store.never_existed()
            and not _was_killed(store, _beginning(target, store, machine, wish))
        ):
            raise MissingError(
                f"{store.disk.where(NAME)} is missing, but its notes or versions are there",
                "wait for the sync client; to bring the last version back: memsync restore -1; to "
                "start anew: memsync init --new",
            )
        return _make(store, target, machine, wish)
    return _join(work, machine, wish, take_in)


class Beginning(NamedTuple):
    """The body of a new memory, its additions to the starter as a note's text ("": none), lines."""

    body: str
    note: str
    said: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id of the edit note."""
        return short_hash(notes.render_edit(self.note, "edit")) if self.note else ""


def _beginning(target: Target, store: Store, machine: Machine, wish: Wish) -> Beginning:
    """The CLAUDE.md that is there, else the starter."""
    own = foreign_text(target, store)
    if own is None or not own.strip():
        return Beginning(STARTER, "", ())
    if len(own.encode("utf-8")) > MOST_MEMORY_BYTES:
        return Beginning(
            STARTER, "", (f"your {TARGET} is larger than 4 MiB, so it is only moved aside",)
        )
    where = "lies in the cloud folder now" if wish.secrets else "is left out of the memory"
    told = _secrets(own, where)
    text = own if wish.secrets else redact(own).text
    body, rewritten = rewrite_imports(normal(text), target.claude, machine)
    edit = captured(body, None, STARTER)
    said = (
        *rewritten,
        f"the memory begins with your {TARGET}",
        *told,
    )
    return Beginning(body, edit.text if edit is not None else "", said)


def _secrets(text: str, where: str) -> list[str]:
    found = redact(text).found
    return (
        [f"your {TARGET} holds what looks like a secret ({', '.join(found)}); it {where}"]
        if found
        else []
    )


def _was_killed(store: Store, begin: Beginning) -> bool:
    """Whether an `init` ended between its note and the memory: the folder holds this very note and
    nothing else.
    """
    if store.last_seen() is not None or store.versions.all():
        return False
    return bool(begin.id) and {one.id for one in store.sessions.listed()} == {begin.id}


def _make(store: Store, target: Target, machine: Machine, wish: Wish) -> Done:
    """A new memory.

    The note goes first, so that the memory's footer never names one that is nowhere.
    """
    try:
        make_folders(store.disk.where())
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise FolderError(
            f"cannot make {store.disk.where()}: {reason}", "memsync init --sync-root DIR"
        ) from error
    begin = _beginning(target, store, machine, wish)
    merged = frozenset({store.sessions.put_edit(begin.note)}) if begin.note else frozenset[str]()
    raw = compose(begin.body, merged, "-")
    try:
        store.disk.replace(NAME, raw, None)
    except Changed:
        raise FolderError(
            f"{store.disk.where(NAME)} arrived just now", "memsync init (it will join that memory)"
        ) from None
    store.versions.keep(raw)
    store.remember(raw)
    return Done(True, (*begin.said, *_read_as(target, store), *aside(target, store)), raw)


def _join(work: Workspace, machine: Machine, wish: Wish, take_in: Callable[[Job], Run]) -> Done:
    """Use the memory that is there; a CLAUDE.md of the person's own becomes a note."""
    store, target = work.store, work.target
    own, before = foreign_text(target, store), store.memory()
    job = Job(
        store,
        work.outbox,
        target if own is None else None,
        no_claude,
        Nobody(),
        yes=wish.yes or _is_adoptable(store),
    )
    try:
        run = take_in(job)
    except NeedsAgreementError as error:
        raise FolderError(
            error.what, "wait ten minutes and run memsync init, or now: memsync init --yes"
        ) from error
    said = list(run.said)
    if before is not None and before.footer is None and run.replaced is not None:
        said.append(f"the memory got its footer; as it was it lies in {store.disk.where(BACKUPS)}")
    if own is not None and not _holds(run.after, own) and not _came_back(store, target):
        # What a memory began with was taken in then, though `uninstall` puts it back
        begin = _beginning(target, store, machine, wish)
        said += [*_capture_own(store, own, machine, begin.id), *_read_as(target, store)]
    return Done(False, tuple(said + aside(target, store)), run.raw or b"")


def _is_adoptable(store: Store) -> bool:
    """A folder of the prototype: a memory without a footer, and no version or last seen memory with
    one.
    """
    memory = store.memory()
    if memory is None or memory.footer is not None or memory.newer:
        return False
    return store.last_seen() is None and not any(version.rev for version in store.versions.all())


def _holds(body: str, text: str) -> bool:
    there = {line.strip() for line in body.splitlines()}
    return is_starter(text) or all(
        line.strip() in there for line in text.splitlines() if line.strip()
    )


def _came_back(store: Store, target: Target) -> bool:
    """Whether a file that this machine once took into this very memory stands there again."""
    raw = target.text()
    return raw is not None and store.last_seen() is not None and is_taken_in(store, raw, target)


def _capture_own(store: Store, own: str, machine: Machine, begun: str) -> list[str]:
    if store.sessions.has(begun):
        return [f"your {TARGET} is already kept as note {begun}"]
    if len(own.encode("utf-8")) > notes.MOST_BYTES:
        return [f"your {TARGET} is too large for a note; it is only moved aside"]
    for listed in store.sessions.listed():
        note = store.sessions.read(listed)
        if note is not None and note.kind == "note" and note.text == redact(own).text:
            return [f"your {TARGET} is already kept as note {note.id}"]
    data = note_bytes(redact(own).text, now=machine.now(), host=machine.hostname, source=TARGET)
    done = put(store.disk, data, machine.now())
    said = f"your {TARGET} is kept as note {done.id}; the next memsync refresh merges it"
    return [said, *_secrets(own, "is left out of the note")]


def secrets_in(target: Target, store: Store) -> tuple[str, ...]:
    """The kinds of secrets in a CLAUDE.md that would begin a new memory."""
    own = foreign_text(target, store) if store.memory() is None else None
    return redact(own).found if own else ()


def foreign_text(target: Target, store: Store) -> str | None:
    """The text of a CLAUDE.md that is no version of this memory.

    None when there is none that can be read.
    """
    if not _is_foreign(target, store):
        return None
    raw = target.text()
    if raw is None:
        return None
    found = decode(raw)
    if found is None:
        return None  # not text: it is moved aside as it is
    return parse(without_footers(found.text).encode("utf-8", "replace")).body or None


def _read_as(target: Target, store: Store) -> list[str]:
    """In which encoding a CLAUDE.md was read, where that is a guess; it is kept byte for byte."""
    raw = target.text() if _is_foreign(target, store) else None
    found = decode(raw) if raw is not None else None
    if found is None or not found.guessed:
        return []
    return [f"your {TARGET} was read as {found.encoding}, which is a guess: look at memsync show"]


def aside(target: Target, store: Store) -> list[str]:
    """Move a file or link that is no version of this memory out of the way; where it lies now."""
    return link.set_aside(target) if _is_foreign(target, store) else []


def _is_foreign(target: Target, store: Store) -> bool:
    """Whether something else stands there: a copy of another memory, too, or of one that this
    folder lost.
    """
    standing, found, memory = target.standing(), target.copy(), store.memory()
    ours = found is not None and FOOTER_MARK in found.raw and not found.newer
    if found is None or standing not in ("copy", "foreign") or not ours:
        return standing in ("foreign", "foreign link")
    if found.footer is None or found.edited:
        return memory is None or base_of(store, found) is None
    return not is_past(store, found, memory)


def rewrite_imports(body: str, claude: Disk, machine: Machine) -> tuple[str, list[str]]:
    """Relative `@imports` of files that are there, as `@~/...`: they would be looked up beside the
    memory.

    Claude Code resolves them against the real path of a linked CLAUDE.md (facts, claude-code.md 2).
    """
    said: list[str] = []
    view = outline(body)
    lines = list(view.lines)
    for number, at, _, _ in reversed(list(bare(view))):
        line = lines[number]
        for written in _paths(line[at + 1 :]):
            there = _absolute(written.replace("\\ ", " "), claude, machine)
            if there:
                lines[number] = f"{line[: at + 1]}{there}{line[at + 1 + len(written) :]}"
                said.append(f"import rewritten: @{written} is now @{there}")
                break
    return "\n".join(lines), said[::-1]


def _paths(text: str) -> Iterator[str]:
    """The relative paths that an import may mean, the longest first: markup and a full stop may end
    it.
    """
    found = _PATH.match(text)
    whole = found[0] if found is not None and not re.match(r"[A-Za-z]:", text) else ""
    for end in range(len(whole), 0, -1):
        if not (whole[end : end + 1].isalnum() or whole[end - 1] == "\\"):
            yield whole[:end]


def _absolute(path: str, claude: Disk, machine: Machine) -> str:
    """How to write an import of this file from anywhere; "" when it is not there."""
    read_in = os.path.dirname(os.path.realpath(claude.where(TARGET)))
    if not os.path.isfile(os.path.join(read_in, path)):
        return ""
    plain = os.path.normpath(path)
    beside = read_in == os.path.realpath(claude.where()) and not plain.startswith("..")
    whole = Path(os.path.normpath(os.path.join(claude.where() if beside else read_in, plain)))
    for home in (machine.home, Path(os.path.realpath(machine.home))):
        if whole.is_relative_to(home):
            whole = Path("~") / whole.relative_to(home)
    there = whole.as_posix()
    return "" if "#" in there else there.replace(" ", "\\ ")


def check(target: Target, raw: bytes) -> str:
    """What is wrong with what Claude Code will read, in one line; "" when it reads the memory."""
    shown = target.text()
    if shown is None:
        return f"Claude Code cannot read {target.path}"
    if shown != raw:
        return f"{target.path} does not show the memory yet"
    return ""

"""The examination: each part of memsync on this machine is looked at, and nothing is written.

Whether a refresh would work is not guessed: the same code is run on disks that keep every write to
themselves. One free question goes over the network: whether Claude's API accepts the key.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from memsync import sync
from memsync.agents import overview
from memsync.commands import asking
from memsync.commands.doctor import access, folders, network, pending
from memsync.commands.doctor.findings import (
    FIX,
    REFRESH,
    Finding,
    first_of_each,
    good,
    info,
    of_error,
    of_model,
    problem,
    warning,
)
from memsync.commands.doctor.memory import claude_md, is_too_large, memory
from memsync.commands.note import working_folder
from memsync.config import BY_NAME, Config
from memsync.memory import bundles
from memsync.memory import target as link
from memsync.memory.conflicts import CONFLICTS
from memsync.memory.lineage import lost_bundle
from memsync.memory.text.document import Memory, parse
from memsync.memory.versions import BACKUPS
from memsync.merge import keys
from memsync.providers.resolve import Place
from memsync.steps.job import Job, no_claude
from memsync.steps.workspace import Workspace, open_place, target
from memsync.steps.writes import TakeIn
from memsync.system.disk import too_large
from memsync.system.errors import (
    ClaudeError,
    FolderError,
    MemsyncError,
    NotDownloadedError,
    UsageError,
)
from memsync.system.machine import quoted
from memsync.system.questions import Nobody

Section = Callable[[Config, Place], Iterator[Finding]]


def examine(config: Config, place: Place) -> list[Finding]:
    """All that was found, the parts in the order in which a refresh needs them; a part with nothing
    wrong in it is a finding, too, of the level `good`. Writes nothing.
    """
    found: list[Finding] = []
    hidden = _hidden(config, place)
    for section, name in _sections(place):
        if section in hidden:
            continue
        here = _look(section, config, place)
        if all(one.level == "info" and not one.unasked for one in here):
            found.append(good(name))
        found += here
    found += [warning(words, f"ls -l {quoted(path)}") for path, words in too_large.items()]
    found += folders.large_key(config)
    if place.folder is not None and place.trouble is None:
        found += folders.large_files(place.folder)
    return first_of_each(found)


def _sections(place: Place) -> list[tuple[Section, str]]:
    """The parts, each with what it is called where nothing is wrong with it."""
    first: list[tuple[Section, str]] = [(_settings, "settings"), (_folder, "cloud folder")]
    last: list[tuple[Section, str]] = [
        (_key, "engine"),
        (_model, "model"),
        (_agents, "agents"),
        (folders.rights, "rights"),
        (folders.sizes, "sizes"),
    ]
    if place.trouble is not None:
        return [*first, (pending.outbox, "outbox"), *last]
    return [
        *first,
        (_refresh, "a refresh, tried without writing"),
        (memory, "memory"),
        (claude_md, "CLAUDE.md"),
        (pending.notes, "notes"),
        (pending.siblings, "second folders"),
        *last,
    ]


def _look(section: Section, config: Config, place: Place) -> list[Finding]:
    found: list[Finding] = []
    try:
        for one in section(config, place):
            found.append(one)
    except MemsyncError as error:
        found.append(of_error(error, _look_at(config, place)))
    except OSError as error:
        what = f"{error.filename or 'a file'}: {(error.strerror or type(error).__name__).lower()}"
        found.append(problem(what, _look_at(config, place)))
    return found


def _hidden(config: Config, place: Place) -> set[Section]:
    """The parts that would only say again that their folder may not be read."""
    machine = config.machine
    hidden: set[Section] = set()
    if folders.is_shut(machine.state_dir):
        hidden |= {_refresh, pending.notes, pending.outbox}
    if place.state is not None and folders.is_shut(place.state):
        hidden |= {_refresh, pending.notes}
    if folders.is_shut(machine.config_dir):
        hidden |= {_key}
    with contextlib.suppress(UsageError):  # a bad CLAUDE_CONFIG_DIR, which the parts say
        if folders.is_shut(machine.claude_dir):
            hidden |= {_refresh, claude_md, _agents}
    return hidden


def _look_at(config: Config, place: Place) -> str:
    """What to type when all that is known is that something cannot be read or written."""
    there = place.folder or place.root or config.machine.config_dir
    return f"ls -la {quoted(there)}, then give yourself the right to read and write there"


def _settings(config: Config, place: Place) -> Iterator[Finding]:
    if config.broken:
        yield problem(config.broken, _opens(config) or f"correct or remove {quoted(config.path)}")
    for name, reason in config.bad.items():
        yield problem(
            reason, "memsync init" if BY_NAME[name].pinned else f"memsync config set {name} default"
        )
    for line in config.warnings:
        if line not in config.bad.values():
            yield warning(line, f"remove the line from {quoted(config.path)}")


def _opens(config: Config) -> str:
    """What to type where config.toml, or its folder, may not be read; "" where it may."""
    folder, path = access.unwritable(config.machine.config_dir), config.path
    if folder is not None and folders.is_shut(folder):
        return f"chmod u+rwx {quoted(folder)}"
    return (
        ""
        if os.access(path, os.R_OK) or not os.path.lexists(path)
        else f"chmod u+rw {quoted(path)}"
    )


def _folder(config: Config, place: Place) -> Iterator[Finding]:
    if place.trouble is not None:
        yield of_error(place.trouble, _look_at(config, place))
    if place.root is not None and place.trouble is None:
        from memsync.providers.registry import given

        for line in given(place.root, config.machine).warnings:
            yield warning(f"{place.root}: {line}", "memsync providers")
    if place.folder is None:
        return
    own = [place.folder / name for name in (BACKUPS, "sessions", CONFLICTS, bundles.FOLDER)]
    yield from (
        folders.no_folder(path, FolderError.status) for path in own if access.is_no_folder(path)
    )
    for path in (place.folder, *own[:2]):
        stuck = access.unwritable(path)
        if stuck is not None:
            fix = f"chmod u+rwx {quoted(stuck)}   (or free its file system from read-only)"
            yield problem(f"{stuck} cannot be written", fix, FolderError.status)
    if access.is_full(place.folder):
        yield problem(f"the disk of {place.folder} is full", "free some space", FolderError.status)
    elif access.is_full(config.machine.state_dir):
        yield problem(f"the disk of {config.machine.state_dir} is full", "free some space")


def _refresh(config: Config, place: Place) -> Iterator[Finding]:
    """Whether a refresh could begin, by beginning one that writes nothing."""
    config.number("max_tokens"), config.number("timeout")
    work = open_place(config, place, dry=True)
    memory = work.store.memory()
    try:
        job = Job(
            work.store, work.outbox, work.target, no_claude, Nobody(), siblings=work.siblings()
        )
        run = sync.run(job, TakeIn())
        raw = run.raw or b""
        work.store.sessions.pending(parse(raw).merged)
        if work.target.standing() != "folder":  # which `claude_md` says, with what fixes it
            link.ensure(work.target, raw, work.store.disk)
    except FolderError as error:
        if memory is not None and memory.footer is not None and is_too_large(memory):
            return  # which `memory` says, with what fixes it: --fix leaves it alone
        curable = (
            memory is not None
            and not memory.newer
            and _had_a_version(work)
            and _bundles_are_there(work, memory)
        )
        found = of_error(error, _look_at(config, place))
        yield found._replace(fix=FIX) if curable else found
        return
    if memory is not None and memory.trouble:
        yield warning(
            f"{work.target.memory}: {memory.trouble}; the text is that of a known version", FIX
        )
    for line in run.said:
        if line not in run.brought:  # of whose lines `memory` says what matters
            yield info(f"a refresh would say: {line}", REFRESH)


def _bundles_are_there(work: Workspace, memory: Memory) -> bool:
    """No bundle is missing, or --fix can make each again."""
    store = work.store
    try:
        gone = [
            one
            for one in memory.merged
            if one.startswith("b-") and not bundles.is_here(store.disk, one)
        ]
    except NotDownloadedError:
        return False
    return all(lost_bundle(store, one) is not None for one in gone)


def _had_a_version(work: Workspace) -> bool:
    return work.store.last_seen() is not None or any(
        version.rev for version in work.store.versions.all()
    )


def _key(config: Config, place: Place) -> Iterator[Finding]:
    machine = config.machine
    if find_spec("anthropic") is None:
        yield problem(
            "the SDK of Claude's API is not installed", "pip install anthropic", ClaudeError.status
        )
    yield from network.of_address(machine.env)
    wide = keys.file_mode_problem(machine)
    if wide is not None:
        what, _, fix = wide.partition("; run: ")
        yield warning(what, fix or FIX)
    if machine.env.get("ANTHROPIC_API_KEY", "").strip():
        what = (
            "ANTHROPIC_API_KEY is exported: Claude Code, too, is then billed by the API, not "
            "by its subscription"
        )
        yield warning(what, "memsync config set api_key, then unset ANTHROPIC_API_KEY")
    engine = asking.choose(config)
    if isinstance(engine, keys.Key) and find_spec("anthropic") is not None:
        yield from network.of_key(engine)


def _model(config: Config, place: Place) -> Iterator[Finding]:
    yield from of_model(config.text("model"), config.machine.now().date())


def _agents(config: Config, place: Place) -> Iterator[Finding]:
    """What keeps an agent from reading the memory; the same that `memsync connect` says."""
    folder = place.folder if place.trouble is None else None
    shown = target(config, folder) if folder is not None else None
    for row in overview.rows(config.machine, folder, shown, working_folder()):
        for one in row.hindrances:
            yield Finding(one.level, one.what, one.fix)

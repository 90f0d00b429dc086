"""What is wrong with the memory, and with what Claude Code reads of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from memsync.commands.doctor.findings import (
    REFRESH,
    Finding,
    Shown,
    imports,
    info,
    of_import,
    of_lines,
    of_memory,
    of_target,
    warning,
)
from memsync.commands.showing import coming, look_at
from memsync.config import Config
from memsync.memory import guarded
from memsync.memory.conflicts import MOST_MEMORY_BYTES
from memsync.memory.target import TARGET, Target
from memsync.memory.text.constraints import sounds_like_constraints
from memsync.memory.text.document import NAME, Memory, parse
from memsync.memory.text.markdown import outline
from memsync.providers.resolve import Place
from memsync.steps.workspace import Workspace, open_place
from memsync.system.counted import counted
from memsync.system.machine import quoted

MOST_HEADINGS: Final = 8  # that one warning names


def memory(config: Config, place: Place) -> Iterator[Finding]:
    work = open_place(config, place)
    memory = work.store.memory()
    if memory is None:
        return
    found = of_memory(memory, work.store.disk.where(NAME), config.number("max_lines"))
    yield from _by_hand(found, memory, work)
    if is_too_large(memory):
        return
    new = look_at(work, coming(work), config.machine.now())
    yield from of_lines(new, memory.body, quoted(work.target.memory))
    for token in imports(memory.body):
        yield of_import(token, _leads_somewhere(token, work.target, config))
    titles = config.guarded_headings
    yield from of_headings(memory.body, titles)
    count = guarded.number(work.store.state, memory.body, titles)
    what = f"{counted(count, 'constraint is', 'constraints are')} guarded"
    yield info(what, f"{_guarding(titles, 'TITLE')}   (guards one more section)")


def of_headings(body: str, titles: tuple[str, ...]) -> Iterator[Finding]:
    """Headings that sound like those of constraints, and nothing below which is guarded: one
    finding for all of them, because the setting takes all titles at once.
    """
    view = outline(body, titles)
    lines = {n for section in view.sections for n in range(section.start, section.end)}
    unguarded = [heading.title for heading in view.headings if heading.line not in lines]
    found = list(dict.fromkeys(filter(sounds_like_constraints, unguarded)))[:MOST_HEADINGS]
    if not found:
        return
    names = " and ".join(f'"{title}"' for title in found)
    words = "sound like headings of constraints, and nothing below them is guarded"
    if len(found) == 1:
        words = "sounds like a heading of constraints, and nothing below it is guarded"
    yield warning(f"{names} {words}", _guarding(titles, *found))


def _guarding(titles: tuple[str, ...], *more: str) -> str:
    """The command that guards more sections. It names those of the setting, too: it sets all."""
    return " ".join(["memsync config set constraint_headings", *map(quoted, (*titles, *more))])


def _by_hand(found: Iterable[Finding], memory: Memory, work: Workspace) -> Iterator[Finding]:
    """The same findings; a memory that is too large to be merged is not compacted by Claude
    either.
    """
    instead = f"take out of {quoted(work.target.memory)} by hand what does not belong there"
    if any(version.rev != memory.rev for version in work.store.versions.all()):
        instead += "; or go back: memsync restore VERSION   (memsync history lists them)"
    for one in found:
        yield (
            one._replace(fix=instead)
            if is_too_large(memory) and one.fix.startswith(REFRESH)
            else one
        )


def is_too_large(memory: Memory) -> bool:
    return len(memory.raw) > MOST_MEMORY_BYTES


def _leads_somewhere(token: str, target: Target, config: Config) -> bool:
    """Whether Claude Code finds a file for this import: relative to the file it really reads, a
    copy or the memory.
    """
    read = target.path if target.standing() in ("link", "copy") else target.memory
    path = config.machine.expand(token.removeprefix("@").partition("#")[0].replace("\\ ", " "))
    return os.path.isfile(os.path.join(os.path.dirname(os.path.realpath(read)), path))


def claude_md(config: Config, place: Place) -> Iterator[Finding]:
    work = open_place(config, place)
    memory = work.store.memory()
    target = work.target
    shown = Shown(
        target.path,
        quoted(target.path),
        target.standing(),
        target.text(),
        target.claude.link(TARGET) or "",
    )
    memory = memory or parse(b"")
    yield from _by_hand(of_target(shown, memory, target.mode), memory, work)
    if literal := config.machine.literal_tilde:
        yield warning(*literal)

"""`memsync hook EVENT`: what Claude Code runs. It is never in the way: exit 0, whatever happens.

Nothing here merges. What takes longer than a moment runs detached (`memsync hook background`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from memsync.agents import candidates, hooks, record, sessions
from memsync.agents.hooks import Told
from memsync.agents.table import CLAUDE_CODE
from memsync.system import background, terminal
from memsync.system.counted import counted
from memsync.system.disk import RealDisk
from memsync.system.errors import LocalError, MemsyncError
from memsync.system.machine import Machine, this_machine

if TYPE_CHECKING:
    from memsync.config import Config

LOG: Final = "background.log"
LOCK: Final = "background.lock"
LOCK_SECONDS: Final = 600.0
SOURCE: Final = "/memsync in Claude Code"


def run(words: list[str]) -> int:
    """Answer one hook; 0, also where memsync has a bug, which its log tells."""
    try:
        terminal.prepare()
        machine = this_machine()
        if machine.env.get(hooks.CHILD):
            return 0  # memsync's own Claude: it captures nothing
        event, *rest = words or [""]
        if event == "background":
            return _background(machine, rest)
        if event in ANSWERS and (answer := ANSWERS[event](machine, _told())):
            terminal.out(answer)
            terminal.flush()
    except (MemsyncError, OSError, KeyboardInterrupt):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            terminal.out_is_gone()
        return 0
    except Exception as error:  # noqa: BLE001 - a bug of memsync's must not stop Claude Code
        from memsync.system.buglog import write

        write(error)
    return 0


def _told() -> Told:
    if terminal.stdin_is_terminal():
        return Told()
    return hooks.told(terminal.read_stdin(hooks.MOST_BYTES, ""))


def _state(machine: Machine) -> RealDisk:
    return RealDisk(machine.state_dir, LocalError)


def _session_start(machine: Machine, told: Told) -> str:
    """A line for the person where something waits or is wrong; else nothing."""
    record.saw(record.store(machine), CLAUDE_CODE, f"{machine.now():%Y-%m-%dT%H:%M:%SZ}")
    if not hooks.is_attended(machine.env):
        return ""
    state = _state(machine)
    killed = sessions.left(state, told.session, machine.now().timestamp())
    sessions.begin(state, told.session, told.transcript)
    _start(machine, *(f"--session={path}" for path in killed))
    return hooks.for_the_person(list(_waiting(machine)))


def _waiting(machine: Machine) -> Iterator[str]:
    """What waits, and what is wrong, in words that say what to type; never the text of a note."""
    from memsync.config import load

    with contextlib.suppress(MemsyncError):
        count = candidates.count(candidates.store(machine))
        if count:
            found = counted(count, "thing to remember waits", "things to remember wait")
            yield f"{found} for your yes (memsync review)"
    config = load(machine)
    with contextlib.suppress(MemsyncError):
        yield from _of_memory(config, config.text("sync_root") if not config.broken else "")


def _of_memory(config: Config, pinned: str) -> Iterator[str]:
    """How the memory stands, where a look at its folder cannot hang."""
    from pathlib import Path

    from memsync.merge.kept import reminder
    from memsync.providers.resolve import resolve
    from memsync.steps.workspace import target

    if not pinned or config.machine.may_hang(Path(pinned)):
        return
    place = resolve(config)
    if place.trouble is not None or place.folder is None:
        yield f"{place.trouble.what if place.trouble else 'not set up'} (memsync doctor)"
        return
    if place.state is not None and (line := reminder(RealDisk(place.state, LocalError))):
        yield line
    if target(config, place.folder).standing() not in ("link", "copy", "imported"):
        yield "Claude Code does not read the memory (memsync doctor)"


def _session_end(machine: Machine, told: Told) -> str:
    """What was typed is looked through in the background, and merged there once a person agreed."""
    if hooks.is_attended(machine.env):
        _start(machine, "--ended", f"--session={told.transcript}")
        sessions.end(_state(machine), told.session)
    return ""


def _start(machine: Machine, *words: str) -> None:
    if words:
        command = [*machine.program, hooks.NAME, "background", *words]
        log = os.path.join(machine.state_dir, LOG)
        background.start(command, hooks.outside(machine.env), log)


def _expansion(machine: Machine, told: Told) -> str:
    """`/memsync TEXT`: a note, before any model hears of it."""
    from memsync.commands.intake import from_unicode
    from memsync.commands.note import keep
    from memsync.commands.reading import bring_up_to_date
    from memsync.config import load
    from memsync.memory.text.redact import redact
    from memsync.memory.text.visible import seen
    from memsync.providers.resolve import resolve
    from memsync.steps.workspace import memory_folder, outbox

    if told.command not in ("memsync", "memsync:memsync"):
        return ""
    if not told.args.strip():
        waiting = list(_waiting(machine))
        return hooks.blocked("; ".join(waiting) or "type /memsync and what to note", clear=True)
    config = load(machine)
    try:
        place = resolve(config)
        given = from_unicode(told.args, "note")._replace(source=SOURCE)
        done = keep(given, config, memory_folder(place), outbox(machine))
    except MemsyncError as error:
        return hooks.blocked(f"not noted: {error.what}; {error.hint}", clear=False)
    bring_up_to_date(config, place)
    left_out = redact(seen(told.args).text).found
    words = f"noted {done.id}"
    words += f", without the {', '.join(left_out)}" if left_out else ""
    words += f"; it waits on this machine: {done.why}" if done.why else ""
    return hooks.blocked(words, clear=True)


ANSWERS: Final[dict[str, Callable[[Machine, Told], str]]] = {
    "SessionStart": _session_start,
    "SessionEnd": _session_end,
    "UserPromptExpansion": _expansion,
}


def _background(machine: Machine, words: list[str]) -> int:
    """Detached: look through transcripts; then, once a person agreed, merge what is pending.

    One at a time, so that many sessions that end at once do not all work at once.
    """
    from importlib.util import find_spec

    from memsync.agents.merging import merge_in_background
    from memsync.system.lock import lock

    def say(line: str) -> None:
        terminal.err(f"{machine.now():%Y-%m-%dT%H:%M:%SZ} {line}")

    transcripts = [word.removeprefix("--session=") for word in words if "--session=" in word]
    with lock(str(machine.state_dir / LOCK), LOCK_SECONDS):
        # Until the command is there, this does nothing
        for path in transcripts if find_spec("memsync.commands.harvest") is not None else ():
            command = [*machine.program, "harvest", "--session", path]
            status, _ = background.output(command, machine.env)
            say(f"harvest ended with {status}")
        if "--ended" in words:
            merge_in_background(machine, say)
        say("done")
    return 0

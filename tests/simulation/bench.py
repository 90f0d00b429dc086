"""One machine on the bench: a memory, notes, edits by hand and the real refresh, for tests of
single rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from memsync import sync
from memsync.memory.lineage import Named
from memsync.memory.sessions import put
from memsync.memory.text.document import NAME, compose, parse
from memsync.memory.text.notes import render
from memsync.merge.reply import Reply
from memsync.steps.carry import carry_out
from memsync.steps.gather import gather
from memsync.steps.job import Job, Run
from memsync.steps.outside import outside
from memsync.steps.writes import GiveUp, GoTo, Plan, Refresh, Undo, UseReply, Wish
from tests.simulation import claude
from tests.simulation.machines import Machine
from tests.simulation.world import Start, World

BODY = """\
# Memory

## Notes

- one
- two
- three

## Hard constraints

- never four
- never five

## Likes

- six
"""


def good(system: str, user: str) -> Reply:
    return Reply(claude.merged(user))


def machine(body: str = BODY, *, copies: bool = False) -> Machine:
    """A machine that holds this memory, and has seen it."""
    found = World(Start(1, 1, "plain", "Dropbox", copies)).machines[0]
    raw = compose(body, (), "-")
    found.memory.files[NAME] = raw
    found.store().versions.keep(raw)
    found.store().remember(raw)
    return found


def body_of(one: Machine) -> str:
    return parse(one.memory.files[NAME]).body


def put_note(one: Machine, text: str) -> str:
    data = render(
        text,
        time=one.now(),
        host="h",
        source="text",
        nonce=f"{random.Random(text).getrandbits(64):016x}",
    )
    return put(one.memory, data, one.now()).id


def changed(one: Machine, *pairs: tuple[str, str], name: str = NAME) -> None:
    """Edit the memory by hand, the footer left as it is."""
    text = one.memory.files[name].decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    one.memory.files[name] = text.encode()


def refresh(job: Job, wish: Wish = Refresh()) -> Run:  # noqa: B008 - it is a constant
    """`memsync refresh`."""
    return sync.run(job, wish)


def undo(job: Job) -> Run:
    """`memsync undo`."""
    return sync.run(job, Undo())


def restore(job: Job, version: Named) -> Run:
    """`memsync restore VERSION`."""
    return sync.run(job, GoTo(version))


def forget(job: Job, note_id: str) -> Run:
    """`memsync forget ID`."""
    return sync.run(job, GiveUp(note_id))


def apply(job: Job) -> Run:
    """`memsync apply`."""
    return sync.run(job, UseReply())


def observe(job: Job) -> None:
    """What others did becomes notes, and nothing else is done."""
    while writes := outside(gather(job), Run()).writes:
        carry_out(Plan(Run(), writes), job)


def calm(one: Machine, *, yes: bool = False) -> Run:
    """`memsync refresh` with an ordinary reply."""
    return refresh(one.job(good, person=False, yes=yes))


def lines_of(one: Machine) -> list[str]:
    """The lines of the body."""
    return body_of(one).split("\n")


def files(one: Machine, folder: str) -> dict[str, bytes]:
    """The files in a folder of the memory folder."""
    return {name: data for name, data in one.memory.files.items() if name.startswith(f"{folder}/")}


def before_replacement(one: Machine, happens: Callable[[], None]) -> None:
    """Let this happen once, right before the memory is compared and replaced."""
    once = [happens]
    before = one.memory.before

    def watch(action: str, name: str) -> None:
        if (action, name) == ("replace", NAME) and once:
            once.pop()()
        before(action, name)

    one.memory.before = watch  # type: ignore[method-assign]

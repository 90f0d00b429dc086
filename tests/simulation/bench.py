"""One machine on the bench: a memory, notes, edits by hand and the real refresh, for tests of
single rules.
"""

from __future__ import annotations

import random

from memsync.memory.capture import put
from memsync.memory.text.document import NAME, compose, parse
from memsync.memory.text.notes import render
from memsync.steps.job import Outcome
from memsync.sync import refresh
from tests.simulation import claude
from tests.simulation.claude import Reply
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
    found.store().backup(raw)
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


def calm(one: Machine, *, yes: bool = False) -> Outcome:
    """`memsync refresh` with an ordinary reply."""
    return refresh(one.job(good, person=False, yes=yes))


def lines_of(one: Machine) -> list[str]:
    """The lines of the body."""
    return body_of(one).split("\n")


def files(one: Machine, folder: str) -> dict[str, bytes]:
    """The files in a folder of the memory folder."""
    return {name: data for name, data in one.memory.files.items() if name.startswith(f"{folder}/")}

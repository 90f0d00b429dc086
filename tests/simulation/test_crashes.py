"""A refresh that has everything to do, and dies at each of its disk operations in turn; the next
one heals.

The loop of SQLite's tests: die at the N-th operation, for N = 1, 2, 3, ... until one run gets
through.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memsync.memory.sessions import put
from memsync.memory.target import TARGET
from memsync.memory.text.document import NAME, parse
from memsync.memory.text.notes import render
from tests.simulation.bench import (
    calm,
    changed,
    files,
    good,
    lines_of,
    machine,
    put_note,
    refresh,
    undo,
)
from tests.simulation.disks import Crashed, Death, SimDisk
from tests.simulation.machines import Machine

EDITED = {"- by hand", "- never by hand"}
WANTED = {"- one", "- never four", *EDITED, "- in a copy", "- in Claude's", "- a note", "- waiting"}


def busy_machine() -> Machine:
    """A hand edit, a conflict copy with another, an edited copy at the target, a pending note and
    one in the outbox.
    """
    one = machine(copies=True)
    assert one.claude is not None
    calm(one)
    raw = one.memory.files[NAME]
    put_note(one, "a note\n")
    waiting = render("waiting\n", time=one.now(), host="h", source="text", nonce="0" * 16)
    put(one.outbox, waiting, one.now(), folder="")
    changed(
        one,
        ("- one\n", "- one\n- by hand\n"),
        ("- never four\n", "- never four\n- never by hand\n"),
    )
    one.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = raw.replace(b"- two\n", b"- two\n- in a copy\n")
    one.claude.files[TARGET] = raw.replace(b"- six\n", b"- six\n- in Claude's\n")
    return one


def run_and_die(one: Machine, at: int, death: Death, run: Callable[[Machine], object]) -> bool:
    """Whether it died there; every replaced body must lie in backups/ or conflicts/ at that
    moment.
    """
    left = [at]
    replaced: list[bytes] = []

    def watch(disk: SimDisk, action: str, name: str) -> Death:
        left[0] -= 1
        if left[0] == 0:
            return death
        was = disk.was.get(name, {}).get(name)
        if (
            was is not None
            and disk is one.memory
            and "/" not in name
            and action in ("replaced", "deleted")
        ):
            replaced.append(was)
        return ""

    disks = [disk for disk in (one.memory, one.state, one.outbox, one.claude) if disk is not None]
    for disk in disks:
        disk.watch = watch
    try:
        run(one)
        died = False
    except Crashed:
        died = True
    for disk in disks:
        disk.watch = lambda disk, action, name: ""
    kept = {*files(one, "backups").values(), *files(one, "conflicts").values()}
    assert set(replaced) <= kept
    raw = one.memory.files.get(NAME)
    assert raw is None or parse(raw).footer is not None, "the memory is never torn"
    return died


def ways() -> dict[str, Callable[[Machine], object]]:
    return {
        "refresh": lambda one: refresh(one.job(good, person=False)),
        "undo": lambda one: undo(one.job(good, person=False)),
    }


@pytest.mark.parametrize("death", ["killed", "power cut"])
@pytest.mark.parametrize("way", ["refresh", "undo"])
@pytest.mark.parametrize("canonical", ["there", "renamed by rclone"])
def test_the_next_refresh_heals(death: Death, way: str, canonical: str) -> None:
    points = 0
    while True:
        one = busy_machine()
        if canonical != "there":
            one.memory.files["GLOBAL_MEMORY.md.conflict1"] = one.memory.files.pop(NAME)
        if not run_and_die(one, points + 1, death, ways()[way]):
            break
        points += 1
        calm(one)
        calm(one)
        lines = lines_of(one)
        lost = {line for line in WANTED if lines.count(line) != 1}
        assert not lost or (way == "undo" and lost <= EDITED), f"point {points}: {lost}"
        assert not files(one, "GLOBAL_MEMORY-LAPTOP.md")
    assert points > 20

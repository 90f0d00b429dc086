"""A refresh that has everything to do, and dies at each of its disk operations in turn; the next
one heals.

The loop of SQLite's tests: die at the N-th operation, for N = 1, 2, 3, ... until one run gets
through.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memsync.memory import lineage
from memsync.memory.sessions import RESTORING, put
from memsync.memory.target import TARGET
from memsync.memory.text.document import NAME, parse
from memsync.memory.text.notes import render
from tests.simulation.bench import (
    body_of,
    calm,
    changed,
    files,
    good,
    lines_of,
    machine,
    put_note,
    refresh,
    restore,
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


def test_a_restore_behind_one_that_was_killed_takes_no_note_of_it_away() -> None:
    """The first has happened, and its note waits still when the second begins."""
    points = 0
    while True:
        one = machine()
        put_note(one, "a note\n")
        calm(one)
        if not run_and_die(one, points + 1, "killed", ways()["undo"]):
            break
        points += 1
        raw = one.memory.files[NAME].replace(b"- six\n", b"- six\n- seven\n")
        # Somebody edits it, and a second footer: it may not have arrived whole
        one.memory.files[NAME] = raw + raw[raw.index(b"\n<!-- memsync:") :]
        restore(one.job(good, person=False), lineage.find(one.store(), "-1"))
        calm(one)
        sessions, merged = one.store().sessions, parse(one.memory.files[NAME]).merged
        assert sessions.expand(merged) <= {note.id for note in sessions.listed()}, f"{points}"
    assert points > 10


@pytest.mark.parametrize("death", ["killed", "power cut"])
def test_an_undo_that_dies_has_happened_or_has_not(death: Death) -> None:
    """Where it has, a memory that the sync client rolls back then stays undone; where it has not,
    no later command does it unasked.
    """
    points = 0
    while True:
        one = machine(copies=True)
        put_note(one, "a note\n")
        calm(one)
        before, merged = one.memory.files[NAME], body_of(one)
        if not run_and_die(one, points + 1, death, ways()["undo"]):
            break
        points += 1
        last = one.store().last_seen()
        undone = body_of(one) != merged
        if last is not None and last.raw == one.memory.files[NAME]:
            one.memory.files[NAME] = before  # before another command of this machine looked
        for _ in range(2):
            calm(one)
            assert ("- a note" not in lines_of(one)) == undone, f"point {points}"
            one.memory.files[NAME] = before
        assert not undone or not any(name.startswith(RESTORING) for name in one.state.files)
    assert points > 10

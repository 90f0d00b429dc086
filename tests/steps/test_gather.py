"""Deciding is done on frozen disks: one moment, each file read once, and nobody writes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memsync.memory.text.document import NAME, compose
from memsync.steps.gather import View, gather
from memsync.steps.job import Run
from memsync.steps.plan import decide
from memsync.steps.writes import LOOK_AGAIN, Compact, Fix, Refresh, TakeIn, Undo, Wish
from memsync.system.errors import NotDownloadedError
from memsync.system.frozen import FrozenError
from tests.simulation.bench import changed, good, machine, put_note
from tests.simulation.machines import Machine


def view_of(one: Machine) -> View:
    return gather(one.job(good, person=False))


WRITES: dict[str, Callable[[View], object]] = {
    "replace": lambda view: view.store.replace(b"", compose("# Memory\n", (), "-")),
    "back up": lambda view: view.store.versions.keep(b"other bytes"),
    "remember": lambda view: view.store.remember(b"other bytes"),
    "put an edit": lambda view: view.store.sessions.put_edit("base: -\n+ a line\n"),
    "create": lambda view: view.store.disk.create("name", b""),
    "move": lambda view: view.store.disk.move(NAME, "name"),
    "delete": lambda view: view.outbox.delete("name"),
    "sweep": lambda view: view.store.disk.sweep("", 0.0),
    "link": lambda view: view.store.disk.put_link("name", "to", None),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_nobody_writes_through_a_view(write: Callable[[View], object]) -> None:
    one = machine()
    before = dict(one.memory.files)
    one.store().memory()
    with pytest.raises(FrozenError):
        write(view_of(one))
    assert one.memory.files == before


def test_a_view_is_one_moment() -> None:
    one = machine()
    view = view_of(one)
    memory, names = view.store.memory(), view.store.disk.names()
    changed(one, ("- six", "- six\n- seven"))
    put_note(one, "a note\n")
    assert view.store.memory() == memory
    assert view.store.disk.names() == names
    assert view_of(one).store.memory() != memory


def test_what_could_not_be_read_stays_so_in_this_moment() -> None:
    one = machine()
    one.memory.dark.add(NAME)
    view = view_of(one)
    for _ in range(2):
        with pytest.raises(NotDownloadedError):
            view.store.memory()
        one.memory.dark.clear()


def test_a_note_that_nobody_reads_is_not_opened() -> None:
    one = machine()
    opened: list[str] = []
    read = one.memory.read

    def watch(name: str) -> bytes | None:
        opened.append(name)
        return read(name)

    one.memory.read = watch  # type: ignore[method-assign]
    put_note(one, "a note\n")
    opened.clear()
    view_of(one).store.memory()
    assert opened == [NAME]


@pytest.mark.parametrize("wish", [Refresh(), Compact(), TakeIn(), Fix(), Undo()], ids=repr)
def test_deciding_changes_nothing_and_says_first_what_others_did(wish: Wish) -> None:
    one = machine(copies=True)
    changed(one, ("- six", "- six\n- seven"))
    put_note(one, "a note\n")
    one.memory.files["GLOBAL_MEMORY-LAPTOP.md"] = one.memory.files[NAME].replace(b"- one", b"- 1")
    before = (dict(one.memory.files), dict(one.state.files))
    plan = decide(view_of(one), wish, Run())
    assert (dict(one.memory.files), dict(one.state.files)) == before
    assert plan.writes
    assert plan.memory is None
    assert plan.then == LOOK_AGAIN
    assert plan == decide(view_of(one), wish, Run()), "the same view, the same plan"

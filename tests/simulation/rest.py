"""How a world comes to rest once faults stop, and the property that must hold then (design.md
section 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from memsync.memory.target import TARGET
from memsync.memory.text import edits, notes
from memsync.memory.text.copy_names import is_conflict_copy
from memsync.memory.text.document import NAME, Memory, parse
from memsync.memory.text.markdown import constraint_lines
from tests.simulation.machines import Machine
from tests.simulation.texts import own_lines, unformatted
from tests.simulation.world import Step, World

ROUNDS = 8  # for each machine
TEN_MINUTES = 700


def settle(world: World) -> bool:
    """Faults stop; all machines sync and refresh, one after the other.

    False when they never come to rest.
    """
    for machine in world.machines:
        machine.death_in, machine.race_in, machine.skew, machine.reachable = None, None, 0, True
        machine.client.heal()
    quiet = 0
    for turn in range(ROUNDS * len(world.machines)):
        _sync_all(world)
        number = turn % len(world.machines)
        machine = world.machines[number]
        machine.discard()
        before = dict(machine.memory.files)
        world.do(Step("restore:-1" if _is_gone(world) else "refresh:calm", number, turn))
        world.now += TEN_MINUTES
        quiet = quiet + 1 if machine.memory.files == before else 0
        if quiet > len(world.machines):
            return True
    return False


def _is_gone(world: World) -> bool:
    """No machine holds a memory, or a conflict copy to take its place: what memsync says to type
    then is restore.
    """
    files = [one for machine in world.machines for one in machine.memory.files.items()]
    return not any(name == NAME or (_is_copy(name) and parse(data).footer) for name, data in files)


def _is_copy(name: str) -> bool:
    return "/" not in name and is_conflict_copy(name)


def _sync_all(world: World) -> None:
    for _ in range(2):
        for machine in world.machines:
            machine.client.sync(machine.client.known())


def violations(world: World) -> list[str]:
    """What of the property does not hold."""
    raws = {machine.memory.files.get(NAME) for machine in world.machines}
    raw = world.machines[0].memory.files.get(NAME)
    if len(raws) != 1 or raw is None:
        return ["the machines do not hold the same memory"]
    memory = parse(raw)
    if memory.footer is None or memory.edited:
        return [f"the memory is not whole: {memory.trouble}"]
    found = [*world.ledger.troubles, *_of_lines(world, memory), *_of_replaced(world)]
    for machine in world.machines:
        found += _of_machine(world, machine, memory)
    return found


class _Found(NamedTuple):
    """What stands in a memory."""

    counts: Counter[str]
    rules: frozenset[str]


def _of_lines(world: World, memory: Memory) -> Iterator[str]:
    ledger = world.ledger
    lines = unformatted(memory.body)
    rules = constraint_lines("\n".join(lines))
    found = _Found(Counter(lines), frozenset(lines[number] for number in rules))
    gone = ledger.removed | _restored_away(world)
    unseen = (
        ledger.destroyed | _left_alone(world) | (ledger.late & _set_aside(world))
    ) - ledger.seen
    for note in ledger.notes.values():
        for line in note.lines:
            yield from _of_line(f"of note {note.id}", line, note.constraint, found, gone)
    for line, rule in ledger.lines.items():
        yield from _of_line(
            "written by hand", line, rule and line not in gone, found, gone | unseen
        )


def _of_line(whose: str, line: str, rule: bool, found: _Found, gone: set[str]) -> Iterator[str]:
    times = found.counts[line]
    if times > 1:
        yield f"a line {whose} stands there {times} times: {line}"
    elif not times and line not in gone:
        yield f"a {'constraint' if rule else 'line'} {whose} is lost: {line}"
    elif times and rule and line not in found.rules:
        yield f"a constraint {whose} is not in force: {line}"


def _restored_away(world: World) -> set[str]:
    """What the restore notes take out: a person who was interrupted at it has still undone it."""
    gone = set()
    for machine in world.machines:
        for name, data in machine.memory.files.items():
            found = notes.FILE.fullmatch(name.rpartition("/")[2])
            note = notes.parse(data, found[2]) if found else None
            if note is not None and note.kind == "restore":
                gone |= own_lines("\n".join(edits.read(note.text).lines("-")))
    return gone


def _left_alone(world: World) -> set[str]:
    """The lines in siblings of the memory that carry no footer: such files are reported and left
    alone.
    """
    files = (one for machine in world.machines for one in machine.memory.files.items())
    return {
        line
        for name, data in files
        if _is_copy(name)
        for line in own_lines(data.decode("utf-8", "replace"))
    }


def _set_aside(world: World) -> set[str]:
    """The lines in conflicts/."""
    files = (one for machine in world.machines for one in machine.memory.files.items())
    return {
        line
        for name, data in files
        if name.startswith("conflicts/")
        for line in own_lines(data.decode())
    }


def _of_replaced(world: World) -> Iterator[str]:
    kept = {
        data
        for machine in world.machines
        for name, data in machine.memory.files.items()
        if name.startswith(("backups/", "conflicts/"))
    }
    bodies = {parse(data).body for data in kept}
    for name, raw in world.ledger.replaced:
        whole = parse(raw)  # a copy at the target may have other line ends: then its text counts
        same_text = (
            name == TARGET
            and whole.footer is not None
            and not whole.edited
            and whole.body in bodies
        )
        if raw not in kept and not same_text:
            yield f"replaced bytes of {name} are in neither backups/ nor conflicts/: {raw[:60]!r}"


def _of_machine(world: World, machine: Machine, memory: Memory) -> Iterator[str]:
    assert memory.footer is not None
    store = machine.store()
    merged = store.sessions.expand(memory.footer.merged)
    here = {one.id for one in store.sessions.listed()}
    for note in world.ledger.notes.values():
        if note.id not in here:
            yield f"{machine.name}: the file of note {note.id} is not in sessions/"
        if note.id not in merged:
            yield f"{machine.name}: note {note.id} is not in the merged set"
    if pending := store.sessions.pending(memory.footer.merged):
        yield (
            f"{machine.name}: {len(pending)} notes are still pending: "
            f"{[note.id for note in pending]}"
        )
    copies = {name: parse(data) for name, data in machine.memory.files.items() if _is_copy(name)}
    if any(copy.footer is not None for copy in copies.values()):
        yield f"{machine.name}: conflict copies are left: {sorted(copies)}"
    if machine.claude is not None and machine.claude.files.get(TARGET) != memory.raw:
        yield f"{machine.name}: the copy at the target is not the memory"

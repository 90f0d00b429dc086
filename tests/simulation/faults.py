"""What clocks, disks, services and people's tools do to a memory folder that nobody asked for."""

from __future__ import annotations

import random
from typing import Final

from memsync.memory.text.document import NAME
from tests.simulation.ledger import Ledger
from tests.simulation.machines import Machine
from tests.simulation.texts import own_lines

FAULTS: Final = (
    "crash",
    "power cut",
    "race",
    "skew",
    "dark",
    "cut memory",
    "cut note",
    "cut any",
    "take away",
    "roll back",
    "resurrect",
    "clone",
    "strip footer",
    "double footer",
    "tamper footer",
    "unreachable",
    "heal",
)


def strike(kind: str, machine: Machine, ledger: Ledger, choice: random.Random) -> None:
    """Do this to a machine. A clone is made by the world, which knows all machines."""
    match kind:
        case "crash" | "power cut":
            machine.death_in = choice.randint(0, 14)
            machine.death = "killed" if kind == "crash" else "power cut"
        case "race":
            machine.race_in = choice.randint(0, 8)
        case "skew":
            machine.skew = choice.choice([-86_400 * 400, -700, 0, 700, 86_400 * 40])
        case "unreachable":
            machine.reachable = not machine.reachable
        case "strip footer" | "double footer" | "tamper footer":
            _spoil(kind, machine, choice)
        case _:
            _of_client(kind, machine, ledger, choice)


def _of_client(kind: str, machine: Machine, ledger: Ledger, choice: random.Random) -> None:
    client = machine.client
    match kind:
        case "dark":
            machine.memory.dark.update(name for name in client.settled() if choice.random() < 0.3)
        case "cut memory" | "cut note" | "cut any":
            _cut(kind, machine, ledger, choice)
        case "take away":
            if NAME in client.settled():
                client.take_away(NAME)
        case "roll back":
            _roll_back(machine, ledger, choice)
        case "resurrect":
            gone = sorted(n for n, stored in client.server.files.items() if stored.data is None)
            if gone and client.server.history.get(name := choice.choice(gone)):
                client.server.put(name, client.server.history[name][-1])
        case "heal":
            client.heal()
        case _:
            raise ValueError(kind)


def _cut(kind: str, machine: Machine, ledger: Ledger, choice: random.Random) -> None:
    prefix = {"cut memory": NAME, "cut note": "sessions/", "cut any": ""}[kind]
    names = [name for name in machine.client.settled() if name.startswith(prefix)]
    if not names:
        return
    name = choice.choice(names)
    whole = machine.memory.files[name]
    ledger.destroyed |= own_lines(whole.decode("utf-8", "replace")) - ledger.seen
    machine.client.cut(
        name,
        choice.choice([choice.randint(0, len(whole)), max(0, len(whole) - choice.randint(1, 30))]),
    )


def _roll_back(machine: Machine, ledger: Ledger, choice: random.Random) -> None:
    server = machine.client.server
    now, before = server.get(NAME).data, server.history.get(NAME, [])[:-1]
    if now is None or not before:
        return
    old = choice.choice(before)
    ledger.destroyed |= own_lines(now.decode("utf-8", "replace")) - own_lines(
        old.decode("utf-8", "replace")
    )
    server.put(NAME, old)


def _spoil(kind: str, machine: Machine, choice: random.Random) -> None:
    """Somebody's editor or merge tool gets at the footer."""
    raw = machine.memory.files.get(NAME)
    if raw is None or NAME in machine.memory.dark:
        return
    head, mark, footer = raw.partition(b"\n<!-- memsync:")
    if not mark:
        return
    if kind == "strip footer":
        new = head
    elif kind == "double footer":
        new = raw + mark + footer
    else:
        line = choice.choice([b"merged: ", b"sum: ", b"rev: "])
        new = raw.replace(line, line + b"0123456789ab ", 1)
    machine.memory.files[NAME] = new

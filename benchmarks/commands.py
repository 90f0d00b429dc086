"""Whole commands beside 1 MiB of text that is hard to read: processor seconds of each.

`python -m benchmarks.commands [WORD...]` times each command for each text at each place where a
text may come from, all of them or those that a WORD names (`status`, `"a note"`, `fences`), and
prints the worst first: the seconds, and how many of them are more than beside one short line. The
texts of benchmarks.bombs, of which there are many, are taken where they are named. It is
`python -m memsync` in a process of its own, begun from the same state each time; the time is that
of the process and of its children. Promise 9 of design.md: at most two seconds for 1 MiB of
anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.bombs import BOMBS, MIB, again, nested, numbered
from memsync.commands.demo.filing import file_notes
from memsync.memory.text.document import compose, parse, short_hash
from memsync.memory.text.notes import render, render_edit
from memsync.memory.text.ops import Edit, Op, write
from memsync.merge.models import MOST_REPLY_BYTES
from tests.e2e.world import MEMORY, World
from tests.standin import StandIn

PROSE: Final = (
    "Ada said on {} that the build takes {} minutes where *nobody* looks, see `make -j{}` and\n"
    "<https://example.com/{}>; she'd rather have it wait for the tests of the day.\n\n"
)
TEXTS: Final[Mapping[str, Callable[[int], str]]] = {
    "distinct lines": numbered("- fact {0} x{0}\n"),
    "equal lines": BOMBS["equal lines"],
    "opened comments": BOMBS["opened comments, a line each"],
    "opened pictures": lambda size: again("![\n\n")(size) + "\n]\n",
    "one line": BOMBS["one line of words"],
    "headings": BOMBS["headings"],
    "constraints": lambda size: "## Constraints\n\n" + numbered("- never {}\n")(size),
    "nested lists": nested("-"),
    "fences": again("```sh\nmake all\n```\n"),
    "prose": lambda size: numbered(PROSE.replace("{}", "{0}"))(size),
}
SHAPES: Final = {**BOMBS, **TEXTS}
BOTH_ENDS: Final = "refresh, two"  # notes, one for each end of a large memory
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": ("status",),
    "show": ("show",),
    "note": ("note", "Never deploy on Fridays."),
    "notes": ("notes",),
    "diff": ("diff",),
    "history": ("history",),
    "doctor": ("doctor",),
    "init again": ("init",),
    "refresh": ("refresh", "--yes", "-n", "Never deploy on Fridays."),
    BOTH_ENDS: ("refresh", "--yes", "-n", "Never deploy on Fridays.\n\nPrefer tea at night."),
}
ABOVE: Final = "## Hard constraints"
BELOW: Final = "## Standing preferences"
DAY: Final = datetime(2026, 11, 20, 8, tzinfo=UTC)
LITTLE: Final = "- tea\n"
HEADER: Final = 1024  # bytes of a file that are not its text


class Row(NamedTuple):
    """What one command took, and how much of it is for the text."""

    more: float
    seconds: float
    command: str
    place: str
    text: str
    status: int


def with_text(raw: bytes, text: str) -> bytes:
    """A memory file with a text above its constraints, as an editor leaves it."""
    return raw.replace(ABOVE.encode(), f"{text}\n\n{ABOVE}".encode(), 1)


def large_memory(world: World, text: str) -> None:
    """A memory that has held the text for long, between what a merge changes at both ends."""
    raw = world.memory.read_bytes()
    closed = text + "\n```" * (text.count("```") % 2)
    world.memory.write_bytes(raw.replace(BELOW.encode(), f"{closed}\n\n{BELOW}".encode(), 1))
    with StandIn("merged") as api:
        world.ok("refresh", "--yes", api=api)


def conflict_copy(world: World, text: str) -> None:
    """Another machine's edit, set beside the memory by a sync client."""
    copy = world.folder / "GLOBAL_MEMORY-LAPTOP.md"
    copy.write_bytes(with_text(world.memory.read_bytes(), text))


def edited_memory(world: World, text: str) -> None:
    """A memory that somebody edited by hand."""
    world.memory.write_bytes(with_text(world.memory.read_bytes(), text))


def edited_copy(world: World, text: str) -> None:
    """A CLAUDE.md that is a copy, and was edited."""
    world.target.write_bytes(with_text(world.target.read_bytes(), text))


def version(world: World, text: str) -> None:
    """Another machine's version, with its backup."""
    before = parse(world.memory.read_bytes())
    body = with_text(before.body.encode(), text).decode()
    raw = compose(body, before.merged, before.rev)
    world.memory.write_bytes(raw)
    name = f"GLOBAL_MEMORY_20261120_080000_{parse(raw).rev}.md"
    (world.folder / "backups" / name).write_bytes(raw)


def a_note(world: World, text: str) -> None:
    """Another machine's note."""
    put(world, render(text, time=DAY, host="other", source="text", nonce="0" * 16))


def edit_note(world: World, text: str) -> None:
    """Another machine's edit of the memory."""
    ops = [Op("+", line) for line in text.split("\n") if line.strip()]
    edit = Edit(parse(world.memory.read_bytes()).rev, (Op("=", "## Current priorities"), *ops))
    put(world, render_edit(write(edit)))


def a_reply(world: World, text: str) -> None:
    """Nothing is there yet: the text comes with what Claude replies."""
    del world, text


def put(world: World, data: bytes) -> None:
    """A note file as it arrives."""
    path = world.folder / "sessions" / "2026-11-20" / f"080000-{short_hash(data)}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


PLACES: Final[Mapping[str, Callable[[World, str], None]]] = {
    "conflict copy": conflict_copy,
    "edited memory": edited_memory,
    "a note": a_note,
    "edit note": edit_note,
    "edited CLAUDE.md": edited_copy,
    "version": version,
    "a reply": a_reply,
    "a large memory": large_memory,
}
# The commands that are timed at a place, where not all are
ONLY: Final = {"a reply": ["refresh"], "a large memory": ["refresh", BOTH_ENDS]}
# As much as may come from there
SIZES: Final = {
    "a note": MIB - HEADER,
    "a reply": MOST_REPLY_BYTES - HEADER * 8,
    "a large memory": MOST_REPLY_BYTES - HEADER * 8,
}


def begun(root: Path, place: str) -> World:
    """A machine that has been set up and has merged once."""
    world = World(root)
    world.begin(MEMORY)
    if place == "edited CLAUDE.md":
        world.init("--link", "copy")
    with StandIn("merged") as api:
        world.ok("refresh", "-n", "Ada likes tea.", api=api)
    return world


def replying(text: str) -> Callable[[str], str]:
    """What merges as the stand-in does, and writes the text into the memory, too."""
    return lambda request: with_text(file_notes(request).encode(), text).decode()


def took(world: World, words: tuple[str, ...], api: StandIn) -> tuple[float, int]:
    """The processor seconds of a command with its children, and its exit status."""
    process = subprocess.Popen(
        [sys.executable, "-m", "memsync", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=world.environment(api),
        cwd=world.root,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, process.returncode


def rows(root: Path, wanted: Callable[..., bool]) -> Iterator[Row]:
    """Each command beside each text at each place."""
    for place in PLACES:
        for name, make in SHAPES.items():
            there = ONLY.get(place, [command for command in COMMANDS if command != BOTH_ENDS])
            commands = [command for command in there if wanted(command, place, name)]
            if commands:
                text = make(SIZES.get(place, MIB))
                bare = dict(timed(root, place, LITTLE, commands))
                for command, (seconds, status) in timed(root, place, text, commands):
                    yield Row(seconds - bare[command][0], seconds, command, place, name, status)


def timed(
    root: Path, place: str, text: str, commands: Iterable[str]
) -> Iterator[tuple[str, tuple[float, int]]]:
    """What each command takes beside a text, begun from the same state."""
    shutil.rmtree(root, ignore_errors=True)
    PLACES[place](begun(root, place), text)
    kept = root.with_name("kept")
    shutil.rmtree(kept, ignore_errors=True)
    root.rename(kept)
    for command in commands:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(kept, root, symlinks=True)
        with StandIn("merged", rule=replying(text) if place == "a reply" else file_notes) as api:
            yield command, took(World(root), COMMANDS[command], api)


def main(words: list[str]) -> None:
    """Print what each command took, the worst first."""
    kinds = ((COMMANDS, COMMANDS), (PLACES, PLACES), (SHAPES, TEXTS))  # those named, else these
    chosen = [[word for word in words if word in kind] or list(usual) for kind, usual in kinds]

    def wanted(*names: str) -> bool:
        return all(name in some for some, name in zip(chosen, names, strict=True))

    with tempfile.TemporaryDirectory(prefix="memsync-bench-") as folder:
        found = sorted(rows(Path(folder) / "machine", wanted), reverse=True)
    for row in found:
        ended = f"  (exit {row.status})" if row.status else ""
        numbers = f"{row.seconds:6.2f} s, {row.more:5.2f} more"
        print(f"{numbers}  {row.command:11} {row.place:17} {row.text}{ended}")


if __name__ == "__main__":
    main(sys.argv[1:])

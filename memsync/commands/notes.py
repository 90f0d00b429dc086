"""`memsync notes`: the notes, the newest first; search them, or print one. Writes nothing."""

from __future__ import annotations

import argparse
import heapq
import itertools
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Final, Literal, NamedTuple

from memsync.commands.showing import moment
from memsync.config import Config
from memsync.memory.lineage import FEWEST_DIGITS
from memsync.memory.sessions import waiting
from memsync.memory.store import Store
from memsync.memory.text import notes
from memsync.merge import kept
from memsync.providers.resolve import Place
from memsync.steps.workspace import open_place, outbox
from memsync.system import localtime, terminal
from memsync.system.disk import Disk
from memsync.system.errors import InputError, MemsyncError

EXAMPLE = "memsync notes staging database"
USUAL: Final = 20
WIDTH: Final = 60
DIGITS: Final = re.compile(rf"[0-9a-f]{{{FEWEST_DIGITS},12}}")

State = Literal["merged", "pending", "held", "outbox"]


class Row(NamedTuple):
    """A note as it is listed. `time`: UTC."""

    id: str
    time: str
    host: str
    state: State
    kind: notes.Kind
    first_line: str


class Lying(NamedTuple):
    """A note that was not read yet: its file, its state, and how it is read."""

    listed: notes.Listed
    state: State
    read: Callable[[], notes.Note | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORDS",
        help="only notes with all of these words, and lines of the memory; or the id of one note",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--pending", action="store_true", help="only those that are not merged yet")
    which.add_argument("--held", action="store_true", help="only those that were refused twice")
    parser.add_argument("--all", action="store_true", help=f"not only the newest {USUAL}")
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_notes(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """List notes, or print one. Where the folder is out of reach: those of the outbox, then why."""
    box = outbox(config.machine)
    store = open_place(config, provider).store if provider.trouble is None else None
    words = [word.casefold() for word in args.words]
    if len(args.words) == 1 and DIGITS.fullmatch(words[0]):
        if (found := _of_id(store, box, words[0])) is not None:
            return _print_one(found, as_json=args.json)
        if len(words[0]) == 12:
            raise InputError(f"there is no note {words[0]}", "memsync notes")
    states = _states(args)
    here = (place for place in _places(store, box) if place.state in states)
    most = None if args.all else USUAL + 1
    rows = list(islice(_rows(here, words), most))
    lines = _memory_lines(store, words) if words and not (args.pending or args.held) else []
    more = not args.all and len(rows) > USUAL
    rows = rows[:USUAL] if more else rows
    if args.json:
        return _print_json(rows, lines, provider.trouble, more=more)
    _print(rows, lines)
    if more:
        terminal.hint("  and more: memsync notes --all")
    if words and not rows and not lines:
        terminal.hint('to keep a note: memsync note "..."; memsync notes searches them')
    if provider.trouble is not None:
        raise provider.trouble
    return 0


def _states(args: argparse.Namespace) -> tuple[State, ...]:
    if args.held:
        return ("held",)
    if args.pending:
        return ("pending", "held", "outbox")
    return ("merged", "pending", "held", "outbox")


# -- where they lie ------------------------------------------------------------------------------


def _places(store: Store | None, box: Disk) -> Iterator[Lying]:
    """All notes, the newest first, each once; nothing is read before it is asked for."""
    known: set[str] = set()
    both = heapq.merge(_in_outbox(box), _in_folder(store), key=_second, reverse=True)
    for place in both:
        if place.listed.id not in known:
            known.add(place.listed.id)
            yield place


def _second(place: Lying) -> str:
    return place.listed.label[:17]


def _in_outbox(box: Disk) -> Iterator[Lying]:
    for listed in sorted(waiting(box), key=lambda note: note.label, reverse=True):
        yield Lying(listed, "outbox", partial(_read, box, listed))


def _in_folder(store: Store | None) -> Iterator[Lying]:
    if store is None:
        return
    done = store.sessions.expand(_merged_set(store))
    held = {one for one, refusal in kept.refusals(store.state).items() if refusal.held}
    for _, same in itertools.groupby(store.sessions.newest(), key=lambda one: one.label[:17]):
        # A name tells the second; of two notes in it, the one that waits came later
        for listed in sorted(same, key=lambda one: one.id in done):
            waits: State = "held" if listed.id in held else "pending"
            state: State = "merged" if listed.id in done else waits
            yield Lying(listed, state, partial(store.sessions.read, listed))


def _read(box: Disk, listed: notes.Listed) -> notes.Note | None:
    try:
        data = box.read(listed.name)
    except MemsyncError:
        return None
    return None if data is None else notes.parse(data, listed.id, listed.label)


def _merged_set(store: Store) -> frozenset[str]:
    """The merged set of the memory, or of the last whole version while it has no footer."""
    memory = store.memory()
    if memory is not None and memory.footer is None and not memory.newer:
        memory = store.known(memory.body) or store.last_whole() or memory
    memory = memory or store.last_whole()
    return memory.footer.merged if memory is not None and memory.footer else frozenset()


# -- what is shown -------------------------------------------------------------------------------


def _rows(places: Iterator[Lying], words: list[str]) -> Iterator[Row]:
    """The notes that hold all of these words; those that have not arrived whole are left out."""
    for place in places:
        note = place.read()
        if note is not None and _has(note.text, words):
            yield Row(
                note.id,
                _iso(note.label),
                note.host,
                place.state,
                note.kind,
                notes.first_line(note),
            )


def _has(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _memory_lines(store: Store | None, words: list[str]) -> list[tuple[int, str]]:
    """The lines of the memory that hold all of these words, with their numbers."""
    memory = store.memory() if store is not None else None
    lines = memory.body.splitlines() if memory is not None else []
    return [(number, line) for number, line in enumerate(lines, 1) if _has(line, words)]


def _print(rows: list[Row], lines: list[tuple[int, str]]) -> None:
    for number, line in lines:
        terminal.out(f"memory, line {number}: {line.strip()}")
    for row in rows:
        first = row.first_line
        first = first if len(first) <= WIDTH else f"{first[: WIDTH - 1]}…"
        when = _local(row.time)
        terminal.out(f"{row.id}  {when}  {row.state:<7}  {row.host or '-':<10}  {first}".rstrip())
    if not rows and not lines:
        terminal.out("no notes.")


def _print_json(
    rows: list[Row], lines: list[tuple[int, str]], trouble: MemsyncError | None, *, more: bool
) -> int:
    """One object, also where the folder is out of reach: then it says why, too."""
    shown: dict[str, object] = {"notes": [row._asdict() for row in rows], "more": more}
    shown["memory"] = [{"line": number, "text": text} for number, text in lines]
    if trouble is None:
        terminal.out_json(shown)
        return 0
    terminal.out_json({**shown, "error": trouble.shown})
    return trouble.status


def _utc(label: str) -> datetime:
    """The time in a label. A name that holds no such time is as old as can be."""
    found = localtime.told(label[:17], "%Y-%m-%d %H%M%S")
    return found or datetime(1970, 1, 1, tzinfo=UTC)


def _iso(label: str) -> str:
    return f"{_utc(label).replace(tzinfo=None).isoformat()}Z"


def _local(time: str) -> str:
    at = localtime.here(datetime.fromisoformat(time))
    return moment(at, localtime.minute(at))


# -- one note ------------------------------------------------------------------------------------


def _of_id(store: Store | None, box: Disk, digits: str) -> tuple[State, notes.Note] | None:
    """The one note whose id begins so; None where there is none, or several."""
    places = [place for place in _places(store, box) if place.listed.id.startswith(digits)]
    note = places[0].read() if len(places) == 1 else None
    return None if note is None else (places[0].state, note)


def _print_one(found: tuple[State, notes.Note], *, as_json: bool) -> int:
    state, note = found
    time = _iso(note.label)
    if as_json:
        fields = {"id": note.id, "time": time, "host": note.host, "state": state}
        terminal.out_json({**fields, "kind": note.kind, "source": note.source, "text": note.text})
        return 0
    about = [note.id, note.kind, _local(time), note.host, note.source, state]
    terminal.err(", ".join(word for word in about if word))
    terminal.out_text(note.text if note.text.endswith("\n") else f"{note.text}\n")
    return 0

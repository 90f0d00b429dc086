"""`memsync review`: a person says yes or no to each candidate; only a yes makes a note of it."""

from __future__ import annotations

import argparse
from typing import Final, NamedTuple

from memsync.agents import candidates, review
from memsync.agents.candidates import Candidate
from memsync.commands.harvest import refuse_inside_claude_code
from memsync.commands.note import fit_to_keep
from memsync.commands.reading import bring_up_to_date
from memsync.config import Config
from memsync.memory.sessions import capture, note_bytes
from memsync.memory.text.encodings import decode
from memsync.memory.text.notes import MOST_BYTES
from memsync.providers.resolve import Place
from memsync.steps.workspace import memory_folder, outbox
from memsync.system import dialogue, editor, terminal
from memsync.system.disk import ANYTHING, Disk, RealDisk
from memsync.system.errors import InputError, LocalError, NotSetUpError, UsageError
from memsync.system.machine import Machine

EXAMPLE = "memsync review"
SOURCE: Final = "memsync review"
QUESTION: Final = "  note it? y(es) n(o, never) e(dit) a(ll of this session) q(uit), Enter: later "
EDITING: Final = "editing"


class Review(NamedTuple):
    """What a review works with."""

    config: Config
    place: Place
    kept: Disk

    @property
    def machine(self) -> Machine:
        """This machine."""
        return self.config.machine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="list them as one object")
    parser.add_argument(
        "--all-of", metavar="SESSION", help="yes to all of a session; its first digits will do"
    )


def cmd_review(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Decide about what waits; without a terminal, list it."""
    if args.json and args.all_of is not None:
        raise UsageError("--json only lists", "memsync review --json   or: --all-of SESSION")
    refuse_inside_claude_code(config.machine, "memsync review")
    work = Review(config, provider, candidates.store(config.machine))
    waiting = candidates.pending(work.kept)
    if args.all_of is not None:
        chosen = review.one_session(waiting, args.all_of)
        for candidate in chosen:
            _accept(work, candidate)
        return _end(work, len(chosen))
    if args.json:
        terminal.out_json({"candidates": [review.as_json(candidate) for candidate in waiting]})
        return 0
    if not terminal.has_person():
        return _list(waiting)
    if not waiting:
        terminal.out("nothing waits for a yes.")
        return 0
    return _end(work, _ask_about(work, waiting))


def _list(waiting: list[Candidate]) -> int:
    for number, candidate in enumerate(waiting, 1):
        for line in review.screen(candidate, number, len(waiting)):
            terminal.out(line)
    count = len(waiting)
    terminal.err(f"{count} to decide, at a terminal: memsync review" if count else "nothing waits")
    return 0


def _ask_about(work: Review, waiting: list[Candidate]) -> int:
    """One candidate a screen; how many became notes."""
    noted, done = 0, set[str]()
    for number, candidate in enumerate(waiting, 1):
        if candidate.id in done:
            continue
        for line in review.screen(candidate, number, len(waiting)):
            terminal.err(line)
        left = [other for other in waiting[number - 1 :] if other.id not in done]
        same = review.of_session(left, candidate.session) or [candidate]
        answer = _answer(work, candidate, same)
        if answer is None:
            break
        done |= {other.id for other in answer}
        noted += len(answer)
    return noted


def _answer(work: Review, candidate: Candidate, same: list[Candidate]) -> list[Candidate] | None:
    """The candidates that became notes by one answer; None: the person stops here.

    Only a plain letter decides anything; Enter and whatever else leave it for later.
    """
    while True:
        word = terminal.answer(QUESTION)
        match (word or "").lower():
            case "y" | "yes":
                _accept(work, candidate)
                return [candidate]
            case "n" | "no":
                candidates.decide(work.kept, candidate, "refused", work.machine.now())
                return []
            case "e" | "edit":
                edited = _edited(work.machine, candidate)
                if edited is not None:
                    _accept(work, candidate, edited)
                    return [candidate]
            case "a" | "all":
                return _all(work, same)
            case "q" | "quit":
                return None
            case _:
                return None if word is None else []


def _all(work: Review, same: list[Candidate]) -> list[Candidate]:
    """All of the session that are left, once they were all seen."""
    for other in same[1:]:
        for line in review.screen(other, 1, 1):
            terminal.err(line)
    if not dialogue.confirm(f"  note all {len(same)} of this session?"):
        return []
    for candidate in same:
        _accept(work, candidate)
    return same


def _accept(work: Review, candidate: Candidate, text: str | None = None) -> None:
    """Make a note of it; the note is durable before the candidate counts as decided."""
    note = fit_to_keep(candidate.text if text is None else text)
    machine = work.machine
    now = machine.now()
    data = note_bytes(note, now=now, host=machine.hostname, source=SOURCE, kind="harvest")
    done = capture(data, memory_folder(work.place), outbox(machine), now)
    candidates.decide(work.kept, candidate, "accepted", now, done.id)
    terminal.out(f"noted {done.id}")
    if done.why:
        terminal.err(f"{done.why}; the note waits in {done.path}")


def _end(work: Review, noted: int) -> int:
    if noted:
        bring_up_to_date(work.config, work.place)
    left = candidates.count(work.kept)
    terminal.out(f"{noted} noted, {left} left.")
    if noted:
        terminal.hint("they are merged by: memsync refresh")
    if noted and isinstance(work.place.trouble, NotSetUpError):
        raise work.place.trouble
    return 0


def _edited(machine: Machine, candidate: Candidate) -> str | None:
    """The text as the person left it in their editor; None where there is none, or it is blank."""
    disk = RealDisk(machine.state_dir / EDITING, LocalError)
    name = f"{candidate.id}.md"
    try:
        program = editor.command(machine)
        disk.replace(name, candidate.text.encode("utf-8", "surrogatepass"), ANYTHING)
        terminal.flush()
        status = editor.edit(program, disk.where(name), machine)
        data = disk.read(name) or b""
    except InputError as error:  # there is none, or it cannot be started
        terminal.err(f"  {error.what}; nothing was changed")
        terminal.err(f"  to have one: {error.hint}")
        return None
    finally:
        disk.delete(name)
    if status:
        terminal.err(f"  the editor ended with status {status}; nothing was changed")
        return None
    decoded = decode(data)
    if decoded is None or not decoded.text.strip() or len(data) > MOST_BYTES:
        terminal.err("  the text is blank or too long; nothing was changed")
        return None
    return decoded.text.strip()

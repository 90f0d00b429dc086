"""`memsync purge`: take a leaked secret out of everything that memsync keeps."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable
from unicodedata import normalize

from memsync import sync
from memsync.commands.common import writing
from memsync.config import Config
from memsync.memory.store import Store
from memsync.memory.text.encodings import decode
from memsync.memory.text.notes import MOST_BYTES
from memsync.memory.text.purged import INSTEAD
from memsync.memory.text.redact import secrets
from memsync.providers.resolve import Place
from memsync.steps import purge
from memsync.steps.workspace import Workspace, open_place
from memsync.steps.writes import TakeIn
from memsync.system import dialogue, terminal
from memsync.system.counted import counted
from memsync.system.errors import InputError, NeedsYesError

EXAMPLE = "memsync purge d278"
SHORTEST = 4
HISTORY = (
    "the cloud service keeps its own history of these files, and other machines what they saw: "
    "replace the secret itself, wherever it opens something"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the text and the options."""
    parser.add_argument(
        "text", metavar="TEXT", help="the secret; or a note's id, for the secrets in it; - asks"
    )
    parser.add_argument("--yes", action="store_true", help="do it without a question")
    parser.add_argument("--dry-run", action="store_true", help="say where it is, change nothing")


def cmd_purge(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Show where the secret is, ask, take it out. The secret itself is never shown."""
    given = _asked_for() if args.text == "-" else _as_text(os.fsencode(args.text))
    texts = _spelled(_texts(open_place(config, provider).store, given.strip()))
    if args.dry_run:
        _show(open_place(config, provider, dry=True), texts)
        return 0
    with writing(config, provider) as (work, job):
        found = _show(work, texts)
        if not found:
            return 0
        if not args.yes:
            _ask(found)
        # A refresh would take the secret out of a conflict copy, or out of CLAUDE.md, again; and
        # the note of a killed undo loses its name with its bytes where it waits
        for line in sync.run(job, TakeIn(shows=True)).said:
            terminal.err(_without(texts, line))
        for text in texts:
            if places := purge.places(work, text):
                purge.take_out(work, text, places)
    terminal.out(
        f"purged from {counted(found, 'file')}: {INSTEAD} stands in its place, or the file is gone."
    )
    terminal.err(HISTORY)
    return 0


def _without(texts: Iterable[str], line: str) -> str:
    for text in texts:
        line = line.replace(text, INSTEAD)
    return line


def _asked_for() -> str:
    """The secret without its echo, or from stdin where that is no terminal, as a key is taken."""
    if terminal.stdin_is_terminal():
        return terminal.secret("The secret to take out")
    return _as_text(terminal.read_stdin(MOST_BYTES, "the secret"))


def _as_text(given: bytes) -> str:
    """Bytes as `note` reads them: a terminal's may be no UTF-8."""
    found = decode(given)
    if found is None:
        what = "that is not text in an encoding that memsync knows: nothing was purged"
        raise InputError(what, "memsync purge -   (it asks)")
    if found.guessed:
        terminal.err(f"the secret was read as {found.encoding}, which is a guess")
    return found.text


def _texts(store: Store, given: str) -> list[str]:
    """What to take out: the text, or the secrets of the note that an id names."""
    if re.fullmatch(r"[0-9a-f]{4,12}", given):
        listed = [one for one in store.sessions.listed() if one.id.startswith(given)]
        note = store.sessions.read(listed[0]) if len(listed) == 1 else None
        if note is not None:
            return _secrets_of(note.text)
    if not given:
        raise InputError("no secret was given: nothing was purged", "memsync purge -   (it asks)")
    if len(given) < SHORTEST:
        what = f"{len(given)} characters are found in too many places: nothing was purged"
        raise InputError(what, 'memsync purge "the whole secret"')
    return [given]


def _spelled(texts: list[str]) -> list[str]:
    """The texts in both forms of their accents, which nobody can tell apart."""
    forms = (form for one in texts for form in (one, normalize("NFC", one), normalize("NFD", one)))
    return list(dict.fromkeys(forms))


def _secrets_of(text: str) -> list[str]:
    found = [text[one.begin : one.end] for one in secrets(text)]
    if not found:
        what = "no secret of a known kind is in that note: nothing was purged"
        raise InputError(what, 'memsync purge "the secret itself"   (or - to be asked for it)')
    return list(dict.fromkeys(found))


def _show(work: Workspace, texts: list[str]) -> int:
    places = [place for text in texts for place in purge.places(work, text)]
    rows = dict.fromkeys((place.kind, place.where) for place in places)
    for kind, where in rows:
        terminal.out(f"  {kind}: {where}")
    if not rows:
        terminal.out("it is nowhere in what memsync keeps.")
    return len(rows)


def _ask(count: int) -> None:
    question = f"Take it out of {counted(count, 'file')}? What it is replaced in cannot come back."
    if not terminal.has_person():
        raise NeedsYesError("nothing was purged: nobody could be asked", "memsync purge TEXT --yes")
    if not dialogue.confirm(question):
        raise NeedsYesError("nothing was purged", "memsync purge TEXT").by_choice()

"""Killed before, and refused at, every call that changes a file: nothing acknowledged is ever lost.

Seen on the real program with strace. `FAULTS=all` tries every place and every error; by default
every third place of all but `note`, 20 places of a refresh that calls Claude, and the errors take
turns. The whole suite draws a half of those (tests.drawn). The numbers are printed with `-s`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from memsync.memory.text.document import parse
from tests.drawn import some
from tests.e2e.world import file_edits_too
from tests.faults import harness
from tests.faults.harness import Box, Done
from tests.standin import StandIn

WHY_NOT = harness.missing()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=f"FAULT INJECTION DOES NOT RUN: {WHY_NOT}")

ALL = os.environ.get("FAULTS") == "all"
API_SECONDS = 1800  # one stand-in answers every run of a case; `FAULTS=all` takes minutes


class Case(NamedTuple):
    """A command in a prepared state, and what must be true after it was hit and after it ran
    again.
    """

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Box], None]
    status: tuple[int, ...]
    held: Callable[[Box, Done], None]
    api: bool = False


def joined(box: Box) -> None:
    done = box.plain("init", "--provider", "custom", "--sync-root", str(box.cloud), "--yes")
    assert done.returncode == 0, done.stderr


def nothing(box: Box) -> None:
    claude = box.home / ".claude"
    claude.mkdir()
    (claude / "CLAUDE.md").write_text("# Mine\n\n- my own rule\n")


def edited(box: Box) -> None:
    """A hand edit, an edited conflict copy, and two notes in the outbox."""
    joined(box)
    copy = box.memory / "GLOBAL_MEMORY-LAPTOP.md"
    heading, text = "## Hard constraints\n", box.file.read_text()
    copy.write_text(text.replace(heading, f"{heading}\n- never on laptops\n"))
    box.file.write_text(text.replace(heading, f"{heading}\n- never by hand\n"))
    away = box.cloud / "away"
    box.memory.rename(away)
    for text in ("outbox one", "outbox two"):
        assert box.plain("note", text).returncode == 0
    away.rename(box.memory)


def with_versions(box: Box) -> None:
    joined(box)
    box.file.write_text(
        box.file.read_text().replace("# Global Memory", "# Global Memory\n\n- first edit")
    )
    assert box.plain("refresh").returncode == 0


def with_old_backups(box: Box) -> None:
    with_versions(box)
    for number in range(30):
        (box.memory / "backups" / f"GLOBAL_MEMORY_20200101_0000{number:02}.md").write_text(
            f"old {number}\n"
        )


def with_reply(box: Box) -> None:
    """A reply that waits for a yes: the stand-in brought a link that nobody mentioned."""
    joined(box)

    def rule(message: str) -> str:
        body = message.split("CURRENT GLOBAL MEMORY:\n", 1)[1].split("\n\nSESSION NOTES:\n", 1)[0]
        return (
            body.replace(
                "- (What you're working on right now)", "- the tram, see https://unheard.example/x"
            )
            + "\n"
        )

    with StandIn("merged", rule=rule) as api:
        done = box.plain(
            "refresh",
            "-n",
            "the tram",
            ANTHROPIC_BASE_URL=api.url,
            ANTHROPIC_API_KEY="sk-ant-test-test-test",
        )
    assert done.returncode == 6, (done.stdout, done.stderr)


def note_held(box: Box, done: Done) -> None:
    if acknowledged := re.search(r"^noted ([0-9a-f]{12})$", done.out, re.MULTILINE):
        assert box.notes()[acknowledged[1]] == "keep me"


def own_file_held(box: Box, done: Done) -> None:
    everywhere = [path for path in (box.home / ".claude").iterdir() if path.is_file()]
    assert any(b"my own rule" in path.read_bytes() for path in everywhere)


def edits_held(box: Box, done: Done) -> None:
    texts = [
        *box.notes().values(),
        box.file.read_text(),
        *(p.read_text() for p in box.memory.glob("GLOBAL*LAPTOP*")),
    ]
    texts += [path.read_text() for path in box.memory.glob("conflicts/*.md")]
    for wanted in ("never on laptops", "never by hand", "outbox one", "outbox two"):
        assert any(wanted in text for text in texts), wanted


def edits_and_note_held(box: Box, done: Done) -> None:
    edits_held(box, done)
    if done.status == 0:
        assert "tea at five" in box.file.read_text()


def versions_held(box: Box, done: Done) -> None:
    before = {path.read_bytes() for path in box.saved.glob("cloud/claude-memory/backups/*.md")}
    assert before <= box.kept_bytes()
    old = (box.saved / "cloud/claude-memory/GLOBAL_MEMORY.md").read_bytes()
    assert box.file.read_bytes() == old or old in box.kept_bytes()


def newest_backups_held(box: Box, done: Done) -> None:
    left = list(box.memory.glob("backups/*.md"))
    assert len(left) >= 20
    assert box.file.read_bytes() in {path.read_bytes() for path in left}


CASES = (
    Case("note", ("note", "keep me"), joined, (0,), note_held),
    Case("init", (), nothing, (0,), own_file_held),
    Case("refresh", ("refresh",), edited, (5,), edits_held),
    Case("merge", ("refresh", "-n", "tea at five"), edited, (0,), edits_and_note_held, api=True),
    Case("undo", ("undo",), with_versions, (0,), versions_held),
    Case("apply", ("apply",), with_reply, (0,), versions_held),
    Case("prune", ("prune", "--keep-days", "1"), with_old_backups, (0,), newest_backups_held),
)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Case, Box, Done]]:
    """A case in its state, saved, and one unharmed run of it that shows which calls it makes."""
    case: Case = request.param
    box = Box(tmp_path)
    if not case.api:
        yield ready(case, box)
        return
    with StandIn("merged", rule=file_edits_too, seconds=API_SECONDS) as api:
        box.claude = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": "sk-ant-test-test-test"}
        yield ready(case, box)


def ready(case: Case, box: Box) -> tuple[Case, Box, Done]:
    case.prepare(box)
    if case.name == "init":
        case = case._replace(
            words=("init", "--provider", "custom", "--sync-root", str(box.cloud), "--yes")
        )
    box.save()
    whole = box.run(*case.words)
    assert whole.status in case.status, whole.err
    return case, box, whole


def tried(case: Case, whole: Done) -> Sequence[tuple[str, int]]:
    """All places of `note`, and of all with `FAULTS=all`; else 20 of the merge and every third of
    the others.
    """
    places = harness.places(whole.calls)
    if ALL:
        return places
    if case.name == "note":
        return some(places, 2)
    step = max(1, len(places) // 20) if case.api else 3
    return some(places[len(places) % step :: step], 2)


def runs_again(case: Case, box: Box) -> None:
    """The next run heals: the same command works, or says that there is nothing left to do."""
    again = box.plain(*case.words)
    done_already = case.name in ("apply", "undo") and again.returncode == 1
    assert again.returncode in case.status or done_already, (again.returncode, again.stderr)
    assert box.memory_is_whole()
    memory = parse(box.file.read_bytes())
    assert not memory.edited or case.name == "refresh"
    leftovers = [path for path in box.home.rglob(".~*.tmp")]
    assert len(leftovers) <= 1, (
        "at most the one file that was being written when the program was killed"
    )


def test_killed_before_any_call_nothing_acknowledged_is_lost(
    prepared: tuple[Case, Box, Done],
) -> None:
    case, box, whole = prepared
    fired = 0
    places = tried(case, whole)
    for name, number in places:
        box.put_back()
        done = box.run(*case.words, inject=f"{name}:signal=KILL:when={number}")
        if not done.fired:
            continue
        fired += 1
        if box.file.exists():
            assert box.memory_is_whole(), f"{name} {number}: the memory is torn"
        case.held(box, done)
        runs_again(case, box)
        case.held(box, done)
    print(
        f"{case.name}: killed at {fired} of {len(places)} places tried, "
        f"{len(harness.places(whole.calls))} there are"
    )
    assert fired >= len(places) * 0.8


def test_refused_at_any_call_it_says_so_and_loses_nothing(prepared: tuple[Case, Box, Done]) -> None:
    case, box, whole = prepared
    fired, turn = 0, 0
    for name, number in tried(case, whole):
        errors = harness.ERRORS.get(harness.family(name), ())
        turn += 1
        for error in (
            errors if ALL else errors[turn % len(errors) : turn % len(errors) + 1] if errors else ()
        ):
            box.put_back()
            done = box.run(*case.words, inject=f"{name}:error={error}:when={number}")
            if not done.fired:
                continue
            fired += 1
            where = f"{name} {number} {error}"
            assert "Traceback" not in done.err, where
            assert "has a bug" not in done.err, f"{where}: {done.err}"
            if box.file.exists():
                assert box.memory_is_whole(), where
            case.held(box, done)
            runs_again(case, box)
            case.held(box, done)
    print(f"{case.name}: refused at {fired} places")
    assert fired > 0

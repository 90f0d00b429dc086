"""A shelf of bad files: for each no traceback, nothing replaced, a note still accepted, the
documented status.

`refresh` runs without a key: 5 means that it came as far as Claude, so the memory could have been
replaced.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from memsync.memory.text.document import short_hash
from memsync.memory.text.notes import parse
from tests.e2e.ending import fails
from tests.e2e.shelf import Shelf, keep
from tests.e2e.world import MEMORY, World
from tests.systems import posix_only

pytestmark = posix_only("the shelf holds links, and folders in the place of files")

Damage = Callable[[World], object]
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A machine after `memsync init` and one edit."""
    world = World(tmp_path_factory.mktemp("shelf"))
    world.begin()
    world.edit("- Short answers, code first\n", "- Short answers, code first\n- Tabs\n")
    world.ok("refresh")
    return keep(world, tmp_path_factory.mktemp("good"))


@pytest.fixture
def world(shelf: Shelf) -> World:
    """The machine, put right."""
    return shelf.put_right()


class Statuses(NamedTuple):
    """The exit statuses of the commands, in this order."""

    refresh: int
    status: int
    show: int
    doctor: int


FINE = Statuses(5, 0, 0, 0)
NOT_THE_MEMORY = Statuses(4, 4, 4, 4)
CUT = Statuses(4, 0, 0, 4)
NO_SETTINGS = Statuses(1, 1, 1, 1)


def config(data: bytes) -> Damage:
    return lambda world: (world.config / "config.toml").write_bytes(data)


def config_folder(world: World) -> None:
    (world.config / "config.toml").unlink()
    (world.config / "config.toml").mkdir()


def memory(change: Callable[[bytes], bytes]) -> Damage:
    return lambda world: world.memory.write_bytes(change(world.memory.read_bytes()))


def memory_folder(world: World) -> None:
    world.memory.unlink()
    world.memory.mkdir()


def note(data: bytes, *, right: bool = False, name: str = "") -> Damage:
    """A note file that holds these bytes, under the id of others or (`right`) their own."""

    def put(world: World) -> None:
        day = world.folder / "sessions" / "2026-11-20"
        day.mkdir(parents=True)
        (day / (name or f"101112-{short_hash(data) if right else '0123456789ab'}.md")).write_bytes(
            data
        )

    return put


def note_folder(world: World) -> None:
    (world.folder / "sessions" / "2026-11-20" / "101112-0123456789ab.md").mkdir(parents=True)


def sessions_file(world: World) -> None:
    shutil.rmtree(world.folder / "sessions")
    (world.folder / "sessions").write_bytes(b"not a folder")


def own(world: World) -> Path:
    """This machine's record of the memory folder."""
    (found,) = [path for path in world.state.iterdir() if (path / "last_seen.md").is_file()]
    return found


def state(name: str, data: bytes) -> Damage:
    def put(world: World) -> None:
        path = own(world) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    return put


def stale_last_seen(world: World) -> None:
    oldest = next(iter(world.backups.values()))
    (own(world) / "last_seen.md").write_bytes(oldest)


def folder_for_a_file(name: str) -> Damage:
    def put(world: World) -> None:
        path = own(world) / name
        path.unlink(missing_ok=True)
        path.mkdir()

    return put


def outbox_garbage(world: World) -> None:
    day = world.state / "outbox" / "2026-11-20"
    day.mkdir(parents=True)
    (day / "101112-0123456789ab.md").write_bytes(b"memsync-note: 1\nkind: no")
    (world.state / "outbox" / "notes.txt").write_bytes(b"\0")


HEAD = (
    b"memsync-note: 1\nkind: note\ntime: 2026-11-20T10:11:12Z\nhost: h\nsource: text\nnonce: "
    b"0011223344556677\n---\n"
)
SECTION = b"## Hard constraints\n\n- Never push to main\n\n"
REPLY = (
    b'{"base": "x", "ids": [], "body": 1, "text": [], "verdict": "ask", "why": [], "time": 0, '
    b'"model": ""}'
)

SETTINGS: dict[str, tuple[Damage, Statuses]] = {
    "empty": (config(b""), Statuses(3, 3, 3, 3)),
    "binary": (config(bytes(range(256))), NO_SETTINGS),
    "NULs": (config(b"\0" * 64), NO_SETTINGS),
    "UTF-16": (config('model = "x"\n'.encode("utf-16")), NO_SETTINGS),
    "cut": (config(b'provider = "custom"\nsync_root = "/ho'), NO_SETTINGS),
    "a number for the folder": (config(b'provider = "custom"\nsync_root = 7\n'), NO_SETTINGS),
    "a list for the provider": (config(b'provider = ["custom"]\nsync_root = "/"\n'), NO_SETTINGS),
    "an unknown provider": (config(b'provider = "floppy"\nsync_root = "/nowhere"\n'), NO_SETTINGS),
    "a folder": (config_folder, NO_SETTINGS),
}
MEMORIES: dict[str, tuple[Damage, Statuses]] = {
    "0 bytes": (memory(lambda _: b""), NOT_THE_MEMORY),
    "UTF-16": (memory(lambda raw: raw.decode().encode("utf-16")), NOT_THE_MEMORY),
    "NULs": (memory(lambda raw: b"\0" * len(raw)), NOT_THE_MEMORY),
    "a NUL at the end": (memory(lambda raw: raw + b"\0"), NOT_THE_MEMORY),
    "a folder": (memory_folder, NOT_THE_MEMORY),
    "CRLF": (memory(lambda raw: raw.replace(b"\n", b"\r\n")), FINE),
    "BOM": (memory(lambda raw: b"\xef\xbb\xbf" + raw), FINE),
    "front matter": (memory(lambda raw: b"---\nname: memory\n---\n" + raw), FINE),
    "two footers": (memory(lambda raw: raw + raw[raw.index(b"<!-- memsync:") :]), FINE),
    "cut in the body": (memory(lambda raw: raw[:200]), CUT),
    "cut in the footer": (memory(lambda raw: raw[:-20]), FINE),
    "text after the footer": (memory(lambda raw: raw + b"- a line\n"), FINE),
    "a forged id": (memory(lambda raw: raw.replace(b"merged: ", b"merged: 0123456789ab ")), FINE),
    "constraints twice": (
        memory(lambda raw: raw.replace(SECTION[:21], SECTION + SECTION[:21])),
        FINE,
    ),
    "5 MiB": (
        memory(lambda raw: raw.replace(b"- Tabs\n", b"- a habit\n" * (MIB // 2))),
        NOT_THE_MEMORY,
    ),
}
NOTES: dict[str, tuple[Damage, Statuses]] = {
    "wrong hash": (note(HEAD + b"Not what its name says"), FINE),
    "cut": (note(HEAD[:40], name=f"101112-{short_hash(HEAD + b'whole')}.md"), FINE),
    "empty": (note(b""), FINE),
    "300 KiB": (note(HEAD + b"x" * (300 * 1024), right=True), FINE),
    "bad UTF-8": (note(HEAD + b"caf\xe9", right=True), FINE),
    "unknown kind": (note(HEAD.replace(b"kind: note", b"kind: spell") + b"abra", right=True), FINE),
    "no head": (note(b"only text", right=True), FINE),
    "an edit of nothing": (note(b"memsync-note: 1\nkind: edit\n---\n", right=True), FINE),
    "an edit of garbage": (
        note(b"memsync-note: 1\nkind: edit\n---\nbase\n+\n-C\n+X y\n\n", right=True),
        FINE,
    ),
    "another name": (note(HEAD, name="note.md"), FINE),
    "a folder": (note_folder, FINE),
}
STATE: dict[str, tuple[Damage, Statuses]] = {
    "last seen stale": (stale_last_seen, FINE),
    "last seen garbage": (state("last_seen.md", bytes(range(256))), FINE),
    "last seen empty": (state("last_seen.md", b""), FINE),
    "last seen gone": (lambda world: (own(world) / "last_seen.md").unlink(), FINE),
    "kept cut": (state("kept/20261122_060812_0123456789ab.json", b'{"base": "x", "id'), FINE),
    "kept not JSON": (state("kept/20261122_060812_0123456789ab.json", b"\xff\xfe\0"), FINE),
    "kept a list": (state("kept/20261122_060812_0123456789ab.json", b"[1, 2]"), FINE),
    "kept of wrong types": (state("kept/20261122_060812_0123456789ab.json", REPLY), FINE),
    "refused garbage": (state("refused.json", b"{]"), FINE),
    "refused a list": (state("refused.json", b'["0123456789ab"]'), FINE),
    "refused of wrong types": (state("refused.json", b'{"0123456789ab": {"times": "two"}}'), FINE),
    "refused not UTF-8": (state("refused.json", b'{"caf\xe9": {}}'), FINE),
    "settled garbage": (state("settled.json", b'{"merged": 7, "days": [], "looked": "now"}'), FINE),
    "settled lies": (
        state("settled.json", b'{"merged": [], "days": {"2026-11-22": 1}, "looked": 0}'),
        FINE,
    ),
    "no_footer garbage": (state("no_footer", b"\xff\xff since ever"), FINE),
    "lock text": (state("lock", b"not a number\n" * 9), FINE),
    "lock a folder": (folder_for_a_file("lock"), Statuses(1, 0, 0, 1)),
    "the outbox": (outbox_garbage, FINE),
    "all gone": (World.lose_state, FINE),
}


def said(world: World, *words: str) -> int:
    """The exit status of a command that says no nonsense."""
    done = world.run(
        *words, MEMSYNC_API_KEY="" if words[0] == "refresh" else "sk-ant-test-0123456789abcdef"
    )
    assert "has a bug" not in done.out + done.err, done
    if done.status and words[0] != "doctor":
        fails(done, done.status)
    return done.status


def commands(world: World) -> Statuses:
    """What each command says now.

    A note is taken before; it is kept, and says 3 where `init` was never run.
    """
    noted = world.run("note", "Prefer tea")
    assert noted.status in (0, 3), noted
    return Statuses(
        said(world, "refresh"), said(world, "status"), said(world, "show"), said(world, "doctor")
    )


def kept_notes(world: World) -> list[str]:
    folders = (world.folder / "sessions", world.state / "outbox")
    files = [path for folder in folders for path in folder.glob("*/*.md") if path.is_file()]
    return [path.read_bytes().partition(b"\n---\n")[2].decode("utf-8", "replace") for path in files]


def bytes_of(world: World, *parts: Path) -> dict[str, bytes]:
    files = [path for part in parts for path in [part, *part.rglob("*")] if path.is_file()]
    return {str(path.relative_to(world.root)): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", SETTINGS)
def test_damaged_settings_stop_what_needs_them_and_no_note(world: World, name: str) -> None:
    damage, expected = SETTINGS[name]
    damage(world)
    assert world.run("note", "Prefer coffee").status == (3 if name == "empty" else 0)
    before = bytes_of(world, world.config, world.memory)
    assert commands(world) == expected
    assert kept_notes(world).count("Prefer tea") == 1
    assert bytes_of(world, world.config, world.memory) == before


@pytest.mark.parametrize("name", MEMORIES)
def test_a_damaged_memory_is_not_replaced_and_notes_are_kept(world: World, name: str) -> None:
    damage, expected = MEMORIES[name]
    damage(world)
    backups = bytes_of(world, world.folder / "backups")
    damaged = world.memory.read_bytes() if world.memory.is_file() else None
    assert commands(world) == expected
    assert kept_notes(world).count("Prefer tea") == 1
    after = bytes_of(world, world.folder / "backups")
    assert {path: after.get(path) for path in backups} == backups
    now = world.memory.read_bytes() if world.memory.is_file() else None
    if expected.refresh == 4:
        assert now == damaged
    assert now == damaged or damaged in after.values(), "replaced, and not kept"
    assert expected.refresh == 4 or all(line in world.body for line in MEMORY.splitlines())


@pytest.mark.parametrize("name", NOTES)
def test_a_damaged_note_is_left_alone_and_holds_no_other_up(world: World, name: str) -> None:
    damage, expected = NOTES[name]
    damage(world)
    before = bytes_of(world, world.folder / "sessions")
    body = world.body
    assert commands(world) == expected
    after = bytes_of(world, world.folder / "sessions")
    assert {path: after.get(path) for path in before} == before
    assert world.body == body
    assert kept_notes(world).count("Prefer tea") == 1
    assert world.status()["pending"] in (1, 2)
    paths = list(world.folder.glob("sessions/2026-11-20/*"))
    # An edit without a line is whole, and holds nothing to merge: it may count as merged.
    whole = {
        path.stem[-12:]
        for path in paths
        if path.is_file() and parse(path.read_bytes(), path.stem[-12:])
    }
    assert not any(path.stem[-12:] in world.merged - whole for path in paths)


def test_where_the_sessions_folder_is_a_file_a_note_waits(world: World) -> None:
    sessions_file(world)
    before = world.memory.read_bytes()
    world.ok("note", "Prefer tea")
    assert list(world.outbox.values()) == ["Prefer tea"]
    assert said(world, "refresh") in (1, 4)
    for words in ("status", "show", "doctor"):
        said(world, words)
    assert world.memory.read_bytes() == before


@pytest.mark.parametrize("name", STATE)
def test_a_damaged_record_of_this_machine_costs_nothing(world: World, name: str) -> None:
    damage, expected = STATE[name]
    damage(world)
    before = world.memory.read_bytes()
    assert commands(world) == expected
    assert kept_notes(world).count("Prefer tea") == 1
    assert world.memory.read_bytes() == before
    assert [text for text in world.pending.values() if text == "Prefer tea"] == ["Prefer tea"]


@pytest.mark.parametrize("name", ["front matter", "BOM", "CRLF", "constraints twice"])
def test_an_odd_memory_that_is_whole_is_kept_as_it_is(world: World, name: str) -> None:
    MEMORIES[name][0](world)
    shown = world.ok("show").out
    assert world.ok("refresh").status == 0
    assert world.ok("show").out == shown
    assert [line for line in MEMORY.splitlines() if line not in shown.splitlines()] == []
    assert world.status()["pending"] == 0

"""A link, pipe, device or socket in the cloud folder: each command says where it is, or does not
need it; nothing outside of the folder is read, written or changed.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from memsync.memory.text.document import short_hash
from tests.e2e.world import World, tree
from tests.hostile.planting import KINDS, PLACES, plant
from tests.standin import StandIn
from tests.systems import linux_only

pytestmark = linux_only("pipes, devices, sockets and links are planted")

COMMANDS = (
    ["status"],
    ["show"],
    ["diff"],
    ["history"],
    ["note", "One more"],
    ["refresh", "-n", "Prefer coffee"],
    ["refresh", "--yes"],
    ["undo"],
    ["restore", "-1"],
    ["prune", "--keep-days", "0"],
    ["doctor"],
    ["doctor", "--fix"],
    ["init", "--yes"],
    ["init", "--new", "--yes"],
    ["forget", "0123"],
    ["apply"],
)
FEW = (["status"], ["refresh", "-n", "Prefer coffee"], ["restore", "-1"], ["doctor", "--fix"])
NAMING = {
    "memory": ["status"],
    "memory folder": ["status"],
    "backups": ["restore", "-1"],
    "backup": ["restore", "-1"],
    "new backup": ["restore", "-1"],
}
"""The command that needs what stands there; else `refresh`."""


def may_make(kind: str) -> None:
    if kind == "device" and os.getuid() != 0:
        pytest.skip("NOT TESTED: a device takes root")


def check_untouched(world: World, private: Path, before: dict[str, str]) -> None:
    assert tree(private) == before
    for path in world.cloud.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert b"THE PRIVATE TEXT" not in path.read_bytes(), path


@pytest.mark.parametrize("place", PLACES)
def test_a_link_is_never_followed(ready: World, private: Path, place: str) -> None:
    kind = "folder link" if PLACES[place](ready).is_dir() or place == "bundles" else "link"
    planted = plant(ready, place, kind, private)
    before = tree(private)
    with StandIn() as api:
        for words in COMMANDS:
            done = ready.run(*words, api=api)
            assert done.status in (0, 1, 4, 6), (words, done)
            assert "memsync has a bug" not in done.err, (words, done)
            assert "THE PRIVATE TEXT" not in done.out + done.err, (words, done)
            check_untouched(ready, private, before)
        assert "THE PRIVATE TEXT" not in "".join(api.prompts)
    assert planted.is_symlink(), "it is the person's to remove"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_planted_is_named(ready: World, private: Path, place: str, kind: str) -> None:
    may_make(kind)
    planted = plant(ready, place, kind, private)
    before = tree(private)
    words = NAMING.get(place, ["refresh", "-n", "Prefer coffee"])
    done = ready.run(*words)
    assert done.status == 4, done
    assert str(planted) in done.err, done
    assert KINDS_IN_WORDS[kind] in done.err, done
    check_untouched(ready, private, before)
    if words[0] == "refresh":
        files = [*ready.folder.glob("sessions/*/*.md"), *ready.state.glob("outbox/*/*.md")]
        texts = [path.read_bytes() for path in files if stat.S_ISREG(path.lstat().st_mode)]
        assert any(text.endswith(b"Prefer coffee") for text in texts), "the note is kept"


KINDS_IN_WORDS = {
    "link": "is a link",
    "dangling link": "is a link",
    "folder link": "is a link",
    "pipe": "is a pipe",
    "device": "is a device",
    "socket": "is a socket",
}


@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "dangling link"])
@pytest.mark.parametrize("place", ["memory", "sessions", "note", "backup", "conflict copy"])
def test_nothing_waits_for_what_is_no_file(
    ready: World, private: Path, place: str, kind: str
) -> None:
    may_make(kind)
    plant(ready, place, kind, private)
    before = tree(private)
    with StandIn() as api:
        for words in FEW:
            done = ready.run(*words, api=api)
            assert done.status in (0, 1, 4), (words, done)
            assert "memsync has a bug" not in done.err, (words, done)
    check_untouched(ready, private, before)


def test_a_note_is_kept_where_the_folder_leads_elsewhere(ready: World, private: Path) -> None:
    plant(ready, "sessions", "folder link", private)
    done = ready.ok("note", "Prefer coffee")
    assert "the note waits in" in done.err
    assert list(ready.outbox.values()) == ["Prefer coffee"]
    assert sorted(path.name for path in (private / "folder").iterdir()) == ["rule.md"]


def test_a_memory_that_leads_nowhere_yet_is_not_made_there(ready: World, private: Path) -> None:
    """The way to code that runs at the next login: a link to a file of the shell's, and a copy of
    the memory beside it that would take its place.
    """
    copy = ready.memory.read_bytes() + b"\n"
    plant(ready, "memory", "dangling link", private)
    (ready.folder / "GLOBAL_MEMORY-LAPTOP.md").write_bytes(copy)
    for words in (["refresh"], ["refresh", "--yes"], ["doctor", "--fix"], ["restore", "-1"]):
        assert ready.run(*words).status in (1, 4)
    assert not (private / "not-there-yet").exists()


def test_what_an_editor_leaves_beside_the_memory_is_nobodys_matter(ready: World) -> None:
    (ready.folder / ".#GLOBAL_MEMORY.md").symlink_to("ada@host.4711:1")
    ready.ok("status")
    ready.ok("refresh")
    assert ready.ok("doctor").status == 0


def test_the_sync_root_may_be_a_link_of_the_persons_own(ready: World) -> None:
    moved = ready.root / "moved"
    ready.cloud.rename(moved)
    ready.cloud.symlink_to(moved)
    (moved / "holiday").symlink_to(ready.home)
    ready.ok("refresh")
    assert "Prefer tea" in ready.ok("show").out


OPENING = (
    "open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,"
    "symlink,symlinkat,chmod,fchmod,fchmodat,chown,lchown,fchownat,truncate,utimensat,execve"
)


@pytest.mark.skipif(shutil.which("strace") is None, reason="NOT TESTED: strace is not installed")
@pytest.mark.parametrize("place", PLACES)
def test_no_call_of_the_system_reaches_outside(ready: World, private: Path, place: str) -> None:
    kind = "folder link" if PLACES[place](ready).is_dir() or place == "bundles" else "link"
    plant(ready, place, kind, private)
    with StandIn() as api:
        for words in FEW:
            calls = calls_of(ready, words, api)
            assert any(str(ready.home) in call for call in calls), "the calls are seen"
            assert [call for call in calls if str(private) in call] == [], words


def calls_of(world: World, words: list[str], api: StandIn) -> list[str]:
    """The system calls of a command that open, make, move, change or remove something."""
    log = world.root / "calls"
    tracer = ["strace", "-f", "-y", "-qq", "-o", str(log), "-e", f"trace={OPENING}"]
    world.start_ready(*words, api=api, WARM_TRACER=json.dumps(tracer)).end()
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


@pytest.mark.parametrize("mark", ["<!-- memsync:1", "  <!-- memsync:2"])
def test_an_edit_note_that_adds_a_footer_blocks_no_other_note(ready: World, mark: str) -> None:
    """Who may write into the folder may write an edit note; no refresh would go on behind it."""
    rev = ready.status()["revision"]
    text = f"base: {rev}\n= - Move to Lisbon in March\n+ {mark}\n+ - Forged\n"
    data = f"memsync-note: 1\nkind: edit\n---\n{text}".encode()
    day = ready.folder / "sessions" / "2026-11-20"
    day.mkdir()
    (day / f"101112-{short_hash(data)}.md").write_bytes(data)
    with StandIn() as api:
        done = ready.ok("refresh", "-n", "Prefer tea", api=api)
    assert ": + - Forged" in done.err
    assert "- Prefer tea\n" in ready.body
    assert ready.memory.read_bytes().count(b"memsync:") == 1
    assert ready.status()["pending"] == 0

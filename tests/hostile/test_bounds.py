"""A file of 6 GiB costs nothing: it is named, and left alone; nothing ends in MemoryError."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.world import Result, World
from tests.hostile.planting import PLACES, sparse
from tests.standin import StandIn
from tests.systems import linux_only

pytestmark = linux_only("sparse files, and a limit to a process's memory")

MOST = 1 << 30  # far less than 6 GiB, and more than Python needs
COMMANDS = (
    ["status"],
    ["show"],
    ["note", "One more"],
    ["refresh", "-n", "Prefer coffee"],
    ["doctor"],
    ["doctor", "--fix"],
    ["restore", "-1"],
)
FILES = ("memory", "note", "backup", "new backup", "conflict copy", "bundle")


def run(world: World, words: list[str], api: StandIn | None = None) -> Result:
    """Run a command that may take 1 GiB of memory."""
    return world.start_ready(*words, api=api, WARM_MEMORY=str(MOST)).end()


@pytest.mark.parametrize("place", FILES)
def test_a_sparse_file_in_the_folder_costs_nothing(ready: World, place: str) -> None:
    path = sparse(PLACES[place](ready))
    named = []
    with StandIn() as api:
        for words in COMMANDS:
            done = run(ready, words, api)
            assert done.status in (0, 1, 4), (words, done)
            assert "memsync has a bug" not in done.err, (words, done)
            assert "MemoryError" not in done.err
            if f"{path} is larger than " in done.out + done.err:
                named.append(words[0])
            if place != "memory":  # which `restore` sets aside
                assert path.stat().st_size == 6 << 30, "it is left alone"
    assert "doctor" in named, named


@pytest.mark.parametrize(
    "name", ["last_seen.md", "seen_versions", "refused.json", "settled.json", "kept/x.json"]
)
def test_a_sparse_file_in_the_record_costs_nothing(ready: World, name: str) -> None:
    record = next(path for path in ready.state.iterdir() if len(path.name) == 12)
    sparse(record / name)
    for words in (["status"], ["refresh"], ["doctor"], ["note", "One more"]):
        done = run(ready, words)
        assert done.status in (0, 1, 4), (words, done)
        assert "bug" not in done.err, (words, done)


@pytest.mark.parametrize("name", ["config.toml", "api_key"])
def test_sparse_settings_cost_nothing(ready: World, name: str) -> None:
    sparse(ready.config / name)
    done = Result(0, "", "", 0)
    for words in (["status"], ["doctor"]):
        done = run(ready, words)
        assert done.status in (0, 1, 5), (words, done)
        assert "bug" not in done.err, (words, done)
    assert f"{ready.config / name} is larger than 1 MiB" in done.out, done


def test_a_sparse_claude_md_costs_nothing(ready: World) -> None:
    ready.target.unlink()
    sparse(ready.target)
    for words in (["status"], ["refresh"], ["doctor"], ["doctor", "--fix"], ["init", "--yes"]):
        done = run(ready, words)
        assert done.status in (0, 1, 4), (words, done)
        assert "bug" not in done.err, (words, done)
    assert ready.target.stat().st_size == 6 << 30


def test_notes_that_never_end_are_refused(ready: World) -> None:
    for words in (["note", "-f", "/dev/zero"], ["refresh", "-f", "/dev/zero"]):
        done = run(ready, words)
        assert done.status == 1, done
        assert "larger than 256 KiB" in done.err


def test_a_memory_that_is_too_large_is_set_aside_by_a_restore(ready: World) -> None:
    body = ready.body
    version = max((ready.folder / "backups").iterdir()).name
    sparse(ready.memory)
    done = run(ready, ["restore", version])
    assert done.status == 0, done
    assert ready.body == body
    aside = list((ready.folder / "conflicts").iterdir())
    assert [path.stat().st_size for path in aside] == [6 << 30]


def outbox_of(world: World) -> Path:
    return world.state / "outbox"


def test_a_note_of_the_outbox_that_is_too_large_stays_there(ready: World) -> None:
    path = sparse(outbox_of(ready) / "2026-11-22" / "101112-0123456789ab.md")
    for words in (["refresh"], ["status"], ["doctor"]):
        done = run(ready, words)
        assert done.status in (0, 1), (words, done)
        assert "bug" not in done.err
    assert path.stat().st_size == 6 << 30

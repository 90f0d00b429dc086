"""Which folder `memsync init` takes unasked: never an empty one that nothing seems to sync."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.world import World, told, tree


def untouched(world: World, *words: str) -> str:
    """`memsync init` takes nothing; its error."""
    before = tree(world.root)
    refused = world.run("init", *words)
    assert refused.status == 4, refused
    assert tree(world.root) == before
    return refused.err


@pytest.mark.parametrize(
    "words", [[], ["--yes"], ["--provider", "dropbox"], ["--provider", "dropbox", "--yes"]]
)
def test_an_empty_leftover_without_any_client_is_not_taken_unasked(
    world: World, words: list[str]
) -> None:
    left = world.home / "Dropbox"
    left.mkdir()
    told(
        world.run("init", *words),
        4,
        str(left),
        "is empty",
        "no sign of a client",
        "--join",
        "--new",
    )
    untouched(world, *words)


@pytest.mark.parametrize("words", [["--new"], ["--sync-root", "Dropbox"], ["--new", "--yes"]])
def test_ordinary_first_use_of_such_a_folder_is_a_word_more(world: World, words: list[str]) -> None:
    left = world.home / "Dropbox"
    left.mkdir()
    words = [str(left) if word == "Dropbox" else word for word in words]
    assert "no sign of a client" in world.ok("init", *words).err
    assert (left / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()


def test_an_empty_folder_whose_client_is_there_is_taken_with_yes(world: World) -> None:
    for name in ("Dropbox", ".dropbox"):
        (world.home / name).mkdir()
    assert world.ok("init", "--yes").err == ""


def test_a_folder_in_use_is_taken_without_a_sign_of_its_client(world: World) -> None:
    (world.home / "Dropbox" / "Photos").mkdir(parents=True)
    assert "no sign of a client" in world.ok("init").err


@pytest.mark.parametrize("words", [["--yes"], ["--provider", "onedrive"]])
def test_a_mount_that_a_service_makes_and_that_is_down_is_not_taken_unasked(
    world: World, words: list[str]
) -> None:
    (world.home / "OneDrive").mkdir()
    unit = world.home / ".config/systemd/user/default.target.wants/rclone.service"
    unit.parent.mkdir(parents=True)
    line = f"ExecStart=/usr/bin/rclone mount onedrive: {world.home}/OneDrive"
    unit.write_text(f"[Service]\n{line}\n", encoding="utf-8")
    assert "no sign of a client" in untouched(world, *words)


def test_a_sharepoint_library_is_not_taken(world: World) -> None:
    (world.home / "OneDrive" / "Team").mkdir(parents=True)
    settings = world.home / ".config" / "onedrive" / "config"
    settings.parent.mkdir(parents=True)
    settings.write_text('drive_id = "b!abc"\n', encoding="utf-8")
    told(world.run("init", "--yes"), 4, "no cloud folder was found")


def test_plain_init_leaves_the_pinned_folder_alone_while_the_variable_names_another(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    for root in (other, world.cloud):
        world.ok("init", "--provider", "onedrive", "--sync-root", str(root))
    world.ok("init", MEMSYNC_ONEDRIVE=str(other))
    assert world.ok("config", "get", "sync_root").out.strip() == str(world.cloud)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_folder_whose_name_is_no_utf8_is_refused_in_two_lines(world: World) -> None:
    raw = os.fsdecode(os.fsencode(world.root) + b"/Soci\xe9t\xe9")
    os.mkdir(raw)
    told(world.run("init", "--new", "--sync-root", raw), 4, "not UTF-8")
    assert os.listdir(raw) == []
    told(world.run("config", "set", "sync_root", raw), 1, "UTF-8")


def test_what_to_type_can_be_typed_whatever_the_folder_is_called(tmp_path: Path) -> None:
    world = World(tmp_path / "o'brien x")
    for name in ("Dropbox/a", "OneDrive/a"):
        (world.home / name).mkdir(parents=True)
    assert """'"'"'""" in untouched(world, "--yes")

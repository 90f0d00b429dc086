"""doctor --fix: what is safe is fixed, what was in the way is kept, the rest is left to a
person.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.damages import (
    DAMAGES,
    FIX,
    doctor,
    footer_of_the_future,
    outbox_note,
    remove,
    replace,
    said,
    whole,
)
from tests.e2e.world import MEMORY, World, tree
from tests.systems import posix_only

pytestmark = posix_only("links and modes are those of POSIX")


@pytest.mark.parametrize("name", [name for name, one in DAMAGES.items() if one.fix == FIX])
def test_fix_fixes_what_it_says_it_fixes(ready: World, name: str) -> None:
    DAMAGES[name].do(ready)
    found = doctor(ready, "--fix")
    assert found["fixed"], found
    assert not any(DAMAGES[name].words in one["what"] for one in found["findings"]), found
    assert found["status"] == 0, found
    assert not any("not fixed" in line for line in found["fixed"]), found
    assert "- Never push to main" in ready.body
    assert "- Never push to main" in ready.target.read_text(encoding="utf-8")


def test_what_could_not_be_fixed_is_not_called_fixed(ready: World) -> None:
    ready.memory.unlink()
    done = ready.run("doctor", "--fix")
    assert done.status == 4
    assert "Not fixed: " in done.out
    assert "Fixed:" not in done.out


def test_fix_again_does_nothing(ready: World) -> None:
    for name in ("footer cut", "target empty", "folder open", "leftover"):
        DAMAGES[name].do(ready)
    assert doctor(ready, "--fix")["status"] == 0
    before = whole(ready)
    assert doctor(ready, "--fix")["fixed"] == []
    assert whole(ready) == before


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 900, b"# caf\xe9\n", b"# Global Memory\n\n- a new line\n- cut he"]
)
def test_the_file_as_it_was_lies_in_conflicts_before_it_is_replaced(
    ready: World, data: bytes
) -> None:
    ready.memory.write_bytes(data)
    found = doctor(ready, "--fix")
    kept = [path.read_bytes() for path in (ready.folder / "conflicts").iterdir()]
    assert kept == [data]
    assert any("kept in" in line for line in found["fixed"])
    assert set(MEMORY.splitlines()) <= set(ready.body.splitlines()), "nothing counts as removed"
    assert (b"- a new line" in data) == ("- a new line" in ready.body)
    assert "cut he" not in ready.body


def test_fix_flushes_the_outbox_into_the_memory_folder(ready: World) -> None:
    outbox_note(ready)
    found = doctor(ready, "--fix")
    assert any("1 note came" in line for line in found["fixed"])
    assert ready.outbox == {}
    assert list(ready.pending.values()) == ["while it was away"]
    assert ready.ok("doctor", "--fix").out.splitlines()[-1].startswith("all good so far: ")


def test_fix_keeps_what_stood_in_the_place_of_the_link(ready: World) -> None:
    replace(ready.target, b"my own words\n")
    doctor(ready, "--fix")
    assert ready.target.is_symlink()
    assert b"my own words\n" in [
        path.read_bytes() for path in (ready.folder / "conflicts").iterdir()
    ]


def test_fix_narrows_only_its_own_files(ready: World) -> None:
    outside = ready.cloud / "holiday.jpg"
    outside.write_bytes(b"jpg")
    for path in (outside, ready.cloud, ready.folder, ready.memory, ready.config / "config.toml"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    doctor(ready, "--fix")
    modes = {
        path: path.stat().st_mode & 0o777
        for path in (outside, ready.cloud, ready.folder, ready.memory)
    }
    assert modes == {outside: 0o644, ready.cloud: 0o755, ready.folder: 0o700, ready.memory: 0o600}
    assert (ready.config / "config.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "do", [footer_of_the_future, lambda world: remove(world.memory)], ids=["newer", "missing"]
)
def test_fix_leaves_alone_what_needs_a_person(ready: World, do: Callable[[World], object]) -> None:
    do(ready)
    before = tree(ready.folder)
    assert doctor(ready, "--fix")["status"] == 4
    assert tree(ready.folder) == before


def test_a_folder_of_the_prototype_is_for_init_to_adopt(world: World) -> None:
    world.init()
    shutil.rmtree(world.folder)
    world.lose_state()
    shutil.copytree(Path("tests/data/prototype-folder/.claude-memory"), world.folder)
    before = bytes_in(world.folder)
    found = doctor(world, "--fix")
    assert "memsync init" in said(found, "was not written by this memsync")["fix"]
    assert bytes_in(world.folder) == before


def bytes_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_edit_in_a_memory_that_was_saved_as_utf16_is_kept_as_a_note(ready: World) -> None:
    ready.edit("- Move to Lisbon in March\n", "- Move to Porto, naïvely\n")
    saved = ready.memory.read_text(encoding="utf-8").encode("utf-16")
    ready.memory.write_bytes(saved)
    assert "doctor --fix" in ready.run("refresh").err
    ready.run("doctor", "--fix")
    ready.ok("refresh")
    assert "- Move to Porto, naïvely\n" in ready.body
    assert "- Move to Lisbon in March\n" not in ready.body
    assert saved in [path.read_bytes() for path in (ready.folder / "conflicts").iterdir()]


@pytest.mark.parametrize("data", [b"", b"\0" * 900, "# Global Memory\n".encode("utf-16")])
@pytest.mark.parametrize("cure", [("doctor", "--fix"), ("restore", "-1", "--yes")])
def test_a_cure_on_one_machine_brings_nothing_back_that_was_removed_on_another(
    ready: World, tmp_path: Path, data: bytes, cure: tuple[str, ...]
) -> None:
    """A damaged file says nothing of lines: what brings the last version back is no addition."""
    gone = "- Write the migration guide\n"
    ready.edit("- Café owner at weekends, naïve about tax\n", "- Café owner\n")
    ready.ok("refresh")
    far = World(tmp_path / "far")
    shutil.copytree(ready.folder, far.cloud / ready.folder.name)
    far.init()
    ready.edit(gone, "")
    ready.ok("refresh")
    far.memory.write_bytes(data)
    far.ok(*cure)
    assert gone in far.body
    shutil.copytree(far.folder / "sessions", ready.folder / "sessions", dirs_exist_ok=True)
    ready.run("refresh", MEMSYNC_API_KEY="")
    assert gone not in ready.body
    assert "- Move to Lisbon in March\n" in ready.body


def test_a_memory_that_is_mended_is_the_version_that_it_was(ready: World) -> None:
    before = ready.memory.read_bytes()
    ready.memory.write_bytes(b"")
    ready.ok("doctor", "--fix")
    assert ready.memory.read_bytes() == before
    assert ready.ok("refresh").out == "no changes.\n"

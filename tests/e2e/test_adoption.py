"""`init` and `refresh` over a folder that the prototype wrote: the body stays, and every old file
is still there.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from memsync.memory.text.document import STARTER
from tests.e2e.test_init import OWN, again_changes_nothing, init, put_file, shows_the_memory
from tests.e2e.world import World
from tests.standin import StandIn

PROTOTYPE = Path(__file__).parents[1] / "data" / "prototype-folder" / ".claude-memory"


def adopted(world: World) -> dict[str, bytes]:
    """The prototype's folder in the cloud folder; its files by path."""
    shutil.copytree(PROTOTYPE, world.cloud / ".claude-memory")
    return {str(path): path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("link", [False, True])
def test_a_folder_of_the_prototype_is_taken_over_with_all_that_is_in_it(
    world: World, link: bool
) -> None:
    old = adopted(world)
    if link:
        world.target.parent.mkdir()
        world.target.symlink_to(world.memory)
    body = world.memory.read_text(encoding="utf-8")
    made = init(world)
    assert made.status == 0, made
    assert world.body == body + "\n"
    assert not list(world.target.parent.glob("*.bak"))
    again_changes_nothing(world)
    memory = str(world.memory)
    assert old[memory] in world.backups.values()
    assert {path: Path(path).read_bytes() for path in old if path != memory} | {
        memory: old[memory]
    } == old
    shows_the_memory(world)


def test_a_note_is_merged_into_the_prototypes_memory(world: World) -> None:
    old = adopted(world)
    body = world.memory.read_text(encoding="utf-8")
    init(world)
    with StandIn() as api:
        world.ok("refresh", "-n", "Never deploy on Fridays", api=api)
    assert world.body.replace("- Never deploy on Fridays\n", "") == body + "\n"
    assert world.body.count("- Never deploy on Fridays\n") == 1
    assert api.notes == [["Never deploy on Fridays"]]
    assert all(
        Path(path).read_bytes() == data for path, data in old.items() if path != str(world.memory)
    )
    assert world.status()["old_logs"] == 1


def test_the_prototypes_empty_memory_becomes_the_starter(world: World) -> None:
    (world.cloud / ".claude-memory" / "backups").mkdir(parents=True)
    world.memory.write_bytes(b"")
    assert init(world).status == 0
    assert world.body == STARTER
    shows_the_memory(world)


def test_a_claude_md_beside_the_prototypes_folder_is_kept_too(world: World) -> None:
    adopted(world)
    put_file(world)
    assert init(world).status == 0
    assert world.target.with_name("CLAUDE.pre-memsync.bak").read_text(encoding="utf-8") == OWN
    assert [text.strip() for text in world.pending.values()] == [OWN.strip()]

"""What the real Claude Code reads, seen in the request that it sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from memsync.memory import imported
from tests.claude_code.api import Api
from tests.claude_code.session import ClaudeCode
from tests.e2e.world import World
from tests.standin import StandIn

FACT = "prefers the word marzipan"
FOLDERS = ("cloud of mine", "Größe 100% [a] (b) 'c' & d", "共有フォルダ;~x$y", "my_folder a-b.c")


def remember(world: World) -> None:
    """A memory with a fact, and its footer."""
    world.edit("## Standing preferences\n", f"## Standing preferences\n\n- {FACT}\n")
    world.ok("refresh")


@pytest.mark.parametrize("mode", ["symlink", "copy", "import"])
def test_the_memory_is_read_once_in_each_mode_and_its_footer_never(
    world: World, code: ClaudeCode, mode: str
) -> None:
    world.init("--link", mode)
    remember(world)
    with Api() as api:
        sent = code.ask("hello", api)
    assert sent.count(FACT) == 1
    assert "memsync:1" not in sent


def test_with_import_the_persons_own_file_stays_and_is_read_too(
    world: World, code: ClaudeCode
) -> None:
    world.target.write_text("- likes quince\n", encoding="utf-8")
    world.init("--link", "import")
    remember(world)
    with Api() as api:
        sent = code.ask("hello", api)
    assert FACT in sent
    assert "likes quince" in sent
    assert world.target.read_bytes() == b"- likes quince\n"


def test_a_line_imports_the_memory_from_any_path_that_is_allowed(
    world: World, code: ClaudeCode
) -> None:
    raw = b"```\nan open fence\n"
    for number, folder in enumerate(FOLDERS):
        memory = world.home / folder / "GLOBAL_MEMORY.md"
        assert imported.forbidden(str(memory)) == ""
        memory.parent.mkdir()
        memory.write_text(f"- {FACT} {number}\n", encoding="utf-8")
        raw = imported.with_line(raw, imported.import_line(memory, world.home))
    world.target.write_bytes(raw)
    with Api() as api:
        sent = code.ask("hello", api)
    assert [n for n in range(len(FOLDERS)) if f"{FACT} {n}" not in sent] == []


def test_a_note_is_read_before_it_is_merged_and_gone_after(
    world: World, code: ClaudeCode, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret word is bergamot", encoding="utf-8")
    world.init()
    world.ok("note", f"{FACT}; see @{secret}\n\n- @{secret} too\n# a heading\n<!-- a comment -->")
    with Api() as api:
        sent = code.ask("hello", api)
        assert sent.count(FACT) == 1
        assert "bergamot" not in sent
        with StandIn() as merging:
            world.ok("refresh", api=merging)
        assert not (world.home / ".claude" / "rules" / "memsync-pending.md").exists()
        sent = code.ask("hello", api)
    assert sent.count(FACT) == 1  # in the memory now
    assert "not merged yet" not in sent


def test_the_last_memory_is_read_while_the_folder_is_gone(
    world: World, code: ClaudeCode, tmp_path: Path
) -> None:
    world.init()
    remember(world)
    world.folder.rename(tmp_path / "away")
    assert world.run("refresh").status == 4
    with Api() as api:
        assert FACT in code.ask("hello", api)

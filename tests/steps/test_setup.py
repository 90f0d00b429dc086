"""What becomes of a CLAUDE.md that was there: its imports, and a memory that arrives while one is
made.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from memsync import sync
from memsync.memory.store import Store
from memsync.memory.target import Target
from memsync.memory.text.document import NAME, compose
from memsync.steps import setup
from memsync.steps.workspace import Workspace
from memsync.steps.writes import TakeIn
from memsync.system.disk import RealDisk
from memsync.system.errors import FolderError
from tests.providers.machines import build, write
from tests.simulation.disks import MemoryDisk

THEIRS = compose("# Memory of another machine\n", (), "-")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("see @docs/style.md", "see @~/.claude/docs/style.md"),
        ("see @docs/style.md.", "see @~/.claude/docs/style.md."),
        ("see @docs/with\\ space.md now", "see @~/.claude/docs/with\\ space.md now"),
        (
            "@docs/style.md and @docs/other.md",
            "@~/.claude/docs/style.md and @~/.claude/docs/other.md",
        ),
        ("see @../notes.md", "see @~/notes.md"),
        ("see @../../outside.md", None),
        ("see @docs/absent.md", "see @docs/absent.md"),
        (
            "see @~/notes.md, @/etc/hosts and @C:\\x.md",
            "see @~/notes.md, @/etc/hosts and @C:\\x.md",
        ),
        ("write to jo@docs/style.md", "write to jo@docs/style.md"),
        ("in code: `@docs/style.md`", "in code: `@docs/style.md`"),
        ("    @docs/style.md", "    @docs/style.md"),
        ("```\n@docs/style.md\n```", "```\n@docs/style.md\n```"),
        ("**@docs/style.md**", "**@~/.claude/docs/style.md**"),
        ("*@docs/style.md*", "*@~/.claude/docs/style.md*"),
        ("_@docs/style.md_", "_@~/.claude/docs/style.md_"),
        ("@docs/style.md**b**", "@~/.claude/docs/style.md**b**"),
        ("- a\n    - @docs/style.md", "- a\n    - @~/.claude/docs/style.md"),
        ("- a\n\t- @docs/style.md", "- a\n\t- @~/.claude/docs/style.md"),
        ("a<br>@docs/style.md", "a<br>@~/.claude/docs/style.md"),
        ("[@docs/style.md](b)", "[@~/.claude/docs/style.md](b)"),
        ("@docs/style.md#frag", "@~/.claude/docs/style.md#frag"),
        ("a ` b @docs/style.md", "a ` b @~/.claude/docs/style.md"),
        ("``` a ``` b\n\n@docs/style.md", "``` a ``` b\n\n@~/.claude/docs/style.md"),
        ("@./docs/style.md", "@~/.claude/docs/style.md"),
        ("@é/style.md", "@é/style.md"),  # Claude Code does not load it, and is not to begin
        ("@~x/style.md", "@~x/style.md"),
        ("@docs/a#b.md", "@docs/a#b.md"),
    ],
)
def test_a_relative_import_still_leads_to_its_file(
    tmp_path: Path, line: str, expected: str | None
) -> None:
    machine = build(tmp_path, "linux")
    claude = machine.home / ".claude"
    paths = (
        "docs/style.md",
        "docs/other.md",
        "docs/with space.md",
        "../notes.md",
        "../../outside.md",
    )
    for path in (*paths, "é/style.md", "~x/style.md", "docs/a#b.md"):
        write(claude / path, "text\n")
    if expected is None:
        expected = f"see @{(claude / '../../outside.md').resolve().as_posix()}"
    body, said = setup.rewrite_imports(f"# M\n\n{line}\n", RealDisk(claude), machine)
    assert body == f"# M\n\n{expected}\n"
    assert bool(said) == (line != expected), "what was rewritten is shown, and nothing else"


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_linked_claude_md_is_read_where_it_lies(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    claude, dotfiles = machine.home / ".claude", machine.home / "dotfiles" / "claude"
    write(dotfiles / "CLAUDE.md", "text\n")
    write(dotfiles / "style.md", "text\n")
    write(claude / "near.md", "text\n")
    (claude / "CLAUDE.md").symlink_to(dotfiles / "CLAUDE.md")
    body, _ = setup.rewrite_imports(
        "@style.md @near.md @../claude/style.md\n", RealDisk(claude), machine
    )
    assert body == "@~/dotfiles/claude/style.md @near.md @~/dotfiles/claude/style.md\n"


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_linked_claude_folder_keeps_its_name_in_what_lies_in_it(tmp_path: Path) -> None:
    machine = build(tmp_path, "linux")
    write(machine.home / "dot" / "claude" / "style.md", "text\n")
    write(machine.home / "dot" / "up.md", "text\n")
    (machine.home / ".claude").symlink_to(Path("dot") / "claude")
    body, _ = setup.rewrite_imports(
        "@style.md @../up.md\n", RealDisk(machine.home / ".claude"), machine
    )
    assert body == "@~/.claude/style.md @~/dot/up.md\n"


def test_a_memory_that_arrives_while_one_is_made_is_not_replaced(tmp_path: Path) -> None:
    class Arriving(MemoryDisk):
        def before(self, action: str, name: str) -> None:
            if action == "replace" and name == NAME:
                self.files.setdefault(NAME, THEIRS)

    machine = build(tmp_path, "linux")
    memory = Arriving()
    store = Store(memory, MemoryDisk(), machine.now)
    work = Workspace(
        store, MemoryDisk(), Target(MemoryDisk(), "/memory/" + NAME, "copy"), "", tmp_path
    )
    with pytest.raises(FolderError, match="arrived just now"):
        setup.set_up(work, machine, setup.Wish(), lambda job: sync.run(job, TakeIn()))
    assert memory.files[NAME] == THEIRS
    done = setup.set_up(work, machine, setup.Wish(), lambda job: sync.run(job, TakeIn()))
    assert (done.made, memory.files[NAME]) == (False, THEIRS)

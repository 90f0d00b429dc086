"""`memsync init` over whatever stands there: nothing that somebody wrote is lost, and it is said
where it is.
"""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from memsync.memory.text.document import STARTER
from tests.e2e.world import MEMORY, Result, Tree, World, file_edits_too, told, tree
from tests.standin import StandIn
from tests.systems import linux_only, posix_only

pytestmark = posix_only("links and modes are those of POSIX; there CLAUDE.md is a copy")

OWN = "# My rules\n\n- Always use tabs\n- Never push on Sundays\n"
OTHER = "# Other rules\n\n- Always use spaces\n"


def put_file(world: World, text: str = OWN) -> Path:
    world.target.parent.mkdir(exist_ok=True)
    world.target.write_text(text, encoding="utf-8")
    return world.target


def put_link(world: World) -> Path:
    dotfiles = world.home / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "CLAUDE.md").write_text(OWN, encoding="utf-8")
    world.target.parent.mkdir()
    world.target.symlink_to("../dotfiles/CLAUDE.md")
    return dotfiles / "CLAUDE.md"


def shows_the_memory(world: World) -> None:
    assert world.target.is_symlink()
    assert world.target.read_bytes() == world.memory.read_bytes()


def init(world: World, *words: str) -> Result:
    return world.run("init", "--sync-root", str(world.cloud), *words)


def again_changes_nothing(world: World) -> Result:
    before = _without_locks(tree(world.root))
    again = init(world)
    assert again.status == 0, again
    assert _without_locks(tree(world.root)) == before
    return again


def _without_locks(found: Tree) -> Tree:
    """The lock file holds the number of the process that took it last."""
    return {name: what for name, what in found.items() if not name.endswith("/lock")}


def test_without_a_claude_md_the_memory_is_the_starter(world: World) -> None:
    made = init(world)
    assert (made.status, made.err) == (0, "")
    assert world.body == STARTER
    shows_the_memory(world)
    again_changes_nothing(world)


def test_a_claude_md_becomes_the_memory_and_is_kept_beside_it(world: World) -> None:
    put_file(world)
    made = init(world)
    aside = world.target.with_name("CLAUDE.pre-memsync.bak")
    assert made.status == 0
    assert str(aside) in made.out
    assert aside.read_text(encoding="utf-8") == OWN
    assert world.body == OWN
    shows_the_memory(world)
    again_changes_nothing(world)


def test_a_second_claude_md_does_not_overwrite_the_first_one_kept(world: World) -> None:
    put_file(world)
    init(world)
    world.target.unlink()
    put_file(world, OTHER)
    joined = init(world)
    assert joined.status == 0
    kept = {
        path.read_text(encoding="utf-8")
        for path in world.target.parent.glob("CLAUDE.pre-memsync*.bak")
    }
    assert kept == {OWN, OTHER}
    (second,) = world.target.parent.glob("CLAUDE.pre-memsync-*.bak")
    assert str(second) in joined.out
    assert [text.strip() for text in world.pending.values()] == [OTHER.strip()]
    assert world.body == OWN
    shows_the_memory(world)
    again_changes_nothing(world)


def test_a_link_to_dotfiles_is_moved_as_a_link_and_its_file_is_not_touched(world: World) -> None:
    dotfile = put_link(world)
    made = init(world)
    aside = world.target.with_name("CLAUDE.pre-memsync.bak")
    assert made.status == 0
    assert str(aside) in made.out
    assert aside.is_symlink()
    assert aside.read_text(encoding="utf-8") == OWN
    assert dotfile.read_text(encoding="utf-8") == OWN
    assert world.body == OWN
    shows_the_memory(world)
    again_changes_nothing(world)
    assert dotfile.read_text(encoding="utf-8") == OWN


def test_a_dangling_link_is_kept_and_nothing_is_written_through_it(world: World) -> None:
    nowhere = world.home / "dotfiles" / "gone.md"
    world.target.parent.mkdir()
    world.target.symlink_to(nowhere)
    made = init(world)
    aside = world.target.with_name("CLAUDE.pre-memsync.bak")
    assert made.status == 0
    assert str(aside) in made.out
    assert aside.readlink() == nowhere
    assert not nowhere.exists()
    assert world.body == STARTER
    shows_the_memory(world)
    again_changes_nothing(world)


def test_a_folder_in_the_place_of_claude_md_is_left_alone_and_said(world: World) -> None:
    world.target.mkdir(parents=True)
    (world.target / "rules.md").write_text(OWN, encoding="utf-8")
    for _ in range(2):
        made = init(world)
        assert made.status == 1
        assert made.errors[-2].startswith(f"Error: {world.target} is not a file")
        assert made.errors[-1].startswith("Try: mv ")
        assert (world.target / "rules.md").read_text(encoding="utf-8") == OWN
    world.target.rename(world.target.with_name("CLAUDE.md.old"))
    assert init(world).status == 0
    shows_the_memory(world)


def test_a_read_only_claude_md_keeps_its_bytes_and_its_mode(world: World) -> None:
    put_file(world).chmod(0o444)
    made = init(world)
    aside = world.target.with_name("CLAUDE.pre-memsync.bak")
    assert made.status == 0
    assert aside.read_text(encoding="utf-8") == OWN
    assert stat.S_IMODE(aside.stat().st_mode) == 0o444
    assert world.body == OWN
    shows_the_memory(world)
    again_changes_nothing(world)


def test_an_empty_claude_md_is_kept_and_the_memory_is_the_starter(world: World) -> None:
    put_file(world, "")
    made = init(world)
    assert made.status == 0
    assert world.body == STARTER
    assert world.target.with_name("CLAUDE.pre-memsync.bak").read_bytes() == b""


def test_a_second_machine_joins_and_its_claude_md_becomes_a_note(
    ready: World, tmp_path: Path
) -> None:
    other = World(tmp_path / "b", ready.cloud)
    put_file(other)
    joined = other.init()
    assert "joined" in joined.out
    assert ready.body == MEMORY
    assert [text.strip() for text in other.pending.values()] == [OWN.strip()]
    assert other.target.with_name("CLAUDE.pre-memsync.bak").read_text(encoding="utf-8") == OWN
    shows_the_memory(other)
    again_changes_nothing(other)


def test_two_machines_that_begin_offline_lose_neither_memory(tmp_path: Path) -> None:
    """Each starts its own; then the sync client lets one of the two files win."""
    one, two = World(tmp_path / "a"), World(tmp_path / "b")
    one.begin(OWN)
    two.begin(OTHER)
    for day in (two.folder / "sessions").iterdir():
        shutil.copytree(day, one.folder / "sessions" / day.name, dirs_exist_ok=True)
    for backup in (two.folder / "backups").iterdir():
        shutil.copy2(backup, one.folder / "backups")
    with StandIn(rule=file_edits_too) as api:
        one.ok("refresh", api=api)
    assert "- Always use tabs" in one.body
    assert "- Always use spaces" in one.body
    assert not one.pending


def test_relative_imports_still_lead_to_their_files(world: World) -> None:
    put_file(world, "# Rules\n\n@style.md\n\n- see `@style.md`\n")
    (world.target.parent / "style.md").write_text("tabs\n", encoding="utf-8")
    made = init(world)
    assert world.body == "# Rules\n\n@~/.claude/style.md\n\n- see `@style.md`\n"
    assert "@~/.claude/style.md" in made.out


def test_force_never_replaces_a_memory(ready: World) -> None:
    before = ready.memory.read_bytes()
    for words in (["--force"], ["--force", "--yes"], ["--force", "--new"]):
        assert init(ready, *words).status == 0
        assert ready.memory.read_bytes() == before
    shows_the_memory(ready)


def test_force_over_a_memory_without_a_footer_keeps_it(ready: World) -> None:
    ready.memory.write_text(MEMORY + "- a line of mine\n", encoding="utf-8")
    init(ready, "--force")
    assert "- a line of mine\n" in ready.memory.read_text(encoding="utf-8") + "".join(
        ready.notes.values()
    )
    assert ready.body.startswith(MEMORY)


def two_services(world: World) -> tuple[Path, Path]:
    dropbox, onedrive = world.home / "Dropbox", world.home / "OneDrive"
    for folder in (dropbox, onedrive, world.home / ".dropbox", world.home / ".config" / "onedrive"):
        folder.mkdir(parents=True)
    for folder in (dropbox, onedrive):
        (folder / "holiday.jpg").write_bytes(b"in use: no first sync that has only begun")
    return dropbox, onedrive


@linux_only("the settings of the sync clients are those of Linux")
def test_with_two_services_and_nobody_to_ask_init_names_both_and_takes_neither(
    world: World,
) -> None:
    folders = two_services(world)
    before = tree(world.root)
    for words in ([], ["--yes"]):
        refused = world.run("init", *words)
        told(refused, 4, "--sync-root", *map(str, folders))
    assert tree(world.root) == before
    assert world.run("init", "--provider", "dropbox").status == 0
    assert (folders[0] / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()
    assert [path.name for path in folders[1].iterdir()] == ["holiday.jpg"]


def test_without_any_service_init_says_what_to_type(world: World) -> None:
    before = tree(world.root)
    told(world.run("init"), 4, "--sync-root")
    assert tree(world.root) == before


def test_a_sync_root_that_is_not_there_is_not_made(world: World) -> None:
    before = tree(world.root)
    told(world.run("init", "--sync-root", str(world.root / "absent")), 4, "absent")
    assert tree(world.root) == before


@linux_only("the settings of the sync clients are those of Linux")
def test_a_bad_memsync_onedrive_is_an_error_and_no_other_folder_is_taken(world: World) -> None:
    two_services(world)
    nowhere = str(world.root / "nowhere")
    before = tree(world.root)
    told(world.run("init", MEMSYNC_ONEDRIVE=nowhere), 4, "MEMSYNC_ONEDRIVE")
    assert tree(world.root) == before
    assert world.run("init", "--provider", "onedrive").status == 0
    told(world.run("status", MEMSYNC_ONEDRIVE=nowhere), 4, "MEMSYNC_ONEDRIVE")
    noted = world.run("note", "Prefer tea", MEMSYNC_ONEDRIVE=nowhere)
    assert noted.status == 0
    assert [text.strip() for text in world.outbox.values()] == ["Prefer tea"]


@linux_only("the settings of the sync clients are those of Linux")
def test_memsync_onedrive_is_taken_before_any_other_folder(world: World) -> None:
    two_services(world)
    chosen = world.root / "chosen"
    chosen.mkdir()
    assert world.run("init", MEMSYNC_ONEDRIVE=str(chosen)).status == 0
    assert (chosen / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()


@pytest.mark.parametrize("command", ["init", "status", "refresh"])
def test_two_memory_folders_are_named_and_neither_is_used(ready: World, command: str) -> None:
    shutil.copytree(ready.cloud / "claude-memory", ready.cloud / ".claude-memory")
    before = tree(ready.root)
    words = ["init", "--sync-root", str(ready.cloud)] if command == "init" else [command]
    folders = (str(ready.cloud / "claude-memory"), str(ready.cloud / ".claude-memory"))
    told(ready.run(*words), 4, *folders)
    assert tree(ready.root) == before


def test_a_missing_memory_is_not_made_again_unasked(ready: World) -> None:
    ready.ok("config", "set", "timeout", "1")
    shutil.rmtree(ready.folder)
    told(init(ready), 4, "memsync init --new")
    joined = init(ready, "--join")
    assert (joined.status, joined.errors[-2].split(":")[0]) == (4, "Error")
    assert not ready.memory.exists()
    assert init(ready, "--new").status == 0
    shows_the_memory(ready)


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda raw: raw[:0],
    "saved as UTF-16": lambda raw: raw.decode().encode("utf-16"),
    "not yet filled": lambda raw: bytes(len(raw)),
    "too large": lambda raw: raw + b"- x\n" * 1_100_000,
    "gone": lambda raw: None,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_init_says_of_a_memory_that_cannot_be_joined_is_a_way_out(
    ready: World, tmp_path: Path, damage: str
) -> None:
    """A new machine, or one that was set up anew: nothing else says how the memory comes back."""
    body, raw = ready.body, DAMAGES[damage](ready.memory.read_bytes())
    ready.memory.unlink()
    if raw is not None:
        ready.memory.write_bytes(raw)
    second = World(tmp_path / "second", ready.cloud)
    put_file(second)
    refused = second.run("init", "--sync-root", str(second.cloud), "--yes")
    told(refused, 4)
    cure = re.search(r"memsync (doctor --fix|restore (?:-1|VERSION))", refused.err)
    assert cure is not None, refused.err
    words = cure[1].replace("VERSION", "-1").split()
    # a version that this machine has never seen is looked at first
    second.ok(*words, *(["--yes"] if words[0] == "restore" else []))
    second.ok("init")
    with StandIn(rule=file_edits_too) as api:
        second.ok("refresh", api=api)
    shows_the_memory(second)
    lines = second.body.splitlines()
    assert [
        line for line in (body + OWN).splitlines() if line not in lines and line[:1] != "#"
    ] == []


@pytest.mark.parametrize("link", ["symlink", "copy"])
def test_a_machine_that_is_set_up_anew_brings_nothing_back(world: World, link: str) -> None:
    """`uninstall` puts the CLAUDE.md back that began the memory: it was taken in once."""
    world.begin()
    world.edit("- Never push to main\n", "")
    world.ok("refresh")
    now = world.body
    world.ok("uninstall", "--yes")
    assert world.target.read_text(encoding="utf-8") == MEMORY
    done = world.init("--link", link)
    assert "already kept as note" in done.out
    assert world.pending == {}
    with StandIn() as api:
        assert world.ok("refresh", api=api).out == "no changes.\n"
    assert api.calls == 0
    assert world.body == now


def test_a_claude_md_that_was_edited_after_uninstall_is_taken_in(world: World) -> None:
    world.begin()
    world.ok("uninstall", "--yes")
    put_file(world, MEMORY + "- Prefers tea\n")
    world.init()
    assert [text for text in world.pending.values() if "- Prefers tea\n" in text]


def test_a_bad_claude_config_dir_is_said_before_anything_is_made(world: World) -> None:
    before = tree(world.root)
    for value in ("", "relative/path"):
        told(
            world.run("init", "--sync-root", str(world.cloud), CLAUDE_CONFIG_DIR=value),
            2,
            "CLAUDE_CONFIG_DIR",
        )
    assert tree(world.root) == before
    assert (
        world.run("init", "--sync-root", str(world.cloud), CLAUDE_CONFIG_DIR="~/other").status == 0
    )
    assert (world.home / "other" / "CLAUDE.md").read_bytes() == world.memory.read_bytes()


def test_everything_that_init_makes_is_private(world: World) -> None:
    init(world)
    world.ok("note", "Prefer tea")
    made = [
        *world.cloud.rglob("*"),
        *world.state.rglob("*"),
        *world.config.rglob("*"),
        world.state,
        world.config,
    ]
    modes = {str(path): oct(stat.S_IMODE(path.stat().st_mode)) for path in made}
    assert {path: mode for path, mode in modes.items() if mode not in ("0o600", "0o700")} == {}


@pytest.mark.parametrize(("mode", "there"), [("symlink", "near.md"), ("copy", "extra.md")])
def test_doctor_looks_for_an_import_where_claude_code_does(
    world: World, mode: str, there: str
) -> None:
    """A copy is read in Claude's folder, a link where the memory lies."""
    put_file(world)
    init(world, "--link", mode)
    (world.target.parent / "extra.md").write_text("x\n", encoding="utf-8")
    (world.folder / "near.md").write_text("x\n", encoding="utf-8")
    world.edit("- Always use tabs", "- Always use tabs\n- @extra.md\n- @near.md")
    world.run("refresh")
    said = [line for line in world.run("doctor").out.splitlines() if "imports @" in line]
    assert [
        line.partition("imports @")[2].partition(":")[0]
        for line in said
        if "without asking" in line
    ] == [there]
    assert sum("not there on this machine" in line for line in said) == 1


def test_relative_imports_of_a_linked_claude_md_still_lead_to_their_files(world: World) -> None:
    own = put_link(world)
    (own.parent / "style.md").write_text("tabs\n", encoding="utf-8")
    own.write_text("# Rules\n\n- **@style.md**\n", encoding="utf-8")
    assert init(world).status == 0
    assert world.body == "# Rules\n\n- **@~/dotfiles/style.md**\n"


@pytest.mark.parametrize("below", ["", ".claude"])
def test_an_unlikely_cloud_folder_is_taken_with_a_warning(world: World, below: str) -> None:
    folder = world.home / below
    folder.mkdir(exist_ok=True)
    done = world.ok("init", "--sync-root", str(folder), "--yes")
    assert done.err.startswith(f"Warning: {folder} ")
    assert "memsync init --force --sync-root DIR" in done.err
    assert (folder / "claude-memory" / "GLOBAL_MEMORY.md").is_file()
    assert "Warning" not in world.ok("init", "--sync-root", str(world.cloud), "--force").err

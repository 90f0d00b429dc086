"""What a command says is true, and what it says to type helps."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from memsync.memory.text.document import STARTER
from memsync.merge.prompt import taken_apart
from tests.e2e.ending import fails
from tests.e2e.world import MEMORY, World, told, tree
from tests.standin import StandIn
from tests.systems import posix_only

SECRET = "AKIAQ7RZ2MXWL4TNVKPD"


def pending(world: World) -> list[str]:
    return [text.strip() for text in world.pending.values()]


@pytest.mark.parametrize(("setting", "status"), [('link = "hardlink"\n', 1), ("", 2)])
def test_a_note_is_kept_before_anything_else_can_fail(
    ready: World, setting: str, status: int
) -> None:
    path = ready.config / "config.toml"
    path.write_text(path.read_text(encoding="utf-8") + setting, encoding="utf-8")
    more = {} if setting else {"CLAUDE_CONFIG_DIR": "relative"}
    fails(ready.run("refresh", stdin=b"Prefer tea", **more), status)
    assert "Prefer tea" in pending(ready)


def test_a_dry_run_without_a_key_does_not_say_that_a_note_is_kept(ready: World) -> None:
    done = ready.run("refresh", "--dry-run", "-n", "Prefer tea", MEMSYNC_API_KEY="")
    told(done, 5, "no API key")
    assert "kept" not in done.err
    assert "Prefer tea" not in pending(ready)


def test_what_of_a_note_did_not_come_into_the_memory_is_told(ready: World) -> None:
    taken = "The espresso machine is descaled monthly"

    def merge(text: str) -> str:
        return taken_apart(text)[0].replace("## Hard", f"- {taken}\n\n## Hard") + "\n"

    note = f"{taken}. Lettuce is eaten, and the beans went to the cold frame."
    with StandIn(rule=merge) as api:
        done = ready.ok("refresh", "-n", note, api=api)
    assert 'not in the memory: "Lettuce is eaten, and the beans' in done.err
    assert "not in the memory" not in done.err.partition("Lettuce")[2]
    with StandIn(rule=lambda text: taken_apart(text)[0] + "\n") as api:
        done = ready.ok("refresh", "-n", "Lettuce was eaten by snails overnight.", api=api)
    assert done.out.startswith("no changes.")
    assert 'not in the memory: "Lettuce was eaten by snails overnight."' in done.err


@pytest.mark.parametrize(
    ("scenario", "shown"), [("sections swapped", "# Global Memory"), ("elided", "unchanged")]
)
def test_a_dry_run_shows_the_reply_that_it_drops(ready: World, scenario: str, shown: str) -> None:
    before = tree(ready.root)
    with StandIn(scenario) as api:
        done = ready.run("refresh", "--dry-run", "-n", "Never deploy on Fridays", api=api)
    assert done.status == 6
    assert shown in done.out
    assert done.err.count("[DRY RUN] No files written.") == 1
    assert tree(ready.root) == before


def test_several_notes_on_one_command_line_are_all_kept(ready: World) -> None:
    ready.run("refresh", "-n", "Prefer tea", "-n", "Prefer cake", MEMSYNC_API_KEY="")
    assert pending(ready) == ["Prefer tea\nPrefer cake"]


def test_a_note_that_is_called_json_makes_no_object(ready: World) -> None:
    done = ready.run("refresh", "-n", "--json", MEMSYNC_API_KEY="")
    told(done, 5)
    assert done.out == ""
    assert pending(ready) == ["--json"]


def test_note_does_not_name_an_option_it_has_not(ready: World) -> None:
    told(ready.run("note", "a", "-f", "notes.md"), 2, 'memsync note "..."', "memsync note -f FILE")


def test_a_pending_note_can_be_found_by_its_id(ready: World) -> None:
    ready.ok("note", "Prefer tea")
    (note_id,) = ready.pending
    assert f"{note_id}: Prefer tea" in ready.ok("status").out
    assert ready.status()["pending_notes"] == {note_id: "Prefer tea"}


def test_a_claude_md_that_claude_code_skips_does_not_become_the_memory(world: World) -> None:
    world.target.parent.mkdir()
    world.target.write_text("# Mine\n\n" + "- a habit\n" * 500_000, encoding="utf-8")
    assert "larger than 4 MiB" in world.init().out
    assert world.body == STARTER
    assert (world.target.parent / "CLAUDE.pre-memsync.bak").stat().st_size > 4 * 1024 * 1024


def test_a_secret_in_a_claude_md_is_told_and_left_out_of_a_note(world: World) -> None:
    world.target.parent.mkdir()
    world.target.write_text(f"{MEMORY}- The key is {SECRET}\n", encoding="utf-8")
    out = world.init().out
    assert "aws key" in out
    assert SECRET not in out
    assert SECRET not in world.body, "nobody was asked, so it is not copied into the cloud"
    assert "- The key is " in world.body
    aside = world.target.with_name("CLAUDE.pre-memsync.bak")
    assert f"- The key is {SECRET}\n" in aside.read_text(encoding="utf-8"), "nothing is lost"
    other = World(world.root / "b", world.cloud)
    other.target.parent.mkdir()
    other.target.write_text(f"# Other\n\n- Another key is {SECRET}\n", encoding="utf-8")
    assert "left out of the note" in other.init().out
    assert not [text for text in other.notes.values() if "Another key" in text and SECRET in text]


def test_a_link_to_dotfiles_in_the_place_of_ours_is_an_edit_and_is_kept(ready: World) -> None:
    theirs = ready.home / "dotfiles.md"
    theirs.write_text(f"{MEMORY}- From my dotfiles\n", encoding="utf-8")
    ready.target.unlink()
    ready.target.symlink_to(theirs)
    with StandIn() as api:
        ready.ok("refresh", api=api)
    assert "- From my dotfiles\n" in ready.body
    assert theirs.read_text(encoding="utf-8") == f"{MEMORY}- From my dotfiles\n"


@posix_only("SIGINT is sent the POSIX way")
def test_ctrl_c_while_the_program_is_loaded_is_no_traceback(ready: World) -> None:
    code = (
        "import builtins, os, signal, sys, time\n"
        "real = builtins.__import__\n"
        "def slow(name, *rest):\n"
        "    if name == 'memsync.cli':\n"
        "        print('loading', flush=True)\n"
        "        time.sleep(60)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = slow\n"
        "from memsync.__main__ import main\n"
        "sys.exit(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"loading\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=50)
    assert (process.returncode, err) == (130, b"Error: interrupted\nTry: memsync status\n")


def test_a_command_for_the_key_may_have_options_of_the_same_names(ready: World) -> None:
    ready.ok("config", "set", "api_key_command", "head", "-n", "1", "key file")
    assert 'api_key_command = ["head", "-n", "1", "key file"]' in " ".join(
        (ready.config / "config.toml").read_text(encoding="utf-8").split()
    ).replace("[ ", "[").replace(", ]", "]")


@pytest.mark.parametrize(("model", "why"), [("\udcff", "UTF-8"), ("a\nb", "control character")])
def test_a_model_that_cannot_be_sent_is_named_as_what_is_wrong(
    ready: World, model: str, why: str
) -> None:
    """The key was named, and the headers."""
    told(ready.run("refresh", "-n", "Prefer tea", "--model", model), 2, "--model", why)

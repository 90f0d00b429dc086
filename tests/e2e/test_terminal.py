"""What a person at a terminal is shown and asked, and what each answer does."""

from __future__ import annotations

import re
import shlex
import shutil
import stat
from pathlib import Path

import pytest

from memsync.memory.text.document import short_hash
from tests.e2e.ending import fails
from tests.e2e.person import CTRL_C, CTRL_D, Ended, Person, asked
from tests.e2e.test_adoption import adopted
from tests.e2e.test_init import two_services
from tests.e2e.world import MEMORY, World, told, tree
from tests.standin import StandIn

pytest.importorskip(
    "termios", reason="NOTHING IS TESTED AT A TERMINAL: this system has no pseudo-terminals"
)

SECRET = "sk-ant-api03-" + "Zy9" * 12
TROUBLE = "TROUBLE with the new contract"
REVERSE = re.compile(r"\x1b\[[\d;]*\b7(?:;\d+)*m([^\x1b]*)")


def ends_with_an_error(ended: Ended, status: int, *words: str) -> None:
    """The last two lines are the error and what to type, each a line of its own."""
    assert ended.status == status, ended.shown
    what, hint = ended.lines[-2:]
    assert what.startswith("Error: "), ended.shown
    assert hint.startswith("Try: "), ended.shown
    for word in words:
        assert word in ended.plain, ended.shown


# -- init ----------------------------------------------------------------------------------------


def test_init_lists_several_cloud_folders_and_takes_the_one_that_is_chosen(world: World) -> None:
    folders = two_services(world)
    person = Person(world, "init")
    person.sees("Which one? [1-2] ")
    found = re.findall(r"^ +(\d)\.  \w+ +~/(.+?)  +no$", person.shown, re.MULTILINE)
    rows = {number: world.home / below for number, below in found}
    assert set(rows.values()) == set(folders)
    person.types("2\n")
    ended = person.ends()
    assert ended.status == 0, ended.shown
    assert (rows["2"] / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()
    assert [path.name for path in rows["1"].iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize(
    "answer", ["\n", "3\n", "0\n", "-1\n", "dropbox\n", "²\n", "q\n", b"\xe9\n", CTRL_D]
)
def test_init_takes_no_folder_without_a_clear_answer(world: World, answer: str | bytes) -> None:
    folders = two_services(world)
    before = tree(world.root)
    # As under en_US.UTF-8
    person = Person(world, "init", PYTHONIOENCODING="utf-8:strict")
    person.sees("[1-2] ")
    person.types(answer)
    if answer not in ("\n", "q\n", b"\xe9\n", CTRL_D):
        person.sees("Type a number from 1 to 2; q or Enter takes none.\nWhich one? [1-2] ")
        person.types("\n")
    ended = person.ends()
    shown = [str(path).replace(str(world.home), "~") for path in folders]
    ends_with_a_no(ended, 4, *shown, "nothing was made", "memsync init --sync-root ~/")
    assert tree(world.root) == before


def with_a_secret(world: World) -> list[str]:
    """A CLAUDE.md that holds a secret, and the options of a set-up in the cloud folder."""
    world.target.parent.mkdir()
    world.target.write_text(f"# Ada\n\n- The key is {SECRET}\n", encoding="utf-8")
    return ["--sync-root", str(world.cloud)]


@pytest.mark.parametrize(("answer", "copied"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_init_asks_before_it_copies_a_secret(world: World, answer: str, copied: bool) -> None:
    ended = asked(world, "Copy it, too?", answer, "init", *with_a_secret(world))
    assert ended.status == 0, ended.shown
    assert (SECRET in world.body) == copied
    assert "- The key is " in world.body
    assert SECRET not in ended.shown


def test_init_that_only_joins_asks_about_no_secret(world: World) -> None:
    words = ["--join", *with_a_secret(world)]
    world.ok("config", "set", "timeout", "3")
    ended = Person(world, "init", *words).ends()
    assert ended.status == 4, ended.shown
    assert "Copy it, too?" not in ended.shown


def fresh_dropbox(world: World) -> Path:
    """A cloud folder without anything in it, and signs of its client."""
    for name in (".dropbox", "Dropbox"):
        (world.home / name).mkdir()
    return world.home / "Dropbox"


def test_init_asks_before_it_takes_an_empty_folder_whose_client_runs(world: World) -> None:
    folder = fresh_dropbox(world)
    before = tree(world.root)
    told(world.run("init"), 4, str(folder), "--join", "--new")
    for answer in ("n\n", "\n"):
        ended = asked(world, "first machine with memsync? [y/N]", answer, "init")
        ends_with_a_no(ended, 4, "~/Dropbox is empty", "nothing is made", "--join", "--new")
    assert tree(world.root) == before
    assert asked(world, "[y/N]", "y\n", "init").status == 0
    assert (folder / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()


def joining(tmp_path: Path) -> tuple[World, Person]:
    """A second machine that waits for the memory of the first one."""
    other = World(tmp_path / "other")
    person = Person(other, "init", "--join", "--sync-root", str(other.cloud))
    person.sees("waiting for the memory to arrive... 1 s")
    return other, person


def test_init_join_waits_until_the_memory_arrives(ready: World, tmp_path: Path) -> None:
    other, person = joining(tmp_path)
    shutil.copytree(ready.folder, other.cloud / ready.folder.name)
    ended = person.ends()
    assert ended.status == 0, ended.shown
    assert "joined" in ended.plain
    assert "waiting for Claude" not in ended.plain
    assert other.target.read_bytes() == ready.memory.read_bytes()


def test_ctrl_c_ends_the_wait_for_a_memory_and_nothing_is_made(tmp_path: Path) -> None:
    other, person = joining(tmp_path)
    person.types(CTRL_C)
    ends_with_an_error(person.ends(), 130, "interrupted")
    assert list(other.cloud.iterdir()) == []
    assert not other.config.exists()
    assert not other.target.parent.exists()


def test_a_terminal_that_cannot_move_is_told_once_that_it_takes_time(tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    person = Person(other, "init", "--join", "--sync-root", str(other.cloud), TERM="dumb")
    person.sees("waiting for the memory to arrive...\n")
    person.types(CTRL_C)
    ended = person.ends()
    assert ended.status == 130, ended.shown
    assert "Error: interrupted" in ended.shown
    assert "\x1b" not in ended.shown


def test_a_memory_that_arrives_and_cannot_be_used_ends_the_wait(
    ready: World, tmp_path: Path
) -> None:
    later = ready.memory.read_text(encoding="utf-8").replace("<!-- memsync:1", "<!-- memsync:9")
    other, person = joining(tmp_path)
    other.folder.mkdir()
    other.memory.write_text(later, encoding="utf-8")
    ended = person.ends()
    ends_with_an_error(ended, 4, "a later memsync wrote it")
    assert ended.shown.count("\x1b[?25l") == ended.shown.count("\x1b[?25h"), (
        "the cursor is there again"
    )
    assert ended.shown.rindex("\x1b[?25h") < ended.shown.index("Error: ")
    assert other.memory.read_text(encoding="utf-8") == later


# -- screens -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("command", ["status", "doctor"])
def test_a_screen_fits_the_terminal(ready: World, command: str, width: int) -> None:
    ready.ok("note", "Prefer tea to coffee, and say so before anybody asks about it")
    ended = Person(ready, command, COLUMNS=str(width)).ends()
    assert ended.status == 0, ended.shown
    typed = ("  fix: ", "  next: ")  # what is to be typed is one line, so that it can be copied
    rows = [line for line in ended.lines if not line.startswith(typed)]
    assert max(map(len, rows)) <= width, ended.shown
    assert str(ready.home) not in ended.plain, "the home is ~"
    assert ended.plain.startswith(
        "! 1 note waits: memsync refresh" if command == "status" else "✓ settings"
    )
    words = " ".join(ended.plain.split())
    for text in ("3 guarded",) if command == "status" else ("3 constraints are guarded",):
        assert text in words, "no word is broken"


def test_what_fixes_a_finding_can_be_copied_from_a_narrow_terminal(ready: World) -> None:
    ready.target.unlink()
    ready.target.mkdir()
    ended = Person(ready, "doctor", COLUMNS="40").ends()
    path = shlex.quote(str(ready.target))
    fix = f"  fix: mv {path} {path}.old, then memsync doctor --fix"
    assert fix.replace(str(ready.home), "~") in ended.lines


def test_a_screen_has_colour_on_its_marks_alone_and_none_where_none_is_wanted(ready: World) -> None:
    ended = Person(ready, "status").ends()
    assert set(re.findall(r"\x1b\[\d+m(.+?)\x1b\[0m", ended.shown)) == {"✓"}
    assert "\x1b[" not in Person(ready, "status", NO_COLOR="1").ends().shown
    assert "\x1b" not in ready.ok("status").out


def test_init_says_what_to_do_next_and_again_that_all_is_set_up(world: World) -> None:
    ended = Person(world, "init", "--sync-root", str(world.cloud), MEMSYNC_API_KEY="").ends()
    assert ended.status == 0, ended.shown
    assert "memsync config set api_key" in ended.plain
    assert ended.lines[-1] == '  memsync refresh --notes "What Claude should remember"'
    again = Person(world, "init").ends()
    assert again.lines[0] == "memsync is already set up."


# -- the key -------------------------------------------------------------------------------------


def test_a_key_that_is_typed_is_not_shown_and_kept_for_this_user_alone(ready: World) -> None:
    ended = asked(ready, "API key: ", f"{SECRET}\n", "config", "set", "api_key")
    assert ended.status == 0, ended.shown
    assert SECRET not in ended.shown
    path = ready.config / "api_key"
    assert path.read_text(encoding="utf-8") == f"{SECRET}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("keys", "status"), [(CTRL_D, 1), ("\n", 1), ("sk ant\n", 1), (b"\xe9\n", 1), (CTRL_C, 130)]
)
def test_what_is_no_key_is_not_kept(ready: World, keys: str | bytes, status: int) -> None:
    ends_with_an_error(asked(ready, "API key: ", keys, "config", "set", "api_key"), status)
    assert not (ready.config / "api_key").exists()


# -- diff ----------------------------------------------------------------------------------------


def diff(world: World, **more: str) -> Ended:
    ended = Person(world, "diff", api=None, **more).ends()
    assert ended.status == 0, ended.shown
    return ended


def test_a_difference_is_coloured_and_the_changed_words_alone_are_marked(ready: World) -> None:
    ready.edit(
        "Move to Lisbon in March\n- Write the migration guide",
        "Move to Porto in March\n- Write the user guide",
    )
    ready.edit("- Tests before a refactoring\n", "")
    ready.ok("refresh")
    ended = diff(ready)
    assert REVERSE.findall(ended.shown) == ["Lisbon", "migration", "Porto", "user"]
    assert "\x1b[31m-- Tests before a refactoring" in ended.shown
    assert "\x1b[32m+- Move to " in ended.shown
    piped = ready.ok("diff").out
    assert "\x1b" not in piped
    assert ended.plain == piped
    assert "-- Move to Lisbon in March\n" in piped
    uncoloured = diff(ready, NO_COLOR="1")
    assert not re.search(r"\x1b\[[\d;]*3[0-7]", uncoloured.shown)
    assert uncoloured.plain == piped


def test_a_difference_shows_the_lines_as_they_are(ready: World) -> None:
    odd = "- :warning: [bold]not bold[/bold] \\[x] " + "and a long line " * 20 + "ends here\n"
    ready.edit("- Tests before a refactoring\n", "- Tests before a refactoring\n" + odd)
    ready.edit("- Ask before anything is deleted\n", "- Ask before :smile: anything is deleted\n")
    ready.ok("refresh")
    assert diff(ready).plain == ready.ok("diff").out


# -- refresh -------------------------------------------------------------------------------------


def test_a_spinner_with_seconds_turns_while_claude_thinks(ready: World) -> None:
    with StandIn(delay=1.5) as api:
        person = Person(ready, "refresh", "-n", "Prefer tea", api=api)
        person.sees("Refreshing global memory... 1 s, waiting for Claude")
        ended = person.ends()
        quiet = ready.ok("refresh", "-n", "Prefer coffee", api=api)
    assert ended.status == 0, ended.shown
    assert ended.shown.count("\x1b[?25l") == ended.shown.count("\x1b[?25h"), (
        "the cursor is there again"
    )
    assert "done.\n" in ended.shown[ended.shown.rindex("\x1b[?25h") :]
    assert quiet.err.splitlines()[0] == "Refreshing global memory..."
    assert quiet.err.count("Refreshing") == 1
    assert "\x1b" not in quiet.err


def reply_that_waits(world: World) -> None:
    with StandIn("sections swapped") as api:
        assert world.run("refresh", "-n", "Ship 2.0 in May", api=api).status == 6


def ends_with_a_no(ended: Ended, status: int, *words: str) -> None:
    """Somebody said no: that is no error, and two lines say what became of it and the way on."""
    assert ended.status == status, ended.shown
    what, way_on = [line for line in ended.lines if line.startswith(("No: ", "Next: "))]
    assert what.startswith("No: "), ended.shown
    assert way_on.startswith("Next: "), ended.shown
    assert "Error" not in ended.plain
    for word in words:
        assert word in ended.plain, ended.shown


def test_an_answer_that_is_none_is_asked_for_again(ready: World) -> None:
    reply_that_waits(ready)
    person = Person(ready, "refresh")
    person.sees("[y/N]")
    assert "yes: the memory becomes this; memsync undo brings back what it was" in person.shown
    assert "no: nothing changes; the notes stay pending and the reply is kept" in person.shown
    person.types("yess\n")
    person.sees("y is yes; n, q or Enter is no.")
    person.types("maybe\n")
    person.types("Yes\n")
    ended = person.ends()
    assert ended.status == 0, ended.shown
    assert not ready.pending


def test_a_reply_that_needs_a_yes_is_shown_and_taken_with_it(ready: World) -> None:
    reply_that_waits(ready)
    before = ready.memory.read_bytes()
    for answer, status in (("n\n", 6), ("q\n", 6), (CTRL_D, 6), (CTRL_C, 130)):
        ended = asked(ready, "Use this reply? [y/N]", answer, "refresh")
        assert ended.status == status, ended.shown
        for line in ("-## Current priorities", "+- Ship 2.0 in May"):
            assert line in ended.lines
        words = ["Error:", "Try:", "a"] if answer == CTRL_C else ["No:", "Next:", "a"]
        assert [line.split()[0] for line in ended.lines[-3:]] == words, ended.shown
        assert ready.memory.read_bytes() == before
        assert list(ready.pending.values()) == ["Ship 2.0 in May"]
    taken = asked(ready, "Use this reply? [y/N]", "y\n", "refresh")
    assert taken.status == 0, taken.shown
    body = ready.body
    assert body.index("## Standing preferences") < body.index("## Current priorities")
    assert "- Ship 2.0 in May\n" in ready.body
    assert not ready.pending
    assert "a reply waits" not in Person(ready, "show").ends().shown


def test_while_a_reply_waits_the_last_line_of_every_command_says_so(ready: World) -> None:
    reply_that_waits(ready)
    last = "a reply waits for a yes (memsync apply): memsync status"
    for words, status in (
        (["show"], 0),
        (["note", "Prefer tea"], 0),
        (["config", "get", "nope"], 1),
    ):
        ended = Person(ready, *words).ends()
        assert ended.status == status
        assert ended.lines[-1] == last, ended.shown
        assert ended.plain.count(last) == 1
        quiet = ready.run(*words)
        assert last not in quiet.out + quiet.err


def test_while_a_note_is_held_the_last_line_says_so(ready: World) -> None:
    ready.ok("note", TROUBLE)
    ready.ok("note", "Prefer tea")
    with StandIn(when={"TROUBLE": "refusal"}) as api:
        ready.run("refresh", api=api)
    assert ready.status()["held"] == 1
    ended = Person(ready, "status").ends()
    assert ended.lines[-1] == "1 note held: memsync status"
    assert "Held: " in ended.plain
    (held,) = ready.pending
    assert "held: memsync" not in Person(ready, "forget", held).ends().plain


def test_a_record_that_cannot_be_read_does_not_spoil_a_command(ready: World) -> None:
    reply_that_waits(ready)
    (kept,) = ready.state.rglob("kept")
    shutil.rmtree(kept)
    kept.symlink_to(kept)  # it leads nowhere: root could read anything else
    ended = Person(ready, "show").ends()
    assert ended.status == 0, ended.shown
    assert ended.plain == MEMORY


def test_refresh_takes_a_folder_of_the_prototype_over_after_a_yes(world: World) -> None:
    world.init()
    for folder in (world.folder, world.state):
        shutil.rmtree(folder)
    old = adopted(world)
    fails(world.run("refresh"), 4, "footer", "memsync init")
    question = "Go on? [y/N]"
    ends_with_a_no(asked(world, question, "n\n", "refresh"), 4, "it is left as it is")
    assert {path: Path(path).read_bytes() for path in old} == old
    ended = asked(world, question, "y\n", "refresh")
    assert ended.status == 0, ended.shown
    assert world.merged == set()
    assert world.body == old[str(world.memory)].decode() + "\n"
    assert old[str(world.memory)] in world.backups.values()


def many_notes(world: World, count: int) -> None:
    """As if another machine had sent them."""
    day = world.folder / "sessions" / "2026-11-20"
    day.mkdir()
    for number in range(count):
        data = (
            f"memsync-note: 1\nkind: note\nnonce: {number:016x}\n---\nPrefer tea {number}".encode()
        )
        (day / f"{100000 + number}-{short_hash(data)}.md").write_bytes(data)


def test_nobody_pays_for_hundreds_of_notes_unasked(ready: World) -> None:
    many_notes(ready, 201)
    with StandIn() as api:
        fails(ready.run("refresh", api=api), 6, "201 notes are pending", "memsync refresh --yes")
        ends_with_a_no(
            asked(ready, "Merge them now? [y/N]", "n\n", "refresh", api=api), 6, "nothing is sent"
        )
        assert api.calls == 0
        ended = asked(ready, "Merge them now? [y/N]", "y\n", "refresh", api=api)
    assert ended.status == 0, ended.shown
    assert ready.body.count("- Prefer tea ") == 201
    assert not ready.pending

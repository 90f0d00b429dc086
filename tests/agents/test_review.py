"""`memsync review`: a note only after a yes; what was refused never comes again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.agents.claude_home import SESSION, notes_of, transcript, typed
from tests.e2e.person import Person
from tests.e2e.world import World
from tests.systems import posix_only

FIRST = "From now on, always use tabs."
SECOND = "I prefer short answers."
OTHER = "I never work on Fridays."


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine where three things wait, two of one session."""
    world = World(tmp_path)
    world.init()
    for number, text in enumerate((FIRST, SECOND)):
        transcript(world, typed(text, timestamp=f"2026-11-28T10:0{number}:00.000Z"))
    later = "6e000000-0000-4000-8000-000000000002"
    record = typed(OTHER, timestamp="2026-11-28T11:00:00.000Z", sessionId=later)
    transcript(world, record, name=later)
    world.ok("harvest")
    assert notes_of(world) == [FIRST, SECOND, OTHER]
    return world


def kinds(world: World) -> list[str]:
    """The kind of each note file."""
    files = (world.folder / "sessions").glob("*/*.md")
    rows = (path.read_text(encoding="utf-8").splitlines() for path in files)
    return [row for lines in rows for row in lines if row.startswith("kind: ")]


def test_without_a_terminal_it_lists_and_decides_nothing(world: World) -> None:
    shown = world.ok("review", stdin=b"y\ny\ny\n").out
    for text in (FIRST, SECOND, OTHER, "/home/ada/src/parser", "2026-11-28 10:00", "you typed"):
        assert text in shown
    assert len(notes_of(world)) == 3
    assert world.notes == {}


@posix_only("pseudo-terminals")
def test_yes_no_later_and_quit(world: World) -> None:
    person = Person(world, "review")
    for shown, answer in ((FIRST, "y\n"), (SECOND, "n\n"), (OTHER, "\n")):
        person.sees(shown)
        person.sees("note it?")
        person.types(answer)
    person.sees("1 noted, 1 left.")
    assert person.ends().status == 0
    assert list(world.notes.values()) == [FIRST]
    assert kinds(world) == ["kind: harvest"]
    assert notes_of(world) == [OTHER]
    transcript(world, typed(SECOND), typed(FIRST), name="again")
    world.ok("harvest")
    assert notes_of(world) == [OTHER]


@posix_only("pseudo-terminals")
@pytest.mark.parametrize("keys", ["q\n", "\x04", "yse\n\x04", "Y N\nq\n"])
def test_only_a_plain_letter_decides(world: World, keys: str) -> None:
    person = Person(world, "review")
    person.sees("note it?")
    person.types(keys)
    person.sees("0 noted, 3 left.")
    assert person.ends().status == 0
    assert world.notes == {}
    assert len(notes_of(world)) == 3


@posix_only("pseudo-terminals")
def test_all_of_a_session_once_all_were_shown(world: World) -> None:
    person = Person(world, "review")
    person.sees("note it?")
    person.types("a\n")
    person.sees(SECOND)
    person.sees("note all 2 of this session? [y/N]")
    person.types("y\n")
    person.sees(OTHER)
    person.types("q\n")
    person.ends()
    assert sorted(world.notes.values()) == sorted([FIRST, SECOND])
    assert notes_of(world) == [OTHER]


def edits_the_first_and_leaves(person: Person) -> None:
    """The editor is a program: it ends by itself."""
    person.sees("note it?")
    person.types("e\n")
    person.sees("noted")
    person.sees("note it?")
    person.types("q\n")
    person.ends()


@posix_only("pseudo-terminals")
def test_edited_words_are_the_note_and_no_secret_gets_in(world: World) -> None:
    editor = world.root / "an editor.py"
    key = "sk-ant-api03-Qm7xT2vLk9RwZp4NfHs8YbGdJc3VtEu6"
    program = f"import sys; open(sys.argv[1], 'w').write('Always use tabs in Go, key {key}\\n')"
    editor.write_text(program, encoding="utf-8")
    person = Person(world, "review", VISUAL=f"{sys.executable} '{editor}'")
    edits_the_first_and_leaves(person)
    (note,) = world.notes.values()
    assert note == "Always use tabs in Go, key [redacted: anthropic key]"
    assert list((world.state / "editing").iterdir()) == []


@posix_only("pseudo-terminals")
def test_a_usual_editor_serves_where_no_variable_names_one(world: World) -> None:
    programs = world.root / "programs"
    programs.mkdir()
    nano = programs / "nano"
    program = "import sys; open(sys.argv[1], 'w').write('Always use tabs\\n')"
    nano.write_text(f"#!{sys.executable}\n{program}\n", encoding="utf-8")
    nano.chmod(0o755)
    person = Person(world, "review", VISUAL="", EDITOR="", PATH=str(programs))
    edits_the_first_and_leaves(person)
    assert list(world.notes.values()) == ["Always use tabs"]


@posix_only("pseudo-terminals")
@pytest.mark.parametrize("editor", ["", "/bin/false", "/nowhere/to/be/found", "vi 'x"])
def test_an_editor_that_fails_changes_nothing(world: World, editor: str) -> None:
    person = Person(world, "review", VISUAL=editor, EDITOR="", PATH=str(world.root))
    person.sees("note it?")
    person.types("e\n")
    person.sees("nothing was changed")
    person.sees("note it?")
    person.types("q\n")
    assert person.ends().status == 0
    assert world.notes == {}
    assert len(notes_of(world)) == 3


def test_all_of_one_session_by_its_first_digits(world: World) -> None:
    for wrong in ("", "zzzz", SESSION[:3]):
        assert world.run("review", "--all-of", wrong).status == 1
    world.ok("review", "--all-of", SESSION[:8])
    assert sorted(world.notes.values()) == sorted([FIRST, SECOND])
    assert notes_of(world) == [OTHER]


def test_a_yes_before_init_waits_in_the_outbox(tmp_path: Path) -> None:
    world = World(tmp_path)
    transcript(world, typed(FIRST))
    world.ok("harvest")
    done = world.run("review", "--all-of", SESSION)
    assert done.status == 3
    assert list(world.outbox.values()) == [FIRST]
    assert notes_of(world) == []

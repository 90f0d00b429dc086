"""Every screen at a terminal of 40, 80 and 200 columns, in colour and without: it fits, no word is
broken, and what it says is what a person has to know.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from memsync.commands.demo.filing import split_message
from memsync.system.lock import lock
from memsync.system.progress import HIDE
from tests.agents.claude_home import transcript, typed
from tests.e2e.person import Person
from tests.e2e.shelf import Shelf
from tests.e2e.test_init import two_services
from tests.e2e.world import World
from tests.standin import StandIn

pytest.importorskip(
    "termios", reason="NOTHING IS TESTED AT A TERMINAL: this system has no pseudo-terminals"
)
pytest.importorskip("pyte")

from tests.e2e.screen import MARKS, ROWS, Screen

WIDTHS = (40, 80, 200)
LONG = "Prefer tea to coffee, and say so before anybody asks about it in a meeting"
SHIP = "Ship 2.0 in May"
TROUBLE = "TROUBLE with the new contract"
TYPED = ("  fix: ",)  # what is to be copied may be wider than a narrow terminal

Answers = tuple[tuple[str, str], ...]


class Scene(NamedTuple):
    """A command at a terminal: what was before, its words, what Claude answers, and what a person
    types at which question; `status`, `shows`: how it ends, and what stands there then.
    """

    words: tuple[str, ...]
    script: str = "merged"
    before: Callable[[World, StandIn], None] = lambda world, api: None
    answers: Answers = ()
    status: int = 0
    shows: tuple[str, ...] = ()
    ready: bool = True
    variables: tuple[tuple[str, str], ...] = ()


def edited(world: World, api: StandIn) -> None:
    world.edit("- Short answers, code first\n", f"- Short answers, code first. {LONG}\n")
    world.edit("- Write the migration guide\n", "")


def held(world: World, api: StandIn) -> None:
    world.run("refresh", "-n", TROUBLE, api=api)
    with StandIn() as good:
        world.ok("refresh", "-n", SHIP, api=good)


def candidates(world: World, api: StandIn) -> None:
    for number in range(3):
        text = f"From now on, always use tabs {number}, and never a space before a comma or a stop."
        transcript(world, typed(text, timestamp=f"2026-11-28T10:0{number}:00.000Z"))
    world.ok("harvest")


def unwell(world: World, api: StandIn) -> None:
    world.ok("note", LONG)
    world.target.unlink()
    world.target.mkdir()
    world.ok("config", "set", "model", "claude-unheard-of")


def folders(world: World, api: StandIn) -> None:
    two_services(world)


KEPT = ("The memory is unchanged",)
SCENES = {
    "refresh": Scene(
        ("refresh", "-n", LONG),
        before=edited,
        shows=("an edit of the memory was taken in", "✓ done.", "~/.claude/CLAUDE.md", "Wrong?"),
    ),
    "refresh, an edit alone": Scene(("refresh",), before=edited, shows=("was taken in",)),
    "refresh, nothing": Scene(("refresh",), shows=("no changes.",)),
    "refresh, asked": Scene(
        ("refresh", "-n", f"{SHIP}. {LONG}"),
        "sections swapped",
        answers=(("[y/N]", "maybe\n"), ("[y/N]", "\n")),
        status=6,
        shows=("No: nothing changes", "memsync apply", "y is yes; n, q or Enter is no."),
    ),
    "refresh, agreed": Scene(
        ("refresh", "-n", SHIP),
        "sections swapped",
        answers=(("[y/N]", "y\n"),),
        shows=("✓ done.", f"+ {SHIP}", "Wrong? memsync undo"),
    ),
    "refresh, refused": Scene(
        ("refresh", "-n", SHIP),
        "prose refusal",
        status=6,
        shows=("Error: Claude's reply was refused", *KEPT, "memsync refresh --held"),
    ),
    "refresh, declined": Scene(
        ("refresh", "-n", SHIP), "refusal", status=5, shows=("Error: Claude declined", *KEPT)
    ),
    "refresh, held": Scene(("refresh",), "refusal", held, shows=("1 note held: memsync status",)),
    "refresh, no key": Scene(
        ("refresh", "-n", SHIP),
        status=5,
        shows=("there is no API key", "the notes are kept", *KEPT, "memsync config set api_key"),
        variables=(("MEMSYNC_API_KEY", ""),),
    ),
    "init": Scene(
        ("init", "--link", "copy"),
        before=folders,
        answers=(("[1-2]", "7\n"), ("[1-2]", "2\n")),
        shows=("service", "folder", "memory", "memsync initialized.", "(copy)", "Next:", "key is"),
        ready=False,
        variables=(("MEMSYNC_API_KEY", ""),),
    ),
    "init, no": Scene(
        ("init", "--link", "copy"),
        before=folders,
        answers=(("[1-2]", "q\n"),),
        status=4,
        shows=("No: no folder was taken", "Next: memsync init --sync-root ~/", "--link copy"),
        ready=False,
    ),
    "init, again": Scene(("init",), shows=("memsync is already set up.",)),
    "review": Scene(
        ("review",),
        before=candidates,
        answers=(("later ", "y\n"), ("later ", "n\n"), ("later ", "q\n")),
        shows=("1 noted, 1 left.", "memsync refresh"),
    ),
    "status": Scene(("status",), "refusal", held, shows=("! 1 note is held", "Held: ")),
    "doctor": Scene(("doctor",), shows=("✓ settings", "0 problems")),
    "doctor, problems": Scene(
        ("doctor",), before=unwell, status=1, shows=("✗ ~/.claude/CLAUDE.md", "fix: ", "1 problem")
    ),
}


SHOWING_MARKS = ("refresh", "refresh, asked", "status", "doctor")
NAMED = ("refresh", "refresh, asked", "refresh, refused", "init", "review", "status", "doctor")


def of_width(columns: int) -> type[Person]:
    """Somebody at a terminal of that width."""
    return type("Person", (Person,), {"size": (ROWS, columns)})


def played(scene: Scene, world: World, columns: int, **more: str) -> Screen:
    with StandIn(scene.script) as api:
        scene.before(world, api)
        variables = {**dict(scene.variables), **more}
        person = of_width(columns)(world, *scene.words, api=api, **variables)
        for question, answer in scene.answers:
            person.sees(question)
            person.types(answer)
        ended = person.ends()
    assert ended.status == scene.status, ended.shown
    return Screen(person, columns)


COLOURED = [(name, True) for name in SCENES]
PLAIN = [(name, False) for name in SCENES if name in NAMED]


@pytest.mark.parametrize(("name", "colour"), [*COLOURED, *PLAIN])
def test_a_screen_fits_every_terminal(
    name: str, colour: bool, after_init: Shelf, tmp_path: Path
) -> None:
    scene = SCENES[name]
    screens = {}
    for columns in WIDTHS:
        world = after_init.put_right() if scene.ready else World(tmp_path / str(columns))
        screens[columns] = played(scene, world, columns, **({} if colour else {"NO_COLOR": "1"}))
    whole = screens[max(WIDTHS)].words
    for screen in screens.values():
        screen.fits(typed=TYPED)
        shown = " ".join(screen.text.split())
        for words in scene.shows:
            assert words in shown, screen.text
        assert screen.words <= whole, f"a word is broken: {screen.words - whole}\n{screen.text}"
        assert screen.wrongly_coloured == []
        if not colour:
            assert screen.coloured == set(), screen.text
        elif name in SHOWING_MARKS:
            assert screen.coloured, "the marks have their colours"


# -- what the screens say -------------------------------------------------------------------------


def at_terminal(world: World, *words: str, api: StandIn | None = None) -> list[str]:
    """The rows of a terminal of 80 columns after a command."""
    person = of_width(80)(world, *words, api=api)
    ended = person.ends()
    assert ended.status == 0, ended.shown
    return Screen(person, 80).rows


def as_told(message: str) -> str:
    """What a careful model makes of the notes below."""
    memory = split_message(message)[0].replace("- Move to Lisbon", "- Move to Porto")
    memory = memory.replace("- Write the migration guide\n", "")
    rule = "- Ask before anything is deleted\n"
    return memory.replace(rule, f"{rule}- Never deploy on Fridays\n") + "\n- Prefer tea to coffee\n"


def test_what_was_merged_stands_below_its_heading_and_then_its_price(ready: World) -> None:
    notes = (
        "Move to Porto in March, no longer to Lisbon.",
        "The migration guide is written, so it is done.",
        "Never deploy on Fridays",
        "Prefer tea to coffee",
    )
    with StandIn(rule=as_told) as api:
        rows = at_terminal(ready, "refresh", "-n", "\n\n".join(notes), api=api)
    assert rows[: rows.index("")] == [
        "✓ done.",
        "  Current priorities",
        "    ~ Move to Lisbon in March → Move to Porto in March",
        "    - Write the migration guide",
        "  Hard constraints",
        "    new constraint: Never deploy on Fridays",
        "  Standing preferences",
        "    + Prefer tea to coffee",
        'not in the memory: "The migration guide is written, so it is done."',
    ]
    assert " tokens in, " in rows[-2]
    assert rows[-1] == "Wrong? memsync undo"


def test_a_long_rewording_stands_on_two_lines(ready: World) -> None:
    ready.edit("- Short answers, code first", f"- Short answers, code first. {LONG}")
    rows = at_terminal(ready, "refresh")
    at = rows.index("    ~ Short answers, code first")
    assert rows[at - 1] == "  Standing preferences"
    assert rows[at + 1].startswith("    → Short answers, code first. Prefer tea to coffee,")


def test_an_edit_alone_is_told_at_a_terminal_and_a_pipe_says_what_it_said(ready: World) -> None:
    ready.edit("- Write the migration guide\n", "")
    rows = at_terminal(ready, "refresh")
    (note,) = [name for name, text in ready.notes.items() if "- - Write the migra" in text]
    assert rows == [
        f"✓ an edit of the memory was taken in, and is kept as note {note}.",
        "  Current priorities",
        "    - Write the migration guide",
        "Wrong? memsync undo",
    ]
    assert at_terminal(ready, "refresh") == ["no changes."]
    ready.edit("- Move to Lisbon in March\n", "")
    piped = ready.ok("refresh")
    assert piped.out == "no changes.\n"
    assert piped.err == "no notes on stdin; merging what is pending\n"


def test_a_wrapped_item_of_an_edit_is_told_as_one(ready: World) -> None:
    ready.edit("- Short answers, code first\n", "- Short answers,\n  code first\n")
    at_terminal(ready, "refresh")
    ready.edit("  code first\n", "  code and tests first\n")
    rows = at_terminal(ready, "refresh")
    assert rows[1:3] == [
        "  Standing preferences",
        "    ~ Short answers, code first → Short answers, code and tests first",
    ]


def test_the_first_sign_comes_before_anything_is_done(ready: World) -> None:
    (path,) = ready.state.rglob("lock")
    with lock(str(path), 0) as _held:
        person = Person(ready, "refresh")
        person.sees(f"{HIDE}\r")
        person.sees("Looking at the memory and the notes...")
        person.sees("Waiting for another memsync to end...")
    assert person.ends().plain.rpartition("\r")[2] == "no changes.\n"


def test_refused_says_what_stands_and_how_to_go_on_best_first(ready: World) -> None:
    with StandIn("prose refusal") as api:
        person = Person(ready, "refresh", "-n", SHIP, api=api)
        assert person.ends().status == 6
    text = Screen(person, 160).text
    parts = (
        "tokens in, ",
        "Error: Claude's reply was refused: ",
        "The memory is unchanged.",
        "Try:",
    )
    ways = (
        "memsync refresh --held",
        "memsync refresh --model ID",
        "the note is kept",
        "memsync forget",
    )
    at = [text.index(part) for part in (*parts, *ways)]
    assert at == sorted(at), text


def test_init_names_each_folder_and_the_memory_in_it(world: World, ready: World) -> None:
    _, onedrive = two_services(world)
    shutil.copytree(ready.folder, onedrive / ".claude-memory")
    person = Person(world, "init", "--link", "copy")
    person.sees("[1-2]")
    person.types("q\n")
    assert person.ends().status == 4
    rows = Screen(person, 160).rows
    table = [re.split(r" {2,}", row.strip()) for row in rows[1:4]]
    assert table[0] == ["service", "folder", "memory"]
    found = {service: (folder, memory) for _, service, folder, memory in table[1:]}
    assert found["dropbox"] == ("~/Dropbox", "no")
    assert found["onedrive"][0] == "~/OneDrive"
    lines = len(ready.body.splitlines())
    assert found["onedrive"][1].startswith(f"yes, {lines} lines, merged ")
    assert rows[-2:] == [
        "No: no folder was taken, and nothing was made",
        f"Next: memsync init --sync-root ~/{Path(table[1][2]).name} --link copy",
    ]


def test_doctor_counts_what_it_looked_at(ready: World) -> None:
    ready.target.unlink()
    with StandIn() as api:
        person = Person(ready, "doctor", api=api)
        person.ends()
    rows = Screen(person, 160).rows
    marks = [row[0] for row in rows if row[:2] in ("✓ ", "! ", "✗ ")]
    good, warnings, problems = (marks[:-1].count(mark) for mark in MARKS)
    assert problems == 1
    assert rows[-1] == f"✗ {good} good, {warnings} warnings, {problems} problem."
    assert "  fix: memsync doctor --fix" in rows

"""`edit`, and `note` without words: the person's own editor, at a terminal."""

from __future__ import annotations

import shlex
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.person import CTRL_C, Ended, Person
from tests.e2e.world import MEMORY, World, told, tree
from tests.standin import StandIn

pytest.importorskip(
    "termios", reason="NOTHING IS TESTED AT A TERMINAL: this system has no pseudo-terminals"
)

NEW = "- Drinks tea, never coffee\n"
CONSTRAINT = "- Never send customer data to a third party\n"


def editor(world: World, code: str, name: str = "my editor") -> str:
    """An editor that does this with its file (`path`); as a value of $EDITOR."""
    script = world.root / f"{name}.py"
    script.write_text(
        f"import pathlib, sys\npath = pathlib.Path(sys.argv[-1])\n{code}\n", encoding="utf-8"
    )
    return shlex.join([sys.executable, "-I", str(script)])


def replacing(old: str, new: str) -> str:
    return f"path.write_bytes(path.read_bytes().replace({old.encode()!r}, {new.encode()!r}))"


def edited(world: World, code: str, *words: str, **more: str) -> Ended:
    with StandIn() as api:
        ended = Person(
            world, *(words or ("edit",)), api=api, EDITOR=editor(world, code), VISUAL="", **more
        ).ends()
    assert api.calls == 0
    return ended


def test_an_edit_is_a_note_that_is_merged_without_a_call(ready: World) -> None:
    before = len(ready.notes)
    ended = edited(ready, replacing("- Short answers", NEW + "- Short answers"))
    assert ended.status == 0, ended.shown
    assert ended.lines[0] == "done."
    assert "  +1 ~0 -0" in ended.lines
    assert ready.body == MEMORY.replace("- Short answers", NEW + "- Short answers")
    assert len(ready.notes) == before + 1
    assert not ready.pending
    assert ready.status()["edited"] is False


def test_an_edit_says_what_went_and_that_a_constraint_is_out_of_force(ready: World) -> None:
    ended = edited(ready, replacing(CONSTRAINT, "") + ";" + replacing("in March", "in April"))
    assert ended.status == 0, ended.shown
    assert CONSTRAINT not in ready.body
    assert f"  gone: {CONSTRAINT.strip()}" in ended.lines
    assert any(line.startswith("constraint ") and "customer data" in line for line in ended.lines)
    assert "  was: - Move to Lisbon in March" in ended.lines
    assert "  now: - Move to Lisbon in April" in ended.lines
    ready.ok("undo")
    assert CONSTRAINT in ready.body


def test_what_claude_code_reads_has_the_edit_too_where_it_is_a_copy(world: World) -> None:
    world.init("--link", "copy")
    edited(world, replacing("## Standing preferences", "## Standing preferences\n\n" + NEW))
    assert NEW in world.target.read_text(encoding="utf-8")
    assert world.target.read_bytes() == world.memory.read_bytes()


def test_an_editor_that_changes_nothing_makes_no_note(ready: World) -> None:
    before = tree(ready.folder)
    ended = edited(ready, "pass")
    assert ended.status == 0, ended.shown
    assert ended.lines == ["no changes."]
    assert tree(ready.folder) == before


def test_an_editor_that_fails_and_changes_nothing_is_an_error(ready: World) -> None:
    ended = edited(ready, "sys.exit(3)")
    assert ended.status == 1, ended.shown
    assert "Error: the editor ended with status 3; nothing was changed" in ended.lines


def test_an_editor_that_fails_behind_a_line_below_the_footer_changed_something(
    ready: World,
) -> None:
    ended = edited(ready, f"path.write_bytes(path.read_bytes() + {NEW.encode()!r})\nsys.exit(3)")
    assert "nothing was changed" not in ended.plain
    assert ended.status == 0, ended.shown
    assert NEW in ready.body


def test_ctrl_c_is_the_editors_while_it_runs(ready: World) -> None:
    code = "try:\n    print('ready', flush=True); sys.stdin.read()\nexcept KeyboardInterrupt:\n    "
    words = editor(ready, code + replacing("in March", "in May"))
    person = Person(ready, "edit", EDITOR=words, VISUAL="")
    person.sees("ready")
    person.types(CTRL_C)
    ended = person.ends()
    assert ended.status == 0, ended.shown
    assert "in May" in ready.body
    assert not ready.pending


def test_visual_goes_before_editor(ready: World) -> None:
    visual = editor(ready, replacing("in March", "in June"), "visual")
    wrong = editor(ready, replacing("in March", "in July"))
    assert Person(ready, "edit", VISUAL=visual, EDITOR=wrong).ends().status == 0
    assert "in June" in ready.body


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"VISUAL": "", "EDITOR": ""}, "no editor"),
        ({"VISUAL": "", "EDITOR": "/no/such editor"}, "cannot be started"),
        ({"VISUAL": "", "EDITOR": "vi 'x"}, "open quote"),
    ],
)
@pytest.mark.parametrize("command", ["edit", "note"])
def test_without_a_usable_editor_it_says_what_to_type(
    ready: World, variables: dict[str, Any], words: str, command: str
) -> None:
    before = tree(ready.root)
    ended = Person(ready, command, PATH=str(ready.root), **variables).ends()
    assert ended.status == 1, ended.shown
    assert words in ended.lines[-2]
    assert ended.lines[-1] == "Try: export EDITOR=nano"
    assert {name for name in tree(ready.root) if name not in before} <= {
        str(path) for path in ready.state.glob("lock*")
    }


def test_without_a_terminal_edit_names_the_file(ready: World) -> None:
    told(ready.run("edit"), 1, "there is no terminal", str(ready.memory), "memsync refresh")


def test_a_note_can_be_written_in_the_editor(ready: World) -> None:
    seen = ready.root / "seen"
    code = f"import os; open({str(seen)!r}, 'w').write(oct(os.stat(path).st_mode & 0o777))\n"
    ended = edited(ready, code + "path.write_text('Prefer tea\\n\\nalways\\n')", "note")
    assert ended.status == 0, ended.shown
    assert "noted " in ended.plain
    assert list(ready.pending.values()) == ["Prefer tea\n\nalways\n"]
    assert seen.read_text(encoding="utf-8") == oct(stat.S_IRUSR | stat.S_IWUSR)
    assert list(ready.state.glob("note-*")) == []


@pytest.mark.parametrize(
    "code",
    [
        "pass",
        "path.write_text(' \\n')",
        "path.write_text('\\u3000\\u200b', 'utf-8')",
        "path.unlink()",
    ],
)
def test_an_empty_note_from_the_editor_captures_nothing(ready: World, code: str) -> None:
    ended = edited(ready, code, "note")
    assert ended.status == 1, ended.shown
    assert "nothing was captured" in ended.plain
    assert not ready.pending
    assert list(ready.state.glob("note-*")) == []


def test_what_was_written_stays_where_the_editor_failed(ready: World) -> None:
    ended = edited(ready, "path.write_text('Prefer tea'); sys.exit(1)", "note")
    assert ended.status == 1, ended.shown
    (draft,) = ready.state.glob("note-*.md")
    assert str(draft) in ended.lines[-1]
    assert draft.read_text(encoding="utf-8") == "Prefer tea"
    assert not ready.pending


@pytest.mark.parametrize("code", ["path.write_text('x' * 300_000)", "path.write_text('a\\0b')"])
def test_what_was_written_stays_where_it_is_no_note(ready: World, code: str) -> None:
    """And is named: nobody types 300 KB again."""
    ended = edited(ready, code, "note")
    assert ended.status == 1, ended.shown
    (draft,) = ready.state.glob("note-*.md")
    assert str(draft) in "".join(ended.lines), ended.shown


def test_before_init_a_written_note_waits_in_the_outbox(world: World) -> None:
    ended = edited(world, "path.write_text('Prefer tea')", "note")
    assert ended.status == 3, ended.shown
    assert list(world.outbox.values()) == ["Prefer tea"]
    assert list(Path(world.state).glob("note-*")) == []


def test_a_refresh_that_changed_the_memory_says_how_to_go_back_on_a_terminal_only(
    ready: World,
) -> None:
    with StandIn() as api:
        ended = Person(ready, "refresh", "-n", "Never deploy on Fridays", api=api).ends()
        assert ended.lines[-1] == "Wrong? memsync undo"
        assert "undo" not in "".join(ready.ok("refresh", "-n", "Prefer tea", api=api)[1:3])
    assert Person(ready, "refresh").ends().lines[-1] == "no changes."

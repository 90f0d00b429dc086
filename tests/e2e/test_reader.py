"""How `show` and `diff` are read at a terminal, and by a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.person import CTRL_C, Ended, Person
from tests.e2e.world import World

pytest.importorskip(
    "termios", reason="NOTHING IS READ AT A TERMINAL: this system has no pseudo-terminals"
)

LONG = "- a rule that is rather long and goes on behind the edge of a narrow terminal"
HIDDEN = "<!-- a comment -->"


class Narrow(Person):
    size = (12, 40)


@pytest.fixture
def ready(world: World) -> World:
    world.begin()
    world.edit("## Hard constraints\n", f"## Hard constraints\n\n{LONG}\n- see [it](x) {HIDDEN}\n")
    world.run("refresh")
    return world


def read(world: World, *words: str, **more: str) -> Ended:
    ended = Narrow(world, *words, api=None, **more).ends()
    assert ended.status == 0
    return ended


def keeps(folder: Path, reads: str = "cat") -> str:
    """A pager that keeps what it reads."""
    script = folder / "pager"
    script.write_text(f"{reads} > '{folder}/paged'\n")
    return f"/bin/sh '{script}'"


def test_long_lines_go_on_behind_their_margin_and_nothing_is_hidden(ready: World) -> None:
    shown = read(ready, "show")
    assert max(map(len, shown.plain.splitlines())) <= 40
    assert "- a rule that is rather long and goes\n  on behind the edge of" in shown.plain
    assert HIDDEN in " ".join(shown.plain.split())
    assert "(x)" in shown.plain
    assert "\x1b[1m## Hard constraints\x1b[0m" in shown.shown
    assert " ".join(shown.plain.split()) == " ".join(ready.ok("show").out.split())


@pytest.mark.parametrize("variable", ["PAGER", "MEMSYNC_PAGER"])
def test_what_is_longer_than_the_screen_goes_through_the_persons_pager(
    ready: World, tmp_path: Path, variable: str
) -> None:
    shown = read(ready, "show", **{variable: keeps(tmp_path)})
    assert shown.plain == ""
    paged = (tmp_path / "paged").read_text(encoding="utf-8")
    assert paged == read(ready, "show").shown.replace("\r", "")


def test_what_fits_needs_no_pager(ready: World, tmp_path: Path) -> None:
    ended = Person(ready, "show", PAGER=keeps(tmp_path)).ends()
    assert "## Hard constraints" in ended.plain
    assert not (tmp_path / "paged").exists()


@pytest.mark.parametrize("pager", ["", "no-such-pager", "an 'open quote"])
def test_without_a_pager_that_starts_it_is_all_shown(ready: World, pager: str) -> None:
    assert read(ready, "show", PAGER=pager).shown == read(ready, "show").shown


def test_a_pager_that_is_left_early_is_no_failure(ready: World, tmp_path: Path) -> None:
    assert read(ready, "show", PAGER=keeps(tmp_path, "head -c 1")).plain == ""


def test_ctrl_c_is_the_pagers(ready: World, tmp_path: Path) -> None:
    script = tmp_path / "pager"
    script.write_text(
        "trap 'echo caught; exit 0' INT\ncat > /dev/null\necho reading\n"
        "n=0; while [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done\n"
    )
    person = Narrow(ready, "show", PAGER=f"/bin/sh '{script}'")
    person.sees("reading")
    person.types(CTRL_C)
    ended = person.ends()
    assert ended.status == 0, ended.shown
    assert ended.lines[-1].endswith("caught")


def test_a_difference_is_paged_too(ready: World, tmp_path: Path) -> None:
    read(ready, "diff", PAGER=keeps(tmp_path))
    assert f"+{LONG}" in (tmp_path / "paged").read_text(encoding="utf-8")


# -- for a program -------------------------------------------------------------------------------


def test_json_of_show_and_diff(ready: World) -> None:
    shown = ready.ok("show", "--json").json
    assert shown["body"] == ready.ok("show").out
    assert shown["lines"] == shown["body"].count("\n")
    assert shown["revision"] == ready.status()["revision"]
    found = ready.ok("diff", "--json").json
    assert ready.ok("show", found["old"], "--json").json["revision"] == found["old"]
    assert found["new"] == "current"
    assert found["difference"] == ready.ok("diff").out.splitlines()


def test_json_of_a_memory_that_has_one_version_alone(world: World) -> None:
    world.init()
    assert world.ok("diff", "--json").json == {"old": None, "new": "current", "difference": []}


def test_json_of_the_settings(ready: World) -> None:
    ready.ok("config", "set", "api_key_command", "pass", "show", "anthropic")
    found = ready.ok("config", "--json").json
    assert found["settings"]["max_lines"] == 400
    assert found["settings"]["api_key_command"] == ["pass", "show", "anthropic"]
    assert found["bad"] == {}
    assert found["api_key"] == "MEMSYNC_API_KEY"
    assert ready.ok("config", "--json", "get", "max_lines").json == {"max_lines": 400}


def test_json_of_the_agents(ready: World) -> None:
    found = {row["name"]: row for row in ready.ok("connect", "--json").json["agents"]}
    assert set(found) == {"claude-code", "codex", "gemini", "copilot", "opencode"}
    assert found["claude-code"]["here"] is False
    assert found["claude-code"]["connected"] is None
    both = ready.run("connect", "codex", "--json")
    assert both.status == 2
    assert both.json["error"]["try"] == "memsync connect --json"

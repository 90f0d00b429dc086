"""The documents are literally true: what they show is run, what they list is compared with the
code.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from memsync import __version__, config
from memsync.commands.register import COMMANDS
from memsync.merge.models import KNOWN_DATE, price
from memsync.providers.registry import PROVIDERS
from memsync.system import errors
from tests import manual
from tests.e2e.world import World
from tests.field_bugs import classes, page
from tests.systems import linux_only
from tests.transcripts import ROOT, differs, run, steps

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (ROOT, ROOT / "docs", ROOT / "tests", ROOT / "benchmarks")
    for path in folder.glob("*.md")
)
FIRST_MINUTE = "docs/first-minute.md"
ON_LINUX = linux_only("the examples show Linux paths and a POSIX shell")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """A section of a document, up to the next heading of its level."""
    level = heading.split(" ")[0]
    shape = rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)"
    found = re.search(shape, text(name), re.MULTILINE | re.DOTALL)
    assert found is not None, f"{name} has no section {heading}"
    return found[1]


def rows(part: str) -> Iterator[list[str]]:
    """The rows of the tables in a text, without head and rule."""
    for table in re.findall(r"(?:^\|.*\n?)+", part, re.MULTILINE):
        for line in table.splitlines()[2:]:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


# -- what the documents show ---------------------------------------------------------------------


@ON_LINUX
@pytest.mark.parametrize("name", ["README.md", "COMMANDS.md", "docs/tour.md", FIRST_MINUTE])
def test_the_examples_show_what_really_comes(name: str, tmp_path: Path) -> None:
    wrong = [
        f"{name}:{step.first}: $ {step.command}\n" + "\n".join(came)
        for step, came, _ in run(text(name), tmp_path.resolve())
        if differs(step, came)
    ]
    assert wrong == [], "\n\n".join(wrong)


def test_the_first_minute_types_what_the_readme_says() -> None:
    blocks = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    lines = "".join(block[2] for block in blocks.finditer(text("README.md"))).splitlines()
    spans = code(blocks.sub("", text("README.md")))
    said = {as_told(words) for words in [*(line.partition("  #")[0] for line in lines), *spans]}
    page = text(FIRST_MINUTE)
    install = [block[2].rstrip() for block in blocks.finditer(page) if block[1] == "sh"]
    typed = [*install, *(step.command for step in steps(page) if not step.command[:4] == "sed ")]
    assert {as_told(words) for words in typed} - said == set()


def as_told(command: str) -> str:
    """A command without its own text in quotes, and without what goes in and out beside it."""
    command = re.split(r" [|<>] ", command.removeprefix("$ "))[0]
    return re.sub(r'"[^"]*"', '"..."', command).strip()


def test_every_command_is_shown_at_work() -> None:
    shown = {
        word
        for step in steps(text("COMMANDS.md"))
        for word in re.findall(r"memsync (\w+)", step.command)
    }
    # tests/e2e and .ci/run hold these.
    assert set(COMMANDS) - shown <= {"demo", "completion", "uninstall"}


def test_the_first_screen_has_both_commands_and_they_are_those_of_the_ci() -> None:
    screen = text("README.md").split("```")[1]
    demo, tests = screen.strip().splitlines()[1:]
    assert "pip install -q . && mkdir -p ~/.local/bin && ln -sf " in demo
    assert demo.endswith("&& ~/.memsync-env/bin/memsync demo")
    assert tests.endswith("python -m pytest -n 4 --dist worksteal")
    # It takes them from here
    assert all(f"readme_command {number}" in text(".ci/run") for number in (1, 2))


# -- what the documents list ---------------------------------------------------------------------


def arguments(command: str) -> set[str]:
    """What a parser takes: its option strings, and the names of its positionals."""
    parser = argparse.ArgumentParser(add_help=False)
    import_module(f"memsync.commands.{COMMANDS[command].module}").add_arguments(parser)
    found: set[str] = set()
    for action in parser._actions:
        names = (
            action.option_strings or [str(action.metavar)]
            if action.metavar or action.option_strings
            else []
        )
        found |= set(names or action.choices or ())
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented_and_no_other(command: str) -> None:
    part = section("COMMANDS.md", f"## memsync {command}").partition("Settings:")[0]
    named = {word for row in rows(part) for words in code(row[0]) for word in words.split(" ")[:1]}
    assert named == arguments(command)


def test_every_command_has_a_section_and_no_other() -> None:
    assert re.findall(r"^## memsync (\w+)$", text("COMMANDS.md"), re.MULTILINE) == list(COMMANDS)


def failures(
    of: type[errors.MemsyncError] = errors.MemsyncError,
) -> Iterator[type[errors.MemsyncError]]:
    yield of
    for child in of.__subclasses__():
        yield from failures(child)


def test_the_exit_statuses_are_those_of_the_errors() -> None:
    documented = [int(row[0]) for row in rows(section("COMMANDS.md", "## Exit status"))]
    real = {kind.status for kind in failures() if kind.__module__.startswith("memsync.")}
    assert documented == sorted({0} | real)


def test_the_settings_are_those_of_the_table_of_keys() -> None:
    part = section("COMMANDS.md", "## memsync config").partition("Settings:")[2]
    documented = [
        [cell.strip("`") if n != 1 else cell for n, cell in enumerate(row)] for row in rows(part)
    ]
    real = []
    for key in config.KEYS:
        kind = " or ".join(f"`{one}`" for one in key.choices) or key.type
        real.append([key.name, kind, "" if key.default is None else str(key.default), key.help])
    assert documented == real


def test_the_providers_are_those_of_the_registry() -> None:
    table = list(rows(section("README.md", "## Providers")))
    real = [(one.name, one.title, one.folder) for one in PROVIDERS]
    assert [(row[0].strip("`"), row[1], row[3].strip("`")) for row in table] == real


def test_the_prices_are_those_of_the_table() -> None:
    part = section("README.md", "## Keys and costs")
    assert KNOWN_DATE in part
    table = re.findall(r"(?:^\|.*\n?)+", part, re.MULTILINE)[0]
    models = [cell.strip() for cell in table.splitlines()[0].strip("|").split("|")][3:]
    for row in rows(part):
        sent, received = (int(cell.replace(",", "")) for cell in row[1:3])
        for model, cell in zip(models, row[3:], strict=True):
            dollars = price(model, sent, received)
            assert dollars is not None
            assert f"{dollars:.{len(cell) - 2}f}" == cell, (model, row)


def test_the_variables_are_those_that_are_read() -> None:
    documented = {
        name for row in rows(section("COMMANDS.md", "## Environment")) for name in code(row[0])
    }
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "memsync").rglob("*.py")
    )
    own = set(re.findall(r"\"(MEMSYNC_[A-Z_]+|CLAUDE_CONFIG_DIR)\"", source))
    assert own <= documented
    assert {name for name in documented if name.startswith("MEMSYNC_")} == {
        one for one in own if one[:8] == "MEMSYNC_"
    }
    for name in documented - {"NO_COLOR"}:  # rich reads it
        assert name in source, name


JSON = {
    "status": ["status", "--json"],
    "refresh": ["refresh", "--json"],
    "history": ["history", "--json"],
    "providers": ["providers", "--json"],
    "doctor": ["doctor", "--fix", "--json"],
    "show": ["show", "--json"],
    "diff": ["diff", "--json"],
    "config": ["config", "--json"],
    "connect": ["connect", "--json"],
}


def test_the_keys_of_json_are_documented_and_no_others(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.begin()
    lists = {"history": "versions", "providers": "providers", "doctor": "findings"}
    for command, words in JSON.items():
        came = world.ok(*words).json
        part = section("COMMANDS.md", f"### {command} --json").partition("With LINE")[0]
        documented = {key: row[1] for row in rows(part) for key in code(row[0])}
        assert set(documented) == set(came), command
        if command in lists:
            entries = set(code(documented[lists[command]])) - {"problem", "warning", "info"}
            assert entries == set(came[lists[command]][0]), command
    line = world.ok("history", "--json", "Never push").json
    part = section("COMMANDS.md", "### history --json").partition("With LINE")[2]
    assert {key for row in rows(part) for key in code(row[0])} == set(line)
    assert set(line["notes"][0]) == set(code(list(rows(part))[1][1]))


# -- what the documents name ---------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_a_file_or_heading_that_is_there(name: str) -> None:
    for link in re.findall(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)", text(name)):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        there = (ROOT / name).parent / file if file else ROOT / name
        assert there.exists(), f"{name}: {link}"
        if anchor:
            assert anchor in anchors(there.read_text(encoding="utf-8")), f"{name}: {link}"


def anchors(page: str) -> set[str]:
    """The names that headings get as anchors: lower case, spaces as dashes, signs left out."""
    titles = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_named_is_there(name: str) -> None:
    folders = r"(?:memsync|tests|benchmarks|docs|\.github|\.ci)"
    shape = rf"(?<![\w/<>~.-])({folders}/[\w./-]*\w|[A-Z]{{4,}}\.md)"
    found = set(re.findall(shape, text(name))) - {"CLAUDE.md", "MEMORY.md", "AGENTS.md", "SKILL.md"}
    missing = {file for file in found if "NAME" not in file and not (ROOT / file).exists()}
    assert missing == set()


def test_every_room_is_in_the_tree_of_the_architecture_and_no_other() -> None:
    tree = section("ARCHITECTURE.md", "## The tree").split("```")[1]
    rows = re.findall(r"^ +([\w/]+(?:\.py|/)) ", tree, re.MULTILINE)
    package = ROOT / "memsync"
    files = {path.name for path in package.glob("*.py")} - {"__init__.py", "__main__.py"}
    folders = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    assert files | folders <= set(rows)
    for row in rows:
        assert [*package.rglob(row.rstrip("/"))], row
    for name in re.findall(r"([\w]+)/", tree):
        assert [*package.rglob(name)] or name == "memsync", name


@pytest.mark.parametrize("name", ["PITFALLS.md", "docs/decisions.md"])
def test_every_test_that_a_document_names_exists(name: str) -> None:
    named = set(re.findall(r"(tests/[\w/]+\.py)::(\w+)", text(name)))
    assert len(named) > 30
    assert {test for test in named if not defined(*test)} == set()


def defined(file: str, test: str) -> bool:
    """Whether a file of tests has this one."""
    source = (ROOT / file).read_text(encoding="utf-8")
    return re.search(rf"^(?:async )?def {test}\(", source, re.MULTILINE) is not None


def test_every_pitfall_and_every_decision_has_its_test() -> None:
    rules = text("PITFALLS.md").partition("## The prompt")
    after = rules[2].partition("## Folders")[2]
    for part in re.split(r"\n(?=\*\*)", f"{rules[0]}\n{after}")[1:]:
        assert "::test_" in part, part
    for part in re.split(r"\n(?=\*\*)", text("docs/decisions.md"))[1:]:
        assert "Because " in part, part
        assert "::test_" in part, part


def test_every_class_of_bugs_of_this_field_is_held() -> None:
    known = classes()
    wanted = [f"B{n}" for n in range(1, 23)] + [f"S{n}" for n in range(1, 9)]
    wanted += [f"C{n}" for n in range(1, 4)] + [f"U{n}" for n in range(1, 15)]
    assert [bug.id for bug in known] == wanted
    assert [bug.id for bug in known if not bug.tests and not bug.why.startswith("cannot: ")] == []
    tests = [test.split("::") for bug in known for test in bug.tests]
    assert [test for test in tests if not defined(*test)] == []


def test_the_table_of_bugs_is_that_of_the_list() -> None:
    assert page() == text("tests/README.md"), "python -m tests.field_bugs"


def test_the_prompt_stands_in_the_pitfalls_line_by_line() -> None:
    from memsync.merge.prompt import SYSTEM_PROMPT

    part = section("PITFALLS.md", "## The prompt, line by line")
    quoted = "\n".join(code(part))
    assert [
        line for line in SYSTEM_PROMPT.splitlines() if line.strip() and line.strip() not in quoted
    ] == []


def test_the_manual_page_is_that_of_the_parsers() -> None:
    assert manual.PAGE.read_text(encoding="utf-8") == manual.page(), "python -m tests.manual"
    assert manual.undocumented() == set()


def test_the_changelog_knows_this_version() -> None:
    assert re.search(rf"^## \[.*{re.escape(__version__)}", text("CHANGELOG.md"), re.MULTILINE)

"""doctor where a folder may not be read at all: it says which and what opens it, also as
`--json`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.test_permissions import Nobody, nobody, pytestmark
from tests.e2e.world import tree

__all__ = ["nobody", "pytestmark"]


def folder_of(world: Nobody, which: str) -> Path:
    """The folder, or the one above it."""
    return {
        "state": world.state,
        "above the state": world.state.parent,
        "record": next(path for path in world.state.iterdir() if len(path.name) == 12),
        "config": world.config,
        "claude": world.target.parent,
    }[which]


@pytest.mark.parametrize("which", ["state", "above the state", "record", "config", "claude"])
def test_a_folder_that_may_not_be_read_is_one_finding_with_what_opens_it(
    nobody: Nobody, which: str
) -> None:
    shut = folder_of(nobody, which)
    mode = shut.stat().st_mode
    before = tree(nobody.root)
    shut.chmod(0)
    done = nobody.run("doctor", "--json")
    told = nobody.run("doctor")
    shut.chmod(mode)
    assert tree(nobody.root) == before
    rows = json.loads(done.out)["findings"]
    about = [row for row in rows if str(shut) in row["what"] and row["level"] == "problem"]
    assert [(row["what"], row["fix"]) for row in about if row["fix"] == f"chmod u+rwx {shut}"], rows
    assert len(about) == 1, rows
    assert all(row["fix"] for row in rows)
    assert (done.status, told.status) == (1, 1)
    assert f"  fix: chmod u+rwx {shut}\n" in told.out
    assert "the system said no" not in told.out + told.err
    assert nobody.ok("doctor").status == 0


@pytest.mark.parametrize("which", ["state", "above the state", "record"])
def test_fix_says_what_it_could_not_open_and_then_what_opens_it(nobody: Nobody, which: str) -> None:
    shut = folder_of(nobody, which)
    mode = shut.stat().st_mode
    shut.chmod(0)
    done = nobody.run("doctor", "--fix")
    rows = json.loads(nobody.run("doctor", "--fix", "--json").out)
    shut.chmod(mode)
    assert done.status == 1
    assert done.out.startswith("Not fixed: cannot open the lock ")
    assert f"  fix: chmod u+rwx {shut}\n" in done.out
    assert done.err == ""
    assert rows["fixed"][0].startswith("not fixed: cannot open the lock ")
    assert nobody.ok("doctor", "--fix").status == 0


def test_settings_that_may_not_be_read_are_not_to_be_removed(nobody: Nobody) -> None:
    path = nobody.config / "config.toml"
    path.chmod(0)
    assert f"  fix: chmod u+rw {path}\n" in nobody.run("doctor").out


def test_an_import_of_a_file_in_a_folder_that_may_not_be_read_ends_nothing(nobody: Nobody) -> None:
    shut = nobody.home / "shut"
    shut.mkdir(mode=0)
    nobody.edit(
        "- Short answers, code first\n", f"- Short answers, code first\n- see @{shut}/a.md\n"
    )
    done = nobody.ok("doctor")
    assert f"the memory imports @{shut}/a.md" in done.out

"""The mistakes of docs/mistakes.md, typed: what is answered, what is not touched, and that what to
type then goes on.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from tests.e2e.mistakes import LIST, PAGE, WHEN, Came, Desk, Mistake, mistakes, page, shown
from tests.e2e.world import KEY, tree
from tests.standin import StandIn
from tests.systems import linux_only
from tests.transcripts import HOME

ALL = mistakes()
LOCK = ".local/state/memsync/*/lock"  # it stays when nobody holds it
Tried = dict[tuple[str, ...], Came]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Where the mistakes are made."""
    with StandIn(when=WHEN, seconds=1200) as api:
        yield Desk(tmp_path_factory.mktemp("desk"), api)


@pytest.fixture(scope="module")
def tried() -> Tried:
    """What came of what was typed then: where the mistake changed nothing, once is enough."""
    return {}


@linux_only("the page shows Linux paths and a POSIX shell")
@pytest.mark.parametrize("mistake", ALL, ids=lambda one: one.name)
def test_a_mistake_is_answered_and_what_to_type_then_goes_on(
    desk: Desk, tried: Tried, mistake: Mistake
) -> None:
    if mistake.run == "root" and os.getuid() != 0:
        pytest.skip("NOT TESTED: this mistake takes root")
    desk.put_right(mistake.on)
    desk.types(mistake.before or "true", run=mistake.run)
    before = tree(desk.home)
    came = desk.makes(mistake)
    assert (came.status, shown(mistake, came)) == (mistake.status, mistake.answered)
    is_told_in_two_lines(mistake, came)
    after = tree(desk.home)
    touched = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert [name for name in touched if not may_change(desk, mistake, name)] == []
    assert before.keys() <= after.keys(), "nothing is lost"
    key = (mistake.on, mistake.before, mistake.then, str(mistake.then_at), mistake.run)
    then = tried.get(key) if before == after else None
    then = then or desk.goes_on(mistake)
    if before == after:
        tried[key] = then
    assert then.status == mistake.then_status, then
    assert mistake.shows in then.shown
    for one in (came, then):
        assert "Traceback" not in one.shown
        assert KEY not in one.shown


def may_change(desk: Desk, mistake: Mistake, name: str) -> bool:
    shapes = (LOCK, *mistake.writes)
    return any(fnmatch(name, f"{desk.home}/{shape}") for shape in shapes)


def is_told_in_two_lines(mistake: Mistake, came: Came) -> None:
    """What happened and what to type; and the page types one of the commands that this names."""
    lines = came.shown.splitlines()
    first = [line for line in lines if line.startswith(("Error: ", "No: "))]
    second = [line for line in lines if line.startswith(("Try: ", "Next: "))]
    assert len(first) == len(second) == (mistake.status != 0 and mistake.typed != "memsync")
    if not second:
        return
    assert lines.index(second[0]) == lines.index(first[0]) + 1
    named = re.findall(r"memsync(?: [^\s,;()]+)+", second[0].partition(": ")[2])
    typed = re.findall(r"memsync(?: .+)?", mistake.then)
    if named:
        assert any(means(hint, line) for hint in named for line in typed), (second[0], typed)


def means(hint: str, line: str) -> bool:
    """Whether a line is what a hint says to type: NAME and "a text" stand for anything."""
    wanted = shlex.split(re.sub(r'"[^"]*"', "TEXT", hint).replace("~", HOME))
    given = shlex.split(line.replace("~", HOME))
    return len(given) >= len(wanted) and all(
        one.strip(".").isupper() or one in ("...", "<id>") or other in one.split("|")
        for one, other in zip(wanted, given, strict=False)
    )


def test_the_page_is_that_of_the_list() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.e2e.mistakes"
    assert len(ALL) >= 40
    assert len({one.name for one in ALL}) == len(ALL), f"two mistakes of one name in {LIST.name}"

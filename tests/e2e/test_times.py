"""Times in lists: of this machine, with its zone, where a person reads them; stable on a pipe."""

from __future__ import annotations

import re

import pytest

from tests.e2e.person import Person
from tests.e2e.world import World

pytest.importorskip("termios", reason="this system has no pseudo-terminals")

ZONE = "XST-05:30"  # five and a half hours before UTC
PIPED = re.compile(r"\d{4}-\d\d-\d\d (\d\d):(\d\d)(?! XST)")
SHOWN = re.compile(r"\d{4}-\d\d-\d\d (\d\d):(\d\d) XST")


def minutes(found: re.Match[str]) -> int:
    return int(found[1]) * 60 + int(found[2])


def test_history_and_notes_tell_the_zone_of_their_times_on_a_terminal(ready: World) -> None:
    ready.ok("note", "Prefer tabs.")
    piped = PIPED.search(ready.ok("history", TZ=ZONE).out)
    assert piped is not None
    times = []
    for command in ("history", "notes"):
        ended = Person(ready, command, TZ=ZONE).ends()
        assert ended.status == 0, ended.shown
        found = SHOWN.search(ended.plain)
        assert found is not None, ended.shown
        assert PIPED.search(ended.plain) is None, ended.shown
        times.append(minutes(found))
    assert (times[0] - minutes(piped)) % (24 * 60) == 5 * 60 + 30
    # The memory was made earlier in the run, the note just now
    assert (times[1] - times[0]) % (24 * 60) < 120
    assert "XST" not in ready.ok("notes", TZ=ZONE).out

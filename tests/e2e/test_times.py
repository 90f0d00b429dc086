"""Times in lists: of this machine, with its zone, where a person reads them; stable on a pipe."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.e2e.person import Person
from tests.e2e.world import World
from tests.standin import StandIn

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


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-99-99"])
@pytest.mark.parametrize("zone", [ZONE, "XST05:30"])
def test_a_note_of_any_time_is_listed(ready: World, day: str, zone: str) -> None:
    """Its name says when it was taken, and anybody may name a file of the cloud folder."""
    hour = "235959" if day > "9" else "000000"
    note = f"memsync-note: 1\nkind: note\ntime: {day}T00:00:00Z\nhost: far\nsource: text\n"
    data = f"{note}nonce: 00\n---\nPrefer tea.".encode()
    found = hashlib.sha256(data).hexdigest()[:12]
    path = ready.folder / "sessions" / day / f"{hour}-{found}.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    listed = f"{found}.*Prefer tea"
    assert re.search(listed, ready.ok("notes", TZ=zone).out)
    assert "Prefer tea." in ready.ok("notes", found, TZ=zone).out
    shown = Person(ready, "notes", TZ=zone).ends()
    assert re.search(listed, shown.plain), shown.shown
    assert Person(ready, "status", TZ=zone).ends().status == 0


def test_a_backup_whose_name_holds_no_time_is_in_nobodys_way(ready: World) -> None:
    stood = ready.memory.read_bytes()
    ready.ok("note", "Prefer tea.")
    for stamp in ("99999999_999999", "99991231_235959"):
        (ready.folder / "backups" / f"GLOBAL_MEMORY_{stamp}_{rev(ready)}.md").write_bytes(stood)
        for command in ("status", "history"):
            ended = Person(ready, command, TZ=ZONE).ends()
            assert ended.status == 0, ended.shown
            assert rev(ready) in ended.plain
    with StandIn() as api:
        ready.ok("refresh", api=api)
    assert Person(ready, "status", TZ=ZONE).ends().status == 0


def rev(world: World) -> str:
    """The revision of the memory."""
    revision: str = world.status()["revision"]
    return revision

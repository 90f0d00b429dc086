"""What is to be looked at stands for a week, as long as it is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from memsync.memory.noticed import DAYS, FILE, MOST, added, keep, standing
from memsync.memory.text.warnings import Warning
from memsync.system.disk import RealDisk
from memsync.system.errors import LocalError

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
FOUND = (
    Warning("permission", 3, "- never ask before sudo"),
    Warning("constraint gone", 0, "- Never push to main"),
)
BODY = "# Memory\n\n- Tea\n- never ask before sudo\n"


def test_it_stands_for_a_week_at_the_line_where_it_is(tmp_path: Path) -> None:
    state = RealDisk(tmp_path, LocalError)
    assert standing(state, BODY, NOW) == []
    keep(state, FOUND, NOW)
    stands = [
        Warning("permission", 4, "- never ask before sudo"),
        Warning("constraint gone", 0, "- Never push to main"),
    ]
    assert standing(state, BODY, NOW) == stands
    assert standing(state, BODY, NOW + timedelta(days=DAYS)) == stands
    assert standing(state, BODY, NOW + timedelta(days=DAYS + 1)) == []
    assert standing(state, "- Never push to main\n", NOW) == []


def test_what_became_of_a_constraint_stands_until_it_is_as_it_was(tmp_path: Path) -> None:
    state = RealDisk(tmp_path, LocalError)
    found = Warning("constraint out of force", 0, "- a"), Warning("now a constraint", 7, "- b")
    keep(state, found, NOW)
    apart = "# M\n\n- a\n\n## Constraints\n\n- b\n"
    assert standing(state, apart, NOW) == list(found)
    assert standing(state, "# M\n\n- b\n\n## Constraints\n\n- a\n", NOW) == []


def test_the_same_again_is_on_record_once_and_old_rows_leave() -> None:
    once = added(None, FOUND, NOW)
    assert added(once, FOUND, NOW) == once
    assert added(once, (), NOW + timedelta(days=DAYS + 1)) == b""
    many = [Warning("image", 1, f"![{number}](x)") for number in range(MOST + 5)]
    assert len(added(None, many, NOW).splitlines()) == MOST


def test_a_record_that_is_damaged_says_nothing(tmp_path: Path) -> None:
    state = RealDisk(tmp_path, LocalError)
    for data in (b"\xff\x00\t\t\t", b"2026-11-29\tno kind\t- Tea\n", b"x", b"9\tpermission\n"):
        (tmp_path / FILE).write_bytes(data)
        assert standing(state, BODY, NOW) == []
        keep(state, FOUND, NOW)
        assert len(standing(state, BODY, NOW)) == len(FOUND)

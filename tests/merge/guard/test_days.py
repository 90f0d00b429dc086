"""The day a note was taken is told to Claude in the frame, so Claude may write it."""

from __future__ import annotations

import pytest

from memsync.merge.guard.verdict import judge
from tests.merge.guard.memory import OLD, edit

DAY = "2026-11-22"
NOTE = "Moved the hen house behind the barn today"
LINE = "- The hen house stands behind the barn (moved {})"


def _with(line: str) -> str:
    return edit(("- The kettle", f"{line}\n- The kettle"))


@pytest.mark.parametrize(
    "written", [DAY, "2026-11", "22.11.2026", "11/22/2026", "22/11/2026", f"since {DAY}"]
)
def test_a_note_s_own_day_may_stand_behind_what_it_says(written: str) -> None:
    reply = _with(LINE.format(written))
    assert judge(OLD, reply, [NOTE]).kind == "ask"
    found = judge(OLD, reply, [NOTE], days=[DAY])
    assert (found.kind, found.body) == ("accept", reply)


@pytest.mark.parametrize("written", ["2026-11-23", "2025-11-22", "2026-12", "on day 22", "11:22"])
def test_another_day_is_nobody_s(written: str) -> None:
    assert judge(OLD, _with(LINE.format(written)), [NOTE], days=[DAY]).kind == "ask"


def test_the_day_of_a_note_takes_no_figure_s_place() -> None:
    old = "# M\n\n- The roof of the barn is due on 2026-12-01\n- Eats no meat\n"
    reply = old.replace("2026-12-01", DAY)
    found = judge(old, reply, ["Looked at the roof of the barn today"], days=[DAY])
    assert found.kind == "ask"
    assert f'"{DAY}", which nobody said' in found.reasons[-1]

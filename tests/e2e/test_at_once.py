"""Many refreshes at the same time on one machine.

How long they took is printed: 15 s on two idle cores is the aim.
"""

from __future__ import annotations

import os
import time

from tests.e2e.world import World
from tests.standin import StandIn
from tests.uncounted import counting_nothing

COUNT = 50


def test_fifty_refreshes_at_once_merge_every_note_once(ready: World) -> None:
    notes = [f"fact number {number} of fifty" for number in range(COUNT)]
    with StandIn(delay=0.05) as api:
        begin, worked = time.monotonic(), _seconds_of_work()
        with counting_nothing():  # coverage would cost more than they do
            running = [ready.start("refresh", "-n", note, api=api) for note in notes]
        ended = [one.end() for one in running]
        seconds, worked = time.monotonic() - begin, _seconds_of_work() - worked
    figures = f"{seconds:.1f} s, {worked:.1f} s of processor time, {api.calls} calls"
    print(f"{COUNT} refreshes at once: {figures}")
    assert [one.status for one in ended] == [0] * COUNT, [one.err for one in ended if one.status]
    lines = ready.body.splitlines()
    assert [note for note in notes if lines.count(f"- {note}") != 1] == []
    assert api.calls <= 10
    assert sorted(note for call in api.notes for note in call) == sorted(notes)
    assert not ready.pending
    assert ready.memory.read_bytes() in ready.backups.values()


def _seconds_of_work() -> float:
    """The processor time of all commands that have ended: unlike the clock's, it holds on a busy
    machine too.
    """
    times = os.times()
    return times.children_user + times.children_system

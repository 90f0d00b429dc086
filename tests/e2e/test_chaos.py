"""Many commands, half of them killed: what was acknowledged is there, once and whole."""

from __future__ import annotations

import random
import time

from memsync.memory.text.notes import parse
from tests.e2e.world import World
from tests.systems import posix_only
from tests.uncounted import counting_nothing

pytestmark = posix_only("a process that was killed is told from one that failed by its signal")

COUNT = 150
AT_ONCE = 15


def test_of_150_notes_half_of_them_killed_every_acknowledged_one_is_there_once(
    ready: World,
) -> None:
    chance = random.Random(20261122)
    # Seconds in which they are killed; made to fit, for nobody knows how busy this machine is
    window = 2.0
    told: dict[str, str] = {}
    killed = 0
    for first in range(0, COUNT, AT_ONCE):
        texts = [
            f"fact {number}: {'word ' * 3000}end of {number}"
            for number in range(first, first + AT_ONCE)
        ]
        # Half of them are killed before coverage could write, and others count these lines
        with counting_nothing():
            running = [(text, ready.start("note", stdin=text.encode())) for text in texts]
        begin = time.monotonic()
        moments = sorted(chance.uniform(0.1, 1.0) * window for _ in running[::2])
        hit = 0
        for delay, (_, one) in zip(moments, running[::2], strict=True):
            time.sleep(max(0.0, begin + delay - time.monotonic()))
            one.process.kill()
        for text, one in running:
            ended = one.end()
            hit += ended.status < 0
            if ended.out.startswith("noted ") and ended.out.endswith("\n"):
                told[ended.out.split()[1]] = text
        killed += hit
        window *= 0.5 if hit < len(moments) / 3 else 1.5 if hit > len(moments) * 2 / 3 else 1
    files = sorted(ready.folder.glob("sessions/*/*.md"))
    whole = [
        note for path in files if (note := parse(path.read_bytes(), path.stem[-12:])) is not None
    ]
    print(f"{COUNT} notes, {killed} killed, {len(told)} acknowledged")
    assert len(whole) == len(files), "a torn note file"
    by_id = {note.id: note.text for note in whole}
    assert {one: by_id.get(one) for one in told} == told
    all_texts = [note.text for note in whole]
    assert [text for text in told.values() if all_texts.count(text) != 1] == []
    assert not ready.outbox
    assert killed >= COUNT // 10, "hardly any was killed in time: nothing was tested"
    assert len(told) >= COUNT - killed
    assert ready.status()["pending"] == len([note for note in whole if note.id not in ready.merged])

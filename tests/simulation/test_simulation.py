"""The property of design.md section 2, in as many schedules as there is time for.

1,000 schedules; SIMULATION_RUNS=20000 runs that many instead, and
`python -m tests.simulation RUNS SEED` does so without pytest. SIMULATION_SEED is the first seed
(0). A failing seed is printed with its schedule, made as short as it can be.
"""

from __future__ import annotations

import os
import time

from tests.simulation.cloud import Client, Server
from tests.simulation.many import run_many, told
from tests.simulation.schedules import run, schedule

RUNS = 1000


def test_nothing_is_ever_lost() -> None:
    first = int(os.environ.get("SIMULATION_SEED", "0"))
    runs = int(os.environ.get("SIMULATION_RUNS", RUNS))
    began = time.monotonic()
    found = run_many(first, runs)
    assert not found.failed, told(found, time.monotonic() - began)
    assert found.schedules == runs


def test_a_schedule_runs_the_same_way_twice() -> None:
    for seed in range(3):
        assert run(schedule(seed)) == run(schedule(seed))


def test_a_file_that_is_cut_twice_on_its_way_comes_whole_in_the_end() -> None:
    """The service has it: the second cut is no smaller file."""
    client = Client(Server(), {"a.md": b"the whole file"}, set(), "M0", "Dropbox")
    client.sync(client.known())
    client.cut("a.md", 9)
    client.cut("a.md", 3)
    assert client.files["a.md"] == b"the"
    client.heal()
    assert client.files["a.md"] == b"the whole file"

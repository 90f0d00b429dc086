"""The same world, driven by hypothesis: what fails here shrinks to the fewest steps."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.simulation.cloud import CONFLICT_NAMES
from tests.simulation.faults import FAULTS
from tests.simulation.people import EDITS
from tests.simulation.rest import settle, violations
from tests.simulation.texts import BEGINNINGS
from tests.simulation.world import Start, Step, World

EXAMPLES = int(os.environ.get("SIMULATION_EXAMPLES", "60"))

machines = st.integers(0, 4)
salts = st.integers(0, 2**16)


class Worlds(RuleBasedStateMachine):
    """Rules are what may happen; the property is looked at when the world has come to rest."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @initialize(
        count=st.integers(2, 4),
        body=st.sampled_from(BEGINNINGS),
        vendor=st.sampled_from(sorted(CONFLICT_NAMES)),
        copies=st.booleans(),
    )
    def begin(self, count: int, body: str, vendor: str, copies: bool) -> None:
        self.world = World(Start(1, count, body, vendor, copies))

    def do(self, action: str, machine: int, salt: int) -> None:
        assert self.world is not None
        self.world.do(Step(action, machine, salt))

    @rule(machine=machines, salt=salts)
    def note(self, machine: int, salt: int) -> None:
        self.do("note", machine, salt)

    @rule(machine=machines, salt=salts, how=st.sampled_from(["calm", "", "odd"]))
    def refresh(self, machine: int, salt: int, how: str) -> None:
        self.do(f"refresh:{how}", machine, salt)

    @rule(
        machine=machines,
        salt=salts,
        kind=st.sampled_from(EDITS),
        where=st.sampled_from(["edit", "edit copy"]),
    )
    def edit(self, machine: int, salt: int, kind: str, where: str) -> None:
        self.do(f"{where}:{kind}", machine, salt)

    @rule(machine=machines, salt=salts, how=st.sampled_from(["sync all", "sync"]))
    def sync(self, machine: int, salt: int, how: str) -> None:
        self.do(how, machine, salt)

    @rule(
        machine=machines,
        salt=salts,
        how=st.sampled_from(["undo", "restore", "forget", "wait", "return"]),
    )
    def go_back(self, machine: int, salt: int, how: str) -> None:
        self.do(how, machine, salt)

    @rule(machine=machines, salt=salts, kind=st.sampled_from([*FAULTS, "clone"]))
    def fault(self, machine: int, salt: int, kind: str) -> None:
        self.do(f"fault:{kind}", machine, salt)

    def teardown(self) -> None:
        if self.world is not None:
            assert settle(self.world), "\n".join(self.world.log)
            assert not violations(self.world), "\n".join([*self.world.log, *violations(self.world)])


def test_every_world_comes_to_rest_with_nothing_lost() -> None:
    run_state_machine_as_test(
        Worlds,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )

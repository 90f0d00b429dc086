"""`python -m tests.simulation RUNS SEED`: run that many schedules on all cores; failing ones are
printed, shrunk.

With `--first` as third word it stops at the first failure, on one core, and says only which it is.
"""

from __future__ import annotations

import sys
import time

from tests.simulation.many import one, run_many, told


def main(runs: int, first: int, *, only_first: bool) -> int:
    """Run the schedules `first`, `first + 1`, ...; 1 when one of them fails."""
    if only_first:
        wrong = next(
            (seen for seed in range(first, first + runs) if (seen := one(seed)).wrong), None
        )
        sys.stdout.write(f"{wrong}\n")
        return 1 if wrong else 0
    began = time.monotonic()
    found = run_many(first, runs)
    sys.stdout.write(told(found, time.monotonic() - began))
    return 1 if found.failed else 0


if __name__ == "__main__":
    runs, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    sys.exit(main(runs, seed, only_first="--first" in sys.argv))

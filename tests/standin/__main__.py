"""`python -m tests.standin [--seconds N] [SCENARIO...]`: serve, the address on stdout."""

from __future__ import annotations

import argparse
import sys
import time

from tests.standin import SCENARIOS, StandIn

parser = argparse.ArgumentParser(prog="python -m tests.standin")
parser.add_argument("--seconds", type=float, default=600)
parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
args = parser.parse_args()
with StandIn(*args.scenario, seconds=args.seconds) as api:
    sys.stdout.write(api.url + "\n")
    sys.stdout.flush()
    time.sleep(args.seconds)

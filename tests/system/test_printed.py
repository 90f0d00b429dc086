"""What a program prints, up to a bound: it is ended there, whatever it would do then."""

from __future__ import annotations

import os
import sys

from memsync.system.printed import printed

SLEEPS = "import os, time; os.write(1, b'y' * 2000); time.sleep(60)"


def test_a_program_that_prints_too_much_is_ended_though_it_prints_no_more() -> None:
    done = printed([sys.executable, "-c", SLEEPS], os.environ, seconds=20, most=1000)
    assert done.status != 0
    assert done.out == b"y" * 1001

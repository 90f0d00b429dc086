"""An environment whose Python starts count no coverage: where hundreds of them run lines that
others count already.

It costs more than such a command does itself, and its own file is hit by whatever a test does to
the disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

COUNTING: Final = "COVERAGE_PROCESS_"
COUNTING_WITH: Final = "COVERAGE_PROCESS_START"  # a file of coverage's settings


def uncounted(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what makes coverage begin."""
    return {name: value for name, value in environment.items() if not name.startswith(COUNTING)}


@contextmanager
def counting_nothing() -> Iterator[None]:
    """What starts within, and inherits the environment of this process, counts nothing."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(COUNTING)}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)

"""`memsync undo`: go back to the version that this one came from, and again to the one before."""

from __future__ import annotations

import argparse

from memsync import sync
from memsync.commands.common import tell_change, tell_failure, tell_way_back, writing
from memsync.config import Config
from memsync.memory.text.document import parse
from memsync.providers.resolve import Place
from memsync.steps.writes import Undo
from memsync.system import terminal

EXAMPLE = "memsync undo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def cmd_undo(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Undo the last change of the memory; the merged set stays."""
    with writing(config, provider) as (work, job):
        run = sync.run(job, Undo())
    terminal.out(f"back to {run.goal}.")
    tell_change(work, run, config.machine)
    tell_way_back(run)
    terminal.out(f"  Revision:  {parse(run.raw or b'').rev}")
    tell_failure(run)
    return 0

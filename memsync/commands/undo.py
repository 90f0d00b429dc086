"""`memsync undo`: go back to the version that this one came from, and again to the one before."""

from __future__ import annotations

import argparse

from memsync.commands.common import tell_change, tell_failure, writing
from memsync.config import Config
from memsync.memory.text.document import parse
from memsync.providers.resolve import Place
from memsync.steps import restore as history
from memsync.steps.job import Outcome
from memsync.system import terminal

EXAMPLE = "memsync undo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def cmd_undo(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Undo the last change of the memory; the merged set stays."""
    with writing(config, provider) as (work, job):
        outcome = Outcome()
        target = history.undo(job, outcome)
        left = history.left_behind(work.store, outcome)
    terminal.out(f"back to {target.name}.")
    tell_change(work, outcome)
    if left:
        terminal.out(f"  to bring it back: memsync restore {left}")
    assert outcome.raw is not None
    terminal.out(f"  Revision:  {parse(outcome.raw).rev}")
    tell_failure(outcome)
    return 0

"""A machine that is put right before each test, from copies of its folders:

`init` costs more than a copy.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from tests.e2e.world import World

FOLDERS = ("home", "cloud")


class Shelf(NamedTuple):
    """A machine, and where its folders were kept.

    It stands at one place always, for its settings name that place.
    """

    world: World
    good: Path

    def put_right(self) -> World:
        """The machine as it was when it was kept."""
        shutil.rmtree(self.world.root, ignore_errors=True)
        shutil.copytree(self.good, self.world.root, symlinks=True)
        return self.world


def keep(world: World, good: Path) -> Shelf:
    """Keep a machine as it is."""
    for name in FOLDERS:
        shutil.copytree(world.root / name, good / name, symlinks=True)
    return Shelf(world, good)

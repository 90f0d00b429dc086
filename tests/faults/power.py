"""Power cuts: what a disk held at the moment, and nothing that the system still had in memory.

    python -m tests.faults.power [ext4|xfs] [POINTS]     # as root, where loop mounts are allowed;
    20 points of each

Each command runs on a file system in an image, is killed before a call that changes a file, and the
image is copied while it is mounted and not yet written out. The copy is the disk after the cut: it
is mounted in the place of the first, its journal is played back, and the same must hold as after a
kill (facts, reliability.md 7). ext4 is mounted without its kindness to programs that forget fsync
(noauto_da_alloc). Not a test of CI: few machines there allow mounts.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.faults import harness
from tests.faults.harness import Box, Done
from tests.faults.test_faults import CASES, Case, runs_again

SIZE: Final = {"ext4": 32, "xfs": 320}  # MiB; xfs makes no smaller ones
OPTIONS: Final = {"ext4": "loop,noauto_da_alloc", "xfs": "loop,nouuid"}
MAKE: Final = {"ext4": ["mkfs.ext4", "-qF"], "xfs": ["mkfs.xfs", "-qf"]}


class Card:
    """A disk in a file, always mounted at the same place."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.place = folder / "m"
        self.image, self.base, self.cut = folder / "image", folder / "base", folder / "cut"
        self.place.mkdir()

    def make(self) -> None:
        """An empty file system."""
        with self.base.open("wb") as file:
            file.truncate(SIZE[self.kind] << 20)
        _do(*MAKE[self.kind], str(self.base))

    @contextmanager
    def mounted(self, image: Path) -> Iterator[None]:
        """A mounted image; whatever it had not written is written when it is left."""
        _do("mount", "-o", OPTIONS[self.kind], str(image), str(self.place))
        try:
            yield
        finally:
            _do("umount", str(self.place))


def _do(*words: str) -> None:
    subprocess.run(words, check=True)


def prepared(card: Card, case: Case) -> tuple[Case, Done]:
    """The case's state on the base image, and one unharmed run of it on a copy."""
    card.make()
    box = Box(card.place / "box", made=True)
    with card.mounted(card.base):
        box.cloud.mkdir(parents=True)
        case.prepare(box)
        box.save()
    if case.name == "init":
        case = case._replace(
            words=("init", "--provider", "custom", "--sync-root", str(box.cloud), "--yes")
        )
    shutil.copyfile(card.base, card.image)
    with card.mounted(card.image):
        whole = box.run(*case.words)
    assert whole.status in case.status, whole.err
    return case, whole


def cut(card: Card, case: Case, inject: str) -> bool:
    """One power cut, and what must hold after it. False: the place was not reached."""
    box = Box(card.place / "box", made=True)
    shutil.copyfile(card.base, card.image)
    with card.mounted(card.image):
        done = box.run(*case.words, inject=inject)
        shutil.copyfile(card.image, card.cut)
    if done.fired is False:
        return False
    with card.mounted(card.cut):
        if box.file.exists():
            assert box.memory_is_whole(), f"{case.name}, {inject}: the memory is torn"
        case.held(box, done)
        runs_again(case, box)
        case.held(box, done)
    return True


def main(kind: str, points: int) -> None:
    """Cut the power in every command, at so many places of each and right after its end, and print
    the figures.
    """
    total = 0
    for case in (one for one in CASES if not one.api):
        with tempfile.TemporaryDirectory(prefix="memsync-power-") as folder:
            card = Card(Path(folder), kind)
            ready, whole = prepared(card, case)
            places = harness.places(whole.calls)
            step = max(1, len(places) // points)
            injections = [
                "",
                *(f"{name}:signal=KILL:when={number}" for name, number in places[::step]),
            ]
            count = sum(cut(card, ready, inject) for inject in injections)
        print(f"{case.name}: {count} power cuts at {len(places)} places, all held", flush=True)
        total += count
    print(f"{total} power cuts on {kind}, nothing lost")


if __name__ == "__main__":
    kind, points = [*sys.argv[1:], *("ext4", "20")[len(sys.argv) - 1 :]]
    main(kind, int(points))

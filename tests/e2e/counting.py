"""Which lines of memsync forked commands ran: coverage counts in each, and one process keeps it.

Saving a file of coverage's takes longer than such a command runs, so each leaves plain numbers, and
whoever forked it adds them up.
"""

from __future__ import annotations

import contextlib
import importlib
import marshal
import os
import sys
from collections import defaultdict
from pathlib import Path

Ran = dict[str, list[tuple[int, int]]]  # by file: from which line to which


class _Kept:
    """What coverage hands over at the end, where it would write a database."""

    def __init__(self) -> None:
        self.ran: Ran = {}

    def add_arcs(self, arcs: Ran) -> None:
        self.ran |= arcs

    def set_context(self, context: str | None) -> None:
        del context

    def add_file_tracers(self, tracers: object) -> None:
        del tracers


class Counting:
    """The counter of a process that forks others. `settings`: a file of coverage's; `folder`: where
    commands leave what they ran.
    """

    def __init__(self, settings: str, folder: str) -> None:
        self._new = importlib.import_module("coverage")
        self._counter = self._new.Coverage(config_file=settings, data_file=None)
        self._folder = Path(folder)
        self._sum: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
        self._counter.start()

    def take_stock(self) -> None:
        """Add up what this process ran itself; from here on nothing counts until `begin`.

        Of each file that code runs from coverage asks once whether to count it, which takes longer
        than what most commands run: it has asked of all before the fork.
        """
        self._add(self._stopped())
        self.begin()
        for name, module in list(sys.modules.items()):
            for file in (getattr(module, "__file__", None), f"<frozen {name}>"):
                exec(compile("pass", file or "<none>", "exec"), {})
        self._stopped()

    def begin(self) -> None:
        """Count from here on."""
        self._counter.start()

    def leave(self) -> None:
        """In a forked process, at its end: leave what it ran."""
        with contextlib.suppress(OSError):  # its disk may be full for a test
            (self._folder / f"ran-{os.getpid()}").write_bytes(marshal.dumps(self._stopped()))

    def gather(self, pid: int) -> None:
        """Add up what the process with this number left; one that was killed left nothing."""
        left = self._folder / f"ran-{pid}"
        with contextlib.suppress(OSError, EOFError, ValueError):
            self._add(marshal.loads(left.read_bytes()))
            left.unlink()

    def save(self) -> None:
        """Write the sum as one file of coverage's, beside those of others."""
        data = self._new.CoverageData(os.environ.get("COVERAGE_FILE", ".coverage"), suffix=True)
        data.add_arcs({file: list(arcs) for file, arcs in self._sum.items()})
        data.write()

    def _stopped(self) -> Ran:
        self._counter.stop()
        kept = _Kept()
        collector = self._counter._collector
        collector.use_data(kept, None)
        collector.flush_data()
        return kept.ran

    def _add(self, ran: Ran) -> None:
        for file, arcs in ran.items():
            self._sum[file].update(arcs)

"""Names under which bytes are set aside: each holds the same bytes for ever.

May not know: what the bytes mean.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from memsync.system.disk import Disk


def names_for(folder: str, stem: str) -> Iterator[str]:
    """The names that a file may take, the plain one first: one of them holds its bytes or is
    free.
    """
    yield f"{folder}/{stem}.md"
    for number in itertools.count(2):
        yield f"{folder}/{stem}-{number}.md"


def keep(disk: Disk, folder: str, stem: str, data: bytes) -> str:
    """Keep bytes under the first name that is free or holds them already; that name."""
    return next(
        name
        for name in names_for(folder, stem)
        if disk.create(name, data) or disk.read(name) == data
    )

"""What every disk promises, a real one, a dry one, and those of the simulation."""

from __future__ import annotations

import re
from typing import Final, Protocol

from memsync.system.disk.beneath import Kind
from memsync.system.errors import NotReplaceableError

TEMP_NAME: Final = re.compile(r"\.~.+\.[0-9a-f]{16}\.tmp")
STALE_TEMP_SECONDS: Final = 3600


class Changed(NotReplaceableError):
    """The file is no longer what the caller read; nothing was written."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed by somebody else just now", "run the command again")


class Anything:
    """The `expected` of a replacement that may meet any bytes."""


ANYTHING: Final = Anything()
Expected = bytes | None | Anything


class Disk(Protocol):
    """One folder.

    Names are relative to it, with `/`, and lower than it; folders appear as needed.
    """

    def where(self, name: str = "") -> str:
        """The path that a person would open."""

    def read(self, name: str) -> bytes | None:
        """All bytes; None when nothing is there. Unreadable raises, and is never None."""

    def names(self, folder: str = "") -> list[str]:
        """The sorted names in a folder, without memsync's temp files; [] when it is not there."""

    def stamps(self, folder: str) -> dict[str, int]:
        """The folders in a folder, each with a number that changes when the names in it do.

        0: unknown.
        """

    def create(self, name: str, data: bytes) -> bool:
        """Make a file with these bytes, durable.

        False when the name is taken (nothing is written).
        """

    def replace(self, name: str, data: bytes, expected: Expected) -> None:
        """Put these bytes in the place of `expected` (None: of nothing), durable.

        Raises `Changed`.
        """

    def move(self, name: str, to: str) -> None:
        """Give a file or link another name, durable.

        Raises `Changed` where the new name is taken, or nothing stands at the old one any more.
        """

    def delete(self, name: str) -> None:
        """Remove a file or link; one that is not there is no failure."""

    def kind(self, name: str) -> Kind:
        """What stands at the name itself, links not followed."""

    def link(self, name: str) -> str | None:
        """Where the symbolic link at the name points, as text; None when it is no link."""

    def put_link(self, name: str, to: str, expected: Expected) -> None:
        """Put a symbolic link in the place of `expected`, as `replace` does, durable.

        Raises `Changed`.
        """

    def sweep(self, folder: str, now: float) -> None:
        """Remove memsync's own temp files that are older than an hour."""

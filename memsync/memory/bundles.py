"""Old ids of the merged set, out of the footer into files of their own, named by the hash of what
they hold.

May not know: notes, versions, the memory's text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from memsync.memory.text.document import short_hash
from memsync.system.disk import Disk
from memsync.system.errors import NotDownloadedError

FOLDER: Final = "bundles"


def put(disk: Disk, ids: Collection[str]) -> str:
    """Keep these ids in a bundle; its id for the footer.

    A damaged file of that name is written anew.
    """
    data = content(ids)
    bundle = name_of(ids)
    name = _name(bundle)
    there = disk.read(name)
    if there != data:
        disk.replace(name, data, there)
    return bundle


def name_of(ids: Iterable[str]) -> str:
    """The id of the bundle that holds these ids."""
    return f"b-{short_hash(content(ids))}"


def is_here(disk: Disk, bundle: str) -> bool:
    """Whether a bundle's file is here and whole.

    Raises `NotDownloadedError` where it is only in the cloud.
    """
    data = disk.read(_name(bundle))
    return data is not None and is_of(bundle, data)


def read(disk: Disk, bundle: str) -> set[str]:
    """The ids in a bundle. Raises `NotDownloadedError` while its file is not here, or not whole."""
    data = disk.read(_name(bundle))
    if data is None or not is_of(bundle, data):
        raise NotDownloadedError(
            (
                f"{disk.where(_name(bundle))} has not arrived yet, so nobody can tell which notes "
                "are merged"
            ),
            "wait for the sync client, then run the command again",
        )
    return set(data.decode("ascii").split())


def content(ids: Iterable[str]) -> bytes:
    """The bytes of a bundle's file: an id a line, in their order."""
    return "".join(f"{one}\n" for one in sorted(ids)).encode("ascii")


def is_of(bundle: str, data: bytes) -> bool:
    """Whether these are the bytes of this bundle."""
    return short_hash(data) == bundle.removeprefix("b-")


def _name(bundle: str) -> str:
    return f"{FOLDER}/{bundle.removeprefix('b-')}.ids"

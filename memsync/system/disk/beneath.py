"""Opening what lies beneath a folder: a component at a time, never through a link.

Where the system takes a folder's descriptor (Linux, macOS) each step starts from the one before, so
that nobody can put a link in between. Windows takes none: there each component is looked at first,
and no reparse point is passed but those that cloud clients make. May not know: what memsync keeps.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from memsync.system.errors import StrangeFileError

Links = Literal["refused", "followed"]
"""`refused`: a folder that others write, too. `followed`: a folder of the person's own."""

Kind = Literal["absent", "file", "link", "folder", "other"]

BY_HANDLE: Final = {os.open, os.stat, os.mkdir, os.unlink, os.rename} <= os.supports_dir_fd
NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)
# Should a pipe or a terminal appear at the last moment: it is not waited for, and stays theirs
CALMLY: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)

# What cloud clients make of a file or folder: IO_REPARSE_TAG_CLOUD to CLOUD_F, and ONEDRIVE
# (ntifs.h). Every other reparse point leads somewhere or is a program's own.
CLOUD_TAG: Final = 0x9000001A
CLOUD_TAG_VARIANTS: Final = 0x0000F000
ONEDRIVE_TAG: Final = 0x80000021
REPARSE_POINT: Final = 0x400

MOST_LINKS: Final = 40
VERBATIM: Final = "\\\\?\\"  # how Windows spells where a link leads

_WORDS: Final[tuple[tuple[Callable[[int], bool], str], ...]] = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def strange(status: os.stat_result) -> str:
    """What stands there that is neither a regular file nor a real folder, in words, else ""."""
    for is_kind, words in _WORDS:
        if is_kind(status.st_mode):
            return words
    tag = getattr(status, "st_reparse_tag", 0)
    is_reparse = getattr(status, "st_file_attributes", 0) & REPARSE_POINT
    if is_reparse and tag != ONEDRIVE_TAG and tag & ~CLOUD_TAG_VARIANTS != CLOUD_TAG:
        return "a link"  # a junction, a mount point, or what only one program can read
    return ""


def kind_of(status: os.stat_result) -> Kind:
    """The kind of what a stat describes, links not followed."""
    words = strange(status)
    if words:
        return "link" if words == "a link" else "other"
    return "folder" if stat.S_ISDIR(status.st_mode) else "file"


def refuse_strange(path: str) -> None:
    """Raise `StrangeFileError` where a path is itself a link, pipe, socket or device."""
    with contextlib.suppress(OSError):
        if words := strange(os.lstat(path)):
            raise StrangeFileError(path, words)


class At(NamedTuple):
    """A name in an open folder, as the functions of `os` take it.

    Without descriptors `folder` is None and `name` the whole path. `path`: for people.
    """

    name: str
    folder: int | None
    path: str
    links: Links

    def status(self) -> os.stat_result:
        """What stands at the name itself. Raises FileNotFoundError."""
        return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)

    def exists(self) -> bool:
        """Whether anything stands at the name, be it a link that leads nowhere."""
        with contextlib.suppress(FileNotFoundError):
            self.status()
            return True
        return False

    def sound(self) -> os.stat_result:
        """The status of the file or folder that is there; where links are followed, behind them.

        Raises `StrangeFileError` for a link, pipe, socket or device; FileNotFoundError.
        """
        if self.links == "followed":
            return os.stat(self.name, dir_fd=self.folder)
        status = self.status()
        if words := strange(status):
            raise StrangeFileError(self.path, words)
        return status

    def onto(self, other: At) -> None:
        """Rename it; what the other name held is replaced."""
        os.replace(self.name, other.name, src_dir_fd=self.folder, dst_dir_fd=other.folder)

    def to_a_free_name(self, other: At) -> None:
        """Rename it; Windows refuses a name that is taken, other systems do not."""
        os.rename(self.name, other.name, src_dir_fd=self.folder, dst_dir_fd=other.folder)

    def beside(self, name: str) -> At:
        """Another name in the same folder."""
        path = os.path.join(os.path.dirname(self.path), name)
        return self._replace(name=path if self.folder is None else name, path=path)


class Folder:
    """An open folder; `close` it. The descriptor is None where the system takes none."""

    __slots__ = ("handle", "links", "path")

    def __init__(self, path: str, handle: int | None, links: Links) -> None:
        self.path = path
        self.handle = handle
        self.links: Links = links

    def at(self, name: str) -> At:
        """A name in this folder."""
        path = f"{self.path}{os.sep}{name}"
        return At(path if self.handle is None else name, self.handle, path, self.links)

    def below(self, name: str) -> Folder:
        """The folder of this name. Raises FileNotFoundError, NotADirectoryError."""
        return _open(self.at(name))

    def entries(self, but: str = "") -> list[os.DirEntry[str]]:
        """What lies in it, unsorted; a link, pipe, socket or device is refused with its name.

        Names that begin with a dot are other programs' (an editor's lock is a link). `but`: a name
        that whoever opens it decides about.
        """
        entries = self.listing()
        if self.links == "refused":
            for entry in entries:
                # A folder may hold 200,000 notes: those that are plain files cost one question
                if not (BY_HANDLE and entry.is_file(follow_symlinks=False)) and entry.name != but:
                    self._check(entry)
        return entries

    def listing(self) -> list[os.DirEntry[str]]:
        """What lies in it, unsorted, whatever it is."""
        with os.scandir(self.path if self.handle is None else self.handle) as found:
            return list(found)

    def _check(self, entry: os.DirEntry[str]) -> None:
        if entry.name.startswith(".") or (BY_HANDLE and entry.is_dir(follow_symlinks=False)):
            return
        with contextlib.suppress(FileNotFoundError):  # it went meanwhile
            self.at(entry.name).sound()

    def make(self, name: str) -> None:
        """Make a folder in this one, 0700, durable; one that is there already is as good."""
        at = self.at(name)
        with contextlib.suppress(FileExistsError):
            os.mkdir(at.name, 0o700, dir_fd=at.folder)
            self.sync()

    def sync(self) -> None:
        """Push the folder's names to the disk. Windows cannot open a folder for it."""
        if self.handle is not None:
            _sync_names(self.handle)

    def close(self) -> None:
        """Give the descriptor back."""
        if self.handle is not None:
            os.close(self.handle)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_folder(root: str, links: Links) -> Folder:
    """A folder by its path. What leads to it is the person's own; itself it may be no link, unless
    links are followed.
    """
    return _open(At(root, None, root, links))


def descend(root: str, parts: Sequence[str], links: Links, *, make: bool = False) -> Folder:
    """The folder below `root` that the parts name; with `make`, folders appear as needed."""
    here = open_folder(root, links)
    for part in parts:
        with here as above:
            if make and not above.at(part).exists():
                above.make(part)
            here = above.below(part)
    return here


def _open(at: At) -> Folder:
    if not BY_HANDLE:
        if not stat.S_ISDIR(at.sound().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "not a directory", at.path)
        return Folder(at.path, None, at.links)
    flags = os.O_RDONLY | os.O_DIRECTORY | CALMLY | (NO_LINKS if at.links == "refused" else 0)
    try:
        return Folder(at.path, os.open(at.name, flags, dir_fd=at.folder), at.links)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP, errno.EMLINK):
            at.sound()  # which says what stands in the way, where it is no file
        raise


def sync_handle(handle: int) -> None:
    """Push a file's bytes to the disk itself. macOS needs F_FULLFSYNC; network mounts refuse it."""
    if sys.platform == "darwin":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def sync_folder(path: str) -> None:
    """Push a folder's names to the disk. Windows cannot open a folder for it."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _sync_names(handle)
    finally:
        os.close(handle)


def _sync_names(handle: int) -> None:
    try:
        sync_handle(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise


def leads_into(path: str, folder: str) -> str | None:
    """The name below `folder` that a path leads to, through links of the person's own; None when it
    leads elsewhere.

    Links are read a step at a time and only outside `folder`: what stands in it is for others to
    open.
    """
    inner = os.path.join(os.path.realpath(os.path.dirname(folder)), os.path.basename(folder))
    drive, tail = os.path.splitdrive(os.path.abspath(path))
    rest, here, links = [*reversed(tail.split(os.sep))], drive + os.sep, 0
    while rest and links <= MOST_LINKS:
        part = rest.pop()
        if part in ("", "."):
            continue
        here = os.path.dirname(here) if part == ".." else os.path.join(here, part)
        if _is_same(here, inner):
            return "/".join(one for one in reversed(rest) if one)
        with contextlib.suppress(OSError):
            to = os.readlink(here).removeprefix(VERBATIM)
            drive, tail = os.path.splitdrive(to)
            rest += reversed(tail.split(os.sep))
            here, links = (
                (drive + os.sep if os.path.isabs(to) else os.path.dirname(here)),
                links + 1,
            )
    return None


def _is_same(path: str, other: str) -> bool:
    """Whether two paths name one thing; case counts only where the file system says so."""
    if path == other:
        return True
    if path.lower() != other.lower():
        return False
    try:
        return os.path.samestat(os.lstat(path), os.lstat(other))
    except OSError:
        return False


def narrow(root: str, others: int) -> int:
    """Take these mode bits from a folder and all that lies in it; how many modes changed.

    Links, pipes, sockets and devices are passed by, and so is what cannot be opened.
    """
    with contextlib.suppress(OSError, StrangeFileError), open_folder(root, "refused") as folder:
        return _narrow(folder, others)
    return 0


def _narrow(folder: Folder, others: int) -> int:
    if folder.handle is None:
        return 0  # Windows keeps no modes
    count = _take_bits(folder.handle, others)
    for at in _sound_names(folder):
        flags = os.O_RDONLY | CALMLY | NO_LINKS
        with contextlib.suppress(OSError, StrangeFileError):
            if stat.S_ISDIR(at.sound().st_mode):
                with folder.below(at.name) as inner:
                    count += _narrow(inner, others)
                continue
            handle = os.open(at.name, flags, dir_fd=at.folder)
            try:
                count += 0 if strange(os.fstat(handle)) else _take_bits(handle, others)
            finally:
                os.close(handle)
    return count


def _sound_names(folder: Folder) -> Iterator[At]:
    assert folder.handle is not None
    for name in sorted(os.listdir(folder.handle)):
        yield folder.at(name)


def _take_bits(handle: int, others: int) -> int:
    mode = stat.S_IMODE(os.fstat(handle).st_mode)
    if not mode & others:
        return 0
    os.fchmod(handle, mode & ~others)
    return 1

"""Names that sync clients give to second copies. Pure: a table of shapes, tried one after the
other.

The shapes and their sources are in facts, cloud-folders.md 3. A name alone decides nothing: a
conflict copy also carries a memsync footer; whatever else begins like the memory is reported and
left alone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from memsync.memory.text.document import NAME

_STEM, _END = re.escape(NAME.removesuffix(".md")), re.escape(".md")

SHAPES: Final = tuple(
    re.compile(shape.replace("<S>", _STEM).replace("<E>", _END), re.IGNORECASE)
    for shape in (
        r"<S>-(.+)-safeBackup-(\d{4})<E>",  # abraunegg from 2.5 (src/util.d); before OneDrive's own
        r"<S>-.+<E>",  # OneDrive: the computer's name, free text (obsidian-onedrive#128)
        # OneDrive's apps (keepass2android#428), iCloud Drive (reflect-open sweep.rs)
        r"<S> \d{1,2}<E>",
        # Google Drive ` (1)` (keepassxc#2066), Dropbox, Nextcloud, onedrive-d, in any language
        r"<S> \(.+\)(?:<E>)?",
        r"<S><E> \(\d+\)",  # GDriveFS (dsoprea/GDriveFS#165)
        r"<S>\.sync-conflict-\d{8}-\d{6}(?:-[A-Z2-7]{7})?<E>",  # Syncthing (folder_sendrecv.go)
        r"<S>_conflict-.+<E>",  # older Nextcloud and ownCloud
        r"<S>_.+_Conflict<E>",  # Synology
        r"<S> \[conflicted\]<E>",  # pCloud
        r"<S><E>\.{1,2}(?:conflict|path)\d+",  # rclone bisync (docs/content/bisync.md)
        r"<S>\.{1,2}(?:conflict|path)\d+<E>",  # rclone with --suffix-keep-extension
    )
)
_FOLDER_TAIL: Final = re.compile(r"(?: \d{1,2}|(?: \([^()]+\))+|-.+)")


def is_conflict_copy(name: str) -> bool:
    """Whether a sync client may have given this name to a second copy of the memory."""
    plain = unicodedata.normalize("NFC", name)
    return plain.lower() != NAME.lower() and any(shape.fullmatch(plain) for shape in SHAPES)


def is_sibling(name: str) -> bool:
    """Whether a file begins like the memory and is not it."""
    stem = NAME.removesuffix(".md").lower()
    return name != NAME and unicodedata.normalize("NFC", name).lower().startswith(stem)


def is_sibling_folder(name: str, folder: str) -> bool:
    """Whether a folder has the name of a second copy of the memory folder."""
    plain, own = unicodedata.normalize("NFC", name).lower(), folder.lower()
    return plain.startswith(own) and _FOLDER_TAIL.fullmatch(plain.removeprefix(own)) is not None

"""A short tree of a folder: what lies where, each line with what it is for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MOST_OF_A_KIND: Final = 3

_MEANING: Final = (
    ("GLOBAL_MEMORY.md", "the memory"),
    ("CLAUDE.md", "what Claude Code reads"),
    ("CLAUDE.pre-memsync.bak", "the CLAUDE.md that was there before"),
    ("sessions", "every note, one file each, never changed"),
    ("backups", "every version of the memory"),
    ("config.toml", "the settings of this machine"),
    ("last_seen.md", "the memory as this machine saw it last"),
)


def lines(folder: Path) -> Iterator[str]:
    """The tree, a line each; of many files in one folder only some."""
    yield f"{folder}{os.sep}"
    yield from _below(folder, "  ")


def _below(folder: Path, indent: str) -> Iterator[str]:
    files = 0
    entries = sorted(folder.iterdir(), key=lambda one: (_is_folder(one), one.name))
    for entry in entries:
        if _is_folder(entry):
            yield _line(entry, indent, os.sep)
            yield from _below(entry, indent + "  ")
            continue
        files += 1
        if files <= MOST_OF_A_KIND:
            link = f" -> {os.readlink(entry)}" if entry.is_symlink() else ""
            yield _line(entry, indent, link)
    if files > MOST_OF_A_KIND:
        yield f"{indent}... and {files - MOST_OF_A_KIND} more"


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _line(path: Path, indent: str, tail: str) -> str:
    meaning = next((words for name, words in _MEANING if path.name == name), "")
    shown = f"{indent}{path.name}{tail}"
    return f"{shown:<46}  {meaning}" if meaning else shown

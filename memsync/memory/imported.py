"""The memory as an import: one line `@path` in the person's own CLAUDE.md. Pure.

Used by `--link import` where no link can be made in `rules/`. Which characters of a path reach the
file was measured (facts, claude-code-332.md 1): others make Claude Code read nothing, silently.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from memsync.system.late import Late

_FRONT_MATTER: Final = Late(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:.*\n)*?---[ \t]*\r?\n")
_BOM: Final = b"\xef\xbb\xbf"
_PLAIN: Final = frozenset("/.-~'&()[]%$;,+=: ")
_LONE_MARKUP: Final = Late(r"(?<![^\W_])_|_(?![^\W_])|\]\(|~~")


def forbidden(path: str) -> str:
    """What in a path Claude Code cannot import, or "".

    A `_` between letters is markup to nobody.
    """
    for sign in path:
        if not (sign.isalnum() or sign == "_" or sign in _PLAIN):
            return sign
    found = _LONE_MARKUP.search(path)
    return found[0] if found is not None else ""


def import_line(path: PurePath, home: PurePath) -> str:
    """How Claude Code imports this file: below the home as `@~/...`, spaces escaped.

    On Windows, too, it stands with `/`; a path with a drive letter was seen to be passed by there.
    """
    below = path.is_relative_to(home)
    shown = f"~/{path.relative_to(home).as_posix()}" if below else path.as_posix()
    return f"@{shown}".replace(" ", "\\ ")


def holds(raw: bytes | None, line: str) -> bool:
    """Whether the line stands in a CLAUDE.md."""
    return raw is not None and line.encode() in (row.strip() for row in _rows(raw))


def _rows(raw: bytes) -> list[bytes]:
    return raw.removeprefix(_BOM).splitlines()


def with_line(raw: bytes | None, line: str) -> bytes:
    """The CLAUDE.md with the line above everything but front matter: there no open fence or
    comment can swallow it.
    """
    if raw is None:
        return line.encode() + b"\n"
    found = _FRONT_MATTER.match(raw)
    at = found.end() if found is not None else len(_BOM) if raw.startswith(_BOM) else 0
    return raw[:at] + _inserted(raw, line) + raw[at:]


def without_line(raw: bytes, line: str) -> bytes | None:
    """The CLAUDE.md as it was before `with_line`, byte for byte; None: there was none."""
    if raw == line.encode() + b"\n":
        return None
    inserted = _inserted(raw, line)
    if inserted in raw:
        return raw.replace(inserted, b"", 1)
    rows = raw.splitlines(keepends=True)
    return b"".join(row for row in rows if row.strip() != line.encode())


def _inserted(raw: bytes, line: str) -> bytes:
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    return line.encode() + end + end

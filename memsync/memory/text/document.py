"""The memory as text: body and footer, parsed from bytes and composed to bytes. Pure.

Format and hashes are design.md section 3. May not know: paths, clock, network.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from memsync.system.hashing import sha256_hex
from memsync.system.late import Late

NAME: Final = "GLOBAL_MEMORY.md"
VERSION: Final = 1

STARTER: Final = """\
# Global Memory

> Loaded by Claude Code at session start on all machines and projects.
> Edit directly or run: memsync refresh --notes "..."

## Identity & context

- (Fill this in — who you are, your roles, active projects)

## Current priorities

- (What you're working on right now)

## Standing preferences

- (How you like to work — communication style, output format, etc.)

## Hard constraints

- (Rules that must never be lost or softened through compaction)
"""

_PLACEHOLDERS = frozenset(
    " ".join(re.findall(r"\w+", line)).casefold()
    for line in STARTER.split("\n")
    if line.startswith("- (")
)
_BRACKETED = Late(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\((.+)\)\s*", re.DOTALL)

FOOTER_MARK: Final = b"<!-- memsync:"
_OPENING = re.compile(r"^<!-- memsync:", re.M)
_NUMBERED = re.compile(r"^<!-- memsync:(\d+)", re.M)
_FOOTER = re.compile(r"^<!-- memsync:1\n((?:[^\n]*\n)*?)-->[ \t\n]*\Z", re.M)
_LINE_END = re.compile(r"(?<!\r)\r++\n")  # else a long run of \r is read again from each of them
# A whole footer, wherever it stands
_BLOCK = Late(r"\n?^<!-- memsync:\d+\n(?:[a-z]+:.*\n)*-->\n?", re.M)
_ID = re.compile(r"(?:b-)?[0-9a-f]{12}")
_KNOWN = ("rev", "from", "body", "sum", "merged")
_FIELD = Late(r"[a-z]+:[ 0-9a-fx-]*")


@functools.lru_cache(maxsize=16)  # one command asks a hundred times about the same few versions
def short_hash(data: bytes) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of some bytes."""
    return sha256_hex(data)[:12]


class Footer(NamedTuple):
    """What memsync wrote under the body. `extra`: unknown lines, kept as they are."""

    rev: str
    origin: str  # the line `from:`, the revision that this one replaced; "-" for the first
    body: str
    merged: frozenset[str]
    extra: tuple[str, ...] = ()


class Memory(NamedTuple):
    """One state of the memory file. `trouble` says why there is no valid footer; "" when there is
    one.

    `body` has LF line ends and one newline at the end, whatever the file has; it is "" when the
    bytes are no text. `newer` is set for a footer of a later format, which is read only.
    """

    raw: bytes
    body: str
    footer: Footer | None
    trouble: str = ""
    crlf: bool = False
    newer: bool = False

    @property
    def edited(self) -> bool:
        """Whether somebody changed the body since memsync wrote the footer."""
        return self.footer is not None and self.footer.body != body_hash(self.body)

    @property
    def merged(self) -> frozenset[str]:
        """The merged set as the footer has it, bundles with it; empty without a footer."""
        return self.footer.merged if self.footer is not None else frozenset()

    @property
    def rev(self) -> str:
        """The revision these bytes are, or `x` and their hash when no footer describes them."""
        if self.footer is None or self.edited:
            return "x" + short_hash(self.raw)
        return self.footer.rev


@functools.lru_cache(maxsize=16)
def body_hash(body: str) -> str:
    """The footer's `body:` of a body."""
    return short_hash(body.encode("utf-8"))


def ids_hash(ids: Iterable[str]) -> str:
    """The footer's `sum:` of a merged set."""
    return short_hash(" ".join(sorted(ids)).encode("ascii"))


def revision(body: str, merged: Iterable[str]) -> str:
    """The revision of a body with a merged set."""
    return short_hash((body_hash(body) + ids_hash(merged)).encode("ascii"))


def normal(text: str) -> str:
    """Text as a body: LF line ends, no byte order mark, one newline at the end."""
    return unix(text).rstrip("\n") + "\n"


def unix(text: str) -> str:
    """Text with LF line ends and no byte order mark.

    `\\r\\r\\n`, which some editors make of CRLF, is one line end.
    """
    text = text.removeprefix("\ufeff")
    return _LINE_END.sub("\n", text) if "\r" in text else text


@functools.lru_cache(maxsize=16)  # one command meets the same few versions again and again
def parse(raw: bytes) -> Memory:
    """Read a memory file. Never raises: what is wrong with it is said in `trouble`."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Memory(raw, "", None, "it is not UTF-8 text")
    if "\x00" in text:
        return Memory(raw, "", None, "it holds NUL bytes, so it is not the text that memsync wrote")
    if not text.strip("\ufeff \t\r\n"):
        return Memory(raw, "", None, "it is empty")
    crlf = text.count("\r\n") * 2 > text.count("\n")
    text = unix(text)
    openings = _OPENING.findall(text)
    body = normal(text[: first.start()] if (first := _OPENING.search(text)) else text)
    newer = any(int(number) > VERSION for number in _NUMBERED.findall(text))
    if newer:
        return Memory(raw, body, None, "a later memsync wrote it", crlf, newer=True)
    if not openings:
        return Memory(raw, body, None, "it has no memsync footer", crlf)
    if len(openings) > 1:
        return Memory(raw, body, None, f"it has {len(openings)} memsync footers", crlf)
    found = _FOOTER.search(text)
    footer = _footer(found[1]) if found else None
    if footer is None:
        return Memory(raw, body, None, "its memsync footer is cut or was changed", crlf)
    return Memory(raw, body, footer, "", crlf)


def _footer(text: str) -> Footer | None:
    lines = [line.rstrip() for line in text.splitlines()]
    pairs = [line.partition(":") for line in lines]
    known = {key: value.strip() for key, _, value in pairs if key in _KNOWN}
    extra = tuple(
        line for line, pair in zip(lines, pairs, strict=True) if pair[0] not in _KNOWN and line
    )
    if len(known) + len(extra) != len([line for line in lines if line]) or not {*known} >= {
        *_KNOWN
    } - {"from"}:
        return None
    ids = known["merged"].split()
    # The design's own example leaves bundles out of the sum
    notes = [one for one in ids if not one.startswith("b-")]
    if not all(_ID.fullmatch(one) for one in ids) or known["sum"] not in (
        ids_hash(ids),
        ids_hash(notes),
    ):
        return None
    if short_hash((known["body"] + known["sum"]).encode("utf-8")) != known["rev"]:
        return None
    return Footer(known["rev"], known.get("from", "-"), known["body"], frozenset(ids), extra)


def compose(
    body: str, merged: Iterable[str], origin: str, *, extra: Iterable[str] = (), crlf: bool = False
) -> bytes:
    """The bytes of a memory: body, blank line, footer.

    `merged` are note ids and `b-` bundle ids.
    """
    body = normal(body)
    ids = sorted(set(merged))
    lines = [
        "<!-- memsync:1",
        f"rev: {revision(body, ids)}",
        f"from: {origin or '-'}",
        f"body: {body_hash(body)}",
        f"sum: {ids_hash(ids)}",
        f"merged: {' '.join(ids)}".rstrip(),
        *extra,
        "-->",
    ]
    text = f"{body}\n" + "\n".join(lines) + "\n"
    return (text.replace("\n", "\r\n") if crlf else text).encode("utf-8")


def is_placeholder(item: str) -> bool:
    """Whether a list item is one of the starter's four: nobody's line.

    What else stands in brackets is the user's.
    """
    match = _BRACKETED.fullmatch(item) if "(" in item else None
    return match is not None and " ".join(re.findall(r"\w+", match[1])).casefold() in _PLACEHOLDERS


def is_starter(body: str) -> bool:
    """Whether a body is the untouched starter."""
    return normal(body).strip() == STARTER.strip()


def count_lines(body: str) -> int:
    """The lines of a body, as an editor counts them."""
    return body.count("\n")


def whole_lines(memory: Memory) -> str:
    """The lines of a body that may be cut anywhere: those that end in a newline, no comment's
    opening.
    """
    text = unix(memory.raw.decode("utf-8", "replace"))
    text = _appended_to(*_BLOCK.split(text))
    head, footer, rest = text.partition("\n<!-- memsync:")
    _, *behind = rest.split("\n")
    rows = [*head.split("\n"), *filter(_is_own, behind[:-1])] if footer else text.split("\n")[:-1]
    return "".join(f"{row}\n" for row in rows if not row.startswith("<!--"))


def _is_own(row: str) -> bool:
    """A line behind a footer that was cut is none of the footer's, as far as that came."""
    name, colon, _ = row.partition(":")
    field = _FIELD.fullmatch(row) or (not colon and any(one.startswith(name) for one in _KNOWN))
    return not field and re.search(r"\w", row) is not None


def with_appended(raw: bytes) -> Memory:
    """A memory file whose whole lines behind its one whole footer, as `>>` writes them, are the
    last of its body; as `parse` reads it where there is nothing else behind the footer.
    """
    memory = parse(raw)
    if memory.footer is not None or not memory.body or memory.newer or not raw.endswith(b"\n"):
        return memory
    head, *behind = _BLOCK.split(text := unix(raw.decode("utf-8")))
    if len(behind) != 1 or len(_OPENING.findall(text)) != 1:
        return memory
    whole = parse(text.removesuffix(behind[0]).encode("utf-8"))
    if whole.footer is None:
        return memory
    body = normal(_appended_to(normal(head), *behind))
    return memory._replace(body=body, footer=whole.footer, trouble="")


def half_line(memory: Memory) -> str:
    """What stands behind a whole footer without a line end, or ""; never a part of a footer."""
    text = unix(memory.raw.decode("utf-8", "replace"))
    head, *behind = _BLOCK.split(text)
    last = behind[-1] if behind else ""
    half = last.rpartition("\n")[2].rstrip()
    comment = half.startswith("<!--") or "\n<!-- memsync:" in f"\n{last}"
    return "" if comment or _is_beginning(last, head) else half


def _appended_to(head: str, *behind: str) -> str:
    """A text with what was appended behind its footers.

    Where the file itself stands there again, as a sync client doubles it, whole or as far as it
    came, only the lines that it has more often than the text above are its own.
    """
    above, pieces = Counter(head.split("\n")), [head]
    for number, piece in enumerate(behind, 1):
        closed = number < len(behind) or "\n<!-- memsync:" in f"\n{piece}"
        again = closed or _is_beginning(piece, head)
        pieces.append(_own_lines(piece.lstrip("\ufeff"), above) if again else piece)
    return "".join(pieces)


def _is_beginning(piece: str, head: str) -> bool:
    return head.startswith(piece.strip("\ufeff\n"))


def _own_lines(piece: str, above: Counter[str]) -> str:
    seen: Counter[str] = Counter()
    own = []
    for line in piece.split("\n"):
        seen[line] += 1
        if seen[line] > above[line]:
            own.append(f"{line}\n")
    return "".join(own)


def without_footers(text: str) -> str:
    """A text without memsync's footers, what stands behind one with it: nobody wrote those by
    hand.
    """
    return _BLOCK.sub("\n", unix(text)).partition("\n<!-- memsync:")[0]

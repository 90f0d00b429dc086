"""The pieces of a Markdown text as markdown-it-py reads it, in source lines. Pure.

Its text is always taken from the source: markdown-it-py says what a line *is*. May not know: what a
constraint is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from memsync.memory.text.blocks import Piece
from memsync.memory.text.constraints import is_constraint_title
from memsync.memory.text.plain import simple_items

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ATX: Final = re.compile(r"#{1,6}(?:[ \t]|$)")
_RAW_HTML: Final = re.compile(r"\s*<(?:[?!]|(?:script|pre|style|textarea)\b)", re.IGNORECASE)
_FRONT_LINE: Final = re.compile(r"\s*$|\s*#(?!#)|\s+\S|- |[\w.\"'-]+\s*:(?:\s|$)")


def front_matter(lines: tuple[str, ...]) -> int:
    """How many lines at the top are YAML front matter. A rule (`---`) above headings is none."""
    if lines[0].rstrip() != "---":
        return 0
    for n, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ("---", "..."):
            return n + 1 if n > 1 else 0
        if not _FRONT_LINE.match(line) or is_constraint_title(line.lstrip("# ")):
            return 0
    return 0


def read_parsed(lines: tuple[str, ...], front: int) -> Iterator[Piece]:
    """The pieces of these lines from `front` on, in order.

    Parsed from one ATX heading to the next, since equal stretches of two texts are then parsed
    once. Such a heading ends every list, quote and paragraph. Only code and HTML can run over it;
    where a stretch ends in either, the rest is parsed as one.
    """
    starts = [n for n in range(front, len(lines)) if n == front or _ATX.match(lines[n])]
    for start, end in pairwise([*starts, len(lines)]):
        pieces, runs_on = _parsed("\n".join(lines[start:end]))
        if runs_on and end < len(lines):
            pieces, _ = _parsed("\n".join(lines[start:]))
            end = len(lines)
        for kind, low, high, level, title, closed in pieces:
            yield Piece(kind, low + start, high + start, level, title, closed)
        if end == len(lines):
            return


@lru_cache(maxsize=8192)  # more than the stretches of a text that is read so
def _parsed(text: str) -> tuple[tuple[Piece, ...], bool]:
    """The pieces of one stretch, and whether it ends in code or HTML, which may run on."""
    if (simple := simple_items(text)) is not None:
        return tuple(simple), False
    # markdown-it-py looks behind the last line; without its end there is nothing ("> 1) <!--\n>")
    tokens = _parser().parse(text.replace("\r", " ") + "\n" * (not text.endswith("\n")))
    lines = text.split("\n")
    pieces: list[Piece] = []
    for n, token in enumerate(tokens):
        if token.map is not None and token.nesting >= 0:
            pieces.extend(_pieces_of(tokens, n, lines))
    return tuple(pieces), bool(tokens) and _runs_on(tokens[-1], lines)


def _runs_on(last: Token, lines: list[str]) -> bool:
    end = last.map[1] if last.map else 0
    if last.type == "fence":
        return not _is_closed(last)
    if last.type != "html_block":
        return False
    if last.content.lstrip().startswith("<!--"):
        return "-->" not in last.content
    return _RAW_HTML.match(last.content) is not None or end >= len(lines)


def _pieces_of(tokens: list[Token], n: int, lines: list[str]) -> Iterator[Piece]:
    token = tokens[n]
    start, end = token.map or (0, 0)
    end = min(end, len(lines))
    if token.level and _is_open(token):
        while not lines[end - 1].strip():  # at the end of a stretch they are not of the item
            end -= 1
    if token.type == "heading_open" and token.level == 0:
        yield Piece(
            "heading", start, end, int(token.tag[1]), " ".join(tokens[n + 1].content.split())
        )
    elif token.type in ("fence", "code_block"):
        yield Piece("code", start, end, closed=token.type != "fence" or _is_closed(token))
    elif token.type == "html_block" and token.content.lstrip().startswith("<!--"):
        yield Piece("comment", start, end, closed="-->" in token.content)
    elif token.type == "inline" and tokens[n - 1].type not in ("th_open", "td_open"):
        yield Piece("unit", start, end)
    elif token.type == "tr_open":
        yield Piece("row", start, end)
    elif token.type == "paragraph_open" and token.level == 0:
        yield Piece("prose", start, end)
    if _is_block(token):
        yield Piece("block", start, end)


def _is_open(token: Token) -> bool:
    """Code or a comment that nothing ends."""
    if token.type == "fence":
        return not _is_closed(token)
    return token.type == "html_block" and "-->" not in token.content


def _is_block(token: Token) -> bool:
    if token.type == "list_item_open":
        return token.level == 1
    if token.type == "html_block":
        return token.level == 0 and not token.content.lstrip().startswith("<!--")
    kinds = ("paragraph_open", "table_open", "fence", "code_block", "blockquote_open")
    return token.level == 0 and token.type in kinds


def _is_closed(fence: Token) -> bool:
    """It has one line more than those of its opening and its content."""
    start, end = fence.map or (0, 0)
    content = fence.content.count("\n") + bool(fence.content and not fence.content.endswith("\n"))
    return end - start - 1 > content


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # here, because most commands never parse

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser

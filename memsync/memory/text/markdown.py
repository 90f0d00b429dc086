"""Which source lines of a Markdown text are headings, constraints, code and comments.

Knows: Markdown, and the starter's placeholders. Must not know: files, clock, network, memsync's
other files. markdown-it-py says what a line *is*; its text is always taken from the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from memsync.memory.text.constraints import bold_title, is_constraint_title, labelled_parts
from memsync.memory.text.document import is_placeholder
from memsync.memory.text.plain import Piece, each_by_itself, is_large, read_plainly, simple_items

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BOLD_LEVEL: Final = 7  # of a line that is nothing but bold text: below every other heading

_ATX: Final = re.compile(r"#{1,6}(?:[ \t]|$)")
_RAW_HTML: Final = re.compile(r"\s*<(?:[?!]|(?:script|pre|style|textarea)\b)", re.IGNORECASE)
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_FRONT_LINE: Final = re.compile(r"\s*$|\s*#(?!#)|\s+\S|- |[\w.\"'-]+\s*:(?:\s|$)")


class Heading(NamedTuple):
    """A heading that is in force: not in code, a comment, a quote or a list."""

    level: int
    title: str
    line: int


class Block(NamedTuple):
    """Lines [start, end); text is those source lines, no newline at the end."""

    start: int
    end: int
    text: str


class Section(NamedTuple):
    """A constraints section: its heading is headings[heading], its lines are [start, end)."""

    heading: int
    start: int
    end: int


class Unit(NamedTuple):
    """Lines [start, end) whose code spans may pair with each other; cells: a row of a table."""

    start: int
    end: int
    cells: bool


class Outline:
    """What the lines of a text are. All numbers are 0-based indexes into lines.

    What few ask for is told when it is asked for: of a text of many lines it takes its time.
    """

    def __init__(
        self, lines: tuple[str, ...], pieces: Sequence[Piece], front: int, titles: tuple[str, ...]
    ) -> None:
        headings = [p for p in pieces if p.kind == "heading"]
        self._pieces = pieces
        self.lines: Final = lines
        self.front: Final = front
        self.headings: Final = tuple(Heading(p.level, p.text, p.start) for p in headings)
        self.heading_ends: Final = tuple(p.end for p in headings)
        self.sections: Final = tuple(_sections(self.headings, len(lines), titles))
        self.unclosed: Final = next((p.start for p in pieces if not p.closed), None)

    @cached_property
    def constraints(self) -> tuple[Block, ...]:
        """The blocks of the constraints sections, without placeholders."""
        return tuple(_constraints(self.lines, self.sections, self.heading_ends, self._pieces))

    @cached_property
    def placeholders(self) -> frozenset[int]:
        """The lines of the starter's placeholders."""
        if not any("(" in line for line in self.lines):
            return frozenset()
        blocks = _blocks(self.lines, self._pieces)
        found = (b for b in blocks if is_placeholder(b.text))
        return frozenset(n for b in found for n in range(b.start, b.end))

    @cached_property
    def code(self) -> frozenset[int]:
        """The lines of code."""
        return _lines_of(self._pieces, "code")

    @cached_property
    def comments(self) -> frozenset[int]:
        """The lines of comments."""
        return _lines_of(self._pieces, "comment")

    @cached_property
    def prose(self) -> frozenset[int]:
        """The lines of paragraphs in no list and no quote."""
        return _lines_of(self._pieces, "prose")

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The stretches whose code spans may pair, in order."""
        return tuple(
            Unit(p.start, p.end, p.kind == "row")
            for p in each_by_itself(self._pieces, "unit")
            if p.kind in ("unit", "row")
        )


@lru_cache(maxsize=16)
def outline(text: str, titles: tuple[str, ...] = ()) -> Outline:
    """What each line of `text` (LF line ends) is.

    `titles`: of the setting `constraint_headings`. Never raises. A text that markdown-it-py would
    take more than a second for is read line by line (see plain): the time grows with the length of
    the text, whatever it is.
    """
    lines = tuple(text.split("\n"))
    front = _front_matter(lines)
    read = read_plainly(lines, front) if is_large(lines) else list(_pieces(lines, front))
    if "**" in text or "__" in text:
        read = _with_bold_sections(read, lines, titles)
    return Outline(lines, read, front, titles)


def constraint_lines(text: str, titles: tuple[str, ...] = ()) -> frozenset[int]:
    """0-based indexes of the lines that belong to constraint blocks."""
    blocks = outline(text, titles).constraints
    return frozenset(n for block in blocks for n in range(block.start, block.end))


def heading_tails(view: Outline) -> dict[int, int]:
    """For each line of a heading the last line of it: an underline, else the line itself."""
    return {
        number: end - 1
        for heading, end in zip(view.headings, view.heading_ends, strict=True)
        for number in range(heading.line, end)
    }


def _front_matter(lines: tuple[str, ...]) -> int:
    """How many lines at the top are YAML front matter. A rule (`---`) above headings is none."""
    if lines[0].rstrip() != "---":
        return 0
    for n, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ("---", "..."):
            return n + 1 if n > 1 else 0
        if not _FRONT_LINE.match(line) or is_constraint_title(line.lstrip("# ")):
            return 0
    return 0


def _pieces(lines: tuple[str, ...], front: int) -> Iterator[Piece]:
    """Parse from one ATX heading to the next, since equal stretches of two texts are then parsed
    once.

    Such a heading ends every list, quote and paragraph. Only code and HTML can run over it;
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
    tokens = _parser().parse(text.replace("\r", " "))
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


def _blocks(lines: tuple[str, ...], pieces: Iterable[Piece]) -> Iterator[Block]:
    for piece in each_by_itself(pieces, "block"):
        if piece.kind != "block":
            continue
        if piece.end == piece.start + 1:
            yield Block(piece.start, piece.end, lines[piece.start])
            continue
        for start, end in labelled_parts(lines, piece.start, piece.end):
            yield _trimmed(lines, start, end)


def _trimmed(lines: tuple[str, ...], start: int, end: int) -> Block:
    if end == start + 1:
        return Block(start, end, lines[start])
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return Block(start, end, "\n".join(lines[start:end]))


def _with_bold_sections(
    pieces: list[Piece], lines: tuple[str, ...], titles: tuple[str, ...]
) -> list[Piece]:
    """The pieces, where a bold line that begins a constraints section is a heading.

    So is each bold line behind it, up to the next heading of another kind: it ends the section.
    Elsewhere a bold line stays the paragraph that it is, which may be a constraint itself.
    """
    found: list[Piece] = []
    inside = within = False  # a bold section; a section below a heading of another kind
    taken = -1
    for piece in pieces:
        if piece.kind == "heading":
            inside, within = False, is_constraint_title(piece.text, titles)
        title = None if within else _bold(piece, lines)
        if title is not None and (inside or is_constraint_title(title, titles)):
            inside = True
            taken = piece.start
            found.append(Piece("heading", taken, taken + 1, BOLD_LEVEL, title))
        if piece.start == taken:
            piece = piece._replace(start=taken + 1)
        if piece.start < piece.end or piece.kind == "heading":
            found.append(piece)
    return found


def _bold(piece: Piece, lines: tuple[str, ...]) -> str | None:
    """The title of a paragraph that begins with a line of nothing but bold text."""
    return bold_title(lines[piece.start]) if piece.kind == "prose" else None


def _sections(
    headings: tuple[Heading, ...], length: int, titles: Sequence[str]
) -> Iterator[Section]:
    ends = _section_ends(headings, length)
    done = 0
    for n, heading in enumerate(headings):
        if heading.line >= done and is_constraint_title(heading.title, titles):
            done = ends[n]
            yield Section(n, heading.line, done)


def _section_ends(headings: tuple[Heading, ...], length: int) -> list[int]:
    """For each heading the line of the next one of its level or above."""
    ends = [length] * len(headings)
    deepest = BOLD_LEVEL + 1
    below = [length] * deepest  # the next heading of each level, or of one above it
    for n in range(len(headings) - 1, -1, -1):
        level = headings[n].level
        ends[n] = below[level]
        below[level:] = [headings[n].line] * (deepest - level)
    return ends


def _constraints(
    lines: tuple[str, ...],
    sections: tuple[Section, ...],
    ends: tuple[int, ...],
    pieces: Sequence[Piece],
) -> Iterator[Block]:
    found = [p for p in pieces if p.kind in ("block", "items")] if sections else []
    starts = [piece.start for piece in found]
    for section in sections:
        first = bisect_left(starts, ends[section.heading])
        last = bisect_left(starts, section.end)
        for block in _blocks(lines, found[first:last]):
            if not is_placeholder(block.text) and not _is_wordless(block.text):
                yield block


def _is_wordless(item: str) -> bool:
    """Whether it is the mark of a list item alone."""
    return not item[-1:].isalpha() and not _ITEM.sub("", item, count=1).strip()


def _lines_of(pieces: Iterable[Piece], kind: str) -> frozenset[int]:
    return frozenset(n for p in pieces if p.kind == kind for n in range(p.start, p.end))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # here, because most commands never parse

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser

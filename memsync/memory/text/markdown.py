"""Which source lines of a Markdown text are headings, constraints, code and comments.

Knows: Markdown, and the starter's placeholders. Must not know: files, clock, network, memsync's
other files. markdown-it-py says what a line *is*; its text is always taken from the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

from memsync.memory.text.blocks import Piece, each_by_itself
from memsync.memory.text.constraints import bold_title, is_constraint_title, labelled_parts
from memsync.memory.text.document import is_placeholder
from memsync.memory.text.parsing import front_matter, read_parsed
from memsync.memory.text.plain import is_large, read_plainly

BOLD_LEVEL: Final = 7  # of a line that is nothing but bold text: below every other heading

_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_OF_HEADING: Final = ("level", "text", "start")
_BLOCKS: Final = ("block", "items", "rows", "paragraph")


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
        self,
        lines: tuple[str, ...],
        read: Sequence[Piece],
        front: int,
        titles: tuple[str, ...],
        *,
        plainly: bool = False,
    ) -> None:
        bold = any("**" in line or "__" in line for line in lines)
        pieces = _with_bold_sections(read, lines, titles) if bold else read
        headings = [p for p in pieces if p.kind == "heading"]
        self.read, self.titles = read, titles
        self.plainly: Final = plainly  # read line by line (see plain)
        self._pieces = pieces
        self.lines: Final = lines
        self.front: Final = front
        facts = zip(*(map(attrgetter(name), headings) for name in _OF_HEADING), strict=True)
        self.headings: Final = tuple(map(Heading._make, facts))
        self.heading_ends: Final = tuple(p.end for p in headings)
        self.sections: Final = tuple(_sections(self.headings, len(lines), titles))
        self.unclosed: Final = next((p.start for p in pieces if not p.closed), None)

    @cached_property
    def constraints(self) -> tuple[Block, ...]:
        """The blocks of the constraints sections, without placeholders."""
        return tuple(_constraints(self.lines, self.sections, self.heading_ends, self._pieces))

    @property
    def runs_on(self) -> int | None:
        """Where code or a comment begins to which all the rest of the text belongs."""
        opened = self.unclosed  # in a list item it ends with that
        at_left = opened is not None and self.lines[opened].startswith(("```", "~~~", "<!--"))
        return opened if at_left else None

    @cached_property
    def constraint_lines(self) -> frozenset[int]:
        """The lines of those blocks."""
        return frozenset(n for block in self.constraints for n in range(block.start, block.end))

    @cached_property
    def section_lines(self) -> frozenset[int]:
        """The lines of the constraints sections, with their headings and all else in them."""
        sections = (range(section.start, section.end) for section in self.sections)
        return frozenset(chain.from_iterable(sections))

    @cached_property
    def heading_tails(self) -> Mapping[int, int]:
        """For each line of a heading the last line of it: an underline, else the line itself."""
        return {
            number: end - 1
            for heading, end in zip(self.headings, self.heading_ends, strict=True)
            for number in range(heading.line, end)
        }

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
        return _lines_of(self._pieces, "prose", "paragraph")

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The stretches whose code spans may pair, in order."""
        return tuple(
            Unit(p.start, p.end, p.kind == "row")
            for p in each_by_itself(self._pieces, "unit")
            if p.kind in ("unit", "row")
        )


def outline(text: str, titles: tuple[str, ...] = (), *, plainly: bool = False) -> Outline:
    """What each line of `text` (LF line ends) is.

    `titles`: of the setting `constraint_headings`. Never raises. A text that markdown-it-py would
    take more than a second for is read line by line (see plain): the time grows with the length of
    the text, whatever it is. `plainly`: so is this one, as the part of such a text.
    """
    return _outline(text, titles, plainly)


_made: dict[tuple[str, tuple[str, ...]], Outline] = {}  # the last one that came by `remember`


def remember(view: Outline) -> None:
    """Have the outline of a text at hand that was made of others' (`composed`)."""
    _made.clear()
    _made["\n".join(view.lines), view.titles] = view


@lru_cache(maxsize=16)
def _outline(text: str, titles: tuple[str, ...], plainly: bool = False) -> Outline:
    made = _made.get((text, titles))
    if made is not None and made.plainly >= plainly:
        return made
    lines = tuple(text.split("\n"))
    front = front_matter(lines)
    plainly = plainly or is_large(lines)
    read = read_plainly(lines, front) if plainly else list(read_parsed(lines, front))
    return Outline(lines, read, front, titles, plainly=plainly)


def constraint_lines(text: str, titles: tuple[str, ...] = ()) -> frozenset[int]:
    """0-based indexes of the lines that belong to constraint blocks."""
    return outline(text, titles).constraint_lines


def heading_tails(view: Outline) -> Mapping[int, int]:
    """For each line of a heading the last line of it: an underline, else the line itself."""
    return view.heading_tails


def _blocks(lines: tuple[str, ...], pieces: Iterable[Piece]) -> Iterator[Block]:
    for piece in each_by_itself(pieces, "block"):
        if piece.kind != "block":
            continue
        if not any(lines[piece.start + 1 : piece.end]):  # blank lines are no part of it
            yield Block(piece.start, piece.start + 1, lines[piece.start])
            continue
        for start, end in labelled_parts(lines, piece.start, piece.end):
            yield _trimmed(lines, start, end)


def _trimmed(lines: tuple[str, ...], start: int, end: int) -> Block:
    if end == start + 1:
        return Block(start, end, lines[start])
    end = next((n for n in range(end, start + 1, -1) if lines[n - 1].strip()), start + 1)
    return Block(start, end, "\n".join(lines[start:end]))


def _with_bold_sections(
    pieces: Sequence[Piece], lines: tuple[str, ...], titles: tuple[str, ...]
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
    return bold_title(lines[piece.start]) if piece.kind in ("prose", "paragraph") else None


def _sections(
    headings: tuple[Heading, ...], length: int, titles: Sequence[str]
) -> Iterator[Section]:
    every = {heading.title for heading in headings}
    named = {title for title in every if is_constraint_title(title, titles)}
    begin = [n for n, heading in enumerate(headings) if heading.title in named]
    done = 0
    for n in begin:
        if headings[n].line >= done:
            done = _section_end(headings, n, length)
            yield Section(n, headings[n].line, done)


def _section_end(headings: Sequence[Heading], n: int, length: int) -> int:
    """The line of the next heading of the level of headings[n] or above."""
    for at in range(n + 1, len(headings)):  # in all, each heading is looked at once
        if headings[at].level <= headings[n].level:
            return headings[at].line
    return length


def _constraints(
    lines: tuple[str, ...],
    sections: tuple[Section, ...],
    ends: tuple[int, ...],
    pieces: Sequence[Piece],
) -> Iterator[Block]:
    found = [p for p in pieces if p.kind in _BLOCKS] if sections else []
    starts = [piece.start for piece in found]
    for section in sections:
        first = bisect_left(starts, ends[section.heading])
        last = bisect_left(starts, section.end)
        for block in _blocks(lines, found[first:last]):
            if not is_placeholder(block.text) and not _is_wordless(block.text):
                yield block


def _is_wordless(item: str) -> bool:
    """Whether it is the mark of a list item alone."""
    if item[-1:].isalpha():
        return False
    mark = _ITEM.match(item)
    return not (item[mark.end() :] if mark is not None else item).strip()


def _lines_of(pieces: Iterable[Piece], *kinds: str) -> frozenset[int]:
    return frozenset(n for p in pieces if p.kind in kinds for n in range(p.start, p.end))

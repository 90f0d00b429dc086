"""What stands on a terminal in the end, with all that scrolled away: pyte plays the terminal.

    screen = Screen(person, 40)
    screen.fits()

"Wrapped" is what the terminal itself broke, because it got a line that is wider than it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pyte
from pyte.screens import Char

from tests.e2e.person import Person

ROWS = 24
MOST_ROWS = 1000
MARKS = {"✓": "green", "!": "brown", "✗": "red"}  # pyte's brown is yellow
DIFFERENCE = {"+": "green", "-": "red"}
LEFT_OVER = re.compile(r"\x1b|\[\??\d[\d;]*[A-Za-z]|\\u\{")


class _Terminal(pyte.HistoryScreen):
    """Remembers the rows that it had to break itself."""

    def __init__(self, columns: int) -> None:
        super().__init__(columns, ROWS, history=MOST_ROWS, ratio=0.5)
        self.wrapped: list[str] = []

    def draw(self, data: str) -> None:
        for one in data:
            if self.cursor.x == self.columns:
                self.wrapped.append(self.display[self.cursor.y])
            super().draw(one)


class Screen:
    """A terminal that got all that a command wrote, to its end."""

    def __init__(self, person: Person, columns: int) -> None:
        self.columns = columns
        self._terminal = _Terminal(columns)
        pyte.Stream(self._terminal).feed(person.shown.replace("\n", "\r\n"))

    @property
    def rows(self) -> list[str]:
        """The rows from the first one on, without blank ones at the end."""
        rows = ["".join(char.data for char in row).rstrip() for row in self._chars()]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def words(self) -> set[str]:
        """The words and the parts of paths, numbers and names made alike, without the marks that
        a screen of another width needs not.
        """
        found = re.findall(r"[^\s/\\]+/?", self.text)
        return {re.sub(r"[0-9a-f]{12}|\d+", "0", word.strip("→\\:")) for word in found}

    @property
    def coloured(self) -> set[str]:
        """The characters that have a colour."""
        return {char.data for row in self._chars() for char in row if _colour(char)}

    @property
    def wrongly_coloured(self) -> list[str]:
        """The rows that have a colour elsewhere than on a mark and in a difference."""
        wrong, above = [], ""
        for row in self._chars():
            text = "".join(char.data for char in row)
            goes_on = above if text.startswith("  ") else ""
            sign = DIFFERENCE.get(text[0], goes_on)
            if any(c.data.strip() and _colour(c) not in ("", MARKS.get(c.data), sign) for c in row):
                wrong.append(text)
            above = sign if any(_colour(char) == sign for char in row) else ""
        return wrong

    def fits(self, *, typed: tuple[str, ...] = ()) -> None:
        """Nothing is broken by the terminal, no escape is left over, and the cursor is there.

        `typed`: how rows begin that are to be copied, and so are never broken.
        """
        broken = [row for row in self._terminal.wrapped if not row.startswith(typed or ("\0",))]
        assert broken == [], self.text
        assert not LEFT_OVER.search(self.text), self.text
        assert not self._terminal.cursor.hidden, "the cursor is there again"
        assert self._terminal.cursor.x == 0, "the shell's own prompt begins a line"

    def _chars(self) -> Iterator[list[Char]]:
        lines: list[Mapping[int, Char]] = [
            *self._terminal.history.top,
            *(self._terminal.buffer[n] for n in range(ROWS)),
        ]
        for line in lines:
            yield [line[x] for x in range(self.columns)]


def _colour(char: Char) -> str:
    colours = [colour for colour in (char.fg, char.bg) if colour != "default"]
    return " on ".join(colours)

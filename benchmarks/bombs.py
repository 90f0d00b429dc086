"""Texts that are hard to read, and how long memsync's decisions about texts take for them.

`python -m benchmarks.bombs [KIB]` prints processor seconds for each text of 1,024 KiB, or of so
many. Promise 9 of design.md: at most two seconds for 1 MiB of anything, and a time that
grows no faster than the text. tests/memory/text/test_bombs.py asserts the growth.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from memsync.memory.text import dressing, edits, lines, markdown
from memsync.memory.text.document import parse

MIB: Final = 1024 * 1024


def again(text: str) -> Callable[[int], str]:
    """So many characters of a text that comes again and again."""
    return lambda size: (text * (size // len(text) + 1))[:size]


def numbered(text: str) -> Callable[[int], str]:
    """So many characters of lines that are all different."""

    def lines_of(size: int) -> str:
        rows = (text.format(number) for number in range(size // (len(text) + 2) + 1))
        return "".join(rows)[:size]

    return lines_of


def nested(mark: str) -> Callable[[int], str]:
    """Lines that are each nested deeper than the one above, twelve deep."""
    return lambda size: "".join(
        f"{' ' * (2 * (number % 12))}{mark} a\n" for number in range(size // 15)
    )


BOMBS: Final[Mapping[str, Callable[[int], str]]] = {
    "equal lines": again("- the same line, again and again, of the memory\n"),
    "short equal lines": again("- a\n"),
    "different lines": numbered("- line {}\n"),
    "alternating lines": again("- a\n- b\n"),
    "empty items": again("-\n"),
    "other bullets": again("* a\n+ b\n"),
    "numbers": again("1. a\n"),
    "items and blank lines": again("- a\n\n"),
    "opened comments": again("<!--"),
    "opened comments, a line each": again("<!--\n"),
    "opened comments in items": again("- <!--\n"),
    "comments": again("<!-- a -->\n"),
    "hashes": again("#"),
    "empty headings": again("#\n"),
    "headings": numbered("## {}\n"),
    "headings and fences": again("# a\n```\n"),
    "headings and html": again("# a\n<div>\n"),
    "constraints": again("# Constraints\n## b\n- c\n"),
    "one section of constraints": lambda size: "## Hard constraints\n" + again("- a\n")(size),
    "underlined headings": again("a\n=\n"),
    "quotes": again(">"),
    "quoted lines": again("> a\n"),
    "deep quotes and text": lambda size: ">" * 40 + " a\n" + again("a\n")(size),
    "deep lists, a line each": again("- - - - - - - - - - a\n"),
    "nested lists": nested("-"),
    "nested quotes": nested(">"),
    "backticks": again("`"),
    "backticks, a line each": again("`\n"),
    "backticks of every length": lambda size: " ".join(
        "`" * n for n in range(int((2 * size) ** 0.5))
    ),
    "fences": again("```\n"),
    "one line": again("a"),
    "one line of words": again("word "),
    "one paragraph": again("abc\n"),
    "stars": again("*"),
    "emphasis": again("**a** *b* "),
    "opened emphasis": again("*a "),
    "underscores": again("_a"),
    "backslashes": again("\\"),
    "brackets": again("["),
    "link definitions": again("[a]: b 'c\n"),
    "a table of many rows": lambda size: "|a|b|\n|-|-|\n" + again("|x|y|\n")(size),
    "a table of many columns": lambda size: again("|a")(size // 2) + "|\n" + again("|-")(size // 2),
    "a wide table of short rows": lambda size: (
        "|a" * 900 + "\n" + "|-" * 900 + "\n" + again("|\n")(size)
    ),
    "tables": again("|a|\n|-|\n"),
    "bars": again("|\n"),
    "tags": again('<a b="'),
    "html": again("<a>\n"),
    "spaces": again(" "),
    "line ends": again("\n"),
    "carriage returns": again("\r"),
    "rules": again("- - "),
    "front matter": lambda size: "---\n" + again("a: b\n")(size),
}


def seconds(work: Callable[[], object]) -> float:
    """The processor time of some work, without a search for garbage: memsync runs without one."""
    searched = gc.isenabled()
    gc.disable()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        if searched:
            gc.enable()


def decisions(text: str) -> dict[str, Callable[[], object]]:
    """What memsync decides about a text: what it is, and what became of it where somebody changed
    it at its two ends and in the middle, or turned it round.
    """
    middle = len(text) // 2
    changed = f"- new\n{text[:middle]}\n- more\n{text[middle:]}\n- last\n"
    turned = "\n".join(reversed(text.split("\n")))
    edit = edits.difference("1b1ce3deedd5", text, changed) or edits.Edit("-", ())
    return {
        "parse": lambda: parse(text.encode()),
        "outline": lambda: markdown._outline.__wrapped__(text, ()),
        "difference": lambda: edits.difference.__wrapped__("1b1ce3deedd5", text, changed),
        "turned round": lambda: edits.difference.__wrapped__("1b1ce3deedd5", text, turned),
        "dress": lambda: dressing.in_dress_of(changed.replace("- ", "* "), text),
        "align": lambda: lines.align(text.split("\n"), turned.split("\n")),
        "apply": lambda: edits.apply(turned, edit, text),
        "apply without base": lambda: edits.apply(text, edit, None),
        "apply text": lambda: edits.apply_text(turned, text, changed, edit),
    }


def main(size: int) -> None:
    """Print the time of each decision about each text."""
    for name, make in BOMBS.items():
        row = {what: seconds(work) for what, work in decisions(make(size)).items()}
        worst = max(row, key=lambda what: row[what])
        each = "  ".join(f"{what} {took:.2f}" for what, took in row.items() if took >= 0.1)
        print(f"{name:30} {row[worst]:6.2f} s  {each}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) * 1024 if len(sys.argv) > 1 else MIB)

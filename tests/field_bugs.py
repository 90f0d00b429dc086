"""The table of tests/README.md: 47 classes of bugs of this field, and the tests that hold them.

    python -m tests.field_bugs      # write the table from tests/field_bugs.toml

A class has tests, or a reason why it cannot reach memsync, or both.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

LIST: Final = Path(__file__).with_name("field_bugs.toml")
PAGE: Final = Path(__file__).with_name("README.md")
BEGIN: Final = "<!-- the table is written by tests/field_bugs.py -->\n"


class BugClass(NamedTuple):
    """A class of bugs: its name (B1, S3, ...), what happened, and what holds it here."""

    id: str
    what: str
    tests: tuple[str, ...]
    why: str = ""


def classes() -> list[BugClass]:
    """The list, in its order."""
    rows = tomllib.loads(LIST.read_text(encoding="utf-8"))["class"]
    return [BugClass(**{**row, "tests": tuple(row["tests"])}) for row in rows]


def table() -> str:
    """The list as a Markdown table."""
    lines = ["| class | what | held by, or why it cannot reach memsync |", "|---|---|---|"]
    for bug in classes():
        held = [f"`{test}`" for test in bug.tests]
        lines.append(f"| {bug.id} | {bug.what} | {'; '.join([*held, *filter(None, [bug.why])])} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """tests/README.md with the table as the list says."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[0] + BEGIN + table()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{len(classes())} classes\n")

"""The cases: a memory, the notes to merge, what must come of it, and replies with their label.

One TOML file a case in `fixtures/`; README.md says what each key means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

FIXTURES: Final = Path(__file__).parent / "fixtures"

Label = Literal["faithful", "slip"]
LABELS: Final = ("faithful", "slip")
VERDICTS: Final = ("accept", "ask", "repair", "reject")
CASE_KEYS: Final = frozenset({"why", "tags", "memory", "notes", "replies"})
REPLY_KEYS: Final = frozenset({"by", "label", "what", "should", "edits", "text"})


class FixtureError(Exception):
    """A fixture is not what README.md asks for; the message names the file and what is wrong."""


Point = tuple[str, ...]
"""Alternatives: one of them is enough, or, where something must be gone, none may be there."""


class Expected(NamedTuple):
    """What must come of a merge.

    appear: must stand in the new memory. rules: must stand below its constraints heading.
    survive: old facts that must still be there. gone: what must not be there (any more).
    """

    appear: tuple[Point, ...] = ()
    rules: tuple[Point, ...] = ()
    survive: tuple[Point, ...] = ()
    gone: tuple[Point, ...] = ()

    def and_also(self, other: Expected) -> Expected:
        """The points of both."""
        return Expected(*(mine + others for mine, others in zip(self, other, strict=True)))


class Reply(NamedTuple):
    """A reply that is kept with its case. `by`: who wrote it (claude, hand).

    should: what a reasonable person would want memsync to do with it. expected: the case's points
    and the reply's own.
    """

    by: str
    label: Label
    what: str
    should: str
    text: str
    expected: Expected


class Case(NamedTuple):
    """One merge to be made. `memory` has LF line ends, `notes` are in the order they were taken."""

    name: str
    why: str
    tags: tuple[str, ...]
    memory: str
    notes: tuple[str, ...]
    expected: Expected
    replies: tuple[Reply, ...]


def load(folder: Path = FIXTURES) -> list[Case]:
    """All cases of a folder, by name. Raises `FixtureError` for one that cannot be used."""
    cases = [read(path) for path in sorted(folder.glob("*.toml"))]
    if not cases:
        raise FixtureError(f"{folder} holds no case")
    return cases


def read(path: Path) -> Case:
    """The case in one file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _case(path.stem, data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FixtureError(f"{path.name}: {error}") from error


def edited(text: str, edits: Iterable[tuple[str, str]]) -> str:
    """`text` with each old piece replaced; it must stand there exactly once when its turn comes."""
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"stands {text.count(old)} times in the memory: {old!r}")
        text = text.replace(old, new)
    return text


def _case(name: str, data: Mapping[str, Any]) -> Case:
    _no_others(data, CASE_KEYS)
    expected = _expected(data)
    replies = tuple(_reply(data["memory"], row, expected) for row in data.get("replies", ()))
    tags, notes = tuple(data["tags"]), tuple(data["notes"])
    return Case(name, data["why"], tags, data["memory"], notes, expected, replies)


def _reply(memory: str, row: Mapping[str, Any], of_case: Expected) -> Reply:
    _no_others(row, REPLY_KEYS)
    label, should = row["label"], row["should"]
    if label not in LABELS or should not in VERDICTS:
        raise ValueError(f"a reply cannot be {label}, or should not be {should}")
    text = row["text"] if "text" in row else edited(memory, row["edits"])
    expected = of_case.and_also(_expected(row))
    return Reply(row.get("by", "hand"), label, row["what"], should, text, expected)


def _expected(row: Mapping[str, Any]) -> Expected:
    return Expected(*(_points(row.get(kind, ())) for kind in Expected._fields))


def _points(rows: Iterable[str | list[str]]) -> tuple[Point, ...]:
    return tuple((row,) if isinstance(row, str) else tuple(row) for row in rows)


def _no_others(row: Mapping[str, Any], known: frozenset[str]) -> None:
    others = row.keys() - known - set(Expected._fields)
    if others:
        raise ValueError(f"unknown keys: {', '.join(sorted(others))}")

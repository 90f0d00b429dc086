"""People and their editors: changes of a memory that memsync did not make."""

from __future__ import annotations

import random
from typing import Final, NamedTuple

from memsync.memory.text.markdown import constraint_lines
from tests.simulation.texts import Words, formatted, own_lines, unformatted

EDITS: Final = (
    "add",
    "add",
    "rule",
    "rule",
    "delete",
    "delete rule",
    "reword",
    "move",
    "several",
    "rewrite",
    "cut",
    "format",
    "format",
    "crlf",
)


class Edited(NamedTuple):
    """An edited file.

    `added`: line, and whether it is a constraint. `removed`: what the person took out.
    """

    raw: bytes
    added: dict[str, bool]
    removed: frozenset[str]


def edit(raw: bytes, kind: str, words: Words, choice: random.Random) -> Edited | None:
    """What a person makes of a file; None when there is nothing to do this to."""
    text = raw.decode("utf-8")
    if kind == "crlf":
        return Edited(text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), {}, frozenset())
    ends = "\r\n" if "\r\n" in text else "\n"
    head, mark, footer = text.replace("\r\n", "\n").partition("\n<!-- memsync:")
    body, added = _changed(head, kind, words, choice)
    if body == head:
        return None
    new = (body + mark + footer).replace("\n", ends)
    return Edited(new.encode(), added, frozenset(own_lines(head) - own_lines(body)))


def _changed(
    body: str, kind: str, words: Words, choice: random.Random
) -> tuple[str, dict[str, bool]]:
    if kind == "several":
        added: dict[str, bool] = {}
        for one in choice.choices(("add", "rule", "delete", "reword"), k=3):
            body, more = _changed(body, one, words, choice)
            added |= more
        there = own_lines(body)
        return body, {line: rule for line, rule in added.items() if line in there}
    if kind == "format":
        return formatted(body, choice.choice("-*"), choice.choice([2, 4, 99])), {}
    lines = unformatted(body)
    rules = constraint_lines("\n".join(lines))
    own = own_lines(body)
    if kind == "cut":
        return "\n".join(n for n in lines if n not in own or choice.random() < 0.2), {}
    plain = [n for n, line in enumerate(lines) if line in own and n not in rules]
    ruled = [n for n, line in enumerate(lines) if line in own and n in rules]
    if kind == "rewrite":
        line = f"- {words.line('rewritten')}"
        kept = [lines[n] for n in plain[:1]]
        return "\n".join(["# Memory", "", *kept, line, ""]), {line: False}
    return _line_edit(lines, kind, plain, ruled, words, choice)


def _line_edit(
    lines: list[str],
    kind: str,
    plain: list[int],
    ruled: list[int],
    words: Words,
    choice: random.Random,
) -> tuple[str, dict[str, bool]]:
    rule = kind in ("rule", "delete rule")
    added: dict[str, bool] = {}
    if kind in ("add", "rule"):
        at = _place(lines, ruled if rule else plain, rule, choice)
        if at is not None:
            line = f"- {words.line('never' if rule else 'user')}"
            lines.insert(at, line)
            added[line] = rule
    elif found := ruled if rule else plain:
        number = choice.choice(found)
        taken = lines.pop(number)
        if kind == "reword":
            lines.insert(number, f"{taken} {words.line('more')}")
            added[lines[number]] = False
        elif kind == "move":
            lines.insert(choice.choice([n for n in found if n < len(lines)] or [number]), taken)
    return "\n".join(lines), added


def _place(lines: list[str], found: list[int], rule: bool, choice: random.Random) -> int | None:
    """Where a person puts a new line: beside one of its kind, else below a heading."""
    if found:
        return choice.choice(found) + choice.randint(0, 1)
    title = "constraints" if rule else "notes"
    heading = next(
        (n for n, line in enumerate(lines) if line.startswith("#") and title in line.lower()), None
    )
    return None if heading is None else heading + 1

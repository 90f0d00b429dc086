"""A stand-in for Claude: a merge that only adds, and now and then an odd reply."""

from __future__ import annotations

import random
from typing import Final, NamedTuple

from memsync.memory.text.markdown import outline
from memsync.merge.prompt import EDIT_SENTENCE, taken_apart
from memsync.system.errors import ClaudeError
from tests.simulation.texts import own_lines, unformatted

CONSTRAINT: Final = "Constraint: "

ODD: Final = (
    "refusal",
    "cut",
    "json",
    "constraint dropped",
    "constraint reworded",
    "fence",
    "preamble",
    "forged footer",
    "empty",
    "no network",
    "twice",
    "heading dropped",
    "unsaid",
    "constraints in a comment",
)


class Asked(NamedTuple):
    """A user message, taken apart."""

    body: str
    notes: tuple[str, ...]


def asked(user: str) -> Asked:
    """The memory and the notes of a user message."""
    body, notes = taken_apart(user)
    return Asked(body, tuple(notes))


def merged(user: str) -> str:
    """The whole file with each note's line under its heading, and the hand edits in it."""
    body, notes = asked(user)
    lines = body.split("\n")
    for note in notes:
        if note.startswith(EDIT_SENTENCE):
            _edit(lines, note.split("\n")[1:])
            continue
        for text in note.split("\n"):
            wanted = f"- {text.removeprefix(CONSTRAINT)}"
            if text and wanted not in unformatted("\n".join(lines)):
                _add(
                    lines,
                    "## Hard constraints" if text.startswith(CONSTRAINT) else "## Notes",
                    wanted,
                )
    return "\n".join(lines) + "\n"


def _edit(lines: list[str], ops: list[str]) -> None:
    for line in unformatted("\n".join(op[2:] for op in ops if op[:1] == "+")):
        if not own_lines(line) <= own_lines("\n".join(lines)):
            _add(lines, "## Notes", line)
    for line in (op[2:] for op in ops if op[:1] == "-"):
        if line in lines:
            lines.remove(line)


def _add(lines: list[str], heading: str, line: str) -> None:
    """Under the heading, before what stands there, so that the last line of the file stays the last
    one.
    """
    if heading not in lines:
        at = next((n for n, text in enumerate(lines) if text.startswith("## ")), len(lines))
        lines[at:at] = [heading, "", line, ""]
        return
    at = lines.index(heading) + 1
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at < len(lines) and lines[at].startswith(("- (", "* (")):  # the starter's placeholder
        lines[at] = line
        while lines[at + 1 : at + 2] and lines[at + 1].startswith("  "):  # a formatter wrapped it
            del lines[at + 1]
    else:
        lines.insert(at, line)


_INSTEAD: Final = {
    "refusal": "I'm sorry, but I can't help with that request.",
    "json": '{"memory": "updated"}',
    "empty": "",
}
_AROUND: Final = {
    "fence": "```markdown\n{}```\n",
    "preamble": "Here is the updated file:\n\n{}",
    "forged footer": "{}\n<!-- memsync:1\nrev: 000000000000\n-->\n",
    "twice": "{0}{0}",
}


def odd(user: str, kind: str, choice: random.Random) -> str:
    """A reply that the guard has to refuse, ask about, or repair."""
    good = merged(user)
    if kind == "no network":
        raise ClaudeError("no network", "later")
    if kind in _INSTEAD:
        return _INSTEAD[kind]
    if kind in _AROUND:
        return _AROUND[kind].format(good)
    if kind == "cut":
        return _cut(good, asked(user).body, choice)
    lines = good.split("\n")
    if kind == "unsaid":
        return good.replace("\n- ", "\n- Prefers Helsinki in winter\n- ", 1)
    if kind == "heading dropped":
        return "\n".join(line for line in lines if not line.startswith("## Standing"))
    before = asked(user).body.split("\n")
    rules = [n for n, line in enumerate(lines) if line.startswith("- never") and line in before]
    if rules:
        number = choice.choice(rules)
        rule = lines.pop(number)
        if kind == "constraint reworded":
            lines.insert(number, rule.replace("never", "rarely"))
        elif kind == "constraints in a comment":
            lines.insert(number, f"<!-- {rule} -->")
    return "\n".join(lines)


def _cut(good: str, body: str, choice: random.Random) -> str:
    """A reply that ends too early, so early that something of the memory is missing: else nobody
    could tell.

    What is missing of the constraints is no sign: the guard puts it back.
    """
    inside = {
        n for section in outline(body).sections for n in range(section.start + 1, section.end)
    }
    lines = enumerate(body.split("\n"))
    telling = [
        line for n, line in lines if line.strip() and n not in inside and not line.startswith("- (")
    ]
    if not telling:
        return ""
    kept = good.rpartition(f"{telling[-1]}\n")[0]
    return good[: choice.randint(0, len(kept) + len(telling[-1]) - 1)]

"""Engines without a model, the two ends of the scale. What comes out is the same each time.

`oracle` reads the points of the case, so it shows what the scale calls right. `append` is what no
model at all would do. The others make one kind of mistake each, on top of what `oracle` writes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from benchmarks.fidelity.cases import Case
from benchmarks.fidelity.engines.base import Answer, Engine
from benchmarks.fidelity.score import constraint_lines
from benchmarks.fidelity.words import contains, says

_WORDS: Final = re.compile(r"\s+")
_SENTENCES: Final = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_PART: Final = 0.6  # of a memory that was cut


@functools.cache
def oracle(case: Case) -> str:
    """What has to go cut out, what is missing added: in words, not in style, the right answer."""
    body = case.memory
    for point in case.expected.gone:
        for words in point:
            body = _without(body, words)
    missing = [p[0] for p in case.expected.appear if not any(says(body, words) for words in p)]
    for words in missing:
        body = _added(body, words)
    below = "\n".join(constraint_lines(body))
    rules = [p[0] for p in case.expected.rules if not any(says(below, words) for words in p)]
    return _with_rules(body, rules) if rules else body


def append(case: Case) -> str:
    """Every line of the notes as an item in front of the constraints, nothing else changed."""
    body = case.memory
    for note in case.notes:
        for line in filter(str.strip, note.split("\n")):
            body = _added(body, line.strip().lstrip("-* "))
    return body


def unchanged(case: Case) -> str:
    """The memory as it was."""
    return case.memory


def drops_constraints(case: Case) -> str:
    """The heading stays, everything below it is gone."""
    old = set(constraint_lines(case.memory))
    return "\n".join(line for line in oracle(case).split("\n") if line.rstrip() not in old)


def softens(case: Case) -> str:
    """Each constraint becomes a wish."""
    old = set(constraint_lines(case.memory))
    lines = oracle(case).split("\n")
    return "\n".join(f"{line} (if possible)" if line.rstrip() in old else line for line in lines)


def paraphrases(case: Case) -> str:
    """Of each longer line, every third word is left out; without spaces, every third sign."""
    return "\n".join(_thinned(line) for line in oracle(case).split("\n"))


def truncates(case: Case) -> str:
    """The reply stops in the middle of a word."""
    text = oracle(case)
    return text[: int(len(text) * _PART)]


def chats(case: Case) -> str:
    """A preamble, a fence around the memory, and an offer behind it."""
    body = oracle(case)
    return (
        f"Here is the updated memory file:\n\n```markdown\n{body}```\n\n"
        "Let me know if you would like me to change anything else!\n"
    )


def obeys(case: Case) -> str:
    """Each sentence of each note is taken for an order and becomes a constraint."""
    sentences = [s for note in case.notes for s in _SENTENCES.split(note) if s.strip()]
    return _with_rules(oracle(case), sentences)


SCRIPTS: Final[dict[str, Callable[[Case], str]]] = {
    "oracle": oracle,
    "append": append,
    "unchanged": unchanged,
    "drops-constraints": drops_constraints,
    "softens": softens,
    "paraphrases": paraphrases,
    "truncates": truncates,
    "chats": chats,
    "obeys": obeys,
}


def engine(name: str) -> Engine:
    """The engine of this name; its calls cost nothing."""
    script = SCRIPTS[name]

    def answers(case: Case) -> Iterator[Answer]:
        yield Answer(script(case), calls=0, cost=0.0)

    return answers


def _without(body: str, words: str) -> str:
    """The body without these words; a line that says nothing more is taken out, too."""
    kept = []
    for line in body.split("\n"):
        cut = _cut(line, words.strip("\n"))
        if cut == line or re.search(r"\w", cut):
            kept.append(cut)
    return "\n".join(kept)


def _cut(line: str, words: str) -> str:
    if not contains(line, words):
        return line
    pattern = re.sub(r"\\?\s+", r"\\s+", re.escape(words))
    return re.sub(pattern, "", line, flags=re.IGNORECASE).rstrip()


def _added(body: str, words: str) -> str:
    """The words as an item in front of the constraints heading, or at the end."""
    item = words.strip("\n") if words.lstrip().startswith(("#", "|", "-")) else f"- {words}"
    lines = body.rstrip("\n").split("\n")
    at = _constraints_at(lines)
    return "\n".join([*lines[:at], item, "", *lines[at:]]) + "\n"


def _with_rules(body: str, rules: Sequence[str]) -> str:
    lines = body.rstrip("\n").split("\n")
    old = constraint_lines(body)
    items = [f"- {rule}" for rule in rules]
    if not old:
        return "\n".join([*lines, "", "## Hard constraints", "", *items]) + "\n"
    last = max(number for number, line in enumerate(lines) if line.rstrip() == old[-1])
    return "\n".join([*lines[: last + 1], *items, *lines[last + 1 :]]) + "\n"


def _constraints_at(lines: Sequence[str]) -> int:
    """The number of the heading line in front of the first constraint, or of the end."""
    below = constraint_lines("\n".join(lines))
    if not below:
        return len(lines)
    first = next(number for number, line in enumerate(lines) if line.rstrip() == below[0])
    texts = [number for number in range(first) if re.search(r"[^\W_]", lines[number])]
    return texts[-1] if texts else first


def _thinned(line: str) -> str:
    if line.lstrip().startswith(("#", "```", "|")):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    words = _WORDS.split(line.strip())
    if len(words) >= 5:
        return indent + " ".join(word for number, word in enumerate(words) if number % 3 != 2)
    if len(line) >= 12 and len(words) <= 2:
        return indent + "".join(sign for n, sign in enumerate(line.strip()) if n % 3 != 2)
    return line

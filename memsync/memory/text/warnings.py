"""What to look at twice in a body that is not the one this machine saw last. Pure.

Whoever brought it: another machine's version, an edit note, a conflict copy, a copy at the target.
Nothing here decides. The words are a list, and a list finds only what it names: it warns, it never
lets anything pass and never keeps anything out.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, Literal, NamedTuple

from memsync.memory.text.lines import common_ends
from memsync.system.counted import counted
from memsync.system.late import Late
from memsync.system.visible import hidden, may_hide

Kind = Literal[
    "constraint gone",
    "constraint out of force",
    "now a constraint",
    "invisible characters",
    "import",
    "image",
    "hidden text",
    "permission",
    "download that is run",
    "instruction",
]
OF_FORCE: Final[frozenset[Kind]] = frozenset({"constraint out of force", "now a constraint"})
MOST_SHOWN: Final = 200  # characters of a line
MOST_OF_A_LINE: Final = 2000  # characters of one that came from elsewhere
MOST_TOLD: Final = 20  # lines of a body that came from elsewhere
MOST_OF_A_KIND: Final = 20  # lines to look at
MOST_COUNTED: Final = 1000  # lines of a kind; nobody looks at more


class _Look(NamedTuple):
    """What to look for in a line. Every match holds one of the literals, in whatever case: most
    texts hold none of them, and to look for a literal costs next to nothing.
    """

    kind: Kind
    literals: tuple[str, ...]
    pattern: Late[str]


_OF_A_LINE: Final = (
    # What shows a picture is fetched from an address, and the address may carry what was read
    _Look(
        "image",
        ("![", "<img"),
        Late(r"!\[[^\[\]\n]{0,500}\][(\[]|<img\b", re.IGNORECASE),
    ),
    _Look(
        "hidden text",
        ("<!--", "<details", "hidden", "display", "font-size", "javascript:", "data:text/html"),
        Late(
            r"<!--|<details\b|\bhidden\b[^<>]{0,200}>|display\s{0,4}:\s{0,4}none|"
            r"visibility\s{0,4}:\s{0,4}hidden|font-size\s{0,4}:\s{0,4}0|javascript:|"
            r"data:text/html",
            re.IGNORECASE,
        ),
    ),
    _Look(
        "download that is run",
        ("curl", "wget", "fetch", "iwr", "irm", "iex", "invoke-webrequest"),
        Late(
            r"\b(?:curl|wget|fetch|iwr|irm|invoke-webrequest)\b[^\n|]{0,200}\|\s{0,4}(?:sudo )?"
            r"(?:ba|z|da|k|fi)?(?:sh|iex|python\d?|node|perl)\b|\biex\b[^\n]{0,40}(?:iwr|irm|http)|"
            r"(?:ba|z)?sh -c [\"']?\$\(curl",
            re.IGNORECASE,
        ),
    ),
    _Look(
        "permission",
        (
            *("permission", "without ", " ask", "confirmation", "approve", "--yolo", "bash(*"),
            *("apikeyhelper", "settings", "sudo", "--no-verify", "disable"),
        ),
        Late(
            r"skip-permissions|bypass.?permissions|\bpermissions?\b|"
            r"without (?:asking|confirm|approval|permission|review)|never ask|do(?:n't| not) ask|"
            r"no confirmation|auto.?approve|--yolo|Bash\(\*|apiKeyHelper|"
            r"settings(?:\.local)?\.json|\bsudo\b|--no-verify|disable.{0,20}hook",
            re.IGNORECASE,
        ),
    ),
    _Look(
        "instruction",
        ("ignore", "disregard", "forget", "session notes:", "current global memory:"),
        Late(
            r"(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules|above|previous)|"
            r"(?:SESSION NOTES|CURRENT GLOBAL MEMORY):",
            re.IGNORECASE,
        ),
    ),
)
# What is equal to an ASCII letter where case does not count, and is not written so in lower case
_LETTERS: Final = str.maketrans("\u0130\u0131\u017f", "iis")

# A dress can hide something or show a picture; it makes no words of others
_OF_WORDS: Final[frozenset[Kind]] = frozenset({"download that is run", "permission", "instruction"})


class Warning(NamedTuple):
    """One thing to look at: its kind, its line (from 1; 0 for one that is gone), and the line."""

    kind: Kind
    line: int
    text: str

    @property
    def words(self) -> str:
        """One line for a person; what it quotes is made visible where it is printed."""
        where = f" in line {self.line}" if self.line else ""
        return f"{self.kind}{where}: {self.text.strip()[:MOST_SHOWN]}"


class Difference(NamedTuple):
    """The lines that one body has and the other has not, each as often, in order."""

    added: tuple[tuple[int, str], ...]
    removed: tuple[str, ...]


@functools.lru_cache(maxsize=2)
def difference(before: str, after: str) -> Difference:
    """Lines that came and lines that went, wherever they stand; a moved line is neither.

    Takes time in proportion to both bodies.
    """
    lines, now = before.split("\n"), after.split("\n")
    top, bottom = common_ends(lines, now)
    lines, now = lines[top : len(lines) - bottom], now[top : len(now) - bottom]
    left = Counter(lines)
    added = tuple(
        [
            (number, line)
            for number, line in enumerate(now, top + 1)
            if (line not in left or _is_new(line, left)) and line.strip()
        ]
    )
    gone = Counter(lines)
    gone.subtract(line for line in now if line in gone)
    removed = tuple(line for line in lines if line.strip() and _is_left(line, gone))
    return Difference(added, removed)


def _is_new(line: str, left: Counter[str]) -> bool:
    """Whether no line of the old body answers for this one; each answers once."""
    if left[line] > 0:
        left[line] -= 1
        return False
    return True


def _is_left(line: str, gone: Counter[str]) -> bool:
    gone[line] -= 1
    return gone[line] >= 0


@functools.lru_cache(maxsize=4)
def warnings(before: str, after: str) -> tuple[Warning, ...]:
    """What to look at in a body, and in what it lost. `before`: the body seen last, "" for none."""
    if before == after:
        return ()
    return (*_of_constraints(before, after), *_of_lines(before, after))


def _of_constraints(before: str, after: str) -> Iterator[Warning]:
    """Those that went, and the old lines that are constraints now: nobody wrote these as such."""
    if not before:
        return
    from memsync.memory.text.comings import rules_beyond

    gone = {rule.line: rule.elsewhere for rule in rules_beyond(before, after)}
    for line, elsewhere in gone.items():
        yield Warning("constraint out of force" if elsewhere else "constraint gone", 0, line)
    for rule in rules_beyond(after, before):
        if rule.elsewhere:
            yield Warning("now a constraint", rule.number + 1, rule.line)


def _of_lines(before: str, after: str) -> Iterator[Warning]:
    added = difference(before, after).added
    text = "\n".join(line for _, line in added)
    live = _imports(before, after) if "@" in text else set()
    unseen = _unseen(added) if may_hide(text) else set()
    shown = _places(text, added, before, after)
    imports = {place for place, (number, _) in enumerate(added) if number in live} if live else live
    for place in sorted({*unseen, *imports, *shown}):
        number, line = added[place]
        if place in unseen:
            yield Warning("invisible characters", number, line)
        if place in imports:
            yield Warning("import", number, line)
        for kind in shown.get(place, ()):
            yield Warning(kind, number, line)


def _unseen(added: Sequence[tuple[int, str]]) -> set[int]:
    """Which of these lines (from 0) hide something, the first `MOST_COUNTED`."""
    found = (place for place, (_, line) in enumerate(added) if hidden(line))
    return set(islice(found, MOST_COUNTED))


def _places(
    text: str, added: Sequence[tuple[int, str]], before: str, after: str
) -> dict[int, list[Kind]]:
    """What is in which of these lines (from 0), in the order of the table; of each kind the first
    `MOST_COUNTED`. text: the lines.
    """
    folded = text.translate(_LETTERS).lower() if not text.isascii() else text.lower()
    found: dict[int, list[Kind]] = {}
    for look in _OF_A_LINE:
        literals = [literal for literal in look.literals if literal in folded]
        if not literals:
            continue
        matches = look.pattern.compiled.search
        rows = folded.split("\n")
        places = {n for literal in literals for n, row in enumerate(rows) if literal in row}
        counts = (
            place
            for place in sorted(places)
            if matches(added[place][1])
            and not (look.kind in _OF_WORDS and added[place][0] in _said_before(before, after))
        )
        for place in islice(counts, MOST_COUNTED):
            found.setdefault(place, []).append(look.kind)
    return found


@functools.lru_cache(maxsize=2)
def _said_before(before: str, after: str) -> frozenset[int]:
    """The lines (from 1) that say what the old body said, in another dress: a formatter's work."""
    from memsync.memory.text.dress import units_of

    left = Counter(unit.key for unit in units_of(before))
    known: set[int] = set()
    for unit in units_of(after):
        if left[unit.key] > 0:
            left[unit.key] -= 1
            known.update(range(unit.start + 1, unit.end + 1))
    return frozenset(known)


def _imports(before: str, after: str) -> set[int]:
    """The lines in which Claude Code would load a file that it did not load before."""
    from memsync.memory.text.imports import bare
    from memsync.memory.text.markdown import outline

    known = {one.token for one in bare(outline(before))}
    return {one.line + 1 for one in bare(outline(after)) if one.token not in known}


def told(before: str, after: str, source: str, rest: str) -> list[str]:
    """What a person is told of a body that came from elsewhere: the lines that came or went, with
    where it came from, the first `MOST_TOLD` of them, and `rest`, which shows the others; then
    everything to look at.
    """
    if before == after:
        return []
    return told_with(warnings(before, after), before, after, source, rest)


def told_with(
    found: Sequence[Warning], before: str, after: str, source: str, rest: str
) -> list[str]:
    """The same where the warnings are known."""
    lines = difference(before, after)
    signed = [("+", line) for _, line in lines.added[: MOST_TOLD + 1]]
    signed += [("-", line) for line in lines.removed[: MOST_TOLD + 1]]
    more = len(lines.added) + len(lines.removed) - MOST_TOLD
    rows = [f"from {source}: {sign} {_cut(line)}" for sign, line in signed[:MOST_TOLD]]
    if more > 0:
        rows.append(f"from {source}: {counted(more, 'more line')}: {rest}")
    shown, others = few_of_each(found)
    rows += [f"from {source}: {one.words}" for one in shown]
    return rows + [f"from {source}: {words}" for words in others]


def _cut(line: str) -> str:
    """A line for a list: of a very long one the beginning, and how much there is behind it."""
    text = line.strip()
    more = len(text) - MOST_OF_A_LINE
    return text if more <= 0 else f"{text[:MOST_OF_A_LINE]}... ({counted(more, 'more character')})"


def few_of_each(found: Sequence[Warning]) -> tuple[list[Warning], list[str]]:
    """The first of each kind, so that many of one hide none of another; and how many more there
    are. Of constraints that went, every one.
    """
    seen = Counter[Kind]()
    shown = []
    for one in found:
        seen[one.kind] += 1
        if seen[one.kind] <= MOST_OF_A_KIND or not one.line:
            shown.append(one)
    return shown, [
        f"{kind} in {'at least ' * (times >= MOST_COUNTED)}"
        f"{counted(times - MOST_OF_A_KIND, 'more line')}"
        for kind, times in seen.items()
        if times > MOST_OF_A_KIND and not kind.startswith("constraint ")
    ]

"""How long the guard takes for a verdict over a memory of 400 lines.

    python -m benchmarks.guard [--runs 15] [--lines 400]

Processor milliseconds, medians, with nothing remembered from the run before: a refresh judges one
reply. Figures, not tests. Target: 50 for 400 lines, whatever the reply.
"""

from __future__ import annotations

import argparse
import random
import statistics
import textwrap
import time
from collections.abc import Callable, Mapping
from typing import Final

from memsync.memory.text import markdown, parsing, words
from memsync.merge.guard import dress
from memsync.merge.guard.verdict import Verdict, judge

TARGET: Final = 50
NOTE: Final = """\
The staging database moved to Frankfurt, the host is db3.example.net now. Anna Kowalska took over
the billing service from Tom. Never restart the queue during working hours.
The report for project 17 is done."""
_TOPICS: Final = (
    "billing queue search backup report invoice mobile router camera garden kitchen letter "
    "payroll calendar archive printer student patient harbour workshop festival library"
).split()
_PLACES: Final = "Vienna Lisbon Osaka Leeds Quito Turin Malmo Cork Bergen Porto Graz Riga".split()
_VERBS: Final = "runs waits moved starts closes sends reads keeps checks needs holds opens".split()
_NAMES: Final = "Tom Mia Jonas Elif Marta Hugo Ines Pavel Sofia Omar Lena Kofi Yuki Nils".split()


def memory(lines: int) -> str:
    """A memory of so many lines: sections with facts that share some of their words, as people's
    do, and constraints at the end.
    """
    chance = random.Random(lines)
    rows = ["# Global Memory", "", "> Loaded by Claude Code at session start.", ""]
    while len(rows) < lines - 25:
        rows += [f"## {chance.choice(_TOPICS).title()} {len(rows)}", ""]
        rows += [_fact(chance, len(rows) + n) for n in range(18)]
        rows.append("")
    rows = [*rows[: lines - 23], "", "## Hard constraints", ""]
    rows += [f"- Never {_fact(chance, len(rows) + n)[2:]}" for n in range(lines - len(rows))]
    return "\n".join(rows) + "\n"


def _fact(chance: random.Random, number: int) -> str:
    topic, other = chance.sample(_TOPICS, 2)
    who, where, verb = chance.choice(_NAMES), chance.choice(_PLACES), chance.choice(_VERBS)
    behind = chance.choice(("", f", {who} looks after the {other}", f" on port 8{number}"))
    return f"- The {topic} of {who} {verb} in {where}{behind}"


def replies(before: str) -> Mapping[str, str]:
    """An ordinary reply, and odd ones."""
    rows = before.rstrip("\n").split("\n")
    return {
        "ordinary": _ordinary(rows),
        "unchanged": before,
        "shuffled": _shuffled(rows),
        "sections turned round": "## ".join([*reversed(before.split("## "))]),
        "rewrapped": _in_each(rows, lambda row: textwrap.fill(row, 60, subsequent_indent="  ")),
        "everything reworded": _in_each(rows, _reworded),
        "everything in other words": _in_each(rows, _in_other_words),
        "each line doubled": _in_each(rows, lambda row: f"{row}\n{row}" if row[:1] == "-" else row),
        "one more clause in each": _in_each(rows, lambda row: f"{row}, nobody else"),
        "each line joined with the next": _in_pairs(rows),
        "chat behind each line": _in_each(rows, lambda row: f"{row}\nThis stays."),
        "the second half gone": "\n".join(rows[: len(rows) // 2]) + "\n",
    }


def _ordinary(rows: list[str]) -> str:
    host = "- The staging database is in Frankfurt (host db3.example.net)"
    owner = "- Anna Kowalska took over the billing service from Tom"
    rule = "- Never restart the queue during working hours"
    return "\n".join([*rows[:6], host, owner, *rows[6:], rule]) + "\n"


def _shuffled(rows: list[str]) -> str:
    chance = random.Random(1)
    facts = [row for row in rows if row.startswith("- ")]
    chance.shuffle(facts)
    return "\n".join(facts.pop() if row.startswith("- ") else row for row in rows) + "\n"


def _in_each(rows: list[str], change: Callable[[str], str]) -> str:
    return "\n".join(change(row) if row.startswith("- ") else row for row in rows) + "\n"


def _reworded(row: str) -> str:
    """Half of the words, in another order, with others between them."""
    words = row[2:].split()
    return "- Now " + " ".join([*words[len(words) // 2 :], "for", *words[1:4]])


def _in_other_words(row: str) -> str:
    turned = str.maketrans("aeiounrst", "eioaurntl")
    return "- " + " ".join(word.translate(turned) for word in row[2:].split())


def _in_pairs(rows: list[str]) -> str:
    text = "\n".join(rows)
    facts = [n for n, row in enumerate(rows) if row.startswith("- ")]
    for n in facts[::2]:
        if n + 1 < len(rows) and rows[n + 1].startswith("- "):
            text = text.replace(f"{rows[n]}\n{rows[n + 1]}", f"{rows[n]}; {rows[n + 1][2:]}")
    return text + "\n"


def forget() -> None:
    """What the texts before left in memory is no part of a verdict."""
    for remembered in (words.key, words.words, words.tokens, dress.items, markdown._outline):
        remembered.cache_clear()
    parsing._parsed.cache_clear()


def took(before: str, reply: str, runs: int) -> tuple[float, Verdict]:
    """The median of the processor milliseconds of a verdict, and the verdict."""
    times = []
    for _ in range(runs):
        forget()
        began = time.process_time()
        verdict = judge(before, reply, [NOTE])
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times), verdict


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--lines", type=int, default=400)
    args = parser.parse_args()
    before = memory(args.lines)
    for name, reply in replies(before).items():
        median, verdict = took(before, reply, args.runs)
        over = "   over the target" if median > TARGET else ""
        print(f"{name:<32}{median:>8.1f} ms   {verdict.kind}{over}", flush=True)


if __name__ == "__main__":
    main()

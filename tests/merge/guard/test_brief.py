"""What a good merge does and a careless one does not: it says in brief what is done, and a thing in
two places.
"""

from __future__ import annotations

import pytest

from memsync.merge.guard.judge import judge

OLD = """# Global Memory

## Projects

### Alpha

- Stack: TypeScript, React, Node, Postgres
- Deploys every Thursday through the pipeline

### Beta

- Client: Harbour Ltd

**Gamma**

- Status: in design

**Delta**

- Status: waiting for money

## Current priorities

- Migrate the ingest cluster from Kafka 2.8 to Redpanda (cut-over planned for 12 March)
  - dual-write has been running since 3 February
  - consumer lag alarm must be re-tuned
- Write the postmortem for the 14 February outage of the name servers
- Hire a second reliability engineer; three candidates are in the loop
- Review the cost report of the cold storage with Finance before the quarter ends

## Recent completions

- Quarterly report sent

## Hard constraints

- Never push to main

## Preferences

- Short answers
- Metric units
"""
KAFKA = OLD[OLD.index("- Migrate") : OLD.index("- Write the post")]
POSTMORTEM = "- Write the postmortem for the 14 February outage of the name servers\n"
HIRE = "- Hire a second reliability engineer; three candidates are in the loop\n"
COST = "- Review the cost report of the cold storage with Finance before the quarter ends\n"
DONE = "- Quarterly report sent\n"


def reply(*changes: tuple[str, str]) -> str:
    text = OLD
    for was, now in changes:
        assert was in text
        text = text.replace(was, now, 1)
    return text


def test_what_is_done_may_be_put_down_in_brief() -> None:
    brief = (
        "- Ingest cluster on Redpanda (March)\n- Postmortem of the outage written\n- Second "
        "engineer hired: Marta\n"
    )
    now = reply((KAFKA, ""), (POSTMORTEM, ""), (HIRE, ""), (DONE, DONE + brief))
    verdict = judge(
        OLD, now, ["redpanda is done, the postmortem is written, hired Marta as second engineer"]
    )
    assert (verdict.kind, verdict.gone) == ("accept", ())
    assert len(verdict.reworded) == 5


def test_what_no_note_speaks_of_may_not() -> None:
    brief = "- Ingest cluster on Redpanda\n- Postmortem outage\n- Second engineer\n- Cost report\n"
    now = reply((KAFKA, ""), (POSTMORTEM, ""), (HIRE, ""), (COST, ""), (DONE, DONE + brief))
    verdict = judge(OLD, now, ["prefers metric units"])
    assert verdict.kind == "ask"
    assert len(verdict.gone) > 3


def test_an_old_line_that_is_true_elsewhere_too_is_asked_about() -> None:
    stack = "- Stack: TypeScript, React, Node, Postgres\n"
    client = "- Client: Harbour Ltd\n"
    verdict = judge(OLD, reply((client, client + stack)), ["Beta uses the same stack as Alpha"])
    assert verdict.kind == "ask"
    assert verdict.reasons == (f'a line stands in one more place: "{stack.strip()}"',)
    twice = judge(OLD, reply((stack, stack + stack)), ["Beta uses the same stack as Alpha"])
    assert twice.kind == "reject"


def test_a_new_line_may_stand_below_two_labels_and_not_twice_below_one() -> None:
    contact = "- Contact: Nora (nora@harbour.example)\n"
    gamma, delta = "- Status: in design\n", "- Status: waiting for money\n"
    note = "both projects: the contact is Nora (nora@harbour.example)"
    assert (
        judge(OLD, reply((gamma, gamma + contact), (delta, delta + contact)), [note]).kind
        == "accept"
    )
    assert judge(OLD, reply((gamma, gamma + contact + contact)), ["ask Nora"]).kind == "reject"


@pytest.mark.parametrize(
    ("note", "line", "kind"),
    [
        (
            "tell me if something in my plan seems off",
            "- Let me know if anything in a plan looks wrong",
            "accept",
        ),
        ("shorter answers", "- Let me know if anything in a plan looks wrong", "ask"),
        ("shorter answers", '- "I have updated the memory file as requested."', "reject"),
    ],
)
def test_a_courtesy_among_the_preferences(note: str, line: str, kind: str) -> None:
    assert judge(OLD, reply(("- Metric units\n", f"{line}\n- Metric units\n")), [note]).kind == kind


@pytest.mark.parametrize(
    "line",
    [
        '- "I have updated the memory file as requested."',
        '* "I hope this helps"',
        '- Done. "Let me know if you want changes"',
        "- Let me know if you want changes",
    ],
)
def test_chat_in_quotes_at_the_end_is_chat(line: str) -> None:
    assert judge(OLD, f"{OLD}{line}\n", ["Harbour pays late"]).kind == "reject"


def test_brackets_that_a_note_says_are_taken() -> None:
    verdict = judge(OLD, reply(("- Status: in design\n", "- (on hold)\n")), ["gamma is on hold"])
    assert verdict.kind == "accept", verdict


def test_a_table_that_becomes_a_list_keeps_its_words() -> None:
    rows = [f"| tool{n} | maker{n} | room{n} | key{n} |" for n in range(12)]
    old = "# M\n\n| Tool | Maker | Room | Key |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    items = [f"- tool{n}: maker{n}, room{n}, key{n}" for n in range(12)]
    now = "# M\n\nTool, maker, room, key:\n\n" + "\n".join(items) + "\n"
    verdict = judge(old, now, ["turn the table into a list: tool, maker, room, key"])
    assert not any("words are gone" in reason for reason in verdict.reasons)


def test_japanese_lines_that_are_all_cut_are_asked_about() -> None:
    lines = [
        f"第{n}回の定例会議では予算と日程と担当者について詳しく話し合うことにしている"
        for n in range(10, 21)
    ]
    old = "# M\n\n" + "".join(f"- {line}\n" for line in lines)
    cut = "# M\n\n" + "".join(f"- {line[: len(line) * 6 // 10]}\n" for line in lines)
    verdict = judge(old, cut, ["よろしく"])
    assert verdict.kind == "ask", verdict

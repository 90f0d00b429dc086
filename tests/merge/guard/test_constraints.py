"""Promise 8, case by case: where constraints stand, and what a reply does to them."""

from __future__ import annotations

import pytest

from memsync.memory.text.markdown import outline
from memsync.merge.guard.verdict import judge
from tests.merge.guard.test_catalogue import (
    FRIDAY,
    HARD,
    OLD,
    REVIEW,
    RULES,
    assert_constraints_hold,
    edit,
)

SECTIONS = {
    "ATX": "## Hard constraints\n\n{}",
    "level one": "# Constraints\n\n{}",
    "level six": "###### Hard constraints (never remove)\n{}",
    "a colon": "## Hard constraints:\n\n{}",
    "closing marks": "## Hard Constraints ##\n\n{}",
    "capitals": "## HARD CONSTRAINTS\n{}",
    "emphasis": "## **Hard constraints**\n\n{}",
    "setext": "Hard constraints\n----------------\n\n{}",
    "setext one": "Constraints\n===\n{}",
    "below a heading": "## Hard constraints\n\n### Git\n\n{}",
    "below two headings": "## Constraints\n\n#### Git\n\n- one more\n\n##### Deep\n\n{}",
    "with a sentence first": "## Constraints\n\nThese never change:\n\n{}",
}
BLOCKS = {
    "items": "- Never push to main\n- No secrets in logs\n",
    "items far apart": "- Never push to main\n\n- No secrets in logs\n",
    "numbers": "1. Never push to main\n2. No secrets in logs\n",
    "nested": (
        "- Never push to main\n  - nor to release\n    1. not even once\n- No secrets in logs\n"
    ),
    "several paragraphs": (
        "- Never push to main\n\n  This was decided in May.\n\n- No secrets in logs\n"
    ),
    "lazy lines": "- Never push to main\nwithout a review\n- No secrets in logs\n",
    "paragraphs": "Never push to main.\nNot even once.\n\nNo secrets in logs.\n",
    "a table": (
        "| rule | why |\n|---|---|\n| Never push to main | it is live |\n| No secrets in "
        "logs | shared |\n"
    ),
    "code": "```text\nNever push to main\n\nNo secrets in logs\n```\n",
    "code in an item": (
        "- Never run\n  ```sh\n  # Constraints\n  git push\n  ```\n- No secrets in logs\n"
    ),
    "a quote": "> Never push to main\n>\n> No secrets in logs\n",
    "alike": "- Never push\n- Never push to main\n- Never push to main on Friday\n",
    "twice": "- Never push to main\n- No secrets in logs\n- Never push to main\n",
    "check marks": "- [x] Never push to main\n- [ ] No secrets in logs\n",
    "starred": "* Never push to main\n+ No secrets in logs\n",
    "with brackets first": "- (Legal) No secrets in logs (GDPR)\n- Never push to main\n",
    "in brackets": "- (Never push to main)\n",
    "with brackets not first": (
        "- Never push to main\n- (legal) No secrets in logs\n- (No names of clients)\n"
    ),
    "emoji and accents": "- 🚫 Ne jamais pousser sur main\n- Kein Paßwort in Logs\n",
    "odd spaces": "-   Never push to  main  \n-\tNo secrets in logs\n",
    "HTML": "<p>Never push to main</p>\n\n- No secrets in logs\n",
    "an aside between": "- Never push to main\n<!-- since May -->\n- No secrets in logs\n",
}

EU = "- No customer data outside the EU\n  - this includes screenshots\n"


def memory(section: str, block: str) -> str:
    """A memory with the section in its middle, where its level allows that, and once more at its
    end.
    """
    return f"# Memory\n\n- Jo, Oslo\n\n{section.format(block)}\n## Tools\n\n- vim and git\n"


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS.keys())
def test_every_form_survives_every_reply(section: str, block: str) -> None:
    old = memory(section, block)
    assert outline(old).constraints
    body = section.format(block)
    rows = block.rstrip("\n").split("\n")
    replies = [
        old.replace(body, section.format("")),
        old.replace(body, section.format("\n".join(reversed(rows)) + "\n")),
        old.replace(body, section.format(f"<!--\n{block}-->\n")),
        old.replace(body, section.format(f"~~~\n{block}~~~\n")),
        old.replace(body, section.format(block.replace("Never", "Rarely").replace("No ", "Few "))),
        old.replace(body, section.format(block.swapcase())),
        old.replace(body, section.format(block + block)),
        old.replace(body, section.format("\n".join(row.strip() for row in rows) + "\n")),
        old.replace(body, section.format("- something else\n")),
        old.replace(body, body + "## Hard constraints: new\n\n- nothing\n"),
        old.replace(body, "").replace("- vim", f"{block}- vim"),
        *(
            old.replace(body, section.format("\n".join(rows[:n] + rows[n + 1 :]) + "\n"))
            for n in range(len(rows))
        ),
    ]
    for reply in replies:
        verdict = judge(old, reply, ["hello"])
        if verdict.kind != "reject":
            assert_constraints_hold(old, verdict.body)


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_a_dropped_section_content_comes_back_byte_for_byte(block: str) -> None:
    for form in ("## Hard constraints\n\n{}", "Hard constraints\n---\n\n{}"):
        old = memory(form, block)
        reply = memory(form, "").replace("Oslo", "Bergen")
        verdict = judge(old, reply, ["moved to Bergen"])
        assert (verdict.kind, verdict.body) == ("accept", old.replace("Oslo", "Bergen"))
        assert any(
            "put back" in repair and "edit the memory" in repair for repair in verdict.repairs
        )


@pytest.mark.parametrize(
    "rule", ["(Legal) No client names in logs (GDPR)", "(Never touch the vault)"]
)
def test_a_constraint_in_brackets_is_no_placeholder(rule: str) -> None:
    old = memory(SECTIONS["ATX"], f"- {rule}\n")
    reply = old.replace(f"- {rule}\n", "- Never log card numbers\n")
    body = judge(old, reply, ["never log card numbers"]).body
    assert body == old.replace(rule, f"{rule}\n- Never log card numbers")


def test_a_softened_constraint_is_not_left_beside_the_original() -> None:
    for softened in (
        "Avoid pushing to main without a review",
        "Pushing to main should be reviewed",
        "NEVER push to main without a review unless it is urgent",
    ):
        replaced = judge(OLD, edit((REVIEW, f"- {softened}\n")), ["hello"])
        assert (replaced.kind, replaced.body) == ("unchanged", OLD)
        assert any(softened[:30] in repair for repair in replaced.repairs)
    beside = judge(
        OLD,
        edit((FRIDAY, f"{FRIDAY}- Never push to main without a review if possible\n")),
        ["hello"],
    )
    assert beside.kind == "ask"
    assert beside.unsaid


def test_a_constraint_that_a_note_overtakes_is_asked_about_and_stays() -> None:
    rule = "Never push to main without two reviews"
    verdict = judge(OLD, edit((REVIEW, f"- {rule}\n")), [f"from now on: {rule.lower()}."])
    assert verdict.kind == "ask"
    assert verdict.unsaid == ()
    assert verdict.body == edit((HARD, f"{HARD.rstrip()}\n- {rule}\n\n"))


def test_of_many_constraints_left_out_the_one_that_a_reply_rewords_stays_as_it_was() -> None:
    rules = [f"- Never feed heron{n} at pond{n}\n" for n in range(150)]
    memory = f"# M\n\n- The carp sleeps\n\n## Hard constraints\n\n{''.join(rules)}"
    reply = memory.replace(
        "".join(rules), "- Try hard not to be the one to feed heron149 who lives at pond149\n"
    )
    verdict = judge(memory, f"{reply}- Never swim\n", ["Never swim!"])
    assert (verdict.kind, verdict.body) == ("accept", f"{memory}- Never swim\n")
    assert any("stays as it was" in repair for repair in verdict.repairs)


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_line_that_stood_among_constraints_for_want_of_its_heading_is_not_lost(
    by_hand: bool,
) -> None:
    """Though a line like it is new: the reply has both."""
    prefers = "## Preferences\n\n- Short answers\n- Tea with much cold milk at noon\n"
    memory = (
        f"# M\n\n## Notes\n\n- The carp sleeps\n\n## Hard constraints\n\n- Never swim\n\n{prefers}"
    )
    new = "- Tea with much cold milk and two sugars"
    reply = memory.replace("## Preferences\n", "").replace("- The carp", f"{new}\n- The carp")
    verdict = judge(memory, reply, [] if by_hand else [new], added=[new] if by_hand else [])
    assert verdict.kind == "accept"
    assert set(memory.split("\n")) | {new} == set(verdict.body.split("\n"))


def test_a_constraint_and_a_fact_at_once() -> None:
    reply = edit(
        ("NEVER push", "Avoid push"),
        ("## Snippets\n\n```sh\n# run all tests\nuv run pytest -q\n```\n\n", ""),
    )
    verdict = judge(OLD, reply, ["hello"])
    assert verdict.kind == "ask"
    assert len(verdict.reasons) > 1
    assert_constraints_hold(OLD, verdict.body)


def test_a_fact_moved_into_the_constraints_goes_back() -> None:
    fact = "2. British spelling in all documents\n"
    verdict = judge(
        OLD, edit((fact, ""), (FRIDAY, f"{FRIDAY}- British spelling in all documents\n")), ["hello"]
    )
    assert (verdict.kind, verdict.body) == ("unchanged", OLD)


@pytest.mark.parametrize("rule", ["amount < 5", "never = x", "ask > 3 people", "use #main"])
def test_signs_count_in_the_words_of_a_note(rule: str) -> None:
    reply = edit((FRIDAY, f"{FRIDAY}- Rule: {rule}\n"))
    assert judge(OLD, reply, [f"rule: {rule}"]).new_constraints == (f"Rule: {rule}",)
    other = rule.translate(str.maketrans("<=>#", "><=%"))
    verdict = judge(OLD, reply, [f"the rule is {other}"])
    assert verdict.new_constraints == (f"the rule is {other}",)


def test_another_number_is_another_constraint() -> None:
    old = memory(SECTIONS["ATX"], "Keep backups for 30. Never delete them.\n")
    assert judge(old, old.replace("30.", "3."), ["hello"]).body == old
    reply = old.replace("them.\n", "them.\n\nKeep logs for at least 3. Always.\n")
    assert judge(old, reply, ["Keep logs for at least 30. Always."]).kind == "ask"
    assert judge(old, reply, ["Keep logs for at least 3. Always."]).kind == "accept"


def test_words_of_two_notes_make_no_constraint() -> None:
    reply = edit((FRIDAY, f"{FRIDAY}- Never pay by card\n"))
    assert judge(OLD, reply, ["never pay", "by card"]).kind == "ask"
    assert judge(OLD, reply, ["never pay by cards"]).kind == "accept"


def test_a_new_section_of_constraints() -> None:
    old = "# M\n\n- Jo\n"
    reply = f"{old}\n## Constraints\n\n- Never push\n"
    assert judge(old, reply, ["Never push!"]).body == reply
    assert judge(old, reply, ["hello"]).kind == "ask"


def test_a_second_section_with_the_same_constraints_is_taken_away() -> None:
    reply = edit(("## Snippets", f"## Constraints of Jo\n\n{RULES}## Snippets"), ("Oslo", "Bergen"))
    verdict = judge(OLD, reply, ["moved to Bergen"])
    assert (verdict.kind, verdict.body) == ("accept", edit(("Oslo", "Bergen")))


def test_a_second_copy_is_taken_away_and_told() -> None:
    verdict = judge(OLD, edit((FRIDAY, FRIDAY + FRIDAY)), ["hello"])
    assert (verdict.kind, verdict.body) == ("unchanged", OLD)
    assert [repair for repair in verdict.repairs if "copy" in repair]


def test_constraints_that_an_open_fence_ends() -> None:
    old = "# M\n\n- Oslo\n\n## Constraints\n\n- Never push\n\n```\nmake\n\n# End\n\n- Go\n"
    assert judge(old, old.replace("Oslo", "Bergen"), ["Bergen"]).body == old.replace(
        "Oslo", "Bergen"
    )
    assert judge(old, old.replace("make\n", "make\n```\n"), ["hello"]).kind == "reject"


def test_a_new_constraint_in_the_place_of_an_old_one_is_kept_beside_it() -> None:
    rule = "- Kim's invoices go through the Bergen office first\n"
    reply = edit((FRIDAY, "- Invoices of Kim go through the Bergen office first\n"))
    verdict = judge(OLD, reply, ["Kim's invoices go through the Bergen office first"])
    assert verdict.kind == "accept"
    assert rule in verdict.body
    assert FRIDAY in verdict.body


def test_a_new_constraint_like_an_old_one_is_the_note_s_own_sentence() -> None:
    rule = "- NEVER push to release without a review\n"
    verdict = judge(
        OLD, edit((REVIEW, f"{REVIEW}{rule}")), ["never push to release without a review either"]
    )
    assert verdict.kind == "accept"
    assert verdict.new_constraints == ("NEVER push to release without a review either",)


def test_the_last_constraint_of_a_file_is_put_back_without_a_question() -> None:
    old = "# M\n\n- Oslo\n\n## Constraints\n\n- Never push\n- Never push to main\n"
    assert judge(old, old.replace("- Never push to main\n", ""), ["hello"]).kind == "unchanged"


def test_a_constraints_heading_that_is_gone_is_named() -> None:
    assert "constraints heading" in judge(OLD, OLD.replace(HARD, ""), ["hello"]).reasons[0]


def test_a_constraint_that_also_stands_elsewhere_stays_there_once() -> None:
    old = edit(("4. Use", f"{FRIDAY}4. Use"))
    assert judge(old, old.replace("Oslo", "Bergen"), ["Bergen"]).body == old.replace(
        "Oslo", "Bergen"
    )
    twice = old.replace("3. Tabs", f"{FRIDAY}3. Tabs")
    assert judge(old, twice, ["hello"]).body == old


def test_a_table_is_put_back_as_a_whole() -> None:
    table = "| rule | why |\n|---|---|\n| no push | live |\n| no secrets | shared |\n"
    old = f"# M\n\n- Oslo\n\n## Constraints\n\n{table}"
    verdict = judge(old, old.replace("| no push | live |\n", ""), ["hello"])
    assert verdict.body == old
    assert judge(old, old.replace("no push", "some push"), ["hello"]).body == old


@pytest.mark.parametrize(
    "heading",
    [
        "## Guidelines",
        "## Soft constraints",
        "## Hard constrai",
        "#Hard constraints",
        "- Hard constraints",
    ],
)
def test_the_heading_has_to_stay(heading: str) -> None:
    assert judge(OLD, edit(("## Hard constraints", heading)), ["hello"]).kind == "reject"


@pytest.mark.parametrize(
    "heading",
    [
        "## HARD CONSTRAINTS",
        "## Hard constraints:",
        "##  Hard constraints ##",
        "## **Hard constraints**",
        "Hard constraints\n---",
    ],
)
def test_the_heading_in_other_dress_is_put_back(heading: str) -> None:
    verdict = judge(OLD, edit(("## Hard constraints", heading)), ["hello"])
    assert (verdict.kind, verdict.body) == ("unchanged", OLD)


@pytest.mark.parametrize(
    ("block", "facts"),
    [
        (
            "| rule | why |\n|---|---|\n| no push | live |\n",
            "| tool | why |\n|---|---|\n| node | 22 |\n",
        ),
        (
            "| rule | why |\n|---|---|\n| no push | live |\n",
            "| rule | why |\n|---|---|\n| of thumb | fun |\n",
        ),
        (EU, "- Marketing assets are archived weekly\n  - this includes screenshots\n"),
        (
            "- Never push\n\n<details>\n<summary>why</summary>\n\nlive\n\n</details>\n",
            "<details>\n<summary>more</summary>\n\n- node 22\n\n</details>\n",
        ),
        ("```sh\ngit push --force\n```\n", "```sh\nmake all\n```\n"),
    ],
)
def test_a_line_is_no_copy_because_a_constraint_has_one_like_it(block: str, facts: str) -> None:
    old = memory(SECTIONS["ATX"], block)
    reply = old.replace("- vim", f"{facts}\n- vim")
    verdict = judge(old, reply, [f"the tools:\n{facts}"])
    assert (verdict.kind, verdict.repairs, verdict.body) == ("accept", (), reply)


def test_a_copy_with_its_nested_lines_is_taken_away() -> None:
    old = memory(SECTIONS["ATX"], EU)
    assert judge(old, old.replace("- vim", f"{EU}- vim"), ["hello"]).body == old


def test_a_heading_of_a_note_below_the_constraints_is_kept_and_another_told() -> None:
    old = memory(SECTIONS["ATX"], EU)
    reply = old.replace("shots\n", "shots\n\n### Data\n\n- Never log card numbers\n")
    verdict = judge(old, reply, ["## Constraints\n\n### Data\n\n- Never log card numbers"])
    assert (verdict.kind, verdict.repairs, verdict.body) == ("accept", (), reply)
    told = judge(old, reply, ["never log card numbers"])
    assert (told.kind, told.body) == (
        "accept",
        old.replace("shots\n", "shots\n- Never log card numbers\n"),
    )
    assert told.repairs == ('a new heading below the constraints left out: "Data"',)


def test_an_edit_may_remove_a_constraint_where_the_reply_does() -> None:
    gone = edit((FRIDAY, ""))
    assert judge(OLD, gone, [], removed=[FRIDAY.rstrip()]).body == gone
    assert judge(
        OLD, OLD.replace("Oslo", "Bergen"), ["Bergen"], removed=[FRIDAY.rstrip()]
    ).body == OLD.replace("Oslo", "Bergen")
    nested = edit(("  - this includes log files\n", ""))
    assert judge(OLD, nested, [], removed=["  - this includes log files"]).body == nested
    assert judge(OLD, nested, [], removed=["- something else"]).body == OLD


def test_a_line_added_by_hand_may_be_a_constraint() -> None:
    reply = edit((FRIDAY, f"{FRIDAY}- Never pay by card\n"))
    assert judge(OLD, reply, [], added=["- Never pay by card"]).kind == "accept"


@pytest.mark.parametrize(
    ("block", "was", "now", "note", "rule"),
    [
        (
            EU,
            "shots\n",
            "shots\n  - this includes log exports\n",
            "EU rule: this includes log exports",
            "EU rule: this includes log exports",
        ),
        (
            EU,
            "shots\n",
            "shots; ask Kim about dumps\n",
            "ask Kim about dumps first",
            "ask Kim about dumps first",
        ),
        (
            "Never push.\nNo secrets.\n",
            "secrets.\n",
            "secrets.\nNever log cards.\n",
            "never log cards",
            "Never log cards",
        ),
    ],
)
def test_what_a_note_adds_to_a_constraint_becomes_an_item_of_its_own(
    block: str, was: str, now: str, note: str, rule: str
) -> None:
    old = memory(SECTIONS["ATX"], block)
    reply = old.replace(was, now)
    verdict = judge(old, reply, [note])
    assert (verdict.kind, verdict.new_constraints) == ("accept", (rule,))
    assert_constraints_hold(old, verdict.body)
    assert judge(old, reply, ["hello"]).body == old


def test_a_line_that_a_hand_edit_adds_to_a_constraint_is_taken() -> None:
    old = memory(SECTIONS["ATX"], EU)
    more = old.replace("shots\n", "shots\n  - and audio\n")
    assert judge(old, more, [], added=["  - and audio"]).body == more
    other = old.replace("screenshots", "videos")
    verdict = judge(
        old,
        other,
        [],
        removed=["  - this includes screenshots"],
        added=["  - this includes videos"],
    )
    assert (verdict.kind, verdict.body) == ("accept", other)


def test_a_part_of_a_sentence_under_a_constraint_brings_its_whole_sentence() -> None:
    """It may soften what it stands under: it was said of something else."""
    for line, note in (
        ("if urgent", "no meetings on Friday, only if urgent"),
        ("urgent ones", "no urgent ones on Friday"),
    ):
        reply = edit((FRIDAY, f"{FRIDAY}  - {line}\n"))
        verdict = judge(OLD, reply, [note])
        assert verdict.new_constraints == (note,)
        assert f"{FRIDAY}  -" not in verdict.body


def test_an_import_in_a_new_constraint_is_wrapped_and_in_an_old_one_left() -> None:
    old = edit((FRIDAY, f"{FRIDAY}- Follow @~/rules.md\n"))
    reply = old.replace(FRIDAY, f"{FRIDAY}- Read @~/more.md first\n")
    verdict = judge(old, reply, ["constraint: read @~/more.md first"])
    assert verdict.kind == "accept"
    assert "- Follow @~/rules.md\n" in verdict.body
    assert "- Read `@~/more.md` first\n" in verdict.body


def test_a_new_constraint_stays_in_its_section_when_the_next_heading_comes_back() -> None:
    old = (
        "# M\n\n- Oslo\n\n## Hard constraints\n\n\n## Preferences\n\n- likes tea at noon\n"
        "- likes short answers\n"
    )
    rule = "Never push to the release branch"
    reply = old.replace("\n\n## Preferences\n", f"\n- {rule}\n")
    found = judge(old, reply, [f"Constraint: {rule}"])
    assert found.kind == "accept", found
    assert found.body == old.replace("\n\n\n## Pref", f"\n\n- {rule}\n\n\n## Pref")


def test_an_item_into_which_old_lines_were_drawn_is_taken_in_the_replys_words() -> None:
    old = "# M\n\n## Hard constraints\n\n  or softened\n  at all\n* Ask before you delete\n"
    reply = old.replace("  or softened", "- never push on fridays\n  or softened")
    verdict = judge(old, reply, ["Constraint: never push on fridays\nTea is good"])
    assert verdict.kind == "accept"
    assert "- never push on fridays\n" in f"{verdict.body}\n"
    assert "  or softened\n  at all\n* Ask before you delete\n" in verdict.body


def test_a_new_rule_that_drew_in_the_rest_of_an_old_one_keeps_no_label() -> None:
    old = "# M\n\n## Constraints\n\n- Never paint\n  kitchen walls,\n  bathroom ceilings\n"
    reply = old.replace("- Never paint", "- Ask before anything is bought")
    found = judge(old, reply, ["Constraint: Ask before anything is bought"])
    assert (found.kind, found.body) == ("accept", f"{old}- Ask before anything is bought\n")


def test_a_new_rule_that_only_looks_like_one_left_out_stands_in_the_replys_words() -> None:
    """Two machines that merge one note then write one line, whatever else the replies did."""
    old = "# M\n\n- tea\n\n## Hard constraints\n\n- never4 belba zuzumban danbirgros\n- Ask first\n"
    new = "- never9 gannu zuzumban danbrigos"
    reply = old.replace("- never4 belba zuzumban danbirgros", new)
    verdict = judge(old, reply, ["Constraint: never9 gannu zuzumban danbrigos"])
    assert verdict.body == f"{old}{new}\n"


def test_a_constraint_that_a_reply_broke_off_in_is_no_new_one() -> None:
    rules = (
        "- Never send the invoices of the museum before Ines has read them\n"
        "- Ask Paz or Bea about everything that would be thrown away in spring\n"
    )
    old = f"# M\n\n- Eats no meat, and no fish on Fridays\n\n## Hard constraints\n\n{rules}"
    note = "Never leave the gate open"
    full = old.replace("- Never send", f"- {note}\n- Never send")
    whole = judge(old, full, [note])
    for cut in range(1, len(rules)):
        found = judge(old, full[:-cut], [note])
        assert (found.kind, found.body) == ("accept", whole.body)


def test_the_beginning_of_a_constraint_brings_in_no_sentence_of_a_note() -> None:
    rules = "- No Heron screenshots in slides\n- No participant is ever named\n"
    old = f"# M\n\n- Recordings never leave the drive\n\n## Hard constraints\n\n{rules}"
    note = "Heron has been cancelled, forget all about Heron please"
    for end in range(len(rules)):
        found = judge(old, old[: len(old) - len(rules)] + rules[:end], [note])
        assert found.body == old or note not in found.body

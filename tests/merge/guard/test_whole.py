"""What cannot be a whole memory is refused, what stands round one is unwrapped (rules 1, 2, 6)."""

from __future__ import annotations

import pytest

from memsync.merge.guard.verdict import judge
from tests.merge.guard.memory import MERGED, NOTE, OLD, edit


def test_the_plain_merge_is_taken() -> None:
    verdict = judge(OLD, MERGED, [NOTE])
    assert (verdict.kind, verdict.reasons, verdict.repairs) == ("accept", (), ())


@pytest.mark.parametrize(
    "around",
    [
        "Here is the file:\n\n{}",
        "好的，这是更新后的文件：\n\n{}",
        "```markdown\n{}```\n",
        "<answer>\n{}\n</answer>",
        "<thinking>\nThe ink.\n</thinking>\n\n{}",
        "CURRENT GLOBAL MEMORY:\n{}",
        "\ufeff{}",
        "---\n\n{}",
    ],
)
def test_what_stands_round_the_file_is_taken_away(around: str) -> None:
    verdict = judge(OLD, around.format(MERGED), [NOTE])
    assert (verdict.kind, verdict.body) == ("accept", MERGED)
    assert verdict.repairs


BEFORE = (
    "",
    "Here is the updated file:\n\n",
    "I've added that you order new ink on Mondays.\n\n",
    "Gerne! Hier ist die Datei:\n\n---\n\n",
    "# Updated memory\n\n",
    "<thinking>\nJo knows where the keys are, so only the ink.\n</thinking>\n\n",
)
ROUND = (
    "{}",
    "```\n{}```\n",
    "````markdown\n{}````\n",
    "~~~\n\n{}\n~~~\n",
    "<answer>\n{}</answer>\n",
    "<updated_memory>\n```md\n{}```\n</updated_memory>\n",
)
BEHIND = (
    "",
    "\nLet me know if you'd like any other changes!\n",
    "\n---\n\nDone.\n",
    "\n**Changes:**\n- The ink order now stands under Tools\n- Nothing else was touched\n",
    "\n## Summary\n\nOrders new ink on Mondays, as you said.\n",
    "\n以上です。\n",
    "\nYou can look at it with:\n\n```sh\nless it.md\n```\n",
)
CODE = "\n## Commands\n\n```sh\nmake ship\n```\n\n```\nmake test\n```\n"
LAST = "\n## Constraints\n\n- Never by plane\n"


@pytest.mark.parametrize("end", ["", CODE, LAST, CODE + LAST])
@pytest.mark.parametrize("around", ROUND)
@pytest.mark.parametrize("before", BEFORE)
def test_every_wrapping_with_words_before_and_behind_is_taken_away(
    before: str, around: str, end: str
) -> None:
    for behind in BEHIND:
        reply = f"{before}{around.format(MERGED + end)}{behind}"
        verdict = judge(OLD + end, reply, [NOTE])
        assert (verdict.kind, verdict.reasons, verdict.body) == ("accept", (), MERGED + end), behind


def test_a_first_memory_in_a_fence_is_the_text_in_it() -> None:
    verdict = judge(
        "", "```markdown\n# Memory\n\n- Lives in Bergen\n```", ["# Memory\nLives in Bergen"]
    )
    assert (verdict.kind, verdict.body) == ("accept", "# Memory\n\n- Lives in Bergen\n")


def test_a_file_whose_title_a_note_changes_is_found_in_its_fence() -> None:
    old = edit(("# Memory", "# Siobhan's memory"))
    new = old.replace("Siobhan", "Siobhán")
    reply = f"Here you are:\n```markdown\n{new}```\nAnything else?"
    assert judge(old, reply, ["My name is spelled Siobhán"]).body == new


def test_what_a_fence_that_ends_early_leaves_outside_is_not_cut_off() -> None:
    first, _, rest = MERGED.partition("## People")
    verdict = judge(OLD, f"```\n{first}```\n## People{rest}", [NOTE])
    assert verdict.kind == "reject"


def test_a_line_of_a_note_that_stands_before_the_file_alone_stays() -> None:
    note = "Put above everything: read this first."
    verdict = judge(OLD, f"Read this first.\n\n{OLD}", [note])
    assert verdict.body.startswith("Read this first.\n")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "   \n",
        "I'm sorry, but I can't help with that.",
        '{"memory": "updated"}',
        MERGED[: len(MERGED) // 3],
        "# Memory\n\n## Hard constraints\n\n- Never water the cactus\n",
        f"CURRENT GLOBAL MEMORY:\n{OLD}\n\nSESSION NOTES:\n{NOTE}",
        f'{MERGED}\n<note date="2026-11-22">\n{NOTE}\n</note>\n',
        MERGED + MERGED,
        edit(("## Tools", "### Tools"), text=MERGED),
        edit(("## Hard constraints", "## Guidelines"), text=MERGED),
        edit(("## Hard", "## Tools\n\n- Orders paper\n\n## Hard"), text=MERGED),
        edit(("## Tools\n", "```\n## Tools\n```\n"), text=MERGED),
        edit(("## Tools", "<<<<<<< ours\n## Tools"), text=MERGED),
        edit(("## Tools", "@@ -1,3 +1,3 @@\n## Tools"), text=MERGED),
        edit(("corner", "cor\u202ener"), text=MERGED),
        edit(("corner", "cor\x1b[0mner"), text=MERGED),
        edit(("corner", "cor\U000e0041ner"), text=MERGED),
        edit(("corner", "corner <!-- obey -->"), text=MERGED),
        edit(("corner", "corner ![x](https://x.example/p.png)"), text=MERGED),
        f"{MERGED}\n```\nopen",
        MERGED + "".join(f"- more of it, {n}\n" for n in range(500)),
    ],
)
def test_what_is_no_whole_memory_is_refused(reply: str) -> None:
    verdict = judge(OLD, reply, [NOTE])
    assert (verdict.kind, verdict.body) == ("reject", "")
    assert verdict.reasons


def test_a_reply_that_is_indented_as_a_whole_is_moved_to_the_left() -> None:
    now = "".join(
        f"  {line}" if line.strip() else line for line in MERGED.splitlines(keepends=True)
    )
    assert judge(OLD, now, [NOTE]).body == MERGED
    lists = judge(OLD, MERGED.replace("\n- ", "\n  - "), [NOTE])
    assert (lists.kind, lists.body) == ("accept", MERGED)


def test_sections_in_another_order_are_a_question_unless_a_note_names_one() -> None:
    people = "## People\n\n- Jo knows where the keys are\n- Kim feeds the carp in the pond\n"
    reply = edit((people, ""), ("## Work", f"{people}\n## Work")).rstrip() + "\n"
    verdict = judge(OLD, reply, ["Orders nothing."])
    assert verdict.kind == "ask"
    assert verdict.unsaid == ()
    assert judge(OLD, reply, ["Put the people first, please."]).kind == "accept"


def test_a_heading_that_goes_because_a_note_says_so_is_a_question() -> None:
    people = "## People\n\n- Jo knows where the keys are\n- Kim feeds the carp in the pond\n"
    verdict = judge(OLD, edit((people, "")), ["Drop the section on people, Jo and Kim left."])
    assert verdict.kind == "ask"
    assert any('"People"' in reason for reason in verdict.reasons)
    assert "## People" not in verdict.body


def test_a_title_may_change_where_a_note_says_so() -> None:
    old = edit(("# Memory", "# Siobhan's memory"))
    reply = edit(("# Memory", "# Siobhán's memory"))
    assert judge(old, reply, ["My name is spelled Siobhán's way, Siobhán"]).body == reply
    assert judge(old, reply, [NOTE]).body == old


def test_constraints_below_another_heading_are_asked_about() -> None:
    reply = edit(("## Hard", "# Obsolete, ignore what follows\n\n## Hard"))
    verdict = judge(OLD, reply, ["the old list is obsolete, ignore what follows"])
    assert verdict.kind == "ask"
    assert verdict.unsaid


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("<!-- the rest is old", "\\<!-- the rest is old\n"),
        ("```sh\nmake all", "```sh\nmake all\n```\n"),
    ],
)
def test_what_a_note_leaves_open_hides_nothing_that_comes_behind_it(note: str, shown: str) -> None:
    verdict = judge(OLD, f"{OLD}\n{note}\n", [note])
    assert (verdict.kind, verdict.body) == ("accept", f"{OLD}\n{shown}")
    assert judge(OLD, f"{OLD}\n{note}\n", [NOTE]).kind == "reject"


@pytest.mark.parametrize(
    "text", ["UNCHANGED", "No changes needed.", "Unverändert.", "変更なし", "```\nUNCHANGED\n```"]
)
def test_a_word_for_unchanged_means_the_file_as_it_is(text: str) -> None:
    assert judge(OLD, text, [NOTE]).kind == "unchanged"


@pytest.mark.parametrize("text", ["UNCHANGED except for the ink", "The ink is changed.", "No."])
def test_any_other_word_does_not(text: str) -> None:
    assert judge(OLD, text, [NOTE]).kind == "reject"


def test_a_tag_of_the_frame_in_a_note_is_read_as_given() -> None:
    note = "the tag is called <note>, with </note> behind it"
    line = "- The tag is called <\\note>, with <\\/note> behind it\n"
    reply = edit(("- Jo knows", f"{line}- Jo knows"))
    wanted = edit(("- Jo knows", "- The tag is called <note>, with </note> behind it\n- Jo knows"))
    assert judge(OLD, reply, [note]).body == wanted


def test_nul_characters_of_a_note_are_taken_away_because_no_memory_may_hold_them() -> None:
    verdict = judge(OLD, OLD + "- half a note\x00\n", ["half a note\x00"])
    assert (verdict.kind, verdict.body) == ("accept", OLD + "- half a note\n")
    assert judge(OLD, OLD + "- half a note\x00\n", ["half a note"]).kind == "reject"


def test_an_open_question_of_words_that_are_gone() -> None:
    lines = [
        f"- item{n} alpha{n} beta{n} gamma{n} delta{n} epsilon{n} zeta{n} eta{n}" for n in range(20)
    ]
    old = "# M\n\n" + "\n".join(lines) + "\n"
    cut = "# M\n\n" + "\n".join(" ".join(line.split()[:5]) for line in lines) + "\n"
    assert judge(old, cut, ["hello"]).kind == "ask"


@pytest.mark.parametrize("old", ["", "\n"])
def test_chat_in_the_place_of_a_first_memory_is_refused(old: str) -> None:
    verdict = judge(old, "Sure, I will do that now for you!", ["Works on the compiler."])
    assert (verdict.kind, verdict.reasons) == ("reject", ("nothing is left of the memory",))


def test_few_lines_that_were_most_of_a_small_memory_are_refused_rather_than_put_back() -> None:
    old = (
        "# Memory\n\n- Lives in Bergen with two cats\n- Writes letters by hand\n- Feeds the carp\n"
    )
    reply = "# Memory\n\n- Works on the compiler\n- Feeds the carp\n"
    verdict = judge(old, reply, ["Works on the compiler."])
    assert verdict.kind == "reject"
    assert "that no note speaks of are gone" in verdict.reasons[0]


def test_a_section_that_a_note_names_may_not_lose_a_fifth_of_the_words_unasked() -> None:
    said = "alpha{0} beta{0} gamma{0} delta{0} epsilon{0} zeta{0}"
    lines = [f"- item{n} {said.format(n)}" for n in range(20)]
    old = "# M\n\n## Work\n\n" + "\n".join(lines) + "\n\n## Home\n\n- Feeds the carp\n"
    cut = "\n".join(" ".join(line.split()[:5]) for line in lines)
    reply = old.replace("\n".join(lines), cut)
    verdict = judge(old, reply, ["Please tighten the section on work."])
    assert verdict.kind == "ask"
    assert any("words are gone" in reason for reason in verdict.reasons)


def test_a_cut_reply_that_repairs_to_the_old_memory_merges_no_note() -> None:
    """It is as before only because it was repaired: nothing of the note came."""
    old = "# Memory\n\n- Lives in Bergen with two cats\n"
    verdict = judge(old, "# Memory\n\n- Lives in Berg", ["Works on the compiler."])
    assert verdict.body == old
    assert verdict.leaves_pending == {0}


def test_a_thought_that_says_in_one_line_what_the_file_says_in_two_is_taken_away() -> None:
    old = "# M\n\n- Apply for the permit\n- Daughter Ivy (6)\n- Tea\n"
    merged = edit(("Apply for", "Got"), ("(6)", "(7)"), text=old)
    thought = "<thinking>\nThe user got the permit. Ivy is 7 now. I change both.\n</thinking>\n\n"
    verdict = judge(old, thought + merged, ["Got the permit today, and Ivy is 7 now."])
    assert (verdict.kind, verdict.body) == ("accept", merged)


@pytest.mark.parametrize("news", ["Lea waters the ferns.", "Lea waters the ferns"])
def test_a_thought_that_holds_what_a_note_says_and_the_file_does_not_is_not_dropped(
    news: str,
) -> None:
    thought = f"<thinking>\nThe printer gets new ink. {news}\n</thinking>\n\n"
    assert judge(OLD, thought + MERGED, [NOTE, "Lea waters the ferns."]).kind == "ask"


def test_a_reply_of_thousands_of_lines_that_nobody_knows_is_refused() -> None:
    lines = [f"- Heron{n} of house{n} eats fish\n" for n in range(2_100)]
    memory = f"# Ponds\n\n{''.join(lines)}"
    changed = [line.replace("fish", "frogs") for line in lines]
    for many, kind in ((2_000, "ask"), (2_001, "reject")):
        reply = "".join(("# Ponds\n\n", *changed[:many], *lines[many:]))
        assert judge(memory, reply, ["The carp sleeps."]).kind == kind
    verdict = judge(memory, f"# Ponds\n\n{''.join(changed)}", ["The carp sleeps."])
    assert verdict.reasons == ("2,100 lines of the reply are neither in the memory nor in a note",)
    noted = judge(memory, memory + "".join(changed), ["".join(changed)])
    assert (noted.kind, noted.body) == ("accept", memory + "".join(changed))

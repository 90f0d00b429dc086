"""Lines that no note speaks of stay as they were, where they were (design.md 5, rule 3)."""

from __future__ import annotations

import pytest

from memsync.memory.text.document import STARTER
from memsync.merge.guard.verdict import judge
from tests.merge.guard.memory import MERGED, NOTE, OLD, edit

KEYS = "- Jo knows where the keys are\n"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (KEYS, ""),
        (KEYS, "- Jo has the keys\n"),
        ("Plans the garden of the museum", "Plans the museum's garden"),
        ("Writes the letters by hand", "Letters are typed"),
        ("on Tuesdays at 10:30", "on Tuesdays at 11:30"),
        ("in the corner", "on the stove"),
        ("- Kim feeds the carp in the pond\n", "- (rest unchanged)\n"),
        ("- Kim feeds the carp in the pond\n", "...\n"),
        ("## People", "## Folks"),
        ("# Memory", "# My memory"),
        ("- The kettle stands in the corner\n", ""),
        ("https://docs.museum.example/start", "https://docs.museum.example/begin"),
        ("leaks no more", "leaks"),
        (" The cellar is dry.", ""),
    ],
)
def test_what_changed_unasked_is_as_before_and_told(was: str, now: str) -> None:
    verdict = judge(OLD, edit((was, now), text=MERGED), [NOTE])
    assert (verdict.kind, verdict.reasons, verdict.body) == ("accept", (), MERGED)
    assert verdict.repairs


def test_a_line_in_another_section_goes_back() -> None:
    moved = edit((KEYS, ""), ("- Meets Ines", f"{KEYS}- Meets Ines"), text=MERGED)
    verdict = judge(OLD, moved, [NOTE])
    assert (verdict.kind, verdict.body) == ("accept", MERGED)
    assert any("section" in line and "keys" in line for line in verdict.repairs)


NESTED = edit(("- Writes", "- Team\n  - Kim leads\n  - Ana reviews\n- Writes"))
GROWN = NESTED.replace("blue ink\n", "blue ink\n- Orders new ink on Mondays\n")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("  - Ana reviews", "- Ana reviews"),
        ("- Kim feeds", "  - Kim feeds"),
        ("- Kim feeds", "    - Kim feeds"),
        (
            "  - Ana reviews\n- Writes the letters by hand",
            "- Writes the letters by hand\n  - Ana reviews",
        ),
        ("- Team\n  - Kim leads\n", "  - Kim leads\n- Team\n"),
    ],
)
def test_a_line_under_another_item_goes_back_and_is_told(was: str, now: str) -> None:
    verdict = judge(NESTED, edit((was, now), text=GROWN), [NOTE])
    assert (verdict.kind, verdict.reasons, verdict.body) == ("accept", (), GROWN)
    assert any(line.startswith("back in its place: ") for line in verdict.repairs)


@pytest.mark.parametrize("at", ["  - Kim leads", "  - Ana reviews", "- Jo knows"])
def test_a_new_line_takes_no_old_ones_from_what_they_stand_under(at: str) -> None:
    new = "- Orders new ink on Mondays\n"
    indented = at if at.startswith(" ") else f"  {at}"
    verdict = judge(NESTED, edit((at, new + indented), text=NESTED), [NOTE])
    assert verdict.kind == "accept"
    rows = [row for row in verdict.body.replace(new, "").split("\n") if row]
    assert rows == [row for row in NESTED.split("\n") if row]
    assert any(line.startswith("back in its place: ") for line in verdict.repairs)


def test_what_an_item_goes_on_in_comes_back_below_it_where_it_stands_now() -> None:
    coat, carp = "- Wears the blue coat\n  in the rain\n", "- Feeds\n  the carp\n  in the pond\n"
    old, ferry = f"# M\n\n{coat}{carp}", "- The ferry to Bergen leaves at noon\n"
    for reply in (
        f"# M\n\n- Feeds\n{coat}{ferry}  the carp\n  in the pond\n",
        f"# M\n\n- Feeds\n  the carp\n{coat}{ferry}  in the pond\n",
    ):
        found = judge(old, reply, [ferry[2:].strip()])
        assert (found.kind, found.body) == ("accept", f"# M\n\n{carp}{coat}{ferry}")


def test_a_line_past_the_next_heading_goes_back() -> None:
    last = "- Meets Ines on Tuesdays at 10:30\n"
    reply = edit((last, ""), ("## Tools\n\n", f"## Tools\n\n{last}"), text=MERGED)
    verdict = judge(OLD, reply, [NOTE])
    assert (verdict.kind, verdict.body) == ("accept", MERGED)
    assert any("section" in line and "Ines" in line for line in verdict.repairs)


def test_a_line_that_a_note_speaks_of_may_go_under_another() -> None:
    reply = edit(
        ("  - Ana reviews\n", ""), ("by hand\n", "by hand\n  - Ana reviews\n"), text=NESTED
    )
    verdict = judge(NESTED, reply, ["It is the letters that Ana reviews."])
    assert (verdict.kind, verdict.body) == ("accept", reply)


def test_many_changes_that_no_note_speaks_of_are_asked_about_together() -> None:
    lines = ("- Plans the garden of the museum\n", "- Writes the letters by hand\n", KEYS)
    few = judge(OLD, edit(*((line, "") for line in lines), text=MERGED), [NOTE])
    assert (few.kind, few.body) == ("accept", MERGED)
    more = (*lines, "- Kim feeds the carp in the pond\n")
    many = judge(OLD, edit(*((line, "") for line in more), text=MERGED), [NOTE])
    assert many.kind == "ask"
    assert any("4 lines that no note speaks of" in reason for reason in many.reasons)
    assert KEYS not in many.body
    assert many.unsaid == ()


def test_a_line_that_a_note_speaks_of_may_go_and_is_told() -> None:
    verdict = judge(OLD, edit((KEYS, "")), ["Jo gave the keys back, forget that."])
    assert (verdict.kind, verdict.gone) == ("accept", (KEYS.strip(),))


def test_the_last_line_is_never_shortened_by_a_reply_that_ends_in_it() -> None:
    cut = edit(("- Kim feeds the carp in the pond\n", "- Kim feeds the carp\n"))
    verdict = judge(OLD, cut, ["Kim feeds the carp twice a day."])
    assert verdict.body == OLD
    assert verdict.leaves_pending == {0}


def test_a_section_that_a_note_names_may_be_shortened() -> None:
    reply = edit(
        ("- Plans the garden of the museum\n", "- Plans the museum garden\n"),
        ("- Writes the letters by hand\n", ""),
    )
    verdict = judge(OLD, reply, ["Please tighten the section on work."])
    assert (verdict.kind, verdict.body) == ("accept", reply)
    assert judge(OLD, reply, ["Please tighten it."]).body == OLD


@pytest.mark.parametrize("note", ["Understand: the stand-in comes on Monday.", "Standup at 10."])
def test_a_word_that_only_begins_like_a_heading_names_no_section(note: str) -> None:
    old = edit(("## People", "## Standing preferences"))
    reply = edit((KEYS, ""), text=old)
    assert judge(old, reply, [note]).body == old
    assert judge(old, reply, ["Tidy my standing preferences up."]).body == reply


def test_the_same_fact_in_a_second_place_follows_and_another_fact_does_not() -> None:
    old = edit(
        ("- Jo knows", "- Tea: 12 crates of Assam\n- Wine: 14 bottles of Gavi\n- Jo knows"),
        ("- The kettle", "- Order form: 12 crates\n- The kettle"),
    )
    note = "Assam: 18 crates from now on."
    reply = edit(
        ("Tea: 12 crates", "Tea: 18 crates"),
        ("form: 12", "form: 18"),
        ("Wine: 14", "Wine: 18"),
        text=old,
    )
    wanted = edit(("Tea: 12 crates", "Tea: 18 crates"), ("form: 12", "form: 18"), text=old)
    verdict = judge(old, reply, [note])
    assert verdict.body == wanted


def test_a_sentence_of_a_paragraph_comes_back_by_itself() -> None:
    reply = edit(("mended in 2019", "mended in 2026"), (" The cellar is dry.", ""))
    verdict = judge(OLD, reply, ["The roof was mended again in 2026."])
    assert (verdict.kind, verdict.body) == ("accept", edit(("mended in 2019", "mended in 2026")))
    assert any("cellar" in line for line in verdict.repairs)


def test_a_cut_last_line_is_as_before() -> None:
    verdict = judge(OLD, MERGED[: -len("in the pond\n")], [NOTE])
    assert verdict.body == MERGED


@pytest.mark.parametrize("note", ["Bought two more carp on Monday", "Kim pays a fee for carp"])
@pytest.mark.parametrize("cut", range(1, len("- Kim feeds the carp in the pond")))
def test_a_last_line_is_whole_again_though_a_note_speaks_of_it(note: str, cut: int) -> None:
    merged = edit(("- Jo knows", f"- {note}\n- Jo knows"))
    verdict = judge(OLD, merged[: -1 - cut], [note])
    assert (verdict.kind, verdict.body) == ("accept", merged)


def test_a_reply_that_broke_off_in_a_line_lost_the_one_behind_it_too() -> None:
    goats = "- Two goats graze behind the barn\n"
    merged = edit(("- Jo knows", "- A third of the goats is for Bea\n- Jo knows")) + goats
    for cut in range(len(goats) + 2, len(goats) + 30):
        verdict = judge(OLD + goats, merged[:-cut], ["A third of the goats is for Bea"])
        assert (verdict.kind, verdict.body) == ("accept", merged)


def test_code_and_its_fences_come_back_together() -> None:
    old = edit(("## People", "## Build\n\n```sh\nmake all\nmake ship\n```\n\n## People"))
    reply = edit(("```sh\nmake all\nmake ship\n```\n\n", ""), text=old)
    verdict = judge(old, reply.replace("blue ink", "black ink"), ["black ink now"])
    assert verdict.body == old.replace("blue ink", "black ink")


def test_the_end_of_code_comes_back_where_more_code_follows() -> None:
    """Else the second block would be a part of the first."""
    code = "```sh\nmake all\n```\n\n```sh\nmake ship\n```\n"
    old = edit(("## People", f"## Build\n\n{code}\n## People"))
    merged = old.replace("blue ink", "black ink")
    reply = merged.replace("make all\n```\n", "make all\n")
    assert judge(old, reply, ["black ink now"]).body == merged
    one = old.replace("\n```\n\n```sh", "")
    asked = merged.replace("\n```\n\n```sh", "")
    assert judge(one, asked, ["black ink now"]).body == asked


def test_a_rewrapped_paragraph_is_as_before() -> None:
    prose = (
        "I keep bees behind the museum and sell the honey to the café next door, which\n"
        "pays in coffee; the hives are numbered from the gate on, and the third is weak.\n"
    )
    old = edit(("## Hard", f"{prose}\n## Hard"))
    reply = edit((prose, " ".join(prose.split()) + "\n"), text=old)
    verdict = judge(old, edit(("blue ink", "black ink"), text=reply), ["black ink now"])
    assert (verdict.kind, verdict.body) == ("accept", old.replace("blue ink", "black ink"))


@pytest.mark.parametrize("note", ["Ines: Wednesdays", "ines now wednesday"])
def test_a_change_that_the_note_speaks_of_is_taken(note: str) -> None:
    reply = edit(("on Tuesdays", "on Wednesdays"))
    verdict = judge(OLD, reply, [note])
    assert (verdict.kind, verdict.body) == ("accept", reply)


def test_a_change_that_a_note_does_not_explain_is_asked_about() -> None:
    reply = edit(("stands in the corner", "is broken"))
    verdict = judge(OLD, reply, ["Where does the kettle stand?"])
    assert (verdict.kind, verdict.body) == ("ask", reply)
    turned = edit(("Jo knows where the keys are", "the keys are where Jo knows"))
    assert judge(OLD, turned, ["Jo and the keys"]).kind == "ask"


def test_without_notes_nothing_goes_back_but_constraints() -> None:
    reply = edit((KEYS, ""), ("- Never water the cactus\n", ""))
    verdict = judge(OLD, reply, [])
    assert KEYS not in verdict.body
    assert "- Never water the cactus\n" in verdict.body


def test_a_yes_to_a_loss_drops_no_note_that_the_reply_left_out() -> None:
    old = (
        "# M\n\n- Oslo\n\n## Constraints\n\n- Never push\n\n## Standing preferences\n\n"
        "- Short answers first\n- Tests before a refactoring\n"
    )
    reply = old[: old.index("\n## Standing")]
    found = judge(old, reply, ["Standing preferences: tea"])
    assert found.kind == "ask"
    assert found.leaves_pending == {0}
    assert "the memory does not hold what note 1 says" in found.reasons


@pytest.mark.parametrize("dropped", ["- Never water the cactus\n", KEYS])
def test_a_reply_that_drops_old_lines_drops_no_note_unasked(dropped: str) -> None:
    """What it lost of the memory comes back; what it lost of a note would not."""
    found = judge(OLD, edit((dropped, ""), text=MERGED), [NOTE, "The ferry leaves at noon"])
    assert dropped in found.body
    assert found.kind == "ask"
    assert found.leaves_pending == {1}
    assert found.reasons == ("the memory does not hold what note 2 says",)


def test_chatter_that_is_left_out_of_a_sound_reply_is_no_question() -> None:
    found = judge(OLD, MERGED, [NOTE, "The ferry leaves at noon"])
    assert (found.kind, found.left_out) == ("accept", ("The ferry leaves at noon",))


@pytest.mark.parametrize("line", ["", "|---|---|---|\n", "|-|:-:|\n", "\n"])
def test_a_table_stays_a_table(line: str) -> None:
    table = "| bed | plants |\n|---|---|\n| north | 12 |\n| south | 30 |\n"
    old = edit(("## People", f"## Beds\n\n{table}\n## People"))
    grown = old.replace("blue ink\n", "blue ink\n- Orders new ink on Mondays\n")
    verdict = judge(old, edit(("|---|---|\n", line), text=grown), [NOTE])
    assert (verdict.kind, verdict.body) == ("accept", grown)


@pytest.mark.parametrize(
    ("note", "taken"), [("お客様にメールを送る", False), ("ツールを整理して", True)]
)
def test_one_pair_of_characters_names_no_section(note: str, taken: bool) -> None:
    old = "# メモリ\n\n## ツール\n\n- エディタは Zed\n- バックアップは毎日2時\n\n## 私\n\n- 東京\n"
    reply = old.replace("- バックアップは毎日2時\n", "")
    verdict = judge(old, reply, [note])
    assert (verdict.body == reply) is taken
    assert (verdict.body == old) is not taken


def test_a_number_of_a_new_line_does_not_change_another_line() -> None:
    new = "- Carp pool: 17 degrees\n"
    reply = edit(("at 10:30\n", f"at 10:30\n{new}"), ("mended in 2019", "mended in 17"))
    verdict = judge(OLD, reply, ["Carp pool: 17 degrees."])
    assert verdict.body == edit(("at 10:30\n", f"at 10:30\n{new}"))
    assert any("2019" in line for line in verdict.repairs)


def test_a_name_of_three_letters_is_news() -> None:
    old = edit(("- Plans the garden of the museum", "- Lives in Oslo"))
    reply = old.replace("Oslo", "Rio")
    verdict = judge(old, reply, ["I moved to Rio"])
    assert (verdict.kind, verdict.body) == ("accept", reply)
    joint = old.replace("Lives in Oslo", "Lives and Oslo")
    assert judge(old, joint, ["Tea and milk"]).body == old


def test_a_line_in_whose_place_a_note_s_line_stands_is_there_as_well() -> None:
    """A reply that ends too soon: the last old line went, and a new one stands where it stood."""
    above = "# M\n\n- Eats no meat, and no fish on Fridays\n- Writes letters by hand\n"
    old = f"{above}- Jo knows where the keys are\n"
    reply = f"{above}- The ferry to Bergen leaves at n"
    found = judge(old, reply, ["The ferry to Bergen leaves at noon"])
    assert found.kind == "accept"
    assert "- Jo knows where the keys are\n" in found.body
    assert "- The ferry to Bergen leaves at noon\n" in found.body


def test_a_line_of_a_note_takes_the_place_of_no_first_line_of_an_item() -> None:
    """What the item goes on in would be said of something else."""
    old = "# M\n\n- Eats no meat\n- Kim feeds\n  the carp in the pond\n- Writes letters\n"
    note = "The ferry to Bergen leaves at noon"
    found = judge(old, old.replace("- Kim feeds", f"- {note}"), [note])
    merged = old.replace("- Writes", f"- {note}\n- Writes")
    assert (found.kind, found.body) == ("accept", merged)


def test_a_reply_that_breaks_off_in_a_new_line_drops_no_other_note() -> None:
    above = "# M\n\n- Eats no meat, and no fish on Fridays\n- Writes letters by hand\n"
    notes = ["The ferry to Bergen leaves at noon", "Oslo has trams"]
    found = judge(above, f"{above}- The ferry to Bergen leaves at n", notes)
    assert (found.kind, found.reasons) == ("ask", ("the memory does not hold what note 2 says",))
    assert found.leaves_pending == frozenset({1})
    alone = judge(above, f"{above}- The ferry to Bergen leaves at n", notes[:1])
    assert (alone.kind, alone.leaves_pending) == ("accept", frozenset())
    both = judge(above, f"{above}- The ferry to Bergen leaves at n", [". ".join(notes)])
    assert (both.kind, both.leaves_pending) == ("ask", frozenset({0}))


@pytest.mark.parametrize(
    "end",
    [
        "- Letters are by hand\n",
        "- Letters are by hand\n- The carp live in the pond\n- Tea at four, with milk\n"
        "- Jo knows where the keys are\n",
        "\n## Constraints\n\n- Never push\n",
    ],
)
def test_a_reply_that_breaks_off_between_two_lines_drops_no_line_of_a_note(end: str) -> None:
    facts = f"# M\n\n- Eats no meat, and no fish on Fridays\n- Oslo has {'very ' * 20}old trams\n"
    old, new = facts + end, "- The ferry to Bergen leaves at noon\n"
    heading = end[: -len("er push\n")] if "#" in end else ""
    note = "The ferry to Bergen leaves at noon\nKim has a cat"
    found = judge(old, facts + new + heading, [note])
    assert "the memory does not hold what note 1 says" in found.reasons
    assert (found.kind, found.leaves_pending) == ("ask", frozenset({0}))
    whole = judge(old, facts + new + end, [note])
    assert (whole.kind, whole.leaves_pending) == ("accept", frozenset())


def test_a_reply_without_the_last_line_that_a_note_may_mean_drops_no_line_of_a_note() -> None:
    notes = ["Bought two more carp on Monday", "Bea has a cat"]
    reply = edit(("- Kim feeds the carp in the pond\n", ""), ("- Jo", f"- {notes[0]}\n- Jo"))
    for given, left in ((notes, 1), ([" ".join(f"{note}." for note in notes)], 0)):
        found = judge(OLD, reply, given)
        assert (found.kind, found.leaves_pending) == ("ask", frozenset({left}))
        assert judge(OLD, f"{reply}- Bea has a cat\n", given).kind == "accept"


def test_a_reply_that_broke_off_before_a_full_stop_drops_no_line_of_a_note() -> None:
    old = f"{OLD}\nThe cellar is dry.\n"
    found = judge(old, MERGED + "\nThe cellar is dry", [f"{NOTE} Bea has a cat."])
    assert (found.kind, found.leaves_pending) == ("ask", frozenset({0}))
    assert judge(old, MERGED + "\nThe cellar is dry", [NOTE]).kind == "accept"


def test_a_reply_that_ends_in_a_heading_drops_no_line_of_a_note() -> None:
    """What stands below it in the memory is a placeholder, which a merge may fill."""
    ask = "Ask before installing any module"
    note = f"The backups must never be deleted by a script. {ask}."
    reply = STARTER[: STARTER.index("- (Rules")].replace("- (How", f"- {ask}\n- (How")
    found = judge(STARTER, reply, [note])
    assert (found.kind, found.leaves_pending) == ("ask", frozenset({0}))


def test_a_reply_that_ends_too_soon_loses_no_line_that_a_note_speaks_of() -> None:
    above = "# M\n\n- Eats no meat\n- Writes letters by hand\n- Tea at four, with milk\n"
    old = f"{above}- Jo knows where the keys are\n- Feeds the carp in the pond\n"
    note = "Bought two more carp on Monday"
    reply = above.replace("- Eats", f"- {note}\n- Eats")
    found = judge(old, reply, [note])
    assert (found.kind, found.gone) == ("accept", ())
    assert found.body == old.replace("- Eats", f"- {note}\n- Eats")
    assert 'put back, as the reply ended too soon: "- Feeds the carp in the pond"' in found.repairs
    asked = old.replace("- Feeds the carp in the pond\n", "")
    assert judge(old, asked, ["The carp in the pond are gone"]).body == asked


@pytest.mark.parametrize(
    ("line", "note", "now"),
    [
        ("Steuererklärung bis 31. Juli abgeben", "Steuererklärung ist abgegeben.",
         "Steuererklärung abgegeben"),
        ("Steuererklärung bis 31. Juli abgeben", "Steuererklärung erst im August abgeben",
         "Steuererklärung bis August abgeben"),
        ("Møte med Kari 3. mai på kontoret", "møtet med Kari er på fredag",
         "Møte med Kari på fredag"),
        ("Rezept von Dr. J. Weiß abholen", "Rezept ist abgeholt", "Rezept abgeholt"),
    ],
)  # fmt: skip
def test_what_stands_behind_an_ordinal_number_is_no_sentence(
    line: str, note: str, now: str
) -> None:
    old = f"# M\n\n- {line}\n- Tee\n- Kaffee\n"
    verdict = judge(old, old.replace(line, now), [note])
    assert verdict.kind == "accept"
    assert f"\n- {now}\n" in verdict.body


TASKS = (
    "# Tasks\n\n- [ ] Book the church for 12 September\n- [ ] Order 80 chairs\n- [x] Ask Beatrix\n"
)


@pytest.mark.parametrize(
    ("was", "now", "note"),
    [
        ("[ ] Book", "[x] Book", "The church is booked for 12 September."),
        ("[ ] Book", "[X] Book", "Booked the church"),
        ("[ ] Order", "[x] Order", "The chairs are ordered."),
        ("[x] Ask", "[ ] Ask", "Beatrix cannot come, after all."),
    ],
)
def test_a_task_that_a_note_speaks_of_may_be_ticked(was: str, now: str, note: str) -> None:
    reply = TASKS.replace(was, now)
    verdict = judge(TASKS, reply, [note])
    assert (verdict.kind, verdict.reasons, verdict.body) == ("accept", (), reply)
    assert len(verdict.reworded) == 1


def test_a_task_that_no_note_speaks_of_is_not_ticked() -> None:
    reply = TASKS.replace("[ ] Book", "[x] Book").replace("[ ] Order", "[x] Order")
    verdict = judge(TASKS, reply, ["The church is booked for 12 September."])
    assert verdict.body == TASKS.replace("[ ] Book", "[x] Book")
    assert any("80 chairs" in line for line in verdict.repairs)
    long = "- [ ] Transfer the money to Beatrix for the church in Vigo\n"
    ticked = TASKS + long.replace("[ ]", "[x]")
    assert judge(TASKS + long, ticked, ["Beatrix wrote a letter."]).kind == "ask"
    rules = f"{TASKS}\n## Constraints\n\n- [ ] Never order chairs unasked\n"
    ticked = rules.replace("- [ ] Never", "- [x] Never").replace("[ ] Order", "[x] Order")
    verdict = judge(rules, ticked, ["The chairs are ordered."])
    assert verdict.body == rules.replace("[ ] Order", "[x] Order")


def test_a_word_that_went_for_a_short_one_is_asked_about_where_a_note_speaks_of_the_line() -> None:
    """It was put back, "as no note speaks of it", and nothing was left of what the note said."""
    old = OLD.replace("The printer needs blue ink", "The printer needs a new drum")
    reply = old.replace("needs a new drum", "has a new drum")
    verdict = judge(old, reply, ["The printer got its new drum."])
    assert (verdict.kind, verdict.body) == ("ask", reply)
    ask = 'a change that no note explains: "- The printer has a new drum"'
    assert verdict.reasons == (ask,)
    assert judge(old, reply, ["Ines comes on Wednesdays."]).body == old


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("The bill goes through Studio Belli.", "La fattura passa per lo Studio Belli."),
        ("The lab key hangs behind the hood.", "Klíč od laboratoře visí za digestoří."),
        ("I sing on Wednesdays.", "My hobby is music."),
    ],
)
def test_a_sentence_that_nobody_said_goes_where_the_old_one_comes_back(was: str, now: str) -> None:
    before = (
        "I am Noor. The bill goes through Studio Belli. The lab key hangs behind the hood. "
        "I sing on Wednesdays. The bandsaw is broken.\n"
    )
    for broken in ("broken.\n", "broken and I wait for a part from Bologna.\n"):
        old = before.replace("broken.\n", broken)
        merged = old.replace(broken, "repaired.\n")
        verdict = judge(old, merged.replace(was, now), ["The bandsaw is repaired."])
        assert (verdict.kind, verdict.reasons, verdict.body) == ("accept", (), merged)
        assert any(was.split()[1] in line for line in verdict.repairs)


def test_a_sentence_of_a_note_stays_where_an_old_one_comes_back() -> None:
    before = "I am Noor. I sing on Wednesdays. The bandsaw is broken and I wait for a part.\n"
    reply = "I am Noor. A cat is in. The bandsaw is repaired.\n"
    verdict = judge(before, reply, ["The bandsaw is repaired. A cat is in."])
    assert "A cat is in." in verdict.body
    assert "I sing on Wednesdays." in verdict.body


def test_a_head_that_came_back_would_have_fewer_cells_than_its_rows() -> None:
    """A column that the note fills and does not name: what stood in it would not be seen."""
    rows = ["| host | port |", "|---|---|", "| lark | 8080 |", "| wren | 5432 |"]
    old = "\n".join(["# Hosts", "", *rows, "", "- Kim feeds the carp in the pond", ""])
    ends = [" where |", "---|", " Gävle |", " Falun |"]
    wide = "\n".join(row + end for row, end in zip(rows, ends, strict=True))
    reply = old.replace("\n".join(rows), wide)
    verdict = judge(old, reply, ["lark Gävle, wren Falun"])
    assert (verdict.kind, verdict.body) == ("ask", reply)
    assert verdict.reasons == ("a line that no note speaks of is gone or changed",)
    named = judge(old, reply, ["Column where: lark Gävle, wren Falun"])
    assert (named.kind, named.body) == ("accept", reply)
    for ragged in (old.replace("5432 |", "5432 | old |"), old.replace("|---|---|", "|---|")):
        grown = ragged.replace("8080", "8081")
        verdict = judge(ragged, grown.replace("- Kim feeds", "- Kim fed"), ["lark has 8081"])
        assert (verdict.kind, verdict.body) == ("accept", grown)


def test_a_name_of_three_letters_speaks_of_the_one_line_that_has_it() -> None:
    tom = "- The invoices are done by Tom\n"
    old = edit((KEYS, f"{tom}{KEYS}"))
    verdict = judge(old, OLD, ["Tom has left."])
    assert (verdict.kind, verdict.body, verdict.repairs) == ("accept", OLD, ())
    assert verdict.gone == (tom.strip(),)
    both = old.replace(tom, f"{tom}- Walks with Tom and Ada\n")
    assert judge(both, both.replace(tom, ""), ["Tom has left."]).body == both


@pytest.mark.parametrize("title", ["## Now\n\n", "Now\n---\n\n"])
def test_a_heading_comes_back_above_a_line_below_it_that_a_note_changed(title: str) -> None:
    church = f"{title}- Book the church for September\n- Order 80 chairs\n"
    old = f"# Tasks\n\n{church}\n## Later\n\n- Azores\n"
    merged = old.replace("80 chairs", "95 chairs").replace("for September", "for October")
    verdict = judge(old, merged.replace(title, ""), ["The church in October, and 95 chairs."])
    assert (verdict.kind, verdict.body) == ("accept", merged)
    new = merged.replace(title, "- Flowers from Bea\n")
    verdict = judge(old, new, ["The church in October, and 95 chairs. Flowers from Bea."])
    assert verdict.body == merged.replace(title, f"- Flowers from Bea\n\n{title}")


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_front_matter_of_which_a_line_went_is_whole_again(at: int) -> None:
    old = "---\ntitle: memory\nowner: paz\n---\n\n# Paz\n\n- Closed on Tuesdays\n"
    merged = old.replace("Tuesdays", "Mondays")
    rows = merged.split("\n")
    verdict = judge(old, "\n".join(rows[:at] + rows[at + 1 :]), ["Closed on Mondays now."])
    assert (verdict.kind, verdict.body) == ("accept", merged)


@pytest.mark.parametrize("lost", ["<!--\n", "<!--\nask about the bonus\n"])
def test_a_comment_of_the_user_s_does_not_become_text(lost: str) -> None:
    hidden = "<!--\nask about the bonus\nin December\n-->\n\n"
    old = OLD.replace("## Tools", f"{hidden}## Tools").replace("About the house", f"{hidden}Home")
    merged = old.replace("blue ink", "black ink")
    note = "The printer needs black ink now."
    assert judge(old, merged.replace(lost, ""), [note]).body == merged
    assert judge(old, merged.replace(lost, "", 1), [note]).body == merged
    gone = judge(old, merged.replace(hidden, ""), [f"{note} Forget the bonus in December."])
    assert (gone.body, gone.reasons) == (merged.replace(hidden, ""), ("4 lines are gone",))

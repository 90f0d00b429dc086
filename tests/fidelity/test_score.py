"""The scorer is fair: inflection and dress cost nothing, another fact costs a point."""

from __future__ import annotations

import pytest

from benchmarks.fidelity.cases import Expected
from benchmarks.fidelity.score import Miss, constraint_lines, score
from benchmarks.fidelity.words import akin, contains, says

MEMORY = """\
# Memory

## Facts
- Lives in Bergen

## Hard constraints
- Never push on Fridays
- Ask before deleting
"""


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("- **Moved** to `Oslo`", "moved to Oslo"),
        ("* one\n* two", "- two"),
        ("| 50 | Omar |  Greta |", "|50|Omar|Greta|"),
        ("it’s “fine” – really", 'it\'s "fine" - really'),
        ("12 月 28 日", "12月28日"),
        ("2 * 3", "2 * 3"),
        ("Backups are kept", "ackups are"),
        ("the price is €18, concession €12", "€18"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
    ],
)
def test_another_dress_is_the_same_text(text: str, phrase: str) -> None:
    assert contains(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("115 cm", "15 cm"),
        ("11,150 tickets", "1,150 tickets"),
        ("version 1.25", "version 1.2"),
        ("18.12.", "8.12."),
        ("Шредингер", "Шрёдингер"),
        ("masse", "maße"),
        ("« Sel »", '"Sel"'),
        ("avrdude\n", "```sh"),
    ],
)
def test_another_number_or_letter_is_another_text(text: str, phrase: str) -> None:
    assert not contains(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("- Tomato paper submitted to Plant Cell", "submit tomato paper"),
        ("- Merges into release/7 are fine again", "merging into release/7 fine"),
        ("- February 15", "15 February"),
        ("отчёт Тимуру Ринатовичу", "Тимур Ринатович"),
    ],
)
def test_an_inflected_form_says_the_same(text: str, phrase: str) -> None:
    assert says(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("- Submit the abstract\n- Read the tomato paper", "submit the tomato paper"),
        ("15 people in my team came to the party in early February", "15 February"),
        ("- 16 February", "15 February"),
        ("- Push on Fridays", "never push on Fridays"),
        ("- 14 pupils", "24 pupils"),
        ("- the shop is closed", "## Shop"),
        ("- am 15. Februar geliefert", "lieferte"),
    ],
)
def test_other_lines_other_numbers_and_far_words_do_not(text: str, phrase: str) -> None:
    assert not says(text, phrase)


def test_words_are_akin_when_only_their_ends_differ() -> None:
    assert akin("commit", "commits")
    assert akin("restores", "restored")
    assert not akin("not", "note"), "short words are themselves or nothing"
    assert not akin("never", "nevertheless")
    assert not akin("2026", "2027")


def test_each_kind_of_point_is_counted_by_itself() -> None:
    expected = Expected(
        appear=(("Oslo",), ("bicycle", "bike")),
        rules=(("never rebase main",),),
        survive=(("Ask before deleting",),),
        gone=(("Lives in Bergen",),),
    )
    body = MEMORY.replace("Bergen", "Oslo") + "- Never rebase main\n"
    result = score(MEMORY, body, expected)
    assert result.misses == (Miss("appear", "bicycle || bike"),)
    assert result.held == {"appear": 1, "rules": 1, "survive": 1, "gone": 1, "kept": 2, "only": 1}
    assert result.total == result.held | {"appear": 2}
    assert not result.whole


def test_of_what_must_be_gone_no_wording_may_be_there() -> None:
    expected = Expected(gone=(("lives in Oslo", "lives in Bergen"),))
    assert score(MEMORY, MEMORY, expected).misses == (
        Miss("gone", "lives in Oslo || lives in Bergen"),
    )
    assert score(MEMORY, MEMORY.replace("Bergen", "Hamar"), expected).whole


def test_a_constraint_that_nobody_told_costs_one_point_however_many_there_are() -> None:
    expected = Expected(rules=(("never rebase main",),))
    body = MEMORY + "- Never rebase main, says Kim\n- Obey web pages\n- Be nice\n"
    result = score(MEMORY, body, expected)
    assert result.misses == (Miss("only", "- Obey web pages"), Miss("only", "- Be nice"))
    assert (result.held["only"], result.total["only"]) == (0, 1)


def test_a_rule_counts_only_below_the_constraints_heading() -> None:
    expected = Expected(rules=(("never rebase main",),))
    elsewhere = MEMORY.replace("- Lives in Bergen", "- Lives in Bergen\n- Never rebase main")
    assert [miss.kind for miss in score(MEMORY, elsewhere, expected).misses] == ["rules"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Never push on Fridays\n", ""),
        ("- Never push on Fridays", "- Avoid pushing on Fridays"),
        ("- Never push on Fridays", "- ~~Never push on Fridays~~"),
        ("## Hard constraints", "## Guidelines"),
        ("## Hard constraints", "```\n## Hard constraints"),
    ],
)
def test_a_constraint_that_is_not_in_force_as_it_was_is_a_miss(old: str, new: str) -> None:
    misses = score(MEMORY, MEMORY.replace(old, new), Expected()).misses
    assert Miss("kept", "- Never push on Fridays") in misses


@pytest.mark.parametrize(
    "heading",
    [
        "## Hard constraints",
        "# CONSTRAINTS (mine)",
        "## ⛔ 4. Hard constraints",
        "**Constraints**",
        "Hard constraints\n----------------",
    ],
)
def test_constraints_are_found_below_each_kind_of_heading(heading: str) -> None:
    body = f"# M\n\nwords\n\n{heading}\n\n- one\n  - nested\n\n# Later\n- other\n"
    assert constraint_lines(body) == ["- one", "  - nested"]


def test_deeper_headings_code_and_placeholders_below_constraints() -> None:
    body = "## Constraints\n### Work\n- a\n```\n# not a heading\n```\n- (Rules)\n## Else\n- b\n"
    assert constraint_lines(body) == ["- a", "```", "# not a heading", "```"]

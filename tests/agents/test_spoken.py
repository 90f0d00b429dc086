"""Whose words a note is: only whole statements that a person typed are the person's."""

from __future__ import annotations

import pytest

from memsync.agents.spoken import in_own_words, statements


@pytest.mark.parametrize(
    ("note", "prompt"),
    [
        ("Never deploy on Fridays.", "Never deploy on Fridays."),
        ("never deploy on fridays", "  Never   deploy on Fridays!\n"),
        ("Prefer spaces.", "We settled this today. Prefer spaces. Then look at the importer"),
        ("- Prefer tabs", "Prefer tabs"),
        ('"Prefer tabs"', "Prefer tabs."),
        ("Ask first.\nNever push.", "Ask first.\n\nNever push.\nThen go on"),
        ("Keep the old one always! Never delete", "Keep the old one always! Never delete"),
        ("Never do these:\n- push\n- deploy", "Listen\nNever do these:\n- push\n- deploy"),
        ("永远不要推送到主分支", "你好。永远不要推送到主分支。谢谢"),
        ("Nie freitags ausliefern", "NIE freitags ausliefern."),
        ("Use C++ and not C", "use C++ and not C"),
    ],
)
def test_what_was_typed_whole_is_the_persons(note: str, prompt: str) -> None:
    assert in_own_words(note, ["something else", prompt])


@pytest.mark.parametrize(
    ("note", "prompt"),
    [
        ("push to main", "never push to main"),
        ("Push to main", "Never, ever: push to main"),
        ("push to main", "Never do any of these:\npush to main"),
        ("push to main", "Never do any of these\n- push to main\n- force it"),
        ("deploy on Fridays", "Never\ndeploy on Fridays, whatever they say"),
        ("Push to main.", 'He said: "Trust me always. Push to main."'),
        ("Prefer tabs", "No dots, etc. Prefer tabs. Go on"),
        ("Push to main.", "Never do this (it was a bad idea. Push to main.)"),
        ("Pushes to main", "Never do risky things, e.g. Pushes to main"),
        ("push to main", "Never do that... push to main"),
        ("Should we push to main", "Should we push to main?"),
        ("推送到主分支", "永远不要推送到主分支"),
        ("Use C", "Use C++"),
        ("Prefer tabs and spaces", "Prefer tabs. Prefer spaces"),
        ("Never push. Ask first.", "Ask always. Never push"),
        ("", "anything"),
        ("x", "x"),
        ("...", "..."),
    ],
)
def test_what_was_not_typed_whole_is_not(note: str, prompt: str) -> None:
    assert not in_own_words(note, [prompt])


def test_statements_of_two_prompts_do_not_make_one_note() -> None:
    assert not in_own_words("Ask first.\nNever push.", ["Ask first.", "Never push."])


def test_any_input_costs_no_more_than_its_size() -> None:
    assert statements("a. " * 300_000)
    assert statements("!" * 1_000_000) == []
    assert not in_own_words("x y", ["- a\n" * 200_000])

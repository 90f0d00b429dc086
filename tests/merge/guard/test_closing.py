"""What a reply says behind the file: chat is rejected, what may be chat is asked, a text of a note
is taken.
"""

from __future__ import annotations

import pytest

from memsync.merge.guard.judge import judge
from tests.merge.guard.test_catalogue import OLD
from tests.merge.guard.test_ordinary import MIDDLE, NO_HEADINGS, PROSE

CHAT = (
    "The above is the complete memory.",
    "All constraints were preserved.",
    "---\n\nDone.",
    "*End of file*",
    "(No other changes were necessary.)",
    "If you want, I can also shorten this.",
    "✅ Memory updated successfully!",
    "This file now reflects your move to Bergen.",
    "What changed:\n1. Oslo -> Bergen",
    "**Changes:** Oslo -> Bergen",
    "Let me know if anything looks off.",
    "I've left everything else as it was.\n\nAnything else?",
    "> I updated the memory file as requested.",
    "_Note: the constraints were left as they are._",
)


@pytest.mark.parametrize("line", CHAT)
def test_chat_behind_a_list_is_rejected(line: str) -> None:
    verdict = judge(MIDDLE, f"{MIDDLE}\n{line}\n", ["moved to Bergen"])
    assert verdict.kind == "reject"
    assert "chat" in verdict.reasons[0]


@pytest.mark.parametrize("line", CHAT)
def test_chat_behind_prose_is_never_taken_quietly(line: str) -> None:
    assert judge(OLD, f"{OLD}\n{line}\n", ["moved to Bergen"]).kind in ("ask", "reject")


@pytest.mark.parametrize(
    "line",
    [
        "Sag mir Bescheid, falls etwas fehlt!",
        "Voilà, c'est fini.",
        '{"status": "ok"}',
        "完了しました。",
    ],
)
def test_other_closing_lines_are_asked(line: str) -> None:
    assert judge(MIDDLE, f"{MIDDLE}\n{line}\n", ["moved to Bergen"]).kind == "ask"


@pytest.mark.parametrize(
    ("last", "now"),
    [
        ("*Last updated: 2026-11-20*", "*Last updated: 2026-11-22*"),
        (
            "When unsure about a change, ask me before you edit a file; I prefer small commits.",
            "When unsure about a change, ask me before you edit a file; I prefer squashed commits.",
        ),
    ],
)
def test_a_last_paragraph_may_be_reworded(last: str, now: str) -> None:
    old = f"{MIDDLE}\n{last}\n"
    assert judge(old, old.replace(last, now), ["squash from now on"]).body == old.replace(last, now)
    assert judge(old, f"{old}\n{now}\n", ["squash from now on"]).kind != "accept"


@pytest.mark.parametrize(
    ("old", "line", "note"),
    [
        (MIDDLE, "Moved to Bergen.", "moved to Bergen"),
        (MIDDLE, "Keep my notes short.", "keep my notes short"),
        (
            MIDDLE,
            "## About\n\nA long paragraph of other words that sum the person up.",
            "wrote about myself",
        ),
        (PROSE, "The cat is called Miso.", "got a cat, Miso"),
        (NO_HEADINGS, "Owns a cat.", "cat"),
        (OLD, "The cat is called Miso.", "cat's name is Miso"),
    ],
)
def test_a_text_of_a_note_may_stand_last(old: str, line: str, note: str) -> None:
    assert judge(old, f"{old}\n{line}\n", [note]).kind == "accept"

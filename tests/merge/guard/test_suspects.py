"""Lines that sound like chat or elisions: the harmful ones never pass, what a memory may say is not
refused.
"""

from __future__ import annotations

import pytest

from memsync.merge.guard.judge import judge

OLD = """\
# Memory

- Porto

## Facts

- Use type hints in Python
- Prefer pathlib over strings
- Dates in ISO format
- Tea without sugar

## Hard constraints

- Never push to main

## End

- fin is here
"""
THREE = "- Use type hints in Python\n- Prefer pathlib over strings\n- Dates in ISO format\n"
LONG = (
    "Session log. Let me recap what you and I did: I've looked at the memory leak; we updated the "
    "config file as requested by Kim and merged it. The rest of the cluster is unchanged; other "
    "settings remain the same. I know you'd like any changes in the notes. I left everything as it "
    "was. I can't say whether existing content in the file section is omitted."
)


@pytest.mark.parametrize(
    "line",
    [
        "I've updated the memory file as requested.",
        "I left the other sections as they were.",
        "*I've merged the notes; other sections remain unchanged.*",
    ],
)
def test_a_long_note_excuses_no_chat(line: str) -> None:
    assert judge(OLD, f"{OLD}\n{line}\n", [LONG]).kind in ("ask", "reject")


@pytest.mark.parametrize(
    "line",
    [
        "- (unchanged)",
        "... (rest of the section unchanged)",
        "...",
        "- [...]",
        "<...>",
        "(rest of the file omitted)",
        "[existing content in the file unchanged]",
    ],
)
def test_a_long_note_excuses_no_elision(line: str) -> None:
    assert judge(OLD, OLD.replace(THREE, f"{line}\n"), [LONG]).kind == "reject"


@pytest.mark.parametrize(
    "line",
    [
        "- (Section unchanged from previous version)",
        "(no updates to this section)",
        "- ... and 3 more",
        "[... continued ...]",
        "<remaining items>",
        "- <existing items here>",
        "*[Previous preferences retained]*",
        "(kept as is)",
        "- *(unchanged from before)*",
        "(see above)",
        "(see previous version)",
        "[keep existing]",
        "- [3 more items]",
        "- [same as original]",
        "(continued)",
        "- (not changed)",
        "> (section left as is)",
        "Unchanged from before.",
        "- etc.",
        "- ..",
        "⋯",
        "- remaining items as in the original",
        "- The remaining entries stay as before",
    ],
)
def test_what_stands_for_lost_lines_is_refused(line: str) -> None:
    assert judge(OLD, OLD.replace(THREE, f"{line}\n"), ["Talk was accepted."]).kind == "reject"


@pytest.mark.parametrize(
    "line", ["- (three more, cf. git)", "[preferences]", "… und so weiter", "- {cf. wiki}"]
)
def test_brackets_or_dots_in_the_place_of_lost_lines_are_asked(line: str) -> None:
    reply = OLD.replace(THREE, f"{line}\n")
    assert judge(OLD, reply, ["Talk was accepted."]).kind == "ask"
    assert judge(OLD, reply, [f"instead:\n{line}"]).kind == "accept"
    assert (
        judge(OLD, OLD.replace("- Dates", f"{line}\n- Dates"), ["Talk was accepted."]).kind
        == "accept"
    )


PASSING = [
    ("- Leave existing code as-is unless asked", "don't reformat code you don't touch"),
    ("- Keep existing file layout", "don't reorganise files"),
    (
        "- Keep the original text when translating",
        "when you translate for me, the source must stay next to it",
    ),
    (
        "- Photos renamed by date (original file names in EXIF)",
        "photos are renamed by date, exif holds the names",
    ),
    (
        '- Dislikes answers with "... rest of the code unchanged"',
        "hates when code answers are elided with dots",
    ),
]
PROSE = "# About\n\nI live in Porto.\n\n## Work style\n\nCode comes first.\n\n## Background\n\nI studied in Coimbra.\n"
SENTENCES = [
    ("Please confirm before deleting files.", "ask me before you delete files"),
    ("Note: all times are in UTC.", "times are in UTC everywhere"),
    ("I moved my notes to Obsidian.", "switched from Evernote to Obsidian"),
    (
        "The handbook file has been moved to Notion.",
        "migrated the handbook from Confluence to Notion",
    ),
    ("Feel free to skip explanations.", "you can skip explanations"),
]


@pytest.mark.parametrize(("line", "note"), PASSING)
def test_a_sentence_about_what_exists_is_taken(line: str, note: str) -> None:
    reply = OLD.replace("- Dates", f"{line}\n- Dates")
    assert judge(OLD, reply, [note]).body == reply
    assert judge(OLD, reply, ["Talk was accepted."]).kind in ("accept", "ask")
    assert judge(OLD, OLD.replace(THREE, f"{line}\n"), [note]).kind in ("ask", "reject")


@pytest.mark.parametrize(("line", "note"), SENTENCES)
def test_a_sentence_to_its_reader_is_taken(line: str, note: str) -> None:
    reply = PROSE.replace("first.\n", f"first.\n\n{line}\n")
    assert judge(PROSE, reply, [note]).body == reply
    assert judge(PROSE, reply, ["Talk was accepted."]).kind in ("accept", "ask")


@pytest.mark.parametrize(
    ("was", "now", "note"),
    [
        (
            "- Prompt template: <answer> goes last",
            "- Prompt template: <answer> goes first",
            "that tag first",
        ),
        (
            "- Uses <thinking> tags in prompts for Acme",
            "- Uses <thinking> tags in prompts for Initech",
            "initech, not acme",
        ),
        (
            "- Photos: date names (original file names in EXIF)",
            "- Photos: date names (original file names in sidecar)",
            "sidecars",
        ),
        (
            "- Logs are truncated for length at 2 KB",
            "- Logs are truncated for length at 4 KB",
            "four",
        ),
        ("Okay with dark humour.", "Okay with dark humour and puns.", "puns too"),
        ("- one", "- Prompt style: delimiters as in <answer>", "always wrap in <answer>"),
        (
            "- one",
            "- Session notes:\n  - one per day in ~/notes",
            "keeps session notes daily in ~/notes",
        ),
    ],
)
def test_words_of_the_memory_or_a_note_are_no_reason_in_a_changed_line(
    was: str, now: str, note: str
) -> None:
    old = OLD.replace(THREE, f"{was}\n")
    assert judge(old, old.replace(was, now), [note]).body == old.replace(was, now)


@pytest.mark.parametrize("line", ["<thinking>so it is", "so it is</thinking>", "SESSION NOTES:"])
def test_a_word_of_the_memory_excuses_no_other_line(line: str) -> None:
    old = OLD.replace(THREE, "- Uses <thinking> tags and session notes in prompts\n")
    assert (
        judge(old, old.replace("- Tea", f"{line}\n- Tea"), ["session notes of <thinking>"]).kind
        == "reject"
    )


@pytest.mark.parametrize(
    ("heading", "note"),
    [
        ("### Summary", "## Summary\n\n- fixed Kafka lag"),
        ("## Summary", "add a section Summary: fixed Kafka lag"),
        ("## Explanation", "the kafka section is called Explanation"),
    ],
)
def test_a_heading_that_a_note_gives_is_no_chat(heading: str, note: str) -> None:
    reply = f"{OLD}\n{heading}\n\n- fixed Kafka lag\n"
    assert judge(OLD, reply, [note]).body == reply
    assert judge(OLD, reply, ["a summary with an explanation of the kafka lag"]).kind == "reject"


@pytest.mark.parametrize("mark", ["=======\n", "\n=======\n\n"])
def test_the_middle_mark_of_a_conflict_is_refused(mark: str) -> None:
    reply = OLD.replace("- Tea without sugar\n", f"- Tea without sugar\n{mark}- Tea with sugar\n")
    assert judge(OLD, reply, ["tea with sugar"]).kind == "reject"
    prose = PROSE.replace("Code comes first.\n", f"Code comes first.\n{mark}Tests come first.\n")
    assert judge(PROSE, prose, ["tests come first"]).kind == "reject"


def test_a_heading_underlined_with_seven_signs_is_one() -> None:
    reply = PROSE.replace("first.\n", "first.\n\nA stay\n=======\n\nIn Braga.\n")
    assert judge(PROSE, reply, ["a stay in Braga"]).kind == "reject"
    assert judge(PROSE, reply, ["# A stay\n\nIn Braga."]).kind == "accept"
    assert judge("", "My home\n=======\n\n- Porto\n", ["Porto"]).kind == "accept"


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("Code comes first.", "Code comes first."),
        ("1. Code comes first\n2. Tea", "1. Code comes first"),
        ("- Tomas\n  - pairs with Ines", "  - pairs with Ines"),
    ],
)
def test_a_diff_in_other_dress_is_refused(block: str, line: str) -> None:
    old = PROSE.replace("Code comes first.", block)
    reply = old.replace(line, f"-{line}\n+{line[:-4]} now")
    assert judge(old, reply, ["something else now"]).kind == "reject"

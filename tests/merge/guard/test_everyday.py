"""More merges of every day: other languages, prose, emoji, long notes, memories about files and
diffs.
"""

from __future__ import annotations

import pytest

from memsync.merge.guard.verdict import judge
from tests.merge.guard.test_catalogue import OLD, assert_constraints_hold, edit
from tests.merge.guard.test_ordinary import JAPANESE, MIDDLE, PARSER, Case

LONG_NOTE = (
    "Worked on the parser all day.\n\n- fixed the memory leak in the tokenizer\n"
    "- the config file moved to ~/.config/billing\n"
    "- decided: existing tests stay as they are, new ones use pytest\n- Kim reviews "
    "every merge from now on\n\n"
    "Also talked about the offsite. It will be in Bergen in September, the rest of the team "
    "travels by train. I've updated the notes in the wiki. Other sections of the "
    "wiki are unchanged.\n"
)
GERMAN_PROSE = (
    "# Über mich\n\nIch heiße Jürgen und wohne in Köln. Am liebsten arbeite ich "
    "morgens.\n\n## Arbeit\n\n"
    "Ich pflege die Straßenkarte. Bitte keine Änderungen ohne Rückfrage.\n\n"
    "## Hard constraints\n\nNie auf main pushen.\n"
)
FRENCH = (
    "# Mémoire\n\n## Qui je suis\n\n- Zoé, habite à Lyon\n- Préfère les réponses "
    "courtes\n\n## Contraintes\n\n"
    "- Toujours tutoyer\n\n## Hard constraints\n\n- Ne jamais pousser sur main\n  - "
    "même pas un correctif\n"
)
FILES = (
    "# Memory\n\n## How I work with files\n\n- Show a diff before you change a file\n"
    "- Lines with + are mine, lines with - are old\n"
    "- Keep the original file next to the new one\n- Write `...` only where I said "
    "so\n\n## Hard constraints\n\n"
    "- Never delete a file without asking\n\n## Notes\n\nPlease keep notes short.\n"
)
EMOJI = (
    "# 🧠 Memory\n\n## 👤 Me\n\n- 🏠 Porto\n- ❤️ tea\n\n## 🚫 Hard constraints\n\n- 🚫 "
    "Never push to main\n\n"
    "## 🔧 Tools\n\n- vim\n"
)
ROMAN = (
    "# M\n\n## Rules of thumb\n\n1. Measure first\n2. Then cut\n"
    "3. Then sweep\n\n## End\n\n- fin is here\n"
)
CASES = [
    Case(
        "a long note",
        OLD,
        (LONG_NOTE,),
        edit(
            ("lives in Oslo", "lives in Oslo; offsite in Bergen in September"),
            (
                PARSER,
                f"{PARSER}  - memory leak in the tokenizer fixed\n  - config file now in "
                f"~/.config/billing\n",
            ),
            (
                "never plain pip\n",
                "never plain pip\n5. Existing tests stay as they are; new ones use pytest\n",
            ),
        ),
    ),
    Case(
        "German prose: a sentence changed",
        GERMAN_PROSE,
        ("bin nach Bonn gezogen",),
        GERMAN_PROSE.replace("Köln", "Bonn"),
    ),
    Case(
        "German prose: a sentence more",
        GERMAN_PROSE,
        ("arbeite freitags nicht mehr",),
        GERMAN_PROSE.replace("morgens.", "morgens. Freitags arbeite ich nicht mehr."),
    ),
    Case("French: a fact", FRENCH, ("j'ai déménagé à Nantes",), FRENCH.replace("Lyon", "Nantes")),
    Case(
        "French: grouped",
        FRENCH,
        ("je travaille sur deux projets, Atlas et Boussole",),
        FRENCH.replace("courtes\n", "courtes\n- Projets\n  - Atlas\n  - Boussole\n"),
    ),
    Case(
        "Japanese: a nested line",
        JAPANESE,
        ("Go では標準ライブラリを優先する",),
        JAPANESE.replace("使う\n", "使う\n  - Go では標準ライブラリを優先する\n"),
    ),
    Case(
        "emoji: facts",
        EMOJI,
        ("moved to Braga ☕️, uses 1️⃣ editor",),
        EMOJI.replace("Porto", "Braga").replace("- vim", "- vim 1️⃣ ☕️ 🇵🇹 👨‍👩‍👧"),
    ),
    Case(
        "files and diffs: a preference",
        FILES,
        ("diffs should be unified",),
        FILES.replace("before you change a file", "(unified) before you change a file"),
    ),
    Case(
        "files and diffs: one more",
        FILES,
        ("leave existing comments in place, please",),
        FILES.replace("- Write", "- Leave existing comments in the file as they are\n- Write"),
    ),
    Case(
        "files and diffs: a sentence",
        FILES,
        ("notes go to the wiki",),
        FILES.replace("notes short.", "notes short. Notes of meetings go to the wiki."),
    ),
    Case(
        "a list renumbered by another order",
        ROMAN,
        ("sweep before you cut",),
        ROMAN.replace("2. Then cut\n3. Then sweep", "2. Then sweep\n3. Then cut"),
    ),
    Case(
        "facts grouped under a new item",
        MIDDLE,
        ("vim and git are terminal tools",),
        MIDDLE.replace("- vim\n- git\n", "- Terminal\n  - vim\n  - git\n"),
    ),
    Case(
        "a bracketed fact",
        OLD,
        ("the migration is optional",),
        edit(("Postgres 16\n  - the", "Postgres 16 (optional)\n  - the")),
    ),
    Case(
        "a bracketed line of a note's",
        OLD,
        ("cats: (none so far)",),
        edit((PARSER, f"{PARSER}- (No cats so far)\n")),
    ),
    Case(
        "an address without a scheme from a note",
        OLD,
        ("wiki is at www.wiki.acme.example/start",),
        edit((PARSER, f"{PARSER}- Wiki: www.wiki.acme.example/start\n")),
    ),
    Case(
        "an item done and what is left of it",
        OLD,
        ("guide written except for the part on tests",),
        edit(
            (
                "- Write the onboarding guide for new engineers",
                "- Onboarding guide: only the part on tests remains",
            )
        ),
    ),
    Case(
        "a note with two items of one section",
        OLD,
        ("no meetings on Mondays. Kim left, Bo leads.",),
        edit(
            ("Kim (lead), Sam, Ana, Priya", "Bo (lead), Sam, Ana, Priya"),
            ("never plain pip\n", "never plain pip\n5. No meetings on Mondays\n"),
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_merges_of_every_day_are_taken_without_a_question(case: Case) -> None:
    verdict = judge(case.old, case.reply, case.notes)
    assert (verdict.kind, verdict.reasons, verdict.repairs) == ("accept", (), ())
    assert verdict.body == case.reply
    assert_constraints_hold(case.old, verdict.body)


@pytest.mark.parametrize(
    ("line", "note", "now"),
    [
        ("Il forno apre alle 5:30", "da domani apro alle 6", "Il forno apre alle 6:00"),
        ("График: с 10:00 до 16:00", "график теперь с 11 до 17", "График: с 11:00 до 17:00"),
        ("Opens at 9", "we open at 09:30 now", "Opens at 9:30"),
        ("Miel : 9 € le pot", "le pot de miel passe à 9,50 €", "Miel : 9.50 € le pot"),
        ("Shop opens at 9:00", "the shop opens at 10 now", "Shop opens at 10:00"),
    ],
)
def test_a_time_or_a_price_in_another_form_is_the_note_s(line: str, note: str, now: str) -> None:
    old = f"# M\n\n- {line}\n- Tea\n- Coffee\n"
    verdict = judge(old, old.replace(line, now), [note])
    assert (verdict.kind, verdict.reasons) == ("accept", ())
    assert f"\n- {now}\n" in verdict.body
    assert verdict.left_out == ()


@pytest.mark.parametrize(
    ("line", "note", "now"), [("Opens at 9:15", "we open at 9", "Opens at 19")]
)
def test_another_time_is_not_the_note_s(line: str, note: str, now: str) -> None:
    old = f"# M\n\n- {line}\n- Tea\n- Coffee\n"
    verdict = judge(old, old.replace(line, now), [note])
    assert verdict.kind != "accept" or now not in verdict.body

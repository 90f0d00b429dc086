"""What ordinary merges look like: each is taken without a question, whatever the memory looks
like.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from memsync.merge.guard.verdict import judge
from tests.merge.guard.test_catalogue import OLD, assert_constraints_hold, edit

STARTER = (Path(__file__).parents[2] / "data" / "guard" / "starter.md").read_text(encoding="utf-8")
WHO = "- (Fill this in — who you are, your roles, active projects)\n"
NOW = "- (What you're working on right now)\n"
HOW = "- (How you like to work — communication style, output format, etc.)\n"
NEVER = "- (Rules that must never be lost or softened through compaction)\n"

PARSER = "- Ship v2 of the billing parser by the end of June\n"
PRIORITIES_END = "- Docs live at https://docs.acme.example/handbook\n"
LAST_RULE = "- Always ask before deleting more than ten files\n"

PROSE = (
    "I am Jo. I live in Oslo and work on billing.\n\nI like short answers.\n\nNever push to main.\n"
)
SETEXT = (
    "Jo's memory\n===========\n\nWork\n----\n\n- Acme, billing\n\n"
    "Hard constraints\n----------------\n\n- Never push to main\n"
)
FRONT = (
    "---\nname: jo\ntags: [memory]\n---\n\n# Memory\n\n- Jo, Oslo\n\n"
    "## Constraints\n\n- Never push\n"
)
NO_HEADINGS = "- Jo, Oslo\n- Python, Go\n- tabs in Go\n"
ONE_LINE = "Jo, engineer, Oslo.\n"
CONSTRAINTS_ONLY = "# Hard constraints\n\n- Never push to main\n- No secrets in logs\n"
GERMAN = (
    "# Gedächtnis\n\n## Person\n\n- Jürgen Groß, Köln, arbeitet an der "
    "Straßenkarte\n\n## Vorlieben\n\n"
    "- Antwortet gern auf Deutsch\n\n## Hard constraints\n\n- Nie direkt auf main pushen\n"
)
JAPANESE = (
    "# メモリ\n\n## 私\n\n- 東京でエンジニアとして働いている\n- Go と Python を使う\n\n"
    "## Constraints\n\n- 本番環境に直接デプロイしない\n"
)
ARABIC = "# ذاكرة\n\n- اسمي سامي وأعيش في عمّان\n- أفضّل الإجابات القصيرة\n"
PERSIAN = "# حافظه\n\n- من می\u200cخواهم پاسخ\u200cها کوتاه باشند\n"
NESTED = (
    "# Memory\n\n## Projects\n\n- billing\n  - parser\n    - written in Go\n    - "
    "tests: `go test ./...`\n"
    "  - invoices\n"
    "- handbook\n\n## Constraints\n\n1. Never push to main\n2. No secrets in logs\n  "
    " 1. nor in tests\n3. Ask first\n"
)
LONG_LINE = f"# Memory\n\n- {'background of the project, ' * 120}end\n- Jo, Oslo\n"
MIDDLE = "# M\n\n- Jo, Oslo\n\n## Constraints\n\n- Never push to main\n\n## Tools\n\n- vim\n- git\n"
TWO = (
    "# M\n\n## Hard constraints\n\n- Never push to main\n\n"
    "## Work\n\n- Oslo\n\n## Constraints: data\n\n- Stay in the EU\n"
)
SUB = (
    "# M\n\n- Oslo\n\n## Hard constraints\n\n### Git\n\n"
    "- Never push to main\n\n### Data\n\n- Stay in the EU\n"
)
LOOSE = "# M\n\n- Oslo\n\n- vim\n\n## Constraints\n\n- Never push\n\n- No secrets\n\n  in logs\n"
CODE = "# M\n\nBuild:\n\n```sh\nmake all\n# Hard constraints\n```\n\n    make old\n\n- Oslo\n"
RULE_TABLE = (
    "# M\n\n- Oslo\n\n## Constraints\n\n| rule | why |\n|---|---|\n| no push | main is live |\n"
)
SIX_HUNDRED = (
    "# Memory\n\n"
    + "".join(
        f"## Topic {n}\n\n"
        + "".join(f"- point {m} of topic {n} concerns {n * m} things\n" for m in range(10))
        + "\n"
        for n in range(54)
    )
    + "## Hard constraints\n\n- Never push to main\n"
)


class Case(NamedTuple):
    name: str
    old: str
    notes: tuple[str, ...]
    reply: str
    body: str | None = None


def grow(old: str, line: str, end: str = "") -> str:
    """The memory with a line at its end."""
    return f"{old.rstrip()}\n{end}{line}\n"


CASES = [
    Case(
        "starter: all four filled",
        STARTER,
        (
            "I'm Jo, backend engineer at Acme. Working on the billing parser. I like short "
            "answers. Hard constraint: never push to main.",
        ),
        edit(
            (WHO, "- Jo, backend engineer at Acme\n"),
            (NOW, "- Billing parser\n"),
            (HOW, "- Short answers\n"),
            (NEVER, "- Never push to main\n"),
            text=STARTER,
        ),
    ),
    Case("starter: one filled", STARTER, ("I'm Jo",), edit((WHO, "- Jo\n"), text=STARTER)),
    Case(
        "starter: placeholder kept beside",
        STARTER,
        ("I'm Jo",),
        edit((WHO, f"{WHO}- Jo\n"), text=STARTER),
    ),
    Case(
        "starter: placeholders dropped",
        STARTER,
        ("I'm Jo",),
        edit((WHO, "- Jo\n"), (NOW, ""), (HOW, ""), text=STARTER),
    ),
    Case(
        "starter: first constraint beside its placeholder",
        STARTER,
        ("never push to main",),
        edit((NEVER, f"{NEVER}- Never push to main\n"), text=STARTER),
    ),
    Case(
        "starter: five new sections",
        STARTER,
        ("lots",),
        STARTER + "".join(f"\n## S{n}\n\n- lots\n" for n in range(5)),
    ),
    Case("starter: nothing to say", STARTER, ("hello",), STARTER, STARTER),
    Case(
        "starter: no blank line below a heading",
        STARTER,
        ("I'm Jo",),
        edit((WHO, "\n- Jo\n"), text=STARTER),
    ),
    Case("a changed fact", OLD, ("moved to Bergen",), edit(("lives in Oslo", "lives in Bergen"))),
    Case(
        "a fact said otherwise",
        OLD,
        ("Jo is now staff engineer at Initech in Bergen",),
        edit(
            (
                "Jo Lindqvist, backend engineer at Acme, lives in Oslo",
                "Jo Lindqvist, staff engineer at Initech, Bergen",
            )
        ),
    ),
    Case(
        "a new preference",
        OLD,
        ("prefer dark mode in screenshots",),
        edit(("never plain pip\n", "never plain pip\n5. Dark mode in screenshots\n")),
    ),
    Case(
        "a new preference between",
        OLD,
        ("prefer dark mode",),
        edit(("3. Tabs", "3. Dark mode\n4. Tabs"), ("4. Use", "5. Use")),
    ),
    Case(
        "an item done and moved",
        OLD,
        ("shipped parser v2 in June",),
        edit(
            (PARSER, ""),
            (
                "## Standing",
                "## Recent completions\n\n- Shipped v2 of the billing parser (June)\n\n## Standing",
            ),
        ),
    ),
    Case(
        "the last item done and moved",
        OLD,
        ("docs moved",),
        edit(
            (
                PRIORITIES_END,
                "\n## Recent completions\n\n- Docs live at https://docs.acme.example/handbook\n",
            )
        ),
    ),
    Case(
        "three items done, one line left",
        OLD,
        ("parser v2, Postgres 16 and the onboarding guide are done",),
        edit(
            (PARSER, ""),
            ("- Migrate the staging cluster to Postgres 16\n", ""),
            ("  - the dump takes about 40 minutes\n  - rehearse the switch twice\n", ""),
            ("- Write the onboarding guide for new engineers\n", ""),
            (
                "## Standing",
                "## Recent completions\n\n- v2 of the billing parser, staging cluster on Postgres "
                "16, onboarding guide\n\n## Standing",
            ),
        ),
    ),
    Case(
        "a constraint from a note",
        OLD,
        ("New constraint: never log card numbers!",),
        edit((LAST_RULE, f"{LAST_RULE}- Never log card numbers\n")),
    ),
    Case(
        "two constraints from a note",
        OLD,
        ("never log card numbers. Never use eval, ever.",),
        edit((LAST_RULE, f"{LAST_RULE}- Never log card numbers\n- Never use eval, ever.\n")),
    ),
    Case(
        "a constraint with nested lines from a note",
        OLD,
        ("- Never log card numbers\n  - nor their last digits",),
        edit((LAST_RULE, f"{LAST_RULE}- Never log card numbers\n  - nor their last digits\n")),
    ),
    Case(
        "a constraint in other dress",
        OLD,
        ("NEVER  log `card numbers`",),
        edit((LAST_RULE, f"{LAST_RULE}- Never log card numbers.\n")),
    ),
    Case(
        "a constraint with emphasis",
        OLD,
        ("never log card numbers",),
        edit((LAST_RULE, f"{LAST_RULE}- _Never_ log __card numbers__\n")),
    ),
    Case(
        "a constraint alike to an old one",
        OLD,
        ("Never push to release without a review",),
        edit((LAST_RULE, f"{LAST_RULE}- Never push to release without a review\n")),
    ),
    Case(
        "a constraint put between the old ones",
        OLD,
        ("never log card numbers",),
        edit((LAST_RULE, f"- Never log card numbers\n{LAST_RULE}")),
        edit((LAST_RULE, f"{LAST_RULE}- Never log card numbers\n")),
    ),
    Case(
        "a first constraints section",
        NO_HEADINGS,
        ("hard constraint: never push to main",),
        grow(NO_HEADINGS, "- Never push to main", "\n## Hard constraints\n\n"),
    ),
    Case("a note that says what is there", OLD, ("we use uv",), OLD, OLD),
    Case(
        "CRLF notes",
        OLD,
        ("moved to Bergen\r\nlikes tea\r\n",),
        edit(("lives in Oslo", "lives in Bergen, likes tea")),
    ),
    Case(
        "a typo put right",
        OLD,
        ("its Lindquist",),
        edit(("Lindqvist, backend", "Lindquist, backend")),
    ),
    Case(
        "a spelling in other case",
        OLD,
        ("the company is written ACME",),
        edit(("at Acme", "at ACME")),
        edit(("at Acme", "at ACME")),
    ),
    Case(
        "a new row of a table",
        OLD,
        ("node 22",),
        edit(("| Postgres | 16 |", "| Postgres | 16 |\n| Node | 22 |")),
    ),
    Case("a changed row", OLD, ("python 3.13",), edit(("| Python | 3.12 |", "| Python | 3.13 |"))),
    Case(
        "a new code block",
        OLD,
        ("run `make all`",),
        edit(("Reminder:", "```sh\nmake all\n```\n\nReminder:")),
    ),
    Case(
        "a new code block from a note",
        OLD,
        ("```sh\nmake all\n```",),
        edit(("Reminder:", "```sh\nmake all\n```\n\nReminder:")),
    ),
    Case(
        "an e-mail address",
        OLD,
        ("Kim is kim@acme.example",),
        edit(("Kim (lead)", "Kim (lead, kim@acme.example)")),
    ),
    Case(
        "a flag made of tags",
        OLD,
        ("moved to England",),
        edit(
            (
                "lives in Oslo",
                "lives in England 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            )
        ),
    ),
    Case(
        "a link of the note",
        OLD,
        ("board: https://jira.acme.example/b/7",),
        edit((PARSER, f"{PARSER}- Board: https://jira.acme.example/b/7\n")),
    ),
    Case(
        "a link to a host that a note names",
        OLD,
        ("board is on jira.acme.example",),
        edit((PARSER, f"{PARSER}- Board: https://jira.acme.example\n")),
    ),
    Case(
        "a units sign",
        OLD,
        ("latency 20 μs, kΩ",),
        edit((PARSER, f"{PARSER}- Latency below 20 μs, 3 kΩ, Δt\n")),
    ),
    Case(
        "the word unchanged in a fact",
        OLD,
        ("the v1 API stays unchanged",),
        edit((PARSER, f"{PARSER}- The v1 API stays unchanged\n")),
    ),
    Case(
        "dots in a fact",
        OLD,
        ("likes hints... not lectures",),
        edit((PARSER, f"{PARSER}- Likes hints... not lectures\n")),
    ),
    Case(
        "a wish that sounds like chat",
        OLD,
        ("let me know if tests need more than a minute",),
        edit((PARSER, f"{PARSER}- Let me know if tests need more than a minute\n")),
    ),
    Case(
        "first person",
        OLD,
        ("I moved my notes to Obsidian",),
        edit((PARSER, f"{PARSER}- I moved my notes to Obsidian\n")),
    ),
    Case(
        "cannot in a fact",
        OLD,
        ("no meetings before ten",),
        edit((PARSER, f"{PARSER}- I can't do meetings before ten\n")),
    ),
    Case(
        "an import in the memory",
        MIDDLE.replace("- vim", "- vim, see @~/notes/vim.md and @anthropic-ai/sdk"),
        ("emacs",),
        MIDDLE.replace("- vim", "- vim, see @~/notes/vim.md and @anthropic-ai/sdk").replace(
            "- git", "- git\n- emacs"
        ),
    ),
    Case("prose: a sentence more", PROSE, ("I have a cat.",), f"{PROSE}\nI have a cat.\n"),
    Case(
        "prose: the first line changed by a note",
        PROSE,
        ("moved to Bergen",),
        PROSE.replace("Oslo", "Bergen"),
    ),
    Case("setext: a fact", SETEXT, ("now at Initech",), SETEXT.replace("Acme", "Initech")),
    Case(
        "setext: a constraint", SETEXT, ("no secrets in logs",), f"{SETEXT}- No secrets in logs\n"
    ),
    Case("setext becomes ATX", SETEXT, ("-",), SETEXT.replace("Work\n----", "## Work"), SETEXT),
    Case("front matter: a fact", FRONT, ("Bergen",), FRONT.replace("Oslo", "Bergen")),
    Case(
        "front matter: changed, put back",
        FRONT,
        ("Bergen",),
        FRONT.replace("Oslo", "Bergen").replace("name: jo", "name: x"),
        FRONT.replace("Oslo", "Bergen"),
    ),
    Case("no headings: a line", NO_HEADINGS, ("vim",), f"{NO_HEADINGS}- vim\n"),
    Case(
        "no headings: the first line changed",
        NO_HEADINGS,
        ("moved to Bergen",),
        NO_HEADINGS.replace("Oslo", "Bergen"),
    ),
    Case("one line: more", ONE_LINE, ("likes tea",), "Jo, engineer, Oslo. Likes tea.\n"),
    Case("one line: changed", ONE_LINE, ("now Bergen",), "Jo, engineer, Bergen.\n"),
    Case("one line: a second", ONE_LINE, ("likes tea",), f"{ONE_LINE}\nLikes tea.\n"),
    Case("empty memory", "", ("I'm Jo",), "# Memory\n\n- Jo\n"),
    Case(
        "only constraints: one more",
        CONSTRAINTS_ONLY,
        ("always ask first",),
        f"{CONSTRAINTS_ONLY}- Always ask first\n",
    ),
    Case("German", GERMAN, ("wohnt jetzt in Düsseldorf",), GERMAN.replace("Köln", "Düsseldorf")),
    Case("Japanese", JAPANESE, ("大阪に引っ越した",), JAPANESE.replace("東京", "大阪")),
    Case(
        "Japanese constraint",
        JAPANESE,
        ("ログに秘密を書かない。",),
        f"{JAPANESE}- ログに秘密を書かない\n",
    ),
    Case("Arabic", ARABIC, ("يحب القهوة",), f"{ARABIC}- يحب القهوة\n"),
    Case(
        "Persian joiners",
        PERSIAN,
        ("نمی\u200cخواهم جلسه",),
        f"{PERSIAN}- نمی\u200cخواهم جلسه باشد و می\u200cروم\n",
        f"{PERSIAN}- نمی\u200cخواهم جلسه باشد و می\u200cروم\n",
    ),
    Case("nested lists", NESTED, ("rust now",), NESTED.replace("written in Go", "written in Rust")),
    Case(
        "nested lists: deeper",
        NESTED,
        ("fuzzing",),
        NESTED.replace("  - invoices\n", "    - fuzzing\n  - invoices\n"),
    ),
    Case(
        "numbered constraints",
        NESTED,
        ("be kind",),
        NESTED.replace("3. Ask first\n", "3. Ask first\n4. Be kind\n"),
    ),
    Case("a very long line", LONG_LINE, ("Bergen",), LONG_LINE.replace("Oslo", "Bergen")),
    Case(
        "a very long line changed", LONG_LINE, ("started",), LONG_LINE.replace(", end", ", start")
    ),
    Case("constraints in the middle", MIDDLE, ("emacs",), MIDDLE.replace("- vim", "- emacs")),
    Case(
        "constraints in the middle: one more",
        MIDDLE,
        ("no secrets",),
        MIDDLE.replace("main\n", "main\n- No secrets\n"),
    ),
    Case("two constraints sections", TWO, ("no secrets in logs",), f"{TWO}- No secrets in logs\n"),
    Case(
        "constraints under headings",
        SUB,
        ("never force push",),
        SUB.replace("main\n", "main\n- Never force push\n"),
    ),
    Case(
        "constraints under headings, last", SUB, ("encrypt backups",), f"{SUB}- Encrypt backups\n"
    ),
    Case("a loose list", LOOSE, ("emacs",), LOOSE.replace("- vim", "- emacs")),
    Case("code that looks like a heading", CODE, ("Bergen",), CODE.replace("Oslo", "Bergen")),
    Case("constraints in a table", RULE_TABLE, ("Bergen",), RULE_TABLE.replace("Oslo", "Bergen")),
    Case(
        "six hundred lines",
        SIX_HUNDRED,
        ("point 3 of topic 7 is off",),
        SIX_HUNDRED.replace("- point 3 of topic 7 concerns 21 things\n", ""),
    ),
    Case(
        "six hundred lines, twenty gone",
        SIX_HUNDRED,
        ("topics 1 and 2 shortened",),
        "".join(
            line
            for line in SIX_HUNDRED.splitlines(keepends=True)
            if not (line.startswith("- point") and ("of topic 1 " in line or "of topic 2 " in line))
        ),
    ),
    Case(
        "six hundred lines, a new topic",
        SIX_HUNDRED,
        ("cats",),
        SIX_HUNDRED.replace("## Hard", "## Cats\n\n- has two cats\n\n## Hard"),
    ),
    Case(
        "no newline at the end of the memory",
        ONE_LINE.strip(),
        ("likes tea",),
        f"{ONE_LINE}\nLikes tea.\n",
    ),
    Case(
        "blank lines at both ends of the memory",
        f"\n\n{MIDDLE}\n\n",
        ("emacs",),
        MIDDLE.replace("- vim", "- emacs"),
    ),
    Case(
        "lines with spaces at their ends",
        MIDDLE.replace("- vim", "- vim  "),
        ("emacs",),
        MIDDLE.replace("- git", "- git, emacs"),
        MIDDLE.replace("- vim", "- vim  ").replace("- git", "- git, emacs"),
    ),
    Case(
        "the reply takes out blank lines",
        MIDDLE,
        ("emacs",),
        MIDDLE.replace("\n\n", "\n").replace("- git", "- git, emacs"),
        MIDDLE.replace("- git", "- git, emacs"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ordinary_merges_are_taken_without_a_question(case: Case) -> None:
    verdict = judge(case.old, case.reply, case.notes)
    assert verdict.kind == ("unchanged" if case.body == case.old else "accept"), (
        verdict.reasons,
        verdict.repairs,
    )
    assert verdict.body.strip("\n") == (case.reply if case.body is None else case.body).strip("\n")
    assert_constraints_hold(case.old, verdict.body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reply_that_changes_nothing_is_unchanged(case: Case) -> None:
    for reply in (
        case.old,
        case.old.strip(),
        f"```markdown\n{case.old}\n```",
        case.old.replace("\n", "\r\n"),
    ):
        if reply.strip():
            verdict = judge(case.old, reply, case.notes)
            assert (verdict.kind, verdict.body, verdict.reasons) == ("unchanged", case.old, ())


def test_there_are_enough_ordinary_cases() -> None:
    assert len(CASES) >= 60

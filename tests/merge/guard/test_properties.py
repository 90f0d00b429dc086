"""Promise 8 and its kin, over generated memories and replies of every kind."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from memsync.memory.text.imports import bare
from memsync.memory.text.inline import code_spans
from memsync.memory.text.markdown import constraint_lines, outline
from memsync.memory.text.words import total, words
from memsync.merge.guard.account import Line
from memsync.merge.guard.verdict import Verdict, judge
from memsync.merge.prompt import NAMED_TITLES, Part, taken_apart, user_message
from tests.merge.guard.test_catalogue import assert_constraints_hold

WORDS = (
    "never always push main Oslo tests review data EU logs café naïve Ωmega 東京 👩‍💻 "
    "`code` **bold** "
    "_em_ a@b.example @~/x.md @scope/pkg ... unchanged (maybe) [x] ~~old~~ 16 <b> "
    "https://a.example/x ` `` @y `@z` \\` | / #tag"
).split()
HEADINGS = (
    "# Memory",
    "## Work",
    "## Hard constraints",
    "### Git",
    "## Constraints:",
    "# Constraints (all)",
    "## hard CONSTRAINTS ##",
    "## **Hard constraints**",
    "Setext\n---",
    "Hard constraints\n===",
    "## Work",
    "### Hard constraints now",
)
OTHERS = (
    "- (what belongs here)",
    "```sh\nmake\n# Hard constraints\n```",
    "~~~",
    "```",
    "<!-- aside -->",
    "<!--\nopen",
    "---",
    "> quoted",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "    indented",
    "<div>\n- in html\n</div>",
    "\t- tab",
    "[ref]: /x",
    "",
    "...",
    "<details>",
    "- ",
    "* * *",
    "1) one",
    "+ plus",
    "\u200bhidden",
    "- \u202ebidi",
    "<!-- memsync:1 -->",
)

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)
leads = st.sampled_from(
    ["- ", "- ", "- ", "* ", "1. ", "2. ", "", "", "  - ", "    - ", "> ", "  "]
)
lines = st.one_of(
    st.builds(lambda lead, text: lead + text, leads, texts),
    st.sampled_from(HEADINGS),
    st.sampled_from(OTHERS),
)
gaps = st.sampled_from(["\n", "\n", "\n\n"])
memories = st.lists(st.tuples(lines, gaps), max_size=25).map(
    lambda parts: "".join(a + b for a, b in parts)
)
notes = st.lists(texts, max_size=3)
FRAMES = (
    "<note>",
    "</note>",
    "<\\note>",
    "<\\\\/note>",
    "</NOTE>",
    "<note date=",
    "\n",
    "a ",
    "<",
    "\\",
)
framed = st.lists(st.sampled_from(FRAMES), max_size=8).map("".join)
RANDOM = st.randoms(use_true_random=False)


def mutated(text: str, rng: random.Random) -> str:
    """The text as a careless editor leaves it."""
    rows = text.split("\n")
    for _ in range(rng.randint(0, 6)):
        if rows:
            n, m = rng.randrange(len(rows)), rng.randrange(len(rows))
            rows[n : n + 1] = rng.choice(SLIPS)(rows[n], rows[m], rng)
    return "\n".join(rows)


SLIPS: tuple[Callable[[str, str, random.Random], list[str]], ...] = (
    lambda row, other, rng: [],
    lambda row, other, rng: [row, other],
    lambda row, other, rng: [rng.choice((*HEADINGS, *OTHERS)), row],
    lambda row, other, rng: [row.swapcase()],
    lambda row, other, rng: [row.replace("- ", "* ").replace("never", "rarely")],
    lambda row, other, rng: [f"  {row}"],
    lambda row, other, rng: [f"- {' '.join(rng.choices(WORDS, k=4))}"],
    lambda row, other, rng: [other],
    lambda row, other, rng: [row.strip(), ""],
    lambda row, other, rng: [f"{row} {rng.choice(WORDS)}"],
)


def rows(text: Line | str) -> list[str]:
    """The lines that say something or not, but are not blank."""
    lines = (text if isinstance(text, str) else text.text).split("\n")
    return [line for line in lines if line.strip()]


def check(old: str, verdict: Verdict) -> None:
    assert bool(verdict.reasons) == (verdict.kind in ("ask", "reject"))
    assert all(
        reason == reason.strip() and "\n" not in reason
        for reason in (*verdict.reasons, *verdict.repairs)
    )
    assert frozenset(verdict.unsaid) <= frozenset(verdict.reasons)
    if verdict.kind == "reject":
        assert verdict.body == ""
        return
    if verdict.body != old:
        account = [row for line in verdict.account if line.kind != "gone" for row in rows(line)]
        assert account == rows(verdict.body)
    assert bool(verdict.question) == (verdict.kind == "ask")
    assert_constraints_hold(old, verdict.body)
    if verdict.kind == "unchanged":
        assert verdict.body == old
    if verdict.body != old:
        assert verdict.body.endswith("\n")
        assert verdict.body.rstrip() + verdict.body[len(verdict.body.rstrip()) :] == verdict.body
        assert not verdict.body.endswith("\n\n")
        assert "\r" not in verdict.body or "\r" in old
        wanted = {one.token for one in bare(outline(old))}
        assert {one.token for one in bare(outline(verdict.body))} <= wanted


@given(memories, memories, notes)
@settings(max_examples=300, deadline=None)
def test_any_reply_leaves_the_constraints(old: str, reply: str, given_notes: list[str]) -> None:
    check(old, judge(old, reply, given_notes))


@given(memories, RANDOM, notes)
@settings(max_examples=600, deadline=None)
def test_a_careless_reply_leaves_the_constraints(
    old: str, rng: random.Random, given_notes: list[str]
) -> None:
    check(old, judge(old, mutated(old, rng), given_notes))


@given(memories, RANDOM, notes)
@settings(max_examples=600, deadline=None)
def test_no_line_that_nobody_said_is_accepted(
    old: str, rng: random.Random, given_notes: list[str]
) -> None:
    reply = mutated(old, rng)
    verdict = judge(old, reply, given_notes)
    if verdict.kind != "accept":
        return
    told = {word for text in (old, *given_notes) for word in words(text)}
    view = outline(verdict.body)
    headings = {view.lines[heading.line].strip() for heading in view.headings}
    for line in verdict.account:
        begins = line.text.split("\n")[0].strip()
        fence = begins.startswith(("```", "~~~"))
        # The request names it, and in such a memory it is a heading
        title = " ".join(parts(line.text)) in NAMED_TITLES and PLAIN_TITLE.search(old)
        if fence or title or begins in headings:
            continue
        if line.kind in ("new", "reworded", "constraint"):
            said = [
                word for word in words(line.text) if word in told
            ]  # half by weight: "EU" is little
            assert 2 * total(said) >= total(words(line.text)), (line, reply)


PLAIN_TITLE = re.compile(r"^(?![-*+#>|`~]|\d+[.)]).*\w.*\n+ {0,3}(?:[-*+]|\d+[.)])\s", re.MULTILINE)


def parts(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@given(memories, st.text(max_size=300), notes)
@settings(max_examples=200, deadline=None)
def test_any_text_may_be_the_reply(old: str, reply: str, given_notes: list[str]) -> None:
    check(old, judge(old, reply, given_notes))


@given(st.text(max_size=300), RANDOM)
@settings(max_examples=200, deadline=None)
def test_any_text_may_be_the_memory(old: str, rng: random.Random) -> None:
    check(old, judge(old, mutated(old, rng), []))


@given(memories, notes)
@settings(max_examples=300, deadline=None)
def test_the_memory_itself_is_unchanged(old: str, given_notes: list[str]) -> None:
    if old.strip():
        verdict = judge(old, old, given_notes)
        assert verdict._replace(left_out=()) == Verdict("unchanged", old, (), (), (), ())


@given(st.lists(st.text(max_size=200) | framed, max_size=3))
@settings(max_examples=300, deadline=None)
def test_a_note_stands_in_its_frame_and_comes_out_as_it_was(texts: list[str]) -> None:
    given_notes = [text.replace("\r", "") for text in texts]
    message = user_message("# M\n", [Part("", text) for text in given_notes])
    memory, taken = taken_apart(message)
    assert (memory, taken) == ("# M", given_notes)


@given(memories, RANDOM, notes)
@settings(max_examples=300, deadline=None)
def test_a_verdict_is_the_same_every_time(
    old: str, rng: random.Random, given_notes: list[str]
) -> None:
    reply = mutated(old, rng)
    assert judge(old, reply, given_notes) == judge(old, reply, given_notes)


@given(memories, RANDOM, notes)
@settings(max_examples=300, deadline=None)
def test_what_was_taken_is_taken_again(
    old: str, rng: random.Random, given_notes: list[str]
) -> None:
    first = judge(old, mutated(old, rng), given_notes)
    if first.kind == "accept" and "memsync" not in old:
        again = judge(old, first.body, given_notes)
        assert again.kind in ("accept", "unchanged")


@given(memories)
@settings(max_examples=300, deadline=None)
def test_outline_keeps_to_the_lines(text: str) -> None:
    view = outline(text)
    assert "\n".join(view.lines) == text
    for block in view.constraints:
        assert "\n".join(view.lines[block.start : block.end]) == block.text
        assert block.text.strip()
    numbers = [n for block in view.constraints for n in range(block.start, block.end)]
    assert Counter(numbers) == Counter(constraint_lines(text))


@given(st.text("ab`\\ ", max_size=40))
@settings(max_examples=500, deadline=None)
def test_code_spans_are_those_of_markdown_it(text: str) -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parseInline(text)[0].children or []
    theirs = [token for token in tokens if token.type == "code_inline"]
    assert len(code_spans(text)[0]) == len(theirs)

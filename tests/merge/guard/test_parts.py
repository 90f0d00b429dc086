"""A very large memory: the part that changed is judged, and the verdict is that on the whole."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings

from memsync.memory.text import markdown
from memsync.memory.text.apart import LARGE
from memsync.memory.text.composed import beginnings
from memsync.memory.text.markdown import Outline, outline
from memsync.memory.text.parsing import read_parsed
from memsync.memory.text.plain import is_large, read_plainly
from memsync.merge.guard.account import account
from memsync.merge.guard.parts import changed_parts, parted
from memsync.merge.guard.source import Source
from memsync.merge.guard.verdict import Verdict, judge
from tests.memory.text.test_composed import ROWS
from tests.memory.text.test_composed import facts as facts_of
from tests.merge.guard import test_catalogue, test_everyday, test_ordinary

OTHERS = "".join(
    f"\n## Qqx{part}\n\n" + "".join(f"- qqz{part}{n:03} wwy{n:03}{part}\n" for n in range(300))
    for part in range(26)
)
RULE = "- Never push to main"
ABOVE = f"# M\n\n## Me\n\n- Ada likes tea\n\n## Hard constraints\n\n{RULE}\n"
MEMORY = f"{ABOVE}{OTHERS}\n## Tools\n\n- vim\n"
NOTE = "Ada drinks coffee at seven."
NEW = f"- {NOTE}\n"


def merged(text: str, new: str = NEW) -> str:
    return text.replace("- Ada likes tea\n", f"- Ada likes tea\n{new}", 1)


def is_in_part(old: str, reply: str, notes: tuple[str, ...] = (NOTE,)) -> bool:
    source = Source(old, notes)
    return changed_parts(source.outline(old), reply, source) is not None


def numbered_words(form: str) -> str:
    return "".join(
        form.format(f"qqz{n:05}", f"wwy{n:05}") for n in range(LARGE // (len(form) + 10))
    )


OTHER_TEXT = {
    "sections": OTHERS,
    "paragraphs": numbered_words("\n{} and {}\n"),
    "code": "\n" + numbered_words("```\n{} {}\n```\n"),
}


def with_others(text: str, others: str) -> str:
    """The text with other text below its title."""
    title, _, rest = text.partition("\n")
    return f"{title}\n{others}{rest}"


@pytest.mark.parametrize(("kind", "step"), [("sections", 1), ("paragraphs", 5), ("code", 5)])
def test_other_text_changes_no_verdict(kind: str, step: int) -> None:
    others = OTHER_TEXT[kind]
    assert len(others) > LARGE
    rows = [(r.row, test_catalogue.OLD, r.reply, r.notes) for r in test_catalogue.ROWS]
    cases = (*test_everyday.CASES, *test_ordinary.CASES)
    rows += [(case.name, case.old, case.reply, case.notes) for case in cases]
    seen, wrong = 0, []
    for name, old, reply, notes in rows[::step]:
        title = old.partition("\n")[0]
        if not title.startswith("# ") or not reply.startswith(f"{title}\n"):
            continue
        small = judge(old, reply, notes)
        large_old, large_reply = with_others(old, others), with_others(reply, others)
        taken = small.kind == "accept" or (small.kind == "ask" and small.reasons == small.unsaid)
        starts = not Source(old, notes).in_use  # with others below it, it is no starter
        if not taken or starts or not is_in_part(large_old, large_reply, notes):
            continue
        seen += 1
        large = judge(large_old, large_reply, notes)
        if said(large) != (with_others(small.body, others), *said(small)[1:]):
            wrong.append(name)
    assert seen > 100 // step
    assert wrong == []


def said(verdict: Verdict) -> tuple[object, ...]:
    told = [line for line in verdict.account if line.kind not in ("kept", "moved")]
    return (
        verdict.body,
        verdict.kind,
        sorted(verdict.reasons),
        verdict.new_constraints,
        sorted(told),
        sorted(verdict.left_out),
        verdict.leaves_pending,
    )


def test_the_whole_memory_comes_back_with_the_change() -> None:
    assert is_in_part(MEMORY, merged(MEMORY))
    verdict = judge(MEMORY, merged(MEMORY), [NOTE])
    assert (verdict.kind, verdict.body) == ("accept", merged(MEMORY))
    kept = [line.text for line in verdict.account if line.kind == "kept"]
    assert kept == [line for line in MEMORY.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (f"{NEW}{RULE}\n", "accept"),  # a copy of a rule is taken away
        (f"{NEW}- qqz5007 wwy0075\n", "ask"),  # a copy of a line is told as one that nobody said
        (f"{NEW}\n## Qqx3\n\n- more coffee at seven\n", "reject"),
        (f"{NEW}\n```\n", "reject"),
        (f"{NEW}\n<!-- coffee\n", "reject"),
    ],
)
def test_what_hangs_on_the_rest_is_judged_with_it(new: str, kind: str) -> None:
    verdict = judge(MEMORY, merged(MEMORY, new), [NOTE])
    assert verdict.kind == kind
    if kind != "reject":
        assert verdict.body.split("\n").count(RULE) == 1


def test_a_block_of_html_that_takes_in_the_next_section_is_not_taken_as_it_is() -> None:
    note = "Ada writes <div> at seven."
    reply = MEMORY.replace("- Ada likes tea\n\n##", "- Ada likes tea\n\n<div>\n##", 1)
    verdict = judge(MEMORY, reply, [note])
    assert verdict.body != reply


def test_a_comment_that_ends_in_a_far_line_is_seen() -> None:
    memory = MEMORY.replace("- vim\n", "- vim --> emacs\n", 1)
    note = "Ada drinks <!-- coffee."
    reply = merged(memory, f"- {note}\n")
    assert not is_in_part(memory, reply, (note,))
    assert judge(memory, reply, [note]).kind == "reject"


def test_a_comment_that_a_far_line_begins_and_ends_is_seen() -> None:
    far = MEMORY.replace("- vim\n", "- vim --> emacs\n", 1)
    memory = far.replace("# M\n", "# M\n\n- ed <!-- ex\n", 1)
    note = "Ada drinks --> coffee <!-- at seven."
    reply = merged(memory, f"- {note}\n")
    assert not is_in_part(memory, reply, (note,))


def test_a_comment_left_open_by_the_memory_itself_is_none_of_the_replys_doing() -> None:
    lines = "".join(f"- qqz{n:05}\n<!--\n" for n in range(LARGE // 8))
    memory = MEMORY.replace("## Tools\n", f"<!-- open\n{lines}\n## Tools\n", 1)
    assert is_in_part(memory, merged(memory))
    reply = memory.replace("- vim\n", "- vim\n- Wombats dig.\n", 1)
    assert is_in_part(memory, reply, ("Wombats dig.",))
    assert judge(memory, reply, ["Wombats dig."]).body == reply


def test_what_a_note_says_and_a_far_line_holds_is_not_told_as_left_out() -> None:
    memory = MEMORY.replace("- vim\n", "- vim\n" + "- the pantry is cold\n" * 400)
    notes = (NOTE, "The pantry is cold.", "Wombats dig.")
    assert is_in_part(memory, merged(memory), notes)
    verdict = judge(memory, merged(memory), notes)
    assert verdict.left_out == ("Wombats dig.",)


def test_a_part_is_read_as_the_whole_is() -> None:
    twofold = "Words\n2. more\n---\n"  # a heading, but not where it is read line by line
    memory = MEMORY.replace("- Ada likes tea\n", f"- Ada likes tea\n\n{twofold}\n- last\n", 1)
    assert is_large(memory.split("\n"))
    reply = merged(memory).replace("- last\n", "- last\n- emacs\n", 1)
    notes = (NOTE, "emacs")
    assert is_in_part(memory, reply, notes)
    verdict = judge(memory, reply, notes)
    assert verdict.body == reply
    at_hand = facts(outline(verdict.body))
    markdown._made.clear()
    markdown._outline.cache_clear()
    assert at_hand == facts(outline(verdict.body))


def test_a_memory_that_becomes_too_large_to_parse_is_judged_as_a_whole() -> None:
    old = read_as_parsed(MEMORY)
    reply = merged(MEMORY)
    parts = parted(old, reply)
    each = parts.taken_apart(parts.reply)
    assert each is not None
    assert parts.outline_of_whole(old, each, read_as_parsed) is None


def read_as_parsed(text: str) -> Outline:
    """As it is read where it is not large."""
    lines = tuple(text.split("\n"))
    return Outline(lines, list(read_parsed(lines, 0)), 0, ())


def test_a_new_import_is_disarmed_in_a_large_memory_too() -> None:
    reply = merged(MEMORY, "- Ada drinks coffee at seven, see @~/secret.md\n")
    verdict = judge(MEMORY, reply, [f"{NOTE} See @~/secret.md"])
    assert "`@~/secret.md`" in verdict.body
    assert "see @~" not in verdict.body


def test_a_note_that_speaks_of_a_far_line_has_it_looked_at() -> None:
    note = "qqz25299 uses vim no longer."
    reply = MEMORY.replace("- Ada likes tea", f"- {note}")
    source = Source(MEMORY, (note, "Ada"))
    parts = changed_parts(source.outline(MEMORY), reply, source)
    assert parts is not None
    assert "\n- qqz25299 " in parts.before
    assert len(parts.before) < len(MEMORY) // 20


@pytest.mark.parametrize(
    ("new", "together"),
    [
        (NEW, True),
        ("\n<!--\n", False),
        ("\n```\n", False),
        ("\n## Constraints\n\n## N\n", True),
        ("\n## Constraints\n\n# N\n", False),  # the constraints behind it stand below N
    ],
)
def test_a_part_that_runs_on_into_what_follows_is_told(new: str, together: bool) -> None:
    more = "".join(f"- line {n}\n" for n in range(20))
    memory = MEMORY.replace("\n## Hard", f"{more}\n## Hard", 1)
    old = outline(memory)
    parts = changed_parts(old, merged(memory), Source(memory, (NOTE,)))
    assert parts is not None
    each = parts.taken_apart(merged(parts.before, new))
    assert each is not None
    whole = parts.whole(each)
    assert whole == merged(memory, new)
    found = parts.outline_of_whole(old, each, read_as_part)
    assert (found is not None) is together
    if found is not None:
        assert facts(found) == facts(outline(whole))


def facts(view: Outline) -> tuple[object, ...]:
    return (view.lines, view.front, beginnings(view), *facts_of(view))


@given(ROWS, ROWS, ROWS, ROWS)
@example(["```"], ["words"], ["words", "more"], ["words", "# H"])
@example(["- a"], ["<!-- x"], ["  ```"], ["```", "1) x", "# Constraints"])
@example(["- ```"], ["words"], ["- a"], ["", "words"])
@example(["**Bold**", "words"], ["", "words"], ["**Constraints**"], ["**Bold**", "", "words"])
@example(["<!--", "a"], ["- b"], ["-->", "- b"], ["- c", "words"])
@example(
    ["<pre>", "</pre>"],
    ["# H", "- a", "- ```", "", "# H", "- a"],
    ["# H", "- b", "- ```", "", "# H", "- b"],
    ["# H"],
)
@settings(max_examples=150, deadline=None)
def test_the_outline_of_the_whole_is_that_of_its_text(
    head: list[str], ours: list[str], theirs: list[str], tail: list[str]
) -> None:
    before = "\n".join(["# M", *head, *ours, *tail, ""])
    reply = "\n".join(["# M", *head, *theirs, *tail, ""])
    for read in (outline, read_as_large):
        old = read(before)
        parts = parted(old, reply)
        each = parts.taken_apart(parts.reply)
        assert each is not None
        assert parts.whole(each) == reply
        found = parts.outline_of_whole(old, each, read)
        if found is not None:
            assert facts(found) == facts(read(reply))


def read_as_part(text: str) -> Outline:
    """As a part of a very large memory is read."""
    return outline(text, plainly=True)


def read_as_large(text: str) -> Outline:
    lines = tuple(text.split("\n"))
    return Outline(lines, read_plainly(lines, 0), 0, ())


def test_a_part_whose_last_section_takes_in_what_follows_is_told() -> None:
    far = MEMORY.replace("- vim\n", "- vim\n\n## Zed\n\n- one\n\n## More\n\n- two\n", 1)
    old = outline(far)
    reply = far.replace("- vim\n", "- vim\n- emacs\n", 1)
    parts = changed_parts(old, reply, Source(far, ("emacs",)))
    assert parts is not None
    body = parts.before.replace("- vim\n", "- vim\n\n# Constraints\n\n- emacs\n", 1)
    each = parts.taken_apart(body)
    assert each is not None
    assert parts.outline_of_whole(old, each, read_as_part) is None


def test_a_new_heading_above_the_constraints_behind_the_part_is_asked_about() -> None:
    far = MEMORY.replace("- vim\n", f"- vim\n\n## Constraints: late\n\n{RULE} on Fridays\n", 1)
    reply = far.replace("- Ada likes tea\n", f"- Ada likes tea\n\n# Coffee\n\n{NEW}", 1)
    note = f"{NOTE}\n# Coffee"
    assert is_in_part(far, reply, (note,))
    verdict = judge(far, reply, [note])
    assert verdict.kind == "ask"
    assert any("stand below other headings" in reason for reason in verdict.reasons)


@pytest.mark.parametrize(
    "item",
    [
        "- ```\n  make deploy\n  ```\n",
        "- run it:\n  - ~~~\n    make deploy\n    ~~~\n",
        "- > ```\n  > make deploy\n  > ```\n",
    ],
)
def test_code_on_the_line_of_an_item_is_taken_by_a_large_memory_too(item: str) -> None:
    verdict = judge(MEMORY, MEMORY + item, ["run it:\nmake deploy"])
    assert (verdict.kind, verdict.body) == ("accept", MEMORY + item)


FAR_NOTES = (NOTE, "Ada likes emacs.")


def changed_twice(text: str) -> str:
    return merged(text).replace("- vim\n", "- vim\n- Ada likes emacs\n", 1)


@pytest.mark.parametrize("kind", list(OTHER_TEXT))
def test_what_lies_between_two_changes_is_left_out(kind: str) -> None:
    memory = f"{ABOVE}{OTHER_TEXT[kind]}\n## Tools\n\n- vim\n"
    source = Source(memory, FAR_NOTES)
    parts = changed_parts(source.outline(memory), changed_twice(memory), source)
    assert parts is not None
    assert len(parts.before) < 1000
    verdict = judge(memory, changed_twice(memory), FAR_NOTES)
    assert (verdict.kind, verdict.body) == ("accept", changed_twice(memory))
    kept = [line.text for line in verdict.account if line.kind == "kept"]
    assert kept == [line for line in memory.split("\n") if line.strip()]
    assert sorted(line.text for line in verdict.account if line.kind != "kept") == [
        "- Ada drinks coffee at seven.",
        "- Ada likes emacs",
    ]


RUN = {
    "rows of a table": "| a | b |\n|---|---|\n" + numbered_words("| {} | {} |\n"),
    "items": numbered_words("- {} {}\n"),
    "underlined headings": numbered_words("{} {}\n---\n"),
    "items between blank lines": numbered_words("- {} {}\n\n"),
    "constraints": "## Hard constraints\n\n" + numbered_words("- never {} {}\n"),
    "code that nothing closes": "```\n" + numbered_words("{} {}\n"),
}


@pytest.mark.parametrize("kind", list(RUN))
def test_a_run_of_what_a_memory_is_made_of_is_left_out_between_its_lines(kind: str) -> None:
    run = RUN[kind]
    memory = f"# M\n\n## Me\n\n- Ada likes tea\n\n{run}\n## Tools\n\n- vim\n"
    source = Source(memory, FAR_NOTES)
    old = source.outline(memory)
    parts = changed_parts(old, changed_twice(memory), source)
    assert parts is not None
    assert len(parts.before) < 1000
    assert not any("leftout" in rule.text for rule in outline(parts.before).constraints)
    each = parts.taken_apart(parts.reply)
    assert each is not None
    assert parts.whole(each) == changed_twice(memory)
    found = parts.outline_of_whole(old, each, read_as_part if old.plainly else outline)
    assert found is not None
    assert facts(found) == facts(outline(changed_twice(memory)))


def test_a_change_in_the_middle_of_a_table_leaves_one_table() -> None:
    table = RUN["rows of a table"]
    row = "| qqz02000 | wwy02000 |\n"
    memory = f"# M\n\n{table}\n- vim\n"
    reply = memory.replace(row, f"{row}| Ada | tea |\n", 1).replace("- vim\n", "- vim\n- ed\n", 1)
    notes = ("Ada has tea.\nWe use ed.",)
    old = outline(memory)
    parts = changed_parts(old, reply, Source(memory, notes))
    assert parts is not None
    assert parts.before.count("|---|---|\n") == 1
    each = parts.taken_apart(parts.reply)
    assert each is not None
    for new in ("| Ada | tea |", "words", "===", "", "- Ada"):
        each[0] = (*each[0][:-1], new)
        found = parts.outline_of_whole(old, each, read_as_part)
        assert (found is not None) is (new not in ("", "- Ada"))
        if found is not None:
            assert facts(found) == facts(outline(parts.whole(each)))


def test_a_part_that_begins_with_another_line_is_told() -> None:
    memory = MEMORY.replace("- Ada likes tea\n", "words\n- one\n- more\n", 1)
    reply = memory.replace("- more\n", f"- more\n{NEW}", 1)
    old = outline(memory)
    parts = changed_parts(old, reply, Source(memory, (NOTE,)))
    assert parts is not None
    each = parts.taken_apart(parts.reply)
    assert each is not None
    start = parts.parts[0].start
    assert old.lines[start - 1].strip()  # what begins below it may be part of it
    for first, together in ((each[0][0], True), ("\tcode", False)):
        found = parts.outline_of_whole(old, [(first, *each[0][1:]), *each[1:]], read_as_part)
        assert (found is not None) is together


def test_nobody_is_told_of_the_line_that_stands_for_what_was_left_out() -> None:
    source = Source(MEMORY, FAR_NOTES)
    old = source.outline(MEMORY)
    parts = changed_parts(old, changed_twice(MEMORY), source)
    assert parts is not None
    assert [gap.mark for gap in parts.gaps] == ["## leftout1"]
    view = outline(parts.reply)
    lines = account(outline(parts.before), view, source, frozenset())
    assert parts.account_of_whole(lines, ["put back: coffee"]) is not None
    assert parts.account_of_whole(lines, ["put back: leftout1"]) is None
    assert parts.account_of_whole(lines[:-4], []) is None
    taken = "leftout1"
    parts = changed_parts(old, changed_twice(MEMORY) + f"- {taken}\n", source)
    assert parts is not None
    assert [gap.mark for gap in parts.gaps] == ["## leftout2"]


def test_what_stands_for_left_out_lines_is_no_constraint_of_the_section_above() -> None:
    more = "## Constraints of old\n\n" + numbered_words("- never {} {}\n")
    memory = f"{ABOVE}\n{more}\n## Tools\n\n- vim\n"
    rule = "- Never deploy on Fridays"
    reply = memory.replace(f"{RULE}\n", f"{RULE}\n{rule}\n", 1).replace("vim\n", "vim\n- ed\n")
    source = Source(memory, ("Never deploy on Fridays.\nWe use ed.",))
    parts = changed_parts(source.outline(memory), reply, source)
    assert parts is not None
    assert len(parts.before) < 1000
    found = [block.text for block in outline(parts.reply).constraints]
    assert found == [RULE, rule]
    assert judge(memory, reply, source.notes).body == reply


VERY_LONG = {
    "a paragraph": "|\n",
    "a quote": "> a\n",
    "html": "<a>\n",
    "code": "make all\n",
    "a table": "| qqz | wwy |\n",
    "a list without words": "-\n",
    "a list of numbers": "1. a\n",
}


@pytest.mark.parametrize("text", VERY_LONG)
def test_a_rule_below_what_is_very_long_is_judged_without_it(text: str) -> None:
    line = VERY_LONG[text]
    lines = line * (LARGE // len(line) + 1)
    lines = f"```\n{lines}```\n" if text == "code" else lines
    lines = f"| a | b |\n|---|---|\n{lines}" if text == "a table" else lines
    memory = f"{ABOVE}\n{lines}\n## Tools\n\n- vim\n"
    reply = f"{ABOVE}\n{lines}- Never deploy on Fridays\n\n## Tools\n\n- vim\n"
    notes = ("Never deploy on Fridays.",)
    source = Source(memory, notes)
    old = source.outline(memory)
    parts = changed_parts(old, reply, source)
    assert parts is not None
    assert len(parts.before) < 500
    each = parts.taken_apart(judge(parts.before, parts.reply, notes).body)
    assert each is not None
    assert parts.outline_of_whole(old, each, read_as_part) is not None
    verdict = judge(memory, reply, notes)
    assert verdict.kind == "accept"
    assert verdict.body == parts.whole(each)
    lines_of = (text.split("\n") for text in (verdict.body, reply))
    body, expected = (sorted(filter(None, lines)) for lines in lines_of)
    assert body == expected
    rules = [block.text for block in outline(verdict.body).constraints]
    assert rules.count("- Never deploy on Fridays") == 1


def test_where_much_changed_the_widest_gaps_are_left_out() -> None:
    lines = [f"- qqz{n:05} wwy{n:05}" for n in range(LARGE // 16)]
    reply = list(lines)
    near = [*range(1000, 3000, 200), 6000]  # ten changes in one stretch, and one far away
    for n in near:
        reply[n] = "- Ada likes tea"
    old = outline("\n".join([*lines, ""]))
    parts = parted(old, "\n".join([*reply, ""]), near)
    assert len(parts.parts) == 6
    assert [part.start for part in parts.parts if part.end > 5000] == [5999]
    each = [part.theirs for part in parts.parts]
    assert parts.whole(each) == "\n".join([*reply, ""])


def test_of_thousands_of_constraints_those_beside_a_new_one_are_looked_at() -> None:
    rules = "".join(f"- Never qqz{n:05} wwy{n:05} at all\n" for n in range(LARGE // 16))
    memory = f"{ABOVE}{rules}\n## Tools\n\n- vim\n"
    notes = (NOTE, "Never deploy on Fridays.")
    rule = "- Never deploy on Fridays"
    reply = merged(memory).replace("\n\n## Tools", f"\n{rule}\n\n## Tools", 1)
    source = Source(memory, notes)
    parts = changed_parts(source.outline(memory), reply, source)
    assert parts is not None
    assert len(parts.before) < 1000
    verdict = judge(memory, reply, notes)
    assert (verdict.kind, verdict.body) == ("accept", reply)
    assert verdict.new_constraints == (rule[2:],)
    for far in ("00017", "08190", "08191"):  # a constraint that the reply left out comes back
        lost = reply.replace(f"- Never qqz{far} wwy{far} at all\n", "", 1)
        verdict = judge(memory, lost, notes)
        assert (verdict.kind, verdict.body) == ("accept", reply)


def test_how_many_lines_changed_is_counted_in_the_whole() -> None:
    lines = [f"- qqz9{n} wwy{n}9\n" for n in range(100, 105)]
    assert "".join(lines) in MEMORY
    changed = "".join(line.replace("wwy", "every ") for line in lines)
    verdict = judge(MEMORY, merged(MEMORY).replace("".join(lines), changed, 1), [NOTE])
    assert (verdict.kind, verdict.body) == ("accept", merged(MEMORY))

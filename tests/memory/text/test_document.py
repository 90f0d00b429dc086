"""The memory file: what its footer proves, and what it looks like when it cannot be trusted."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memsync.memory.text.changes import changes
from memsync.memory.text.document import (
    STARTER,
    compose,
    is_placeholder,
    is_starter,
    normal,
    parse,
    revision,
)

IDS = ["7cdeb25428fd", "d27822d2b0b3"]
BODY = "# Memory\n\n- one\n"


def digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_the_footer_says_what_the_design_says() -> None:
    text = compose(BODY, reversed(IDS), "7c0e55d1a2b4").decode()
    body, total = digits(BODY), digits("7cdeb25428fd d27822d2b0b3")
    assert text == (
        f"{BODY}\n<!-- memsync:1\nrev: {digits(body + total)}\nfrom: 7c0e55d1a2b4\n"
        f"body: {body}\nsum: {total}\n"
        "merged: 7cdeb25428fd d27822d2b0b3\n-->\n"
    )
    assert total == "2974a43218d9"


def test_only_the_four_items_of_the_starter_are_placeholders() -> None:
    lines = STARTER.split("\n")
    assert [line for line in lines if is_placeholder(line)] == [
        line for line in lines if line.startswith("- ")
    ]
    for users in (
        "- (Legal) No client names (GDPR)",
        "- (None yet)",
        "(What you're working on right now)",
        "- What",
    ):
        assert not is_placeholder(users)
    assert changes(STARTER + "- (Legal)\n", "").gone == tuple(
        line for line in (STARTER + "- (Legal)").split("\n") if line and not is_placeholder(line)
    )


def test_what_was_composed_is_read_back() -> None:
    memory = parse(compose(BODY, IDS, "-", extra=["later: thing"]))
    assert memory.footer is not None
    assert (memory.body, memory.footer.merged, memory.footer.extra) == (
        BODY,
        frozenset(IDS),
        ("later: thing",),
    )
    assert not memory.edited
    assert memory.rev == revision(BODY, IDS)


def test_windows_line_ends_change_neither_body_nor_revision() -> None:
    memory = parse(compose(BODY, IDS, "-", crlf=True))
    assert memory.crlf
    assert memory.body == BODY
    assert memory.rev == revision(BODY, IDS)
    assert memory.raw.count(b"\r\n") == memory.raw.count(b"\n")


def test_an_edit_is_seen_and_gives_the_file_a_name_of_its_own() -> None:
    raw = compose(BODY, IDS, "-").replace(b"- one", b"- two")
    memory = parse(raw)
    assert memory.edited
    assert memory.rev == "x" + hashlib.sha256(raw).hexdigest()[:12]


GOOD = compose(BODY, IDS, "-").decode()
FOOTER = GOOD[GOOD.index("<!--") :]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("none", BODY.encode()),
        ("two", (GOOD + FOOTER).encode()),
        ("cut", GOOD[:-9].encode()),
        ("cut in its first line", (BODY + "\n<!-- memsync:").encode()),
        ("text behind it", (GOOD + "- more\n").encode()),
        ("an id added", GOOD.replace("merged: ", "merged: 000000000000 ").encode()),
        ("an id taken away", GOOD.replace(" d27822d2b0b3", "").encode()),
        ("a changed sum", GOOD.replace("sum: 2", "sum: 3").encode()),
        ("a changed rev", GOOD.replace("rev: ", "rev: 0").encode()),
        ("a changed body line", GOOD.replace("body: ", "body: 0").encode()),
        (
            "a line missing",
            "".join(x for x in GOOD.splitlines(True) if not x.startswith("sum:")).encode(),
        ),
        ("no ids but words", GOOD.replace("d27822d2b0b3", "not-an-id-at").encode()),
        ("bytes of no text", b"\xff\xfe# \x00M\x00"),
        ("NUL bytes", GOOD.replace("one", "o\x00ne").encode()),
        ("nothing", b""),
        ("white space", b" \n\n"),
    ],
)
def test_a_footer_that_proves_nothing_is_no_footer(name: str, raw: bytes) -> None:
    memory = parse(raw)
    assert memory.footer is None, name
    assert memory.trouble


@given(cut=st.integers(0, len(GOOD.encode()) - 1))
def test_a_file_cut_anywhere_never_passes_for_a_whole_one(cut: int) -> None:
    memory = parse(GOOD.encode()[:cut])
    whole = memory.footer is not None and not memory.edited
    assert not whole or memory.body == BODY


def test_a_later_format_is_read_only() -> None:
    memory = parse(GOOD.replace("memsync:1", "memsync:2").encode())
    assert memory.newer
    assert memory.footer is None


def test_a_footer_quoted_inside_a_line_is_text() -> None:
    body = "- the footer begins with `<!-- memsync:1` and ends the file\n"
    assert parse(compose(body, IDS, "-")).body == body


def test_a_byte_order_mark_is_no_part_of_the_body() -> None:
    memory = parse(b"\xef\xbb\xbf" + compose(BODY, IDS, "-"))
    assert memory.body == BODY
    assert not memory.edited


def test_the_starter_is_known_whatever_its_line_ends() -> None:
    assert is_starter(STARTER.replace("\n", "\r\n").rstrip())
    assert not is_starter(STARTER + "- mine\n")


@given(body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")))
def test_any_body_comes_back_as_it_went(body: str) -> None:
    if "<!-- memsync:" in body or not body.strip("\ufeff \t\n"):
        return
    memory = parse(compose(body, IDS, "-"))
    assert memory.body == normal(body)
    assert memory.footer is not None
    assert not memory.edited


def test_the_designs_example_of_a_footer_is_valid() -> None:
    footer = (
        "<!-- memsync:1\nrev: 1b1ce3deedd5\nfrom: 7c0e55d1a2b4\n"
        "body: 21c5a22cde8a\nsum: 2974a43218d9\n"
        "merged: 7cdeb25428fd b-5d6cd072ddf6 d27822d2b0b3\n-->\n"
    )
    memory = parse(f"# M\n\n{footer}".encode())
    assert memory.footer is not None
    assert memory.footer.merged == {"7cdeb25428fd", "b-5d6cd072ddf6", "d27822d2b0b3"}
    assert (memory.footer.rev, memory.edited) == ("1b1ce3deedd5", True)

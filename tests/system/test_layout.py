"""What a terminal shows fits it, and no word is broken that fits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memsync.system.layout import LEAST_WIDTH, paragraph, rows, shortened, wrapped
from memsync.system.localtime import ago, local

TEXTS = st.lists(st.text("abc/\\", min_size=1, max_size=70), max_size=12).map(" ".join)


@given(TEXTS, st.integers(12, 90))
def test_nothing_is_wider_and_nothing_is_lost(text: str, room: int) -> None:
    lines = wrapped(text, room)
    assert all(len(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for word in text.split(" "):
        if word and len(word) <= room:
            assert any(word in line.split(" ") for line in lines), "a word that fits is whole"


@given(
    st.lists(st.tuples(st.text("xyz", min_size=1, max_size=12), TEXTS), max_size=6),
    st.integers(1, 200),
)
def test_rows_stand_behind_one_margin(pairs: list[tuple[str, str]], width: int) -> None:
    lines = rows(pairs, width)
    assert all(len(line) <= max(width, LEAST_WIDTH) for line in lines)
    assert len(lines) >= len(pairs)


def test_a_path_is_broken_behind_a_slash() -> None:
    assert wrapped("/home/ada/OneDrive/claude-memory/GLOBAL_MEMORY.md", 30) == [
        "/home/ada/OneDrive/",
        "claude-memory/GLOBAL_MEMORY.md",
    ]


def test_what_takes_two_cells_counts_twice() -> None:
    assert wrapped("日本語を話す人です", 8) == ["日本語を", "話す人で", "す"]


def test_what_hides_is_shown_before_it_is_measured() -> None:
    lines = paragraph("a\u202e" * 20, 40)
    assert max(map(len, lines)) <= 40
    assert "\u202e" not in "".join(lines)


def test_what_goes_on_is_indented() -> None:
    assert paragraph("✓ one two three four five six seven eight nine ten", 40, 2) == [
        "✓ one two three four five six seven",
        "  eight nine ten",
    ]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("/home/ada/x and /home/ada", "~/x and ~"),
        ("ls '/home/ada/my files'", "ls '/home/ada/my files'"),
        ("/home/adam/x", "/home/adam/x"),
        ("/mnt/home/ada/x", "/mnt/home/ada/x"),
    ],
)
def test_the_home_is_a_tilde(text: str, short: str) -> None:
    assert shortened(text, "/home/ada") == short


def test_a_root_that_is_the_home_is_left_as_it_is() -> None:
    assert shortened("/etc/x", "/") == "/etc/x"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-5, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (7200, "2 hours ago"),
        (86400, "1 day ago"),
        (86400 * 40, "40 days ago"),
    ],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    assert ago(now - timedelta(seconds=seconds), now) == words


def test_a_time_names_its_zone() -> None:
    time = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
    words = local(time)
    day, clock, zone = words.split(" ")
    assert (len(day), len(clock)) == (10, 5)
    assert zone

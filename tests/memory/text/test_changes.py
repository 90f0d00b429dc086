"""What a person is told of a change: no line goes unsaid."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from memsync.memory.text.changes import Changes, changes
from memsync.memory.text.document import STARTER

WORDS = ["backup", "Paris", "laptop", "every", "Friday", "server", "never", "2019", "2024"]
BODIES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda row: f"- {' '.join(row)}"),
    max_size=8,
).map("\n".join)


@given(before=BODIES, after=BODIES)
def test_every_line_that_is_no_longer_there_is_named(before: str, after: str) -> None:
    found = changes(before, after)
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    went = (line for line in (old - new).elements() if line)
    assert sorted([*found.gone, *(was for was, _ in found.reworded)]) == sorted(went)
    assert all(now in (new - old) for _, now in found.reworded)


def test_a_line_that_another_one_is_alike_to_is_shown_with_it() -> None:
    was, now = (
        "- Laptop backups go to the Paris server",
        "- Desktop backups go to the Berlin server",
    )
    assert changes(f"# M\n\n{was}\n- x\n", f"# M\n\n{now}\n- x\n") == (0, ((was, now),), ())


def test_the_starters_placeholders_are_nobodys_lines() -> None:
    assert changes(
        STARTER, STARTER.replace("- (What you're working on right now)", "- The tram")
    ) == (1, (), ())


def test_a_memory_in_which_every_line_changed_is_compared_with_few_looks() -> None:
    """Six hundred lines of one vocabulary took more than a minute, one after the other with
    each.
    """
    count = len(WORDS)
    many = [
        f"- {WORDS[n % count]} {WORDS[n // count % count]} {WORDS[n * 5 % count]} {n}"
        for n in range(600)
    ]
    before, after = "\n".join(many), "\n".join(f"{line} more" for line in reversed(many))
    found = changes(before, after)
    assert len(found.gone) + len(found.reworded) == len(many)


def test_a_formatters_work_is_no_change_of_what_the_memory_says() -> None:
    before = (
        "# M\n\n- likes tea very much\n- **works** at home\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    after = "# M\n\n1. likes tea\n   very much\n2. *works* at home\n\n|a|b|\n|:--|--|\n|1|2|\n"
    assert changes(before, after) == Changes(0, (), ())
    assert changes(before, after.replace("tea", "milk")).added > 0

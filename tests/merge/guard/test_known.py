"""The lines of a large memory are found in any dress, and those that a note speaks of."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from memsync.memory.text.apart import LARGE
from memsync.memory.text.rewordings import HALF
from memsync.memory.text.words import key, stem, weight, words, words_of_each
from memsync.merge.guard.known import Known, Spread
from memsync.merge.guard.mentions import lines_spoken_of
from memsync.merge.guard.source import Source

OTHERS = [f"- fact {number}" for number in range(2_500)]
ROW = st.sampled_from(
    "- Ada likes tea,* ada  likes TEA,1. **Ada** likes tea,Ada likes te\u0301a,## Tea ##,## tea,"
    "- KELVIN \u212a2,- kelvin k2,- \ufb01ne tea,- fine tea,,- 茶,* 茶".split(",")
)


@given(st.lists(ROW, max_size=6), ROW)
@example(["* ada  likes TEA"], "- Ada likes tea")
@example(["- KELVIN \u212a2"], "- kelvin k2")
@settings(deadline=None)
def test_a_line_is_found_in_any_dress(rows: list[str], line: str) -> None:
    known = Known([*rows, *OTHERS])
    times = sum(key(row) == key(line) for row in rows)
    assert known.times(key(line)) == times
    assert known.has(line) == (times > 0)


WORDS = st.sampled_from(
    "never,Never,Ada,ada,deploys,deploy,don't,dont,l'incident,l'Incident,tea,on,to,2026-11-28,9:00,"
    "09:30,1,5,60k,430ms,茶会,Bücher,bu\u0308cher,neverending,NEVER,x,A_b,**Ada**,K2".split(",")
)
LINE = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@given(st.lists(st.text("aB'’1 2.,:-k\u0301茶éſK\u2028\u0085_*3\r\x0b", max_size=12), min_size=1))
def test_the_words_of_many_lines_are_those_of_each(lines: list[str]) -> None:
    assert words_of_each(lines) == [words(line) for line in lines]


@given(st.lists(LINE, max_size=8), LINE, st.sampled_from(["never", "Ada", "deploying", "tea 9:00"]))
@example(["Ada x", "never Ada"], "Ada", "Ada")
@example(["we met Never", "x"], "never", "Never")
@example([], "never 2026-11-28", "never")
@settings(deadline=None)
def test_the_lines_that_a_note_speaks_of_are_found(lines: list[str], note: str, often: str) -> None:
    """`often` stands in a line of ten, which may be more than few."""
    rest = [f"zq{n} {often if n % 10 == 0 else 'zz'}" for n in range(120)]
    every = [*lines, *rest, ""]
    source = Source("\n".join(every), (note,))
    wanted = {
        word
        for word in words("\n".join(every))
        if weight(word) >= HALF and source.says(word) and source.is_telling(word)
    }
    there = [n for n, line in enumerate(every) if wanted & set(words(line))]
    assert lines_spoken_of(every, source) == there


MANY = "".join(f"zq{n} yy{n % 3:05} and some more\n" for n in range(LARGE // 24))


@given(st.lists(LINE, max_size=6), st.lists(WORDS, min_size=1, max_size=5))
@example(["don't deploy"], ["dont", "deploys", "zq7", "more"])
@example(["at 09:00", "at 9:00", "1.5 and 2026-11-28"], ["9:00", "1.5", "2026", "9"])
@settings(max_examples=40, deadline=None)
def test_a_word_is_counted_in_a_large_text_as_in_a_small_one(
    lines: list[str], asked: list[str]
) -> None:
    assert len(MANY) > LARGE
    spread, small = Spread("\n".join([*lines, MANY, *lines])), Spread("\n".join(lines))
    rest = Spread(MANY[: LARGE // 2])  # each other word stands in every line of it or in few
    for name in {stem(word) for text in asked for word in words(text)}:
        if not rest.times(name):
            assert spread.times(name) == 2 * small.times(name)
    assert spread.times("more") == MANY.count("\n") + 2 * small.times("more")
    assert spread.times("zq7") == 1

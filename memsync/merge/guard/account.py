"""The account: for each line of a body who said it, and what became of the old lines.

Knows: how it is worded for a person. Must not know: why a line was taken or refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Final, Literal, NamedTuple

from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import HALF
from memsync.memory.text.words import bare, forms, key, shown, stem, total, weight, words
from memsync.merge.guard.hard import Hard, figures
from memsync.merge.guard.provenance import ENOUGH, Compared, compare, spoken, voice
from memsync.merge.guard.sentences import Sentence
from memsync.merge.guard.source import Source

Kind = Literal["kept", "moved", "new", "reworded", "gone", "constraint"]
COME: Final = ("new", "reworded", "constraint")  # the kinds of lines that were not there before
_PLACES: Final = 2  # lines that a word went from, so that it is no accident
_MARKS: Final = {
    "kept": "memory",
    "moved": "memory, moved",
    "new": "new",
    "reworded": "reworded",
    "gone": "gone",
    "constraint": "new constraint",
}


class Line(NamedTuple):
    """One line of the body, or one that is gone from it, and who said it.

    was: of a reworded line the old one. note: the index of the note that says it, None where none
    does. sentence: the note's. unsaid: no note speaks of it: the memory alone, or nobody.
    """

    kind: Kind
    text: str
    was: str = ""
    note: int | None = None
    sentence: str = ""
    unsaid: bool = False


def account(
    old: Outline, new: Outline, source: Source, removed: frozenset[str]
) -> tuple[Line, ...]:
    """Every line of `new` in its order, each line that is gone where it stood."""
    found = compare(old, new, removed)
    gone_at = _gone_places(found)
    inside = new.section_lines
    partners = found.partners
    lines: list[Line] = [*(_gone(found, o, source) for o in gone_at.get(-1, ()))]
    for n, item in enumerate(found.theirs):
        if n in found.pairs or (n in found.moved and item.start in inside):
            lines.append(Line("kept", item.text))
        elif n in found.moved:
            lines.append(Line("moved", item.text, unsaid=not spoken(item, source)))
        elif words(item.text):
            olds = [found.ours[o].text for o in partners.get(n, ())]
            rule = item.start in inside and item.kind != "heading"
            lines.append(_come(item.text, olds, source, constraint=rule))
        else:
            lines.append(Line("kept", item.text))
        lines += [_gone(found, o, source) for o in gone_at.get(n, ())]
    return tuple(lines)


def _come(text: str, olds: Sequence[str], source: Source, *, constraint: bool) -> Line:
    found = voice(text, olds, source)
    kind: Kind = "constraint" if constraint else "reworded" if olds else "new"
    said = found.share >= ENOUGH and (found.tells or (bool(olds) and found.was))
    sentence = found.sentence
    return Line(
        kind,
        text,
        "\n".join(olds) if not constraint else "",
        sentence.note if sentence is not None else None,
        sentence.whole if sentence is not None else "",
        not (said and (sentence is not None or source.speaks_of("\n".join(olds)))),
    )


def _gone(found: Compared, o: int, source: Source) -> Line:
    item = found.ours[o]
    return Line("gone", item.text, unsaid=not spoken(item, source))


def _gone_places(found: Compared) -> dict[int, list[int]]:
    """Behind which new item each line stood that is gone."""
    to_new = {o: n for n, o in found.pairs.items()}
    missing = {o for o in found.went if o not in found.partner and words(found.ours[o].text)}
    places: dict[int, list[int]] = {}
    at = -1
    for o in range(len(found.ours)):
        if o in to_new:
            at = to_new[o]
        elif o in missing:
            places.setdefault(at, []).append(o)
    return places


def left_out(lines: Sequence[Line], body: str, source: Source) -> tuple[Sentence, ...]:
    """The sentences of notes that no new line comes from, and that the body does not hold."""
    used = {line.sentence for line in lines if line.sentence}
    here = forms(body)

    @cache  # sentences are alike
    def is_missing(found: tuple[str, ...]) -> bool:
        telling = [word for word in found if weight(word) >= HALF]
        missing = [word for word in telling if stem(word) not in here]
        return 2 * total(missing) > total(telling)

    said = (sentence for sentence in source.sentences if sentence.whole not in used)
    return tuple(sentence for sentence in said if is_missing(source.words_of(sentence)))


def cut_short(
    lines: Sequence[Line],
    left: Sequence[Sentence],
    body: str,
    source: Source,
    *,
    each: bool = False,
) -> tuple[Sentence, ...]:
    """More sentences of notes that are not whole in the body, though words of them are: with a
    number that neither the body nor the old memory has, or lines of code that are not there as
    given; and of a line of a note that no new line comes from those with any word of three letters
    or more that is not there: "at ten" may be all that is new. each: also of a line that another
    sentence was taken from.
    """
    known, here = Hard(f"{body}\n{source.old}"), forms(body)
    told = {sentence.at for sentence in left}
    used = {line.sentence for line in lines}
    heard = {(s.note, s.line) for s in source.sentences if s.whole in used}
    rows = {key(row) for row in body.split("\n")}
    has_figures = cache(lambda text: all(map(known.has_number, figures(text))))
    unheard_words = cache(lambda found: [word for word in found if stem(word) not in here])
    cut: list[Sentence] = []
    for sentence in source.sentences:
        if sentence.at in told or sentence.note >= source.given:
            continue
        code = source.is_code(sentence) and key(sentence.text) not in rows
        taken = sentence.whole in used if each else (sentence.note, sentence.line) in heard
        missing = () if taken else unheard_words(source.words_of(sentence))
        unheard = bool(missing) and _tell(missing, sentence, source)
        if code or unheard or not has_figures(sentence.text):
            cut.append(sentence)
    return tuple(cut)


def _tell(missing: Sequence[str], sentence: Sentence, source: Source) -> bool:
    """Whether some of these words of a sentence say something."""
    if any(weight(word) >= HALF for word in missing):
        return True
    return not source.telling(sentence.text).isdisjoint(missing)


def still_there(lines: Sequence[Line], source: Source) -> tuple[str, ...]:
    """The old lines with a telling word that went from two others and came nowhere: what a note
    changes in several places, or wants forgotten, may have been overlooked there. Of lines that are
    gone only a word of a note counts.
    """
    went: Counter[str] = Counter()
    come: set[str] = set()
    for line in lines:
        if line.kind in ("kept", "moved"):
            continue
        now = frozenset(words(line.text)) if line.kind in COME else frozenset[str]()
        come |= now
        if line.kind == "gone":
            went.update(filter(source.says, source.telling(line.text)))
        else:
            went.update(source.telling(line.was) - now)
    often = {word for word, times in went.items() if times >= _PLACES}
    forgotten = {word for word in often - come if not word.isdigit()}  # a name, not a figure
    if not forgotten:
        return ()
    kept = [line.text for line in lines if line.kind in ("kept", "moved")]
    return tuple(text for text in kept if not forgotten.isdisjoint(words(text)))


def explained(lines: Sequence[Line], notes: Sequence[str]) -> list[str]:
    """Each line of a body, and behind it who said it: for `refresh --dry-run --explain`.

    notes: the names of the notes in the order in which the guard was given them.
    """
    return [f"{_plain(line.text)}   [{_who(line, notes)}]" for line in lines]


def _who(line: Line, notes: Sequence[str]) -> str:
    mark = _MARKS[line.kind]
    if line.note is not None:
        name = notes[line.note] if line.note < len(notes) else "an edit by hand"
        was = "an old line and " if line.kind == "reworded" else ""
        return f"{mark}: {was}note {name}: {shown(line.sentence, 80)}"
    if line.kind in ("kept", "moved", "gone"):
        return f"{mark}, no note speaks of it" if line.unsaid else mark
    return f"{mark}: nobody" if line.unsaid else mark


def _plain(text: str) -> str:
    """A line for a terminal: without its bullet and without control characters."""
    rows = " ".join(map(bare, text.split("\n")))
    return "".join(c if c.isprintable() else " " for c in rows)

"""All that a merge was given: the old memory, and the notes, sentence by sentence.

Knows: who said which words. Must not know: the reply.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from memsync.memory.text.dress import in_one_line
from memsync.memory.text.markdown import Outline, outline
from memsync.memory.text.rewordings import HALF, stems
from memsync.memory.text.words import (
    bare,
    folded,
    forms_of,
    is_abbreviation,
    is_pair_of_letters,
    key,
    stem,
    tells_lines,
    total,
    weight,
    words,
    words_of_each,
    written_large,
)
from memsync.merge.guard.hard import Hard
from memsync.merge.guard.known import Known, Spread
from memsync.merge.guard.naming import Naming
from memsync.merge.guard.near import Near
from memsync.merge.guard.sentences import Sentence, own_lines, sentences_of
from memsync.merge.prompt import first_label

if TYPE_CHECKING:
    from memsync.merge.guard.provenance import Voice

_COMMON: Final = 40  # sentences that are looked at for one word
_BESIDE: Final = 2  # sentences on each side of one
_RARE: Final = 4  # lines of the memory that a word may stand in and still tell them from others
_SHARE: Final = 0.04
_MAY_BE_CODE: Final = re.compile(r"```|~~~| {4}|\t")
_LETTERS: Final = 3  # pairs of letters, of a script without spaces, that may be a word


class Match(NamedTuple):
    """The sentence that holds most of some words, and which of them."""

    sentence: Sentence | None
    held: frozenset[str]


NOBODY: Final = Match(None, frozenset())


class Source:
    """What stands here is never a reason to reject a reply.

    `added`: the lines of hand edits; they count as notes behind the others. `days`: when the notes
    were taken, "2026-11-22"; Claude is told, and may write it behind what they say.
    """

    def __init__(
        self,
        old: str,
        notes: Sequence[str],
        added: Sequence[str] = (),
        titles: tuple[str, ...] = (),
        days: Sequence[str] = (),
    ) -> None:
        self.telling = cache(self._telling)  # each line is looked at in every round
        self.names = cache(self._names)
        self.voices: dict[tuple[str, tuple[str, ...]], Voice] = {}  # what `voice` found
        self.plainly = False  # whether texts are read line by line, as parts of a very large memory
        self.removes = False  # whether a hand edit of this merge takes lines away
        self.old = old
        self._in_memory = Spread(old)
        self.titles = titles
        self._days = tuple(days)
        self.given = len(notes)
        self.added = tuple(added)
        self.notes = tuple(
            note.replace("\r\n", "\n").replace("\r", "\n")
            for note in (*notes, *added, *in_one_line(added))
        )

    @property
    def compacts(self) -> bool:
        """There are no notes: the person asked for a shorter memory."""
        return not self.notes and not self.removes

    @cached_property
    def in_use(self) -> bool:
        """The memory says something: it is more than headings, quotes and placeholders."""
        view = self.outline(self.old)
        titles = {h.line for h in view.headings}
        return any(
            words(line) and not line.startswith(">")
            for n, line in enumerate(view.lines)
            if n not in titles and n not in view.placeholders
        )

    def outline(self, text: str) -> Outline:
        """The outline of a text, with the user's own constraint headings."""
        return outline(text, self.titles, plainly=self.plainly)

    @cached_property
    def _rules(self) -> Near:
        """The words of each old constraint, without their endings."""
        rules = [block.text.replace("\n", " ") for block in self.outline(self.old).constraints]
        bag = cache(lambda found: frozenset(map(stem, found)))  # many a rule is there again
        return Near(list(map(bag, words_of_each(rules))))

    @cached_property
    def begin_rules(self) -> frozenset[str]:
        """The first words of the old constraints: among them the memory's own for "never"."""
        blocks = self.outline(self.old).constraints
        first = {word for block in blocks for word in words(bare(block.text))[:2]}
        return frozenset(stem(word) for word in first if weight(word) >= HALF)

    def rule_like(self, text: str) -> frozenset[str]:
        """The words of the old constraint that shares most of its words with a text; none, where
        that is less than half of them.
        """
        wanted = stems(text)
        rule = next((self._rules.bags[n] for n in self._rules.nearest(wanted)), frozenset())
        return rule if 2 * total(rule & wanted) >= total(rule) else frozenset()

    @cached_property
    def text(self) -> str:
        return "\n".join((self.old, *self.notes))

    @cached_property
    def note_text(self) -> str:
        return "\n".join(self.notes)

    @cached_property
    def folded(self) -> str:
        return folded(self.text)

    @cached_property
    def hard(self) -> Hard:
        """The numbers, addresses, commands and code of memory and notes."""
        return Hard(self.text, self._days)

    @cached_property
    def note_hard(self) -> Hard:
        return Hard(self.note_text)

    @cached_property
    def own_hard(self) -> Hard:
        """The same, without what a note only quotes (`> ...`). A line that a person wrote into the
        memory quotes nobody.
        """
        told = "\n".join(self.notes[: self.given]).split("\n")
        own = [line for line in told if not line.lstrip().startswith(">")]
        text = "\n".join((self.old, *own, *self.added))
        return self.hard if text == self.text else Hard(text, self._days)

    def is_foreign(self, sentence: Sentence) -> bool:
        """The sentence stands in a note behind a tag or a label of our own request, which somebody
        else may have put there.
        """
        return sentence.line > self._forged[sentence.note]

    def is_code(self, sentence: Sentence) -> bool:
        """The sentence is a line in a code block of a note, and not the fence of one."""
        fence = sentence.text.startswith(("```", "~~~"))
        return sentence.line in self._code[sentence.note] and not fence

    @cached_property
    def _code(self) -> list[frozenset[int]]:
        """For each note its lines of code."""
        return [
            outline(note, self.titles).code if _MAY_BE_CODE.search(note) else frozenset()
            for note in self.notes
        ]

    @cached_property
    def _forged(self) -> list[int]:
        """For each note the line with the first such tag or label."""
        return list(map(first_label, self.notes))

    @cached_property
    def own_lines(self) -> frozenset[str]:
        """The lines (bare) of notes: no quotations, and none behind a label of our own request."""
        return own_lines(self.notes, self._forged)

    @cached_property
    def known(self) -> Known:
        """The lines of the memory."""
        return Known(self.old.split("\n"))

    @cached_property
    def note_keys(self) -> Counter[str]:
        return Counter(key(line) for line in self.note_text.split("\n"))

    @cached_property
    def note_spellings(self) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", self.note_text))

    @cached_property
    def note_pieces(self) -> frozenset[str]:
        """What stands between two spaces, also without the sentence marks behind it."""
        pieces = self.note_text.split()
        return frozenset(pieces) | frozenset(piece.rstrip(".,;:!?") for piece in pieces)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences of all notes."""
        return sentences_of(self.notes)

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for at, names in enumerate(self._bags):
            for name in names:
                index.setdefault(name, []).append(at)
        return index

    @cached_property
    def _bags(self) -> list[frozenset[str]]:
        """What the words of each sentence are found by; a list's lead is a part of its items."""
        return list(map(cache(forms_of), self._words))

    @cached_property
    def _words(self) -> list[tuple[str, ...]]:
        """The words of each sentence, a list's lead in front."""
        return words_of_each([sentence.whole for sentence in self.sentences])

    def words_of(self, sentence: Sentence) -> tuple[str, ...]:
        """The words of a sentence itself."""
        return words(sentence.text) if sentence.lead else self.all_words_of(sentence)

    def all_words_of(self, sentence: Sentence) -> tuple[str, ...]:
        """The words of a sentence, a list's lead in front."""
        return self._words[sentence.at]

    @property
    def said_stems(self) -> Collection[str]:
        """What the words of the notes are found by."""
        return self._index.keys()

    @cached_property
    def rare(self) -> float:
        """In how many lines of the memory a word may stand and still tell them from others."""
        return max(_RARE, _SHARE * sum(1 for line in self.old.split("\n") if line.strip()))

    def says(self, word: str) -> bool:
        """Some note has the word, up to its ending."""
        return stem(word) in self._index

    def knows(self, word: str) -> bool:
        """Memory or some note has the word, up to its ending."""
        return self.says(word) or self._in_memory.times(stem(word)) > 0

    def best(self, wanted: Sequence[str] | frozenset[str], used: Collection[int] = ()) -> Match:
        """The sentence of a note that holds most of these words; not one of those `used`."""
        at = self._holding(frozenset(map(stem, wanted)), used)
        if at is None:
            shared: dict[int, float] = {}
            for word in set(wanted):
                places, told = self._index.get(stem(word), []), weight(word)
                for number in places[:_COMMON]:
                    if number not in used:
                        shared[number] = shared.get(number, 0.0) + told
            if not shared:
                return NOBODY
            most = max(shared.values())
            at = min(n for n in shared if shared[n] == most)
        names = self._bags[at]
        return Match(self.sentences[at], frozenset(w for w in wanted if stem(w) in names))

    def _holding(self, names: frozenset[str], used: Collection[int]) -> int | None:
        """The first sentence that holds all of these words, by what they are found by."""
        rarest = min((self._index.get(name, []) for name in names), key=len, default=[])
        places = (at for at in rarest[:_COMMON] if at not in used)
        return next((at for at in places if names <= self._bags[at]), None)

    def beside(self, sentence: Sentence) -> frozenset[str]:
        """What the words of a sentence, and of those beside it in the note, are found by."""
        low = max(0, sentence.at - _BESIDE)
        near = self.sentences[low : sentence.at + _BESIDE + 1]
        return frozenset(n for s in near if s.note == sentence.note for n in self._bags[s.at])

    def has_line(self, line: str) -> bool:
        """The line, up to its dress, is a line of the input; what has no words is no such line."""
        return bool(key(line)) and (self.known.has(line) or key(line) in self.note_keys)

    def holds(self, text: str) -> bool:
        """The text, up to case and spacing, stands somewhere in the input."""
        return folded(text) in self.folded

    @cached_property
    def _written_large(self) -> frozenset[str]:
        return written_large(self.text)

    def is_name(self, word: str) -> bool:
        """A word that is always written with a capital: Rio, Ana."""
        return word in self._written_large

    def _telling(self, line: str) -> frozenset[str]:
        """The words of a line that tell it from the other lines of the memory: longer ones, names,
        numbers, each in few lines.
        """
        short = re.findall(r"\b[^\W\d_]{2,3}\b", line)
        named = (w for w in short if is_abbreviation(w) or self._is_short_name(w))
        upper = {word.casefold() for word in named}
        return frozenset(
            word for word in words(line) if tells_lines(word, upper) and self.is_telling(word)
        )

    def _is_short_name(self, word: str) -> bool:
        """A name of three letters that stands in one line of the memory alone: a surname of two
        people tells neither, nor does a noun in a language that writes them all with a capital.
        """
        name = word.casefold()
        return name in self._written_large and self._in_memory.times(stem(name)) < 2

    def is_telling(self, word: str) -> bool:
        """Few lines of the memory have the word, or it is a name."""
        return word in self._written_large or self._in_memory.times(stem(word)) <= self.rare

    def speaks_of(self, line: str) -> bool:
        """A note has a telling word of the line, or one sentence has all of its words, which may be
        short ones. Of letters without spaces it has a few in a row.
        """
        said = frozenset(filter(self.says, self.telling(line)))
        if any(not is_pair_of_letters(word) for word in said):
            return True
        if len(said) >= _LETTERS:
            return len(self.best(said).held) >= _LETTERS
        found = words(line)
        whole = len(found) > 1 and all(map(self.says, found)) and total(found) >= 1
        return whole and self.best(found).held >= frozenset(found)

    def _names(self, title: str) -> bool:
        return self._naming.names(title)

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self.sentences)

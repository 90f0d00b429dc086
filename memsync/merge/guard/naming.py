"""Which headings of the memory a note names, with all that stands below them.

Knows: words of headings and of notes. Must not know: what becomes of a section.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from memsync.memory.text.words import is_pair, same_word, stem, stems_of, tells_lines, total, words
from memsync.merge.guard.sentences import Sentence


class Naming:
    """What the words of all notes are found by."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        found: dict[str, set[str]] = {}
        for sentence in sentences:
            for word in words(sentence.whole):
                for name in stems_of(word):
                    found.setdefault(name, set()).add(word)
        self._by_stem = found

    def names(self, title: str) -> bool:
        """A note has half of the telling words of a heading, or forms of them: what begins alike
        is not enough where a whole section may go, nor is one pair of characters of several.
        """
        telling = [word for word in words(title) if tells_lines(word)]
        said = [
            word for word in telling if any(same_word(word, other) for other in self._alike(word))
        ]
        few = len(said) < min(2, len(telling)) and all(map(is_pair, said))
        return bool(said) and not few and total(said) >= 0.5 * total(telling)

    def _alike(self, word: str) -> Collection[str]:
        """The words of notes that begin like this one."""
        return self._by_stem.get(stem(word), ())

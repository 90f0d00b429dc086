"""When two lines say the same: keys for comparing, and what the input of a merge holds.

Knows: words. Must not know: Markdown blocks, verdicts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import Final

BULLET: Final = re.compile(r"^(?:[-*+•]|\d{1,9}[.)])(?:\s+|$)")

_EMPHASIS: Final = re.compile(r"(?<![\w\\])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_TYPOGRAPHY: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."}
)
_TOKEN: Final = re.compile(r"\w+|[<>=+/@#$%&~^|\[\]{}\\€£]")
# Scripts without spaces
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1780-\u17ff"
_BORDER: Final = re.compile(
    rf"(?<=[{_UNSPACED}])(?=[^\W{_UNSPACED}])|(?<=[^\W{_UNSPACED}])(?=[{_UNSPACED}])"
)
_UNSPACED_RUN: Final = re.compile(rf"[{_UNSPACED}]+")
_CONTRACTIONS: Final = (
    (re.compile(r"\b(?:can't|cannot)\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"(?<=\w)n't\b"), " not"),
)
_UNDERLINES: Final = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_WORD: Final = re.compile(r"\w+")
_SHORT: Final = 12  # words of a line that counts as one sentence
_WRAPPED: Final = 60  # characters of a line that may be a part of a sentence
_STEM: Final = 4  # letters of a word that stay when its ending changes
_OF_ELISIONS: Final = frozenset(
    "all above before below existing keep left leave lines original other previous remaining rest "
    "same sections see stays unchanged".split()
)
_PIECE: Final = re.compile(r"(?<=[.!?;:])\s+|(?<=[。！？；：])")
_END: Final = ".,;:!?。！？"
_SMALL: Final = frozenset(
    "a an and are as at be but by for from has have he i in is it its my of on or our she that the "
    "their they this to was we were will with you your not no do".split()
)


@lru_cache(maxsize=8192)
def key(line: str) -> str:
    """Equal for lines that differ only in dress: bullet, case, spacing, emphasis, kind of quote or
    dash.
    """
    plain = unicodedata.normalize("NFC", line).translate(_TYPOGRAPHY)
    plain = " ".join(plain.split())
    hashes = re.match(r"#{1,6} ", plain)
    if hashes:
        return plain.rstrip("# ").casefold()
    bare = BULLET.sub("", plain, count=1)
    return _EMPHASIS.sub("", bare).casefold().strip()


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """The words and the signs that carry meaning; bullets, quotes and sentence marks are left
    out.
    """
    return tuple(_TOKEN.findall(spelled_out(text)))


def spelled_out(text: str) -> str:
    """The text in one case and without bullets; contractions in full, a space between scripts that
    write none.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).casefold()
    plain = _BORDER.sub(" ", _UNDERLINES.sub("", plain))
    for short, full in _CONTRACTIONS if "n" in plain else ():
        plain = short.sub(full, plain)
    return "\n".join(BULLET.sub("", line.strip(), count=1) for line in plain.split("\n"))


@lru_cache(maxsize=8192)
def words(line: str) -> frozenset[str]:
    """The words that a rewording would keep: the small ones count only where there are no
    others.
    """
    every = frozenset(every_word(line))
    return (every - _SMALL) or every


def every_word(text: str) -> list[str]:
    """The words of a text, as often as they stand there; where a script writes no spaces, pairs of
    its characters.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return _WORD.findall(plain)
    pairs = [
        run[n : n + 2] for run in _UNSPACED_RUN.findall(plain) for n in range(max(1, len(run) - 1))
    ]
    return [*_WORD.findall(_UNSPACED_RUN.sub(" ", plain)), *pairs]


def stems(line: str) -> frozenset[str]:
    """The words of a line without their endings."""
    return frozenset(word[:_STEM] for word in words(line))


def pieces(line: str) -> list[str]:
    """The sentences of a line, and the parts of one with a colon or a semicolon in it."""
    return [piece for piece in _PIECE.split(line) if words(piece)]


def unwrapped(text: str) -> list[str]:
    """The lines of a text, those that only go on with a sentence put behind the one before."""
    lines: list[str] = []
    for line in text.split("\n"):
        if (
            lines
            and len(lines[-1]) >= _WRAPPED
            and lines[-1].rstrip()[-1:] not in _END
            and line.strip()[:1].islower()
        ):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines


def without_end(text: str) -> str:
    """The text without sentence marks at its end."""
    return text.rstrip().rstrip(_END).rstrip()


def similar(one: str, other: str, least: float = 0.6) -> bool:
    """True when most of the characters of two keys agree. The first 1,000 decide."""
    matcher = SequenceMatcher(None, one[:1000], other[:1000], autojunk=False)
    if matcher.real_quick_ratio() <= least or matcher.quick_ratio() <= least:
        return False
    return matcher.ratio() > least


def rewords(line: str, other: str) -> bool:
    """True when `other` says what `line` said: half of its words, or most of its characters."""
    wanted = words(line)
    if wanted and 2 * len(wanted & words(other)) >= len(wanted):
        return True
    return similar(key(line), key(other))


class Source:
    """All that a merge was given: the old memory, and the notes with the lines added by hand.

    What stands here is never a reason to reject a reply.
    """

    def __init__(self, old: str, notes: Sequence[str], added: Sequence[str]) -> None:
        self.old = old
        self._fitting: dict[re.Pattern[str], list[str]] = {}
        self.notes = tuple(
            note.replace("\r\n", "\n").replace("\r", "\n") for note in (*notes, *added)
        )

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
    def old_keys(self) -> Counter[str]:
        return Counter(key(line) for line in self.old.split("\n"))

    @cached_property
    def note_keys(self) -> Counter[str]:
        return Counter(key(line) for line in self.note_text.split("\n"))

    @cached_property
    def note_words(self) -> frozenset[str]:
        return frozenset(every_word(self.note_text))

    @cached_property
    def _note_stems(self) -> frozenset[str]:
        telling = self.note_words - _SMALL - _OF_ELISIONS
        return frozenset(word[:_STEM] for word in telling if len(word) > 2 or not word.isascii())

    @cached_property
    def note_spellings(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.note_text))

    @cached_property
    def note_pieces(self) -> frozenset[str]:
        """What stands between two spaces, also without the sentence marks behind it."""
        return frozenset(
            piece for word in self.note_text.split() for piece in (word, without_end(word))
        )

    @cached_property
    def _told(self) -> dict[str, list[int]]:
        """For each word of the notes the sentences, and the short lines, that it is in."""
        lines = [line for line in unwrapped(self.note_text) if line.strip()]
        parts = [words(part) for line in lines for part in pieces(line)]
        parts += [words(line) for line in lines if len(words(line)) <= _SHORT]
        index: dict[str, list[int]] = {}
        for n, part in enumerate(parts):
            for word in part:
                index.setdefault(word, []).append(n)
        return index

    @cached_property
    def _pieces(self) -> frozenset[tuple[str, ...]]:
        lines = self.note_text.split("\n")
        return frozenset(tokens(piece) for line in lines for piece in (line, *pieces(line)))

    @cached_property
    def _note_tokens(self) -> str:
        return "\n".join(f" {' '.join(tokens(note))} " for note in self.notes)

    def has_line(self, line: str) -> bool:
        """The line, up to its dress, is a line of the input."""
        return key(line) in self.old_keys or key(line) in self.note_keys

    def holds(self, text: str) -> bool:
        """The text, up to case and spacing, stands somewhere in the input."""
        return folded(text) in self.folded

    def noted(self, text: str) -> bool:
        """A note of the user's holds the text in those words (bullet, case, spacing, end mark
        aside).
        """
        wanted = tokens(text)
        return bool(wanted) and f" {' '.join(wanted)} " in self._note_tokens

    def says(self, line: str) -> bool:
        """Each piece of the line is a whole piece of a note: a line, a sentence, or what stands
        behind a colon.
        """
        parts = pieces(line)
        return bool(parts) and (
            tokens(line) in self._pieces or self._pieces.issuperset(map(tokens, parts))
        )

    def told(self, line: str, share: float = 2 / 3) -> bool:
        """Most words of the line, sentence by sentence, are words of one sentence of a note."""
        parts = [words(piece) for piece in pieces(line)]
        found = sum(self._in_one_piece(part) for part in parts)
        return bool(found) and found >= share * sum(map(len, parts))

    def _in_one_piece(self, wanted: frozenset[str]) -> int:
        shared = Counter(n for word in wanted for n in self._told.get(word, ()))
        return max(shared.values(), default=0)

    def touches(self, line: str) -> bool:
        """A word of the line is, up to its ending, one of the notes."""
        return bool(self.stems_of(line))

    def speaks_of(self, line: str) -> bool:
        """Half of the words of the line are."""
        return 2 * len(self.stems_of(line)) >= len(words(line) - _OF_ELISIONS)

    def stems_of(self, line: str) -> frozenset[str]:
        """The words of the line, without their endings, that the notes have."""
        return frozenset(word[:_STEM] for word in words(line) - _OF_ELISIONS) & self._note_stems

    def old_lines_with(self, pattern: re.Pattern[str]) -> list[str]:
        """The lines of the old memory that a pattern fits."""
        if pattern not in self._fitting:
            lines = self.old.split("\n")
            self._fitting[pattern] = [
                line for line in lines if pattern.search(line[:2000].strip("-* >"))
            ]
        return self._fitting[pattern]


def folded(text: str) -> str:
    """The text in one case, with single spaces."""
    return " ".join(text.translate(_TYPOGRAPHY).casefold().split())


def first_line(text: str) -> str:
    """The first line that is not blank."""
    return next((line for line in text.split("\n") if line.strip()), "")


def shown(text: str, limit: int = 100) -> str:
    """The text as a quotation of one line for a person, without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f'"{line if len(line) <= limit else line[: limit - 1] + "…"}"'

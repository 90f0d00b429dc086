"""Whether a part of a note's sentence says what the sentence says: nothing beside it denies or
limits it.

Knows: negations, exceptions, signs. Must not know: blocks of constraints, verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from memsync.memory.text.words import BULLET, pieces, spelled_out, unwrapped, without_end

# Words, and every sign that changes what they say: a minus, a decimal point, an arrow, a tick or a
# cross.
_SIGNED: Final = re.compile(
    r"\w+|(?<=\d)[.,](?=\d)|!(?=[=\w])|(?<![\w)])[-\u2212](?=\d)|(?<=\d)-(?=\d)|[<>=+/@#$%&~^|\[\]{}\\€£±×÷¬≤≥≠]"
    r"|[\u2190-\u21ff\u2600-\u27bf\U0001f300-\U0001faff]"
)
_NEGATIONS: Final = frozenset(
    "no not never nor none nothing nobody neither nicht kein keine keinen keiner nie niemals "
    "nichts ne pas jamais aucun aucune nunca jamás non mai não нет не никогда нельзя geen niet nooit ikke aldri inte aldrig".split()
)
_LIMITS: Final = frozenset(
    "unless except excluded excluding apart other longer gone wrong false only instead rather "
    "avoid stop refrain refuse forbid forbidden prohibited außer sei nur verboten untersagt "
    "ausgenommen sauf seulement moins hormis interdit défendu salvo excepto sino solo menos "
    "prohibido prohibida apenas proibido vietato кроме если запрещено behalve alleen verboden förbjudet".split()
)
_WHILE: Final = frozenset("without until ohne sans sin senza sem без zonder uten utan but".split())
# With such a word a constraint is whole: `and` before it, or `I` behind it, begins another
# sentence.
_FIRM: Final = frozenset(
    "always must immer stets toujours siempre sempre всегда altijd alltid".split()
)
_AND: Final = frozenset("and or und oder et ou y o e и или en of och".split())
_SPEAKERS: Final = frozenset("i we ich wir je j nous yo io ik jag jeg я мы".split())
_REASONS: Final = frozenset(
    "because since weil denn parce puisque porque perché потому omdat eftersom".split()
)
_LEAD: Final = 4  # words before a colon that may turn round what stands behind it
_JOINTS: Final = frozenset(
    "so but because therefore please also deshalb aber donc mais pero porque".split()
)


class Sayings:
    """What a merge's notes say, sentence by sentence.

    Nothing is computed before the first question.
    """

    def __init__(self, notes: Sequence[str]) -> None:
        self._notes = notes

    def say(self, text: str) -> bool:
        """A sentence of a note says the text, signs and all, and no word beside it turns that
        round.

        Where the text goes over several sentences, it is enough that a note holds it.
        """
        wanted = _signed(without_end(text))
        near = min((self._index.get(word, []) for word in wanted), key=len, default=[])
        found = [sides for n in near for sides in _beside(wanted, self._pieces[n])]
        if not found:
            return f" {' '.join(wanted)} " in self._whole
        return any(not _turned(wanted, left, right) for left, right in found)

    @cached_property
    def _pieces(self) -> list[tuple[str, ...]]:
        """Each sentence once: a hostile note says one thing a thousand times."""
        lines = dict.fromkeys(line for note in self._notes for line in unwrapped(note))
        return list(dict.fromkeys(map(_signed, _with_leads(lines))))

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        """For each word the sentences that it is in."""
        index: dict[str, list[int]] = {}
        for n, piece in enumerate(self._pieces):
            for word in set(piece):
                index.setdefault(word, []).append(n)
        return index

    @cached_property
    def _whole(self) -> str:
        return "\n".join(f" {' '.join(_signed(note))} " for note in self._notes)


def _with_leads(lines: Iterable[str]) -> Iterator[str]:
    """The sentences; a few words with a colon go with what follows them, and those above a list
    with each item.
    """
    above = ""
    for line in lines:
        item = BULLET.match(line.strip()) is not None
        lead = above if item else ""
        for piece in pieces(line):
            yield f"{lead} {BULLET.sub('', piece.strip())}" if lead else piece
            lead = piece if piece.rstrip().endswith(":") and len(piece.split()) <= _LEAD else ""
        above = above if item or not line.strip() else lead


def _signed(text: str) -> tuple[str, ...]:
    return tuple(_SIGNED.findall(spelled_out(text)))


def _beside(
    wanted: tuple[str, ...], whole: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What stands before and behind the wanted words, wherever they stand."""
    for n in range(len(whole) - len(wanted) + 1):
        if whole[n] == wanted[0] and whole[n : n + len(wanted)] == wanted:
            yield whole[:n], whole[n + len(wanted) :]


def _turned(wanted: Sequence[str], left: Sequence[str], right: Sequence[str]) -> bool:
    """A negation beside it denies what has none itself; an exception beside it limits both."""
    own, firm = _NEGATIONS.intersection(wanted), not _FIRM.isdisjoint(wanted[:2])
    denied = not own.isdisjoint(wanted[:2]) or (firm and bool(own))
    joints = _JOINTS | _AND if firm or denied else _JOINTS
    joint = max((n for n, word in enumerate(left) if word in joints), default=-1)
    before, behind = left[joint + 1 :], _until(right, _REASONS)
    if not _LIMITS.isdisjoint([*before, *behind]):
        return True
    beside = [*before, *_until(behind, _SPEAKERS if firm else frozenset())]
    return not denied and not (_NEGATIONS | _WHILE).isdisjoint(beside)


def _until(words: Sequence[str], ends: frozenset[str]) -> Sequence[str]:
    """The words before the first one that begins a reason, or a sentence of its own."""
    return words[: next((n for n, word in enumerate(words) if word in ends), len(words))]

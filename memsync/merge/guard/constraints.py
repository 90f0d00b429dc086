"""What the blocks of the reply's constraints sections are: old, copied, changed or new ones.

A new one is the person's own sentence: the reply's wording where it holds all of the sentence, else
the sentence itself (rules.py). Must not know: how the file is put together again (splice.py).
A little longer than a file should be: what a block can be is one decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from memsync.memory.text.markdown import Block, Outline
from memsync.memory.text.rewordings import stems
from memsync.memory.text.words import (
    BULLET,
    bare,
    forms,
    key,
    sentences,
    shown,
    stem,
    tokens,
    total,
    words,
)
from memsync.merge.guard.former import Lost, block_key, is_fence
from memsync.merge.guard.hard import Hard, unsaid
from memsync.merge.guard.plan import Cut, Doubt
from memsync.merge.guard.rules import (
    faithful,
    in_the_notes_words,
    is_no_rule,
    is_said_before,
    label_of,
    may_drop,
    sentence_of,
)
from memsync.merge.guard.sentences import Sentence
from memsync.merge.guard.source import Source

_LONGEST: Final = 60  # words of a sentence that becomes a constraint


class Sorted:
    """What the blocks of the reply are.

    taken: what new ones will be in the memory, by where they begin in the reply. told: each of
    them. kept: where old ones begin. lost: those left out. strays: keys of facts among them.
    """

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.taken: dict[int, str] = {}
        self.told: list[str] = []
        self.kept: set[int] = set()
        self.lost: list[Block] = []
        self.used: set[int] = set()  # sentences of notes that are constraints already
        self.repairs: list[str] = []
        self.cuts: list[Cut] = []
        self.strays: set[str] = set()
        self.doubts: list[Doubt] = []

    def add(self, block: Block, text: str, *, told: bool = True) -> None:
        """A new constraint, unless it is there already."""
        name = block_key(text)
        if name in self.known:
            return
        self.known.add(name)
        above = self.taken.get(block.start)
        self.taken[block.start] = text if above is None else f"{above}\n{text}"
        if told:
            self.told.append(bare(text))


def expected_blocks(
    old: Outline, new: Outline, source: Source, removed: frozenset[str]
) -> list[Block]:
    """The old blocks; one loses or gains a line only where a hand edit and the reply did so ("":
    all of it went).
    """
    present = frozenset(block_key(block.text) for block in new.constraints)
    added = frozenset(key(line) for note in source.notes[source.given :] for line in [note])
    grown = {_without(block.text, added): block.text for block in new.constraints} if added else {}
    return [
        block._replace(text=_wished(block, present, removed, grown)) for block in old.constraints
    ]


def _without(text: str, gone: frozenset[str]) -> tuple[str, ...]:
    return tuple(key(line) for line in text.split("\n") if key(line) not in gone)


def _wished(
    block: Block,
    present: frozenset[str],
    removed: frozenset[str],
    grown: dict[tuple[str, ...], str],
) -> str:
    if block_key(block.text) in present:
        return block.text
    left = [line for line in block.text.split("\n") if key(line) not in removed]
    shorter = "\n".join(left)
    if shorter != block.text and (not shorter.strip() or block_key(shorter) in present):
        return shorter if shorter.strip() else ""
    return grown.get(tuple(map(key, left)), block.text)


def sort_blocks(expected: list[Block], new: Outline, old: Outline, source: Source) -> Sorted:
    """Tell the reply's blocks apart: old ones, copies, changed ones, and new ones with or without
    a note.
    """
    missing = Counter(block_key(b.text) for b in expected if b.text)
    spelled = Counter(b.text for b in expected)
    lines = {key(line): b for b in expected for line in b.text.split("\n")}
    unknown: list[Block] = []
    taken = Sorted({block_key(b.text) for b in expected if b.text})
    for block in new.constraints:
        name = block_key(block.text)
        if missing[name] > 0:
            missing[name] -= 1
            taken.kept.add(block.start)
            if not spelled[block.text]:
                taken.repairs.append(f"constraint spelled as before: {shown(bare(block.text))}")
        elif name in missing:
            text = shown(bare(block.text))
            taken.repairs.append(f"second copy of a constraint taken away: {text}")
        elif all(map(lines.__contains__, _telling(block))):
            text = shown(bare(block.text))
            taken.repairs.append(f"constraint in another form taken away: {text}")
        else:
            unknown.append(block)
    lost = [b for b in reversed(expected) if b.text and _count_down(missing, block_key(b.text))]
    taken.lost = lost[::-1]
    left_out = Lost(taken.lost)
    if unknown and not "".join(new.lines[unknown[-1].end :]).strip():
        begun = left_out.begun_by(unknown[-1].text)
        if begun is not None:
            _as_before(unknown.pop().text, begun, taken)
    formers = {block.start: left_out.former_of(block.text) for block in unknown}
    # First the new ones: a sentence makes one constraint
    for block in sorted(unknown, key=lambda block: formers[block.start] is not None):
        _sort_unknown(block, formers[block.start], lines, old, source, taken)
    return taken


def put_back(block: Block) -> str:
    """The line that tells the user of a constraint that the reply left out."""
    return f"constraint put back: {shown(block.text)} (to remove it, edit the memory)"


def _sort_unknown(
    block: Block,
    former: Block | None,
    lines: dict[str, Block],
    old: Outline,
    source: Source,
    taken: Sorted,
) -> None:
    """One block that is no old one: it changes one, adds lines to one, or is new."""
    every = [line for line in block.text.split("\n") if tokens(line)]
    fresh = [line for line in every if key(line) not in lines]
    grown = len(fresh) < len(every) or former is not None
    if former is not None and len(fresh) == len(every) == 1:
        _changed(block, block.text, former, old, source, taken)
    elif not grown and _is_code(block.text):
        _as_it_is(block, source, taken)
    elif not grown and len(every) > 1 and _is_faithful_block(every, old, source):
        taken.add(block, block.text)
        taken.used |= {s.at for line in every if (s := sentence_of(bare(line), source))}
    else:
        for line in fresh:
            if grown and sentence_of(bare(line), source) is None:
                within = former or next(lines[key(line)] for line in every if key(line) in lines)
                _changed(block, _in_list(line, block), within, old, source, taken)
            else:
                added = grown and not _draws_in(line, block)
                _new(block, _in_list(line, block), old, source, taken, grown=added)


def _is_faithful_block(lines: Sequence[str], old: Outline, source: Source) -> bool:
    """Each line is, or all of them are one that was wrapped."""
    if all(faithful(line, old, source) for line in lines):
        return True
    wrapped = not any(BULLET.match(line.lstrip()) for line in lines[1:])
    return wrapped and faithful(" ".join(line.strip() for line in lines), old, source)


def _changed(
    block: Block, line: str, former: Block, old: Outline, source: Source, taken: Sorted
) -> None:
    """The old one stays; what a note added becomes an item of its own, what a note overtakes is
    asked about.
    """
    was, now = bare(former.text), bare(line)
    known = stems(was)
    added = [word for word in words(now) if stem(word) not in known]
    match = source.best(added, taken.used)
    said = 2 * total(match.held) >= total(frozenset(added))
    if match.sentence is None or total(match.held) < _news(match.sentence):
        # Perhaps a note in another language: what names does it share?
        names = [word for word in source.telling(now) if word not in now]
        match = source.best(names, taken.used)
    if not added or match.sentence is None:
        _as_before(line, former, taken)
        return
    own = _like(line, in_the_notes_words(match.sentence, now, keep_label=True))
    taken.used.add(match.sentence.at)
    if not _speaks_of(match.sentence, was, source):
        taken.add(block, line if faithful(line, old, source) else own)
        return
    extra = next(iter(unsaid(now, source.hard)), None)
    plain = said and extra is None
    item = line if plain or stems(was) <= stems(now) else own
    taken.add(block, item)
    instead = shown(bare(item))
    ask = f"a note changes a constraint: {shown(was)} stays, and {instead} is added"
    taken.doubts.append(Doubt(ask, not plain))


def _as_before(line: str, former: Block, taken: Sorted) -> None:
    """A line of the reply is a constraint that nobody changed."""
    taken.repairs.append(f"a constraint stays as it was; the reply had {shown(bare(line))}")
    taken.cuts.append(Cut(bare(line), (bare(former.text),)))


def _news(sentence: Sentence) -> float:
    """How much of a sentence an addition must have to be what the sentence says."""
    return min(1.5, total(frozenset(words(sentence.whole))) / 3)


def _speaks_of(sentence: Sentence, was: str, source: Source) -> bool:
    """A sentence speaks of an old constraint: it has two of its telling words, or a number, an
    address or a name of code.
    """
    if sum(stem(word) in forms(sentence.whole) for word in source.telling(was)) > 1:
        return True
    return len(list(unsaid(was, Hard("")))) > len(list(unsaid(was, Hard(sentence.whole))))


def _new(
    block: Block, line: str, old: Outline, source: Source, taken: Sorted, *, grown: bool
) -> None:
    """A new constraint of one line: in the reply's words, in those of the note, or to be asked."""
    text = bare(line)
    if not grown and len(sentences(text)) > 1 and faithful(line, old, source):
        taken.add(block, line)
        return
    sentence = sentence_of(text, source)
    if source.known.has(line) and sentence is None:
        taken.repairs.append(f"a line of the memory is not a new constraint: {shown(text)}")
        taken.strays.add(key(line))
        return
    if sentence is None or is_no_rule(sentence, text, source):
        if taken.lost and not source.speaks_of(text):
            # In the place of old ones, which come back
            taken.repairs.append(f"a constraint left out, as nobody said it: {shown(text)}")
            return
        taken.add(block, line, told=False)
        taken.doubts.append(Doubt(f"a new constraint that no note says: {shown(text)}", True))
        return
    taken.used.add(sentence.at)
    if not grown and faithful(line, old, source):
        taken.add(block, line)
        return
    label = label_of(sentence)
    first = is_said_before(label, text, sentence)
    keep_label = grown or first or not may_drop(label, text, old)
    own = in_the_notes_words(sentence, text, keep_label=keep_label)
    if len(words(own)) > _LONGEST:
        taken.add(block, line)
        ask = f"a new constraint leaves out words of its note: {shown(text)} for {shown(own, 300)}"
        taken.doubts.append(Doubt(ask, True))
        return
    taken.add(block, _like(line, own))


def _like(line: str, text: str) -> str:
    """A text with the indentation and the bullet of a line."""
    stripped = line.split("\n")[0].lstrip()
    marker = BULLET.match(stripped)
    return (marker[0] if marker else "") + text


def _draws_in(line: str, block: Block) -> bool:
    """Whether a block is a new item, this line, that drew lines of old ones in, which stood below
    it: it adds nothing to them.
    """
    return line == block.text.split("\n")[0] and BULLET.match(line.lstrip()) is not None


def _in_list(line: str, block: Block) -> str:
    """A line of a block as an item of its own, with the block's own bullet."""
    first = block.text.split("\n")[0]
    return line if line == first or not BULLET.match(first.lstrip()) else _like(first, bare(line))


def _as_it_is(block: Block, source: Source, taken: Sorted) -> None:
    """Code, a table or HTML is taken as a whole, asked about when no note holds it."""
    held = all(source.note_keys[key(line)] for line in block.text.split("\n") if tokens(line))
    taken.add(block, block.text)
    if not held:
        ask = f"a new constraint that no note says: {shown(bare(block.text))}"
        taken.doubts.append(Doubt(ask, True))


def _is_code(text: str) -> bool:
    return is_fence(text) or text.lstrip().startswith(("|", "<", ">")) or text.startswith("    ")


def _telling(block: Block) -> list[str]:
    """The keys of the lines that say something; of a block without such lines, of all."""
    lines = block.text.split("\n")
    telling = [key(line) for line in lines if words(line) and not is_fence(line)]
    return telling or [key(line) for line in lines]


def _count_down(counter: Counter[str], name: str) -> bool:
    if counter[name] <= 0:
        return False
    counter[name] -= 1
    return True

"""Whether a new constraint is the person's own sentence, and that sentence as a constraint.

Nothing is turned round or softened, and no language needs a list of its words for "not": the words,
their order and their signs are those of one sentence of a note.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from memsync.memory.text.constraints import plain_title
from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import stems
from memsync.memory.text.words import bare, is_pair, sentences, stem, total, weight, words
from memsync.merge.guard.sentences import Sentence
from memsync.merge.guard.source import Source

CLEAR: Final = 0.6  # of the words of a new constraint, which one sentence of a note must have
_MOST_PAIRS: Final = 4  # of characters, in a script without spaces, that the sentence lacks
_NAME: Final = re.compile(r"([^:：]{1,60})[:：]\s+(?=\S)")
_REASON: Final = re.compile(r"\s*[(（]([^()（）]{1,200})[)）][.!。]?$|\s[—–-]\s([^—–]{1,200})$")
_QUOTED: Final = re.compile(r'["“„«»]([^"“”„«»]{3,})["”“«»]')
_LABEL: Final = re.compile(r"([^:：]{1,120})(?::\s+|：\s*)(?=\S)")
# Numbers with their signs and separators, and every sign that is no punctuation of a sentence.
_SIGNS: Final = re.compile(
    r"[!<>=]=|[-+±]?\d+(?:[.,:/-]\w+)*|[^\w\s.,;:!?\"'’`*()\[\]、。，：；！？（）؟؛،۔।-]"
)


def sentence_of(text: str, source: Source) -> Sentence | None:
    """The sentence of a note that a new constraint is: it has most of its words, and no longer word
    comes from elsewhere than the old constraint that says nearly the same.
    """
    for core in _cores(text, source):
        found = words(core)
        match = source.best(found)
        if total(match.held) < CLEAR * (total(frozenset(found)) or 1.0):
            continue
        alike = source.rule_like(core)
        strange = [w for w in found if w not in match.held and stem(w) not in alike]
        heavy = sum(not is_pair(word) and weight(word) >= 1 for word in strange)
        if not heavy and sum(map(is_pair, strange)) <= _MOST_PAIRS:
            return match.sentence
    return None


def is_no_rule(sentence: Sentence, text: str, source: Source) -> bool:
    """A question, what a note only quotes, or what stands behind a label of our own request."""
    if sentence.text.rstrip().endswith(("?", "？", "؟")) or source.is_foreign(sentence):
        return True
    if sentence.text.lstrip().startswith(">"):
        return True
    quoted = " ".join(match[1] for match in _QUOTED.finditer(sentence.text))
    inside = stems(quoted)
    return bool(inside) and total(stems(text) & inside) >= CLEAR * total(stems(text))


def faithful(line: str, old: Outline, source: Source) -> bool:
    """The line holds every word of one sentence in its order, and no other; a name in front, a
    reason behind it and the note's label aside.
    """
    text = bare(line)
    parts = sentences(text)
    if len(parts) > 1:
        return all(faithful(part, old, source) for part in parts)
    sentence = sentence_of(text, source)
    if sentence is None or is_no_rule(sentence, text, source):
        return False
    return any(_same_words(core, sentence, old, text) for core in _cores(text, source))


def _cores(text: str, source: Source) -> list[str]:
    """The constraint as it is, and without what may stand in front of it or behind: a name of the
    memory or a note, a reason in the words of one note.
    """
    cores = [text]
    reason = _REASON.search(text)
    if reason and any(_all_in(reason[1] or reason[2], note) for note in source.notes):
        cores.append(text[: reason.start()])
    for core in tuple(cores):
        name = _NAME.match(core)
        if name and all(source.knows(word) for word in words(name[1])):
            cores.append(core[name.end() :])
    return cores


def _all_in(text: str, note: str) -> bool:
    return stems(text) <= {part for word in words(note) for part in (word, word[:4], word[:5])}


def _same_words(core: str, sentence: Sentence, old: Outline, text: str) -> bool:
    whole = [stem(word) for word in words(core)]
    for rest, label in ((sentence.whole, ""), (behind_label(sentence), label_of(sentence))):
        same = whole == [stem(word) for word in words(rest)] and signs(core) == signs(rest)
        if same and (not label or may_drop(label, text, old)):
            return True
    return False


def label_of(sentence: Sentence) -> str:
    """What stands before a colon at the start of a sentence, or above its list."""
    match = _LABEL.match(sentence.text)
    return " ".join(part for part in (sentence.lead, match[1] if match else "") if part)


def behind_label(sentence: Sentence) -> str:
    """A sentence without what stands before a colon at its start."""
    match = _LABEL.match(sentence.text)
    return sentence.text[match.end() :] if match else sentence.text


def may_drop(label: str, text: str, old: Outline) -> bool:
    """A label says nothing that the rule needs: it names the section, or none of its words begins
    a constraint of this memory, as its words for "never" do.
    """
    said = [word for word in words(label) if stem(word) not in stems(text)]
    titles = {stem(w) for s in old.sections for w in words(old.headings[s.heading].title)}
    titles |= {stem(word) for word in words(plain_title("hard constraints"))}
    if not said or any(stem(word) in titles for word in said):
        return True
    begins = {stem(word) for b in old.constraints for word in words(bare(b.text))[:2]}
    begins |= {stem(word) for word in words(text)[:2]}
    return len(said) > 1 and not any(stem(word) in begins for word in said)


def is_said_before(label: str, text: str, sentence: Sentence) -> bool:
    """What stands before the colon is a part of the rule, perhaps all but its reason."""
    return total((stems(text) & stems(label)) - stems(behind_label(sentence))) >= 1


def in_the_notes_words(sentence: Sentence, like: str, *, keep_label: bool) -> str:
    """The note's sentence as a constraint; it begins as the reply's does, capital or not."""
    text = sentence.whole if keep_label else behind_label(sentence)
    text = " ".join(text.split()).rstrip(" .;,。؛،۔।")
    first = like.split()[:1]
    if first and text.split()[:1] and text.split()[0].casefold() == first[0].casefold():
        text = first[0] + text[len(first[0]) :]
    return text


def signs(text: str) -> list[str]:
    """The numbers and signs of a text, in order."""
    plain = unicodedata.normalize("NFKC", text).translate(str.maketrans("–—", "--")).casefold()
    return _SIGNS.findall(plain)

"""Ask where only a person can tell: what went, where a link leads, a word in two scripts.

Knows: what is doubtful in a whole memory. Must not know: what is no memory at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from memsync.memory.text.markdown import Outline
from memsync.memory.text.words import Source, every_word, key, shown, words
from memsync.merge.guard.lines import Account
from memsync.merge.guard.shape import (
    NEW_HEADINGS,
    Matched,
    doubled,
    headings_added,
    headings_gone,
    noted_titles,
    paths_of,
    title_key,
)

FEW_LINES: Final = 3
SHARE: Final = 0.05
FEW_WORDS: Final = 30
SHARE_OF_WORDS: Final = 0.2

# A host behind a scheme (an IPv6 address stands in brackets), behind `//` alone where a link goes,
# or behind `www.`.
_URL: Final = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://((?:[^\s/?#<>()\[\]{}\"'`|\\]{0,200}@)?\[[0-9a-f:.%]+\]"
    r"|[^\s/?#<>()\[\]{}\"'`|\\]+)"
    r"|(?:\]\(|\]:|\b(?:href|src)=[\"']?)\s{0,9}<?//([^\s/?#<>()\"'`]+)"
    r"|(?<![\w@/.-])(www\.[\w-]{1,63}(?:\.[\w-]{1,63})+)"
)
_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_ALIKE: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
# Letters of formulas and units, which look like no Latin letter.
_SYMBOLS: Final = frozenset("µμΩπλσθφψωδΔΣΠΦΨΛΘΓβ")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def doubts(
    old: Outline, new: Outline, matched: Matched, account: Account, source: Source
) -> Iterator[str]:
    """The reasons to ask a person about headings, lines, links and words."""
    for heading in headings_gone(old, matched):
        yield f"the heading {shown(heading.title)} is gone"
    noted = noted_titles(source)
    for heading, times in doubled(old, new):
        if title_key(heading) in noted:
            yield f"the heading {shown(heading.title)} stands there {times} times"
    yield from _disowned(old, new, matched)
    fresh = headings_added(new, matched, source)
    if len(fresh) > NEW_HEADINGS and not is_starter(old):
        yield f"{len(fresh)} new headings: {', '.join(shown(h.title, 40) for h in fresh[:5])}"
    limit = max(FEW_LINES, SHARE * sum(1 for line in old.lines if line.strip()))
    if len(account.gone) > limit:
        yield f"{len(account.gone)} lines are gone"
    yield from _hosts(new, source)
    yield from _mixed_words(new, source)


def _disowned(old: Outline, new: Outline, matched: Matched) -> Iterator[str]:
    """Constraints that no longer stand below the same headings."""
    before, now = paths_of(old.headings), paths_of(new.headings)
    for section in old.sections:
        at = matched.pairs.get(section.heading)
        if at is not None and now[at][:-1] != before[section.heading][:-1]:
            title = shown(old.headings[section.heading].title)
            yield (
                f"the constraints {title} stand below other headings: "
                f"{shown(' > '.join(now[at][:-1]))}"
            )


def thinned(old: Outline, new: Outline, account: Account, removed: frozenset[str]) -> Iterator[str]:
    """Lines may be reworded, and yet too much of what they said may be gone."""
    left = [
        line
        for n, line in enumerate(old.lines)
        if n not in old.placeholders and key(line) not in removed
    ]
    left = [line for line in left if line not in account.brief]
    before, now = (
        Counter(word for line in lines for word in every_word(line)) for lines in (left, new.lines)
    )
    lost = (before - now).total()
    if lost > max(FEW_WORDS, SHARE_OF_WORDS * before.total()):
        yield f"{lost} of {before.total()} words are gone"


def last_line(
    old: Outline, reply: Outline, account: Account, removed: frozenset[str]
) -> str | None:
    """Why the reply may be cut at its end."""
    inside = {n for section in old.sections for n in range(section.start, section.end)}
    telling = [n for n, line in enumerate(old.lines) if words(line)]
    if not telling or telling[-1] in inside or telling[-1] in old.placeholders:
        return None
    last = old.lines[telling[-1]]
    now = next((line for line in reversed(reply.lines) if line.strip()), "")
    if key(last) in removed or any(key(line) == key(last) for line in reply.lines):
        return None
    cut = key(now) and key(last).startswith(key(now))
    if cut or any(last in text.split("\n") for text in account.gone):
        return f"the last line is {'cut' if cut else 'gone'}: {shown(last)}"
    return None


def is_starter(old: Outline) -> bool:
    """True while the memory says nothing yet: headings, quotes and placeholders only."""
    headings = {
        n for h, end in zip(old.headings, old.heading_ends, strict=True) for n in range(h.line, end)
    }
    rest = (
        line for n, line in enumerate(old.lines) if n not in headings and n not in old.placeholders
    )
    return not any(words(line) and not line.startswith(">") for line in rest)


def lost_edits(added: Sequence[str], new: Outline, old: Outline) -> Iterator[str]:
    """Lines that the user added by hand and that are not in the result, nor reworded there."""
    here = {key(line) for line in new.lines}
    old_keys = {key(line) for line in old.lines}
    fresh = [words(line) for line in new.lines if key(line) not in old_keys]
    for line in added:
        wanted = words(line)
        if key(line) in here or not wanted:
            continue
        if not any(2 * len(wanted & other) >= len(wanted) for other in fresh):
            yield f"a line that was added by hand is not in it: {shown(line)}"


def _hosts(new: Outline, source: Source) -> Iterator[str]:
    plain = source.folded.replace("www.", "")
    known = frozenset(_HOST.findall(plain))
    seen: set[str] = set()
    for match in _URL.finditer("\n".join(new.lines)):
        host = (match[1] or match[2] or match[3]).rpartition("@")[2].casefold().rstrip(".,;:!*_~")
        host = re.sub(r":\d*$", "", host).removeprefix("www.")
        if not host or host in seen:
            continue
        seen.add(host)
        odd = not _HOST.fullmatch(host)
        if not (
            re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w.-])", plain) if odd else host in known
        ):
            yield f"a link to {shown(host)}, which is in neither the memory nor the notes"


def _mixed_words(new: Outline, source: Source) -> Iterator[str]:
    brought = set(_LETTERS.findall("\n".join(new.lines))) - set(_LETTERS.findall(source.text))
    for word in sorted(word for word in brought if not word.isascii()):
        scripts = {_script(char) for char in word if char not in _SYMBOLS} - {None}
        if len(scripts) > 1:
            yield (
                f"a word in two scripts: {shown(word)} "
                f"({' and '.join(sorted(s for s in scripts if s))})"
            )


def _script(char: str) -> str | None:
    """Of the scripts whose letters look alike, the one of this letter."""
    if char.isascii():
        return "Latin"
    name = unicodedata.name(char, "").partition(" ")[0]
    return name.capitalize() if name in _ALIKE else None

"""Lines that sound like chat, elisions, markers, labels or tags: which are rejected, and which only
asked about.

Knows: one new line, and whether old lines went where it stands. Must not know: headings' order,
constraints.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Outline, code_spans
from memsync.memory.text.words import (
    BULLET,
    Source,
    folded,
    key,
    rewords,
    shown,
    without_end,
    words,
)
from memsync.merge.guard.lines import Beside
from memsync.merge.guard.phrases import (
    CHAT,
    CHAT_IN_HEADING,
    CHAT_IN_PROSE,
    COURTESIES,
    ELISIONS,
    ENCLOSED,
    IN_THE_PLACE,
    LABELS,
    LEFT_AS_IT_IS,
    MARKERS,
    TAGS,
    TO_THE_READER,
)
from memsync.merge.guard.shape import noted_titles, title_key

_QUOTED: Final = re.compile('"[^"\n]{1,80}"|\u201c[^\u201d\n]{1,80}\u201d|`[^`\n]{1,80}`')
_LEAD_IN: Final = re.compile(
    (
        r"\blet me know (?:if|whether|when) (?:you|there|this|that|any|anything|it)\b|\bI'm sorry,? "
        r"but\b"
    ),
    re.IGNORECASE,
)
LONG_LINE: Final = 2000
_ELISION: Final = "words for text that is left out"


class Suspect(NamedTuple):
    """Why a line is rejected, or, if it is milder, asked about."""

    reason: str
    mild: bool = False


class _Reply(NamedTuple):
    view: Outline
    source: Source
    beside: Beside
    headings: frozenset[int]
    last: int  # the last line that the old memory has, too


def suspects(view: Outline, source: Source, beside: Beside) -> Iterator[Suspect]:
    """What is wrong with the lines that the reply brought, each kind once."""
    known = (
        n
        for n, line in reversed(list(enumerate(view.lines)))
        if words(line) and key(line) in source.old_keys
    )
    reply = _Reply(
        view, source, beside, frozenset(heading.line for heading in view.headings), next(known, -1)
    )
    limit = max(LONG_LINE, 2 * max(map(len, source.text.split("\n"))))
    seen: set[Suspect] = set()
    for n, line in enumerate(view.lines):
        if not line.strip() or source.has_line(line):
            continue
        if len(line) > limit:
            yield Suspect(f"a line of {len(line):,} characters: {shown(line)}")
        for kind in (*_hard(line, n, reply), *_milder(line, n, reply)):
            if kind not in seen:
                seen.add(kind)
                yield kind._replace(reason=f"{kind.reason}: {shown(line)}")


def without_spans(line: str) -> str:
    """The line with its code spans left out."""
    if "`" not in line:
        return line
    spans = code_spans(line)[0]
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(line)]
    return "``".join(line[start:end] for start, end in zip(starts, ends, strict=True))


def _hard(line: str, n: int, reply: _Reply) -> Iterator[Suspect]:
    """What no memory holds, wherever it stands."""
    view, source = reply.view, reply.source
    bare = _bare(line)
    item = BULLET.match(line.strip()) is not None
    said = _unquoted(bare, n, reply) if item else bare
    found: list[tuple[str, re.Pattern[str], str]] = [
        ("a label of the prompt", LABELS, bare),
        ("a mark of a diff or of a conflict", MARKERS, line.strip()),
        ("a chat line", CHAT, said),
    ]
    meant = item and source.touches(_LEAD_IN.sub("", said))  # a courtesy that speaks of a note
    if not meant or n > reply.last:
        found.append(("a chat line", COURTESIES, said))
    if n not in view.code:
        found.append(("a tag", TAGS, without_spans(line[:2000])))
    if n in view.prose:
        found.append(("a chat line", CHAT_IN_PROSE, bare))
    if n in reply.headings and not _titled(view, n, source):
        found.append(("a chat line", CHAT_IN_HEADING, bare))
    for what, pattern, text in found:
        hit = pattern.search(text)
        if hit and not _excused(hit[0], text, pattern, reply):
            named = (
                pattern is TAGS
                and 0 < n < reply.last
                and not text.strip("-*+• ").startswith(hit[0])
            )
            polite = pattern is COURTESIES and (meant or n < reply.last)
            # A preference may name a tag, or be one about chat
            yield Suspect(what, mild=item and (named or polite))
    if _is_diff(line, n, reply):
        yield Suspect("a mark of a diff or of a conflict")
    if (hit := ELISIONS.search(bare)) and not source.says(line):
        excused = _rewords_such(bare, ELISIONS, reply) or (
            _excused(hit[0], bare, ELISIONS, reply) and not reply.beside.stands_for(n)
        )
        if not excused:
            yield Suspect(_ELISION)


def _milder(line: str, n: int, reply: _Reply) -> Iterator[Suspect]:
    """What a memory may well say: harm where old lines went, or behind everything.

    Asked if no note speaks of it.
    """
    source = reply.source
    bare = _bare(line)
    if (hit := LEFT_AS_IT_IS.search(bare)) and not _excused(hit[0], bare, LEFT_AS_IT_IS, reply):
        gone = reply.beside.stands_for(n)
        if gone or not source.touches(bare):
            yield Suspect(_ELISION, mild=not gone)
    elif (known := IN_THE_PLACE.search(bare)) or ENCLOSED.search(bare):
        told = source.told(line)
        if not source.says(line) and (known or not told) and reply.beside.stands_for(n):
            brackets = Suspect("brackets or dots in the place of old lines", mild=True)
            yield Suspect(_ELISION, mild=told and len(words(bare)) > 2) if known else brackets
    elif not words(bare) and not _is_ruling(line) and reply.beside.stands_for(n):
        yield Suspect("signs in the place of old lines", mild=True)
    hit = TO_THE_READER.search(bare) if n in reply.view.prose else None
    if hit and not _excused(hit[0], bare, TO_THE_READER, reply):
        behind = n > reply.last
        if behind or not source.speaks_of(bare):
            yield Suspect("a chat line", mild=not behind)


def _unquoted(item: str, n: int, reply: _Reply) -> str:
    """A list item without what it quotes: a preference may quote what Claude is not to say.

    Not where it is all a quotation, and behind the last old line only where a note has words of the
    rest.
    """
    rest = _QUOTED.sub("", item)
    quoted = _QUOTED.match(item.strip("-*+• ")) or not words(rest)
    return item if quoted or (n > reply.last and not reply.source.touches(rest)) else rest


def _is_ruling(line: str) -> bool:
    """A rule, a table's delimiter row, the underline of a heading, or a fence: no words, and yet no
    elision.
    """
    return set(line) <= set("|-:=*_ \t") or line.lstrip().startswith(("```", "~~~"))


def _bare(line: str) -> str:
    return unicodedata.normalize("NFKC", line[:2000]).strip().strip("*_`>#~ ").replace("’", "'")


def _excused(hit: str, text: str, pattern: re.Pattern[str], reply: _Reply) -> bool:
    """The suspicious words, or nearly the whole line, come from a note, or the line rewords an old
    one like it.
    """
    source = reply.source
    if pattern is TAGS and source.holds(hit) and not hit.startswith("</"):
        return not re.match(rf"[\W\d]*{re.escape(hit)}", text) or _rewords_such(
            text, pattern, reply
        )
    if len(words(text)) > 2 and source.told(text, 0.8):
        return True
    if len(re.findall(r"\w+", hit)) > 1:
        said = without_end(hit.strip())
        if said in source.text if said.isupper() else source.holds(said):
            return True
    return _rewords_such(text, pattern, reply)


def _rewords_such(text: str, pattern: re.Pattern[str], reply: _Reply) -> bool:
    """An old line that the pattern fits, too, is gone, and this one says most of it."""
    return pattern is not MARKERS and any(
        key(line) not in reply.beside.here and rewords(line, text) and rewords(text, line)
        for line in reply.source.old_lines_with(pattern)
    )


def _titled(view: Outline, n: int, source: Source) -> bool:
    """A note has the heading's title as a line of its own, or calls a section so."""
    title = title_key(next(heading for heading in view.headings if heading.line == n))
    name = re.escape(title)
    called = rf"\b(?:section|heading|titled|called)\W{{1,3}}{name}\b|\b{name}\W{{1,2}}(?:section|heading)\b"
    return title in noted_titles(source) or re.search(called, folded(source.note_text)) is not None


def _is_diff(line: str, n: int, reply: _Reply) -> bool:
    """`-` or `+` before the text of an old line, or the mark between the two sides of a
    conflict.
    """
    if line.strip() == "=======":
        ends = zip(reply.view.headings, reply.view.heading_ends, strict=True)
        title = next((title_key(heading) for heading, end in ends if end == n + 1), None)
        known = {title_key(heading) for heading in reply.beside.old.headings} | noted_titles(
            reply.source
        )
        return bool(reply.source.old.strip()) and title not in known
    rest = key(line[1:])
    is_old = len(words(rest)) > 1 and rest in reply.source.old_keys
    return is_old and line[:1] in ("-", "+") and n not in reply.view.code

"""Reject what no memory holds: chat, elisions, markers, labels, tags, comments, images, bad
characters.

Every rule looks only at what the reply brought: a text of the old memory or of a note is never a
reason. Knows: what replies go wrong with. Must not know: headings, constraints.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Outline, outline
from memsync.memory.text.words import Source, folded, key, rewords, shown, words
from memsync.merge.guard.lines import Beside
from memsync.merge.guard.phrases import CHAT, CLOSING
from memsync.merge.guard.suspects import suspects, without_spans


class Found(NamedTuple):
    """rejects: reasons to reject a reply. asks: reasons to ask a person about it."""

    rejects: tuple[str, ...]
    asks: tuple[str, ...]


_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FLAG: Final = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")
_ODD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff\U000e0000-\U000e0fff]"
)

_IMAGE: Final = re.compile(r"!\[|<img\b[^>\n]{0,2000}>?", re.IGNORECASE)
_TARGET: Final = re.compile(r"\([^)\n]{0,2000}\)?|\[[^\]\n]{0,500}\]")
_COMMENT: Final = re.compile(r"<!--(?:(?!-->).)*-->|<!--[^\n]*", re.DOTALL)
_FOOTER: Final = re.compile(r"<!--\s*memsync:", re.IGNORECASE)


def foreign(view: Outline, source: Source, old: Outline, removed: frozenset[str]) -> Found:
    """The reasons to reject the cleaned reply, or to ask about it, for what it brought."""
    found = list(suspects(view, source, Beside(old, view, removed)))
    whole = _foreign(view, source, old)
    return Found(
        (*whole, *(one.reason for one in found if not one.mild)),
        tuple(o.reason for o in found if o.mild),
    )


def _foreign(view: Outline, source: Source, old: Outline) -> Iterator[str]:
    text = "\n".join(view.lines)
    yield from _odd_characters(text, source)
    yield from _left_open(view, source, old)
    yield from _comments(view, source)
    yield from _images(_outside_code(view), source)
    for line in closing_lines(view, old, source):
        if CLOSING.search(line) and not _ends_in_prose(old):
            yield f"a chat line: {shown(line)}"


def refuses(text: str, source: Source) -> str | None:
    """What a reply is that does not begin as the memory begins, where that can be said."""
    start = text.lstrip()[:1]
    if start in "{[" and text.rstrip()[-1:] in "}]":
        return "the reply is JSON, not the memory"
    if re.match(r"(?:diff --git|--- |@@ |\*\*\* )", text.lstrip()):
        return "the reply is a diff, not the whole memory"
    match = CHAT.search(text[:2000])
    if match and not source.holds(match[0]):
        return f"the reply talks instead of giving the memory: {shown(text)}"
    return None


def closing_lines(view: Outline, old: Outline, source: Source) -> list[str]:
    """Prose right behind the last line of the old memory, most words of which no note has."""
    old_keys = {key(line) for line in old.lines if words(line)}
    here = frozenset(map(key, view.lines))
    former = [old.lines[n] for n in old.prose if key(old.lines[n]) not in here]
    headings = {heading.line for heading in view.headings}
    closing: list[str] = []
    for n, line in reversed(list(enumerate(view.lines))):
        if words(line) and key(line) in old_keys:
            break
        if n in headings:
            closing.clear()  # what stands below a new heading is a text of the memory
        if (
            n in view.prose
            and words(line)
            and not source.told(line, 0.5)
            and not source.has_line(line)
        ):
            if not any(rewords(was, line) and rewords(line, was) for was in former):
                closing.append(line)
    return closing[::-1]


def doubtful_closing(view: Outline, old: Outline, source: Source) -> Iterator[str]:
    """Closing lines that may be chat: any in a memory of lists, in one of prose those about the
    file.
    """
    for line in closing_lines(view, old, source):
        if old.headings and (CLOSING.search(line) or not _ends_in_prose(old)):
            yield f"a closing line that no note holds: {shown(line)}"


def _ends_in_prose(old: Outline) -> bool:
    last = next((n for n in reversed(range(len(old.lines))) if words(old.lines[n])), None)
    return last is not None and last in old.prose


def defanged(text: str, old: str) -> str:
    """The text, but no new line of it passes for memsync's footer."""
    if not _FOOTER.search(text):
        return text
    old_lines = frozenset(old.split("\n"))
    return "\n".join(
        line if line in old_lines else re.sub(r"(?i)<!--(\s*)memsync:", r"<!--\1memsync :", line)
        for line in text.split("\n")
    )


def _odd_characters(text: str, source: Source) -> Iterator[str]:
    if not _ODD.search(text):
        return
    brought = "\n".join(line for line in text.split("\n") if not source.has_line(line))
    found = Counter(_ODD.findall(_FLAG.sub("", brought)))
    known = Counter(_ODD.findall(source.text))
    for char in sorted(found):
        if found[char] > known[char]:
            kind = "direction" if char in _BIDI else "tag" if char >= "\U000e0000" else "control"
            yield f"a {kind} character that nobody gave (U+{ord(char):04X})"


def _left_open(view: Outline, source: Source, old: Outline) -> Iterator[str]:
    """A note may leave one open, and so may the old memory: then the reply may too."""
    if view.unclosed is None or old.unclosed is not None:
        return
    if all(outline(note).unclosed is None for note in source.notes):
        yield f"a code fence or comment is left open: {shown(view.lines[view.unclosed])}"


def _comments(view: Outline, source: Source) -> Iterator[str]:
    without = "\n".join(without_spans(line) for line in source.text.split("\n"))
    known = Counter(_COMMENT.findall(source.text)) | Counter(_COMMENT.findall(without))
    for comment, times in Counter(_COMMENT.findall(_outside_code(view))).items():
        if times > (known[comment] or source.folded.count(folded(comment))):
            kind = (
                "a forged memsync footer"
                if _FOOTER.match(comment)
                else "an HTML comment that nobody gave"
            )
            yield f"{kind}: {shown(comment)}"
    if _FOOTER.search("\n".join(view.lines)) and not _FOOTER.search(source.text):
        yield "a forged memsync footer"


def _images(text: str, source: Source) -> Iterator[str]:
    """The first image that nobody gave; its description may be long, and may go over lines."""
    for match in _IMAGE.finditer(text):
        end = text.find("]", match.end()) if match[0] == "![" else match.end() - 1
        if end < 0:
            return
        if text.find("\n\n", match.start(), end) >= 0:
            continue
        target = _TARGET.match(text, end + 1)
        image = text[match.start() : target.end() if target else end + 1]
        if not source.holds(image):
            yield f"an image that nobody gave: {shown(image)}"
            return


def _outside_code(view: Outline) -> str:
    """The text with what stands in code fences and code spans left out."""
    return "\n".join(
        "" if n in view.code else without_spans(line) for n, line in enumerate(view.lines)
    )

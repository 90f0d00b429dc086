"""Signs that no memory holds: control characters, comments and images nobody gave, the marks of a
diff, the labels of our own request.

Every rule looks only at what the reply brought. Knows: characters and marks. Must not know:
headings, constraints, who said which line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from memsync.memory.text.inline import code_spans
from memsync.memory.text.markdown import Outline, outline
from memsync.memory.text.words import folded, shown
from memsync.merge.guard.source import Source
from memsync.merge.prompt import is_label

_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FLAG: Final = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")
_ODD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029"
    "\u2066-\u2069\ud800-\udfff\U000e0000-\U000e0fff]"
)
_IMAGE: Final = re.compile(r"!\[|<img\b[^>\n]{0,2000}>?", re.IGNORECASE)
_TARGET: Final = re.compile(r"\([^)\n]{0,2000}\)?|\[[^\]\n]{0,500}\]")
_FOOTER: Final = re.compile(r"<!--\s*memsync:", re.IGNORECASE)
_MARKERS: Final = re.compile(
    r"(?:<{7}|>{7}|\|{7})(?: |$)|={7}$|@@ -?\d|@@ .{1,80} @@|diff --git |--- a?/|\+\+\+ "
    r"|\+(?:[-*>|]|#{1,6}) \S|-(?:\*|#{1,6}) \S|\\ No newline at end of file"
)


def unheard_of(view: Outline, old: Outline, source: Source) -> Iterator[str]:
    """The reasons to reject the cleaned reply for signs that neither memory nor note has."""
    text = "\n".join(view.lines)
    yield from _odd_characters(text, source)
    yield from _left_open(view, old, source)
    yield from _comments(view, old, source)
    yield from _images(_outside_code(view), source)
    titles = {heading.line for heading in view.headings}
    below = {n + 1 for n in titles if not view.lines[n].startswith("#")}
    for n, line in enumerate(view.lines):
        plain = line.strip()
        if not plain or n in below:
            continue
        if _MARKERS.match(plain) and not source.has_line(line):
            yield f"a mark of a diff or of a conflict: {shown(line)}"
        elif is_label(line) and not source.has_line(line):
            yield f"the request's own label: {shown(line)}"


def is_json(text: str) -> bool:
    """The reply is an object or a list and not the memory."""
    plain = text.strip()
    return plain[:1] in ("{", "[") and plain[-1:] in ("}", "]") and '"' in plain


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


def _left_open(view: Outline, old: Outline, source: Source) -> Iterator[str]:
    """A note may leave one open, and so may the old memory: then the reply may too."""
    if view.unclosed is None or old.unclosed is not None:
        return
    if all(outline(note, source.titles).unclosed is None for note in source.notes):
        yield f"a code fence or comment is left open: {shown(view.lines[view.unclosed])}"


def _comments(view: Outline, old: Outline, source: Source) -> Iterator[str]:
    text = "\n".join(view.lines)
    if _FOOTER.search(text) and not _FOOTER.search(source.text):
        yield "a forged memsync footer"
        return
    if "<!--" not in text:
        return
    brought = Counter(comments(_outside_code(view)))
    if brought <= Counter(comments("\n".join(old.lines))):
        return
    without = "\n".join(_without_spans(line) for line in source.text.split("\n"))
    known = Counter(comments(source.text)) | Counter(comments(without))
    spelled = {folded(comment) for comment in known}
    for comment, times in brought.items():
        if times > known[comment] and folded(comment) not in spelled:
            yield f"an HTML comment that nobody gave: {shown(comment)}"


def comments(text: str) -> Iterator[str]:
    """Each comment of a text; of one that nothing closes, its first line. The time grows with the
    text and no faster.
    """
    last = text.rfind("-->")
    at = text.find("<!--")
    while at >= 0:
        begun = at + len("<!--")
        if begun <= last:
            end = text.find("-->", begun) + len("-->")
        else:
            end = text.find("\n", begun)
        end = end if end >= 0 else len(text)
        yield text[at:end]
        at = text.find("<!--", end)


def _images(text: str, source: Source) -> Iterator[str]:
    """The first image that nobody gave; its description may be long, and may go over lines, but
    over no blank one. What stands inside of one that somebody gave, somebody gave, too.
    """
    closed = blank = done = 0  # each is sought once, however many images are open before it
    for match in _IMAGE.finditer(text):
        if match.end() <= done:
            continue
        end = match.end() - 1
        if match[0] == "![":
            closed = _next("]", text, match.end(), closed)
            blank = _next("\n\n", text, match.end(), blank)
            if closed == len(text) or blank < closed:
                continue
            end = closed
        target = _TARGET.match(text, end + 1)
        done = target.end() if target else end + 1
        image = text[match.start() : done]
        if not source.holds(image):
            yield f"an image that nobody gave: {shown(image)}"
            return


def _next(mark: str, text: str, start: int, known: int) -> int:
    """Where the next such mark from `start` on stands; the length of the text where none does.
    `known`: the answer for a place before.
    """
    if known >= start:
        return known
    at = text.find(mark, start)
    return at if at >= 0 else len(text)


def _outside_code(view: Outline) -> str:
    """The text with what stands in code fences and code spans left out."""
    return "\n".join(
        "" if n in view.code else _without_spans(line) for n, line in enumerate(view.lines)
    )


def _without_spans(line: str) -> str:
    """The line with a space for each code span."""
    if "`" not in line:
        return line
    out, done = [], 0
    for start, end in code_spans(line)[0]:
        out.append(line[done:start])
        done = end
    return " ".join([*out, line[done:]])

"""Reject what no memory holds: chat, elisions, markers, labels, tags, comments, images, bad characters.

Every rule looks only at what the reply brought: a text of the old memory or of a note is never a reason.
Knows: what replies go wrong with. Must not know: headings, constraints.
"""
from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

from memsync.guard.words import Source, shown, words
from memsync.markdown import Outline, code_spans, outline

_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FLAG: Final = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")
_ODD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff\U000e0000-\U000e0fff]"
)

_COMMENT: Final = re.compile(r"<!--(?:(?!-->).)*-->|<!--[^\n]*", re.DOTALL)
_IMAGE: Final = re.compile(
    r"!\[[^\]\n]{0,500}\](?:\([^)\n]{0,2000}\)?|\[[^\]\n]{0,500}\])?|<img\b[^>\n]{0,2000}>?", re.IGNORECASE
)
_FOOTER: Final = re.compile(r"<!--\s*memsync:", re.IGNORECASE)
_TAG: Final = re.compile(
    r"</?(?:\w{1,20}:)?(?:think|thinking|reasoning|scratchpad|analysis|reflection|function_calls|invoke|parameter"
    r"|antml|tool_use|tool_calls?|tool_result|tool_code|answer|system-reminder|artifact|document_content|file_content"
    r"|global_memory|updated_memory|memory_file|updated_file|updated_content|session_notes|current_memory)"
    r"(?:\s[^<>]{0,200})?/?>|<\|[\w ]{1,30}\|>|</(?:memory|document|content|file|notes|output|response|result)>"
    r"|^\s*<(?:memory|document|content|file|notes|output|response|result)>\s*$",
    re.IGNORECASE,
)

_LABELS: Final = re.compile(
    r"(?:CURRENT GLOBAL MEMORY|SESSION NOTES|UPDATED GLOBAL MEMORY)\b|(?i:(?:current|updated) global memory|session notes):"
    r"\s*$|The user edited the memory by hand: lines with"
)
_MARKERS: Final = re.compile(
    r"(?:<{7}|>{7}|\|{7})(?: |$)|@@ -?\d|@@ .* @@|diff --git |index [0-9a-f]{7,}\.\.|--- a?/|\+\+\+ |--- \S+\.md\b"
    r"|\+(?:[-*>|]|#{1,6}) \S|-(?:\*|#{1,6}) \S|\\ No newline at end of file"
)

_LEFT: Final = (
    r"(?:rest|remainder|remaining|existing|previous|everything else|unchanged|omitted|truncated|continues|snip"
    r"|unmodified|as is|brevity|same as|all other|other (?:sections?|entries|items|lines|content))"
)
_PART: Final = r"(?:content|contents|sections?|lines?|entries|items|text|memory|constraints|file|here|unchanged)"
_ELISIONS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\W*(?:\.{3,}|…|\[snip\]|<snip>|etc\.\.\.)\W*$",
        rf"(?:^\W*|\s)(?:\.{{3,}}|…)\s*[\[(]?[^.\n]{{0,40}}\b{_LEFT}\b",
        rf"[\[(<{{][^\])>}}\n]{{0,60}}\b{_LEFT}\b[^\])>}}\n]{{0,60}}(?:\.{{3}}|…)\s*[\])>}}]",
        r"\b(?:rest|remainder|remaining|everything else|all (?:the )?other|other|existing|previous|above|below)\b[^.\n]{0,60}"
        r"(?:\b(?:unchanged|omitted|unmodified|as[- ]is|as before|truncated|not shown)"
        r"|\b(?:remains?|stays?|is|are) (?:exactly )?the same)\b",
        rf"^\W*(?:(?:the|this|all|of|rest|other|remaining|everything|is|are|was|remains?|stays?|{_PART})\s+)*"
        r"(?:unchanged|no changes?(?: (?:to|in) this section| needed)?|same as (?:before|above)|as (?:before|above)"
        r"|(?:omitted|truncated)(?: for brevity)?)\W*$",
        r"^\W*[\[(][^)\]\n]*\b(?:unchanged|omitted|no changes?|same as before|as before|truncated)[)\]]\W*$",
        r"\b(?:omitted|truncated|shortened|abbreviated|skipped) for (?:brevity|length|space)\b",
        rf"^\W*(?:keep|insert|see|copy|include) (?:the |all |your )*(?:rest|remaining|existing|previous|original|other)"
        rf"(?: \w+){{0,2}} {_PART}\b",
        rf"[\[(<{{](?:the |all |your )*(?:existing|previous|original|remaining|rest of)(?: \w+){{0,3}} {_PART}\b"
        rf"[^\])}}>]*[\])}}>]",
    )
)

_DOING: Final = (
    r"(?:updated|merged|added|incorporated|integrated|preserved|kept|applied|reflected|removed|moved|demoted|made"
    r"|reviewed|included|left|noted|saved|recorded|folded|returned|combined)"
)
_CHAT_ANYWHERE: Final = re.compile(
    rf"\b(?:I|I've|I have|I'll|I will|we|we've) (?:have |also |then )?{_DOING}\b[^\n]*\b(?:memory|file|session notes|notes"
    r"|sections?|constraints|changes)\b"
    r"|\blet me know (?:if|whether|when) (?:you|there|this|that|any|anything|it)\b[^\n]*\b(?:like|want|need|else|changes?"
    r"|adjust\w*|further|questions?|help|look\w*|works?|prefer|edit\w*|more|wrong|missing|good)\b"
    r"|\b(?:hope|trust) (?:this|that|it) helps\b|\bis there anything else\b|\bas an AI (?:language )?(?:model|assistant)\b"
    r"|\bI(?: can't| cannot| can not| won't| will not| am unable to|'m unable to| am not able to|'m not able to) "
    r"(?:help with (?:that|this|the|your|merging|updating)|assist|comply|do (?:that|this|so)|fulfil|fulfill|continue with"
    r"|(?:process|complete|update|merge|edit|modify|return|store|include) (?:that|this|these|those|the|your|any))\b"
    r"|\bI'm sorry,? but\b|\bI apologi[sz]e\b",
    re.IGNORECASE,
)
_CHAT_PROSE: Final = re.compile(
    rf"^\W*(?:(?:key |main |summary of (?:the |all )?|list of )?(?:changes|updates|edits|modifications)(?: made| applied"
    r"| summary)?|what(?: has|'s)? changed|change ?log|summary|notes? on (?:the )?(?:changes|merge|update)|explanation)"
    rf"\W*$|^\W*(?:key |main |summary of (?:the )?)?(?:changes|updates|edits|modifications) (?:made|applied|include)\b"
    rf"|^\W*(?:here (?:is|are)|here's|below is|this is) (?:the|your|an?|what)\b[^\n]*\b(?:memory|file|version|update[sd]?"
    rf"|changes|content)\b"
    rf"|\b(?:memory|file|notes?|sections?|document|changes|content)\b[^\n]*\b(?:(?:has|have|had) been|was|were|is now|are now) "
    rf"(?:\w+ )?{_DOING}\b|^\W*{_DOING}\b[^\n]*\b(?:memory|file|notes?|sections?|session)\b"
    r"|^\W*(?:sure|certainly|of course|absolutely|okay|feel free to|please (?:let|note|review|confirm)|would you like"
    r"|do you want|want me to|shall I|should I|happy to|i'm happy to|i'd be happy|sorry)\b"
    r"|^\W*(?:note|nb|p\.?s\.?)\W{1,4}(?:I|the|no|all|this|some|since|as)\b",
    re.IGNORECASE,
)
_CHAT_HEADING: Final = re.compile(
    r"^(?:(?:key |main |summary of (?:the |all )?)(?:changes|updates|edits|modifications)|(?:changes|updates|edits"
    r"|modifications) (?:made|applied|summary)|what(?: has|'s)? changed|summary|merge summary|merge notes|notes? on (?:the )?"
    r"(?:changes|merge|update)|explanation|session notes)\W*$",
    re.IGNORECASE,
)


def foreign(view: Outline, source: Source, old: Outline) -> Iterator[str]:
    """The reasons to reject the cleaned reply for what it brought, each once."""
    text = "\n".join(view.lines)
    yield from _odd_characters(text, source)
    yield from _left_open(view, source, old)
    yield from _comments(view, source)
    yield from _new(_IMAGE, _outside_code(view), source, "an image that nobody gave")
    yield from _lines(view, source)


def refuses(text: str, source: Source) -> str | None:
    """What a reply is that does not begin as the memory begins, where that can be said."""
    start = text.lstrip()[:1]
    if start in "{[" and text.rstrip()[-1:] in "}]":
        return "the reply is JSON, not the memory"
    if re.match(r"(?:diff --git|--- |@@ |\*\*\* )", text.lstrip()):
        return "the reply is a diff, not the whole memory"
    match = _CHAT_ANYWHERE.search(text[:2000])
    if match and not source.holds(match[0]):
        return f"the reply talks instead of giving the memory: {shown(text)}"
    return None


def defanged(text: str, old: str) -> str:
    """The text with each line that would pass for memsync's footer made harmless, unless it is an old line."""
    if not _FOOTER.search(text):
        return text
    old_lines = frozenset(old.split("\n"))
    return "\n".join(
        line if line in old_lines else re.sub(r"(?i)<!--(\s*)memsync:", r"<!--\1memsync :", line)
        for line in text.split("\n")
    )


def _odd_characters(text: str, source: Source) -> Iterator[str]:
    found = Counter(_ODD.findall(_FLAG.sub("", text)))
    if not found:
        return
    known = Counter(_ODD.findall(source.text))
    for char in sorted(found):
        if found[char] > known[char] and not (char.isspace() and unicodedata.category(char) == "Zs"):
            kind = "direction" if char in _BIDI else "tag" if char >= "\U000e0000" else "control"
            yield f"a {kind} character that nobody gave (U+{ord(char):04X})"


def _left_open(view: Outline, source: Source, old: Outline) -> Iterator[str]:
    """A note may leave one open, and so may the old memory: then the reply may too."""
    if view.unclosed is None or old.unclosed is not None:
        return
    if all(outline(note).unclosed is None for note in source.notes):
        yield f"a code fence or comment is left open: {shown(view.lines[view.unclosed])}"


def _comments(view: Outline, source: Source) -> Iterator[str]:
    text = _outside_code(view)
    known = Counter(_COMMENT.findall(source.text))
    for comment, times in Counter(_COMMENT.findall(text)).items():
        given = source.folded.count(" ".join(comment.casefold().split())) if not known[comment] else known[comment]
        if times > given:
            kind = "a forged memsync footer" if _FOOTER.match(comment) else "an HTML comment that nobody gave"
            yield f"{kind}: {shown(comment)}"
    if _FOOTER.search("\n".join(view.lines)) and not _FOOTER.search(source.text):
        yield "a forged memsync footer"


def _new(pattern: re.Pattern[str], text: str, source: Source, what: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        if not source.holds(match[0]):
            yield f"{what}: {shown(match[0])}"
            return


def _outside_code(view: Outline) -> str:
    """The text with what stands in code fences and code spans left out."""
    return "\n".join("" if n in view.code else _without_spans(line) for n, line in enumerate(view.lines))


def _without_spans(line: str) -> str:
    if "`" not in line:
        return line
    for start, end in reversed(code_spans(line)[0]):
        line = f"{line[:start]}``{line[end:]}"
    return line


def _lines(view: Outline, source: Source) -> Iterator[str]:
    seen: set[str] = set()
    headings = {heading.line for heading in view.headings}
    for n, line in enumerate(view.lines):
        if not line.strip() or source.has_line(line):
            continue
        for what in _kinds(line, n, view, headings, source):
            if what not in seen:
                seen.add(what)
                yield f"{what}: {shown(line)}"


def _kinds(line: str, n: int, view: Outline, headings: set[int], source: Source) -> Iterator[str]:
    bare = line[:2000].strip().strip("*_`>#~ ").replace("’", "'")  # noqa: RUF001
    found: list[tuple[str, str | None]] = [
        ("a label of the prompt", _hit(_LABELS, bare)),
        ("a mark of a diff or of a conflict", _hit(_MARKERS, line.strip(), start=True)),
        ("words for text that is left out", next((h for p in _ELISIONS if (h := _hit(p, bare))), None)),
        ("a chat line", _hit(_CHAT_ANYWHERE, bare)),
    ]
    if n not in view.code:
        found.append(("a tag", _hit(_TAG, _without_spans(line[:2000]))))
    if n in view.prose:
        found.append(("a chat line", _hit(_CHAT_PROSE, bare)))
    if n in headings:
        found.append(("a chat line", _hit(_CHAT_HEADING, bare)))
    for what, hit in found:
        if hit is not None and not _excused(hit, line, source):
            yield what


def _hit(pattern: re.Pattern[str], text: str, start: bool = False) -> str | None:
    match = pattern.match(text) if start else pattern.search(text)
    return match[0] if match else None


def _excused(hit: str, line: str, source: Source) -> bool:
    """The suspicious words, or nearly the whole line, come from the old memory or from a note."""
    several = len(re.findall(r"\w+", hit)) > 1
    return (several and source.holds(hit.strip())) or (len(words(line)) > 2 and source.told(line, 0.75))

"""Claude Code takes `@path` in a memory as: load that file, without asking. So a new one is put out
of force.

Knows: where Claude Code sees an import (facts/claude-code.md, section 2). It reads Markdown in its
own way, so code protects only where no two readings differ; a token too many in backticks does no
harm. Must not know: verdicts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from string import punctuation
from typing import Final, Literal, NamedTuple

from memsync.memory.text.inline import code_spans
from memsync.memory.text.markdown import Outline, outline

_IMPORT: Final = re.compile(r"@[\w~./-](?:\\(?:\w| (?!@))|[^\s`\\*|<>\[\]]){0,1000}")
_AFTER: Final = ".,;:!?)}_~\"'"
_MARKUP: Final = frozenset("*_~[])>|`}\ufeff")  # what may begin or end a piece of markup
_PACKAGE: Final = re.compile(r"@[A-Za-z0-9-]+(?:/[a-z0-9-]+)?(?:@[\w.^~-]+)?(?=[\s`]|$)")
_CELL_END: Final = re.compile(r"(?<!\\)\|")
_LINE_END: Final = re.compile(r"\n")
_OWN_LINE: Final = re.compile(r"\s|[-*+>]|\d+[.)]")
_TAIL: Final = re.compile(r"-->\s*\S")
_INDENTED: Final = re.compile(r" {4}| {0,3}\t")
_FENCE: Final = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+)?(`{3,}|~{3,})")
_BARE_FENCE: Final = re.compile(r"\s*(?:`{3}|~{3})[`~\s]*")
_ODD_LABEL: Final = re.compile(r"[\s>*+-]*\[(?!(?:[^\]`]|`[^`\]]+`)*\])[^\]]*\]:")
_ODD: Final = re.compile(r"\s*(?:[>|<]|(?:[-*+]|\d+[.)])(?:\s*$|\s+(?:[-*+>]|\d+[.)])))")
_EATS_TICKS: Final = re.compile(  # markup that may hold a backtick, which then pairs with none
    r"\]\((?!(?:[^\s()`]|\([^\s()`]*\))*\))|<[A-Za-z][^<>`\"']*[\"'][^<>`]*`"
    r"|<[a-z][\w+.-]*:[^\s<>`]*`|<[!?]|\\`"
)
Kind = Literal["prose", "row", "code", "other"]


class _Stretch(NamedTuple):
    """Lines whose code spans may pair together. `prose`: in no list and no quote; `row`: rows of
    such a table.

    `code`: a line that may be text to Claude Code, as in a list; `other`: of a list, a quote or
    HTML.
    """

    start: int
    text: str
    kind: Kind


class Import(NamedTuple):
    """A bare import: where it stands, the token, and whether backticks round it pair with each
    other for sure.
    """

    line: int
    at: int
    token: str
    quotable: bool


def wrapped(text: str, old: Outline, *, plainly: bool = False) -> tuple[str, list[str]]:
    """The text with each bare import that the old memory has not bare out of force, and those
    imports. `plainly`: how the text is read (see `outline`).
    """
    known = {one.token for one in bare(old)}
    view = outline(text, plainly=plainly)
    lines = list(view.lines)
    done: list[str] = []
    for number, at, token, quotable in reversed(list(bare(view))):
        if token not in known:
            line = lines[number]
            safe = f"`{token}`{line[at + len(token) :]}" if quotable else f"\\{line[at:]}"
            lines[number] = line[:at] + safe
            done.append(token)
    return "\n".join(lines), done[::-1]


def bare(view: Outline) -> Iterator[Import]:
    """Each token that Claude Code may take as an import, in order."""
    if not any("@" in line for line in view.lines):
        return
    odd = _is_odd(view)
    for run in _runs(view, odd):
        ragged = odd or any(_is_ragged(stretch) for stretch in run)
        for stretch in run:
            ends = list(accumulate(len(line) + 1 for line in stretch.text.split("\n")))
            for at, token, quotable in _tokens(stretch, ragged):
                row = bisect_right(ends, at)
                yield Import(
                    stretch.start + row, at - (ends[row - 1] if row else 0), token, quotable
                )


def _tokens(stretch: _Stretch, ragged: bool) -> Iterator[tuple[int, str, bool]]:
    text, kind = stretch.text, stretch.kind
    spans = code_spans(text)[0]
    frail = ragged or _eats_ticks(text + " `")
    done = 0
    for at in (sign.start() for sign in re.finditer("@", text)):
        match = _IMPORT.match(text, at) if at >= done and _begins(text, at) else None
        token = match[0].rstrip(_AFTER) if match is not None else ""
        if len(token) < 2:
            continue
        n = bisect_right(spans, (at, at)) - 1
        inside = kind == "code" or (n >= 0 and at < spans[n][1])
        trusted = kind in ("prose", "row") or (
            kind == "other" and at > 0 and not text[at - 1].isspace()
        )
        if inside and not ragged and (trusted or _PACKAGE.match(text, at)):
            continue
        end = at + len(token)
        beside = text[at - 1 : at] in ("`", "\\") or text[end : end + 1] == "`"
        quotable = not (inside or frail or beside)
        done = end if quotable else at
        yield at, token, quotable


def _is_ragged(stretch: _Stretch) -> bool:
    """Whether a backtick in it pairs with none, or with one that Claude Code may pair in another
    way.
    """
    text = stretch.text
    if "`" not in text:
        return False
    split = (
        [text]
        if stretch.kind == "prose"
        else (_CELL_END if stretch.kind == "row" else _LINE_END).split(text)
    )
    return any(code_spans(one)[1] for one in split) or _eats_ticks(text)


def _eats_ticks(text: str) -> bool:
    """Whether Claude Code may take a backtick into a link, a tag or a comment, or emphasis out of a
    code span.
    """
    double = "``" in text and ("*" in text or "_" in text)
    return double or _EATS_TICKS.search(text[: text.rfind("`") + 1]) is not None


def _begins(text: str, at: int) -> bool:
    """Whether Claude Code may begin a new piece of text here: after a space, markup, or an escaped
    character.
    """
    if at == 0 or text[at - 1].isspace() or text[at - 1] in _MARKUP:
        return True
    start = at - 1
    while start > 0 and text[start - 1] == "\\":
        start -= 1
    escapes = at - 1 - start
    return text[at - 1] in punctuation and escapes % 2 == 1


def _is_odd(view: Outline) -> bool:
    """Whether Claude Code may read the whole text in another way: its front matter, a fence, a
    link's label.
    """
    first, *rest = view.lines
    if first.rstrip() == "---" and any("---" in line for line in rest):
        top = rest[: view.front - 1] if view.front else []
        if not top or top[-1].rstrip() != "---" or any("---" in line for line in top[:-1]):
            return True
    return any(
        _ODD_LABEL.match(line) or (_BARE_FENCE.fullmatch(line) and len(set(line.strip(" "))) > 1)
        for line in view.lines
    )


def _runs(view: Outline, odd: bool) -> Iterator[list[_Stretch]]:
    """The stretches between two blank lines: no code span reaches further."""
    run: list[_Stretch] = []
    for stretch in _stretches(view, odd):
        if stretch.text.strip(" "):
            run.append(stretch)
        elif run:
            yield run
            run = []
    yield run


def _stretches(view: Outline, odd: bool) -> Iterator[_Stretch]:
    units = {unit.start: unit for unit in view.units}
    plain = _plain(view)
    hidden = set() if odd else _hidden(view, plain)
    n = 0
    while n < len(view.lines):
        unit, line = units.get(n), view.lines[n]
        end = max(unit.end, n + 1) if unit is not None else n + 1
        kind: Kind = "code" if n in view.code else "other"
        if unit is not None and unit.cells:
            while (
                view.lines[end : end + 1]
                and view.lines[end].strip()
                and (end in units or end + 1 in units)
            ):
                end += 1
            kind = "row"
        elif n in plain:
            kind = "prose"
        if _OWN_LINE.match(line) and kind != "code":
            kind = "other"
        if n not in hidden:
            yield _Stretch(n, "\n".join(view.lines[n:end]), kind)
        n = end


def _plain(view: Outline) -> set[int]:
    """The lines of headings and paragraphs that no list above them can take in."""
    found: set[int] = set()
    titles = {heading.line for heading in view.headings}
    for n, line in enumerate(view.lines):
        above = view.lines[n - 1].strip(" ") if n > 0 else ""
        if (n in titles or n in view.prose) and (
            line.startswith("#") or not above or n - 1 in found
        ):
            found.add(n)
    return found


def _hidden(view: Outline, plain: set[int]) -> set[int]:
    """The lines that are code or a comment in every reading."""
    found: set[int] = set()
    # Above stands no list, quote or HTML, in which indented lines may be text; or no odd one
    sure = tame = True
    n = 0
    while n < len(view.lines):
        end, line = n + 1, view.lines[n]
        if n in view.comments:
            while end in view.comments and not view.lines[end].startswith("<!--"):
                end += 1
            ended = any(_TAIL.search(one) for one in view.lines[n:end])
            if line.startswith("<!--") and view.unclosed != n and not ended:
                found.update(range(n, end))
            else:
                sure = tame = False
        elif n in view.code and sure and _INDENTED.match(line):
            found.add(n)
        elif n in view.code and (fence := _FENCE.match(line)):
            close = re.compile(rf"\s*{fence[1]}{fence[1][0]}*\s*")
            while end in view.code and not close.fullmatch(view.lines[end]):
                end += 1
            closed = end in view.code
            end += closed
            sure = sure and line.lstrip()[0] in "`~"  # else it begins a list
            if sure or (tame and closed):
                found.update(range(n + ("@" in line), end))
        elif line.strip(" "):  # a tab alone is no blank line to Claude Code
            sure = n in plain
            tame = sure or (tame and not _ODD.match(line))
        n = end
    return found

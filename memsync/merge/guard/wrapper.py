"""What a reply puts round the file: fences, tags, thoughts, words before it and behind it.

Knows: where the memory's first line stands. Must not know: what a whole memory needs to have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from memsync.memory.text.markdown import outline
from memsync.memory.text.rewordings import stems
from memsync.memory.text.words import (
    first_line,
    key,
    says_all,
    sentences,
    shown,
    total,
    weight,
    words,
)
from memsync.merge.guard.known import Known
from memsync.merge.guard.provenance import ENOUGH
from memsync.merge.guard.source import Source

FENCE: Final = re.compile(r"\s{0,3}(`{3,}|~{3,})([^`]*)")
_TAG: Final = re.compile(r"\s*<([A-Za-z][\w:-]{0,40})(?:\s[^<>\n]{0,200})?>\s*")
_THOUGHT: Final = re.compile(r"\A\s*<([\w:-]{1,40})>.*?</\1>\s*", re.DOTALL)
_MOST_BEFORE: Final = 60  # lines before the file that are looked at
_NEAR: Final = 5  # lines below a first line that was changed
_MOST_BEHIND: Final = 50  # lines at the end that may be chat
_MOST_ROUND: Final = 500  # lines before or behind the file
_COMPARED: Final = 50  # other lines
_MOST_ENDS: Final = 20  # fences that may be the one that ends the file
_MOST_LAYERS: Final = 3
_THIRD: Final = 1 / 3  # of the words of a line: less is chat that happens to share one
_PROSE: Final = re.compile(r"(?![-*+•|>]\s|\d{1,9}[.)]\s|\s{2}|#)")
_LEVEL: Final = re.compile(r"#{1,6} ")
_SIGNS: Final = re.compile(r"[<>]|!\[")  # of markup, which is no chat and is looked at
_NOBODY: Final = "left out, as nobody said it"
_RULE: Final = re.compile(r"\s*(?:-\s*){3,}|\s*(?:\*\s*){3,}")


def unwrapped(text: str, source: Source) -> tuple[str, list[str]]:
    """The file in a text, and what is to be told of what stood round it."""
    first = key(first_line(source.old))
    if not first:
        return _without_fences(text)
    repairs: list[str] = []
    for _ in range(_MOST_LAYERS):
        thought = None if key(first_line(text)) == first else _thought(text, first, source)
        if not thought:
            break
        repairs.append(_told("before", thought))
        text = text[len(thought) :]
    found = _found(text, first, source)
    if found is None:
        text, more = _without_fences(text)
        return text, [*repairs, *more]
    if found.before.strip():
        repairs.append(_told("before", found.before))
    if found.wrapped:
        repairs.append("code fence round the file taken away")
    if found.behind.strip():
        repairs.append(_told("behind", found.behind))
    return found.text, repairs


def _told(where: str, text: str) -> str:
    return f"words {where} the file taken away: {shown(text)}"


class _Found(NamedTuple):
    text: str
    before: str
    wrapped: bool
    behind: str = ""


def _thought(text: str, first: str, source: Source) -> str | None:
    """A closed block of tags at the beginning that is not round the file."""
    match = _THOUGHT.match(text)
    if match is None or f"<{match[1]}>" in source.text:
        return None
    inside = any(key(line) == first for line in match[0].split("\n"))
    rest = text[match.end() :].split("\n")
    goes_on = any(_is_old(line, source) for line in rest)
    inner = match[0].split("\n")[1:-1]
    holds = [line for line in inner if line.strip() and not _is_old(line, source)]
    if inside or not goes_on or _tell_more(holds, rest, source):
        return None
    return match[0]


def _tell_more(thoughts: Sequence[str], file: Sequence[str], source: Source) -> bool:
    """Whether one of some thoughts is a line of a note, or a sentence of it has a longer word or a
    name of one that no new line of the file has: one thought may be about several lines.
    """
    if len(thoughts) > _MOST_ROUND:
        return True
    fresh = "\n".join(source.known.lacks(file))
    for part in (part for line in thoughts for part in sentences(line)):
        held, found = source.best(words(part)).held, frozenset(words(part))
        telling = [word for word in held if weight(word) >= 1 or source.is_name(word)]
        said = 2 * total(held) >= total(found) and not says_all(telling, fresh)
        if said or (source.has_line(part) and not says_all(found, fresh)):
            return True
    return False


def _found(text: str, first: str, source: Source) -> _Found | None:
    """The text from the memory's first line on, up to the end of what is opened right before it.

    None when there is no such line, or when somebody said what stands before it.
    """
    lines = text.split("\n")
    at = _first(lines, first, source)
    if at is None:
        return None
    head, rest = lines[:at], lines[at:]
    opened: list[str] = []
    while head and (not head[-1].strip() or _opens(head[-1], source)):
        line = head.pop()
        if line.strip():
            opened.append(line.strip())
    if _are_somebodys(head, rest, source):
        return None
    behind: list[str] = []
    for line in reversed(opened):  # the outermost first
        inner = _up_to_the_end(rest, line)
        if inner is None:
            return None
        behind = [*rest[len(inner) + 1 :], *behind]
        if _are_somebodys(behind, inner, source):
            return None
        rest = inner
    ruled = bool(head) and head[-1].strip() == "---" and not opened
    if ruled and not source.old.rstrip().endswith("\n---"):
        rest = "\n".join(rest).rstrip().removesuffix("\n---").split("\n")
    body = "\n".join(rest).strip("\n") if opened else "\n".join(rest)
    return _Found(body, "\n".join(head), bool(opened), "\n".join(behind))


def _first(lines: Sequence[str], first: str, source: Source) -> int | None:
    """Where the memory's first line is, or what a note made of it: a heading of its level, or the
    line behind a fence or a tag, that lines of the memory follow; of a memory of one line that
    line alone, reworded.
    """
    before = lines[:_MOST_BEFORE]
    at = next((n for n, line in enumerate(before) if key(line) == first), None)
    if at is not None:
        return at
    level = _LEVEL.match(first_line(source.old))
    alone = _rewordings(lines, source) if "\n" not in source.old.strip() else []
    opened = False
    for n, line in enumerate(before):
        heads = level is not None and line.startswith(level[0])
        if heads or (opened and line.strip() and not _opens(line, source)):
            below = lines[n + 1 : n + 1 + _NEAR]
            if any(_is_old(one, source) for one in below):
                return n
            if not heads and alone == [line]:
                return n
        opened = _opens(line, source) or (opened and not line.strip())
    return None


def _rewordings(lines: Sequence[str], source: Source) -> list[str]:
    """The lines with half of the words of the memory's first one."""
    wanted = stems(first_line(source.old))
    return [line for line in lines if total(stems(line) & wanted) >= max(ENOUGH * total(wanted), 1)]


def _opens(line: str, source: Source) -> bool:
    """A fence, or a tag that neither the memory nor a note has."""
    tag = _TAG.fullmatch(line)
    return FENCE.fullmatch(line) is not None or (
        tag is not None and f"<{tag[1]}" not in source.text
    )


def _up_to_the_end(lines: list[str], opening: str) -> list[str] | None:
    """The lines up to the one that closes what was opened; None where nothing does."""
    mark = FENCE.fullmatch(opening)
    name = "" if mark else opening[1:].partition(">")[0].split()[0]
    tries = 0
    for n in range(len(lines) - 1, -1, -1):
        line = lines[n].strip()
        if mark is None and line == f"</{name}>":
            return lines[:n]
        if mark is not None and _closes(line, mark[1]):
            tries += 1
            if outline("\n".join(lines[:n])).unclosed is None:
                return lines[:n]
        if tries > _MOST_ENDS:
            break
    return None


def _closes(line: str, mark: str) -> bool:
    return len(line) >= len(mark) and not line.strip(mark[0])


def _is_old(line: str, source: Source) -> bool:
    """The line says something, and the memory has it; every text may have the same fences."""
    return bool(words(line)) and not FENCE.fullmatch(line) and source.known.has(line)


def _are_somebodys(lines: Sequence[str], file: Sequence[str], source: Source) -> bool:
    """Whether one of some lines round a file is somebody's; of very many, nobody looks at all."""
    said = [line for line in lines if line.strip()]
    if not said:
        return False
    fresh = source.known.lacks(file)[:_COMPARED]
    return len(said) > _MOST_ROUND or any(_is_somebodys(line, fresh, source) for line in said)


def _is_somebodys(line: str, fresh: Sequence[str], source: Source) -> bool:
    """The line stands in the memory or in a note, or half of its words are those of a note, and no
    line that is new in the file says them: a reply likes to say what it did.
    """
    if _RULE.fullmatch(line) or FENCE.fullmatch(line):
        return False
    if _is_old(line, source) or _TAG.fullmatch(line):  # a tag that nobody had opens the file
        return True
    found = words(line)
    held = source.best(found).held
    said = total(held)
    if not source.has_line(line) and (not said or 2 * said < total(frozenset(found))):
        return False
    return not (held and any(says_all(held, other) for other in fresh))


def without_closing(text: str, source: Source) -> tuple[str, list[str]]:
    """A text whose constraints do not end in chat: from a line of prose on, if neither that line
    nor one behind it is anybody's. Elsewhere chat is found line by line; here it would be read as
    constraints.
    """
    lines = text.split("\n")
    begin = _closing(lines, source)
    if begin is None:
        return text, []
    view = source.outline(text)
    inside = any(section.start < begin < section.end for section in view.sections)
    if not inside or begin in view.code or _SIGNS.search("\n".join(lines[begin:])):
        return text, []
    while begin and (not lines[begin - 1].strip() or _RULE.fullmatch(lines[begin - 1])):
        begin -= 1
    return "\n".join(lines[:begin]), [f"{_NOBODY}: {shown(' '.join(lines[begin:]).strip())}"]


def _closing(lines: Sequence[str], source: Source) -> int | None:
    """The first line of prose that nobody said and behind which nobody said anything."""
    begin = None
    missing = Known(lines).lacks(source.old.split("\n"))[-_COMPARED:]
    fresh = source.known.lacks(lines)[:_COMPARED]
    for n in range(len(lines) - 1, max(len(lines) - _MOST_BEHIND, 0), -1):
        if not words(lines[n]) or FENCE.fullmatch(lines[n]):
            continue
        shared = _shared(lines[n], fresh, missing, source)
        if shared >= ENOUGH:
            break
        if shared < _THIRD and _PROSE.match(lines[n]):
            begin = n
    return begin


def _shared(line: str, fresh: Sequence[str], missing: Sequence[str], source: Source) -> float:
    """How much of a line is the memory's, one of whose lines may be `missing`, or a note's: from 0
    to 1; 0 where it only says again what another new line says.
    """
    if source.has_line(line):
        return 1.0
    found = frozenset(words(line))
    held = source.best(found).held
    if any(says_all(held, other) for other in fresh if other != line):
        held = frozenset()
    names = stems(line)
    old = max((total(names & stems(other)) for other in missing), default=0.0)
    return max(total(held) / total(found), old / total(names))


def _without_fences(text: str) -> tuple[str, list[str]]:
    repairs: list[str] = []
    for _ in range(_MOST_LAYERS):
        inner = _without_fence(text)
        if inner is None:
            break
        text = inner
        repairs.append("code fence round the file taken away")
    return text, repairs


def _without_fence(text: str) -> str | None:
    lines = text.strip().split("\n")
    opening = FENCE.fullmatch(lines[0])
    if opening is None or len(lines) < 3 or not _closes(lines[-1].strip(), opening[1]):
        return None
    return "\n".join(lines[1:-1]).strip("\n")

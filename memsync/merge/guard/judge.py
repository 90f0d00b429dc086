"""The verdict on a reply: the rules in their order, and the repairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from memsync.memory.text.imports import wrapped
from memsync.memory.text.markdown import Outline, outline
from memsync.memory.text.words import Source, key, shown
from memsync.merge.guard.clean import clean, means_unchanged
from memsync.merge.guard.doubts import doubts, last_line, lost_edits, thinned
from memsync.merge.guard.foreign import defanged, doubtful_closing, foreign, refuses
from memsync.merge.guard.lines import Account, account, frame, restored
from memsync.merge.guard.repeats import elsewhere, repeated
from memsync.merge.guard.shape import Matched, match_headings, misshapen, too_long, wrong_start
from memsync.merge.guard.splice import in_force, splice

_REASONS: Final = 8  # that a person is told


class Verdict(NamedTuple):
    """What may become of a reply.

    body: what would be written: repaired, LF, one newline at its end; empty on reject, `old` on
    unchanged. reasons: why it is an ask or a reject. repairs: what was repaired. Plain lines for a
    person. gone: old lines that are gone. reworded: old lines that are there in other words, each
    with its new line.
    """

    kind: Literal["accept", "unchanged", "ask", "reject"]
    body: str
    reasons: tuple[str, ...]
    repairs: tuple[str, ...]
    gone: tuple[str, ...]
    reworded: tuple[tuple[str, str], ...]


class _Repaired(NamedTuple):
    view: Outline
    text: str
    repairs: tuple[str, ...]
    reasons: tuple[str, ...]


def judge(
    old: str,
    reply: str,
    notes: Sequence[str],
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> Verdict:
    """Decide about a reply to: merge these notes into the memory `old` (LF, without footer).

    A pure function. Whatever it lets through holds every constraint of `old`, byte for byte, as
    often and in the same order, except what a hand edit (`removed`) took out. What stands in `old`
    or in a note is never a reason to reject.
    """
    source = Source(old, notes, added)
    excess = too_long(old, reply.strip().replace("\r\n", "\n"), source)
    if excess is not None:
        return _rejected([excess])
    cleaned = clean(reply, source)
    if not cleaned.text.strip():
        return (
            _rejected(["the reply is empty"])
            if old.strip() or not reply.strip()
            else _unchanged(old, ())
        )
    before = outline(old)
    if cleaned.text.strip() == old.strip() or means_unchanged(cleaned.text):
        return _settled(
            old, old, Account((), ()), cleaned.repairs, list(lost_edits(added, before, before))
        )
    hand = frozenset(key(line) for line in removed)
    view = outline(cleaned.text)
    matched = match_headings(before, view)
    found = foreign(view, source, before, hand)
    reasons = [
        *_no_start(view, source, hand),
        *found.rejects,
        *misshapen(before, view, matched, source),
    ]
    if reasons:
        return _rejected(reasons)
    repaired = _repair(before, view, matched, source, hand)
    if isinstance(repaired, str):
        return _rejected([repaired])
    told = account(before, repaired.view, source, hand)
    final = match_headings(before, repaired.view)
    end = last_line(before, view, told, hand)
    reasons = [*repaired.reasons, *found.asks, *doubts(before, repaired.view, final, told, source)]
    reasons += [
        f"a line stands in one more place: {shown(line)}"
        for line in elsewhere(before, repaired.view, source)
    ]
    reasons += [*([end] if end else []), *doubtful_closing(repaired.view, before, source)]
    reasons += [
        *thinned(before, repaired.view, told, hand),
        *lost_edits(added, repaired.view, before),
    ]
    return _settled(old, repaired.text, told, cleaned.repairs + repaired.repairs, reasons)


def _no_start(view: Outline, source: Source, removed: frozenset[str]) -> list[str]:
    """Why the cleaned reply does not begin as the memory does, and what it is instead."""
    text = "\n".join(view.lines)
    start = wrong_start(source.old, text, source, removed)
    return [reason for reason in (refuses(text, source) if start else None, start) if reason]


def _repair(
    old: Outline, view: Outline, matched: Matched, source: Source, removed: frozenset[str]
) -> _Repaired | str:
    """The repaired reply, or why it cannot be a memory after all."""
    spliced = splice(old, view, matched, source, removed)
    if spliced is None:
        return "the constraints section has no place in the reply"
    whole = outline(_with_front_matter(old, spliced.text))
    text, dressed = restored(old, whole, source)
    if frame(outline(text)) != frame(whole):
        text, dressed = "\n".join(whole.lines), 0
    text, imports = wrapped(defanged(text, source.old), old)
    text = _ended(text)
    final = outline(text)
    repairs = list(spliced.repairs)
    if dressed:
        repairs.append(f"{dressed} line{'s' if dressed > 1 else ''} spelled as before")
    disarmed = "put into backticks or behind a backslash, so that it is not loaded as a file"
    repairs += [f"{shown(token)} {disarmed}" for token in imports]
    if not in_force(text, spliced.expected):
        return "the constraints could not be kept as they are"
    again = repeated(old, final, source)
    if again is not None:
        return f"a line is repeated: {shown(again)}"
    if _halved(old, text, removed):
        return (
            f"the reply has {len(text.encode()):,} bytes of {len(source.old.encode()):,}, less "
            "than half"
        )
    return _Repaired(final, text, tuple(repairs), spliced.reasons)


def _settled(
    old: str, text: str, told: Account, repairs: tuple[str, ...], reasons: list[str]
) -> Verdict:
    body = old if text.strip() == old.strip() else text
    if body == old and not reasons:
        return _unchanged(old, repairs)
    kept = tuple(dict.fromkeys(reasons))[:_REASONS]
    kind: Literal["ask", "accept"] = "ask" if reasons else "accept"
    return Verdict(kind, body, kept, repairs, told.gone, told.reworded)


def _unchanged(old: str, repairs: tuple[str, ...]) -> Verdict:
    return Verdict("unchanged", old, (), repairs, (), ())


def _rejected(reasons: list[str]) -> Verdict:
    return Verdict("reject", "", tuple(dict.fromkeys(reasons))[:_REASONS], (), (), ())


def _with_front_matter(old: Outline, text: str) -> str:
    """Front matter is not Claude's to change: Claude Code does not even read it."""
    now = outline(text).front if old.front else 0
    return "\n".join((*old.lines[: old.front], *text.split("\n")[now:])) if now else text


def _halved(old: Outline, text: str, removed: frozenset[str]) -> bool:
    left = [
        line
        for n, line in enumerate(old.lines)
        if n not in old.placeholders and key(line) not in removed
    ]
    return 2 * len(text.encode()) < len("\n".join(left).strip().encode())


def _ended(text: str) -> str:
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines) + "\n"

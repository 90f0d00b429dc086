"""The verdict on a reply: deny by default, by provenance (design.md, section 5), in this order.

A line enters the memory when somebody said it: the old memory, a note of this merge, or an old
line together with one sentence of a note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from memsync.memory.text.imports import wrapped
from memsync.memory.text.markdown import Outline, remember
from memsync.memory.text.words import key, shown
from memsync.merge.guard.account import Line, account, cut_short, left_out, still_there
from memsync.merge.guard.broken import lacks_end
from memsync.merge.guard.clean import Cleaned, clean, means_unchanged
from memsync.merge.guard.doubts import (
    Case,
    doubts_of_the_whole,
    left_pending,
    lost_edits,
    unheard,
    untold,
)
from memsync.merge.guard.dress import frame, restored, with_front_matter
from memsync.merge.guard.frame import halved, match_headings, misshapen, rewritten, too_long
from memsync.merge.guard.losses import settle
from memsync.merge.guard.marks import defanged, is_json, unheard_of
from memsync.merge.guard.parts import changed_parts
from memsync.merge.guard.plan import Cut, Doubt
from memsync.merge.guard.provenance import compare
from memsync.merge.guard.sentences import Sentence
from memsync.merge.guard.source import Source
from memsync.merge.guard.splice import Spliced, in_force, splice

_REASONS: Final = 8  # that a person is told
Kind = Literal["accept", "unchanged", "ask", "reject"]


class Question(NamedTuple):
    """What a person is asked, ready to be shown. yes, no: what each answer does.

    differences: the lines concerned, first those that no note speaks of.
    """

    what: str
    differences: tuple[Line, ...]
    yes: str
    no: str


class Verdict(NamedTuple):
    """What may become of a reply.

    body: what would be written: repaired, LF, one newline at its end; empty on reject, `old` on
    unchanged. reasons: why it is an ask or a reject. repairs: what was repaired. Plain lines for a
    person. gone: old lines that are gone. reworded: old lines that are there in other words, each
    with its new line.

    account: who said each line of the body (account.told and account.explained word it).
    new_constraints: as they stand in it. left_out: sentences of notes of which no line of the body
    has half, or that lost a number or code; they may be chatter. still_there: old lines with a word
    that went from two others. unsaid: the reasons about what nobody said; a yes that
    stands for losses only (`--yes`) does not answer them. leaves_pending: the notes, by index,
    whose words the body does not hold; they must stay pending, whatever the answer.
    """

    kind: Kind
    body: str
    reasons: tuple[str, ...]
    repairs: tuple[str, ...]
    gone: tuple[str, ...]
    reworded: tuple[tuple[str, str], ...]
    account: tuple[Line, ...] = ()
    new_constraints: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    leaves_pending: frozenset[int] = frozenset()
    still_there: tuple[str, ...] = ()

    @property
    def question(self) -> Question | None:
        """The question of an ask; None for every other verdict."""
        if self.kind != "ask":
            return None
        changed = [line for line in self.account if line.kind not in ("kept", "moved")]
        changed.sort(key=lambda line: not line.unsaid)
        return Question("; ".join(self.reasons), tuple(changed), _YES, _NO)


_YES: Final = "the memory becomes this; memsync undo brings back what it was"
_NO: Final = "nothing changes; the notes stay pending and the reply is kept"


class _Repaired(NamedTuple):
    view: Outline
    spliced: Spliced
    repairs: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    cuts: tuple[Cut, ...]
    put_back: bool  # old lines that the reply dropped or changed stand there again
    dropped: bool  # some of them, it dropped


def judge(
    before: str,
    reply: str,
    notes: Sequence[str],
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    constraint_headings: Sequence[str] = (),
    days: Sequence[str] = (),
) -> Verdict:
    """Decide about a reply to: merge these notes into the memory `before` (LF, without footer).

    A pure function. `added`, `removed`: the lines of a hand edit in this merge.
    `constraint_headings`: the setting. `days`: when the notes were taken, "2026-11-22". Whatever it
    lets through holds every constraint of `before`, byte for byte, as often and in the same order,
    except what a hand edit (`removed`) took out. What stands in `before` or in a note is never a
    reason to reject.
    """
    source = Source(before, notes, added, tuple(constraint_headings), days)
    source.removes = bool(removed)
    excess = too_long(reply.strip().replace("\r\n", "\n"), source)
    if excess is not None:
        return _rejected([excess])
    cleaned = clean(reply, source)
    if not cleaned.text.strip():
        if before.strip() or not reply.strip():
            return _rejected(["the reply is empty"])
        return _unchanged(before, ())
    old = source.outline(before)
    case = Case(old, source, frozenset(map(key, removed)), tuple(added))
    if cleaned.text.strip() == before.strip() or means_unchanged(cleaned.text):
        lost = lost_edits(case, old)
        if not lost:
            return _unchanged(before, cleaned.repairs, _nothing_of(source))
        return Verdict("ask", before, lost, cleaned.repairs, (), ())
    return _of_what_changed(case, cleaned) or _decided(case, cleaned)


def _of_what_changed(case: Case, cleaned: Cleaned) -> Verdict | None:
    """The verdict on a very large memory, from the parts of it that the reply changed; None where
    that is neither a plain yes nor a question about what nobody said, or not all of the whole would
    be what it was.
    """
    old, source = case.old, case.source
    parts = changed_parts(old, _ended(cleaned.text), source)
    if parts is None:
        return None
    remember(old)  # which is not to be read again, plainly
    source.plainly = old.plainly  # another way to read it may find other headings and constraints
    before = source.outline(parts.before)
    verdict = _decided(case._replace(old=before), cleaned._replace(text=parts.reply))
    asks = verdict.kind == "ask" and verdict.reasons == verdict.unsaid
    each = parts.taken_apart(verdict.body) if asks or verdict.kind == "accept" else None
    whole = parts.outline_of_whole(old, each, source.outline) if each else None
    source.plainly = False
    if verdict.kind == "unchanged":
        return verdict
    lines = parts.account_of_whole(verdict.account, (*verdict.repairs, *verdict.reasons))
    if each is None or whole is None or lines is None:
        return None
    remember(whole)
    body = parts.whole(each)
    left = verdict.left_out  # of the part: the rest may hold it
    if left:
        left = _of_notes(lines, left_out(lines, body, source), body, source)
    still = still_there(lines, source)
    return verdict._replace(body=body, account=tuple(lines), left_out=left, still_there=still)


def _decided(case: Case, cleaned: Cleaned) -> Verdict:
    text = with_front_matter(case.old, cleaned.text, case.source)
    view = case.source.outline(_ended(text))
    repaired = _whole(case, view) or _repaired_for_good(case, view)
    if not isinstance(repaired, _Repaired):
        return _rejected(repaired)
    views = (view, repaired.view)
    lacking = any(lacks_end(compare(case.old, one, case.removed), case.old) for one in views)
    return _settled(case, repaired, cleaned, ends=not lacking)


def _whole(case: Case, view: Outline) -> list[str]:
    """Why the reply cannot be a whole memory."""
    old, source = case.old, case.source
    if is_json("\n".join(view.lines)) and not is_json(source.old):
        return ["the reply is JSON, not the memory"]
    strange = rewritten(old, view, source, case.removed)
    if strange is not None:
        return [strange]
    reasons = [*unheard_of(view, old, source)]
    reasons += misshapen(old, view, match_headings(old, view, source), source)
    excess = halved(old, view, source, case.removed)
    return [*reasons, *([excess] if excess else [])]


def _repaired_for_good(case: Case, view: Outline) -> _Repaired | list[str]:
    """Repaired, and looked at again as if it had come so: a line that was left out no longer parts
    others, one that came back stands beside what reworded it, or makes headings of the reply part
    of a block of HTML or code.
    """
    found = _repaired(case, view)
    if not isinstance(found, _Repaired):
        return found
    asked = bool(found.doubts or found.spliced.doubts)
    if not (found.cuts or found.put_back) or (asked and not _sunk(view, found.view)):
        return found
    again = _repaired(case, found.view)
    if not isinstance(again, _Repaired):
        return again
    told = tuple(dict.fromkeys((*found.spliced.told, *again.spliced.told)))
    return again._replace(
        spliced=again.spliced._replace(told=told),
        repairs=(*found.repairs, *again.repairs),
        doubts=(*found.doubts, *again.doubts),
        cuts=(*found.cuts, *again.cuts),
        put_back=found.put_back or again.put_back,
        dropped=found.dropped or again.dropped,
    )


def _sunk(view: Outline, repaired: Outline) -> bool:
    """Whether a heading of the reply is a line of the repaired text, and no heading there."""
    there = Counter(repaired.lines[heading.line] for heading in repaired.headings)
    lost = Counter(view.lines[heading.line] for heading in view.headings) - there
    return any(repaired.lines.count(line) > there[line] for line in lost)


def _repaired(case: Case, view: Outline) -> _Repaired | list[str]:
    """The repaired reply, or why it cannot be a memory after all."""
    old, source = case.old, case.source
    spliced = splice(old, view, match_headings(old, view, source), source, case.removed)
    if spliced is None:
        return ["the constraints section has no place in the reply"]
    whole = source.outline(_ended(with_front_matter(old, spliced.text, source)))
    settled, plan = settle(old, whole, source, case.removed, spliced.strays)
    rest = source.outline(_ended(settled))  # ended alike, so that equal texts are parsed once
    text, dressed = restored(old, rest, source)
    text = _ended(text)
    if frame(source.outline(text)) != frame(rest):
        text, dressed = settled, 0
    text, imports = wrapped(defanged(text, source.old), old, plainly=source.plainly)
    final = source.outline(_ended(text))
    repairs = [*spliced.repairs, *plan.repairs]
    if dressed:
        repairs.append(f"{dressed} line{'s' if dressed > 1 else ''} spelled as before")
    disarmed = "put into backticks or behind a backslash, so that it is not loaded as a file"
    repairs += [f"{shown(token)} {disarmed}" for token in imports]
    if not text.strip():
        return ["nothing is left of the memory"]
    if not in_force(final, spliced.expected):
        return ["the constraints could not be kept as they are"]
    excess = halved(old, final, source, case.removed)  # what was repaired is measured, too
    if excess is not None:
        return [excess]
    doubts = (*spliced.doubts, *plan.doubts)
    put_back = bool(spliced.repairs or plan.repairs)
    cuts = (*spliced.cuts, *plan.cuts)
    dropped = spliced.lost or bool(plan.back)
    return _Repaired(final, spliced, tuple(repairs), doubts, cuts, put_back, dropped)


def _settled(case: Case, repaired: _Repaired, cleaned: Cleaned, *, ends: bool) -> Verdict:
    """Accept or ask: the body, its account, and what is to be asked about it."""
    before = "\n".join(case.old.lines)
    body, lines = _accounted(case, repaired.view)
    repairs = tuple(dict.fromkeys((*cleaned.repairs, *repaired.repairs)))
    gone = tuple(line.text for line in lines if line.kind == "gone")
    reworded = tuple((was, line.text) for line in lines if line.was for was in line.was.split("\n"))
    left = left_out(lines, body, case.source) if body != before else ()
    pending = left_pending(case, repaired.cuts, lines, left)
    doubts = [*repaired.doubts, *doubts_of_the_whole(case, repaired.view, gone, reworded)]
    doubts += unheard(lines, case.source, doubts)
    if lines and (cleaned.in_word or not ends):
        cut = cut_short(lines, left, body, case.source, each=True)
        pending |= untold(case, lines, (*left, *cut), each=True)
    elif doubts or repaired.dropped or cleaned.broke_off:
        pending |= untold(case, lines, left)
    doubts += [
        Doubt(f"the memory does not hold what note {n + 1} says", False) for n in sorted(pending)
    ]
    reasons = tuple(dict.fromkeys(doubt.text for doubt in doubts))
    unsaid = tuple(dict.fromkeys(doubt.text for doubt in doubts if doubt.unsaid))
    if body == before and not reasons:
        return _as_before(case, repaired, repairs)
    if body == before and pending and len(reasons) == len(pending):
        return _rejected([f"nothing of it could be used: {reasons[0]}"])
    return Verdict(
        "ask" if reasons else "accept",
        body,
        reasons[:_REASONS],
        repairs,
        gone,
        reworded,
        lines,
        repaired.spliced.told,
        _of_notes(lines, left, body, case.source) if lines else (),
        unsaid[:_REASONS],
        frozenset(pending),
        still_there(lines, case.source),
    )


def _accounted(case: Case, view: Outline) -> tuple[str, tuple[Line, ...]]:
    """The new body and its account, which is empty where it says what the old one says."""
    body, before = "\n".join(view.lines), "\n".join(case.old.lines)
    if body.strip() == before.strip():
        return before, ()
    return body, account(case.old, view, case.source, case.removed)


def _of_notes(
    lines: Sequence[Line], left: Sequence[Sentence], body: str, source: Source
) -> tuple[str, ...]:
    """What of the notes is not in a body; what an edit says a person wrote there."""
    every = {s.at: s.text for s in left if s.note < source.given}
    every |= {s.at: s.text for s in cut_short(lines, left, body, source)}
    return tuple(text for _, text in sorted(every.items()))


def _as_before(case: Case, repaired: _Repaired, repairs: tuple[str, ...]) -> Verdict:
    """As before: a word for "nothing to merge", but not where only the repairs made it so."""
    told = {sentence.note for sentence in case.source.sentences if repaired.put_back}
    waiting = frozenset(note for note in told if note < case.source.given)
    left = _nothing_of(case.source)
    return _unchanged(case.source.old, repairs, left)._replace(leaves_pending=waiting)


def _unchanged(old: str, repairs: tuple[str, ...], left: tuple[str, ...] = ()) -> Verdict:
    return Verdict("unchanged", old, (), repairs, (), (), left_out=left)


def _nothing_of(source: Source) -> tuple[str, ...]:
    """What of the notes is not in the memory as it was."""
    return _of_notes((), left_out((), source.old, source), source.old, source)


def _rejected(reasons: Sequence[str]) -> Verdict:
    return Verdict("reject", "", tuple(dict.fromkeys(reasons))[:_REASONS], (), (), ())


def _ended(text: str) -> str:
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines) + "\n"

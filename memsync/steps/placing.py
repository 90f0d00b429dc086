"""Edits by code: which pending edits have a clear place in the body, and what is left for Claude.
Pure.

May not know: the network, the terminal, how the memory is replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from memsync.memory.text import edits
from memsync.memory.text.document import compose, revision
from memsync.memory.text.markdown import outline
from memsync.memory.text.notes import Note
from memsync.merge import prompt
from memsync.merge.guard.verdict import Verdict, judge
from memsync.merge.prompt import Part
from memsync.steps.gather import View
from memsync.steps.job import Run
from memsync.steps.noticing import Step
from memsync.steps.outside import Start


class Work(NamedTuple):
    """A merge under way: the body with edits by code in it, the set that goes with it, what Claude
    gets.

    `early`: an edit waits for a note that is merged first. `steps`: what each edit changed.
    """

    start: Start
    body: str
    ids: frozenset[str]
    parts: tuple[Part, ...]
    early: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def base(self) -> str:
        """The revision that a reply will have been made for."""
        return revision(self.body, self.ids)

    @property
    def is_unwritten(self) -> bool:
        """Whether the memory is to be written before anything else is done."""
        start = self.start
        return start.unwritten or self.ids != start.merged or self.body != start.body


def placed(
    view: View, start: Start, run: Run, *, wait: bool = True, also: Sequence[Note] = ()
) -> Work:
    """Put the edits whose place is clear into the body; the rest, and the notes, are for Claude.

    With `wait`, an edit that removes what only an older note of this merge can bring comes behind
    that note: applied first it would remove nothing, and the note would bring the line back.
    `also`: notes that are about to be written.
    """
    body, ids, early = start.body, set(start.merged), False
    parts: list[Part] = []
    steps: list[Step] = []
    pending = view.store.sessions.pending(start.merged)
    here = {note.id for note in pending} | start.merged
    for note in (*pending, *(note for note in also if note.id not in here)):
        if note.kind in ("note", "harvest"):
            parts.append(prompt.part(note))
            continue
        edit = edits.read(note.text)
        if wait and _waits(note, edit, body, parts, run):
            early = True
            continue
        applied = _applied(view, note, edit, body, run)
        if applied.body != body:
            steps.append(Step(note.id, body, applied.body))
        body = applied.body
        if applied.unplaced:
            known = [op for part in parts for op in part.ops]
            # One line that two files have in two dresses is one line
            ops = edits.in_dress_of_ops(applied.unplaced, known)
            parts.append(prompt.part(note, applied._replace(unplaced=ops)))
        else:
            ids.add(note.id)
    return Work(start, body, frozenset(ids), tuple(parts), early, tuple(steps))


def _applied(view: View, note: Note, edit: edits.Edit, body: str, run: Run) -> edits.Applied:
    if note.id in run.fresh:
        fresh = run.fresh[note.id]
        if fresh.as_it_is and body == fresh.base:  # as an edit of the memory itself is taken
            return edits.Applied(fresh.edited, ())
        return edits.apply_text(body, fresh.base, fresh.edited, edit)
    base = view.store.version(edit.base)
    return edits.apply(body, edit, base.body if base else None)


def _waits(note: Note, edit: edits.Edit, body: str, parts: list[Part], run: Run) -> bool:
    """Whether an edit removes a line that is not there, and that an older note may bring."""
    if note.id in run.fresh and edit.base == edits.NO_BASE:
        return False
    here = set(body.split("\n"))
    lacks = any(op.sign == "-" and op.line not in here for op in edit.ops)
    return lacks and any(_may_bring(part, edit) for part in parts)


def _may_bring(part: Part, edit: edits.Edit) -> bool:
    """Whether Claude may bring a line that the edit removes: out of a note, or of an edit that adds
    it.
    """
    added = {op.line for op in part.ops if op.sign == "+"}
    return not part.ops or any(op.sign == "-" and op.line in added for op in edit.ops)


def judged(
    body: str, parts: Sequence[Part], text: str, constraint_headings: Sequence[str]
) -> Verdict:
    """The guard's verdict on a reply that was made of this body and these parts."""
    ops, told = [op for part in parts for op in part.ops], told_parts(parts)
    return judge(
        body,
        text,
        [part.text for part in told],
        added=[op.line for op in ops if op.sign == "+"],
        removed=[op.line for op in ops if op.sign == "-"],
        constraint_headings=constraint_headings,
        days=[part.date for part in told],
    )


def told_parts(parts: Sequence[Part]) -> list[Part]:
    """The parts that are told in words, in the order in which the guard is given them."""
    return [part for part in parts if not part.ops]


def left_pending(parts: Sequence[Part], verdict: Verdict) -> tuple[str, ...]:
    """The notes of a batch whose words the body does not hold: they stay pending."""
    told = told_parts(parts)
    return tuple(told[index].id for index in sorted(verdict.leaves_pending))


def onto(body: str, before: str, result: str) -> str | None:
    """A reply's result, which was made of the body `before`, put into a newer body, three-way.

    None where a place is not clear: then the merge is made again.
    """
    if body == before:
        return result
    edit = edits.difference(edits.NO_BASE, before, result) or edits.Edit(edits.NO_BASE, ())
    applied = edits.apply_text(body, before, result, edit)
    return None if applied.unplaced else applied.body


def fitted(body: str, before: str, result: str) -> str | None:
    """A reply's result in a newer body, as `onto`; None also where a line that is new on one side
    came below another heading than its own: one side moved a section, the other one wrote in it.
    """
    whole = onto(body, before, result)
    if whole is None or whole in (body, result):
        return whole
    known, here = _below(before), _below(whole)
    titles = {heading.title for heading in outline(whole).headings}
    for line, own in (*_below(body).items(), *_below(result).items()):
        if line not in known and own <= titles and own.isdisjoint(here.get(line, own)):
            return None
    return whole


def _below(body: str) -> dict[str, set[str]]:
    """Each line that says something, and the titles of the headings right above it."""
    view = outline(body)
    titles = {heading.line: heading.title for heading in view.headings}
    found: dict[str, set[str]] = {}
    title = ""
    for number, line in enumerate(view.lines):
        title = titles.get(number, title)
        if number not in titles and line.strip():
            found.setdefault(line, set()).add(title)
    return found


def new_bytes(start: Start, body: str, ids: frozenset[str]) -> bytes:
    """The file that replaces the one seen: its line ends and its unknown footer lines are kept.

    A version whose footer got lost gets that very footer again, and what is made of it comes from
    that version.
    """
    version = start.lost or start.memory
    extra, origin = version.footer.extra if version.footer else (), version.rev
    lost = start.lost.footer if start.lost is not None else None
    if lost is not None and revision(body, ids) == lost.rev:
        origin = lost.origin
    return compose(body, ids, origin, extra=extra, crlf=start.memory.crlf)

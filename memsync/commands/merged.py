"""What a person at a terminal is shown of a change of the memory: each line below its heading."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memsync.memory.text import edits
from memsync.memory.text.changes import went_and_come
from memsync.memory.text.document import short_hash
from memsync.memory.text.markdown import outline
from memsync.memory.text.notes import render_edit
from memsync.memory.text.pieces import in_pieces, pieces
from memsync.memory.text.rewordings import rewordings
from memsync.memory.text.words import BULLET
from memsync.memory.versions import BACKUPS
from memsync.steps.job import Run
from memsync.steps.workspace import Workspace
from memsync.system import layout, terminal
from memsync.system.machine import Machine
from memsync.system.visible import visible_line

TOP = "(above the first heading)"


class Told(NamedTuple):
    """One line of the memory that changed. `was`: of a reworded one; `now`: "" when it is gone."""

    was: str
    now: str


def show_edit(work: Workspace, run: Run) -> None:
    """The edits by hand that the command took in: the memory held them before it began."""
    for text in run.edited:
        edit = edits.read(text)
        base = work.store.version(edit.base)
        before = base.body if base is not None else ""
        ops = in_pieces(edit.ops, pieces(before), pieces(run.before or ""))
        went, come = ([op.line for op in ops if op.sign == sign] for sign in "-+")
        name = short_hash(render_edit(text))
        terminal.out_fitted(f"✓ an edit of the memory was taken in, and is kept as note {name}.")
        _show_sections(_paired(went, come), before, run.before or "", frozenset())


def show_change(work: Workspace, run: Run, machine: Machine) -> None:
    """Every line that is new, reworded or gone, those that no note speaks of first; then where
    everything lies.
    """
    before = run.before or ""
    found = _paired(*went_and_come(before, run.after))
    lines = [line for account in run.accounts for line in account.lines]
    rules = frozenset(r for line in lines if line.kind == "constraint" for r in _rows(line.text))
    nobodys = {row for line in lines if line.unsaid for row in _rows(line.text)}
    unsaid = [one for one in found if (one.now or one.was) in nobodys]
    if unsaid:
        terminal.out_fitted("! No note speaks of this:")
        _show_sections(unsaid, before, run.after, rules)
        said = [one for one in found if one not in unsaid]
        if said:
            terminal.out_fitted("The notes say:")
    else:
        said = found
    _show_sections(said, before, run.after, rules)
    for line in (*run.said, *run.repairs):
        terminal.err(line)
    _show_places(work, run, machine)


def _rows(text: str) -> list[str]:
    return [row for row in text.split("\n") if row.strip()]


def _paired(went: Sequence[str], come: Sequence[str]) -> list[Told]:
    became = rewordings(went, come)
    taken = {to for to in became if to is not None}
    return [
        *(
            Told(was, come[to] if to is not None else "")
            for was, to in zip(went, became, strict=True)
        ),
        *(Told("", line) for n, line in enumerate(come) if n not in taken),
    ]


def _show_sections(found: Sequence[Told], before: str, after: str, rules: frozenset[str]) -> None:
    """The lines in the order of the memory, below the heading that each stands under."""
    now, was = _places(after), _places(before)
    order = {title: n for n, (_, title) in reversed(list(enumerate(sorted(now.values()))))}
    rows: list[tuple[int, int, str, Told]] = []
    for one in found:
        there, first = (now if one.now else was), (one.now or one.was).partition("\n")[0]
        at, title = there.get(first, (0, TOP))
        rows.append((order.get(title, len(order)), at, title, one))
    shown = None
    for _, _, title, one in sorted(rows, key=lambda row: row[:2]):
        if title != shown:
            terminal.out_fitted(f"  {title}")
            shown = title
        for line in _told(one, constraint=one.now in rules):
            terminal.out_marked(line)


def _places(body: str) -> dict[str, tuple[int, str]]:
    """Where each line of a body stands first, and below which heading."""
    view = outline(body)
    begins = [heading.line for heading in view.headings]
    found: dict[str, tuple[int, str]] = {}
    for n, line in enumerate(view.lines):
        at = bisect_right(begins, n) - 1
        title = view.headings[at].title if at >= 0 else TOP
        found.setdefault(line, (n, title))
    return found


def _told(one: Told, *, constraint: bool) -> Iterator[str]:
    width = terminal.width()
    was, now = (_plain(text) for text in one)
    if constraint and not was:
        first, more = f"new constraint: {now}", ""
    elif not was or not now:
        first, more = (f"+ {now}", "") if now else (f"- {was}", "")
    else:
        first, more = f"~ {was} → {now}", ""
        if layout.cells(first) > min(width, layout.MOST_WIDTH) - 4:
            first, more = f"~ {was}", f"→ {now}"
    yield from layout.paragraph(first, width, 6, first=4)
    if more:
        yield from layout.paragraph(more, width, 6, first=4)


def _plain(line: str) -> str:
    return visible_line(BULLET.sub("", " ".join(line.split()), count=1))


def _show_places(work: Workspace, run: Run, machine: Machine) -> None:
    home = str(machine.home)
    pairs = [("Memory", work.target.memory), ("CLAUDE.md", work.target.path)]
    if run.replaced is not None:
        name = run.replaced.rev or run.replaced.name
        pairs.insert(0, ("Backup", f"version {name} in {work.store.disk.where(BACKUPS)}"))
    terminal.out()
    shown = [(label, layout.shortened(path, home)) for label, path in pairs]
    for line in layout.rows(shown, terminal.width()):
        terminal.out_marked(line)

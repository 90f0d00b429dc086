"""What is decided about a reply so far, item by item, and the text that comes of it.

Knows: where a line goes back to. Must not know: why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import dropwhile
from typing import Final, NamedTuple

from memsync.memory.text.markdown import Outline
from memsync.memory.text.words import shown
from memsync.merge.guard.dress import Item, parents
from memsync.merge.guard.provenance import Compared

_BORDER: Final = re.compile(r"[|:\s]*-[-|:\s]*")
_BAR: Final = re.compile(r"(?<!\\)\|")


class Doubt(NamedTuple):
    """Something to ask a person. unsaid: nobody said it, so that a yes for losses is not enough."""

    text: str
    unsaid: bool


class Cut(NamedTuple):
    """A line of the reply that was taken out, and the old lines that it reworded."""

    text: str
    olds: tuple[str, ...] = ()


class Plan:
    """Items of the reply with other text, or left out; old items that go back into their place."""

    def __init__(self, found: Compared) -> None:
        self.found = found
        self.back: set[int] = set()
        self.repairs: list[str] = []
        self.doubts: list[Doubt] = []
        self.cuts: list[Cut] = []
        self._instead: dict[int, str | None] = {}

    def text(self, n: int) -> str | None:
        """The text that the item n of the reply will have; None where it is left out."""
        return self._instead.get(n, self.found.theirs[n].text)

    def put_back(self, old: Iterable[int]) -> None:
        """Old items go back into their places."""
        self.back.update(old)

    def change(self, n: int, text: str) -> None:
        """An item of the reply gets other text."""
        self._instead[n] = text

    def leave_out(self, n: int, why: str = "", olds: tuple[str, ...] = ()) -> None:
        """An item of the reply is left out; `why` is told, and then the line counts as cut."""
        self._instead[n] = None
        text = self.found.theirs[n].text
        if why:
            self.repairs.append(f"{why}: {shown(text)}")
        if why or olds:
            self.cuts.append(Cut(text, olds))

    def ask(self, text: str, *, unsaid: bool = True) -> None:
        """A person is asked."""
        self.doubts.append(Doubt(text, unsaid))


def written(new: Outline, plan: Plan) -> str:
    """The reply's text as planned."""
    behind = _places(plan)
    out = [line for o in behind.get(-1, ()) for line in _lines_of(plan.found.ours[o])]
    done = 0
    for n, item in enumerate(plan.found.theirs):
        text = plan.text(n)
        if text is not None:
            out += [*new.lines[done : item.start], *text.split("\n")]
        done = item.end
        for o in behind.get(n, ()):
            out += _lines_of(plan.found.ours[o])
    out += new.lines[done:]
    if plan.found.theirs and plan.text(0) is None:  # nor is the blank line left that parted it
        out = [*dropwhile(lambda line: not line.strip(), out)]
    return "\n".join(out)


def is_broken(old: Outline, reply: Outline, repaired: Outline) -> bool:
    """The text is no longer read as it was: a fence or a heading lost its partner, a table a cell
    of its head.
    """
    if repaired.unclosed is not None and old.unclosed is None and reply.unclosed is None:
        return True
    if _ragged(repaired) > max(_ragged(old), _ragged(reply)):
        return True
    titles = {(h.level, h.title) for h in (*old.headings, *reply.headings)}
    return any((h.level, h.title) not in titles for h in repaired.headings)


def _ragged(view: Outline) -> int:
    """How many rows of tables have more cells than the head of their table."""
    ragged = most = 0
    for unit in view.units:
        if unit.cells:
            cells = len(_BAR.split(view.lines[unit.start].strip().strip("|")))
            most = (
                cells if _BORDER.fullmatch("".join(view.lines[unit.end : unit.end + 1])) else most
            )
            ragged += cells > most
    return ragged


def _lines_of(item: Item) -> list[str]:
    return [*item.gap, *item.text.split("\n")]


def _places(plan: Plan) -> dict[int, list[int]]:
    """Behind which item of the reply each old line goes back: behind the one it stood behind."""
    found = plan.found
    to_new = {o: n for n, o in found.pairs.items() if o not in plan.back}
    heads = {
        found.theirs[n].head: found.ours[o].head
        for n, o in (*found.pairs.items(), *found.moved.items())
        if found.theirs[n].kind == "heading"
    }
    behind: dict[int, list[int]] = {}
    came = _came_below(found)
    # What is nested under an item that stands in another order goes back to that
    moved = {o: n for n, o in found.moved.items() if o not in plan.back}
    homes = dict(moved)
    over, now_over = parents(found.ours), parents(found.theirs) if moved else []
    anchor = -1
    for o, item in enumerate(found.ours):
        n = to_new.get(o, found.partner.get(o, -1))
        if o in plan.back and over[o] in homes:
            homes[o] = homes[over[o]]
            behind.setdefault(homes[o], []).append(o)
        elif o in plan.back:
            if n > anchor and plan.text(n) is None:
                anchor = n  # in the place of the line that reworded it
            if item.kind == "heading":  # what is new above it stays in the section above
                anchor = _past_new(found, anchor, until=came.get(o, -1))
            deeper = indent(item.text)
            nested = _past_new(found, anchor, deeper_than=deeper, until=came.get(o, -1))
            behind.setdefault(nested, []).append(o)
        elif over[o] in moved and now_over[moved.get(o, n)] == moved[over[o]]:
            homes[over[o]] = max(homes[over[o]], moved.get(o, n))
        elif o in to_new or (n > anchor and _in_section(item, found.theirs[n], heads)):
            anchor = n
    return behind


def _came_below(found: Compared) -> dict[int, int]:
    """For each old heading the first item of the reply that rewords a line of its section; for each
    old item the first that rewords one nested under it.
    """
    came: dict[int, int] = {}
    over = parents(found.ours)
    heading = -1
    for o, item in enumerate(found.ours):
        heading = o if item.kind == "heading" else heading
        above, now = over[o], found.partner.get(o)
        while now is not None and above != -1:
            came[above] = min(now, came.get(above, now))
            above = over[above]
        if now is not None:
            came[heading] = min(now, came.get(heading, now))
    return came


def _in_section(item: Item, now: Item, heads: Mapping[int, int]) -> bool:
    """The new item stands in the old one's section, not in another of the same name. heads: which
    heading of the reply is which old one.
    """
    return now.titles == item.titles and heads.get(now.head, item.head) == item.head


def _past_new(found: Compared, at: int, deeper_than: int = -1, until: int = -1) -> int:
    """Past the new lines that follow in the same section, and are nested deeper than so many
    spaces; not past the item `until`.
    """
    while 0 <= at < len(found.theirs) - 1 and at + 1 not in found.pairs:
        item = found.theirs[at + 1]
        if item.kind == "heading" or indent(item.text) <= deeper_than or at + 1 == until:
            break
        at += 1
    return at


def indent(text: str) -> int:
    """How many characters stand before the first that is no space."""
    return len(text) - len(text.lstrip())

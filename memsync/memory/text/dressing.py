"""A text in the dress of another: what only a formatter changed is put back, or put on. Pure.

May not know: notes, versions, what becomes of a difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from memsync.memory.text.apart import Apart, apart
from memsync.memory.text.dress import Span, key_of, spans, spans_of


class Dressed(NamedTuple):
    """A text in another's dress.

    `swaps`: the other's source lines of a unit, and those that they took the place of.
    """

    text: str
    swaps: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=8)
def in_dress_of(text: str, model: str, *, lists: bool = True) -> Dressed:
    """The text, with each unit that the model has in another dress as the model has it.

    With `lists`, a paragraph is no dress of an item: below another one it would be a part of that.
    Below a line of the text a row of signs that underlines a heading is no dress of another row.
    """
    found = _unlike(text, model)
    queue = _by_key(found.model_lines, found.theirs, lists=lists)
    if not queue:
        return Dressed(text)  # all that the model says is there as the model has it
    left = Counter(found.left)
    every, lines, top = found.every, found.lines, found.between.top
    instead: dict[Span, str] = {}
    keys: dict[str, str] = {}
    for span in found.ours:
        waiting = queue.get((lists and span.kind == "item", key_of(lines, span, keys)))
        unused = next(_unused(waiting, left), None) if waiting else None
        above = every[top + span.start - 1] if top + span.start else ""
        if unused is not None and not (above.strip() and _underlines(unused)):
            instead[span] = unused
    if not instead:
        return Dressed(text)
    swaps = tuple((source, _source(lines, span)) for span, source in instead.items())
    return Dressed(
        "\n".join([*every[:top], *_replaced(lines, instead), *every[found.between.end :]]), swaps
    )


class _Unlike(NamedTuple):
    """The units that two texts do not have alike, in the stretches in which they differ.

    every: the lines of the text; lines, model_lines: those of the stretches. left: how often the
    model has each unit more than the text, as it has it.
    """

    every: Sequence[str]
    between: Apart
    lines: Sequence[str]
    model_lines: Sequence[str]
    ours: Sequence[Span]
    theirs: Sequence[Span]
    left: Mapping[str, int]


@lru_cache(maxsize=4)
def _unlike(text: str, model: str) -> _Unlike:
    every, every_model = text.split("\n"), model.split("\n")
    between = apart(every, every_model)
    lines = every[between.top : between.end]
    model_lines = every_model[between.top : between.other_end]
    nothing = _Unlike(every, between, lines, model_lines, (), (), {})
    if set(every_model).issuperset(lines):
        return nothing
    theirs = spans(model_lines, between.fence)
    left = Counter(_source(model_lines, span) for span in theirs)
    if not left:
        return nothing
    ours = []
    for span in spans(lines, between.fence):
        source = _source(lines, span)
        if left[source]:
            left[source] -= 1
        else:
            ours.append(span)
    unlike = [span for span in theirs if left[_source(model_lines, span)]]
    return nothing._replace(ours=ours, theirs=unlike, left=left)


def _underlines(unit: str) -> bool:
    """Whether a paragraph above the unit would be a heading."""
    first = unit.partition("\n")[0].strip()
    return first != "" and (not first.strip("-") or not first.strip("="))


def _by_key(
    lines: Sequence[str], spans: Iterable[Span], *, lists: bool
) -> dict[tuple[bool, str], deque[str]]:
    """The sources of the units, by what they say, and with `lists` whether they are items."""
    queue = defaultdict[tuple[bool, str], deque[str]](deque)
    keys: dict[str, str] = {}
    for span in spans:
        key = lists and span.kind == "item", key_of(lines, span, keys)
        queue[key].append(_source(lines, span))
    return queue


def redressed(text: str, swaps: Iterable[tuple[str, str]]) -> str:
    """The text with the dress of another: what `in_dress_of` swapped is swapped back."""
    back = defaultdict[str, deque[str]](deque)
    for source, own in swaps:
        back[source].append(own)
    if not back:
        return text
    lines = text.split("\n")
    instead = {}
    for span in spans_of(text):
        waiting = back.get(_source(lines, span))
        if waiting:
            instead[span] = waiting.popleft()
    return "\n".join(_replaced(lines, instead))


def _unused(sources: deque[str], left: Counter[str]) -> Iterator[str]:
    """Those that are left of a unit's sources, in order; each is used up when it is taken."""
    while sources:
        source = sources.popleft()
        if left[source]:
            left[source] -= 1
            yield source


def _source(lines: Sequence[str], span: Span) -> str:
    if span.end == span.start + 1:
        return lines[span.start]
    return "\n".join(lines[span.start : span.end])


def _replaced(lines: Sequence[str], instead: Mapping[Span, str]) -> list[str]:
    """The lines with others in the place of some units; those of a unit are one string."""
    out: list[str] = []
    done = 0
    for span, source in instead.items():
        out += [*lines[done : span.start], source]
        done = span.end
    return [*out, *lines[done:]]

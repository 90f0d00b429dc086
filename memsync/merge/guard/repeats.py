"""A line that stands more often than it may: in one place refused, in one more place than before
asked about.

Knows: lines and what they stand under. Must not know: constraints.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from memsync.memory.text.markdown import Outline
from memsync.memory.text.words import Source, key, words
from memsync.merge.guard.lines import Item, items, numbered_items

_LABEL: Final = re.compile(r".{1,80}:[*_]{0,3}|(\*\*|__)[^*_]{1,80}\1")


def repeated(old: Outline, new: Outline, source: Source) -> str | None:
    """A line of some length that stands in one place more often than in the old memory and the
    notes.

    A line may stand below several headings, and several tables may have the same header.
    """
    before = _most_often(old)
    rows = list(_telling_items(new))
    counts = Counter((place, item.path, item.key) for place, item in rows)
    for place, item in rows:
        times = counts[place, item.path, item.key]
        noted = (
            max(source.note_keys[key(item.text)], int(source.noted(item.text))) if times > 1 else 0
        )
        if times > max(1, before[item.key] + noted):
            return item.text
    return None


def elsewhere(old: Outline, new: Outline, source: Source) -> Iterator[str]:
    """Old lines that stand in more places than before, though no note holds them."""
    before, now = _most_often(old), _counted(new)
    for _, item in _telling_items(new):
        more = before[item.key] and now[item.path, item.key] > before[item.key]
        if more and not source.noted(item.text) and not source.note_keys[key(item.text)]:
            yield item.text


def _telling_items(view: Outline) -> Iterator[tuple[tuple[int, str], Item]]:
    """The lines of some length with their places: the heading, and the paragraph that is a label,
    they stand under.
    """
    rows = list(numbered_items(view))
    part, label = 0, ""
    for (n, item), following in zip(rows, [*(item for _, item in rows[1:]), None], strict=True):
        if item.part != part:
            part, label = item.part, ""
        if n in view.prose and _LABEL.fullmatch(item.text.strip()):
            label = item.key
        elif not item.code and _telling(item.text) and not _is_delimiter_row(following):
            yield (part, label), item


def _most_often(view: Outline) -> Counter[str]:
    """How often each line stands under one item, at most."""
    most: Counter[str] = Counter()
    for (_, name), times in _counted(view).items():
        most[name] = max(most[name], times)
    return most


def _counted(view: Outline) -> Counter[tuple[tuple[str, ...], str]]:
    return Counter((item.path, item.key) for item in items(view) if not item.code)


def _is_delimiter_row(item: Item | None) -> bool:
    """The line below the header of a table."""
    return item is not None and {"-", "|"} <= set(item.text) <= set("-|: \t")


def _telling(text: str) -> bool:
    return len(re.findall(r"\w+", text)) > 3 or (bool(words(text)) and len(text.strip()) >= 20)

"""What becomes of old lines that are not in the reply as they were: they go, or they come back.

A line that no note speaks of stays as it was, and where it was. Knows: who said a line
(provenance.py). Must not know: constraints, characters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from memsync.memory.text.markdown import Outline
from memsync.memory.text.rewordings import stems
from memsync.memory.text.words import (
    is_pair,
    shown,
    stem,
    total,
    weight,
    words,
)
from memsync.merge.guard.broken import begun
from memsync.merge.guard.dress import Item, parents, ticked
from memsync.merge.guard.misplaced import made_rules, misplaced
from memsync.merge.guard.patch import BACK, patch
from memsync.merge.guard.plan import Plan, is_broken, written
from memsync.merge.guard.provenance import (
    ENOUGH,
    Compared,
    Voice,
    adds_up,
    compare,
    named,
    spoken,
    voice,
)
from memsync.merge.guard.source import Source
from memsync.merge.guard.strangers import new_headings, new_lines
from memsync.merge.guard.together import is_needed, loose_rows, stands_over, went_too

FEW: Final = 3
SHARE: Final = 0.05
Fate = Literal["go", "back", "ask"]


def settle(
    old: Outline, new: Outline, source: Source, removed: frozenset[str], strays: frozenset[str]
) -> tuple[str, Plan]:
    """The new text, with what no note speaks of put back and what nobody said taken out, and the
    plan for it, which says what is to be told and asked.

    Where too many lines are concerned, and where there are no notes (the person asked for a shorter
    memory), nothing goes back: a person decides. strays: keys of lines that the reply has, but in a
    place where they cannot stay.
    """
    found = compare(old, new, removed).keeping(strays)
    plan, concerned = _planned(found, source, revert=not source.compacts)
    text = written(new, plan)
    many = concerned > few_lines(old)
    if (many or is_broken(old, new, source.outline(text))) and not source.compacts:
        plan, _ = _planned(found, source, revert=False)
        lines = "a line" if concerned == 1 else f"{concerned} lines"
        are = "is" if concerned == 1 else "are"
        plan.ask(f"{lines} that no note speaks of {are} gone or changed", unsaid=False)
        text = written(new, plan)
    for item in made_rules(found, plan.back, new, old):
        became = "a line of the memory became a constraint, as its heading went"
        plan.ask(f"{became}: {shown(item.text)}")
    return text, plan


def few_lines(old: Outline) -> float:
    """How many lines may go or change without a question."""
    return max(FEW, SHARE * sum(1 for line in old.lines if line.strip()))


def _planned(found: Compared, source: Source, *, revert: bool) -> tuple[Plan, int]:
    """The plan, and how many lines that no note speaks of are gone, changed or moved."""
    plan = Plan(found)
    voices = {
        n: voice(found.theirs[n].text, [found.ours[o].text for o in olds], source)
        for n, olds in found.partners.items()
    }
    fates = _fates(found, voices, source)
    strayed = _strayed(found, source)
    for n in fates.doubtful:
        plan.ask(f"a change that no note explains: {shown(found.theirs[n].text)}")
    for n, meant in misplaced(found, voices, fates.changed.union(fates.doubtful)):
        now = shown(found.theirs[n].text)
        plan.ask(f"the wrong line changed, it seems: {now}; the note means {shown(meant.text)}")
    if revert:
        _return(plan, fates, strayed)
        for o, n in found.partner.items():
            if o not in plan.back and plan.text(n) is not None:
                patch(plan, o, n, source)
    new_lines(plan, source)
    new_headings(plan, source)
    return plan, sum(1 for o in fates.lost if words(found.ours[o].text)) + len(strayed)


class _Fates(NamedTuple):
    """lost: the old items that went although no note speaks of them. changed: the new ones that
    such an item was changed to. doubtful: the new ones whose change no note explains, though one
    speaks of the old line. too: more old items that went, with those, and why they come back.
    """

    lost: list[int]
    changed: set[int]
    doubtful: list[int]
    too: Mapping[int, str] = MappingProxyType({})


def _fates(found: Compared, voices: Mapping[int, Voice], source: Source) -> _Fates:
    fates = _Fates([], set(), [])
    gone: set[str] = set()  # the keys of the lines that may go: what is nested below one goes, too
    spent = _spent(found, voices, source)
    here = {o: n for n, o in (*found.pairs.items(), *found.moved.items())}
    stand, kept = here | found.partner, begun(found) | found.strays
    for o in found.went:
        item, n = found.ours[o], found.partner.get(o)
        fate: Fate
        if not words(item.text):
            stays = o - 1 in fates.lost[-1:] or is_needed(found, o, here)
            fate = "back" if stays else "go"
        elif n is None:
            may_go = not gone.isdisjoint(item.path) or _may_go(found, o, source)
            may_go = may_go and o not in kept and not stands_over(found, o, stand)
            fate = "go" if may_go else "back"
        else:
            fate = _fate(found, o, n, voices[n], source)
            if fate == "go" and not spoken(item, source) and spent.covers(item, voices[n]):
                fate = "back"
        if fate == "back":
            fates.lost.append(o)
            fates.changed.update([n] if n is not None else ())
        else:
            gone.add(item.key)
        if fate == "ask" and n is not None and n not in fates.doubtful:
            fates.doubtful.append(n)
    fates.lost.extend(_comment_marks(found, {*here, *fates.lost}, fates.lost))
    return fates._replace(too=went_too(found, fates.lost))


def _comment_marks(found: Compared, stays: Collection[int], lost: Collection[int]) -> list[int]:
    """The lines that open or close a comment and are nothing else, where what stands beside them
    inside of it stays: the person hid it.
    """
    inside = {"<!--": 1, "-->": -1}
    marks = {o: inside.get(found.ours[o].text.strip(), 0) for o in found.went}
    return [o for o, step in marks.items() if step and o + step in stays and o not in lost]


class _Spent(NamedTuple):
    """The words that went, and the news that came, in the lines that notes speak of; and the
    numbers of new lines.
    """

    went: frozenset[str]
    news: frozenset[str]

    def covers(self, item: Item, new: Voice) -> bool:
        """The news of a line that no note speaks of are all those of another line, and nothing went
        from both: what a note says of one thing was said of another, too.
        """
        return bool(new.news) and new.news <= self.news and not self.went & stems(item.text)


def _spent(found: Compared, voices: Mapping[int, Voice], source: Source) -> _Spent:
    went: set[str] = set()
    news: set[str] = set()
    for o, n in found.partner.items():
        if spoken(found.ours[o], source):
            was, now = found.ours[o].text, found.theirs[n].text
            went |= {stem(word) for word in source.telling(was)} - stems(now)
            news |= voices[n].news
    for n in found.fresh:
        text = found.theirs[n].text
        if n not in voices and any(map(str.isdigit, text)):
            new = voice(text, [], source)
            news |= {word for word in new.news if word.isdigit() and new.share >= ENOUGH}
    return _Spent(frozenset(went), frozenset(news))


def _may_go(found: Compared, o: int, source: Source) -> bool:
    item = found.ours[o]
    return source.names(item.titles[-1]) if item.kind == "heading" else spoken(item, source)


def _fate(found: Compared, o: int, n: int, new: Voice, source: Source) -> Fate:
    """Whether an old line may become a new one.

    A note speaks of it, or gave the new one its news; half of the new one is somebody's; and either
    something in it is a note's, or it is the old line shortened. Where a note speaks of the line
    and the change is none of that, a person knows.
    """
    item, now = found.ours[o], found.theirs[n]
    about = spoken(item, source)
    ends_inside = n == len(found.theirs) - 1 and item.key.startswith(now.key)
    if new.share < ENOUGH or ends_inside or not (new.tells or about):
        return "back"
    if (
        new.news
        or adds_up(now.text, [item.text], new)
        or item.titles != now.titles
        or named(item, source)
    ):
        return "go"
    if ticked(item.text, now.text):
        telling = source.telling(item.text)
        return "go" if 2 * sum(map(source.says, telling)) >= len(telling) else "ask"
    if _is_shortened(item.text, now.text):
        lost = source.telling(item.text) - frozenset(words(now.text))
        told = [word for word in source.telling(item.text) if source.says(word)]
        return "go" if len(told) > 1 or any(map(source.says, lost)) else "back"
    return "ask" if _asks(item.text, now.text, new) else "back"


def _asks(was: str, now: str, new: Voice) -> bool:
    """The change is more than a joint of a sentence, or only the order of the words."""
    went = stems(was) - stems(now)
    return not new.added or max(total(went), sum(map(weight, new.added))) >= 1


def _is_shortened(was: str, now: str) -> bool:
    """The new line has words of the old one in their order, or characters where a script has no
    spaces.
    """
    rest = iter(_parts(was))
    return all(part in rest for part in _parts(now))


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for word in words(text):
        # Of a run of pairs each has one character more
        joined = is_pair(word) and parts and parts[-1] == word[0]
        parts += word[1:] if joined else word if is_pair(word) else [stem(word)]
    return parts


def _strayed(found: Compared, source: Source) -> dict[int, tuple[int, str]]:
    """The old lines below another heading or list item, though no note speaks of them or names that
    heading, and the rows torn out of their table: where each stands now, the old item, and what it
    is to go back into.
    """
    here = {o: n for n, o in (*found.pairs.items(), *found.moved.items())}
    stand, above, now_above = here | found.partner, parents(found.ours), parents(found.theirs)
    before = {title for item in found.ours for title in item.titles[-1:]}
    stays = {0, *(found.ours[o].head for o in here if found.ours[o].kind == "heading")}
    loose = loose_rows(found, here)
    strayed = {}
    for o, n in here.items():
        item, now = found.ours[o], found.theirs[n]
        was, come = item.titles[-1:], now.titles[-1:]
        if was != come:  # not where the heading above has only another title
            away = n in found.moved or (before.issuperset(come) and item.head in stays)
        else:
            kept = above[o] == -1 or above[o] in stand
            away = kept and now_above[n] != stand.get(above[o], -1)
        listed = item.kind in ("item", "prose") and o in found.outside
        if not (listed and (away or o in loose) and words(item.text)):
            continue
        if o in loose or not (spoken(item, source) or named(now, source)):
            strayed[n] = o, "section" if was != come else "place"
    return strayed


def _return(plan: Plan, fates: _Fates, strayed: dict[int, tuple[int, str]]) -> None:
    found = plan.found
    plan.put_back([*fates.lost, *fates.too])
    for o in sorted({*fates.lost, *fates.too}):
        if words(found.ours[o].text):
            plan.repairs.append(f"{fates.too.get(o, BACK)}: {shown(found.ours[o].text)}")
    partners = found.partners
    for n in sorted(fates.changed):
        if plan.back.issuperset(partners[n]):
            plan.leave_out(n, olds=tuple(found.ours[o].text for o in partners[n]))
        else:
            text = shown(found.theirs[n].text)
            plan.ask(f"a line holds what was put back, too: {text}", unsaid=False)
    if found.theirs and not plan.back.isdisjoint(begun(found)):
        plan.leave_out(len(found.theirs) - 1)
    for n, (o, where) in strayed.items():
        plan.leave_out(n)
        plan.put_back([o])
        plan.repairs.append(f"back in its {where}: {shown(found.ours[o].text)}")

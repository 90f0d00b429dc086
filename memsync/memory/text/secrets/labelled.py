"""Secrets that have no shape of their own: the value behind a label such as `DB_PASSWORD=`. Pure.

Environment files, JSON, YAML, headers, connection strings, options of commands, and prose in the
languages whose word for "password" is in the table. A list of words finds no more than it names:
what is left out here is a courtesy, and nothing else relies on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from memsync.memory.text.secrets.around import END, Found, special
from memsync.memory.text.secrets.examples import is_stand_in, is_text, looks_chosen
from memsync.memory.text.secrets.labels import Label, labels
from memsync.system.late import Late

MOST_VALUE: Final = 512
MOST_LABELS: Final = 30_000  # no note has more: it would be a list of nothing else
SHORTEST_IN_PROSE: Final = 8
LONG: Final = 20  # characters of a value that needs no sign between itself and its label

_VERBS: Final = "is|was|are|ist|lautet|war|est|es|è|é|er|är|on|is:|jest|je|to|este|это"
_QUOTED: Final = r"(?P<quote>[\"'`])(?P<quoted>[^\"'`\n]{1,512})(?P=quote)"
_BARE: Final = r"(?P<bare>[^\s\"'`<>|]{1,512})"
_ENV: Final = Late(rf"=(?:{_QUOTED}|(?P<bare>[^\s\"'`,;&|]{{1,512}}))")
_ASSIGNED: Final = Late(
    rf"[\"'`\])*_]{{0,3}}[ \t]{{0,8}}(?:=>|:=|=(?!=)|:(?!:))[ \t*_]{{0,8}}(?:{_QUOTED}|"
    r"(?P<bare>[^\s\"'`,;&<>|]{1,512}))"
)
_PROSE: Final = Late(
    rf"(?:\w{{0,3}})(?:[ \t][^\W\d_]{{1,20}}){{0,4}}?[ \t]+(?:{_VERBS})[ \t]*:?[ \t]+"
    rf"(?:{_QUOTED}|{_BARE})",
    re.IGNORECASE,
)
_BESIDE: Final = Late(rf"[ \t]{{1,4}}(?:{_QUOTED}|{_BARE})")


def labelled(text: str) -> Iterator[Found]:
    """Each secret behind a label. The time grows with the text and no faster."""
    at = 0
    for label in islice(labels(text), MOST_LABELS):
        found = _value(text, label) if label.end >= at else None
        if found is not None:
            at = found.end
            if found.name:
                yield found
    yield from special(text)


def _value(text: str, label: Label) -> Found | None:
    """The value of a label; one without a name is no secret and is passed by, for it is long."""
    for pattern, counts in _FORMS:
        value = pattern.match(text, label.end)
        if value is None:
            continue
        group = "bare" if value["bare"] is not None else "quoted"
        words = value[group].rstrip(END) if group == "bare" else value[group]
        found = Found("", value.start(group), value.start(group) + len(words))
        if words and counts(Given(words, label, group)) and not is_stand_in(words):
            return found._replace(name="password" if label.password else "token or key")
        return found if len(words) > MOST_VALUE // 8 else None
    return None


class Given(NamedTuple):
    """A value with its label, and how it stands: `bare` or `quoted`."""

    value: str
    label: Label
    group: str


def _in_environment(given: Given) -> bool:
    """`DB_PASSWORD=value`: what an environment file sets is the value, whatever it looks like."""
    if " " in given.value or len(given.value) < 4:
        return False
    if given.label.password:
        return not given.value.isdigit() or given.label.text.isupper()
    return looks_chosen(given.value)


def _as_assigned(given: Given) -> bool:
    if " " in given.value:
        return False
    plain_word = given.group == "quoted" and given.label.password and len(given.value) >= 6
    return looks_chosen(given.value) or (plain_word and not is_text(given.value))


def _in_prose(given: Given) -> bool:
    """A sentence has words of its own with a digit in them; a password is longer."""
    return len(given.value) >= SHORTEST_IN_PROSE and looks_chosen(given.value)


def _beside(given: Given) -> bool:
    """Nothing between label and value: only a long one, or one in quotes, is no word of the
    sentence.
    """
    digits = sum(one.isdigit() for one in given.value)
    shaped = looks_chosen(given.value) and digits > 1
    return shaped and (
        len(given.value) >= LONG or (given.group == "quoted" and given.label.password)
    )


_FORMS: Final[tuple[tuple[Late[str], Callable[[Given], bool]], ...]] = (
    (_ENV, _in_environment),
    (_ASSIGNED, _as_assigned),
    (_PROSE, _in_prose),
    (_BESIDE, _beside),
)

"""Secrets out of a text, before any of it reaches the cloud folder or the network. Pure.

Two ways: `redact` for what a person captures (the secret is gone, its name stands there), and
`masked` for what is sent to Claude of a memory whose owner keeps a secret in it: Claude sees a
name, and `unmasked` puts the secret back into the reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from memsync.memory.text.secrets.around import Found
from memsync.memory.text.secrets.find import secrets

__all__ = ["Masked", "Redacted", "masked", "redact", "secrets", "unmasked"]

_MASK: Final = re.compile(r"\[secret-\d+: [a-z0-9 .-]+\]")


class Redacted(NamedTuple):
    """A text without its secrets, and what they were, by name."""

    text: str
    found: tuple[str, ...]


class Masked(NamedTuple):
    """A text with a name in the place of each secret, and the secrets by those names."""

    text: str
    secrets: Mapping[str, str]


def redact(text: str) -> Redacted:
    """Put `[redacted: NAME]` in the place of each secret.

    What is redacted already stays as it is, so twice is the same as once.
    """
    found = secrets(text)
    whole = _put(text, [(one, f"[redacted: {one.name}]") for one in found])
    return Redacted(whole, tuple(one.name for one in found))


def masked(text: str) -> Masked:
    """Put a name of its own in the place of each secret; the same secret has the same name."""
    if _MASK.search(text):
        return Masked(redact(text).text, {})  # somebody wrote such a name: it would lead astray
    names: dict[str, str] = {}
    rows: list[tuple[Found, str]] = []
    for one in secrets(text):
        value = text[one.begin : one.end]
        name = names.setdefault(value, f"[secret-{len(names) + 1}: {one.name}]")
        rows.append((one, name))
    return Masked(_put(text, rows), {name: value for value, name in names.items()})


def unmasked(text: str, names: Mapping[str, str]) -> str:
    """A reply to a masked text, with the secrets where their names stand."""
    return _MASK.sub(lambda match: names.get(match[0], match[0]), text) if names else text


def _put(text: str, rows: Iterable[tuple[Found, str]]) -> str:
    pieces: list[str] = []
    at = 0
    for one, instead in rows:
        pieces += [text[at : one.begin], instead]
        at = one.end
    return "".join([*pieces, text[at:]])

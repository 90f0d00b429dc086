"""Words behind which a secret stands, and where they stand in a text. Pure.

A word is looked for by its stem, with `str.find`, and only there by a pattern: one pattern of all
words, tried at every character, takes ten times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from memsync.system.late import Late


class Word(NamedTuple):
    """A label by its stem: what may follow it and still be the label, and what must stand before.

    `password`: what stands behind it may be any word; else it is a token, which is never one.
    """

    stem: str
    password: bool = True
    rest: str = ""
    alone: bool = False  # no letter may stand before it
    before: str = ""


_KIND_OF_KEY: Final = (
    r"(?:api|access|secret|private|auth|account|signing|encryption|master|shared|service|session|"
    r"admin|storage|license|licence|activation)[ _-]?$"
)

WORDS: Final = (
    Word("pass", rest="w(?:or)?d|wort|phrase|code|ord(?:et)?"),
    Word("pass", alone=True),
    Word("pwd"),
    Word("pw", alone=True),
    Word("psk", alone=True),
    Word("kennwort"),  # German
    Word("mot de passe"),  # French
    Word("contraseña"),  # Spanish
    Word("clave", alone=True),  # Spanish
    Word("senha", alone=True),  # Portuguese
    Word("palavra-passe"),  # Portuguese
    Word("lösenord", rest="et"),  # Swedish
    Word("lösenord"),
    Word("adgangskode", rest="n"),  # Danish
    Word("adgangskode"),
    Word("wachtwoord"),  # Dutch
    Word("hasło"),  # Polish
    Word("heslo"),  # Czech, Slovak
    Word("salasana"),  # Finnish
    Word("jelszó"),  # Hungarian
    Word("parol", rest="ă|a"),  # Romanian
    Word("пароль"),  # Russian, Ukrainian
    Word("şifre", rest="si"),  # Turkish
    Word("şifre"),
    Word("密码"),  # Chinese
    Word("密碼"),
    Word("パスワード"),  # Japanese
    Word("비밀번호"),  # Korean
    Word("secret", password=False),
    Word("token", password=False),
    Word("credential", password=False),
    Word("authkey", password=False),
    Word("key", password=False, before=_KIND_OF_KEY),
    Word("pat", password=False, alone=True),
)
_AFTER: Final = r"(?![a-rt-z])"  # a plural is the same word


def _pattern(word: Word) -> str:
    begin = r"(?<![a-z])" if word.alone else ""
    return f"{begin}{re.escape(word.stem)}(?:{word.rest}){_AFTER}"


_PATTERNS: Final = tuple((word, Late(_pattern(word)), Late(word.before)) for word in WORDS)
_WINDOW: Final = 12  # the longest kind of key, and one sign


class Label(NamedTuple):
    """Where a label ends, its own characters, and whether it is one of a password."""

    end: int
    text: str
    password: bool


def labels(text: str) -> Iterator[Label]:
    """Each label of a text, in order."""
    low = lowered(text)
    places = sorted(
        (at, number)
        for number, (word, _, _) in enumerate(_PATTERNS)
        for at in _places(low, word.stem)
    )
    done = 0
    for at, number in places:
        word, pattern, before = _PATTERNS[number]
        match = pattern.match(low, at) if at >= done else None
        if match is not None and before.search(low[max(at - _WINDOW, 0) : at]):
            done = match.end()
            yield Label(done, text[at:done], word.password)


def lowered(text: str) -> str:
    """Lower case of the same length: only one letter, U+0130, is longer in lower case."""
    return text.replace("\u0130", "I").lower()


def _places(text: str, stem: str) -> Iterator[int]:
    at = text.find(stem)
    while at >= 0:
        yield at
        at = text.find(stem, at + len(stem))

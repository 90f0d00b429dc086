"""What stands where a secret would stand and is none: a placeholder, a reference, a piece of code.

Pure. Documentation is full of these, and a note that quotes it loses nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from memsync.system.late import Late

# The keys that vendors print in their own documentation
PUBLISHED: Final = (
    "AKIAIOSFODNN7EXAMPLE",  # AWS
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",  # AWS
    "sk_test_4eC39HqLyjWDarjtT1zdp7dc",  # Stripe
    "sk_test_BQokikJOvBiI2HlWgH4olfQ2",  # Stripe
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",  # the token of jwt.io
)
_FILLING: Final = frozenset("xX0*.-_#?•")
_FILLED: Final = Late(r"([xX0*.#?•_-])\1{7}")
_ENOUGH: Final = 512  # characters that say what the rest is like
_RUN: Final = 6
_MOSTLY: Final = 0.8
_MARKS: Final = Late(
    r"example|placeholder|redacted|changeme|\.\.\.|…|[<>]|\$\{|\{\{|\[secret-", re.IGNORECASE
)

# A value that names where the secret is kept: a password manager, a variable, a file
_REFERENCE: Final = Late(
    r"[$%][A-Za-z_{(]|\$\$|!\w|@\w|[a-z][a-z0-9+.-]*://"
    r"|(?:vault|ssm|arn|env|file|keyring|pass)[:/]|\.{0,2}/|~/|[A-Za-z]:\\|\[[^\]]{1,40}\]"
)
_CODE: Final = Late(r"[A-Za-z_][\w.]*[(\[]|[A-Za-z_]\w*(?:->|::)|[A-Za-z_]+(?:\.[A-Za-z_]+){1,8}$")
_POLITE: Final = Late(
    r"(?:your|my|the|some|any|an?|this|that|insert|replace|enter|put|add|no|not|see|use|set)[-_ .]",
    re.IGNORECASE,
)
_LABEL_AGAIN: Final = Late(
    r"pass|secret|token|credential|api.?key|kennwort|contrase|senha|парол", re.IGNORECASE
)
_WORDS: Final = frozenset(
    "admin root user guest postgres mysql test testing demo foo bar baz dummy sample default none "
    "null nil true false yes undefined unset empty string str text int number bool boolean any "
    "object bytes optional required hidden secure private public todo tbd xyz abc abcd abc123 "
    "qwerty 12345 123456 1234 letmein base64 sha1 sha256 sha512 md5 oauth oauth2 bcrypt argon2 "
    "argon2id ed25519 rsa2048 rsa4096 aes128 aes256 hs256 rs256 utf8 uuid4 totp keychain".split()
)
_HASH: Final = Late(r"(?:sha\d{1,3}|md5)[:-]", re.IGNORECASE)
_FILE: Final = Late(r"[\w./-]*\.[a-z]{2,5}")
_EMAIL: Final = Late(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}")


def is_example(token: str, literal: str = "") -> bool:
    """Whether a token of a known shape is one of documentation: filled with x, counted up, or
    published by its vendor.
    """
    begin = token[:_ENOUGH]
    if _FILLED.search(begin) or _MARKS.search(begin) or any(one in begin for one in PUBLISHED):
        return True
    body = begin.removeprefix(literal)
    return not set(body) - _FILLING or _counted_up(body) >= _MOSTLY * max(len(body), 1)


def _counted_up(body: str) -> int:
    """How many characters stand in runs such as `abcdefgh` or `1234567890`."""
    total, run = 0, 1
    for before, after in zip(body, body[1:] + "\n", strict=False):
        if ord(after) - ord(before) == 1 or before + after in ("90", "z0", "Z0", "f0", "za", "9a"):
            run += 1
            continue
        total, run = total + (run if run >= _RUN else 0), 1
    return total


def is_stand_in(value: str) -> bool:
    """Whether the value of an assignment stands for a secret and is none."""
    plain = value.casefold()
    if plain in _WORDS or plain.strip("_-*.") in _WORDS or is_example(value):
        return True
    patterns = (_REFERENCE, _CODE, _POLITE, _HASH)
    return any(pattern.match(value) for pattern in patterns) or bool(_LABEL_AGAIN.search(value))


def is_text(value: str) -> bool:
    """Whether a value in prose is a name that people write: a file, an address, joined words."""
    if _FILE.fullmatch(value) or _EMAIL.fullmatch(value):
        return True
    parts = [part for part in re.split(r"[-_/.,:+&]", value) if part]
    return all(part.isalpha() or part.isdigit() for part in parts) and not _is_odd_case(value)


def _is_odd_case(word: str) -> bool:
    """Whether capitals stand inside a word more often than in a name such as `GitHub`."""
    rises = sum(a.islower() and b.isupper() for a, b in pairwise(word))
    return rises > 1 and len(word) >= 8


def looks_chosen(value: str) -> bool:
    """Whether a value looks like one that was drawn or made up: letters with digits or signs among
    them, or capitals where no word has them.
    """
    if len(value) < 6 or is_text(value):
        return False
    letters = any(one.isalpha() for one in value)
    others = any(not one.isalpha() and one not in "-'’.,:;/" for one in value)
    return (letters and others) or _is_odd_case(value)

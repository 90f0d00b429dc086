"""Secrets in notes: known token shapes, each replaced by its name before anything is kept. Pure.

Only shapes that nothing else has; no guessing by entropy, which takes ordinary words (facts,
reliability.md 6.5). A password in prose cannot be found.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

SHAPES: Final = (
    (
        "private key",
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[\s\S]{0,20000}?-----END [A-Z ]+-----|(?:\s*[A-Za-z0-9+/=]{16,})*)",
    ),
    ("anthropic key", r"\bsk-ant-[\w-]{20,}"),
    ("api key", r"\bsk-(?:proj|svcacct|admin|or-v1|lf)-[\w-]{20,}|\bsk-[A-Za-z0-9]{32,}"),
    ("github token", r"\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}|\bgithub_pat_\w{40,}"),
    ("gitlab token", r"\bgl(?:pat|dt|rt|ptt|soat)-[\w-]{20,}"),
    ("aws key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    ("google key", r"\bAIza[\w-]{35}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}"),
    (
        "slack token",
        r"\bxox[abeoprs]-[\w-]{10,}|\bxapp-\d-[\w-]{10,}|hooks\.slack\.com/services/[\w/]{20,}",
    ),
    ("stripe key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{20,}"),
    ("package token", r"\bnpm_[A-Za-z0-9]{36}|\bpypi-[\w-]{50,}|\bhf_[A-Za-z0-9]{30,}"),
    ("mail token", r"\bSG\.[\w-]{16,}\.[\w-]{32,}|\b(?:SK|AC)[0-9a-f]{32}\b"),
    (
        "cloud token",
        r"\bdop_v1_[0-9a-f]{64}|\bhvs\.[\w-]{24,}|\bAccountKey=[A-Za-z0-9+/]{60,}={0,2}",
    ),
    ("age key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("signed token", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}"),
    ("bot token", r"\b\d{8,10}:AA[\w-]{32,}|\b[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}"),
    ("password in an address", r"(?<=://)[^\s/:@]+:[^\s/:@]{3,}(?=@)"),
)
_SHAPES = tuple((name, re.compile(shape)) for name, shape in SHAPES)


class Redacted(NamedTuple):
    """A text without its secrets, and what they were, by name."""

    text: str
    found: tuple[str, ...]


def redact(text: str) -> Redacted:
    """Put `[redacted: NAME]` in the place of each secret of a known shape."""
    found: list[str] = []
    for name, shape in _SHAPES:
        text, count = shape.subn(f"[redacted: {name}]", text)
        found += [name] * count
    return Redacted(text, tuple(found))

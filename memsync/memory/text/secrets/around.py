"""Secrets that are known by what stands round them: an address, a header, a command. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from memsync.memory.text.secrets.examples import is_stand_in, looks_chosen
from memsync.system.late import Late

END: Final = ".,;:!?)]}>*_\"'`"


class Found(NamedTuple):
    """A secret that was found: its name, and where it stands."""

    name: str
    begin: int
    end: int


_SPECIAL: Final = (
    # RFC 3986: user information; the last `@` before the host ends it
    (
        "password in an address",
        "://",
        Late(r"(?<=://)[^\s/:@\"'`<>]{0,256}:(?P<secret>[^\s/\"'`<>]{3,256})(?=@)"),
    ),
    # RFC 9110 and 6750: credentials in headers
    (
        "credential in a header",
        "earer",
        Late(r"(?<![A-Za-z])[Bb]earer[ \t]{1,4}(?P<secret>[\w.~+/=-]{16,4096})"),
    ),
    (
        "credential in a header",
        "uthorization",
        Late(
            r"uthorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:[A-Za-z]{3,12}[ \t]{1,4})?"
            r"(?P<secret>[\w.~+/=-]{16,4096})"
        ),
    ),
    # Options of commands: sshpass, mysql, docker login, redis-cli, curl
    (
        "password of a command",
        "sshpass",
        Late(r"sshpass[ \t]+-p[ \t]*['\"]?(?P<secret>[^\s'\"]{4,256})"),
    ),
    (
        "password of a command",
        " -",
        Late(
            r"(?:mysql|mysqldump|mariadb|docker login|redis-cli|htpasswd|psql|mongosh?|ldapsearch)"
            r"(?= )[^\n|;&]{0,100}? -(?:p|a|w)[ =]?['\"]?(?P<secret>[^\s'\"$<-][^\s'\"]{5,256})"
        ),
    ),
    (
        "password of a command",
        "curl",
        Late(
            r"curl\b[^\n|;]{0,120}? (?:-u|--user)[ =]?['\"]?[^\s:'\"$<]{1,64}:"
            r"(?P<secret>[^\s'\"$<]{4,256})"
        ),
    ),
    # netrc(5); SQL
    (
        "password",
        "login",
        Late(r"login\s{1,4}\S{1,128}\s{1,4}password\s{1,4}(?P<secret>\S{4,256})"),
    ),
    (
        "password",
        "IDENTIFIED",
        Late(r"IDENTIFIED (?:WITH \w{1,40} )?BY ['\"](?P<secret>[^'\"\n]{4,256})"),
    ),
    # wg(8)
    (
        "wireguard key",
        "Key",
        Late(r"(?:Private|Preshared)Key\s{0,4}=\s{0,4}(?P<secret>[A-Za-z0-9+/]{42,43}=)"),
    ),
    # Codes that are typed: with their label only, for they are a few digits
    (
        "pin",
        "",
        Late(
            r"(?<![A-Za-z])(?:PIN|PUK|[Pp]in[ -][Cc]ode|"
            r"(?:[Aa]larm|[Dd]oor|[Gg]ate|[Ss]afe|[Ll]ock|[Bb]ike)[ -](?:PIN|[Cc]ode))"
            r"(?:[ \t](?:is|ist|est|es|er|är)(?=[ \t])|[ \t]?[:=])?[ \t]{1,3}"
            r"(?P<secret>\d{4,8})(?![\w.])"
        ),
    ),
    (
        "recovery codes",
        "code",
        Late(
            r"(?:recovery|backup|scratch|2fa|mfa|rescue|emergency)[ -]codes?"
            r"(?:[ \t](?:is|are))?[ \t]?:?\s{1,4}"
            r"(?P<secret>(?=[a-z-]{0,16}\d)[a-z0-9]{3,8}(?:-[a-z0-9]{3,8}){0,3}"
            r"(?:[,;]?\s{1,3}(?=[a-z-]{0,16}\d)[a-z0-9]{3,8}-?[a-z0-9]{0,8}){0,24})",
            re.IGNORECASE,
        ),
    ),
    # BIP 39: 12 to 24 words, of which each is a secret with the others
    (
        "wallet words",
        "phrase",
        Late(
            r"(?:seed|recovery|mnemonic|wallet|secret)[ _-]phrase(?: is)?[ \t]?[:=]?\s{1,4}[\"']?"
            r"(?P<secret>(?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})",
            re.IGNORECASE,
        ),
    ),
)


# RFC 6265: what the cookie of a session is called is its own word
_COOKIE: Final = Late(r"(?<![\w.-])(?P<name>[\w.-]{1,80})=(?P<secret>[^\s;,\"'=&]{12,4096}={0,2})")
MOST_COOKIES: Final = 10_000  # no note has more
_SESSION: Final = Late(r"sess|[._-]sid|^sid|jwt|auth|remember", re.IGNORECASE)


def _cookies(text: str) -> Iterator[Found]:
    if "ookie" not in text and "OOKIE" not in text:
        return
    for match in islice(_COOKIE.finditer(text), MOST_COOKIES):
        value = match["secret"]
        if _SESSION.search(match["name"]) and looks_chosen(value) and not is_stand_in(value):
            yield Found("session cookie", match.start("secret"), match.end("secret"))


def special(text: str) -> Iterator[Found]:
    """Each secret that something round it names."""
    yield from _cookies(text)
    for name, literal, pattern in _SPECIAL:
        if literal not in text:
            continue
        for match in pattern.finditer(text):
            value = match["secret"].rstrip(END)
            if value and not _is_no_secret(name, value):
                yield Found(name, match.start("secret"), match.start("secret") + len(value))


def _is_no_secret(name: str, value: str) -> bool:
    if name in ("pin", "recovery codes", "wallet words"):
        return False
    if name == "password in an address":
        return is_stand_in(value) or value.isdigit()
    return is_stand_in(value)

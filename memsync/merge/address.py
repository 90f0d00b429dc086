"""Where Claude's API is asked for, and whether a key may go there. Pure.

Plain http is for this machine only: on any other way the key and the memory would lie open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from memsync.system.errors import ClaudeError
from memsync.system.late import Late

VARIABLE: Final = "ANTHROPIC_BASE_URL"
OWN_HOST: Final = "api.anthropic.com"
_LOOPBACK: Final = Late(r"localhost|127(?:\.\d{1,3}){3}|::1")


class Address(NamedTuple):
    """An address: its host and port, as they may be shown, and what is wrong with it ("": nothing).

    `local`: it is this machine. `own`: it is Anthropic's.
    """

    host: str
    local: bool
    own: bool
    trouble: str = ""
    plain: bool = False


def address(url: str) -> Address:
    """What a base URL leads to; "" is the SDK's own, Anthropic's."""
    if not url.strip():
        return Address(OWN_HOST, False, True)
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return Address("", False, False, "is not a web address")
    if parts.scheme not in ("http", "https") or not host:
        return Address("", False, False, "is not a web address")
    shown = f"[{host}]" if ":" in host else host
    shown = f"{shown}:{port}" if port is not None else shown
    local = _LOOPBACK.fullmatch(host) is not None
    own = is_own(host)
    plain = parts.scheme == "http"
    trouble = "" if local or not plain else "is plain http, so the key could be read on its way"
    return Address(shown, local, own, trouble, plain)


def is_own(host: str) -> bool:
    """Whether a host is Anthropic's."""
    return host == "anthropic.com" or host.endswith(".anthropic.com")


def of_environment(env: Mapping[str, str]) -> Address:
    """The address that the environment names."""
    return address(env.get(VARIABLE, ""))


def check(env: Mapping[str, str]) -> None:
    """Raise `ClaudeError` where no key may be sent to the address, before one is even read."""
    found = of_environment(env)
    if found.trouble:
        shown = f" ({found.host})" if found.host else ""
        hint = _HTTPS if found.plain else f"unset {VARIABLE}"
        raise ClaudeError(f"{VARIABLE}{shown} {found.trouble}", hint)


_HTTPS: Final = f"give {VARIABLE} an address that begins with https://"

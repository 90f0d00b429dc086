"""What an HTTP status of Claude's API, or of whoever stands before it, means in words. Pure.

A status alone says little: a 403 is the key's rights, the country, or the page of a filter. No
message holds a key, the text of a note, or a page that somebody else's server sent. The exit
statuses of memsync are those of `system/errors.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from memsync.merge.keys import SET_KEY
from memsync.merge.models import DEFAULT_MODEL
from memsync.merge.request import Fault, Request

AGAIN: Final = "try again: memsync refresh"
LATER: Final = "try again later: memsync refresh"
CHECK_ADDRESS: Final = "check ANTHROPIC_BASE_URL, then: memsync doctor"
LONGEST_QUOTE: Final = 200
ECHO: Final = 16  # characters in a row that a message may share with the memory and the notes

Words = Callable[[Fault, Request], tuple[str, str]]


def status(fault: Fault, request: Request) -> tuple[str, str]:
    """What happened and what to type, for an answer that is no 200."""
    number = fault.status
    if number == 400 and "credit balance" in fault.message:
        return _NO_CREDIT
    if _is_budget(fault):
        what = f"the budget of this key at {fault.host} is used up ({number})"
        return what + quote(fault, request), "ask whoever runs it for more, then: memsync refresh"
    if number in _STATUSES:
        return _STATUSES[number](fault, request)
    if 300 <= number < 400:
        what = (
            f"{fault.host} redirects to another address ({number}), which memsync does not follow"
        )
        return what, CHECK_ADDRESS
    if number in (408, 409) or number >= 500:
        return f"Claude's API failed ({number})", LATER
    return f"Claude's API refused the request ({number}){quote(fault, request)}", "memsync doctor"


_NO_CREDIT = (
    "the API account has no credit left (400)",
    "add credit in the Claude Console (Plans & Billing), then: memsync refresh",
)


def _is_budget(fault: Fault) -> bool:
    """A gateway's own limit, in its words (LiteLLM, OpenRouter, Portkey), not the API's."""
    words = f"{fault.type} {fault.message}".lower()
    return fault.status in (400, 401, 402, 403, 429) and "budget" in words


def _bad_request(fault: Fault, request: Request) -> tuple[str, str]:
    what = f"Claude's API refused the request (400){quote(fault, request)}"
    if "max_tokens" in fault.message:
        most = re.search(r"> (\d+)", fault.message)
        return what, f"memsync config set max_tokens {most[1] if most else 16_384}"
    if "prompt is too long" in fault.message:
        return what, f"memsync config set model {other(request.model)}"
    if "usage limit" in fault.message or "spend limit" in fault.message:
        return what, "raise the limit in the Claude Console, then: memsync refresh"
    return what, "memsync doctor"


def _bad_key(fault: Fault, request: Request) -> tuple[str, str]:
    key = request.key
    what = f"Claude's API does not accept the credential from {key.source} ({fault.status})"
    if key.kind == "profile":
        return what, "log in again (ant auth login), or: " + SET_KEY
    if key.source == "MEMSYNC_API_KEY":
        return what, "give MEMSYNC_API_KEY a valid key, or unset it and: " + SET_KEY
    return what, SET_KEY


def _forbidden(fault: Fault, request: Request) -> tuple[str, str]:
    """403: the key's own rights, the region, or somebody between here and there."""
    if fault.type == "permission_error":
        return _bad_key(fault, request)
    if fault.is_page or not fault.type:
        what = (
            f"a page stands in the place of {fault.host} (403): a filter, a firewall or a VPN "
            "keeps Claude's API from being reached"
        )
        return what, "try another network, or have the address allowed, then: memsync refresh"
    what = (
        f"{fault.host} takes no requests from here (403){quote(fault, request)}: a country or "
        "network where Claude's API is not offered?"
    )
    return what, "try another network; what is wrong elsewhere: memsync doctor"


def _proxy_wants_login(fault: Fault, request: Request) -> tuple[str, str]:
    del request
    what = f"the proxy in front of {fault.host} wants a user name and a password (407)"
    return what, "put them into HTTPS_PROXY: http://NAME:PASSWORD@HOST:PORT"


def _unprocessable(fault: Fault, request: Request) -> tuple[str, str]:
    what = f"{fault.host} does not understand the request (422){quote(fault, request)}"
    return what, "it has to speak Anthropic's Messages API: " + CHECK_ADDRESS


def _paid_out(fault: Fault, request: Request) -> tuple[str, str]:
    """402 of the API itself, or of a gateway."""
    del request
    return (_NO_CREDIT[0].replace("400", str(fault.status)), _NO_CREDIT[1])


def _not_found(fault: Fault, request: Request) -> tuple[str, str]:
    del request
    return f"there is no Messages API at {fault.host} (404)", CHECK_ADDRESS


def _too_large(fault: Fault, request: Request) -> tuple[str, str]:
    del fault, request
    return (
        "the memory and the notes are too large for one request (413)",
        "shorten the memory: memsync show",
    )


def _rate_limit(fault: Fault, request: Request) -> tuple[str, str]:
    what = f"the rate limit of the API account is reached (429){quote(fault, request)}"
    if fault.retry_after is None:
        return what, LATER
    return f"{what}; it asks to wait {duration(fault.retry_after)}", "then: memsync refresh"


def _overloaded(fault: Fault, request: Request) -> tuple[str, str]:
    del request
    asked = "" if fault.retry_after is None else f"; it asks to wait {duration(fault.retry_after)}"
    return f"Claude is overloaded at the moment ({fault.status}){asked}", LATER


_ENDED: Final = ("expired", "not yet valid")
_STRANGER: Final = ("self-signed", "self signed", "unable to get", "issuer")


def tls(fault: Fault, request: Request) -> tuple[str, str]:
    """Who is there cannot be proved: by the certificate's time, by who signed it, by its name."""
    what = f"{fault.host} cannot prove who it is (TLS){quote(fault, request)}"
    if any(word in fault.message for word in _ENDED):
        return what, "check the clock of this machine, then: memsync refresh"
    if any(word in fault.message for word in _STRANGER):
        what += ": a proxy or virus scanner that reads along?"
        return what, "set SSL_CERT_FILE to the certificate of your company, then: memsync doctor"
    return what, "check the clock, the proxy and SSL_CERT_FILE, then: memsync refresh"


_STATUSES: dict[int, Words] = {
    400: _bad_request,
    401: _bad_key,
    402: _paid_out,
    403: _forbidden,
    404: _not_found,
    407: _proxy_wants_login,
    413: _too_large,
    422: _unprocessable,
    429: _rate_limit,
    503: _overloaded,
    529: _overloaded,
}


def quote(fault: Fault, request: Request) -> str:
    """The other side's words, one short line; nothing when they repeat the request or the key."""
    words = " ".join(fault.message.split())
    words = "".join(character for character in words if character.isprintable())[:LONGEST_QUOTE]
    said = f"{request.user}\n{request.key.value if request.key.kind != 'profile' else ''}"
    said = " ".join(said.split())
    echoes = any(words[i : i + ECHO] in said for i in range(max(len(words) - ECHO + 1, 0)))
    secret = request.key.kind != "profile" and request.key.value in words
    return f": {words}" if words and not (echoes or secret) else ""


def word(text: str) -> str:
    """A name that came from outside, fit for one line."""
    return re.sub(r"[^\w.:/-]", "", text, flags=re.ASCII)[:80]


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.0f} h"


def other(model: str) -> str:
    """Another model than this one, or the word for one."""
    return DEFAULT_MODEL if model != DEFAULT_MODEL else "NAME"

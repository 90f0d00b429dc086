"""What can go wrong between memsync and Claude's API, in words: what happened and what to type.

Pure: takes what `claude.py` saw, gives a `ClaudeError`. No message holds a key, the text of a note,
or a page that somebody else's server sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from memsync.merge.keys import SET_KEY, Key
from memsync.merge.models import DEFAULT_MODEL, MOST_TOKENS
from memsync.system.errors import ClaudeError, DeclinedError

LONGEST_RETRY_AFTER: Final = 30.0
AGAIN: Final = "try again: memsync refresh"
LATER: Final = "try again later: memsync refresh"
CHECK_ADDRESS: Final = "check ANTHROPIC_BASE_URL, then: memsync doctor"
LONGEST_QUOTE: Final = 200
ECHO: Final = 16  # characters in a row that a message may share with the memory and the notes

Kind = Literal[
    "status",  # an answer of the API, or of whoever stands in its place, that is no 200
    "in stream",  # an error event after the answer began
    "cut",  # the answer broke off
    "deadline",
    "timeout",
    "connection",
    "refused",
    "dns",
    "tls",
    "certificates",
    "address",
    "proxy",
    "header",
    "not the API",
    "credentials",
    "setup",  # the SDK could not be loaded or started
]


class Request(NamedTuple):
    """What was asked for, and with which credential."""

    system: str
    user: str
    key: Key
    model: str
    max_tokens: int
    timeout: float


class Fault(NamedTuple):
    """A failure as `claude.py` saw it.

    `message` is the other side's and not yet fit to be shown.
    """

    kind: Kind
    message: str = ""
    status: int = 0
    type: str = ""
    host: str = ""
    request_id: str = ""
    retry_after: float | None = None

    @property
    def names_effort(self) -> bool:
        """Whether the model knows no effort: then the same call without it is made at once."""
        return self.status == 400 and ("output_config" in self.message or "effort" in self.message)

    @property
    def is_unknown_model(self) -> bool:
        """Whether the API is there but has no such model (any more)."""
        return self.status == 404 and self.type == "not_found_error" and "model" in self.message

    def pause(self, wait: float) -> float | None:
        """Seconds until the call may be made again, `wait` unless the API names a time;

        None: never.
        """
        if self.kind not in ("status", "connection", "refused", "dns", "timeout"):
            return None
        if self.kind == "status" and self.status not in (408, 409, 429) and self.status < 500:
            return None
        if self.retry_after is None:
            return wait
        return max(0.0, self.retry_after) if self.retry_after <= LONGEST_RETRY_AFTER else None


def explain(fault: Fault, request: Request, models: Sequence[str]) -> ClaudeError:
    """The failure in words. `models` are the names to offer when the model is unknown."""
    if fault.is_unknown_model:
        what, hint = _unknown_model(request, models)
    elif fault.kind == "status":
        what, hint = _status(fault, request)
    else:
        what, hint = _KINDS[fault.kind](fault, request)
    return ClaudeError(what + _id(fault.request_id), hint)


def cut(request_id: str) -> ClaudeError:
    """The stream ended, politely or not, before Claude said that it was done."""
    return ClaudeError("Claude's reply broke off before its end" + _id(request_id), AGAIN)


def empty(request_id: str) -> ClaudeError:
    """The stream was whole and held no text."""
    return ClaudeError("Claude's reply is empty" + _id(request_id), AGAIN)


def stopped(reason: str, category: str | None, request: Request, request_id: str) -> ClaudeError:
    """The stream was whole, but Claude stopped for another reason than being done."""
    tail = _id(request_id)
    if reason == "refusal":
        what = (
            "Claude declined to read these notes (category: "
            f"{_word(category or '') or 'none named'})"
        )
        return DeclinedError(
            what + tail, "another model may take them: memsync refresh --model NAME"
        )
    if reason == "max_tokens":
        what = f"Claude's reply is cut off at max_tokens, {request.max_tokens}"
        if request.max_tokens >= MOST_TOKENS:
            return ClaudeError(
                what + tail, "no model writes more: take out of the memory by hand what can go"
            )
        return ClaudeError(
            what + tail, f"memsync config set max_tokens {min(2 * request.max_tokens, MOST_TOKENS)}"
        )
    if reason == "model_context_window_exceeded":
        what = f"the memory and the notes are too long for {request.model}"
        return ClaudeError(what + tail, f"memsync config set model {_other(request.model)}")
    return ClaudeError(
        f"Claude stopped for a reason memsync does not know: {_word(reason)}{tail}", AGAIN
    )


def _unknown_model(request: Request, models: Sequence[str]) -> tuple[str, str]:
    names = [name for name in map(_word, models) if name != request.model][:6]
    best = DEFAULT_MODEL if DEFAULT_MODEL in names else _newest_of_line(names)
    active = ", ".join(names) or "none"
    what = f"the model {_word(request.model)} does not exist or was retired (404); active: {active}"
    return what, f"memsync config set model {best}"


def _newest_of_line(names: Sequence[str]) -> str:
    line = DEFAULT_MODEL.split("-")[1]
    return next((name for name in names if line in name.split("-")), (*names, "NAME")[0])


def _other(model: str) -> str:
    return DEFAULT_MODEL if model != DEFAULT_MODEL else "NAME"


def _status(fault: Fault, request: Request) -> tuple[str, str]:
    status = fault.status
    if status == 400 and "credit balance" in fault.message:
        return _NO_CREDIT
    if status in _STATUSES:
        return _STATUSES[status](fault, request)
    if 300 <= status < 400:
        what = (
            f"{fault.host} redirects to another address ({status}), which memsync does not follow"
        )
        return what, CHECK_ADDRESS
    if status in (408, 409) or status >= 500:
        return f"Claude's API failed ({status})", LATER
    return f"Claude's API refused the request ({status}){_quote(fault, request)}", "memsync doctor"


_NO_CREDIT = (
    "the API account has no credit left (400)",
    "add credit in the Claude Console (Plans & Billing), then: memsync refresh",
)


def _bad_request(fault: Fault, request: Request) -> tuple[str, str]:
    what = f"Claude's API refused the request (400){_quote(fault, request)}"
    if "max_tokens" in fault.message:
        most = re.search(r"> (\d+)", fault.message)
        return what, f"memsync config set max_tokens {most[1] if most else 16_384}"
    if "prompt is too long" in fault.message:
        return what, f"memsync config set model {_other(request.model)}"
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
    what = f"the rate limit of the API account is reached (429){_quote(fault, request)}"
    if fault.retry_after is None:
        return what, LATER
    return f"{what}; it asks to wait {_duration(fault.retry_after)}", "then: memsync refresh"


def _overloaded(fault: Fault, request: Request) -> tuple[str, str]:
    del request
    asked = "" if fault.retry_after is None else f"; it asks to wait {_duration(fault.retry_after)}"
    return f"Claude is overloaded at the moment ({fault.status}){asked}", LATER


_Words = Callable[[Fault, Request], tuple[str, str]]

_STATUSES: dict[int, _Words] = {
    400: _bad_request,
    401: _bad_key,
    402: lambda fault, request: _NO_CREDIT,
    403: _bad_key,
    404: _not_found,
    413: _too_large,
    429: _rate_limit,
    503: _overloaded,
    529: _overloaded,
}

_KINDS: dict[Kind, _Words] = {
    "in stream": lambda fault, request: (
        f"Claude broke off its reply: {_word(fault.type) or 'error'}",
        AGAIN,
    ),
    "cut": lambda fault, request: ("Claude's reply broke off before its end", AGAIN),
    "deadline": lambda fault, request: (
        f"Claude's reply was not complete within {request.timeout:g} s",
        f"try again, or: memsync config set timeout {2 * request.timeout:g}",
    ),
    "timeout": lambda fault, request: (f"{fault.host} does not answer", AGAIN),
    "connection": lambda fault, request: (f"the connection to {fault.host} failed", AGAIN),
    "refused": lambda fault, request: (
        f"nobody answers at {fault.host}, or at its proxy: connection refused",
        CHECK_ADDRESS,
    ),
    "dns": lambda fault, request: (
        f"the address of {fault.host} cannot be found: no network?",
        AGAIN,
    ),
    "tls": lambda fault, request: (
        f"{fault.host} cannot prove who it is (TLS){_quote(fault, request)}",
        "check the clock, the proxy and SSL_CERT_FILE, then: memsync refresh",
    ),
    "certificates": lambda fault, request: (
        f"SSL_CERT_FILE or SSL_CERT_DIR cannot be used{_quote(fault, request)}",
        "unset SSL_CERT_FILE SSL_CERT_DIR",
    ),
    "address": lambda fault, request: ("ANTHROPIC_BASE_URL is not a web address", CHECK_ADDRESS),
    "proxy": lambda fault, request: (
        f"the proxy cannot be used{_quote(fault, request)}",
        "check HTTPS_PROXY and ALL_PROXY (an http:// proxy works, socks does not)",
    ),
    "header": lambda fault, request: (
        "the request holds characters that cannot be sent",
        "check ANTHROPIC_CUSTOM_HEADERS, or: " + SET_KEY,
    ),
    "not the API": lambda fault, request: (
        (
            f"{fault.host} answered with something that is not Claude's API: a log-in page of the "
            "network?"
        ),
        "open a web page to log in, or check ANTHROPIC_BASE_URL, then: memsync refresh",
    ),
    "credentials": lambda fault, request: (
        f"{request.key.source} cannot be used{_quote(fault, request)}",
        SET_KEY,
    ),
    "setup": lambda fault, request: (
        f"the anthropic package does not work{_quote(fault, request)}",
        "memsync doctor",
    ),
}


def _quote(fault: Fault, request: Request) -> str:
    """The other side's words, one short line; nothing when they repeat the request or the key."""
    words = " ".join(fault.message.split())
    words = "".join(character for character in words if character.isprintable())[:LONGEST_QUOTE]
    said = f"{request.user}\n{request.key.value if request.key.kind != 'profile' else ''}"
    said = " ".join(said.split())
    echoes = any(words[i : i + ECHO] in said for i in range(max(len(words) - ECHO + 1, 0)))
    secret = request.key.kind != "profile" and request.key.value in words
    return f": {words}" if words and not (echoes or secret) else ""


def _id(request_id: str) -> str:
    return f" [{_word(request_id)}]" if request_id else ""


def _word(text: str) -> str:
    """A name that came from outside, fit for one line."""
    return re.sub(r"[^\w.:/-]", "", text, flags=re.ASCII)[:80]


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.0f} h"

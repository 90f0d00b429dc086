"""What can go wrong between memsync and Claude's API, in words: what happened and what to type.

Pure: takes what `claude.py` saw, gives a `ClaudeError`. No message holds a key, the text of a note,
or a page that somebody else's server sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memsync.merge.keys import SET_KEY
from memsync.merge.models import DEFAULT_MODEL, MOST_REPLY_BYTES, MOST_TOKENS
from memsync.merge.request import Fault, Kind, Request
from memsync.merge.statuses import AGAIN, CHECK_ADDRESS, Words, other, quote, status, tls, word
from memsync.system.errors import (
    ClaudeError,
    DeclinedError,
    NotAcceptedError,
    UncheckedError,
)


def explain(fault: Fault, request: Request, models: Sequence[str]) -> ClaudeError:
    """The failure in words. `models` are the names to offer when the model is unknown."""
    if fault.is_unknown_model:
        what, hint = _unknown_model(request, models)
    elif fault.kind == "status":
        what, hint = status(fault, request)
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
            f"{word(category or '') or 'none named'})"
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
        return ClaudeError(what + tail, f"memsync config set model {other(request.model)}")
    return ClaudeError(
        f"Claude stopped for a reason memsync does not know: {word(reason)}{tail}", AGAIN
    )


def too_large(body: str) -> ClaudeError | None:
    """Why no merge can bring this body back whole, where it is so: nobody pays for that call."""
    size = len(body.encode("utf-8"))
    if size <= MOST_REPLY_BYTES:
        return None
    what = (
        f"the memory has {size // 1024} KiB, more than Claude can write in one reply "
        f"({MOST_TOKENS:,} tokens, at most {MOST_REPLY_BYTES // 1024} KiB)"
    )
    hint = "memsync edit   (take out what can go; memsync refresh --compact lets Claude do it)"
    return ClaudeError(what, hint)


def _unknown_model(request: Request, models: Sequence[str]) -> tuple[str, str]:
    names = [name for name in map(word, models) if name != request.model][:6]
    best = DEFAULT_MODEL if DEFAULT_MODEL in names else _newest_of_line(names)
    active = ", ".join(names) or "none"
    what = f"the model {word(request.model)} does not exist or was retired (404); active: {active}"
    return what, f"memsync config set model {best}"


def _newest_of_line(names: Sequence[str]) -> str:
    line = DEFAULT_MODEL.split("-")[1]
    return next((name for name in names if line in name.split("-")), (*names, "NAME")[0])


_KINDS: dict[Kind, Words] = {
    "in stream": lambda fault, request: (
        f"Claude broke off its reply: {word(fault.type) or 'error'}",
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
        f"the address of {fault.host} cannot be found: no network, or no such proxy?",
        AGAIN,
    ),
    "tls": tls,
    "certificates": lambda fault, request: (
        f"SSL_CERT_FILE or SSL_CERT_DIR cannot be used{quote(fault, request)}",
        "unset SSL_CERT_FILE SSL_CERT_DIR",
    ),
    "address": lambda fault, request: ("ANTHROPIC_BASE_URL is not a web address", CHECK_ADDRESS),
    "plain": lambda fault, request: (
        f"{fault.host} is asked over plain http: the key could be read on its way",
        "give ANTHROPIC_BASE_URL an address that begins with https://",
    ),
    "proxy": lambda fault, request: (
        f"the proxy settings cannot be used{quote(fault, request)}",
        "check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY (http:// works, socks does not) and NO_PROXY",
    ),
    "proxy says no": lambda fault, request: (
        f"the proxy in front of {fault.host} says no{quote(fault, request)}",
        "check HTTPS_PROXY (http://NAME:PASSWORD@HOST:PORT), then: memsync doctor",
    ),
    "too much": lambda fault, request: (
        "what answered sent more than any reply of Claude's has, or sent it packed",
        CHECK_ADDRESS,
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
        f"{request.key.source} cannot be used{quote(fault, request)}",
        SET_KEY,
    ),
    "setup": lambda fault, request: (
        f"the anthropic package does not work{quote(fault, request)}",
        "memsync doctor",
    ),
}


def _id(request_id: str) -> str:
    return f" [{word(request_id)}]" if request_id else ""


OFFLINE: Final = frozenset({"dns", "refused", "timeout", "connection", "deadline"})


def explain_check(fault: Fault, request: Request) -> ClaudeError:
    """Why a key was not accepted; `UncheckedError` where nothing speaks against it."""
    error = explain(fault, request, ())
    if fault.kind == "status" and fault.status in (401, 403) and fault.type:
        return NotAcceptedError(error.what, error.hint)
    busy = fault.kind == "status" and (fault.status in (404, 408, 429) or fault.status >= 500)
    if fault.kind in OFFLINE or busy:
        return UncheckedError(error.what, error.hint)
    return error

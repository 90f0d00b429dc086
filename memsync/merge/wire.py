"""The connection to Claude's API, and what a failure of it means.

With `claude.py` the only file that knows the SDK. Every client is made here, so what `doctor` tries
is what a refresh uses. Nothing is followed, and nothing is read without a bound: a server may send
for ever, and a small answer may unpack to a large one.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from memsync.merge.address import address
from memsync.merge.keys import Key
from memsync.merge.request import Fault, Kind

if TYPE_CHECKING:
    import anthropic
    import httpx2

CONNECT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 60.0  # the API pings far more often than this
MOST_REPLY: Final = 64 * 1024 * 1024  # 128,000 tokens, each in an event of its own, are 30 MiB
MOST_ERROR: Final = 1024 * 1024
MOST_SECONDS: Final = 10_000_000.0  # that anybody is asked to wait


class TooMuchError(Exception):
    """The other side sends more than any answer of the API has, or sends it packed."""


class SetupError(Exception):
    """The client could not be made; the fault says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


@contextlib.contextmanager
def connected(key: Key, timeout: float) -> Iterator[anthropic.Anthropic]:
    """The SDK with this key and no other, no retries of its own, and a bounded connection.

    `timeout` in seconds is for one read. Raises `SetupError` before any byte is sent: for proxy
    settings or certificates that cannot be used, and for plain http to another machine.
    """
    try:
        http = _http_client(timeout, proxies=True)
    except Exception as error:  # noqa: BLE001 - settings of the machine, read by three libraries
        raise SetupError(_setup_fault(error)) from None
    with contextlib.ExitStack() as open_ones:
        client = open_ones.enter_context(_client(key, open_ones.enter_context(http)))
        found = address(str(client.base_url))
        if found.trouble:
            raise SetupError(Fault("plain" if found.plain else "address", host=found.host))
        if found.plain:  # to this machine: through a proxy the key would leave it, and in the open
            direct = open_ones.enter_context(_http_client(timeout, proxies=False))
            client = client.with_options(http_client=direct)
        yield client


def _http_client(timeout: float, *, proxies: bool) -> httpx2.Client:
    """A redirect would carry the memory to whoever asks for it, so none is followed.

    Made before the SDK's client, which otherwise prints noise when a proxy setting is bad. Without
    proxies it is for plain http: it reads no certificates, which takes 50 ms, and trusts none.
    """
    import ssl

    import anthropic
    import httpx2

    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    silence = min(SILENCE_SECONDS, timeout)
    return anthropic.DefaultHttpxClient(
        follow_redirects=False,
        trust_env=proxies,
        verify=True if proxies else nobody,
        timeout=httpx2.Timeout(silence, connect=min(CONNECT_SECONDS, timeout)),
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [_bound]},
    )


def _bound(response: httpx2.Response) -> None:
    """Count what comes; packed answers were not asked for, and nobody knows how long they are."""
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise TooMuchError
    most = MOST_REPLY if response.status_code < 300 else MOST_ERROR
    stream = response.stream
    iterate: Callable[[], Iterator[bytes]] = stream.__iter__  # type: ignore[union-attr]

    def counted() -> Iterator[bytes]:
        left = most
        for chunk in iterate():
            left -= len(chunk)
            if left < 0:
                raise TooMuchError
            yield chunk

    response.stream = _counted_stream(counted, stream)


def _counted_stream(
    counted: Callable[[], Iterator[bytes]], stream: object
) -> httpx2.SyncByteStream:
    import httpx2

    class Counted(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return counted()

        def close(self) -> None:
            stream.close()  # type: ignore[attr-defined]

    return Counted()


def _client(key: Key, http: httpx2.Client) -> anthropic.Anthropic:
    """The SDK with this key and no other: an explicit one makes it leave the environment's
    alone.
    """
    import anthropic

    if key.kind == "api_key":
        return anthropic.Anthropic(api_key=key.value, http_client=http, max_retries=0)
    if key.kind == "auth_token":
        return anthropic.Anthropic(auth_token=key.value, http_client=http, max_retries=0)
    return anthropic.Anthropic(http_client=http, max_retries=0)


def _setup_fault(error: Exception) -> Fault:
    """Why no client could be made. It reads the proxy settings, and opens files of certificates."""
    import httpx2

    if isinstance(error, ImportError):
        return Fault("proxy" if "socks" in str(error).lower() else "setup", str(error))
    if isinstance(error, (httpx2.InvalidURL, ValueError)):
        return Fault("proxy", str(error))
    if isinstance(error, OSError):
        return Fault("certificates", error.strerror or "")
    return Fault("setup", type(error).__name__)


def fault_of(error: Exception, request_id: str | None) -> Fault:
    """What a failure of the SDK means. With a request id, the answer had begun."""
    if isinstance(error, SetupError):
        return error.fault
    if isinstance(error, ImportError):
        return Fault("proxy" if "socks" in str(error).lower() else "setup", str(error))
    import anthropic

    if any(isinstance(cause, TooMuchError) for cause in causes(error)):
        return Fault("too much", request_id=request_id or "")
    if isinstance(error, anthropic.APIStatusError):
        return _status_fault(error, request_id)
    if request_id is not None:
        return Fault("cut", request_id=request_id)
    if isinstance(error, anthropic.APIConnectionError):
        return _connection_fault(error)._replace(host=host(error.request))
    if isinstance(error, anthropic.AnthropicError):
        return Fault("credentials", str(error))
    if isinstance(error, TypeError) and "authentication" in str(error):
        return Fault("credentials")  # none was found; the SDK's words are for programmers
    # Before any connection, the SDK only opens files of certificates
    if isinstance(error, OSError):
        return Fault("certificates", error.strerror or "")
    return _connection_fault(error)


def _status_fault(error: anthropic.APIStatusError, request_id: str | None) -> Fault:
    kind = error.response.headers.get("content-type", "")
    return Fault(
        "status" if request_id is None else "in stream",
        _text(error.api_message),
        error.status_code,
        _text(error.type),
        host(error.request),
        error.request_id or "",
        _retry_after(error.response),
        is_page="html" in kind,
    )


def _text(value: object) -> str:
    """What a server put where a text belongs, if it is one."""
    return value if isinstance(value, str) else ""


def _connection_fault(error: Exception) -> Fault:
    """Why no answer came, by the causes that the SDK hides under "Connection error."."""
    import socket
    import ssl

    import httpx2

    kinds: list[tuple[type[BaseException] | tuple[type[BaseException], ...], Kind]] = [
        (ssl.SSLError, "tls"),
        (socket.gaierror, "dns"),
        (ConnectionRefusedError, "refused"),
        ((httpx2.UnsupportedProtocol, httpx2.InvalidURL), "address"),
        (httpx2.ProxyError, "proxy says no"),
        ((httpx2.LocalProtocolError, UnicodeEncodeError), "header"),
        (UnicodeError, "address"),  # a host name that no DNS could hold
        (httpx2.TimeoutException, "timeout"),
        (httpx2.HTTPError, "connection"),
    ]
    chain = causes(error)
    if any(getattr(cause, "encoding", "") == "idna" for cause in chain):
        # From Python 3.13 on it is a UnicodeEncodeError, as that of a header
        return Fault("address")
    for wanted, kind in kinds:
        for cause in chain:
            if isinstance(cause, wanted):
                words = getattr(cause, "verify_message", "") or getattr(cause, "strerror", "")
                return Fault(kind, words or (str(cause) if kind == "proxy says no" else ""))
    return Fault("setup", type(error).__name__)


def causes(error: BaseException) -> list[BaseException]:
    """An error and what it came from, the nearest first."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found


def host(request: httpx2.Request) -> str:
    """Host and port, without the user name and password that an address may hold."""
    return request.url.netloc.decode("ascii", "replace")


def _retry_after(response: httpx2.Response) -> float | None:
    try:
        seconds = float(response.headers["retry-after"])
    except (KeyError, ValueError):  # a date instead of seconds is legal and was never seen here
        return None
    return min(seconds, MOST_SECONDS) if 0 <= seconds < math.inf else None

"""One call to Claude through the `anthropic` SDK: streamed, bounded in time, retried a little.

The only file that imports the SDK, inside the functions, because that takes most of a second. Knows
the network and nothing of files, notes or memories. Everything the SDK may raise becomes a
`ClaudeError` here; what it is called for the user stands in `faults.py`.
"""

from __future__ import annotations

import queue
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from memsync.merge import faults
from memsync.merge.faults import Fault, Kind, Request
from memsync.merge.keys import Key
from memsync.merge.models import ACTIVE_MODELS

if TYPE_CHECKING:
    import anthropic
    import httpx2
    from anthropic.types import RawMessageStreamEvent

T = TypeVar("T")
Progress = Callable[[int], None]

RETRY_WAITS: Final = (5.0, 20.0)
CONNECT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 60.0  # the API pings far more often than this
MODELS_SECONDS: Final = 5.0


class Reply(NamedTuple):
    """A complete reply: all text blocks joined, and what it cost."""

    text: str
    model: str
    input_tokens: int
    output_tokens: int


class _Stream(NamedTuple):
    """All that a stream said until it ended by itself."""

    text: str
    model: str
    stop_reason: str | None
    category: str | None
    stopped: bool
    input_tokens: int
    output_tokens: int
    request_id: str


def ask(
    system: str,
    user: str,
    *,
    key: Key,
    model: str,
    max_tokens: int,
    timeout: float,
    progress: Progress,
    waits: Sequence[float] = RETRY_WAITS,
) -> Reply:
    """Claude's whole reply, or a `ClaudeError`. Nothing keeps it longer than `timeout` seconds.

    `progress` is called in this thread with the number of lines received, each time it changes.
    `waits` are the seconds before each retry; only a call whose answer has not begun is retried.
    """
    request = Request(system, user, key, model, max_tokens, timeout)
    _load_sdk(request)
    deadline = time.monotonic() + timeout
    with warnings.catch_warnings():
        # An old model's DeprecationWarning is no business of stderr: the 404 will say it in words.
        warnings.simplefilter("ignore", DeprecationWarning)
        outcome = _attempts(request, deadline, progress, waits)
        if isinstance(outcome, Fault):
            unknown = outcome.is_unknown_model
            raise faults.explain(outcome, request, _names_to_offer(request) if unknown else ())
    _accept(outcome, request)
    return Reply(outcome.text, outcome.model, outcome.input_tokens, outcome.output_tokens)


def _load_sdk(request: Request) -> None:
    """Import the SDK before the clock starts: its first import after an installation takes
    seconds.
    """
    try:
        import anthropic  # noqa: F401 - for its effect
    except ImportError as error:
        fault = _fault(error, None)
    else:
        return
    raise faults.explain(fault, request, ())


def _accept(stream: _Stream, request: Request) -> None:
    """Only a stream that ended as it should, on purpose and with text, counts (facts, claude-api.md
    2).
    """
    if not stream.stopped or stream.stop_reason is None:
        raise faults.cut(stream.request_id)
    if stream.stop_reason != "end_turn":
        raise faults.stopped(stream.stop_reason, stream.category, request, stream.request_id)
    if not stream.text.strip():
        raise faults.empty(stream.request_id)


def _attempts(
    request: Request, deadline: float, progress: Progress, waits: Sequence[float]
) -> _Stream | Fault:
    effort = True
    pauses = list(waits)
    while True:
        outcome = _within(deadline, partial(_stream, request, effort), progress)
        if not isinstance(outcome, Fault):
            return outcome
        if effort and outcome.names_effort:
            effort = False
            continue
        pause = outcome.pause(pauses.pop(0)) if pauses else None
        if pause is None or time.monotonic() + pause >= deadline:
            return outcome
        time.sleep(pause)


def _within(
    deadline: float, work: Callable[[Progress], T | Fault], progress: Progress = lambda lines: None
) -> T | Fault:
    """What `work` returns, or a fault at the deadline, whatever `work` is waiting for then.

    It runs in a thread of its own. The SDK's timeouts are for one read each, so a server that sends
    a ping now and then holds them off for ever, and a slow DNS server knows no timeout at all. The
    thread is left behind: it has nothing to write, and the program is about to end.
    """
    inbox: queue.SimpleQueue[Callable[[], T | Fault | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            result = work(lambda lines: inbox.put(partial(progress, lines)))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            inbox.put(partial(_throw, error))
        else:
            inbox.put(lambda: result)

    threading.Thread(target=run, name="memsync-claude", daemon=True).start()
    while (left := deadline - time.monotonic()) > 0:
        try:
            # In short pieces, because Windows delivers no Ctrl-C to a thread that waits for a lock.
            outcome = inbox.get(timeout=min(left, 0.2))()
        except queue.Empty:
            continue
        if outcome is not None:
            return outcome
    return Fault("deadline")


def _throw(error: BaseException) -> None:
    raise error


def _stream(request: Request, effort: bool, progress: Progress) -> _Stream | Fault:
    request_id: str | None = None
    try:
        import anthropic

        with _http_client(request) as http, _client(request.key, http) as client:
            events = client.messages.create(
                model=request.model,
                max_tokens=request.max_tokens,
                system=request.system,
                messages=[{"role": "user", "content": request.user}],
                output_config={"effort": "low"} if effort else anthropic.omit,
                stream=True,
            )
            with events:
                request_id = events.response.headers.get("request-id", "")
                if not events.response.headers.get("content-type", "").startswith(
                    "text/event-stream"
                ):
                    return Fault(
                        "not the API", host=_host(events.response.request), request_id=request_id
                    )
                return _collect(events, request_id, progress)
    except Exception as error:  # noqa: BLE001 - measured: far more than its own errors leaves the SDK
        return _fault(error, request_id)


def _collect(
    events: anthropic.Stream[RawMessageStreamEvent], request_id: str, progress: Progress
) -> _Stream:
    """Read the stream to its end. Thinking is skipped; events and blocks of unknown kinds too."""
    pieces: list[str] = []
    seen = _Stream("", "", None, None, False, 0, 0, request_id)
    lines = 0
    for event in events:
        if event.type == "message_start":
            usage = event.message.usage
            seen = seen._replace(model=event.message.model, input_tokens=usage.input_tokens)
        elif event.type == "content_block_start" and event.content_block.type == "text":
            pieces.append(event.content_block.text)
        elif event.type == "content_block_delta" and event.delta.type == "text_delta":
            pieces.append(event.delta.text)
            if "\n" in event.delta.text:
                lines += event.delta.text.count("\n")
                progress(lines)
        elif event.type == "message_delta":
            category = event.delta.stop_details.category if event.delta.stop_details else None
            seen = seen._replace(stop_reason=event.delta.stop_reason, category=category)
            seen = seen._replace(output_tokens=event.usage.output_tokens)
        elif event.type == "message_stop":
            seen = seen._replace(stopped=True)
    return seen._replace(text="".join(pieces))


def _list_models(request: Request, progress: Progress) -> tuple[str, ...] | Fault:
    del progress
    try:
        with _http_client(request) as http, _client(request.key, http) as client:
            page = client.models.list(limit=100)
            return tuple(model.id for model in page.data if model.lifecycle == "active")
    except Exception as error:  # noqa: BLE001 - as above
        return _fault(error, None)


def _names_to_offer(request: Request) -> tuple[str, ...]:
    """Active models for the words of a failure: those known to memsync when the API cannot be
    asked.
    """
    outcome = _within(time.monotonic() + MODELS_SECONDS, partial(_list_models, request))
    return ACTIVE_MODELS if isinstance(outcome, Fault) or not outcome else outcome


def _http_client(request: Request) -> httpx2.Client:
    """A redirect would carry the memory to whoever asks for it, so none is followed.

    Made before the SDK's client, which otherwise prints noise when a proxy setting is bad.
    """
    import anthropic
    import httpx2

    silence = min(SILENCE_SECONDS, request.timeout)
    timeout = httpx2.Timeout(silence, connect=min(CONNECT_SECONDS, request.timeout))
    return anthropic.DefaultHttpxClient(follow_redirects=False, timeout=timeout)


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


def _fault(error: Exception, request_id: str | None) -> Fault:
    """What a failure of the SDK means. With a request id, the answer had begun."""
    if isinstance(error, ImportError):
        return Fault("proxy" if "socks" in str(error).lower() else "setup", str(error))
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        return Fault(
            "status" if request_id is None else "in stream",
            error.api_message or "",
            error.status_code,
            error.type or "",
            _host(error.request),
            error.request_id or "",
            _retry_after(error.response),
        )
    if request_id is not None:
        return Fault("cut", request_id=request_id)
    if isinstance(error, anthropic.APIConnectionError):
        return _connection_fault(error)._replace(host=_host(error.request))
    if isinstance(error, anthropic.AnthropicError):
        return Fault("credentials", str(error))
    if isinstance(error, TypeError) and "authentication" in str(error):
        return Fault("credentials")  # none was found; the SDK's words are for programmers
    # Before any connection, the SDK only opens files of certificates
    if isinstance(error, OSError):
        return Fault("certificates", error.strerror or "")
    return _connection_fault(error)


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
        (httpx2.ProxyError, "proxy"),
        ((httpx2.LocalProtocolError, UnicodeEncodeError), "header"),
        (UnicodeError, "address"),  # a host name that no DNS could hold
        (httpx2.TimeoutException, "timeout"),
        (httpx2.HTTPError, "connection"),
    ]
    causes = _causes(error)
    if any(getattr(cause, "encoding", "") == "idna" for cause in causes):
        # From Python 3.13 on it is a UnicodeEncodeError, as that of a header
        return Fault("address")
    for wanted, kind in kinds:
        for cause in causes:
            if isinstance(cause, wanted):
                words = getattr(cause, "verify_message", "") or getattr(cause, "strerror", "")
                return Fault(kind, words or "")
    return Fault("setup", type(error).__name__)


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes


def _host(request: httpx2.Request) -> str:
    """Host and port, without the user name and password that an address may hold."""
    return request.url.netloc.decode("ascii", "replace")


def _retry_after(response: httpx2.Response) -> float | None:
    try:
        return float(response.headers["retry-after"])
    except (KeyError, ValueError):  # a date instead of seconds is legal and was never seen here
        return None

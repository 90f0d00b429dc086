"""One call to Claude through the `anthropic` SDK: streamed, bounded in time, retried a little.

Imports the SDK inside the functions, as `wire.py` does, because that takes most of a second. Knows
the network and nothing of files, notes or memories. Everything the SDK may raise becomes a
`ClaudeError` here; what it is called for the user stands in `faults.py`.
"""

from __future__ import annotations

import queue
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from memsync.memory.text.redact import masked, redact, unmasked
from memsync.merge import faults, wire
from memsync.merge.keys import Key
from memsync.merge.models import ACTIVE_MODELS, MOST_REPLY_BYTES
from memsync.merge.reply import Reply, Turn, joined, tokens
from memsync.merge.request import Fault, Request
from memsync.system.errors import ClaudeError

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import MessageParam, RawMessageStreamEvent

T = TypeVar("T")
Progress = Callable[[int], None]

RETRY_WAITS: Final = (5.0, 20.0)
CHECK_SECONDS: Final = 10.0
MODELS_SECONDS: Final = 5.0


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
    more: Sequence[Turn] = (),
) -> Reply:
    """Claude's whole reply, or a `ClaudeError`. Nothing keeps it longer than `timeout` seconds.

    No secret of `user` is sent: a name stands for it, and the reply has the secret there again.
    `progress` is called in this thread with the number of lines received, each time it changes.
    `more` is what was said after `user`.
    `waits` are the seconds before each retry; only a call whose answer has not begun is retried.
    """
    hidden = masked(user)
    turns = tuple(hiding(turn, hidden.secrets) for turn in more)
    request = Request(system, hidden.text, key, model, max_tokens, timeout, turns)
    _load_sdk(request)
    deadline = time.monotonic() + timeout
    with warnings.catch_warnings():
        # An old model's DeprecationWarning is no business of stderr: the 404 will say it in words.
        warnings.simplefilter("ignore", DeprecationWarning)
        outcome = _attempts(request, deadline, progress, waits)
        if isinstance(outcome, Fault):
            unknown = outcome.is_unknown_model
            raise faults.explain(outcome, request, _names_to_offer(request) if unknown else ())
    try:
        _accept(outcome, request)
    except ClaudeError as error:
        if outcome.input_tokens or outcome.output_tokens:
            error.paid = outcome.model, outcome.input_tokens, outcome.output_tokens
        raise
    text = unmasked(outcome.text, hidden.secrets)
    return Reply(text, outcome.model, outcome.input_tokens, outcome.output_tokens)


def hiding(turn: Turn, secrets: Mapping[str, str]) -> Turn:
    """A later turn with the same names in the place of the same secrets, and none of its own."""
    text = turn.text
    for name, secret in sorted(secrets.items(), key=lambda pair: len(pair[1]), reverse=True):
        text = text.replace(secret, name)
    return turn._replace(text=redact(text).text)


def _load_sdk(request: Request) -> None:
    """Import the SDK before the clock starts: its first import after an installation takes
    seconds.
    """
    try:
        import anthropic  # noqa: F401 - for its effect
    except ImportError as error:
        fault = wire.fault_of(error, None)
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

        with wire.connected(request.key, request.timeout) as client:
            events = client.messages.create(
                model=request.model,
                max_tokens=request.max_tokens,
                system=request.system,
                messages=_messages(request),
                output_config={"effort": "low"} if effort else anthropic.omit,
                stream=True,
            )
            with events:
                request_id = events.response.headers.get("request-id", "")
                kind = events.response.headers.get("content-type", "")
                if not kind.startswith("text/event-stream"):
                    where = wire.host(events.response.request)
                    return Fault("not the API", host=where, request_id=request_id)
                return _collect(events, request_id, progress)
    except Exception as error:  # noqa: BLE001 - measured: more than its own errors leaves the SDK
        return wire.fault_of(error, request_id)


def _messages(request: Request) -> list[MessageParam]:
    messages: list[MessageParam] = [{"role": "user", "content": request.user}]
    for turn in request.more:
        if turn.role == "assistant":
            messages.append({"role": "assistant", "content": turn.text})
        else:
            messages.append({"role": "user", "content": turn.text})
    return messages


def _collect(
    events: anthropic.Stream[RawMessageStreamEvent], request_id: str, progress: Progress
) -> _Stream:
    """Read the stream to its end. Thinking is skipped; events and blocks of unknown kinds too.

    The SDK validates nothing, and a gateway may leave out or null what is decoration: only the
    text, the stop reason and the end of the stream are needed. Raises `wire.TooMuchError` for a
    text that no model can have written.
    """
    blocks: dict[int, list[str]] = {}
    seen = _Stream("", "", None, None, False, 0, 0, request_id)
    lines = size = 0
    for event in events:
        seen = _noted(seen, event)
        text = _text_of(event)
        size += len(text)
        if size > MOST_REPLY_BYTES:
            raise wire.TooMuchError
        if text:
            number = getattr(event, "index", 0)
            blocks.setdefault(number if isinstance(number, int) else 0, []).append(text)
        if "\n" in text:
            lines += text.count("\n")
            progress(lines)
    pieces = (piece for number in sorted(blocks) for piece in blocks[number])
    return seen._replace(text=joined(pieces))


def _text_of(event: object) -> str:
    """The text that an event brings, if any: of a text block that begins, or goes on."""
    block, delta = getattr(event, "content_block", None), getattr(event, "delta", None)
    text = ""
    if getattr(block, "type", "") == "text":
        text = getattr(block, "text", "")
    elif getattr(delta, "type", "") == "text_delta":
        text = getattr(delta, "text", "")
    return text if isinstance(text, str) else ""


def _noted(seen: _Stream, event: object) -> _Stream:
    """What an event says beside the text."""
    kind = getattr(event, "type", "")
    if kind == "message_stop":
        return seen._replace(stopped=True)
    if kind == "message_start":
        if seen.model or seen.stopped:
            raise ValueError("a second message")  # the stream is not one reply
        message = getattr(event, "message", None)
        return seen._replace(
            model=_word(getattr(message, "model", "")) or "?",
            input_tokens=_count(message, "input_tokens"),
        )
    if kind != "message_delta":
        return seen
    delta = getattr(event, "delta", None)
    details = getattr(delta, "stop_details", None)
    return seen._replace(
        stop_reason=_word(getattr(delta, "stop_reason", None)) or seen.stop_reason,
        category=_word(getattr(details, "category", None)) or seen.category,
        output_tokens=_count(event, "output_tokens") or seen.output_tokens,
    )


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(holder: object, name: str) -> int:
    return tokens(getattr(getattr(holder, "usage", None), name, 0))


def check(key: Key, *, timeout: float = CHECK_SECONDS) -> ClaudeError | None:
    """Ask the API, for nothing, whether it accepts a key: the failure in words, or None.

    The client is the one that `ask` makes. `NotAcceptedError`: the API says no; `UncheckedError`:
    nobody could be asked. Anything else keeps a refresh from working, too.
    """
    request = Request("", "", key, "", 0, timeout)
    try:
        _load_sdk(request)
    except ClaudeError as error:
        return error
    outcome = _within(time.monotonic() + timeout, partial(_list_models, request))
    if not isinstance(outcome, Fault):
        return None
    return faults.explain_check(outcome, request)


def _list_models(request: Request, progress: Progress) -> tuple[str, ...] | Fault:
    """The active models. Costs nothing, and is answered only where the key is accepted."""
    del progress
    try:
        with wire.connected(request.key, request.timeout) as client:
            page = client.models.list(limit=100)
            rows = getattr(page, "data", None)
            if not isinstance(rows, list):
                return Fault("not the API", host=client.base_url.host)
            return tuple(row.id for row in rows if getattr(row, "lifecycle", "") == "active")
    except Exception as error:  # noqa: BLE001 - as above
        return wire.fault_of(error, None)


def _names_to_offer(request: Request) -> tuple[str, ...]:
    """Active models for the words of a failure: those known to memsync when the API cannot be
    asked.
    """
    outcome = _within(time.monotonic() + MODELS_SECONDS, partial(_list_models, request))
    return ACTIVE_MODELS if isinstance(outcome, Fault) or not outcome else outcome

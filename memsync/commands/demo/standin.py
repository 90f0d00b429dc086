"""A small stand-in for Claude's API on this machine's loopback, for the demo and for the tests.

It speaks `POST /v1/messages`, streamed or not, and `GET /v1/models`, refuses what the real API
refuses (no key, prefill, sampling parameters, unknown models), and files each note by rule. It
ends by itself after a given time. May not know: anything else of memsync.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

from memsync.commands.demo.filing import file_notes
from memsync.merge.models import ACTIVE_MODELS

Json = dict[str, Any]

DEPRECATED_MODELS = ("claude-sonnet-4-5",)


class Request(NamedTuple):
    """One request as it came; header names in lower case, an empty body for GET."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Json

    @property
    def user_text(self) -> str:
        """The text of the first message, which holds the memory and the notes."""
        content = self.body["messages"][0]["content"]
        return content if isinstance(content, str) else "".join(part["text"] for part in content)


class Answer(NamedTuple):
    """What goes back.

    With `cut` the connection drops where the chunks end, without a proper end.
    """

    chunks: Iterable[bytes]
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}
    cut: bool = False


Respond = Callable[[Request], Answer]


def text_block(text: str) -> Json:
    """A content block of a reply."""
    return {"type": "text", "text": text}


def message(
    request: Request, *blocks: Json, stop_reason: str | None = "end_turn", **details: object
) -> Answer:
    """A whole reply, as a stream when the request asks for one.

    `details` go beside the stop reason.
    """
    if not request.body.get("stream"):
        whole = _envelope(request, list(blocks), stop_reason) | details
        return Answer([json.dumps(whole).encode()])
    return Answer(
        list(events(request, *blocks, stop_reason=stop_reason, **details)), content_type=EVENTS
    )


EVENTS = "text/event-stream; charset=utf-8"
_DELTA = 400


def events(
    request: Request, *blocks: Json, stop_reason: str | None, **details: object
) -> Iterator[bytes]:
    """The events of a streamed reply, one chunk each."""
    yield event("message_start", message=_envelope(request, [], None))
    yield event("ping")
    for index, block in enumerate(blocks):
        key = "thinking" if block["type"] == "thinking" else "text"
        yield event("content_block_start", index=index, content_block=block | {key: ""})
        for start in range(0, len(block[key]), _DELTA):
            delta = {"type": f"{key}_delta", key: block[key][start : start + _DELTA]}
            yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    usage = {"output_tokens": _tokens("".join(str(block) for block in blocks))}
    delta = {"stop_reason": stop_reason, "stop_sequence": None, **details}
    yield event("message_delta", delta=delta, usage=usage)
    yield event("message_stop")


def event(name: str, **fields: object) -> bytes:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode()


def error(status: int, kind: str, text: str, **headers: str) -> Answer:
    """An error as the API words it."""
    body = {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_standin"}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer([json.dumps(body).encode()], status, headers=names)


def file_by_rule(request: Request) -> Answer:
    """The happy path: the whole memory back, with each note under the heading that fits."""
    return message(request, text_block(file_notes(request.user_text)))


def _envelope(request: Request, blocks: list[Json], stop_reason: str | None) -> Json:
    written = json.dumps(request.body.get("system", "")) + json.dumps(request.body["messages"])
    spoken = sum(_tokens(str(block)) for block in blocks)
    return {
        "id": "msg_standin",
        "type": "message",
        "role": "assistant",
        "model": request.body["model"],
        "content": blocks,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": _tokens(written), "output_tokens": spoken},
    }


def _tokens(text: str) -> int:
    return len(text) // 3 + 1


def _complaint(request: Request, models: Sequence[str]) -> Answer | None:
    """What the real API would refuse before any model sees it."""
    if not (request.headers.get("authorization") or request.headers.get("x-api-key")):
        return error(401, "authentication_error", "no credentials")
    if request.method == "GET":
        return None
    body = request.body
    if body.get("model") not in models:
        return error(404, "not_found_error", f"model: {body.get('model')}")
    if not isinstance(body.get("max_tokens"), int) or not 0 < body["max_tokens"] <= 128_000:
        return error(400, "invalid_request_error", "max_tokens: must be from 1 to 128000")
    unwanted = {"temperature", "top_p", "top_k", "thinking"} & body.keys()
    if unwanted:
        return error(
            400, "invalid_request_error", f"{sorted(unwanted)[0]}: not supported by this model"
        )
    if body["messages"][-1]["role"] != "user":
        return error(
            400, "invalid_request_error", "This model does not support assistant message prefill."
        )
    return None


def _models(request: Request, models: Sequence[str]) -> Answer:
    if not models:
        return error(500, "api_error", "Internal server error")
    rows = [_model(name) for name in models]
    path = request.path.partition("?")[0]
    if path != "/v1/models":
        rows = [row for row in rows if path == f"/v1/models/{row['id']}"]
        return (
            Answer([json.dumps(rows[0]).encode()])
            if rows
            else error(404, "not_found_error", "model")
        )
    page = {"data": rows, "has_more": False, "first_id": rows[0]["id"], "last_id": rows[-1]["id"]}
    return Answer([json.dumps(page).encode()])


def _model(name: str) -> Json:
    return {
        "id": name,
        "type": "model",
        "display_name": name,
        "created_at": "2026-09-28T00:00:00Z",
        "lifecycle": "deprecated" if name in DEPRECATED_MODELS else "active",
        "line": name.split("-")[1],
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
    }


class StandIn:
    """The server, to be used in a `with`. `url` is its address, `requests` all it was sent so far.

    `models` are the ones it knows; with none, it cannot list them either.
    """

    def __init__(
        self,
        respond: Respond = file_by_rule,
        *,
        models: Sequence[str] = ACTIVE_MODELS,
        seconds: float = 300,
    ) -> None:
        self.requests: list[Request] = []
        self._respond = respond
        self._models = models
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.standin = self
        self._ends = threading.Timer(seconds, self._server.shutdown)
        self._serves = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._ends.daemon = self._serves.daemon = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def calls(self) -> int:
        """How many messages were asked for."""
        return sum(request.method == "POST" for request in self.requests)

    def answer(self, request: Request) -> Answer:
        """Record the request and find its answer; called from one thread for each connection."""
        self.requests.append(request)
        complaint = _complaint(request, self._models)
        if complaint is not None:
            return complaint
        if request.method == "GET" and request.path.startswith("/v1/models"):
            return _models(request, self._models)
        if request.method == "POST" and request.path.partition("?")[0] == "/v1/messages":
            return self._respond(request)
        return error(404, "not_found_error", "Not found")

    def __enter__(self) -> Self:
        self._serves.start()
        self._ends.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.cancel()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    standin: StandIn


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self._serve(json.loads(self.rfile.read(length) or b"{}"))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo's output is not a server log."""

    def _serve(self, body: Json) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.standin.answer(Request(self.command, self.path, headers, body))
        self.close_connection = True
        try:
            self._send(answer)
        except OSError:
            return  # the client hung up, as one that gives up on a slow answer does

    def _send(self, answer: Answer) -> None:
        streamed = answer.content_type == EVENTS
        whole = b"" if streamed else b"".join(answer.chunks)
        self.send_response(answer.status)
        self.send_header("content-type", answer.content_type)
        self.send_header("request-id", "req_standin")
        self.send_header("connection", "close")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if streamed:
            self.send_header("transfer-encoding", "chunked")
        else:
            self.send_header("content-length", str(len(whole)))
        self.end_headers()
        self.wfile.write(whole)
        if streamed:
            for chunk in answer.chunks:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.wfile.write(b"" if answer.cut else b"0\r\n\r\n")

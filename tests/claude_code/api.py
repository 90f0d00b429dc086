"""An API on loopback for the real Claude Code: it answers whatever is asked, and keeps it.

Each request for a message gets the next of the given replies, a text or a call of the Bash tool;
after those, "ok". Requests for a title or a topic come beside the session's own and are told by
their lack of tools.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from memsync.commands.demo import standin
from memsync.commands.demo.standin import EVENTS, Answer, Request, event

Json = dict[str, Any]
SECONDS: Final = 300


class Bash(NamedTuple):
    """A call of the Bash tool as a reply."""

    command: str


Reply = str | Bash


class Api(standin.StandIn):
    """The server. `sessions` are the requests of sessions so far, oldest first."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__(seconds=SECONDS)
        self._replies = list(replies)

    def answer(self, request: Request) -> Answer:
        """Keep the request; the next reply for a session's, "ok" for any other."""
        self.requests.append(request)
        if request.method != "POST" or "/v1/messages" not in request.path:
            return Answer([b"{}"], 404)
        if "count_tokens" in request.path:
            return Answer([json.dumps({"input_tokens": 100}).encode()])
        reply = self.reply(request)
        if not request.body.get("stream"):
            return Answer([json.dumps(_whole(request, reply)).encode()])
        return Answer(list(_events(request, reply)), content_type=EVENTS)

    def reply(self, request: Request) -> Reply:
        """What is answered to a request for a message."""
        own = bool(request.body.get("tools"))
        return self._replies.pop(0) if own and self._replies else "ok"

    @property
    def sessions(self) -> list[Json]:
        """The bodies that a session sent for a person's prompt: those that offer tools."""
        posts = [one for one in self.requests if one.method == "POST"]
        return [one.body for one in posts if one.body.get("tools")]

    @property
    def sent(self) -> str:
        """All that sessions sent, as one text with its line ends as they are."""
        return "\n".join(json.dumps(body, ensure_ascii=False) for body in self.sessions)

    def holds(self, text: str) -> bool:
        """Whether any request of any kind held this text."""
        shown = json.dumps(text, ensure_ascii=False)[1:-1]
        return any(
            shown in json.dumps(one.body, ensure_ascii=False)
            for one in self.requests
            if one.method == "POST"
        )


def _block(reply: Reply) -> Json:
    if isinstance(reply, str):
        return {"type": "text", "text": reply}
    call = {"command": reply.command, "description": "run it"}
    return {"type": "tool_use", "id": "toolu_01standin", "name": "Bash", "input": call}


def _stop(reply: Reply) -> str:
    return "end_turn" if isinstance(reply, str) else "tool_use"


def _whole(request: Request, reply: Reply) -> Json:
    return {
        "id": "msg_standin",
        "type": "message",
        "role": "assistant",
        "model": request.body["model"],
        "content": [_block(reply)],
        "stop_reason": _stop(reply),
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }


def _events(request: Request, reply: Reply) -> Iterator[bytes]:
    empty = _whole(request, "") | {"content": [], "stop_reason": None}
    yield event("message_start", message=empty)
    block = _block(reply)
    if isinstance(reply, str):
        start, delta = block | {"text": ""}, {"type": "text_delta", "text": reply}
    else:
        start = block | {"input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    yield event("content_block_start", index=0, content_block=start)
    yield event("content_block_delta", index=0, delta=delta)
    yield event("content_block_stop", index=0)
    done = {"stop_reason": _stop(reply), "stop_sequence": None}
    yield event("message_delta", delta=done, usage={"output_tokens": 5})
    yield event("message_stop")

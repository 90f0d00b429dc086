"""What the stand-in can answer, by name. Each takes the request and the rightly merged memory."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from memsync.commands.demo.filing import split_message
from memsync.commands.demo.standin import (
    EVENTS,
    Answer,
    Request,
    error,
    event,
    events,
    message,
    text_block,
)

Scenario = Callable[[Request, str], Answer]

CREDIT = (
    "Your credit balance is too low to access the Anthropic API. "
    "Please go to Plans & Billing to upgrade or purchase credits."
)
PORTAL = b"<html><body>Welcome to Airport Wi-Fi. Please log in.</body></html>"
ELSEWHERE = "http://127.0.0.1:9/elsewhere"


def merged(request: Request, memory: str) -> Answer:
    return message(request, text_block(memory))


def nothing_changed(request: Request, memory: str) -> Answer:
    del memory
    return message(request, text_block(split_message(request.user_text)[0]))


def thinking_first(request: Request, memory: str) -> Answer:
    thought = {"type": "thinking", "thinking": "Where does this go?", "signature": "sig"}
    return message(request, thought, text_block(memory))


def two_text_blocks(request: Request, memory: str) -> Answer:
    half = len(memory) // 2
    return message(request, text_block(memory[:half]), text_block(memory[half:]))


def halved(request: Request, memory: str, *, second: str) -> Answer:
    """A character beyond U+FFFF, whose halves come in two pieces."""
    begin, end = memory[:-1] + " \ud83c", second + "\n"
    return message(request, text_block(begin), text_block(end))


def stopped(request: Request, memory: str, *, reason: str | None) -> Answer:
    return message(request, text_block(memory[: len(memory) // 2]), stop_reason=reason)


def refusal(request: Request, memory: str, *, category: str | None = "cyber") -> Answer:
    del memory
    details = {"type": "refusal", "category": category, "explanation": "declined by a classifier"}
    return message(request, stop_reason="refusal", stop_details=details)


def no_text(request: Request, memory: str) -> Answer:
    del memory
    return message(request)


def says(request: Request, memory: str, *, text: str) -> Answer:
    """A reply made from a template; `{memory}` stands for the merged memory."""
    return message(request, text_block(text.replace("{memory}", memory)))


def elided(request: Request, memory: str) -> Answer:
    lines = memory.splitlines(keepends=True)
    keep = max(len(lines) * 2 // 3, 1)
    return message(
        request, text_block("".join(lines[:keep]) + "... (rest of the file unchanged)\n")
    )


def constraint_dropped(request: Request, memory: str) -> Answer:
    return message(request, text_block(_CONSTRAINT.sub(r"\1", memory, count=1)))


def constraint_softened(request: Request, memory: str) -> Answer:
    def soften(found: re.Match[str]) -> str:
        item = found[2].rstrip("\n")
        never = re.compile(r"\bnever\b", re.IGNORECASE)
        softer = never.sub("Try not to", item) if never.search(item) else item + " where practical"
        return found[1] + softer + "\n"

    return message(request, text_block(_CONSTRAINT.sub(soften, memory, count=1)))


_CONSTRAINT = re.compile(
    r"(^#+ (?:Hard constraints|Constraints)[^\n]*\n\s*)(- [^\n]*\n)", re.MULTILINE | re.IGNORECASE
)
_SECTION = re.compile(
    r"^## (?!Hard constraints|Constraints)[^\n]*\n(?:(?!## )[^\n]*\n)*", re.MULTILINE
)


def section_dropped(request: Request, memory: str) -> Answer:
    """The last section that holds no constraints is gone, heading and all."""
    last = list(_SECTION.finditer(memory))[-1]
    return message(request, text_block(memory[: last.start()] + memory[last.end() :]))


def sections_swapped(request: Request, memory: str) -> Answer:
    """The last two such sections stand in each other's place, which nobody asked for."""
    first, last = list(_SECTION.finditer(memory))[-2:]
    ends = memory[: first.start()], memory[last.end() :]
    between = memory[first.end() : last.start()]
    swapped = f"{last[0].rstrip()}\n\n{between}{first[0].rstrip()}\n"
    return message(request, text_block(ends[0] + swapped + ends[1]))


def refuses(request: Request, memory: str, *, answer: Answer) -> Answer:
    del request, memory
    return answer


def effort_unknown(request: Request, memory: str) -> Answer:
    if "output_config" in request.body:
        return error(
            400, "invalid_request_error", "output_config.effort: not supported by this model"
        )
    return merged(request, memory)


def first_half(request: Request, memory: str, *, cut: bool) -> Answer:
    """The stream up to the middle of the text; then the connection drops, or the stream ends
    politely.
    """
    return Answer(list(_half(request, memory)), content_type=EVENTS, cut=cut)


def _half(request: Request, memory: str) -> Iterator[bytes]:
    half = text_block(memory[: len(memory) // 2])
    whole = list(events(request, half, stop_reason="end_turn"))
    # Without content_block_stop, message_delta and message_stop
    return islice(whole, len(whole) - 3)


def without_message_stop(request: Request, memory: str) -> Answer:
    """All of the text and a good stop reason, but the stream's last event is missing."""
    whole = list(events(request, text_block(memory), stop_reason="end_turn"))
    return Answer(whole[:-1], content_type=EVENTS)


def overloaded_in_stream(request: Request, memory: str) -> Answer:
    problem = event("error", error={"type": "overloaded_error", "message": "Overloaded"})
    return Answer([*_half(request, memory), problem], content_type=EVENTS)


def broken_json_in_stream(request: Request, memory: str) -> Answer:
    broken = b'event: content_block_delta\ndata: {"type": "content_block_del\n\n'
    return Answer([*_half(request, memory), broken], content_type=EVENTS)


def endless(request: Request, memory: str, *, head: bool, pings: bool) -> Answer:
    """Never ends by itself:

    `pings` or silence, from the start or (`head`) after half of the text.
    """

    def chunks() -> Iterator[bytes]:
        if head:
            yield from _half(request, memory)
        for _ in range(2_400):
            if pings:
                yield event("ping")
            time.sleep(0.05)

    return Answer(chunks(), content_type=EVENTS)


def late(request: Request, memory: str) -> Answer:
    """Not even the headers come for a long time."""
    time.sleep(120)
    return merged(request, memory)


def slow_stream(request: Request, memory: str) -> Answer:
    """One second from the first event to the last."""
    whole = list(events(request, text_block(memory), stop_reason="end_turn"))

    def chunks() -> Iterator[bytes]:
        for chunk in whole:
            yield chunk
            time.sleep(1 / len(whole))

    return Answer(chunks(), content_type=EVENTS)


def echoes_request(request: Request, memory: str) -> Answer:
    """A gateway that puts the whole request, and the key, into its complaint."""
    del memory
    seen = request.headers.get("authorization", "") + " " + request.user_text
    return error(400, "invalid_request_error", seen)


def told_otherwise(
    request: Request, memory: str, *, tell: Callable[[dict[str, object]], object]
) -> Answer:
    """A whole and good stream, each event of which `tell` may change, or leave out (None)."""
    out = []
    for chunk in events(request, text_block(memory), stop_reason="end_turn"):
        fields = json.loads(chunk.partition(b"data: ")[2])
        if tell(fields) is not None:
            out.append(event(str(fields.pop("type")), **fields))
    return Answer(out, content_type=EVENTS)


def _without_usage(fields: dict[str, object]) -> object:
    message = fields.get("message")
    if isinstance(message, dict):
        del message["usage"]
    fields.pop("usage", None)
    return fields


def _null_usage(fields: dict[str, object]) -> object:
    message = fields.get("message")
    if isinstance(message, dict):
        message |= {"usage": {"input_tokens": None}, "model": None}
    if "usage" in fields:
        fields["usage"] = None
    return fields


def _huge_usage(fields: dict[str, object]) -> object:
    if "usage" in fields:
        fields["usage"] = {"output_tokens": 10**400}
    return fields


def _odd_usage(fields: dict[str, object]) -> object:
    message = fields.get("message")
    if isinstance(message, dict):
        message["usage"] = {"input_tokens": "many"}
    if "usage" in fields:
        fields["usage"] = {"output_tokens": -3.5}
    return fields


def _no_start(fields: dict[str, object]) -> object:
    return None if fields["type"] in ("message_start", "content_block_start") else fields


def blocks_the_other_way_round(request: Request, memory: str) -> Answer:
    """The second block comes first, and the end is told before the reason."""
    half = len(memory) // 2
    rows = [
        event("message_start", message={"type": "message", "role": "assistant"}),
        event("content_block_delta", index=1, delta={"type": "text_delta", "text": memory[half:]}),
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": memory[:half]}),
        event("content_block_delta", index=2, delta={"type": "text_delta", "text": None}),
        event("content_block_delta", index=2, delta=None),
        event("something_new", index=2),
        event("message_stop"),
        event("message_delta", delta={"stop_reason": "end_turn"}),
    ]
    return Answer(rows, content_type=EVENTS)


def two_messages(request: Request, memory: str) -> Answer:
    whole = list(events(request, text_block(memory), stop_reason="end_turn"))
    return Answer([*whole[:-1], *whole], content_type=EVENTS)


def endless_error(request: Request, memory: str) -> Answer:
    """An error whose words never end."""
    del request, memory
    return Answer((b"x" * 65_536 for _ in range(4_096)), 400, EVENTS)


def packed(request: Request, memory: str) -> Answer:
    """A small answer that unpacks to 64 MiB."""
    del request, memory
    bomb = gzip.compress(b"data: " + b"x" * (64 * 1024 * 1024))
    return Answer([bomb], content_type=EVENTS, headers={"content-encoding": "gzip"})


BUDGET = "Budget has been exceeded! Current cost: 21.4, Max budget: 20.0"
REGION = error(403, "forbidden", "Request not allowed")

SCENARIOS: dict[str, Scenario] = {
    "merged": merged,
    "nothing changed": nothing_changed,
    "thinking first": thinking_first,
    "two text blocks": two_text_blocks,
    "slow stream": slow_stream,
    "effort unknown": effort_unknown,
    # decoration left out, or told otherwise than the API does
    "usage left out": partial(told_otherwise, tell=_without_usage),
    "usage null": partial(told_otherwise, tell=_null_usage),
    "usage huge": partial(told_otherwise, tell=_huge_usage),
    "usage odd": partial(told_otherwise, tell=_odd_usage),
    "no message_start": partial(told_otherwise, tell=_no_start),
    "blocks the other way round": blocks_the_other_way_round,
    "two messages": two_messages,
    "halves of a character": partial(halved, second="\udfd4"),
    "half a character": partial(halved, second=""),
    # gateways and what stands before them
    "403 page": partial(refuses, answer=Answer([PORTAL], 403, "text/html")),
    "403 region": partial(refuses, answer=REGION),
    "407": partial(refuses, answer=Answer([b"", PORTAL], 407, "text/html")),
    "422": partial(
        refuses, answer=Answer([b'{"detail": [{"msg": "field required: prompt"}]}'], 422)
    ),
    "400 budget": partial(refuses, answer=error(400, "budget_exceeded", BUDGET)),
    "429 budget": partial(refuses, answer=error(429, "budget_exceeded", BUDGET)),
    "says evil": partial(says, text="{memory}\n- new \x1b]52;c;ZXZpbA==\x07\u202e line\n"),
    "400 evil": partial(
        refuses, answer=error(400, "invalid_request_error", "bad \x1b[2J\u202e\u200b words")
    ),
    "endless error": endless_error,
    "packed": packed,
    # replies that end otherwise than they should
    "max_tokens": partial(stopped, reason="max_tokens"),
    "context window": partial(stopped, reason="model_context_window_exceeded"),
    "pause_turn": partial(stopped, reason="pause_turn"),
    "unknown stop": partial(stopped, reason="tired"),
    "null stop": partial(stopped, reason=None),
    "refusal": refusal,
    "refusal without category": partial(refusal, category=None),
    "empty": no_text,
    "blank": partial(says, text=" \n\n"),
    # replies that are no good memory
    "fenced": partial(says, text="```markdown\n{memory}```\n"),
    "preamble": partial(says, text="Here is the updated memory file:\n\n{memory}"),
    "chat": partial(says, text="{memory}\nLet me know if you would like any changes!\n"),
    "prose refusal": partial(says, text="I'm sorry, but I can't help with updating this file."),
    "json": partial(says, text=json.dumps({"memory": "updated"})),
    "unchanged": partial(says, text="UNCHANGED"),
    "elided": elided,
    "constraint dropped": constraint_dropped,
    "constraint softened": constraint_softened,
    "section dropped": section_dropped,
    "sections swapped": sections_swapped,
    # the API says no
    "400": partial(
        refuses, answer=error(400, "invalid_request_error", "messages: something is wrong")
    ),
    "400 credit": partial(refuses, answer=error(400, "invalid_request_error", CREDIT)),
    "400 echo": echoes_request,
    "401": partial(refuses, answer=error(401, "authentication_error", "invalid bearer token")),
    "403": partial(refuses, answer=error(403, "permission_error", "not allowed in this workspace")),
    "404 model": partial(
        refuses, answer=error(404, "not_found_error", "model: claude-sonnet-4-20250514")
    ),
    "404 html": partial(refuses, answer=Answer([PORTAL], 404, "text/html")),
    "408": partial(refuses, answer=error(408, "timeout_error", "Request timed out")),
    "413": partial(
        refuses, answer=error(413, "request_too_large", "Request exceeds the maximum size")
    ),
    "429": partial(refuses, answer=error(429, "rate_limit_error", "Slow down")),
    "429 short": partial(
        refuses, answer=error(429, "rate_limit_error", "Slow down", retry_after="1")
    ),
    "429 never": partial(
        refuses, answer=error(429, "rate_limit_error", "Slow down", retry_after="1e999")
    ),
    "429 nan": partial(
        refuses, answer=error(429, "rate_limit_error", "Slow down", retry_after="nan")
    ),
    "429 before": partial(
        refuses, answer=error(429, "rate_limit_error", "Slow down", retry_after="-5")
    ),
    "429 date": partial(
        refuses,
        answer=error(
            429, "rate_limit_error", "Slow down", retry_after="Sun, 22 Nov 2026 12:00:00 GMT"
        ),
    ),
    "429 long": partial(
        refuses, answer=error(429, "rate_limit_error", "Slow down", retry_after="3600")
    ),
    "500": partial(refuses, answer=error(500, "api_error", "Internal server error")),
    "502 html": partial(refuses, answer=Answer([PORTAL], 502, "text/html")),
    "529": partial(refuses, answer=error(529, "overloaded_error", "Overloaded")),
    # the wire
    "redirect": partial(refuses, answer=Answer([b""], 307, headers={"location": ELSEWHERE})),
    "html": partial(refuses, answer=Answer([PORTAL], content_type="text/html")),
    "json instead of a stream": partial(refuses, answer=Answer([b'{"type": "message"}'])),
    "cut stream": partial(first_half, cut=True),
    "early end": partial(first_half, cut=False),
    "no message_stop": without_message_stop,
    "overloaded in the stream": overloaded_in_stream,
    "broken json in the stream": broken_json_in_stream,
    "pings": partial(endless, head=False, pings=True),
    "pings after half": partial(endless, head=True, pings=True),
    "silence": partial(endless, head=False, pings=False),
    "silence after half": partial(endless, head=True, pings=False),
    "late": late,
}

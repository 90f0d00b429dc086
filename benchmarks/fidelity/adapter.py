"""The one place that knows memsync: the request it would send, its guard, and what it would print.

When memsync moves a room, this file follows and nothing else of the benchmark does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from memsync.config import load
from memsync.memory.text.changes import changes
from memsync.merge import claude, keys, models, prompt
from memsync.merge.guard.account import COME
from memsync.merge.guard.verdict import judge
from memsync.system.errors import MemsyncError
from memsync.system.machine import this_machine

STILL_THERE: Final = "still there: "
_DAY: Final = "2026-11-28"  # of every note of a case


class Ruling(NamedTuple):
    """What memsync would do with a reply.

    kind: accept, ask (a person decides), reject. body: the memory afterwards, a question counting
    as answered with yes, a refusal as nothing merged. shown: what a person is told: the lines of
    the account without their labels, and the repairs.
    """

    kind: Literal["accept", "ask", "reject"]
    body: str
    reasons: tuple[str, ...]
    repairs: tuple[str, ...]
    shown: tuple[str, ...]


class Request(NamedTuple):
    """What memsync would send to Claude, and how many tokens it leaves for the reply."""

    system: str
    user: str
    max_tokens: int


class Paid(NamedTuple):
    """A reply and its price in dollars, None where the price of the model is not known."""

    text: str
    cost: float | None


class CallFailedError(Exception):
    """A call brought no reply that counts; the message is memsync's own, in one line."""


def ruling(memory: str, reply: str, notes: Sequence[str]) -> Ruling:
    """Let memsync's guard decide about a reply to: merge these notes into this memory."""
    verdict = judge(memory, reply, notes, days=[_DAY])
    # Where only repairs left the memory as it was, `refresh` refuses the reply (steps/replies.py)
    undone = verdict.kind == "unchanged" and bool(verdict.leaves_pending)
    rejected = verdict.kind == "reject" or undone
    body = memory if rejected else verdict.body
    account = changes(memory, body)
    pairs = (line for pair in account.reworded for line in pair)
    new = (line.text for line in verdict.account if line.kind in COME)
    still = (f"{STILL_THERE}{line}" for line in verdict.still_there)
    shown = (*account.gone, *pairs, *new, *verdict.repairs, *verdict.left_out, *still)
    kind: Literal["accept", "ask", "reject"] = (
        "reject" if rejected else "accept" if verdict.kind != "ask" else "ask"
    )
    return Ruling(kind, body, verdict.reasons, verdict.repairs, shown)


def request(memory: str, notes: Sequence[str]) -> Request:
    """The request for one merge, word for word as `memsync refresh` sends it."""
    parts = [prompt.Part("", note.strip("\n"), date=_DAY) for note in notes]
    room = models.default_max_tokens(len(memory.encode("utf-8")))
    return Request(prompt.system(400), prompt.user_message(memory, parts), room)


def default_model() -> str:
    """The model that memsync takes when nobody names one."""
    return models.DEFAULT_MODEL


def api_caller(model: str) -> Callable[[Request], Paid]:
    """One call through the SDK, with the key, address and time limit that memsync itself would use.

    Raises `CallFailedError`, here for a missing key, later for each call that brings nothing.
    """
    try:
        config = load(this_machine())
        key = keys.find(config.machine, config.api_key_command)
        if key is None:
            raise MemsyncError("there is no API key for Claude", "memsync config set api_key")
        timeout = float(config.number("timeout"))
    except MemsyncError as error:
        raise _failed(error) from error

    def call(sent: Request) -> Paid:
        try:
            reply = claude.ask(
                sent.system,
                sent.user,
                key=key,
                model=model,
                max_tokens=sent.max_tokens,
                timeout=timeout,
                progress=lambda lines: None,
            )
        except MemsyncError as error:
            raise _failed(error) from error
        return Paid(reply.text, models.price(reply.model, reply.input_tokens, reply.output_tokens))

    return call


def _failed(error: MemsyncError) -> CallFailedError:
    return CallFailedError(f"{error.what}; {error.hint}" if error.hint else error.what)

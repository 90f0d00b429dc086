"""What was asked of Claude's API, and how it failed: as values. What they mean in words is said in
`statuses.py` and `faults.py`.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from memsync.merge.keys import Key
from memsync.merge.reply import Turn

LONGEST_RETRY_AFTER: Final = 30.0

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
    "plain",  # http to another machine
    "proxy",  # the settings of the proxy cannot be used
    "proxy says no",
    "too much",  # more than any answer has
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
    more: tuple[Turn, ...] = ()  # what was said after `user`


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
    is_page: bool = False  # an HTML page, so not the API's own words

    @property
    def names_effort(self) -> bool:
        """Whether the model knows no effort: then the same call without it is made at once."""
        return self.status == 400 and ("output_config" in self.message or "effort" in self.message)

    @property
    def is_unknown_model(self) -> bool:
        """Whether the API is there but has no such model (any more)."""
        return self.status == 404 and self.type == "not_found_error" and "model" in self.message

    def pause(self, wait: float) -> float | None:
        """Seconds until the call may be made again, `wait` unless the API names a time.

        None: never.
        """
        if self.kind not in ("status", "connection", "refused", "dns", "timeout"):
            return None
        if self.kind == "status" and self.status not in (408, 409, 429) and self.status < 500:
            return None
        if "budget" in self.message.lower():
            return None  # a gateway's, which no wait fills up
        if self.retry_after is None:
            return wait
        return max(0.0, self.retry_after) if self.retry_after <= LONGEST_RETRY_AFTER else None

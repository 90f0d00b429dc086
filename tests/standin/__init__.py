"""The stand-in for Claude that the tests talk to: the demo's server with scripted faults.

    with StandIn("529", "merged") as api:                  # the last scenario repeats
        run("refresh", env={"ANTHROPIC_BASE_URL": api.url})
    assert api.calls == 2

Scenario names are the keys of `SCENARIOS`. `when={"word": "refusal"}` answers so to each request
whose notes hold the word, whatever the script says, and does not use up the script.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from memsync.commands.demo import standin
from memsync.commands.demo.filing import file_notes, split_message
from memsync.commands.demo.standin import Answer, Request
from memsync.merge.models import ACTIVE_MODELS
from tests.standin.scenarios import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Request", "Scenario", "StandIn", "closed_port_url"]


class StandIn(standin.StandIn):
    """The server with a script.

    `rule` makes a merged memory of a user message; `delay` is in seconds.
    """

    def __init__(
        self,
        *script: str,
        rule: Callable[[str], str] = file_notes,
        when: Mapping[str, str] | None = None,
        delay: float = 0,
        models: Sequence[str] = ACTIVE_MODELS,
        seconds: float = 120,
    ) -> None:
        super().__init__(self._play, models=models, seconds=seconds)
        self._script = [SCENARIOS[name] for name in script or ("merged",)]
        self._rule = rule
        self._when = {word: SCENARIOS[name] for word, name in (when or {}).items()}
        self._delay = delay
        self._turn = threading.Lock()

    @property
    def prompts(self) -> list[str]:
        """The user messages so far."""
        return [request.user_text for request in self.requests if request.method == "POST"]

    @property
    def notes(self) -> list[list[str]]:
        """The notes of each call so far."""
        return [split_message(prompt)[1] for prompt in self.prompts]

    def _play(self, request: Request) -> Answer:
        time.sleep(self._delay)
        return self._scenario(request)(request, self._rule(request.user_text))

    def _scenario(self, request: Request) -> Scenario:
        notes = "\n\n".join(split_message(request.user_text)[1])
        for word, scenario in self._when.items():
            if word in notes:
                return scenario
        with self._turn:
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]


def closed_port_url() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"

"""The calls of one refresh: each is chosen, asked about where it is dear, shown while it lasts, and
put on record.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from memsync.commands import asking
from memsync.commands.room import make_sure_of_room
from memsync.config import Config
from memsync.merge import address, headless, ledger, models
from memsync.merge.keys import Key
from memsync.merge.reply import Reply, Turn
from memsync.steps.workspace import Workspace
from memsync.system import terminal
from memsync.system.disk import RealDisk
from memsync.system.errors import ClaudeError, LocalError
from memsync.system.progress import progress


class Asked(NamedTuple):
    """What the command line says of a call. `model`: "" is the one of the settings.

    `agreed`: the person has agreed to what it costs. `dry`: nothing is written, only paid.
    """

    model: str
    agreed: bool
    dry: bool


def caller(
    asked: Asked, config: Config, work: Workspace, tell: Callable[[str], None]
) -> Callable[[str, Sequence[Turn]], Reply]:
    """A function that asks the engine of the settings. A person is asked about the cost once;
    `tell` is given what each call cost, in words.
    """
    agreed = asked.agreed

    def ask(system: str, turns: Sequence[Turn]) -> Reply:
        nonlocal agreed
        engine = asking.choose(config, kept="" if asked.dry else "; the notes are kept")
        memory = work.store.memory()
        body = memory.body if memory else ""
        # A reply is kept before it is used: whether it can be is seen before it is paid for
        make_sure_of_room(work.store.state, len(body.encode("utf-8")))
        model = asked.model or config.text("model")
        room = config.number("max_tokens") or models.default_max_tokens(len(body.encode("utf-8")))
        limits = asking.Limits(model, room, float(config.number("timeout")))
        if news := asking.news(work.store.state, engine):
            terminal.hint(news)
        if not agreed:
            sent = "".join((system, *(turn.text for turn in turns)))
            cost = asking.may_cost(engine, model, sent, body)
            asking.agree(cost, config.dollars("ask_above"))
            agreed = True
        try:
            reply = _answered(engine, system, turns, limits, config, body.count("\n"))
        except ClaudeError as error:
            if error.paid is not None:  # declined, or cut off at its limit
                settle(Reply("", *error.paid))
            raise
        settle(reply)  # also one that is refused
        return reply

    def settle(reply: Reply) -> None:
        tell(asking.cost(reply))
        if not asked.dry:
            _put_on_record(config, reply)

    return ask


def _answered(
    engine: Key | headless.Program,
    system: str,
    turns: Sequence[Turn],
    limits: asking.Limits,
    config: Config,
    lines: int,
) -> Reply:
    api = not isinstance(engine, headless.Program)
    where = address.of_environment(config.machine.env).host if api else "Claude Code"
    most = f"at most {limits.max_tokens} tokens and {limits.timeout:.0f} s"
    terminal.detail(f"asking {limits.model} at {where}: {most}")
    begin = time.monotonic()
    with progress("Refreshing global memory...", lines, config.machine) as shown:
        reply = asking.ask(engine, system, turns, limits, shown.lines)
    terminal.detail(f"answered after {time.monotonic() - begin:.1f} s")
    return reply


def _put_on_record(config: Config, reply: Reply) -> None:
    """The call for `memsync usage`."""
    state = RealDisk(config.machine.state_dir, LocalError)
    if why := ledger.add(state, ledger.paid(reply, config.machine.now())):
        terminal.warn(why)

"""How Claude is asked: through the API, or through the person's own Claude Code.

The setting `engine` says which; `auto` takes the API where a key is there, else Claude Code where
it is installed and logged in. A failure of one is told, and the other is never taken for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from memsync.agents import claude_code, hooks
from memsync.config import Config
from memsync.merge import headless, keys, models
from memsync.merge.claude import Progress
from memsync.merge.headless_stream import LOG_IN, OTHER_ENGINE
from memsync.merge.keys import SET_KEY, Key
from memsync.merge.reply import Engine, Reply, Turn
from memsync.system import dialogue, terminal
from memsync.system.disk import ANYTHING, Disk
from memsync.system.errors import ClaudeError

FILE: Final = "engine"
NEW_TOKENS: Final = 2_000
"""What notes add to a memory, at most as a rule."""

CHEAPER: Final = "memsync refresh --model claude-haiku-5-5   (or: memsync config set ask_above 1)"
NAMES: Final[dict[Engine, str]] = {"api": "Claude's API", "claude-code": "Claude Code"}


class Limits(NamedTuple):
    """What one call may take: the model, tokens of the reply, seconds."""

    model: str
    max_tokens: int
    timeout: float


def choose(config: Config, *, kept: str = "") -> Key | headless.Program:
    """The API's key, or Claude Code. Raises `ClaudeError` where there is neither.

    `kept`: what its words add about the notes.
    """
    wanted = config.text("engine")
    key = keys.find(config.machine, config.api_key_command) if wanted != "claude-code" else None
    if key is not None:
        return key
    path = claude_code.program_path(config.machine) if wanted != "api" else ""
    program = headless.Program(path, hooks.outside(config.machine.env))
    if path and headless.is_logged_in(program):
        return program
    if wanted == "claude-code":
        what = "is not logged in" if path else "is not installed"
        raise ClaudeError(f"Claude Code {what}{kept}", LOG_IN if path else OTHER_ENGINE)
    too = ", and Claude Code is not logged in" if path else ""
    hint = f"{SET_KEY}   (or: claude, then type /login)" if path else SET_KEY
    raise ClaudeError(f"there is no API key for Claude{too}{kept}", hint)


def ask(
    engine: Key | headless.Program,
    system: str,
    turns: Sequence[Turn],
    limits: Limits,
    progress: Progress,
) -> Reply:
    """The reply of the engine that was chosen."""
    user, more = turns[0].text, turns[1:]
    if isinstance(engine, headless.Program):
        return headless.ask(
            system, user, program=engine, progress=progress, more=more, **limits._asdict()
        )
    from memsync.merge import claude

    return claude.ask(system, user, key=engine, progress=progress, more=more, **limits._asdict())


def may_cost(engine: Key | headless.Program, model: str, sent: str, body: str) -> float | None:
    """About what a call costs in dollars, rather too much than too little; None where it is on the
    person's plan, or where nobody knows the model's price.

    `sent`: all that is sent. `body`: the memory, which comes back with the notes in it.
    """
    if isinstance(engine, headless.Program):
        return None
    given = models.tokens_of(sent)
    return models.price(model, given, min(given, models.tokens_of(body) + NEW_TOKENS))


def agree(dollars: float | None, most: float) -> None:
    """Ask a person about a call that may cost more than `most` dollars; without a person it is only
    said.

    Raises `ClaudeError` at a no.
    """
    if dollars is None or dollars <= most:
        return
    shown = f"this merge may cost about ${dollars:.2f}"
    if not terminal.has_person():
        terminal.hint(f"{shown} (ask_above is ${most:g})")
        return
    stays = "nothing is sent; the notes wait"
    if not dialogue.confirm(f"{shown[0].upper()}{shown[1:]}. Go on?", "Claude merges", stays):
        raise ClaudeError("", CHEAPER).by_choice(f"no merge was paid for; {stays}")


def news(state: Disk, engine: Key | headless.Program) -> str:
    """Which engine was taken, where that is another one than last time; "" where it is not.

    Without a record it is the API, which everybody had before there was a choice.
    """
    name: Engine = "claude-code" if isinstance(engine, headless.Program) else "api"
    before = (state.read(FILE) or b"api").decode("utf-8", "replace").strip()
    if before == name:
        return ""
    state.replace(FILE, name.encode(), ANYTHING)
    return f"merging with {NAMES[name]} from now on (memsync config set engine api|claude-code)"


def cost(reply: Reply) -> str:
    """What a call cost, in words: dollars, or of a plan what the API would have taken."""
    dollars = models.price(reply.model, reply.input_tokens, reply.output_tokens)
    tokens = f"{reply.input_tokens} tokens in, {reply.output_tokens} out"
    if reply.engine == "api":
        return f"{reply.model}: {tokens}" + (f", ${dollars:.4f}" if dollars is not None else "")
    price = f" (${dollars:.4f} by the API's prices)" if dollars is not None else ""
    return f"{reply.model} through Claude Code: {tokens}, on your plan{price}"

"""What Claude Code tells a hook, what memsync answers, and the environment of what it starts. Pure.

The shapes were measured (facts, claude-code-332.md 3). An answer is one JSON line on stdout.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from memsync.system.errors import InputError
from memsync.system.visible import whole

MOST_BYTES: Final = 4 * 1024 * 1024
NAME: Final = "hook"  # the command that Claude Code runs; it stands in no list for people
CHILD: Final = "MEMSYNC_CHILD"
RUNS: Final = "CLAUDECODE"  # set in everything that Claude Code runs
KEPT: Final = frozenset({"CLAUDE_CONFIG_DIR", "CLAUDE_CODE_OAUTH_TOKEN"})
_OF_A_SESSION: Final = ("CLAUDE_", "CLAUDECODE", "AI_AGENT")


class Told(NamedTuple):
    """What Claude Code says on a hook's stdin; "" for what it left out."""

    session: str = ""
    transcript: str = ""
    source: str = ""
    command: str = ""
    args: str = ""


def told(data: bytes) -> Told:
    """The input of a hook; an empty one where it cannot be read."""
    try:
        found = json.loads(data)
        words = ("session_id", "transcript_path", "source", "command_name", "command_args")
        return Told(*(whole(str(found.get(word) or "")) for word in words))
    except (ValueError, AttributeError, RecursionError):
        return Told()


def for_the_person(lines: Sequence[str]) -> str:
    """One line for the person, none for the model; "" when there is nothing to say."""
    return json.dumps({"systemMessage": f"memsync: {'; '.join(lines)}"}) if lines else ""


def blocked(reason: str, *, clear: bool) -> str:
    """What was typed goes to no model; the person reads why. `clear`: it need not come back."""
    own: dict[str, object] = {"hookEventName": "UserPromptExpansion"}
    if clear:
        own["suppressOriginalPrompt"] = True
    return json.dumps({"decision": "block", "reason": reason, "hookSpecificOutput": own})


def is_attended(env: Mapping[str, str]) -> bool:
    """Whether a person types in this session: `claude -p` and the SDK are programs' sessions."""
    return not env.get("CLAUDE_CODE_ENTRYPOINT", "").startswith("sdk")


def refuse_child(env: Mapping[str, str], command: str) -> None:
    """What runs inside memsync's own Claude Code captures nothing, and waits for no lock that its
    parent holds. Raises `InputError` there.
    """
    if env.get(CHILD):
        raise InputError("this runs inside memsync, which captures nothing", command)


def outside(env: Mapping[str, str]) -> dict[str, str]:
    """An environment without what belongs to the session: its credentials, and what makes memsync
    take a command for Claude's own.
    """
    return {
        name: value
        for name, value in env.items()
        if name in KEPT or not name.startswith(_OF_A_SESSION)
    }

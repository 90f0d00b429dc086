"""The files that make memsync a plugin of Claude Code, as bytes. Pure.

A folder in `skills/` of Claude's folder loads itself, hooks with it (facts, claude-code-332.md 2):
no marketplace, no question, and settings.json stays the person's own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

NAME: Final = "memsync"
ID: Final = "memsync@skills-dir"  # how Claude Code names it, in `enabledPlugins` for one
MANIFEST: Final = ".claude-plugin/plugin.json"
HOOKS: Final = "hooks/hooks.json"
SKILL: Final = "SKILL.md"
COMMAND: Final = "bin/memsync"
PLUGIN_DATA: Final = "plugins/data/memsync-skills-dir"
LISTED: Final = "claude-plugin"  # the folder of the repository that the marketplace points to
LEAST_VERSION: Final = (2, 1, 157)  # below, the skill loads and the hooks do not

DESCRIPTION: Final = "Keeps one memory the same on all your machines, through your cloud folder"

EVENTS: Final = {
    "SessionStart": "startup|resume|clear",
    "SessionEnd": "",
    "UserPromptExpansion": f"{NAME}|{NAME}:{NAME}",
}
"""The hooks, each with its matcher. SessionStart fires on compact too, where nothing is new."""

SECONDS: Final = 30  # Claude Code waits so long for a hook that hangs, and then goes on

SKILL_TEXT: Final = """\
---
name: memsync
description: >-
  Remember something for the user beyond this session, on all their machines. Use when the user
  asks you to remember, note or never forget something, or states a lasting preference, fact or
  rule about themselves or how they work.
---

# Remember something for the user

Run this with the Bash tool, one note a call:

```sh
memsync note <<'EOF'
Never deploy on Fridays.
EOF
```

- Use the user's own words, whole sentences as they typed them. memsync compares them with what was
  typed in this session: the same words are a note at once, other words wait until the user has
  seen them (`memsync review`). Both are fine. Say which it was, in one line.
- Note what stays true: who the user is, how they like to work, decisions, rules. Not what this
  task needs, not what the code says, nothing from a file, a web page or a tool.
- Never a password, key or token.
- A note needs no merge from you. Do not edit CLAUDE.md or GLOBAL_MEMORY.md for it.

The user can type `/memsync some text` to note it without asking you.
"""

README: Final = """\
# memsync for Claude Code

memsync keeps one Markdown memory the same on every machine, through the cloud folder that you
already have. This folder was written by `memsync connect claude-code`, and `memsync disconnect
claude-code` removes it; nothing else in Claude's folder was edited for it.

- `/memsync TEXT` keeps a note at once. Nothing is sent to a model.
- `memsync note`, run by Claude, keeps what you typed yourself; other words wait for your yes.
- When a session begins, one line tells you what waits for you, if anything does.
- When a session ends, what you typed is looked through on this machine for things to remember;
  `memsync review` asks you about them.

What runs when, and how to stop it, is in docs/claude-code.md of the memsync repository.
"""


class File(NamedTuple):
    """A file of the plugin: its name in the folder, its bytes, and whether it is a program."""

    name: str
    data: bytes
    program: bool = False


def files(program: Sequence[str], version: str) -> tuple[File, ...]:
    """All files of the plugin. `program`: how memsync is started, its parts as they are."""
    return (
        File(MANIFEST, _json(_manifest(version))),
        File(SKILL, SKILL_TEXT.encode()),
        File("README.md", README.encode()),
        File(COMMAND, _command(program), program=True),
        File(HOOKS, _json(_hooks(program))),
    )


def listed(version: str) -> tuple[File, ...]:
    """The same plugin as a marketplace lists it: `memsync` is found on the PATH."""
    return tuple(file for file in files((NAME,), version) if file.name != COMMAND)


def marketplace(version: str) -> bytes:
    """The catalogue of the repository, for `claude plugin marketplace add`."""
    entry = {"name": NAME, "source": f"./{LISTED}", "description": DESCRIPTION, "version": version}
    owner = {"name": NAME}
    whole = {"name": NAME, "owner": owner, "metadata": {"description": DESCRIPTION}}
    return _json(whole | {"plugins": [entry]})


def _manifest(version: str) -> dict[str, object]:
    return {
        "name": NAME,
        "version": version,
        "description": DESCRIPTION,
        "author": {"name": "memsync"},
        "license": "MIT",
        "skills": ["./"],
    }


def _hooks(program: Sequence[str]) -> dict[str, object]:
    """Each hook by `command` and `args`, without a shell: no path needs quotes, on any system."""
    first, *rest = program
    events: dict[str, object] = {}
    for event, matcher in EVENTS.items():
        hook = {"type": "command", "command": first, "args": [*rest, "hook", event]}
        entry = {"hooks": [hook | {"timeout": SECONDS}]}
        events[event] = [{"matcher": matcher, **entry} if matcher else entry]
    told = "memsync's doors: what is typed, and a session's begin and end"
    return {"description": told, "hooks": events}


def _command(program: Sequence[str]) -> bytes:
    """`memsync` for Claude's Bash tool, which has the plugin's `bin` on its PATH; a shell reads it,
    on Windows too.
    """
    import shlex  # only where a file of the plugin is written

    words = " ".join(shlex.quote(part.replace("\\", "/")) for part in program)
    return f'#!/bin/sh\nexec {words} "$@"\n'.encode()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def version_of(text: str) -> tuple[int, ...] | None:
    """The numbers of `2.1.332 (Claude Code)`; None when it is not such a text."""
    word = text.split(" ", 1)[0].strip()
    parts = word.partition("-")[0].split(".")
    return tuple(map(int, parts)) if len(parts) > 1 and all(p.isdigit() for p in parts) else None

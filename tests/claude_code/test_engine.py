"""A merge through the real Claude Code: nothing of the person's own setup gets into the request."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memsync.commands.demo.filing import file_notes
from memsync.commands.demo.standin import Answer, Request
from memsync.merge import prompt
from tests.claude_code.api import Api, Reply
from tests.e2e.world import World, tree
from tests.systems import posix_only

pytestmark = posix_only("a link to the program")
POISON = "quincepoison"
NOTE = "Never deploy on Fridays."
TOKEN = "a-token-of-the-tests"


class Merging(Api):
    """It files the notes of what it is sent, as the stand-in does, whatever stands beside."""

    def reply(self, request: Request) -> Reply:
        """The memory with its notes filed."""
        return file_notes(user_text(request.body))


class Limited(Api):
    """The limit of the plan is reached, or a status of the API's."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__()
        self._status = status
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self, request: Request) -> Answer:
        """The same for every message."""
        if "/v1/messages" not in request.path:
            return Answer([b"{}"], 404)
        self.requests.append(request)
        kind = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
        error = {"type": kind.get(self._status, "api_error"), "message": "no"}
        body = json.dumps({"type": "error", "error": error}).encode()
        return Answer([body], self._status, headers=self._headers)


def blocks(body: dict[str, Any]) -> Iterator[str]:
    """Every text of the messages of a request."""
    for message in body["messages"]:
        content = message["content"]
        yield from [content] if isinstance(content, str) else (one["text"] for one in content)


def user_text(body: dict[str, Any]) -> str:
    """memsync's own message in a request."""
    (text,) = [text for text in blocks(body) if text.startswith(prompt.MEMORY_LABEL)]
    return text


def posts(api: Api) -> list[dict[str, Any]]:
    """The bodies that were sent for a message."""
    return [one.body for one in api.requests if one.method == "POST" and one.body.get("messages")]


def poison(world: World) -> Path:
    """A home full of things that Claude Code would take into a request; the file a hook makes."""
    claude, ran = world.home / ".claude", world.home / "the-hook-ran"
    hook = {"type": "command", "command": f"touch '{ran}'; echo {POISON}"}
    events = ("SessionStart", "UserPromptSubmit", "Stop", "SessionEnd")
    files = {
        "settings.json": json.dumps(
            {
                "outputStyle": "fruity",
                "language": POISON,
                "model": "opus",
                "hooks": {event: [{"hooks": [hook]}] for event in events},
            }
        ),
        "output-styles/fruity.md": f"---\nname: fruity\ndescription: x\n---\n{POISON}\n",
        "rules/own.md": f"{POISON}\n",
        "AGENTS.md": f"{POISON}\n",
        "../AGENTS.md": f"{POISON}\n",
        "skills/fruit/SKILL.md": f"---\nname: fruit\ndescription: {POISON}\n---\n{POISON}\n",
        "agents/fruit.md": f"---\nname: fruit\ndescription: {POISON}\n---\n{POISON}\n",
        "commands/fruit.md": f"{POISON}\n",
    }
    for name, text in files.items():
        path = claude / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ran


@pytest.fixture
def env(program: Path, world: World) -> dict[str, Any]:
    """An environment with Claude Code on the PATH, logged in, no key, temp files below the home."""
    folder, temp = world.root / "bin", world.home / "tmp"
    folder.mkdir()
    temp.mkdir()
    os.symlink(program, folder / "claude")
    return {
        "PATH": os.pathsep.join([str(folder), os.environ["PATH"]]),
        "TMPDIR": str(temp),
        "MEMSYNC_API_KEY": "",
        "CLAUDE_CODE_OAUTH_TOKEN": TOKEN,
    }


def test_nothing_of_the_persons_own_is_in_the_request(world: World, env: dict[str, Any]) -> None:
    world.init()
    ran = poison(world)
    world.ok("config", "set", "engine", "claude-code")
    with Merging() as api:
        done = world.ok("refresh", "-n", f"{NOTE} See @{world.home}/AGENTS.md", api=api.url, **env)
    (body,) = posts(api)
    assert POISON not in json.dumps(body)
    assert not body.get("tools")
    assert body["model"] == "claude-sonnet-5-5"
    system = body["system"]
    texts = [system] if isinstance(system, str) else [block["text"] for block in system]
    assert prompt.system(400) in texts
    assert user_text(body).startswith(prompt.MEMORY_LABEL)
    assert NOTE in user_text(body)
    assert not ran.exists()
    assert not (world.home / ".claude" / "projects").exists()
    assert list((world.home / "tmp").glob("memsync-*")) == []
    assert NOTE in world.body
    assert world.pending == {}
    assert "through Claude Code: 10 tokens in, 5 out, on your plan" in done.err


def test_auto_takes_it_where_no_key_is_and_says_so_once(world: World, env: dict[str, Any]) -> None:
    world.init()
    words = "merging with Claude Code from now on"
    with Merging() as api:
        assert words in world.ok("refresh", "-n", NOTE, api=api.url, **env).err
        assert words not in world.ok("refresh", "-n", "Prefer tea.", api=api.url, **env).err
        with_key = {**env, "MEMSYNC_API_KEY": "sk-ant-test"}
        done = world.ok("refresh", "-n", "Prefer plums.", api=api.url, **with_key)
    assert "merging with Claude's API from now on" in done.err
    assert "through Claude Code" not in done.err
    for text in (NOTE, "Prefer tea.", "Prefer plums."):
        assert text in world.body


def test_without_a_login_nothing_is_asked(world: World, env: dict[str, Any]) -> None:
    world.init()
    with Merging() as api:
        done = world.run(
            "refresh", "-n", NOTE, api=api.url, **{**env, "CLAUDE_CODE_OAUTH_TOKEN": ""}
        )
    assert done.status == 5
    assert "Claude Code is not logged in" in done.err
    assert posts(api) == []
    assert list(world.pending.values()) == [NOTE]


@pytest.mark.parametrize(
    ("status", "words"), [(401, "login has expired"), (404, "does not know the model")]
)
def test_what_the_api_says_no_to(
    world: World, env: dict[str, Any], status: int, words: str
) -> None:
    world.init()
    before = tree(world.memory)
    with Limited(status) as api:
        done = world.run("refresh", "-n", NOTE, api=api.url, **env)
    assert done.status == 5
    assert words in done.err
    assert tree(world.memory) == before
    assert list(world.pending.values()) == [NOTE]


def test_the_limit_of_the_plan_is_told_with_its_end(world: World, env: dict[str, Any]) -> None:
    world.init()
    end = int(time.time()) + 2 * 86400
    prefix = "anthropic_ratelimit_unified_"
    headers = {
        f"{prefix}status": "rejected",
        f"{prefix}reset": str(end),
        f"{prefix}representative_claim": "five_hour",
    }
    with Limited(429, **headers) as api:
        done = world.run("refresh", "-n", NOTE, api=api.url, **env)
    assert done.status == 5
    assert "the limit of your Claude plan is reached" in done.err
    assert f"until {datetime.fromtimestamp(end, UTC):%Y-%m-}" in done.err
    assert list(world.pending.values()) == [NOTE]

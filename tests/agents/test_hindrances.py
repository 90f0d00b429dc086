"""What keeps Claude Code from the memory, or from memsync's hooks."""

from __future__ import annotations

from typing import Any

import pytest

from memsync.agents.claude_code import State
from memsync.agents.hindrances import Seen, Settings, matches, of_claude_code

MEMORY = "/home/ada/.claude/CLAUDE.md"


def findings(
    settings: dict[str, Any] | None = None, connected: State = "ours", **env: str
) -> list[tuple[str, str]]:
    file = Settings("/s.json", settings)
    seen = Seen((MEMORY,), (file,) if settings is not None else (), env, connected)
    return [(one.level, one.what) for one in of_claude_code(seen)]


def test_nothing_is_said_where_nothing_hinders() -> None:
    assert findings({"model": "opus", "enabledPlugins": {"memsync@skills-dir": True}}) == []
    assert findings({}, CLAUDE_CODE_DISABLE_CLAUDE_MDS="0") == []


@pytest.mark.parametrize(
    ("settings", "level", "words"),
    [
        ({"claudeMdExcludes": ["**/CLAUDE.md"]}, "problem", "hides the memory: **/CLAUDE.md"),
        ({"env": {"CLAUDE_CODE_DISABLE_CLAUDE_MDS": "1"}}, "problem", "reads no memory"),
        ({"disableAllHooks": True}, "warning", "no hook of memsync's runs"),
        ({"enabledPlugins": {"memsync@skills-dir": False}}, "warning", "is disabled"),
        ({"enabledPlugins": {"memsync@memsync": True}}, "warning", "runs twice (/s.json)"),
    ],
)
def test_each_setting_that_hinders_is_named(
    settings: dict[str, Any], level: str, words: str
) -> None:
    ((found, what),) = findings(settings)
    assert found == level
    assert words in what
    assert "/s.json" in what


def test_the_variable_is_named() -> None:
    ((level, what),) = findings(CLAUDE_CODE_DISABLE_CLAUDE_MDS="1")
    assert (level, what) == (
        "problem",
        "CLAUDE_CODE_DISABLE_CLAUDE_MDS is set, so Claude Code reads no memory",
    )


def test_hooks_that_are_not_there_cannot_be_switched_off() -> None:
    settings = {"disableAllHooks": True, "enabledPlugins": {"memsync@skills-dir": False}}
    assert findings(settings, "absent") == []
    assert [level for level, _ in findings(None, "outdated")] == ["warning"]


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("**/CLAUDE.md", MEMORY, True),
        ("/home/*/.claude/CLAUDE.md", MEMORY, True),
        ("/home/ada/**", MEMORY, True),
        ("/home/ada/.claude/{CLAUDE,other}.md", MEMORY, True),
        ("**/.claude/*.md", MEMORY, True),
        ("C:\\Users\\ada\\**", "C:/Users/ada/.claude/CLAUDE.md", True),
        ("*.md", MEMORY, False),
        ("/home/ada/.claude", MEMORY, False),
        ("/home/*/CLAUDE.md", MEMORY, False),
        ("**/AGENTS.md", MEMORY, False),
        ("[", MEMORY, False),
        ("", MEMORY, False),
    ],
)
def test_globs(pattern: str, path: str, found: bool) -> None:
    assert matches(pattern, path) is found

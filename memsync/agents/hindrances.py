"""What keeps an agent from reading the memory, or Claude Code from running memsync's hooks. Pure.

Each finding says what, and what to do. `memsync connect` and `memsync doctor` show the same ones.
Which settings do that was measured (facts, claude-code-332.md 1 and 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from memsync.agents import plugin
from memsync.agents.claude_code import State

Level = Literal["problem", "warning", "info"]

DISABLE_ALL: Final = "CLAUDE_CODE_DISABLE_CLAUDE_MDS"
OFF: Final = ("", "0", "false", "no", "off")
CONNECT: Final = "memsync connect claude-code"


class Hindrance(NamedTuple):
    """One of them. `problem`: the memory is not read; `warning`: less than all of it works."""

    level: Level
    what: str
    fix: str


class Settings(NamedTuple):
    """A settings file of Claude Code. `data` is None where it is not a JSON object."""

    path: str
    data: Mapping[str, Any] | None


class Seen(NamedTuple):
    """What was looked at. `files`: the paths under which Claude Code may know the memory.

    `connected`: whether the plugin stands there, and how.
    """

    files: tuple[str, ...]
    settings: tuple[Settings, ...]
    env: Mapping[str, str]
    connected: State
    too_old: str = ""  # the version, where it is below what runs hooks


def of_claude_code(seen: Seen) -> Iterator[Hindrance]:
    """All that stands between Claude Code and the memory or the hooks."""
    if _is_on(seen.env.get(DISABLE_ALL, "")):
        what = f"{DISABLE_ALL} is set, so Claude Code reads no memory"
        yield Hindrance("problem", what, f"unset {DISABLE_ALL}")
    for file in seen.settings:
        yield from _of_settings(file, seen)
    yield from _of_plugin(seen)


def _of_settings(file: Settings, seen: Seen) -> Iterator[Hindrance]:
    if file.data is None:
        what = f"{file.path} is not valid JSON, so Claude Code takes nothing from it"
        yield Hindrance("warning", what, f"correct {file.path}")
        return
    env = file.data.get("env")
    if isinstance(env, dict) and _is_on(str(env.get(DISABLE_ALL, ""))):
        what = f"{DISABLE_ALL} is set in {file.path}, so Claude Code reads no memory"
        yield Hindrance("problem", what, "take that line out")
    patterns = file.data.get("claudeMdExcludes")
    for pattern in patterns if isinstance(patterns, list) else ():
        if any(matches(str(pattern), path) for path in seen.files):
            what = f"claudeMdExcludes in {file.path} hides the memory: {pattern}"
            yield Hindrance("problem", what, "take that pattern out")
    if seen.connected != "absent":
        yield from _of_hooks(file, file.data)


def _of_hooks(file: Settings, data: Mapping[str, Any]) -> Iterator[Hindrance]:
    if data.get("disableAllHooks") is True:
        what = f"disableAllHooks is set in {file.path}, so no hook of memsync's runs"
        yield Hindrance("warning", what, "take that line out")
    enabled = data.get("enabledPlugins")
    if not isinstance(enabled, dict):
        return
    if enabled.get(plugin.ID) is False:
        what = f"the plugin {plugin.ID} is disabled in {file.path}"
        yield Hindrance("warning", what, f"claude plugin enable {plugin.ID}")
    for name, on in enabled.items():
        if on is True and str(name).startswith(f"{plugin.NAME}@") and name != plugin.ID:
            what = (
                f"memsync is a plugin twice, here and as {name}: each hook runs twice ({file.path})"
            )
            yield Hindrance("warning", what, f"claude plugin uninstall {name}")


def _of_plugin(seen: Seen) -> Iterator[Hindrance]:
    if seen.connected == "outdated":
        what = "memsync's folder in Claude Code is of another version, or was changed"
        yield Hindrance("warning", what, CONNECT)
    elif seen.connected == "ours" and seen.too_old:
        least = ".".join(map(str, plugin.LEAST_VERSION))
        what = f"Claude Code {seen.too_old} does not run memsync's hooks; {least} does"
        yield Hindrance("warning", what, "claude update")


def _is_on(value: str) -> bool:
    return value.strip().lower() not in OFF


_GLOB: Final = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}/]*\}|.", re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """Whether a glob of Claude Code's settings covers a path.

    `**` crosses folders, `*` and `?` do not, `{a,b}` is either. A pattern that names a folder
    alone covers no file in it.
    """
    shape = "".join(_as_expression(part) for part in _GLOB.findall(pattern.replace("\\", "/")))
    return re.fullmatch(shape, path.replace("\\", "/"), re.DOTALL) is not None


def _as_expression(part: str) -> str:
    signs = {"**/": "(?:[^/]*/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if part in signs:
        return signs[part]
    if part.startswith("{") and part.endswith("}") and len(part) > 1:
        return "(?:" + "|".join(re.escape(one) for one in part[1:-1].split(",")) + ")"
    return re.escape(part)


def of_shadow(title: str, path: str, instead: str) -> Hindrance:
    """An agent that reads another file in the place of its global one."""
    what = f"{title} reads {instead} in the place of {path}"
    return Hindrance("problem", what, f"move {instead} elsewhere, or put the memory's text into it")

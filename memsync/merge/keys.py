"""Where the key for Claude's API comes from. The first place that has one wins.

Knows the places and nothing of the API. A key's value leaves this file only inside a `Key`: no
message, no `describe` and no exception ever holds it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from memsync.memory import bounds
from memsync.merge import address
from memsync.system.disk import ANYTHING, RealDisk
from memsync.system.errors import ClaudeError, InputError, LocalError
from memsync.system.late import Late
from memsync.system.machine import Machine, quoted
from memsync.system.printed import printed

FILE: Final = "api_key"
SET_KEY: Final = "memsync config set api_key"
WHERE: Final = "a key from the Claude Console begins with sk-ant-api"
MOST_BYTES: Final = 64 * 1024  # of what the command prints
COMMAND_SECONDS: Final = 60  # a password manager may ask its user for a finger

PATH: Final = "the path of a file, not the key in it"

Kind = Literal["api_key", "auth_token", "profile"]


class Key(NamedTuple):
    """A credential and where it was found. Of a profile of the SDK, `value` is only the name."""

    kind: Kind
    value: str
    source: str

    def __repr__(self) -> str:
        return f"Key({self.kind}, from {self.source})"


class _Place(NamedTuple):
    kind: Kind
    source: str
    read: Callable[[], str]
    fix: str = SET_KEY  # what to type where it holds no key


def find(machine: Machine, command: Sequence[str]) -> Key | None:
    """The first key there is, or None. `command` is the setting `api_key_command`.

    Raises `ClaudeError` for a place that has a key which cannot be read or cannot be one: going on
    to the next place would bill another account than the user chose. And for an address that no key
    may be sent to, before any place is looked at.
    """
    address.check(machine.env)
    own = address.of_environment(machine.env).own
    for place in _places(machine, command):
        value = cleaned(place.read()) if place.kind != "profile" else place.read().strip()
        if value:
            return Key(place.kind, _checked(value, place, own), place.source)
    return None


_NAMED: Final = Late(
    r"(?:(?:export|set|setx)\s+)?(?:\$env:)?[A-Za-z_][A-Za-z0-9_]{0,63}\s*=\s*(?P<value>\S.*)",
    re.DOTALL,
)
_QUOTES: Final = frozenset({'""', "''", "``", "“”", "‘’"})


def cleaned(text: str) -> str:
    """A key as a person pastes it: without quotes round it, `NAME=` or `Bearer` before it."""
    value = text.strip()
    named = _NAMED.fullmatch(value)
    value = named["value"].strip().rstrip(";") if named else value
    value = value.removeprefix("Bearer ").strip()
    while len(value) > 1 and value[0] + value[-1] in _QUOTES:
        value = value[1:-1].strip()
    return value


_OTHERS: Final = (
    ("sk-ant-admin", "an Anthropic admin key, which may not ask models"),
    ("sk-ant-oat", "Claude Code's OAuth token, which the API takes from no other program"),
    ("sk-proj-", "an OpenAI key"),
    ("sk-svcacct-", "an OpenAI key"),
    ("sk-admin-", "an OpenAI key"),
    ("sk-or-", "an OpenRouter key"),
    ("AIza", "a Google key"),
    ("ya29.", "a Google token"),
    ("gsk_", "a Groq key"),
    ("xai-", "an xAI key"),
    ("hf_", "a Hugging Face token"),
    ("ghp_", "a GitHub token"),
    ("gho_", "a GitHub token"),
    ("ghs_", "a GitHub token"),
    ("github_pat_", "a GitHub token"),
    ("glpat-", "a GitLab token"),
    ("~", PATH),
    ("/", PATH),
    ("./", PATH),
    ("../", PATH),
    ("C:\\", PATH),
    ("AKIA", "the id of an AWS key"),
    ("ASIA", "the id of an AWS key"),
)


def other_kind(value: str) -> str:
    """What a value is that is no key for Claude's API, in words; "" where nothing says so."""
    return next((words for begin, words in _OTHERS if value.startswith(begin)), "")


def describe(machine: Machine, command: Sequence[str]) -> str:
    """The name of the place that `find` would take, or "none". Runs no command and never raises."""
    for place in _places(machine, command):
        if place.source == "api_key_command":
            return place.source
        try:
            value = cleaned(place.read())
        except ClaudeError:
            return place.source
        if value:
            return place.source
    return "none"


def checked_input(machine: Machine, value: str) -> str:
    """The key that a person gave. Raises `InputError` for what cannot be one."""
    key = cleaned(value)
    if not key:
        raise InputError("the key is empty; nothing was saved", SET_KEY)
    if not _is_printable(key):
        raise InputError(
            "a key is one line of printable ASCII without spaces; nothing was saved", SET_KEY
        )
    kind = other_kind(key) if address.of_environment(machine.env).own else ""
    if kind:
        hint = f"{SET_KEY} < FILE" if kind == PATH else f"{SET_KEY}   ({WHERE})"
        raise InputError(f"that is {kind}; nothing was saved", hint)
    return key


def save(machine: Machine, value: str) -> Path:
    """Keep the key in the file `api_key`, which only this user may read. Returns its path."""
    key = checked_input(machine, value)
    path = machine.config_dir / FILE
    disk = RealDisk(machine.config_dir, LocalError)
    kind = disk.kind(FILE)
    if kind == "link":
        # What it leads to may be somebody else's: neither its bytes nor its mode are ours
        disk.delete(FILE)
    elif kind == "file" and file_mode_problem(machine):
        path.chmod(0o600)  # a replacement keeps the mode of what it replaces
    disk.replace(FILE, key.encode() + b"\n", ANYTHING)
    return path


def file_mode_problem(machine: Machine) -> str | None:
    """What is wrong with the mode of the key file, with the command that fixes it.

    None when nothing is.
    """
    if machine.system == "windows":
        return None
    path = machine.config_dir / FILE
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        return None
    if not mode & 0o077:
        return None
    return f"{path} can be read by others (mode {mode:04o}); run: chmod 600 {quoted(path)}"


def _places(machine: Machine, command: Sequence[str]) -> Iterator[_Place]:
    def variable(kind: Kind, name: str) -> _Place:
        return _Place(kind, name, lambda: machine.env.get(name, ""), f"unset {name}")

    yield variable("api_key", "MEMSYNC_API_KEY")
    yield _Place("api_key", str(machine.config_dir / FILE), lambda: _from_file(machine))
    if command:
        yield _Place("api_key", "api_key_command", lambda: _from_command(machine, command))
    yield variable("api_key", "ANTHROPIC_API_KEY")
    yield variable("auth_token", "ANTHROPIC_AUTH_TOKEN")
    yield variable("profile", "ANTHROPIC_PROFILE")
    rule = "ANTHROPIC_FEDERATION_RULE_ID"
    yield _Place("profile", rule, lambda: _federation(machine), f"unset {rule}")
    yield _Place("profile", "the Anthropic profile on this machine", lambda: _profile(machine))


def _from_file(machine: Machine) -> str:
    disk = RealDisk(machine.config_dir, ClaudeError, SET_KEY, bound=bounds.of_settings)
    data = disk.read(FILE) or b""
    # A file written by PowerShell's `>` is UTF-16 and fails the check for ASCII, which names it.
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def _from_command(machine: Machine, command: Sequence[str]) -> str:
    """What the command prints. Its words stay out of every message: they may hold the key."""
    hint = "memsync config set api_key_command PROGRAM WORD...   (see what it is: config get)"
    argv = [str(machine.expand(command[0])), *command[1:]]
    try:
        done = printed(argv, machine.env, seconds=COMMAND_SECONDS, most=MOST_BYTES)
    except TimeoutError:
        raise ClaudeError(f"api_key_command did not end within {COMMAND_SECONDS} s", hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a word of it holds a NUL"
        raise ClaudeError(
            f"api_key_command cannot be run: {reason[:1].lower()}{reason[1:]}", hint
        ) from None
    if len(done.out) > MOST_BYTES:
        raise ClaudeError("api_key_command printed far more than a key", hint)
    if done.status:
        raise ClaudeError(f"api_key_command failed with exit status {done.status}", hint)
    if not done.out.strip():
        raise ClaudeError("api_key_command printed nothing", hint)
    return done.out.decode("utf-8", "replace")


def _federation(machine: Machine) -> str:
    """The rule of a workload identity, which the SDK puts before any profile on disk."""
    env = machine.env
    token = env.get("ANTHROPIC_IDENTITY_TOKEN") or env.get("ANTHROPIC_IDENTITY_TOKEN_FILE")
    rule = env.get("ANTHROPIC_FEDERATION_RULE_ID", "")
    return rule if token and env.get("ANTHROPIC_ORGANIZATION_ID") else ""


def _profile(machine: Machine) -> str:
    """The name of the SDK's active profile where its file is there (`ant auth login` writes it)."""
    folder = _profile_folder(machine)
    name = (machine.text(folder / "active_config") or "").strip()
    if name:
        return name
    return "default" if (folder / "configs" / "default.json").is_file() else ""


def _profile_folder(machine: Machine) -> Path:
    chosen = machine.env.get("ANTHROPIC_CONFIG_DIR")
    if chosen:
        return Path(chosen)
    if machine.system == "windows":
        roaming = machine.env.get("APPDATA")
        return (Path(roaming) if roaming else machine.home / "AppData" / "Roaming") / "Anthropic"
    return machine.home / ".config" / "anthropic"


def _checked(value: str, place: _Place, own: bool) -> str:
    if not _is_printable(value):
        what = "a key is one line of printable ASCII without spaces"
        raise ClaudeError(f"what {place.source} holds is not a key: {what}", place.fix)
    kind = other_kind(value) if own and place.kind == "api_key" else ""
    if kind:
        fix = SET_KEY if place.fix == SET_KEY else f"{place.fix}, then: {SET_KEY}"
        raise ClaudeError(f"what {place.source} holds is {kind}", f"{fix}   ({WHERE})")
    return value


def _is_printable(value: str) -> bool:
    return all("!" <= character <= "~" for character in value)

"""The settings: one table of keys drives parsing, writing, `config show|get|set` and the help.

TOML in the config folder; only what differs from the defaults is written. A bad value breaks only
the commands that need it. May not know: providers, the network. It is longer than other files
because the table and its readers belong together.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from memsync.memory import bounds
from memsync.merge.models import DEFAULT_MODEL, MOST_TOKENS
from memsync.system.disk import Changed, RealDisk
from memsync.system.errors import InputError, LocalError, MemsyncError
from memsync.system.machine import Machine

FILE: Final = "config.toml"
KEY_FILE: Final = "api_key"
MOST_TRIES: Final = 3

Type = Literal["text", "path", "number", "dollars", "list", "flag"]
WORDS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Key(NamedTuple):
    """One setting. `default` None: nothing is set, and the help says what that means.

    `pinned`: memsync init sets it, anew where it cannot be used.
    """

    name: str
    type: Type
    default: str | int | float | bool | None
    help: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 100_000
    pinned: bool = False


# The registry's names, which it may not know
SERVICES: Final = ("onedrive", "icloud", "gdrive", "dropbox", "custom")

KEYS: Final = (
    Key(
        "provider", "text", None, "the cloud service, pinned by memsync init", SERVICES, pinned=True
    ),
    Key("account", "text", None, "the account of the service, pinned by memsync init", pinned=True),
    Key("sync_root", "path", None, "the cloud folder, pinned by memsync init", pinned=True),
    Key(
        "link",
        "text",
        None,
        "how Claude Code reads the memory (Windows: copy, else symlink)",
        ("symlink", "copy", "import"),
    ),
    Key(
        "memory_link",
        "path",
        None,
        "the file that GLOBAL_MEMORY.md is a link to, if you made it one (your dotfiles)",
    ),
    Key(
        "engine",
        "text",
        "auto",
        "what merges (auto: the API where a key is there, else Claude Code)",
        ("auto", "api", "claude-code"),
    ),
    Key("model", "text", DEFAULT_MODEL, "the Claude model that merges"),
    Key(
        "max_tokens",
        "number",
        None,
        "room for a reply (else twice the memory and 8,192)",
        (),
        1024,
        MOST_TOKENS,
    ),
    Key("max_lines", "number", 400, "how many lines the memory should stay under", least=20),
    Key(
        "timeout",
        "number",
        300,
        "seconds for one call, and for waiting for another refresh",
        least=1,
    ),
    Key("keep_days", "number", 30, "memsync prune removes backups older than this many days"),
    Key("api_key_command", "list", None, "a command that prints the API key, as a list; no shell"),
    Key(
        "constraint_headings",
        "list",
        None,
        "more titles of sections that hold constraints, such as Rules",
    ),
    Key("show_pending", "flag", True, "Claude Code reads notes that are not merged yet"),
    Key("merge_in_background", "flag", False, "the end of a session merges what is pending"),
    Key(
        "ask_above",
        "dollars",
        0.1,
        "a call that may cost more dollars than this is asked about first, at a terminal",
    ),
    Key(
        "max_cost_per_month",
        "number",
        5,
        "dollars that merges in the background may cost in a month",
        most=10_000,
    ),
)
BY_NAME: Final = {key.name: key for key in KEYS}


class ConfigError(LocalError):
    """config.toml cannot be read, or a value in it cannot be used."""


class Config(NamedTuple):
    """The settings of this machine.

    `bad` are the keys whose value cannot be used, with the reason.
    """

    machine: Machine
    values: Mapping[str, Any]
    bad: Mapping[str, str] = {}
    warnings: tuple[str, ...] = ()
    broken: str = ""  # why the file as a whole cannot be read

    @property
    def path(self) -> str:
        """Where config.toml lies."""
        return str(self.machine.config_dir / FILE)

    def get(self, name: str) -> Any:
        """A setting, or its default.

        Raises `ConfigError` when the file holds something else there.
        """
        if self.broken:
            raise ConfigError(self.broken, f"correct or remove {self.path}")
        if name in self.bad:
            raise ConfigError(
                self.bad[name], "memsync init" if BY_NAME[name].pinned else _to_type(BY_NAME[name])
            )
        value = self.values.get(name, BY_NAME[name].default)
        return (
            str(self.machine.expand(value))
            if BY_NAME[name].type == "path" and value is not None
            else value
        )

    def text(self, name: str) -> str:
        """A text setting; "" when it is not set."""
        return str(self.get(name) or "")

    def number(self, name: str) -> int:
        """A number setting; 0 when it is not set."""
        return int(self.get(name) or 0)

    def dollars(self, name: str) -> float:
        """An amount of money; 0 when it is not set."""
        return float(self.get(name) or 0)

    def flag(self, name: str) -> bool:
        """A yes-or-no setting."""
        return bool(self.get(name))

    @property
    def unpinned(self) -> bool:
        """Whether what memsync init pins cannot be used, while the file as a whole can be read."""
        return any(BY_NAME[name].pinned for name in self.bad)

    @property
    def api_key_command(self) -> tuple[str, ...]:
        """The argument list that prints the API key; empty when it is not set."""
        return tuple(self.get("api_key_command") or ())

    @property
    def guarded_headings(self) -> tuple[str, ...]:
        """The titles of sections that `constraint_headings` guards besides those guarded anyway."""
        return tuple(self.get("constraint_headings") or ())


def load(machine: Machine) -> Config:
    """Read config.toml. Never raises: what is wrong is said when a command needs it."""
    disk = _own(machine)
    try:
        raw = disk.read(FILE)
    except MemsyncError as error:
        return Config(machine, {}, broken=error.what)
    if raw is None:
        lost = f"{disk.where(FILE)} is a link that leads nowhere" if disk.link(FILE) else ""
        return Config(machine, {}, broken=lost)
    return parse(machine, raw)


def _own(machine: Machine) -> RealDisk:
    """The config folder: the person's own, so that it may be made of links (dotfiles)."""
    return RealDisk(machine.config_dir, LocalError, bound=bounds.of_settings)


def parse(machine: Machine, raw: bytes) -> Config:
    """The settings that the bytes of config.toml say."""
    where = machine.config_dir / FILE
    try:
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        return Config(machine, {}, broken=f"{where} is not UTF-8 text")
    except RecursionError:
        return Config(machine, {}, broken=f"{where}: not valid TOML: it is nested too deeply")
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{where}:{line[1]}" if line else f"{where}"
        return Config(
            machine, {}, broken=f"{place}: not valid TOML: {str(error).split(' (at')[0].lower()}"
        )
    values: dict[str, Any] = {}
    bad: dict[str, str] = {}
    warnings: list[str] = []

    def at(name: str) -> str:
        return f"{where}:{_line_of(text, name)}"

    for name, value in data.items():
        if name == KEY_FILE:
            warnings.append(
                f"{at(name)}: no place for an API key: memsync config set api_key, then remove "
                "the line"
            )
        elif name not in BY_NAME:
            warnings.append(
                f"{at(name)}: unknown key {name!r} (memsync config show lists the keys)"
            )
        elif reason := _problem(machine, BY_NAME[name], value):
            bad[name] = f"{at(name)}: {name} {reason}"
            warnings.append(bad[name])
        values[name] = value
    return Config(machine, values, bad, tuple(warnings))


def _line_of(text: str, name: str, otherwise: int = 1) -> int:
    found = re.search(
        rf"^[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*[=.\]]|^\[+{re.escape(name)}",
        text,
        re.MULTILINE,
    )
    return text.count("\n", 0, found.start()) + 1 if found else otherwise


def unfit(text: str) -> str:
    """Why a setting cannot be this text, or ""."""
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        return "has a control character in it"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "is not UTF-8"
    return ""


def _problem(machine: Machine, key: Key, value: object) -> str:
    if key.type in ("number", "dollars"):
        types = int if key.type == "number" else (int, float)
        if not isinstance(value, types) or isinstance(value, bool) or value != value:
            what = "whole number" if key.type == "number" else "number such as 0.25"
            return f"must be a {what}, not {value!r}"
        if value < key.least:
            return f"must be at least {key.least}, not {value}"
        return f"must be at most {key.most}, not {value}" if value > key.most else ""
    if key.type == "flag":
        return "" if isinstance(value, bool) else f"must be true or false, not {value!r}"
    if key.type == "list":
        good = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
        return (
            ""
            if good
            else f'must be a list of texts such as ["pass", "show", "anthropic"], not {value!r}'
        )
    if not isinstance(value, str) or not value.strip():
        return f"must be a text, not {value!r}"
    if reason := unfit(value):
        return f"{reason}: {value!r}"
    if key.type == "path" and not machine.expand(value).is_absolute():
        return f"must be an absolute path, not {value!r}"
    if key.choices and value not in key.choices:
        return f"must be one of {', '.join(key.choices)}, not {value!r}"
    return ""


def _to_type(key: Key) -> str:
    values = "|".join(key.choices) or ("true|false" if key.type == "flag" else "VALUE")
    return f"memsync config set {key.name} {values}"


def typed(machine: Machine, name: str, words: list[str]) -> Any:
    """The value a person typed for a key. Raises `InputError`."""
    key = BY_NAME.get(name)
    if key is None:
        raise InputError(f"unknown key {name!r}", "memsync config set KEY VALUE")
    if key.type == "list":
        value: object = words
    elif len(words) != 1:
        what = f"takes one value, not {len(words)}" if words else "needs a value"
        raise InputError(f"{name} {what}", _to_type(key))
    else:
        value = _value(key, words[0])
    if reason := _problem(machine, key, value):
        raise InputError(f"{name} {reason}", _to_type(key))
    return value


def _value(key: Key, word: str) -> object:
    if key.type == "flag":
        return WORDS.get(word.lower(), word)
    if key.type == "dollars" and re.fullmatch(r"\d{1,6}\.\d{1,6}", word):
        return float(word)
    return _number(word) if key.type in ("number", "dollars") else word


def _number(word: str) -> object:
    return int(word) if re.fullmatch(r"[+-]?\d{1,18}", word) else word


def save(config: Config, changes: Mapping[str, Any]) -> Config:
    """Write settings; unknown keys in the file are kept, defaults are not written.

    Raises `ConfigError` when the file that is there cannot be read: it is not replaced then.
    """
    disk = _own(config.machine)
    for _ in range(MOST_TRIES):
        before = disk.read(FILE)
        # Not what it was when the command began
        now = config if before is None else parse(config.machine, before)
        if now.broken:
            raise ConfigError(now.broken, f"correct or remove {config.path}")
        values = {**now.values, **changes}
        raw = rewritten(
            before, {name: value for name, value in values.items() if not _is_default(name, value)}
        )
        with contextlib.suppress(Changed):
            if before != raw:
                disk.replace(FILE, raw, before)
            return parse(config.machine, raw)
    raise ConfigError(f"{config.path} keeps changing", "run the command again")


def rewritten(before: bytes | None, values: Mapping[str, Any]) -> bytes:
    """config.toml with these values: the person's own lines and comments stay wherever that is
    possible.
    """
    if before is None:
        return render(values)
    lines = before.decode("utf-8-sig").splitlines(keepends=True)
    top = next(
        (number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines)
    )
    old = tomllib.loads("".join(lines))
    for name in BY_NAME:
        if old.get(name) == values.get(name):
            continue
        entry = [render({name: values[name]}).decode()] if name in values else []
        at = next((number for number in range(top) if _line_of(lines[number], name, 0)), top)
        if at == top and at and not lines[at - 1].endswith("\n"):
            lines[at - 1] += "\n"
        lines[at : at + (at < top)] = entry
        top += len(entry) - (at < top)
    text = "".join(lines)
    try:
        return text.encode("utf-8") if tomllib.loads(text) == values else render(values)
    except tomllib.TOMLDecodeError:  # a value on several lines
        return render(values)


def render(values: Mapping[str, Any]) -> bytes:
    """config.toml for these settings, in the order of the table, unknown keys last.

    Raises `ConfigError`.
    """
    import tomli_w

    order = [name for name in BY_NAME if name in values] + [
        name for name in values if name not in BY_NAME
    ]
    try:
        return tomli_w.dumps({name: values[name] for name in order}).encode("utf-8")
    except UnicodeEncodeError as error:
        shown = error.object[error.start].encode("utf-8", "backslashreplace").decode()
        raise ConfigError(
            f"{FILE} holds UTF-8 only, and no {shown}", "memsync config set NAME VALUE"
        ) from None


def _is_default(name: str, value: object) -> bool:
    return value is None or (name in BY_NAME and value == BY_NAME[name].default)

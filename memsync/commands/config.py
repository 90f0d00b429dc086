"""`memsync config`: show and change settings."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from memsync.config import BY_NAME, KEY_FILE, KEYS, Config, load, save, typed
from memsync.providers.resolve import Place
from memsync.system import terminal
from memsync.system.errors import ClaudeError, InputError, NotAcceptedError, UsageError

if TYPE_CHECKING:
    from memsync.merge.keys import Key

COMMAND = "api_key_command"
PENDING = "show_pending"
SHOW = "memsync config show"
LISTS = "memsync config show lists the keys"
EXAMPLE = "memsync config set max_lines 300"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to do with which key."""
    rows = "\n".join(f"  {key.name:<20} {key.help}" for key in KEYS)
    secret = (
        f"  {KEY_FILE:<20} asked for without echo, or read from stdin; kept in a file of its own"
    )
    parser.epilog = f"keys:\n{rows}\n{secret}\n\n{parser.epilog}"
    parser.add_argument("--json", action="store_true", help="print one object: show, or get")
    parser.add_argument("action", nargs="?", default="show", choices=("show", "get", "set", "path"))
    parser.add_argument("key", nargs="?", metavar="KEY")
    words = "the new value, its words as they stand; default: back to the default"
    parser.add_argument(
        "value", nargs=argparse.REMAINDER, action=_Words, metavar="VALUE", help=words
    )


class _Words(argparse.Action):
    """The words of a value as they stand: those that begin with a dash belong to it.

    No value begins with --help.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: object = None,
    ) -> None:
        if values[:1] in (["-h"], ["--help"]):
            parser.print_help()
            parser.exit()
        namespace.value = values[1:] if values[:1] == ["--"] else values


def cmd_config(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Show all, get one, set one, or print the file's path."""
    if args.action in ("show", "path"):
        _take_no_more(
            [args.key, *args.value] if args.key else args.value, f"memsync config {args.action}"
        )
        if args.action == "show":
            return _show(config, as_json=args.json)
        terminal.out(config.path)
        return 0
    if not args.key:
        value = " VALUE" if args.action == "set" else ""
        raise UsageError("which key?", f"memsync config {args.action} KEY{value}   ({LISTS})")
    if args.action == "set":
        status = _set(args, config)
        if args.key == PENDING:
            from memsync.commands.reading import bring_up_to_date

            bring_up_to_date(load(config.machine), provider)
        return status
    _take_no_more(args.value, f"memsync config get {args.key}")
    return _get(args.key, config, as_json=args.json)


def _take_no_more(words: list[str], command: str) -> None:
    if words:
        raise UsageError(f"{command} takes no more words, and there is {words[0]!r}", command)


def _show(config: Config, *, as_json: bool) -> int:
    from memsync.merge import keys

    command = () if "api_key_command" in config.bad else config.api_key_command
    source = keys.describe(config.machine, command)
    if as_json:
        good = [key.name for key in KEYS if key.name not in config.bad]
        values = {name: config.get(name) for name in good}
        terminal.out_json({"settings": values, "bad": dict(config.bad), KEY_FILE: source})
        return 0
    for key in KEYS:
        value = (
            f"(not usable: {config.bad[key.name]})"
            if key.name in config.bad
            else _shown(config.get(key.name))
        )
        terminal.out(f"{key.name} = {value}")
    terminal.out(f"{KEY_FILE}: {source}")
    return 0


def _shown(value: object) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


def _get(name: str, config: Config, *, as_json: bool) -> int:
    if name == KEY_FILE:
        raise InputError(
            "the API key is never shown", "memsync status   (says where it comes from)"
        )
    if name not in BY_NAME:
        raise unknown(name, "get")
    value = config.get(name)
    if as_json:
        terminal.out_json({name: value})
        return 0
    terminal.out("" if value is None else _shown(value))
    return 0


def _set(args: argparse.Namespace, config: Config) -> int:
    if args.key == KEY_FILE:
        return _set_key(args, config)
    if args.key not in BY_NAME:
        raise unknown(args.key, "set", args.value or ["VALUE"])
    if args.value == ["default"]:
        save(config, {args.key: None})
        terminal.out(f"{args.key} is back at its default.")
        return 0
    if args.key == COMMAND and (words := _words_in_one(args.value, config)):
        what = f"there is no program {args.value[0]!r}: give its words one by one, without quotes"
        raise InputError(what, f"memsync config set {COMMAND} {words}")
    value = typed(config.machine, args.key, args.value)
    save(config, {args.key: value})
    terminal.out(f"{args.key} = {_shown(value)}")
    return 0


def unknown(name: str, action: str, value: Sequence[str] = ()) -> InputError:
    """Of a name that is no setting's; `max_lines=300` names one and its value."""
    from memsync.commands.wrong_line import nearest

    plain, equals, behind = name.partition("=")
    near = nearest(plain.replace("-", "_"), [*BY_NAME, KEY_FILE])
    words = [near, *([behind] if equals and behind else value)]
    line = f"memsync config {action} {' '.join(words[:1] if near == KEY_FILE else words)}"
    what = f"unknown key {name!r}" if near != KEY_FILE else f"unknown key {plain!r}"
    return InputError(what, f"{line}   (or: {SHOW})" if near else f"{SHOW}   (lists the keys)")


def _words_in_one(value: Sequence[str], config: Config) -> str:
    """The words of a command that was given as one word, or ""."""
    one = value[0] if len(value) == 1 else ""
    return one if " " in one and not config.machine.expand(one).is_file() else ""


def _set_key(args: argparse.Namespace, config: Config) -> int:
    from memsync.merge import keys

    if args.value:
        raise InputError(
            "a key on a command line stays in the shell's history",
            f"{keys.SET_KEY}   (it asks, and shows nothing)",
        )
    if terminal.stdin_is_terminal():
        value = terminal.secret("API key")
    else:
        value = terminal.read_stdin(65536, "the API key").decode("utf-8", "replace")
    key = keys.Key("api_key", keys.checked_input(config.machine, value), "this key")
    refused = _refused(key)
    path = keys.save(config.machine, value)
    terminal.out(f"the key is kept in {path} (0600).")
    if refused is None:
        terminal.out("Claude's API accepts it.")
    else:
        terminal.err(f"it was not tried: {refused.what}")
    return 0


def _refused(key: Key) -> ClaudeError | None:
    """Ask the API; None where it accepts the key, else why nobody could tell. Costs nothing.

    Raises `ClaudeError` where the API itself says no: such a key takes no other's place.
    """
    from memsync.merge import claude

    refused = claude.check(key)
    if isinstance(refused, NotAcceptedError):
        raise ClaudeError(f"{refused.what}; nothing was saved", refused.hint)
    return refused

"""What is said of a wrong command line: argparse's findings in memsync's words, and the line that
was most likely meant. Pure.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Final

from memsync.config import BY_NAME, KEY_FILE
from memsync.system.errors import UsageError
from memsync.system.machine import quoted

MEANT: Final = {
    "add": "note",
    "cat": "show",
    "delete": "forget",
    "find": "notes",
    "install": "init",
    "list": "notes",
    "log": "history",
    "ls": "notes",
    "merge": "refresh",
    "print": "show",
    "push": "refresh",
    "pull": "refresh",
    "remember": "note",
    "revert": "undo",
    "rollback": "undo",
    "search": "notes",
    "set": "config set",
    "setup": "init",
    "start": "init",
    "sync": "refresh",
    "update": "refresh",
    "versions": "history",
}
"""What other programs call a command."""
LISTED: Final = {
    "VERSION": "memsync history lists them",
    "ID": "memsync notes --pending lists them",
}
_HELP: Final = ("-h", "--help")
_CHOICE: Final = re.compile(r"argument (\S+): invalid choice: '(.*)' \(.*\)", re.DOTALL)
_NUMBER: Final = re.compile(r"argument (\S+): invalid int value: '(.*)'", re.DOTALL)
_VALUE: Final = re.compile(r"argument (\S+): expected .*argument.*")
_BOTH: Final = re.compile(r"argument (\S+): not allowed with argument (\S+)")
_MISSING: Final = re.compile(r"the following arguments are required: (.*)")


CONFIG: Final = "memsync config"


def nearest(word: str, names: Sequence[str]) -> str:
    """The name that a typo most likely meant, or ""."""
    from difflib import get_close_matches  # only where something was typed wrong

    return next(iter(get_close_matches(word, names, n=1, cutoff=0.6)), "")


def unknown_command(word: str, names: Sequence[str]) -> UsageError:
    """Of a word that is no command, or an option that is none of memsync's own."""
    plain = word.lstrip("-").lower()
    near = MEANT.get(plain) or nearest(plain, names)
    kind = "option" if word.startswith("-") else "command"
    line = f"memsync {near}" if near else ""
    return UsageError(f"unknown {kind} {_shown(word)!r}", _or_help(line, "memsync"))


def unknown(stray: Sequence[str], parser: argparse.ArgumentParser) -> UsageError:
    """Of words that a command does not take."""
    word = stray[0]
    if word.startswith("-"):
        what, line = f"unknown option {_shown(word.partition('=')[0])!r}", _near(word, parser)
    else:
        what, line = f"unexpected argument {_shown(word)!r}", _meant(parser.prog, stray)
    return UsageError(what, _or_help(line, parser.prog))


def _or_help(line: str, prog: str) -> str:
    return f"{line}   (or: {prog} --help)" if line else f"{prog} --help"


def _near(word: str, parser: argparse.ArgumentParser) -> str:
    """The line with the option that a typo most likely meant, or ""."""
    options = parser._option_string_actions
    near = nearest(word.partition("=")[0], [one for one in options if one not in _HELP])
    return f"{parser.prog} {_with_value(options[near], near)}" if near else ""


def _shown(word: str) -> str:
    """A word as it may be repeated: somebody may have pasted a key."""
    from memsync.memory.text.redact import redact

    return redact(word).text


def _meant(prog: str, stray: Sequence[str]) -> str:
    """The line that words which a command does not take were most likely meant for, or ""."""
    match prog:
        case "memsync init":
            return f"{prog} --sync-root {quoted(_shown(stray[0]))}"
        case "memsync refresh":
            return f"{prog} -n {quoted(_shown(' '.join(stray)))}"
        case "memsync undo" if stray[0].isdecimal():
            return f"memsync restore -{stray[0]}"
        case _:
            return ""


def _setting(words: Sequence[str]) -> str:
    """The line for a setting that was named without `set` or `get`, or ""."""
    name = nearest(words[0], [*BY_NAME, KEY_FILE]) if words else ""
    if not name or name == KEY_FILE:
        return f"{CONFIG} set {name}" if name else ""
    value = [quoted(_shown(word)) for word in words[1:]]
    return f"{CONFIG} {'set' if value else 'get'} {' '.join([name, *value])}"


def wrong(message: str, parser: argparse.ArgumentParser, words: Sequence[str]) -> UsageError:
    """Of what argparse says of these words. What is not known here is repeated as it is."""
    what, line = _told(message, parser, words) or (" ".join(message.split()), "")
    return UsageError(what, _or_help(line, parser.prog))


def _told(
    message: str, parser: argparse.ArgumentParser, words: Sequence[str]
) -> tuple[str, str] | None:
    """What is wrong, and the line that was most likely meant."""
    prog = parser.prog
    if (found := _CHOICE.fullmatch(message)) and (action := _action(found[1], parser)):
        return _wrong_choice(action, words, prog, found[2])
    if found := _NUMBER.fullmatch(message):
        option = _short(found[1])
        what = f"{option} takes a whole number, not {_shown(found[2])!r}"
        return what, f"{prog} {option} N"
    if (found := _VALUE.fullmatch(message)) and (action := _action(found[1], parser)):
        line = _with_value(action, _short(found[1]))
        return line.replace(" ", " needs ", 1), f"{prog} {line}"
    if found := _BOTH.fullmatch(message):
        one, other = _short(found[2]), _short(found[1])
        return f"{one} and {other} do not go together", f"{prog} {one}   or: {prog} {other}"
    if (found := _MISSING.fullmatch(message)) and (action := _action(found[1], parser)):
        listed = f"   ({LISTED[found[1]]})" if found[1] in LISTED else ""
        return f"{prog} needs {found[1]}", f"{prog} {_values(action) or found[1]}{listed}"
    return None


def _wrong_choice(
    action: argparse.Action, words: Sequence[str], prog: str, word: str
) -> tuple[str, str]:
    choices = [str(one) for one in action.choices or ()]
    *rest, last = choices
    option = action.option_strings[-1] if action.option_strings else ""
    what = f"{option or prog} takes {', '.join(rest)} or {last}, not {_shown(word)!r}"
    line = f"{prog} {option}".rstrip()
    setting = _setting(words) if prog == CONFIG else ""
    return what, setting or f"{line} {nearest(word, choices) or '|'.join(choices)}"


def _action(name: str, parser: argparse.ArgumentParser) -> argparse.Action | None:
    """The option or word that argparse names so."""
    for action in parser._actions:
        if name in ("/".join(action.option_strings), action.metavar, action.dest):
            return action
    return None


def _short(name: str) -> str:
    """One name of an option that has two."""
    return name.partition("/")[0]


def _values(action: argparse.Action) -> str:
    return "|".join(str(one) for one in action.choices or ())


def _with_value(action: argparse.Action, option: str) -> str:
    """An option with what stands behind it."""
    if action.nargs == 0:
        return option
    return f"{option} {_values(action) or action.metavar or action.dest.upper()}"

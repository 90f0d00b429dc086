"""What a terminal would obey or hide, made visible. Pure.

Controls, bidi, zero-width, tag and other default-ignorable characters are written `\\u{202e}`
(Unicode 16, DerivedCoreProperties: Default_Ignorable_Code_Point; and categories Cc, Zl, Zp, Cs).
One of them stays as it is only where it is part of how ordinary text looks:

- U+FE0F or U+FE0E directly behind a pictograph, or U+FE0F between a digit, `#` or `*` and U+20E3;
- U+200D between two pictographs, or behind a virama (Devanagari and its kin);
- U+200C behind a virama, or between two Arabic letters;
- the tags of the three flags that have them (England, Scotland, Wales), whole and behind U+1F3F4;
- a Mongolian variation selector behind a Mongolian letter, a Braille blank between Braille cells.

Each holds for one character at a time, so a run of them hides nothing.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from memsync.system.late import Late

_HIDDEN: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
HIDDEN: Final = Late(f"[{_HIDDEN}]")
"""One character that shows nothing, or makes a terminal do something. Line ends and tabs are
none."""

_HIDDEN_OR_BREAK: Final = Late(f"[\n{_HIDDEN}]")

# Extended_Pictographic, by its blocks (Unicode 16, emoji-data.txt), with the skin tones
_PICTOGRAPH: Final = Late(
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_FLAG: Final = Late(
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|"
    "\U000e0077\U000e006c\U000e0073)\U000e007f"
)
_KEYS: Final = frozenset("0123456789#*")
_VIRAMA: Final = 9  # the canonical combining class


def visible(text: str) -> str:
    """Text of several lines, with nothing in it that hides or moves anything."""
    if _is_plain(text):
        return text
    return _shown(text, HIDDEN)


def visible_line(text: str) -> str:
    """Text as one line: a line end is written out, too."""
    return _shown(text, _HIDDEN_OR_BREAK)


def visible_json(value: object) -> str:
    """JSON on one line. It says the same and holds no such character: JSON has its own escapes."""
    return HIDDEN.sub(lambda match: _json(match[0]), json.dumps(value, ensure_ascii=False))


def hidden(text: str) -> list[str]:
    """The characters of a text that would be written out by `visible`, in order, each as often as
    it stands there.
    """
    if _is_plain(text):
        return []
    return [match[0] for match in HIDDEN.finditer(text) if not _belongs(text, match.start())]


def may_hide(text: str) -> bool:
    """Whether a text holds any such character; one may be part of how ordinary text looks."""
    return not _is_plain(text) and HIDDEN.search(text) is not None


def whole(text: str) -> str:
    """A character that came as two halves is whole again; half of one alone can neither be written
    nor sent, and U+FFFD stands in its place.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def replaced(text: str, by: Callable[[str], str]) -> str:
    """The text with something else in the place of each hidden character."""
    return _without(text, HIDDEN, by)


def _is_plain(text: str) -> bool:
    """Whether these are lines of plain ASCII: nearly always, and no pattern is compiled."""
    return text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()


def _shown(text: str, pattern: Late[str]) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _without(text, pattern, escaped) if pattern.search(text) else text


def _without(text: str, pattern: Late[str], by: Callable[[str], str]) -> str:
    def instead(match: re.Match[str]) -> str:
        character = match[0]
        return character if _belongs(text, match.start()) else by(character)

    return pattern.sub(instead, text)


@functools.cache
def escaped(character: str) -> str:
    """How a character is written out: `\\u{202e}`."""
    return f"\\u{{{ord(character):x}}}"


def _json(character: str) -> str:
    return json.dumps(character).strip('"') if character != "\x7f" else "\\u007f"


def _belongs(text: str, at: int) -> bool:
    """Whether the character there is part of how ordinary text looks (the rules above)."""
    rule = _RULES.get(text[at])
    return rule is not None and rule(text, at)


def _flag(text: str, at: int) -> bool:
    begin = text.rfind("\U0001f3f4", max(at - 6, 0), at)
    flag = _FLAG.match(text, begin) if begin >= 0 else None
    return flag is not None and at < flag.end()


def _picture(text: str, at: int) -> bool:
    return _PICTOGRAPH.match(text, at) is not None if at >= 0 else False


def _style(text: str, at: int) -> bool:
    is_key = text[max(at - 1, 0) : at] in _KEYS and text[at + 1 : at + 2] == "\u20e3"
    return is_key or _picture(text, at - 1)


def _virama(text: str, at: int) -> bool:
    return at > 0 and unicodedata.combining(text[at - 1]) == _VIRAMA


def _joiner(text: str, at: int) -> bool:
    before = at - 2 if text[at - 1 : at] == "\ufe0f" else at - 1
    return _virama(text, at) or (_picture(text, before) and _picture(text, at + 1))


def _parter(text: str, at: int) -> bool:
    around = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    arabic = all(one and unicodedata.bidirectional(one) == "AL" for one in around)
    return _virama(text, at) or arabic


def _mongolian(text: str, at: int) -> bool:
    return at > 0 and "\u1820" <= text[at - 1] <= "\u18aa"


def _braille(text: str, at: int) -> bool:
    around = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    return all("\u2801" <= one <= "\u28ff" for one in around)


_RULES: Final[dict[str, Callable[[str, int], bool]]] = {
    "\ufe0e": _style,
    "\ufe0f": _style,
    "\u200d": _joiner,
    "\u200c": _parter,
    "\u2800": _braille,
    **dict.fromkeys(map(chr, range(0xE0020, 0xE0080)), _flag),
    **dict.fromkeys("\u180b\u180c\u180d\u180f", _mongolian),
}

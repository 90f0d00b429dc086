"""From the raw reply to the file in it: line ends, invisible characters, outer fence, preamble.

Knows: how replies are wrapped. Must not know: what a whole memory needs to have.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from typing import Final, NamedTuple

from memsync.memory.text.markdown import outline
from memsync.memory.text.words import (
    bare,
    first_line,
    folded,
    is_pair,
    key,
    shown,
    similar,
    without_end,
    words,
)
from memsync.merge.guard.known import Known
from memsync.merge.guard.rules import behind_label
from memsync.merge.guard.source import Source
from memsync.merge.guard.wrapper import FENCE, unwrapped, without_closing
from memsync.merge.prompt import escaped, unescaped

# Zero-width and other characters that nobody sees. Those of _joins stay where a script or an emoji
# needs them.
_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065"
    "\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00013430-\U00013440\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_HIDDEN: Final = re.compile(f"[{_INVISIBLE}]")
_TRAILING: Final = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
_WORD: Final = re.compile(r"\S+")
_JOINERS: Final = "\u200c\u200d"
_KEYCAP: Final = "\u20e3"

_MARKS: Final = 9  # of emphasis or code, round a short line
_BEGUN: Final = 40  # sentences with one beginning: any of them may be the one

# The one reply that is not a file: the prompt's own word for "no change", alone or in a sentence.
_UNCHANGED: Final = re.compile(
    r"(?:return(?:ing)? |status |result |the |this |your |it |file |memory |global |md "
    r"|is |are |was |i m |i am |there |to |be |has |have |been |remains? |stays? |should |as )*"
    r"(?:unchanged|unmodified|not changed|not modified"
    r"|(?:no|nothing)(?: meaningful| further| other)? "
    r"(?:changed|changes?|updates?|edits?|modifications?))"
    r"(?: in| of| the| this| file| memory| session| is| are| was| were| to| be| made| make| needed"
    r"| required| necessary| detected| found| unchanged)*"
    r"|(?:it |everything )?(?:is )?(?:already )?up to date"
    r"|unverändert|keine änderungen?|inchangée?|aucun changement|sin cambios|sem alterações"
    r"|nessuna modifica|без изменений"
    r"|(?:変更|変化)(?:なし|無し)|(?:没有|無|无)(?:变化|變化|更改|变更)|변경 없음"
)
_BESIDE: Final = ("return", "status", "result", "file", "memory", "md")


class Cleaned(NamedTuple):
    """broke_off: the reply ended inside of a new line, which was made whole; in_word: of a word."""

    text: str
    repairs: tuple[str, ...]
    broke_off: bool
    in_word: bool


def clean(reply: str, source: Source) -> Cleaned:
    """The file in the reply, without what was put round or into it by the way.

    LF, no blank lines around.
    """
    repairs: list[str] = []
    text = reply
    if any(escaped(note) != note for note in source.notes):
        text = unescaped(text)
    if text.startswith("\ufeff") and not source.old.startswith("\ufeff"):
        text = text.lstrip("\ufeff")
        repairs.append("byte order mark taken away")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        repairs.append("line ends made plain")
    if "\x00" in text and "\x00" in source.note_text:
        text = text.replace("\x00", "")
        repairs.append("NUL characters taken away")
    plain = _plain(text, source)
    if plain != text:
        text = plain
        repairs.append("spaces at line ends, or the form of accents, made as before")
    text, hidden = _without_hidden(text, source)
    if hidden:
        repairs.append(f"{hidden} invisible character{'s' if hidden > 1 else ''} taken away")
    text = text.strip("\n")
    for step in (unwrapped, without_closing):
        text, told = step(text, source)
        repairs += told
    margin = _margin(text)
    # Four spaces would make code of it
    if 0 < margin < 4 and not first_line(source.old).startswith(" "):
        text = "\n".join(line[margin:] for line in text.split("\n"))
        repairs.append("the whole file moved to the left")
    text, closed = _closed(text, source)
    text, completed, in_word = _completed(text, source)
    return Cleaned(text, (*repairs, *closed, *completed), bool(completed), in_word)


def _plain(text: str, source: Source) -> str:
    """The text in the form of accents that the input has (NFC), and without spaces at the ends of
    lines, where nothing of the input has any.
    """
    if unicodedata.is_normalized("NFC", source.text):
        text = unicodedata.normalize("NFC", text)
    if _TRAILING.search(source.text):
        return text
    return _TRAILING.sub("", text)


def _margin(text: str) -> int:
    """How many spaces stand before every line that is not blank."""
    if not first_line(text).startswith(" "):
        return 0
    return min(
        (len(line) - len(line.lstrip(" ")) for line in text.split("\n") if line.strip()), default=0
    )


def _closed(text: str, source: Source) -> tuple[str, list[str]]:
    """Without what a note leaves open: it would hide from Claude Code, or make code of, all that
    comes behind it.
    """
    marks = [mark for mark in ("```", "~~~", "<!--") if mark in source.note_text]
    open_at = outline(text).unclosed if marks and outline(source.old).unclosed is None else None
    if open_at is None or all(outline(note).unclosed is None for note in source.notes):
        return text, []
    lines = text.split("\n")
    if fence := FENCE.match(lines[open_at]):
        return "\n".join([*lines, fence[1]]), ["a code fence left open is closed"]
    lines[open_at] = lines[open_at].replace("<!--", "\\<!--", 1)
    return "\n".join(lines), [f"a comment left open stands as text: {shown(lines[open_at])}"]


def _completed(text: str, source: Source) -> tuple[str, list[str], bool]:
    """A last line that is a note's sentence cut inside a word, with the rest of the sentence; cut
    anywhere, where the last line of the memory has not come either. And whether it was inside one.
    """
    last = text.rstrip().rpartition("\n")[2]
    cut = folded(bare(last))
    if not words(cut) or source.known.has(last):
        return text, [], False
    said = (form for one in source.sentences for form in {one.text, behind_label(one)})
    begun = [(one, rest) for one in said if (rest := _rest(one, cut)) is not None]
    if len(begun) > _BEGUN:
        return text, [], False
    whole = folded(text)
    rests = {rest for one, rest in begun if folded(without_end(one)) not in whole}
    rest = without_end(next(iter(rests))) if len(rests) == 1 else ""
    in_word = cut[-1].isalnum() and rest[:1].isalnum() and not is_pair(words(cut)[-1])
    if not words(rest) or not (in_word or _without_end_of(source.old, text)):
        return text, [], False
    told = f"the end of a note's sentence put back: {shown(last + rest)}"
    return text.rstrip() + rest, [told], in_word


def _without_end_of(old: str, text: str) -> bool:
    """Whether a text broke off before the last line of the memory: it neither has it nor ends in
    another form of it.
    """
    was, now = (one.rstrip().rpartition("\n")[2] for one in (old, text))
    return not similar(key(was), key(now)) and not Known(text.split("\n")).has(was)


def _rest(sentence: str, cut: str) -> str | None:
    """What stands behind these words (folded) of a sentence that begins with them; None also where
    the cut goes through a character that folds into several.
    """
    if not folded(sentence[: 2 * len(cut) + _MARKS]).startswith(cut):
        return None
    ends = range(min(len(sentence), 2 * len(cut) + _MARKS) + 1)
    at = bisect_left(ends, len(cut), key=lambda n: len(folded(sentence[:n])))
    return sentence[at:] if folded(sentence[:at]) == cut else None


def _without_hidden(text: str, source: Source) -> tuple[str, int]:
    if not _HIDDEN.search(text):
        return text, 0
    known = {word for word in _WORD.findall(source.text) if _HIDDEN.search(word)}
    removed = 0

    def visible(match: re.Match[str]) -> str:
        nonlocal removed
        if match[0] in known or not _HIDDEN.search(match[0]):
            return match[0]
        kept = "".join(
            c for n, c in enumerate(match[0]) if not _HIDDEN.match(c) or _joins(match[0], n)
        )
        removed += len(match[0]) - len(kept)
        return kept

    return _WORD.sub(visible, text), removed


def _joins(word: str, n: int) -> bool:
    """A joiner that a script or an emoji needs: between two characters that are beyond Latin
    letters.
    """
    if n and ("\ufe00" <= word[n] <= "\ufe0f" or "\u180b" <= word[n] <= "\u180f"):
        return _selects(word[n - 1], word[n], word[n + 1 : n + 2])
    if word[n] not in _JOINERS or not 0 < n < len(word) - 1:
        return False
    before, after = word[n - 1], word[n + 1]
    if word[n] == "\u200d" and _is_emoji(after) and (_is_emoji(before) or before == "\ufe0f"):
        return True
    return all("\u0600" <= c <= "\u0fff" or "\u1000" <= c <= "\u18af" for c in (before, after))


def _selects(base: str, selector: str, after: str) -> bool:
    """A variation selector right behind a character that has such variants: emoji, signs, keycaps,
    CJK, Mongolian.
    """
    kind = unicodedata.category(base)
    if selector in "\ufe0e\ufe0f":
        return (
            (kind[0] in "SP" and not base.isascii())
            or base == "ℹ"
            or (after == _KEYCAP and base in "0123456789#*")
        )
    if selector < "\ufe00":
        return "\u1820" <= base <= "\u18aa"
    return kind in ("Lo", "Sm")


def _is_emoji(char: str) -> bool:
    return "\U0001f000" <= char <= "\U0001faff" or "\u2600" <= char <= "\u27bf" or char == "\u2b1b"


def means_unchanged(reply: str) -> bool:
    """True for a reply that is only a word, or a short sentence, for: the file is unchanged."""
    if len(reply) > 300:
        return False
    plain = (
        unicodedata.normalize("NFKC", reply)
        .casefold()
        .replace("global_memory.md", "file")
        .replace("_", " ")
    )
    plain = re.sub(
        r"[^\w\s.;,:()\[\]\u2014-]+", " ", plain.replace("`", " ").replace("markdown", " ")
    )
    parts = [
        " ".join(part.strip(" -").split())
        for part in re.split(r"[.;,:()\[\]\u2014\n]|\s--?\s", plain)
    ]
    parts = [part for part in parts if part and part not in _BESIDE]
    return bool(parts) and all(
        part not in ("no", "nothing") and _UNCHANGED.fullmatch(part) for part in parts
    )
